"""No breach is missed, doubled or early, whatever breaks: lives in unkind regions, and what must hold."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from local.template import ROOT
from slaclock.domain.facts import split_id
from slaclock.domain.instants import parse_instant
from slaclock.workflow import Workflow
from tests.sim import faults as kinds
from tests.sim.__main__ import table
from tests.sim.hand_worked import HAND_WORKED, HandWorked, messages, outcomes
from tests.sim.judging import facts_in, judge
from tests.sim.lives import Life, storm
from tests.sim.run import CALM, SUBJECT, Run, gentle, unkind
from tests.sim.seeds import all_lived, held, lived, verdict_of
from tests.sim.shrinking import shortest, story, tried
from tests.spec.story import when

FIXED = range(450)
FRESH = 40
FOUND = 2201831212  # an input comes after a later one, and reminders have come and gone meanwhile
# Each function that the runs reach, and what it asks of AWS.
CALLS = {
    "Webhook": "GetItem GetSecretValue BatchGetItem Query TransactWriteItems UpdateItem PutObject",
    "Timer": "BatchGetItem Query TransactWriteItems",
    "Arm": "CreateSchedule DeleteSchedule BatchGetItem Query TransactWriteItems",
    "Notify": "BatchGetItem Query GetSecretValue PutItem Publish SendMessage DeleteItem "
    "ChangeMessageVisibilityBatch",
    "Audit": "Query ListObjectsV2 BatchGetItem TransactWriteItems Publish PutItem DeleteItem GetItem "
    "GetObject DeleteObject GetSecretValue",
    "Command": "BatchGetItem Query TransactWriteItems",
}
AROUND = {
    "Helpdesk": kinds.AT_DELIVERIES,
    "Scheduler": kinds.AT_SCHEDULES,
    "Arm batch": kinds.AT_BATCHES,
    "Notify batch": kinds.AT_BATCHES,
    "Notify queue": kinds.AT_QUEUES,
}


@pytest.mark.slow
def test_whatever_breaks_the_end_is_that_of_the_undisturbed_fold() -> None:
    """A fixed set of unkind lives; each kind of fault occurs at each call, and is counted."""
    counts = Counter[tuple[str, str]]()
    for _, happened, told in all_lived("unkind", FIXED, jobs=1):
        assert told == []
        counts += happened
    print(*table(counts), sep="\n")
    assert [each for each in possible() if not counts[each]] == []


def possible() -> list[tuple[str, str]]:
    """Every sort of place, with every kind of fault that may happen there."""
    at_calls = [
        (f"{function} {operation}", kind)
        for function, operations in CALLS.items()
        for operation in operations.split()
        for kind in (kinds.AT_TRANSACTIONS if operation == "TransactWriteItems" else kinds.AT_CALLS)
    ]
    return at_calls + [(place, kind) for place, some in AROUND.items() for kind in some]


def _of_the_code() -> bytes:
    written = hashlib.sha256()
    for file in sorted((ROOT / "layers" / "core").rglob("*.py")):
        written.update(file.read_bytes())
    return written.digest()[:4]


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["unkind", "gentle", "hand", "wired"])
def test_fresh_seeds_hold_too(mode: str) -> None:
    """Seeds that nobody has tried; they are printed, so that a failure can be repeated.

    In CI they are fresh for each change of the code, and the same each time that it is tried.
    """
    first = int.from_bytes(_of_the_code() if os.environ.get("CI") else os.urandom(4))
    seeds = range(first, first + (FRESH if mode != "wired" else FRESH // 4))
    print(f"make sim SEEDS={len(seeds)} FIRST={seeds.start} MODE={mode}")
    for _, _, told in all_lived(mode, seeds, jobs=1):
        assert told == []


@pytest.mark.slow
def test_without_losses_the_auditor_is_not_needed() -> None:
    """It hides no bug: where every second try succeeds, a run without it is clean, and queues stay empty."""
    for _, _, told in all_lived("gentle", range(200), jobs=1):
        assert told == []


@pytest.mark.slow
def test_through_pynamodb_it_is_the_same() -> None:
    """A smaller set over the double of DynamoDB: pages, reads that lag, batches answered in part."""
    for _, _, told in all_lived("wired", [*range(40), FOUND], jobs=1):
        assert told == []


@pytest.mark.parametrize("worked", HAND_WORKED, ids=lambda worked: worked.name)
def test_a_life_worked_out_by_hand_is_told_as_worked_out(worked: HandWorked) -> None:
    """Its outcomes, and each of its messages once, where nothing goes wrong."""
    ran = Run(1, worked.life, CALM).live()
    assert outcomes([each.fact for each in ran.region.tables.told(SUBJECT)]) == worked.outcomes
    assert messages(ran) == worked.messages


@pytest.mark.slow
@pytest.mark.parametrize("worked", HAND_WORKED, ids=lambda worked: worked.name)
def test_a_life_worked_out_by_hand_ends_so_whatever_breaks(worked: HandWorked) -> None:
    """The outcomes are literal: here the fold is not its own judge."""
    for seed in range(20):
        assert held(worked, seed, unkind(seed)).wrong == []


def test_a_breach_is_told_within_a_minute_where_nothing_goes_wrong() -> None:
    """EventBridge is precise to a minute; ours comes on top, and is seconds."""
    late = {}
    for worked in HAND_WORKED:
        if worked.life.outages:
            continue
        ran = Run(7, worked.life, CALM).live()
        for told in ran.region.tables.told(SUBJECT):
            if told.fact.details.get("detected_by") == "timer":
                late[told.fact.key, worked.name] = ran.region.told_at[told.fact.id] - told.fact.at
    assert len(late) > 5
    assert max(late.values()).total_seconds() <= 62
    assert min(late.values()).total_seconds() >= 0


STORM = Life(storm(*"12345"), until=when("Fri 14:00"))


def test_a_storm_of_reminders_is_a_message_or_two_and_each_breach_has_its_own() -> None:
    """Five tickets at once: what wakes each is up to a minute late, so a window may split."""
    for seed in range(5):
        ran = Run(seed, STORM, CALM).live()
        assert judge(ran) == []
        told: dict[str, list[list[str]]] = {}
        for each in ran.region.notices:
            ids = facts_in(each)
            told.setdefault(split_id(ids[0])[1], []).append(sorted(split_id(one)[0][-1] for one in ids))
        reminders = {key: lists for key, lists in told.items() if key.startswith("reminder_due")}
        assert len(reminders) == 4
        for lists in reminders.values():
            assert sorted(ticket for each in lists for ticket in each) == list("12345")
            assert len(lists) <= 2
        others = [each for key, lists in told.items() if key not in reminders for each in lists]
        assert {len(each) for each in others} == {1}


@pytest.mark.slow
def test_a_storm_loses_nothing_whatever_breaks() -> None:
    """Each reminder is listed in some message, or it is recorded why it was not."""
    for seed in range(20):
        assert tried(seed, STORM, unkind(seed)).wrong == []
        assert tried(seed, STORM, gentle(seed)).wrong == []


@pytest.mark.slow
def test_one_seed_is_one_run() -> None:
    """To the last call, in another process, too, whatever its hashes."""
    here = digest(11)
    command = [sys.executable, "-c", "from tests.sim.test_simulation import digest; print(digest(11))"]
    for hashes in ("1", "2"):
        environ = {**os.environ, "PYTHONHASHSEED": hashes, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/core'}"}
        there = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
        assert there.stdout.strip() == here


def digest(seed: int) -> str:
    """What happened in a run, with its times, in so many letters."""
    from hashlib import sha256  # noqa: PLC0415

    verdict = verdict_of("unkind", seed)
    assert verdict.ran
    return sha256(repr((verdict.faults, verdict.ran.region.story)).encode()).hexdigest()


def test_a_failing_seed_tells_the_shortest_story_that_still_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here: of conflicts that are not tried again, with the command that repeats it."""
    monkeypatch.setattr(Workflow, "retried", lambda _, step: step())
    verdict = next(each for each in (verdict_of("gentle", seed) for seed in range(99)) if each.wrong)
    least = shortest(verdict)
    assert least.checks & verdict.checks
    assert len(least.faults) + len(least.life.arrivals) <= 4
    told = list(story(least))
    assert any(line.startswith("  fault: ") for line in told)
    assert told[-1].startswith("  does not hold: ")
    assert replace(least, ran=None).seed == verdict.seed
    assert lived(("gentle", verdict.seed))[2][-1].startswith("  does not hold: ")


def test_the_reference_week_is_that_of_the_rules() -> None:
    """Thursday 15:00 in Copenhagen, before the clocks go forward."""
    assert HAND_WORKED[0].life.arrivals[0].at == parse_instant("2026-03-26T14:00:00Z")
