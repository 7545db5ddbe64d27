"""`slaclock agreement publish`: documents become versions, and versions never change (rules 24 and 25)."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local.stack import ACCOUNT
from slaclock.agreements.document import read_document
from slaclock.agreements.freeze import freeze
from slaclock.cli import deployed
from slaclock.domain.choosing import AgreementEnd
from slaclock.store.agreements import Version
from slaclock.store.dynamo import DynamoStore
from slaclock.store.errors import StoreRefusedError, WriteConflictError
from tests.local.desk import BASIC, GOLD, MONDAY, Desk, open_desk

OTHER_ID = "publish under another id"
LOWER = "give one of them a lower order"
STRICTER = GOLD.replace("4h", "2h")


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD) as desk:
        yield desk


def versions(desk: Desk) -> list[tuple[str, int]]:
    return [(each.id, each.version) for each in desk.stack.store.agreements(ACCOUNT).versions]


def published(desk: Desk, *arguments: str) -> tuple[int, list[str], list[str]]:
    """What publishing says, hashes shortened to their algorithm."""
    code, out, err = desk.run("agreement", "publish", *arguments)
    return code, [re.sub(r"sha256:[0-9a-f]{64}$", "sha256", line) for line in out], err


def test_a_changed_document_becomes_the_next_version(desk: Desk) -> None:
    """One that says what the newest version says stays that version; each line ends with the hash."""
    changed = desk.document("gold", STRICTER)
    assert published(desk, desk.document("same", GOLD)) == (
        0,
        ["gold: unchanged, version 1 stays, sha256"],
        [],
    )
    assert published(desk, changed) == (0, ["gold: version 2 published, sha256"], [])
    assert published(desk, changed) == (0, ["gold: unchanged, version 2 stays, sha256"], [])
    assert versions(desk) == [("gold", 1), ("gold", 2)]


def test_the_same_document_on_another_day_is_no_new_version(desk: Desk) -> None:
    """Though its horizon would lie a day later; `--refreeze` is for whoever wants that."""
    desk.advance(days=30)
    assert published(desk, desk.document("same", GOLD)) == (
        0,
        ["gold: unchanged, version 1 stays, sha256"],
        [],
    )
    refrozen = published(desk, desk.document("same", GOLD), "--refreeze")
    assert refrozen == (0, ["gold: version 2 published, sha256"], [])


def test_a_version_is_published_now_and_frozen_as_of_today(desk: Desk) -> None:
    """Its calendars reach five years from this day."""
    desk.advance(days=1)
    published(desk, desk.document("gold", STRICTER))
    newest = desk.stack.store.agreements(ACCOUNT).versions[-1]
    document = desk.stack.store.document(ACCOUNT, "gold", 2)
    assert (str(newest.published_at), document and document["horizon"]) == (
        "2026-03-03 09:00:00+00:00",
        "2031-03-04T00:00:00Z",
    )


def test_a_new_version_is_for_new_tickets(desk: Desk) -> None:
    """A ticket keeps the version that it started under (rule 25), whatever happens to it later."""
    desk.event("1")
    published(desk, desk.document("gold", STRICTER))
    desk.advance(minutes=2)
    desk.event("2")
    desk.event("1", "note_added")
    assert desk.clock("1") == ("gold", 1, "running", "2026-03-02T13:00:00Z")
    assert desk.clock("2") == ("gold", 2, "running", "2026-03-02T11:02:00Z")


def test_a_version_may_say_that_it_is_for_open_tickets_too(desk: Desk) -> None:
    """`applies_to_open: true`: what is open comes under it at once, each clock from its own start on.

    Again tells nobody twice.
    """
    desk.event("1")
    desk.event("2", plan="silver")
    desk.event("3")
    desk.advance(minutes=1)
    desk.event("3", "solved", status="solved")
    newer = desk.document("gold", STRICTER + "applies_to_open: true\n"), "--settle", "0"
    assert published(desk, *newer) == (
        0,
        [
            "gold: version 2 published, sha256",
            "tickets looked at: 3",
            "tickets told: 1",
            "clocks set anew: 1",
        ],
        [],
    )
    assert desk.clock("1") == ("gold", 2, "running", "2026-03-02T11:00:00Z")
    assert desk.clock("3")[:3] == ("gold", 1, "met")
    assert published(desk, *newer)[1] == [
        "gold: unchanged, version 2 stays, sha256",
        "tickets looked at: 3",
        "tickets told: 0",
        "clocks set anew: 0",
    ]
    desk.advance(hours=2)
    assert desk.facts("1") == [
        ("clock_started", "2026-03-02T09:00:00Z"),
        ("clock_retargeted", "2026-03-02T09:01:00Z"),
        ("clock_breached", "2026-03-02T11:00:00Z"),
    ]


def test_what_a_function_started_under_the_older_version_is_told_by_the_second_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Functions keep agreements for a minute, so the command looks again after 65 seconds."""
    desk.event("1", plan="silver")  # the function has read the agreements now, and keeps them

    def rest(seconds: float) -> None:
        desk.advance(seconds=seconds / 2)
        desk.event("2")
        assert desk.clock("2")[:2] == ("gold", 1)
        desk.advance(seconds=seconds / 2)

    monkeypatch.setattr(deployed, "Sweeps", partial(deployed.Sweeps, rest=rest))
    said = published(desk, desk.document("gold", STRICTER + "applies_to_open: true\n"))[1]
    assert said[1:] == ["tickets looked at: 2", "tickets told: 1", "clocks set anew: 1"]
    assert desk.clock("2") == ("gold", 2, "running", "2026-03-02T11:00:32.5Z")


def test_the_first_version_needs_no_second_look(desk: Desk) -> None:
    """No ticket is under an older one."""
    first = desk.document("basic", BASIC + "applies_to_open: true\n")
    assert published(desk, first) == (0, ["basic: version 1 published, sha256"], [])


def test_a_dry_run_publishes_nothing(desk: Desk) -> None:
    """It says what would be."""
    files = desk.document("gold", STRICTER), desk.document("basic", BASIC)
    assert published(desk, "--dry-run", *files) == (
        0,
        ["gold: version 2 would be published, sha256", "basic: version 1 would be published, sha256"],
        [],
    )
    assert versions(desk) == [("gold", 1)]


def test_a_tie_with_what_is_published_is_refused(desk: Desk) -> None:
    """Between two that could fit one ticket nothing would decide (rule 24); nothing is published."""
    rival = desk.document("rival", GOLD.replace("agreement: gold", "agreement: rival"))
    assert published(desk, rival, desk.document("basic", BASIC)) == (
        1,
        [],
        [f"{rival}:2:8: order: a ticket could fit 'rival' as well as 'gold' (version 1, published): {LOWER}"],
    )
    assert versions(desk) == [("gold", 1)]


def test_a_tie_is_judged_by_the_newest_versions(desk: Desk) -> None:
    """What takes an old version's place, published before or with it, counts in its stead."""
    rival = desk.document("rival", GOLD.replace("agreement: gold", "agreement: rival"))
    moved = desk.document("gold", GOLD.replace("10", "20"))
    assert published(desk, rival, moved)[0] == 0
    assert versions(desk) == [("gold", 1), ("gold", 2), ("rival", 1)]


def test_a_tie_between_the_documents_is_refused(desk: Desk) -> None:
    """As `slaclock agreement check` refuses it."""
    texts = (GOLD.replace("agreement: gold", f"agreement: {name}").replace("10", "5") for name in "ab")
    one, other = (desk.document(name, text) for name, text in zip("ab", texts, strict=True))
    assert published(desk, one, other) == (
        1,
        [],
        [f"{other}:2:8: order: a ticket could fit 'b' as well as 'a' in {one}: {LOWER}"],
    )


def test_a_mistake_in_one_document_keeps_back_all(desk: Desk) -> None:
    """Every mistake is told with its place, and nothing is published."""
    wrong = desk.document("wrong", BASIC.replace("8h", "soon"))
    code, out, err = published(desk, desk.document("gold", STRICTER), wrong)
    assert (code, out) == (1, [])
    assert [line.split(": ")[:2] for line in err] == [[f"{wrong}:4:15", "targets.resolution"]]
    assert versions(desk) == [("gold", 1)]


def test_a_document_is_published_with_what_it_extends(desk: Desk) -> None:
    """The base is read from the file beside it, and not published itself."""
    desk.document("base", GOLD.replace("agreement: gold", "agreement: base\nlevel: corporate"))
    narrow = desk.document(
        "narrow", "agreement: narrow\nextends: base\norder: 5\ntargets: {resolution: 1h}\n"
    )
    assert published(desk, narrow) == (0, ["narrow: version 1 published, sha256"], [])
    frozen: Any = desk.stack.store.document(ACCOUNT, "narrow", 1)
    assert frozen["applies_to"] == {"plan": {"any": ["gold"]}}
    assert frozen["targets"][0]["budgets"] == {"default": "1h"}


def test_what_may_not_be_meant_is_a_warning(desk: Desk) -> None:
    """A review that is past, and an OLA looser than the published promise that it underpins."""
    ola = BASIC.replace("agreement: basic", "agreement: ola\nkind: internal\nreview: 2026-01-01")
    file = desk.document("ola", ola)
    code, out, err = published(desk, file)
    assert (code, out) == (0, ["ola: version 1 published, sha256"])
    assert [line.removeprefix(f"{file}:").partition(": ")[2].split(":")[:3] for line in err] == [
        ["warning", " review", " the review was due on 2026-01-01"],
        ["warning", " targets.resolution", " looser than resolution of 'gold'"],
    ]


def test_a_promise_that_a_published_one_no_longer_underpins_is_a_warning(desk: Desk) -> None:
    """The other way round: the OLA is published, and the promise above it becomes stricter."""
    published(desk, desk.document("ola", GOLD.replace("agreement: gold", "agreement: ola\nkind: internal")))
    file = desk.document("gold", STRICTER)
    code, _, err = published(desk, file)
    assert code == 0
    assert [line.removeprefix(f"{file}:").partition(": ")[2].split(":")[:3] for line in err] == [
        ["warning", " targets.resolution", " 'ola' is looser than resolution of 'gold'"],
    ]


MONTHLY = GOLD + "credits: {period: month, currency: EUR, each: {credit: {amount: 5}}}\n"
QUARTERLY = MONTHLY.replace("month", "quarter")


def test_credits_are_counted_by_another_period_from_a_day_on_that_begins_one_of_both(desk: Desk) -> None:
    """May and June would count for nothing if it were one of April: quarters begin in July."""
    published(desk, desk.document("gold", MONTHLY))
    desk.advance(days=31)
    path = desk.document("gold", QUARTERLY)
    apart = "between 2026-04 in UTC and 2026-Q3 in UTC a breach would count not at all"
    mend = "let it hold from a day that begins a period of both: effective: {from: 2026-07-01}"
    assert published(desk, path) == (1, [], [f"{path}:7:10: credits: {apart}: {mend}"])
    later = desk.document("gold", QUARTERLY + "effective: {from: 2026-07-01}\n")
    assert published(desk, later) == (0, ["gold: version 3 published, sha256"], [])


def test_an_agreement_that_was_ended_is_not_published_again(desk: Desk) -> None:
    """Nothing would start under it: it needs another id."""
    desk.stack.store.end(ACCOUNT, AgreementEnd("gold", MONDAY, "dissolved", "ada"))
    file = desk.document("gold", STRICTER)
    assert published(desk, file) == (
        1,
        [],
        [f"{file}:1:12: agreement: 'gold' was ended at 2026-03-02T09:00:00Z (dissolved): {OTHER_ID}"],
    )


def test_an_agreement_that_was_ended_ties_with_none(desk: Desk) -> None:
    """What takes its place may have its order."""
    desk.stack.store.end(ACCOUNT, AgreementEnd("gold", MONDAY, "dissolved", "ada"))
    file = desk.document("next", GOLD.replace("agreement: gold", "agreement: next"))
    assert published(desk, file)[0] == 0


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (WriteConflictError(), "slaclock: somebody else published just now: run it again"),
        (
            StoreRefusedError("ValidationException"),
            "slaclock: the tables could not be read or written: ValidationException",
        ),
    ],
)
def test_what_the_table_refuses_is_told_in_a_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    """Somebody was first, or the document is larger than an item may be."""

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(DynamoStore, "publish", refuse)
    assert published(desk, desk.document("gold", STRICTER)) == (1, [], [said])


@pytest.mark.parametrize(
    "meanwhile",
    [
        ("publish", GOLD.replace("agreement: gold", "agreement: rival")),
        ("end", ""),
    ],
)
def test_whoever_is_second_publishes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, meanwhile: tuple[str, str]
) -> None:
    """A rival that ties, or an end, came between the check and the writing; run again, it is checked anew."""
    what, text = meanwhile
    store, publish = desk.stack.store, DynamoStore.publish

    def second(*arguments: Any) -> None:
        monkeypatch.setattr(DynamoStore, "publish", publish)
        if what == "end":
            store.end(ACCOUNT, AgreementEnd("gold", MONDAY, "dissolved", "ada"))
        else:
            frozen = freeze(read_document(text, "rival"), published=MONDAY.date())
            version = Version(frozen, 1, "sha256:1")
            store.publish(ACCOUNT, [version], MONDAY, store.generation(ACCOUNT))
        publish(*arguments)

    monkeypatch.setattr(DynamoStore, "publish", second)
    files = desk.document("basic", BASIC), desk.document("gold", STRICTER)
    assert published(desk, *files) == (1, [], ["slaclock: somebody else published just now: run it again"])
    assert ("basic", 1) not in versions(desk)
    assert ("gold", 2) not in versions(desk)
    code, out, err = published(desk, *files)
    assert (code, out, len(err)) == (1, [], 1)


def test_the_first_agreement_of_an_account_is_told(desk: Desk) -> None:
    """Whoever mistypes an account would else learn of it by tickets without clocks; a second is no news."""
    file = desk.document("basic", BASIC)
    other = ("--account", "nosuch", file)
    said = "slaclock: this is the first agreement of account 'nosuch'"
    assert published(desk, *other, "--dry-run") == (
        0,
        ["basic: version 1 would be published, sha256"],
        [said],
    )
    assert published(desk, *other) == (0, ["basic: version 1 published, sha256"], [said])
    assert published(desk, *other) == (0, ["basic: unchanged, version 1 stays, sha256"], [])


def test_more_than_ninety_versions_are_too_many_at_once(desk: Desk) -> None:
    """They are written together or not at all, and a table takes no more at once."""
    files = [
        desk.document(f"a{number}", BASIC.replace("basic", f"a{number}\norder: {number}"))
        for number in range(91)
    ]
    said = ["slaclock: 91 new versions are too many at once: publish 90 at most"]
    assert published(desk, *files) == (1, [], said)
    assert versions(desk) == [("gold", 1)]


@pytest.mark.parametrize("name", ["AWS_REGION", "TICKETS_TABLE", "LEDGER_TABLE", "AGREEMENTS_TABLE"])
def test_a_variable_that_is_missing_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Before anything is read."""
    for each in (name, "AWS_DEFAULT_REGION") if name == "AWS_REGION" else (name,):
        monkeypatch.delenv(each)
    said = [f"slaclock: the environment variable {name} is missing"]
    assert published(desk, desk.document("gold", STRICTER)) == (1, [], said)
