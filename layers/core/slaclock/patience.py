"""How long anything is waited for: every timeout, retry and deadline, in seconds, in this one place.

The rule, for each function: no attempt of a call begins after its service's `begin_by`, so the last one, with
the pause after it, is over by `ends_by`. A delivery is kept in S3 where all else failed, so all else is over
before S3's `begin_by`. What a function computes comes on top; then it is within the function's timeout, that
and its start-up within what API Gateway waits, and that within what a helpdesk waits.
`tests/spec/test_patience.py` adds it up; docs/decisions/0007 says why, and what is not bounded.
"""

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple

from botocore.exceptions import BotoCoreError

HELPDESK = 10.0  # Zendesk, and GitHub, then give up on a delivery; docs/decisions/0007 has the others
GATEWAY_MOST = 30.0  # no integration of an HTTP API may wait longer
INTEGRATIONS = {"webhook": 9.5, "records": 20.0}  # API Gateway waits for a function, its start-up included
START_UP = 1.5  # of a function that is cold, before its own time begins
COMPUTING = 0.5  # between two calls, or after the last one

# Where others were first, a decision is tried again for so long: fifty deliveries about one ticket at once
# need less. A function's deadline for the table may end it sooner.
CONFLICTS = 3.0
LONGEST_CONFLICT_PAUSE = 0.1

# The longest pause of botocore's legacy mode after a first attempt; after each further one twice as long.
# Its standard mode pauses up to 1 s, and up to 5 s more where a service asks for it (`x-amz-retry-after`).
LEGACY_PAUSES = {"dynamodb": 0.05}
LEGACY_PAUSE = 1.0


class OutOfTimeError(BotoCoreError):
    """An attempt was not made, for it could have outlasted the function."""

    fmt = "{service} is not asked any more {seconds} s after the invocation began"


class Calls(NamedTuple):
    """How a service is called.

    `connect` and `read` are seconds of silence, in each attempt; none begins later than `begin_by` after the
    invocation did, but for the first one of a `last_resort`: not to make it would be no better.
    """

    connect: float
    read: float
    attempts: int
    begin_by: float = math.inf
    last_resort: bool = False


class Patience(NamedTuple):
    """How each service that may be called is called; `timeout` is the function's, as in `template.yaml`."""

    calls: Mapping[str, Calls]
    timeout: float = math.inf
    mode: Literal["legacy", "standard"] = "legacy"

    def ends_by(self, service: str) -> float:
        """When the last call is over at the latest: with the pause for an attempt that is then refused."""
        calls = self.calls[service]
        pauses = LEGACY_PAUSES.get(service, LEGACY_PAUSE) * 2 ** (calls.attempts - 2)
        return calls.begin_by + calls.connect + calls.read + (pauses if calls.attempts > 1 else 0.0)


_QUICK = Calls(connect=0.5, read=1.0, attempts=2)  # a helpdesk waits
_STEADY = Calls(connect=0.5, read=1.5, attempts=2)
_UNHURRIED = Calls(connect=1.0, read=10.0, attempts=4)  # nobody waits, and a file may have megabytes
_COMMAND = Calls(connect=5.0, read=30.0, attempts=8)  # a person waits, who may press Ctrl-C


def _each(calls: Calls, begin_by: float, *services: str) -> dict[str, Calls]:
    return {service: calls._replace(begin_by=begin_by) for service in services}


FUNCTIONS: Mapping[str, Patience] = {
    "webhook": Patience(
        {
            **_each(_QUICK, 2.9, "dynamodb"),
            **_each(_QUICK, 2.0, "secretsmanager", "ssm"),
            **_each(_QUICK._replace(last_resort=True), 5.0, "s3"),
        },
        timeout=8,
    ),
    "records": Patience(
        {**_each(_STEADY, 12.0, "dynamodb"), **_each(_STEADY, 11.0, "secretsmanager", "s3", "iam")},
        timeout=15,
    ),
    "timer": Patience(_each(_STEADY, 27.0, "dynamodb"), timeout=30),
    # What a reader of a stream has no time for it reports as failed, and gets again.
    "arm": Patience(_each(_STEADY, 56.0, "dynamodb", "scheduler"), timeout=60),
    "notify": Patience(_each(_STEADY, 56.0, "dynamodb", "sns", "sqs", "secretsmanager"), timeout=60),
    # A sweep ends by itself before that.
    "audit": Patience(_each(_STEADY, 236.0, "dynamodb", "sns", "s3", "secretsmanager", "ssm"), timeout=240),
    # It begins no day after ten minutes, and nobody waits for it.
    "seal": Patience(_each(_UNHURRIED, 884.0, "dynamodb", "s3", "kms", "sns"), timeout=900),
    # It begins no account after ten minutes; the next day makes what is left.
    "report": Patience(_each(_UNHURRIED, 884.0, "dynamodb", "s3", "sns"), timeout=900),
}
_ALL = ("dynamodb", "scheduler", "sns", "sqs", "s3", "secretsmanager", "ssm", "kms", "iam")
LOCAL = Patience(_each(_STEADY, math.inf, *_ALL))  # where AWS is in this process: no deadline
# `slaclock seal run` waits for the function to have sealed what it can.
_WAITING = _COMMAND._replace(read=FUNCTIONS["seal"].timeout + 10.0, attempts=2)
COMMANDS = Patience(
    {**_each(_COMMAND, math.inf, *_ALL, "sts", "cloudformation", "cloudwatch", "events"), "lambda": _WAITING},
    mode="standard",
)
