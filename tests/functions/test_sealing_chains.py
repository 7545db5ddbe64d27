"""`seal check --heads`: a ticket's record is hashed anew, and no hash beside it is believed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from slaclock.domain.facts import public_id, split_id
from tests.functions.vault import MONDAY, TUESDAY, Vault, opened

ONE = "ticket#acme#1"
NOT_SEALED = "2026-03-02: the record of ticket#acme#1 is not what was sealed, up to 3"
SHORT = "2026-03-02: the record of ticket#acme#1 does not reach link 3 any more"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    """Of one ticket an input, a breach, and another input are sealed."""
    with opened(monkeypatch) as vault:
        vault.breach("1", "2026-03-02T10:00:00Z")
        vault.touch("1", "2026-03-02T11:00:00Z")
        vault.seal(MONDAY)
        yield vault


def item(vault: Vault, seq: int) -> dict[str, Any]:
    """The item of a link."""
    found = [
        each
        for (pk, _), each in vault.memory.tables["tickets"].items()
        if (pk, each.get("seq")) == (ONE, seq)
    ]
    return next(each for each in found if each["sk"] != "TICKET")


@pytest.mark.parametrize(
    ("seq", "member", "value"),
    [
        (1, "occurred_at", "2020-01-01T00:00:00Z"),
        (2, "due_at", "2020-01-01T00:00:00Z"),
        (2, "customer", "other"),
        (3, "received_at", "2020-01-01T00:00:00Z"),
    ],
)
def test_a_body_that_was_rewritten_under_its_old_hash_is_found(
    vault: Vault, seq: int, member: str, value: str
) -> None:
    """Of an input and of a fact, the last link or one before it."""
    changed = item(vault, seq)
    changed["body"] = json.dumps(json.loads(changed["body"]) | {member: value})
    assert vault.faults(MONDAY, MONDAY, heads=True)[0] == NOT_SEALED


@pytest.mark.parametrize("seq", [1, 2, 3])
@pytest.mark.parametrize("member", ["hash", "recorded_at"])
def test_what_is_kept_beside_a_link_is_its_own(vault: Vault, seq: int, member: str) -> None:
    """Its hash, and when it was recorded."""
    item(vault, seq)[member] = {"hash": "sha256:0", "recorded_at": "2020-01-01T00:00:00Z"}[member]
    assert vault.faults(MONDAY, MONDAY, heads=True)[0] == NOT_SEALED


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_every_link_has_to_be_there(vault: Vault, seq: int) -> None:
    """An input before a fact, too, which the fact's own hash would speak for."""
    del vault.memory.tables["tickets"][ONE, item(vault, seq)["sk"]]
    assert vault.faults(MONDAY, MONDAY, heads=True)[0] == SHORT


@pytest.mark.parametrize("seq", [0, 1, 2, 3])
def test_no_link_may_be_there_twice(vault: Vault, seq: int) -> None:
    """Else there would be two records under one head, and nobody could say which was sealed."""
    vault.memory.tables["tickets"][ONE, "GIVEN#other"] = {**item(vault, 1), "sk": "GIVEN#other", "seq": seq}
    assert vault.faults(MONDAY, MONDAY, heads=True)[0] == NOT_SEALED


def test_a_record_that_can_not_be_read_is_a_fault_of_its_own(vault: Vault) -> None:
    """And the check goes on."""
    item(vault, 1)["body"] = "{}"
    fault, _ = vault.faults(MONDAY, MONDAY, heads=True)
    assert fault.startswith("2026-03-02: the record of ticket#acme#1 can't be read: ")


def test_a_row_that_its_tickets_record_does_not_tell_is_forged(vault: Vault) -> None:
    """Put in on its own day it is sealed with the others: only the chain shows what it is."""
    row = vault.breach("2", "2026-03-03T10:00:00Z")
    ledger = vault.memory.tables["ledger"]
    true = ledger[split_id(row)]
    key = true["sk"].replace(":1.0", ":7.0")
    body = json.dumps(json.loads(true["body"]) | {"cycle": 7})
    order = true["due_order"].replace("#00001#", "#00007#")
    ledger[true["pk"], key] = {**true, "sk": key, "body": body, "due_order": order}
    vault.seal(TUESDAY)
    forged = public_id(true["pk"], key)
    assert vault.faults(TUESDAY, TUESDAY) == []
    assert vault.faults(TUESDAY, TUESDAY, heads=True) == [
        f"2026-03-03: a row that its ticket's record does not tell, {forged}"
    ]


def test_a_row_of_nothing_is_forged(vault: Vault) -> None:
    """Of a ticket that there is none of."""
    row = vault.breach("2", "2026-03-03T10:00:00Z")
    for key in [key for key in vault.memory.tables["tickets"] if key[0].endswith("#2")]:
        del vault.memory.tables["tickets"][key]
    vault.seal(TUESDAY)
    assert vault.faults(TUESDAY, TUESDAY, heads=True) == [
        f"2026-03-03: a row that its ticket's record does not tell, {row}"
    ]
