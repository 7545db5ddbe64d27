"""Which stack a command works with: the one that `--stack` names, or else the one of the environment."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from slaclock.cli import deployed, texts
from slaclock.domain.errors import SlaError
from slaclock.store.errors import StoreRefusedError, StoreUnavailableError, WriteConflictError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from slaclock.wiring import Wiring


def add_stack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stack",
        type=texts.stack,
        metavar="NAME",
        help="of this stack; without it the environment says which tables",
    )


def reached(
    args: argparse.Namespace, needed: tuple[str, ...] = deployed.TABLES, function: str = "Audit"
) -> Wiring:
    """The parts of the stack that the arguments name, as a function of it has them, or of the environment."""
    return deployed.stack(environ(args, function), needed)


def environ(args: argparse.Namespace, function: str) -> Mapping[str, str]:
    """The environment, with that of a function of the stack that the arguments name."""
    return {**os.environ, **environment(args.stack, function)} if args.stack else os.environ


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


@contextmanager
def told_plainly(first: str = "somebody else published just now") -> Iterator[None]:
    """What AWS or the tables refuse, in a line, and that somebody else was `first`."""
    try:
        yield
    except WriteConflictError:
        raise SlaError(f"{first}: run it again") from None
    except (StoreUnavailableError, StoreRefusedError) as error:
        raise SlaError(f"the tables could not be read or written: {error}") from None
    except Exception as error:
        if isinstance(error, _refusals()):
            raise SlaError(f"AWS says no: {error}") from None
        raise


def _refusals() -> tuple[type[Exception], ...]:
    """What botocore raises, which commands that ask nobody do without."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    from botocore.parsers import ResponseParserError  # noqa: PLC0415

    return ClientError, BotoCoreError, ResponseParserError
