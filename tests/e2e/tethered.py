"""Run by the emulator's own Python: a module, for as long as the pipe on its standard input is open.

However whoever started it ends, the pipe closes with it, and then the whole process group goes: ministack,
say, and what it runs functions in. Its state is worth nothing to anybody else: the folder in which it was
started goes, too, unless a word came through the pipe before it closed, of somebody who lives to remove it.
"""

import os
import runpy
import signal
import subprocess
import sys
import threading
from pathlib import Path

# The pipe of this one closes once the group is gone, so nobody is left who could write there.
_REMOVES = "import shutil, sys; sys.stdin.read(); shutil.rmtree(sys.argv[1], ignore_errors=True)"


def _end_with_the_pipe(folder: Path) -> None:
    said = b""
    while heard := os.read(0, 1024):
        said += heard
    if not said:
        subprocess.Popen(
            [sys.executable, "-c", _REMOVES, folder], stdin=subprocess.PIPE, start_new_session=True
        )
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    if os.getpgrp() != os.getpid():
        sys.exit("this ends its process group: start it in one of its own")
    threading.Thread(target=_end_with_the_pipe, args=(Path.cwd(),), daemon=True).start()
    _, module, *sys.argv[1:] = sys.argv
    runpy.run_module(module, run_name="__main__", alter_sys=True)
