"""Where a queue is, and what its function works with: of a stack by its name, or as the environment says."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from slaclock.cli import deployed
from slaclock.cli.redrive_letters import Queue
from slaclock.domain.errors import SlaError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from slaclock.cli.redrive_kinds import Kind
    from slaclock.wiring import Wiring


def found(args: argparse.Namespace, kind: Kind) -> tuple[Wiring, Queue]:
    """The parts that the work on a queue needs, and the queue; what is missing is named."""
    environ: Mapping[str, str] = os.environ
    url = args.queue
    if args.stack:
        environ = {**os.environ, **environment(args.stack, kind.function)}
        url = url or resource(args.stack, kind.queue)
    wiring = deployed.stack(environ, kind.needs)
    return wiring, Queue(wiring.client("sqs"), url)


@contextmanager
def refusals() -> Iterator[None]:
    """What AWS refuses, or does not answer, in a line."""
    try:
        yield
    except (ClientError, BotoCoreError, ResponseParserError) as error:
        raise SlaError(f"AWS says no: {error}") from None


def environment(stack: str, function: str) -> Mapping[str, str]:
    """The environment of one of the stack's functions."""
    lambdas = deployed.stack(os.environ, ()).client("lambda")
    found = lambdas.get_function_configuration(FunctionName=resource(stack, function))
    variables: Mapping[str, str] = found.get("Environment", {}).get("Variables", {})
    return variables


def resource(stack: str, logical: str) -> str:
    """What the stack calls one of its resources; of a queue that is its URL."""
    stacks = deployed.stack(os.environ, ()).client("cloudformation")
    found = stacks.describe_stack_resource(StackName=stack, LogicalResourceId=logical)
    return str(found["StackResourceDetail"]["PhysicalResourceId"])
