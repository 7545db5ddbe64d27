"""What has gone because its account's retention ended: no fault to who checks seals, and nothing else is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from slaclock.domain.instants import parse_instant
from slaclock.domain.keeping import Hold, Keeping
from slaclock.register import Act
from slaclock.store.commit import Beside
from slaclock.store.keeping import hold_item, retention_item
from tests.functions.vault import Vault, opened

DAY = date(2026, 3, 2)
YEARS = timedelta(days=3653)
KEPT = Keeping(timedelta(days=400), YEARS)
HOLD = Hold("case", "suit", "ada", parse_instant("2026-03-02T00:00:00Z"))
ONE = "ticket#acme#1"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    with opened(monkeypatch) as vault:
        yield vault


def keep(vault: Vault, keeping: Keeping) -> None:
    """Set a retention and holds as the commands do."""
    items = [retention_item("acme", keeping), *(hold_item("acme", hold) for hold in keeping.holds)]
    acts = [Act("retention_set", "ada", "policy", keeping.said)]
    acts += [Act("hold_set", hold.by, hold.reason, {"hold": hold.name}) for hold in keeping.holds]
    for item, act in zip(items, acts, strict=True):
        entered = replace(act, beside=[Beside("agreements", item)])
        vault.register.enter("acme", lambda _, entered=entered: entered)  # type: ignore[misc]


def gone(vault: Vault, at: str) -> str:
    """A row of that day that is not there any more, at an instant."""
    row = vault.breach("1", "2026-03-02T10:00:00Z")
    vault.seal(DAY)
    vault.remove(row)
    vault.time = parse_instant(at)

    return row


def test_a_row_whose_retention_is_over_is_not_missed(vault: Vault) -> None:
    """It is said how many went; by the end of the day of their recording, ten years on."""
    keep(vault, KEPT)
    gone(vault, "2036-03-04T00:00:00Z")
    assert vault.faults(DAY, DAY) == []
    told = [each.what for each in vault.check(DAY, DAY)]
    assert "ended: of 1 rows that were sealed the retention is over" in told


@pytest.mark.parametrize(
    ("keeping", "at"),
    [
        (KEPT, "2036-03-02T00:00:00Z"),
        (Keeping(timedelta(days=400)), "2036-03-04T00:00:00Z"),
        (Keeping(), "2036-03-04T00:00:00Z"),
        (
            Keeping(
                KEPT.logs, KEPT.ledger, (Hold("case", "suit", "ada", parse_instant("2036-03-01T00:00:00Z")),)
            ),
            "2036-03-04T00:00:00Z",
        ),
    ],
    ids=["too early", "kept for ever", "no retention", "held"],
)
def test_any_other_row_that_is_gone_is_a_fault(vault: Vault, keeping: Keeping, at: str) -> None:
    """By name, as ever."""
    keep(vault, keeping)
    row = gone(vault, at)
    assert vault.faults(DAY, DAY) == [f"2026-03-02: removed: a row that was sealed, {row}"]


def forget(vault: Vault, at: str, **members: object) -> None:
    """Put in the ticket's place that it was forgotten, whoever did it, and remove its log."""
    vault.time = parse_instant(at)
    saved = vault.memory.load(ONE).saved
    assert saved is not None
    register = vault.memory.load("account#acme#register").saved
    vault.memory.forget(ONE, saved, vault.now(), None, register.version if register else None)
    vault.memory.tables["tickets"][ONE, "TICKET"].update(members)
    vault.memory.clear(ONE, 100)


def test_the_record_of_a_ticket_that_was_forgotten_is_not_missed(vault: Vault) -> None:
    """Its log is gone, and in its place stands that it was removed, and where its chain ended."""
    keep(vault, KEPT)
    vault.touch("1", "2026-03-02T10:00:00Z")
    vault.seal(DAY)
    forget(vault, "2027-05-01T00:00:00Z")
    assert vault.faults(DAY, DAY, heads=True) == []
    assert "ended: the record of ticket#acme#1 was kept no longer" in [
        each.what for each in vault.check(DAY, DAY, heads=True)
    ]


NEVER = "is forgotten, and could not have ended then"
ELSEWHERE = "is forgotten at another link than was sealed"


@pytest.mark.parametrize(
    ("keeping", "members", "against"),
    [
        (Keeping(), {}, NEVER),
        (Keeping(KEPT.logs, None, (HOLD,)), {}, NEVER),
        (KEPT, {"forgotten_at": "2036-01-01T00:00:00Z"}, NEVER),
        (KEPT, {"forgotten_at": "2026-03-01T00:00:00Z"}, NEVER),
        (KEPT, {"seq": 0}, ELSEWHERE),
        (KEPT, {"head": "sha256:nonsense"}, ELSEWHERE),
    ],
    ids=["kept for ever", "held", "to come", "before any retention", "fewer links", "another head"],
)
def test_a_ticket_that_could_not_have_ended_is_a_fault(
    vault: Vault, keeping: Keeping, members: dict[str, object], against: str
) -> None:
    """A few words in its place are no licence to remove what was sealed."""
    keep(vault, keeping)
    vault.touch("1", "2026-03-02T10:00:00Z")
    vault.seal(DAY)
    forget(vault, "2027-05-01T00:00:00Z", **members)
    assert vault.faults(DAY, DAY, heads=True) == [f"2026-03-02: the record of ticket#acme#1 {against}"]


def test_a_ticket_is_not_forgotten_before_the_rows_of_its_breach(vault: Vault) -> None:
    """Its log lives as long as they do."""
    keep(vault, KEPT)
    vault.breach("1", "2026-03-02T10:00:00Z")
    vault.seal(DAY)
    forget(vault, "2027-05-01T00:00:00Z")
    said = "2026-03-02: the record of ticket#acme#1 is forgotten before the rows of its breach have ended"
    assert vault.faults(DAY, DAY, heads=True) == [said]


DIFFERS = "2026-03-02: retention or holds of account acme are not those that its register tells"


def test_a_retention_that_no_act_tells_ends_nothing(vault: Vault) -> None:
    """It was written straight into the table: that is a fault, and so is the row that is gone."""
    row = gone(vault, "2036-03-04T00:00:00Z")
    item = retention_item("acme", KEPT)
    vault.memory.tables["agreements"][item["pk"], item["sk"]] = item
    assert vault.faults(DAY, DAY) == [DIFFERS, f"2026-03-02: removed: a row that was sealed, {row}"]


def test_a_hold_that_was_taken_out_without_an_act_still_holds(vault: Vault) -> None:
    """By the register; and that it is not there is said."""
    keep(vault, Keeping(KEPT.logs, KEPT.ledger, (HOLD,)))
    row = gone(vault, "2036-03-04T00:00:00Z")
    item = hold_item("acme", HOLD)
    del vault.memory.tables["agreements"][item["pk"], item["sk"]]
    assert vault.faults(DAY, DAY) == [DIFFERS, f"2026-03-02: removed: a row that was sealed, {row}"]


def test_of_a_register_that_does_not_hold_nothing_ends(vault: Vault) -> None:
    """An act of it was changed; its head is looked at whether or not heads are asked for."""
    keep(vault, KEPT)
    row = gone(vault, "2036-03-04T00:00:00Z")
    (key,) = [key for key in vault.memory.tables["tickets"] if key[1].startswith("FACT#retention_set")]
    item = vault.memory.tables["tickets"][key]
    item["body"] = item["body"].replace("3653d", "3652d")
    said = "the register of account acme does not hold in itself: nothing may end by it"
    assert vault.faults(DAY, DAY) == [
        f"2026-03-02: {said}",
        "2026-03-02: the record of account#acme#register is not what was sealed, up to 1",
        f"2026-03-02: removed: a row that was sealed, {row}",
    ]
