"""`make sim-mutants`: the code with one guard taken out, and the check that it falls to.

Each mutant is a copy of the code with a few words changed. It lives the lives of the same seeds until one
fails; a mutant that fails none is a hole in the simulation.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from local.template import ROOT

# Modes and seeds in turn, the quickest to fail first.
_ROUNDS = (
    ("gentle", 0, 40),
    ("hand", 0, 45),
    ("unkind", 0, 40),
    ("wired", 0, 10),
    ("hand", 45, 255),
    ("gentle", 40, 210),
    ("unkind", 40, 110),
    ("wired", 10, 30),
)
_LONGEST = 900  # seconds for a round
_COPIED = ("layers", "functions", "local", "tests", "template.yaml")


@dataclass(frozen=True)
class Mutant:
    """What is taken out, and the words of a file that are changed for it.

    `fell` is a mode and a seed to which it fell once: they are tried first where searching takes long.
    """

    name: str
    file: str
    old: str
    new: str
    fell: tuple[str, int] | None = None


_CORE, _FUNCTIONS = "layers/core/slaclock", "functions"
MUTANTS = (
    Mutant(
        "a ticket is written whatever its version is",
        f"{_CORE}/store/memory_keeping.py",
        'bool(stored and stored["version"] == put.version)',
        "True",
        ("unkind", 10),
    ),
    Mutant(
        "facts and inputs are written over",
        f"{_CORE}/store/memory_keeping.py",
        "return stored is None if put.version is None else",
        "return put.version is None or",
    ),
    Mutant(
        "what is announced is written before the transaction",
        f"{_CORE}/store/memory_keeping.py",
        "        if not all(self._allowed(put) for put in items):",
        '        for put in items[1:]:\n            if put.item["sk"].startswith("OUTBOX#"):\n'
        "                self._put(put.table, put.item)\n"
        "        if not all(self._allowed(put) for put in items):",
    ),
    Mutant(
        "DynamoDB is told no version",
        f"{_CORE}/store/dynamo_keeping.py",
        "found = absent if put.version is None else TicketsItem.version == put.version",
        "found = absent if put.version is None else None",
    ),
    Mutant(
        "DynamoDB is told to write over",
        f"{_CORE}/store/dynamo_keeping.py",
        "absent = model.pk.does_not_exist()",
        "absent = None",
        ("wired", 21),
    ),
    Mutant(
        "the log is not asked whether an input is known",
        f"{_CORE}/workflow.py",
        "        if loaded.seen:\n            return False\n",
        "",
    ),
    Mutant("no conflict is tried again", f"{_CORE}/workflow.py", "if self.elapsed() >= until:", "if True:"),
    Mutant(
        "a stale schedule wakes its ticket",
        f"{_CORE}/workflow.py",
        "current is None or current.number != arming",
        "current is None",
    ),
    Mutant(
        "a schedule that comes early is let pass",
        f"{_CORE}/workflow.py",
        "            raise TooEarlyError(subject)",
        "            return None",
    ),
    Mutant(
        "decisions are made a minute ahead",
        f"{_CORE}/workflow.py",
        "        now, ticket = self.now(), saved.ticket if saved else None",
        "        now, ticket = self.now() + timedelta(minutes=1), saved.ticket if saved else None",
    ),
    Mutant(
        "a schedule's name is used again",
        f"{_CORE}/schedules.py",
        'f"{digest[:40]}-{number}"',
        'f"{digest[:40]}"',
    ),
    Mutant(
        "a schedule that exists is an error",
        f"{_CORE}/schedules.py",
        '_unless(error, "ConflictException")',
        "raise",
    ),
    Mutant(
        "a schedule is made for what may be past",
        f"{_CORE}/arming.py",
        "max(arming.at, now() + MARGIN)",
        "arming.at",
        ("hand", 204),
    ),
    Mutant(
        "a schedule that is current is deleted with the stale ones",
        f"{_CORE}/arming.py",
        "        if after.get(lane) != arming:\n",
        "        if True:\n",
    ),
    Mutant(
        "a moved wake is not said",
        f"{_CORE}/store/tickets.py",
        '"moved": saved.wakes != old',
        '"moved": False',
    ),
    Mutant(
        "arm does not say what failed",
        f"{_FUNCTIONS}/arm/app.py",
        "    return answer",
        '    return {"batchItemFailures": []}',
        ("gentle", 138),
    ),
    Mutant(
        "notify does not say what failed",
        f"{_FUNCTIONS}/notify/app.py",
        "    return answer",
        '    return {"batchItemFailures": []}',
    ),
    Mutant(
        "an audience is marked as told before it is",
        f"{_CORE}/announcing.py",
        "            message_id = self.say(matter, audiences[0], way)",
        '            self._record(matter, audiences[0], message_id="soon")\n'
        "            message_id = self.say(matter, audiences[0], way)",
    ),
    Mutant(
        "an announcement is closed before it is made",
        f"{_CORE}/announcing.py",
        "        errors = self._tell(",
        "        self.outbox.close(subject, fact.key)\n        errors = self._tell(",
    ),
    Mutant(
        "a gathered reminder leaves the outbox before it is sent",
        f"{_CORE}/gathering.py",
        "        reminder = self._reminder(asked.subject, fact, asked.audience, names)\n",
        "        reminder = self._reminder(asked.subject, fact, asked.audience, names)\n"
        "        self.outbox.close(asked.subject, asked.key)\n",
    ),
    Mutant(
        "of gathered reminders only the first one is listed",
        f"{_CORE}/together.py",
        "each.matter.ticket) for each in group]",
        "each.matter.ticket) for each in group[:1]]",
    ),
    Mutant(
        "of a queue's batch notify does not say what failed",
        f"{_FUNCTIONS}/notify/app.py",
        '[{"itemIdentifier": name} for name in gathered.failed]',
        "[]",
    ),
    Mutant(
        "breaches wait with the reminders",
        f"{_CORE}/waiting_room.py",
        'return fact.fact == "reminder_due" and fact.due_at is not None and fact.due_at - now > NEAR',
        "return True",
    ),
    Mutant(
        "a first level is held back like the later ones",
        f"{_CORE}/domain/suppressing.py",
        '(fact.details["level"], fact.details["repeat"]) != (1, 0)',
        "True",
    ),
    Mutant(
        "a repeat has another id",
        f"{_CORE}/notices/document.py",
        '"notification_id": told.notification_id,',
        '"notification_id": f"{told.notification_id}{told.now}",',
    ),
    Mutant(
        "the auditor looks for no clocks",
        f"{_CORE}/sweeping.py",
        '_Kind("clock", self.workflow.tickets.overdue,',
        '_Kind("clock", lambda *_: (),',
    ),
    Mutant(
        "the auditor looks for no facts",
        f"{_CORE}/sweeping.py",
        '_Kind("fact", in_turn.waiting,',
        '_Kind("fact", lambda *_: (),',
    ),
    Mutant("the auditor is dropped", f"{_FUNCTIONS}/audit/app.py", "else _sweep()", "else {}"),
    Mutant(
        "a kept delivery is released before it is applied",
        f"{_CORE}/sweeping.py",
        "            kept = self.intake.quarantine.read(key)\n",
        "            kept = self.intake.quarantine.read(key)\n"
        "            self.intake.quarantine.release(key)\n",
    ),
    Mutant(
        "a delivery that the table could not take is dropped",
        f"{_CORE}/intake.py",
        '            self.quarantine.keep("table", delivered, type(error).__name__)',
        "            _log.error(type(error).__name__)",
    ),
    Mutant(
        "the chain forgets what was before",
        f"{_CORE}/store/chaining.py",
        "head = link(head, fact_entry",
        "head = link(START, fact_entry",
    ),
    Mutant(
        "what was met gets no row",
        f"{_CORE}/store/items.py",
        "if fact.fact in RECORDED:",
        'if fact.fact in RECORDED - {"clock_met"}:',
    ),
    Mutant(
        "levels are not kept",
        f"{_CORE}/store/items.py",
        "    if fact.fact in ANNOUNCED and",
        '    if fact.fact in ANNOUNCED - {"escalation_due"} and',
    ),
    Mutant(
        "pauses are not told",
        f"{_CORE}/workflow.py",
        " decision.facts,\n",
        ' [each for each in decision.facts if each.fact != "clock_paused"],\n',
    ),
    Mutant(
        "the auditor waits for half a day",
        f"{_CORE}/sweeping.py",
        "OVERDUE = timedelta(minutes=2)",
        "OVERDUE = timedelta(hours=12)",
    ),
    Mutant(
        "a ledger's row is empty",
        f"{_CORE}/store/items.py",
        '{"pk": subject, "sk": fact.key, **chained,',
        '{"pk": subject, "sk": fact.key, **{**chained, "body": "{}"},',
    ),
    Mutant(
        "a schedule has no dead-letter queue",
        f"{_CORE}/schedules.py",
        '            "DeadLetterConfig": {"Arn": self.dead_letters},\n',
        "",
    ),
    Mutant(
        "a sweep is always clean",
        f"{_CORE}/sweeping.py",
        "return not (self.refused or self.failed or self.left)",
        "return True",
    ),
    Mutant(
        "late evidence is folded at its end",
        f"{_CORE}/domain/decide.py",
        "        return not after_inputs\n",
        "        return False\n",
    ),
    Mutant(
        "a row stands in a place that is not its own",
        f"{_CORE}/store/items.py",
        "places_of(subject, fact, linked.seq, at)",
        "places_of(subject, fact, linked.seq + 1, at)",
    ),
    Mutant(
        "a seal names none before it",
        f"{_CORE}/sealing/sealer.py",
        "self.signer.key, previous.seal if previous else None",
        "self.signer.key, None",
    ),
)


def caught(mutant: Mutant) -> str | None:
    """The check that a mutant falls to, with its seed; None where nobody notices."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copied(copy)
        _mutated(copy / mutant.file, mutant)
        for mode, first, seeds in _rounds(mutant):
            if failed := _failed(copy, mode, first, seeds):
                return f"{mode}, {failed}"
    return None


def _rounds(mutant: Mutant) -> list[tuple[str, int, int]]:
    """Only one mode goes through PynamoDB: what is changed there it meets first."""
    wired = "/dynamo" in mutant.file
    first = [(*mutant.fell, 1)] if mutant.fell else []
    return [*first, *sorted(_ROUNDS, key=lambda each: wired and each[0] != "wired")]


def _failed(copy: Path, mode: str, first: int, seeds: int) -> str | None:
    """The first seed that a copy of the code fails, with the check."""
    asked = ["--mode", mode, "--first", str(first), "--seeds", str(seeds), "--until-one-fails"]
    environ = {**os.environ, "PYTHONPATH": f"{copy / 'layers/core'}:{copy}", "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.sim", *asked],
        cwd=copy,
        env=environ,
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        check=False,
    )
    if ran.returncode > 1 or ran.stderr:
        raise RuntimeError(ran.stderr)
    return ran.stdout.splitlines()[-1] if ran.returncode else None


def _copied(copy: Path) -> None:
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "corpus"))
        else:
            shutil.copy(source, copy / name)


def _mutated(file: Path, mutant: Mutant) -> None:
    text = file.read_text()
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.name}: {file.name} has its words {text.count(mutant.old)} times")
    file.write_text(text.replace(mutant.old, mutant.new))


def main() -> int:
    missed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for mutant, by in zip(MUTANTS, pool.map(caught, MUTANTS), strict=True):
            missed += by is None
            print(f"{mutant.name:60} {by or 'NOT CAUGHT'}", flush=True)
    print(f"{len(MUTANTS)} mutants, {missed} not caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
