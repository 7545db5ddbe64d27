"""`make sample-evidence`: the demo's breach as evidence, with its public key and its story, in docs/evidence.

The story runs through the real functions in virtual time, and its days are sealed under a key of its own.
"""

import io
import json
import os
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from local.clock import VirtualClock
from local.front import Request
from local.sending import sign
from local.stack import ACCOUNT, Stack, inbox, running
from local.story import STEPS, TICKET, ZONE, delivery
from local.template import ROOT
from local.timeline import clock_time
from slaclock.cli import main as command
from slaclock.domain.instants import format_instant

FOLDER = ROOT / "docs" / "evidence"
BUNDLE, KEY, STORY = "sample.json", "public-key.pem", "README.md"
_BREACHES = f"/v1/breaches?account={ACCOUNT}&from=2026-03-01&to=2026-04-01"


@dataclass(frozen=True, slots=True)
class Sample:
    """A bundle as it was answered, and the public key of who sealed it, in PEM."""

    bundle: str
    key: str


def made() -> Sample:
    """Play the story, let two nights pass, and ask for the evidence of its breach."""
    with running(VirtualClock(STEPS[0].at, speed=0)) as stack:
        played(stack)
        stack.advance(STEPS[-1].at + timedelta(days=2))
        breach = json.loads(_asked(stack, _BREACHES))["breaches"][0]["id"]
        bundle = _asked(stack, f"/v1/breaches/{breach}/evidence")
        return Sample(bundle, stack.public_key)


def played(stack: Stack) -> None:
    """Play the demo's story over a stack."""
    for step in STEPS:
        stack.advance(step.at)
        if step.sample:
            signed = sign(delivery(step), step.at)
            answer = stack.request(Request("POST", signed.path, signed.headers, signed.body))
        else:
            levels = [each["json"] for each in inbox(stack) if each["json"]["fact"] == "escalation_due"]
            body = json.dumps({"by": "kim, on call"}).encode()
            path = f"/v1/escalations/{levels[-1]['notification_id']}/acknowledge"
            answer = stack.request(Request("POST", path, {}, body))
        if answer.status >= 300:
            raise RuntimeError(f"{step.said}: {answer.status}")


def story(folder: Path) -> str:
    """What the sample is of, and what the check of it says."""
    steps = "\n".join(f"| {clock_time(step.at)} | {step.said} |" for step in STEPS)
    return _TEXT.format(
        ticket=TICKET,
        account=ACCOUNT,
        zone=ZONE.key,
        first=format_instant(STEPS[0].at)[:10],
        steps=steps,
        checked=_checked(folder),
    )


_TEXT = """\
# A sample of evidence

`make sample-evidence` makes this folder: `sample.json` is the evidence of the breach that `make demo` plays,
as `GET /v1/breaches/{{id}}/evidence` answers it, `public-key.pem` the key by which its days were sealed: the
public one. The private key is gone with the run that made it. What a bundle shows, and what it can't, is in
[evidence.md](../evidence.md).

Ticket {ticket} of account {account}, on {first} and the day after, in {zone}:

| When | What was done |
|---|---|
{steps}

Four hours of the agreement's calendar had passed at 13:50 on Saturday, pauses left out: there the promise was
broken, whoever noticed it, and whenever. To check it:

```sh
slaclock evidence verify docs/evidence/sample.json --key docs/evidence/public-key.pem
```

```
{checked}```
"""


def _checked(folder: Path) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        command(["evidence", "verify", str(folder / BUNDLE), "--key", str(folder / KEY)])
    return out.getvalue()


def _asked(stack: Stack, path: str) -> str:
    answer = stack.request(Request("GET", path))
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return answer.body if isinstance(answer.body, str) else answer.body.decode()


def main() -> int:
    """Write the sample, its key and its story."""
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "ERROR")
    sample = made()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / BUNDLE).write_text(sample.bundle, encoding="utf-8")
    (FOLDER / KEY).write_text(sample.key, encoding="utf-8")
    (FOLDER / STORY).write_text(story(FOLDER), encoding="utf-8")
    print(f"{FOLDER.relative_to(ROOT)}: {BUNDLE}, {KEY}, {STORY}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
