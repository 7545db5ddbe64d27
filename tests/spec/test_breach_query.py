"""What may be asked of the breach record, and what is said of a question that may not."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slaclock.records.breach_query import BreachQuery, parse_query
from slaclock.records.cursor import Cursors
from slaclock.records.parameters import InvalidQuery
from tests.spec.signing import CURSORS, Kept

NOW = datetime(2026, 3, 27, 14, 6, tzinfo=UTC)
MARCH = {"from": "2026-03-01", "to": "2026-04-01"}
PLACE = "breach#2026-03-27T18:05:00.000000Z#ticket#acme#1#resolution#000001#000000"


def query(**parameters: str) -> BreachQuery:
    return parse_query({name.rstrip("_"): value for name, value in parameters.items()}, NOW, CURSORS)


def refused(parameters: dict[str, str]) -> tuple[str, str]:
    with pytest.raises(InvalidQuery) as wrong:
        parse_query(parameters, NOW, CURSORS)
    return wrong.value.parameter, wrong.value.detail


def test_dates_begin_at_midnight_utc() -> None:
    """And the end is excluded, so that one month's end is the next one's beginning."""
    asked = parse_query(MARCH, NOW, CURSORS)
    assert (asked.since, asked.until) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert list(asked.months()) == ["2026-03"]
    assert asked.limit == 100


def test_instants_may_have_any_offset() -> None:
    """They are one instant, whatever the clock beside it showed."""
    asked = query(account="acme", from_="2026-03-01T01:00:00+02:00", to="2026-03-01T00:00:00Z")
    assert asked.since == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert list(asked.months()) == ["2026-02"]


def test_a_year_back_is_meant_where_an_account_is_given_alone() -> None:
    """Up to and including today, so that a breach of this very minute is in it."""
    asked = query(account="acme")
    assert asked.until == datetime(2026, 3, 28, tzinfo=UTC)
    assert asked.since == datetime(2025, 3, 27, tzinfo=UTC)
    assert len(list(asked.months())) == 13


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"account": "a#b"}, [("account_month", "month#a%23b#2026-03")]),
        ({"customer": "acme"}, [("party_month", "month#acme#2026-03")]),
        ({"account": "a#", "customer": "b"}, [("customer_month", "a%23#b#2026-03")]),
        ({"team": "x"}, [("breach_month", f"2026-03#{shard}") for shard in range(4)]),
    ],
)
def test_a_question_reads_partitions_of_one_index(
    given: dict[str, str], found: list[tuple[str, str]]
) -> None:
    """The account's, else the customer's, else every shard of the month."""
    assert parse_query({**MARCH, **given}, NOW, CURSORS).partitions("2026-03") == found


def test_months_follow_each_other_over_the_new_year() -> None:
    """Every month of the period once, in order."""
    asked = query(account="a", from_="2025-11-30T23:59:59Z", to="2026-02-01T00:00:00.5Z")
    assert list(asked.months()) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(query(account="a", from_="9999-12-30", to="9999-12-31").months()) == ["9999-12"]


@pytest.mark.parametrize(
    ("parameters", "parameter", "said"),
    [
        ({}, "from", "needed where neither account nor customer is given: 31 days at most"),
        ({"from": "2026-03-01"}, "to", "needed where neither account nor customer is given: 31 days at most"),
        ({"from": "2026-03-01", "to": "2026-04-02"}, "from", "more than 31 days before `to`"),
        (
            {"account": "a", "from": "2016-01-01", "to": "2026-03-01"},
            "from",
            "more than 3660 days before `to`",
        ),
        ({**MARCH, "from": "yesterday"}, "from", "'yesterday' is neither a date such as 2026-03-01"),
        ({**MARCH, "to": "2026-13-01"}, "to", "'2026-13-01' is neither a date"),
        ({**MARCH, "to": "2026-03-01T10:00:00"}, "to", "'2026-03-01T10:00:00' is neither a date"),
        ({**MARCH, "to": "2026-03-31T00:00:00 02:00"}, "to", "(in a URL, + is written %2B)"),
        ({**MARCH, "to": "0001-01-01T00:00:00+14:00"}, "to", "is neither a date"),
        ({"account": "a", "to": "0001-01-02"}, "to", "0001-01-02T00:00:00Z is too early"),
        (
            {"from": "2026-03-01", "to": "2026-03-01"},
            "from",
            "2026-03-01T00:00:00Z is not before `to`, 2026-03-01T",
        ),
        (
            {"account": "a", "from": "2027-01-01"},
            "from",
            "2027-01-01T00:00:00Z is not before `to`, 2026-03-28T",
        ),
        ({**MARCH, "limit": "0"}, "limit", "'0' is no number from 1 to 1000"),
        ({**MARCH, "limit": "1001"}, "limit", "'1001' is no number from 1 to 1000"),
        ({**MARCH, "limit": "-1"}, "limit", "'-1' is no number from 1 to 1000"),
        ({**MARCH, "limit": "٣"}, "limit", "'٣' is no number from 1 to 1000"),
        ({**MARCH, "account": ""}, "account", "it is empty"),
        ({**MARCH, "acount": "a"}, "acount", "there is no such parameter: did you mean account?"),
        ({**MARCH, "zzz": "a"}, "zzz", "there is no such parameter: one of from, to, account"),
        ({**MARCH, "cursor": "not a cursor"}, "cursor", "this is no cursor that was given out here"),
        ({**MARCH, "cursor": "AAAA"}, "cursor", "this is no cursor that was given out here"),
        ({**MARCH, "cursor": "é"}, "cursor", "this is no cursor that was given out here"),
    ],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, str], parameter: str, said: str) -> None:
    """With what is wrong about it, and what would be right."""
    named, detail = refused(parameters)
    assert named == parameter
    assert said in detail


def test_a_cursor_goes_on_after_its_place() -> None:
    """Past every row of the breach that it names, and no further; earlier months are not read again."""
    asked = query(account="acme", from_="2026-01-01", to="2026-05-01")
    following = query(
        account="acme", from_="2026-01-01", to="2026-05-01", limit="5", cursor=asked.cursor(PLACE)
    )
    begin, end = following.span()
    assert f"{PLACE}#000009" < begin < "breach#2026-03-27T18:05:00.000000Z#ticket#acme#2"
    assert end == "breach#2026-05-01T00:00:00.000000Z"
    assert list(following.months()) == ["2026-03", "2026-04"]


def test_a_cursor_belongs_to_its_query() -> None:
    """Taken to another one it would skip breaches unseen."""
    cursor = query(account="acme").cursor(PLACE)
    assert query(account="acme", cursor=cursor, limit="7").after == PLACE
    assert refused({"account": "other", "cursor": cursor}) == (
        "cursor",
        "this cursor belongs to another query: go on with the same parameters",
    )


@given(st.text(max_size=40) | st.binary(max_size=60).map(lambda raw: urlsafe_b64encode(raw).decode()))
def test_nonsense_is_never_a_cursor(text: str) -> None:
    """Whatever is sent, the answer names the parameter."""
    if text:
        assert refused({**MARCH, "cursor": text})[0] == "cursor"


@pytest.mark.parametrize(
    ("name", "value"),
    [("priority", "URGENT"), ("kind", "answer"), ("status", "closed"), ("status", "Open")],
)
def test_a_mistyped_word_is_no_answer_without_breaches(name: str, value: str) -> None:
    """A filter with few values names them: an empty answer would read as `no breaches`."""
    with pytest.raises(InvalidQuery, match="it is one of "):
        parse_query({"account": "a", name: value}, NOW, CURSORS)


@pytest.mark.parametrize("value", ["resolutionn", "next-response", "first_respnse"])
def test_a_mistyped_metric_is_told_what_was_meant(value: str) -> None:
    """An agreement may declare metrics of its own, so what is unlike those that all know is asked for."""
    assert refused({"account": "a", "metric": value})[1].startswith("did you mean ")
    assert query(account="a", metric="vendor-wait").filters["metric"] == "vendor-wait"


def test_a_cause_may_be_asked_for_as_people_write_it() -> None:
    """It is looked for by its name."""
    assert query(account="a", cause="Third party").filters["cause"] == "third-party"
    assert refused({"account": "a", "cause": "a/b"}) == (
        "cause",
        "'a/b' is no name of letters, digits, spaces and -",
    )


def test_a_cursor_that_somebody_made_up_is_none() -> None:
    """Signed under another key, or not at all, or changed in one bit."""
    asked = query(account="acme")
    right = asked.cursor(PLACE)
    forged = Cursors(Kept("another key"), "link-key").make(asked.mark, PLACE)
    unsigned = urlsafe_b64encode(f"{asked.mark}{PLACE}".encode()).decode().rstrip("=")
    for wrong in (forged, unsigned, right.replace(right[3], "A" if right[3] != "A" else "B", 1)):
        assert refused({"account": "acme", "cursor": wrong}) == (
            "cursor",
            "this is no cursor that was given out here",
        )


def test_no_link_is_a_cursor_though_both_are_signed_under_one_key() -> None:
    """Each is signed with a label of its own."""
    text = f"{query(account='acme').mark}{PLACE}"
    as_a_link = hmac.digest(b"a key of links", text.encode(), "sha256")[:16]
    wrong = urlsafe_b64encode(as_a_link + text.encode()).decode().rstrip("=")
    assert refused({"account": "acme", "cursor": wrong})[0] == "cursor"


def test_a_cursor_outlives_the_rotation_of_its_key_while_both_are_kept() -> None:
    """And one that the new key signed is known before the minute is over for which the old one is kept."""
    old, new = Kept("old"), Kept("new", "old")
    cursor = Cursors(old, "k").make("12345678", PLACE)
    assert Cursors(new, "k").place(cursor, "12345678") == PLACE
    late = Kept("old")
    late.now = ("new", "old")
    fresh = Cursors(new, "k").make("12345678", PLACE)
    assert Cursors(late, "k").place(fresh, "12345678") == PLACE
    assert late.asked == 1
