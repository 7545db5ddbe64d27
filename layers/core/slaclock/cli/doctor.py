"""`slaclock doctor`: whether a deployed stack is well, line by line, and what to do where it is not."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from slaclock.cli import deployed, texts

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from slaclock.cli.doctor_stack import Finding, Patient

# In the order in which they are told: what all the rest stands on comes first.
CHECKS = (
    ("stack", "doctor_deployment", "deployment"),
    ("resources", "doctor_kept", "resources"),
    ("settings", "doctor_deployment", "settings"),
    ("kept", "doctor_kept", "kept"),
    ("subscriptions", "doctor_messages", "subscriptions"),
    ("connections", "doctor_records", "connections"),
    ("agreements", "doctor_records", "agreements"),
    ("quarantine", "doctor_records", "quarantine"),
    ("starts", "doctor_starts", "starts"),
    ("heartbeat", "doctor_watch", "sweeps"),
    ("queues", "doctor_queues", "queues"),
    ("alarms", "doctor_watch", "alarms"),
    ("seals", "doctor_records", "seals"),
)
_ABOUT = (
    "Reads, and changes nothing. A line says ok, warn or fail; what is not ok says what to do. The exit "
    "status is 1 where one fails, or could not be looked at. docs/operations.md says which rights it needs."
)


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `slaclock doctor`."""
    parser = commands.add_parser("doctor", help="whether a deployed stack is well", description=_ABOUT)
    parser.add_argument("--stack", required=True, type=texts.stack, metavar="NAME", help="the stack's name")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write a line for each finding; 1 where one fails."""
    patient: Patient = import_module("slaclock.cli.doctor_stack").Patient(args.stack, deployed.now())
    levels = []
    for name, finding in examined(patient):
        levels.append(finding.level)
        sys.stdout.write(_object(name, finding) if args.json else _line(name, finding))
        sys.stdout.flush()
    return 1 if "fail" in levels else 0


def examined(patient: Patient) -> Iterator[tuple[str, Finding]]:
    """Each check's findings, by its name, up to the `last` one; a check that can't look stops no other."""
    for name, module, check in CHECKS:
        for finding in _found(patient, module, check):
            yield name, finding
            if finding.last:
                return


def _found(patient: Patient, module: str, check: str) -> Iterator[Finding]:
    try:
        yield from getattr(import_module(f"slaclock.cli.{module}"), check)(patient)
    except Exception as error:  # noqa: BLE001  (whatever it is, the others can look)
        yield import_module("slaclock.cli.doctor_refusals").not_looked_at(error)


def _line(name: str, finding: Finding) -> str:
    said = deployed.escaped(f"{finding.level:<5} {name:<14} {finding.what}")
    return f"{said}\n" + (f"{'':21}-> {deployed.escaped(finding.do)}\n" if finding.do else "")


def _object(name: str, finding: Finding) -> str:
    said = {"check": name, "level": finding.level, "what": finding.what, "do": finding.do or None}
    return json.dumps(said, ensure_ascii=False) + "\n"
