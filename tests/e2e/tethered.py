"""Run by the emulator's own Python: a module, for as long as the pipe on its standard input is open.

However whoever started it ends, the pipe closes with it, and then the whole process group goes: ministack,
say, and what it runs functions in. Its state is worth nothing to anybody else.
"""

import os
import runpy
import signal
import sys
import threading


def _end_with_the_pipe() -> None:
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    if os.getpgrp() != os.getpid():
        sys.exit("this ends its process group: start it in one of its own")
    threading.Thread(target=_end_with_the_pipe, daemon=True).start()
    _, module, *sys.argv[1:] = sys.argv
    runpy.run_module(module, run_name="__main__", alter_sys=True)
