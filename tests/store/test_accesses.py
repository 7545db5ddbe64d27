"""Records of access: kept for each account and day, in the order of time, and never changed."""

import re
import secrets
from dataclasses import replace
from datetime import date, timedelta

import pytest

from slaclock.store.accesses import NO_ACCOUNT, Access, access_item, access_to_json
from tests.store.conftest import Store
from tests.store.samples import HOUR, MONDAY

DAY = MONDAY.date()
SHOWN = Access(MONDAY, "example", "ada", "GET /v1/breaches", {"account": "example"}, 200, taken="text/csv")


def test_records_come_by_account_and_day_in_the_order_of_time(store: Store) -> None:
    """Whatever the order in which they were written; nothing of another account's or day's."""
    later = replace(SHOWN, at=MONDAY + HOUR, status=403, taken=None, why="the token lacks a scope", who=None)
    for access in (later, SHOWN, replace(SHOWN, account="other"), replace(SHOWN, account=NO_ACCOUNT)):
        store.note_access(access)
    store.note_access(replace(SHOWN, at=MONDAY + timedelta(days=1)))
    assert list(store.accesses("example", DAY, DAY)) == [SHOWN, later]
    assert len(list(store.accesses("example", DAY, DAY + timedelta(days=1)))) == 3
    assert [each.account for each in store.accesses(NO_ACCOUNT, DAY, DAY)] == [NO_ACCOUNT]
    assert list(store.accesses("example", date(2026, 3, 1), date(2026, 3, 1))) == []


def test_two_of_one_instant_are_two(store: Store) -> None:
    """Neither takes the other's place."""
    store.note_access(SHOWN)
    store.note_access(SHOWN)
    assert list(store.accesses("example", DAY, DAY)) == [SHOWN, SHOWN]


def test_what_is_there_is_never_written_over(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though another came under its key, which 64 random bits make unlikely."""
    assert re.fullmatch(r".*#[0-9a-f]{16}", access_item(SHOWN, None)["sk"])
    monkeypatch.setattr(secrets, "token_hex", lambda _: "0" * 16)
    for access in (SHOWN, replace(SHOWN, who="eve")):
        store.note_access(access)
    assert list(store.accesses("example", DAY, DAY)) == [SHOWN]


@pytest.mark.parametrize(("account", "other"), [("a", "a#2026-03-02"), ("a%23", "a#")])
def test_no_account_is_taken_for_another(store: Store, account: str, other: str) -> None:
    """What separates the parts of a key is encoded in them."""
    store.note_access(replace(SHOWN, account=account))
    assert list(store.accesses(other, DAY, DAY)) == []


def test_a_record_ends_where_it_is_said() -> None:
    """By its time to live, in seconds; else it has none."""
    assert access_item(SHOWN, MONDAY + HOUR)["expires_at"] == int((MONDAY + HOUR).timestamp())
    assert "expires_at" not in access_item(SHOWN, None)


def test_a_record_is_written_with_all_its_members() -> None:
    """What is not known is null."""
    assert access_to_json(SHOWN) == {
        "at": "2026-03-02T09:00:00Z",
        "account": "example",
        "who": "ada",
        "route": "GET /v1/breaches",
        "asked": {"account": "example"},
        "status": 200,
        "taken": "text/csv",
        "why": None,
        "by": None,
        "within": None,
    }
