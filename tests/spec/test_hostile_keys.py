"""Keys: whatever accounts, tickets and inputs are called, no two things share one, and each is read back.

The names are made of what separates and escapes parts elsewhere in a key, and of what looks alike.
"""

import hashlib
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from slaclock.domain.choosing import AgreementEnd
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import fact_key, public_id, split_id, split_subject, subject_key
from slaclock.records.breach_query import parse_query
from slaclock.records.cursor import mark_of
from slaclock.records.parameters import InvalidQuery
from slaclock.schedules import schedule_name
from slaclock.store.agreements import account_key, connection_item, ending_item, exclusion_item, version_key
from slaclock.store.keys import given_key
from slaclock.store.messages import message_from_item
from tests.spec.signing import CURSORS

NOW = datetime(2026, 3, 27, 14, 6, tzinfo=UTC)
MARCH = {"from": "2026-03-01", "to": "2026-04-01"}
HOSTILE = st.one_of(
    st.text(st.sampled_from("ab#%235:/\n~|"), max_size=8),
    st.sampled_from(
        ["a#b", "c", "a", "b#c", "a%23b", "a%2523b", "%", "#", "", "é", "e\u0301", "\u0430", "a\x00", "A"]
    ),
    st.text(max_size=20),
)
NAMES = st.from_regex(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True
)  # ids of agreements, targets, audiences
LANES = st.one_of(NAMES, st.tuples(NAMES, NAMES).map("/".join), st.just(""))
SUBJECTS = st.tuples(st.sampled_from(["ticket", "service", "obligation"]), HOSTILE, HOSTILE)
KINDS = st.sampled_from(["clock_breached", "escalation_due", "reminder_due", "breach_ended"])
MARKS = st.sampled_from(["", "1.0", "1.1", "b0.1", "0123456789abcdef"])
FACTS = st.tuples(KINDS, LANES.filter(bool), st.integers(1, 9), st.integers(0, 3), MARKS)


@example(("ticket", "a#b", "c"), ("ticket", "a", "b#c"))
@example(("ticket", "a%23b", "c"), ("ticket", "a#b", "c"))
@example(("ticket", "a%2523b", "c"), ("ticket", "a%23b", "c"))
@given(SUBJECTS, SUBJECTS)
def test_two_tickets_never_share_a_key(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    """`a#b` + `c` against `a` + `b#c`, percent-encoded or not: equal keys mean equal parts."""
    assert (subject_key(*one) == subject_key(*other)) == (one == other)


@given(SUBJECTS)
def test_a_key_gives_back_its_parts(parts: tuple[str, str, str]) -> None:
    """The table's key is all that says whose an item is."""
    assert split_subject(subject_key(*parts)) == parts
    assert subject_key(*parts).count("#") == 2


@given(SUBJECTS, SUBJECTS, FACTS, FACTS)
def test_two_facts_never_share_a_public_id(
    one: tuple[str, str, str], other: tuple[str, str, str], this: Any, that: Any
) -> None:
    """The id encodes the subject's key and the fact's own, and gives both back."""
    assume(all(_is_text(each) for parts in (one, other) for each in parts))
    left, right = (
        public_id(subject_key(*subject), fact_key(*fact)) for subject, fact in ((one, this), (other, that))
    )
    assert (left == right) == ((one, this) == (other, that))
    assert split_id(left) == (subject_key(*one), fact_key(*this))


@pytest.mark.parametrize("spoilt", ["{}=", "{}==", " {}", "{}\n", "!{}", "{}.", "{}%3D", "+{}"], ids=repr)
def test_a_fact_has_one_public_id(spoilt: str) -> None:
    """Base64 overlooks padding, spaces and strange characters: an id with any of those is no id of ours."""
    right = public_id("ticket#acme#1", "clock_breached:resolution:1.0")
    assert split_id(right) == ("ticket#acme#1", "clock_breached:resolution:1.0")
    with pytest.raises(InvalidEvent, match="no id of a fact"):
        split_id(spoilt.format(right))


def test_the_unused_bits_at_the_end_of_an_id_say_nothing() -> None:
    """The last character of base64 may hold bits that count for nothing: one way of writing them is ours."""
    right = public_id("ticket#acme#12", "clock_breached:resolution:1.0")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    same = [
        right[:-1] + each
        for each in alphabet
        if urlsafe_b64decode(right[:-1] + each + "==") == urlsafe_b64decode(right + "==")
    ]
    assert len(same) > 1
    assert [each for each in same if _is_id(each)] == [right]


@pytest.mark.parametrize("subject", ["ticket#a%41#1", "ticket#a%#1", "ticket#a%2#1", "ticket#a%2323%#1"])
def test_a_subject_that_is_encoded_otherwise_is_no_subject(subject: str) -> None:
    """`%41` is `A` elsewhere; here `%` is always `%25`, so that `a%41` has one key."""
    assert not _is_id(public_id(subject, "clock_breached:resolution:1.0"))


@given(FACTS, FACTS)
def test_two_facts_of_a_ticket_never_share_a_sort_key(this: Any, that: Any) -> None:
    """`FACT#` and `OUTBOX#` go before it: what was told, of which clock, cycle and revision, and its mark."""
    assert (fact_key(*this) == fact_key(*that)) == (this == that)


@given(FACTS, NAMES, FACTS, NAMES)
def test_what_was_sent_is_told_apart_by_fact_and_audience(this: Any, one: str, that: Any, other: str) -> None:
    """`SENT#<fact>#<audience>`: neither has `#` in it, and both are read back."""
    keys = [f"SENT#{fact_key(*fact)}#{audience}" for fact, audience in ((this, one), (that, other))]
    assert (keys[0] == keys[1]) == ((this, one) == (that, other))
    read = message_from_item({"sk": keys[0], "at": "", "message_id": ""})
    assert (read["fact_key"], read["audience"]) == (fact_key(*this), one)


@given(HOSTILE, HOSTILE)
def test_two_inputs_of_a_ticket_never_share_a_sort_key(one: str, other: str) -> None:
    """The id of an input is its key, of whatever it is made."""
    assume(not one.startswith("~") and not other.startswith("~"))  # of those no adapter takes any
    assert (given_key(one) == given_key(other)) == (one == other)


@pytest.mark.parametrize(("letter", "count"), [("x", 513), ("é", 257), ("😀", 129)])
def test_an_id_too_long_for_a_key_is_told_by_its_hash(letter: str, count: int) -> None:
    """A sort key has 1024 bytes: beyond 512 it is `~` and the hash, which no event's id may be."""
    long = letter * count
    assert given_key(long) == f"GIVEN#~{hashlib.sha256(long.encode()).hexdigest()}"
    assert given_key(long[:-1]) == f"GIVEN#{long[:-1]}"


@given(SUBJECTS, LANES, SUBJECTS, LANES)
@example(("ticket", "a", "1\nx"), "", ("ticket", "a", "1"), "x")
def test_two_clocks_never_share_a_schedule(
    one: tuple[str, str, str], lane: str, other: tuple[str, str, str], track: str
) -> None:
    """A subject may hold a line break and a lane can't: the last one always parts them."""
    assume(all(_is_text(each) for parts in (one, other) for each in parts))
    names = [schedule_name(subject_key(*each), name, 1) for each, name in ((one, lane), (other, track))]
    assert (names[0] == names[1]) == ((one, lane) == (other, track))
    assert len(names[0]) <= 64


@given(HOSTILE, HOSTILE, NAMES)
def test_an_accounts_agreements_lie_in_a_partition_of_its_own(one: str, other: str, connection: str) -> None:
    """No other account's, and no connection's: `CONNECTION#` has a `#`, which no account's key has."""
    assert (account_key(one) == account_key(other)) == (one == other)
    assert account_key(one) != connection_item({"id": connection})["pk"]
    assert "#" not in account_key(one)


@given(NAMES, NAMES, NAMES, st.integers(1, 999_999), st.integers(1, 999_999))
def test_versions_ends_and_exclusions_of_an_account_have_keys_of_their_own(
    name: str, other: str, exclusion: str, version: int, later: int
) -> None:
    """An id has no `#`, so that `AGREEMENT#a#000001` is version 1 of `a` and of nothing else."""
    assert (version_key(name, version) == version_key(other, later)) == ((name, version) == (other, later))
    span = (NOW, NOW, "reason", "ada", NOW)
    keys = {
        version_key(name, version),
        ending_item("a", AgreementEnd(name, NOW, "reason", "ada"))["sk"],
        exclusion_item(Exclusion(exclusion, "a", *span))["sk"],
    }
    assert len(keys) == 3


@given(HOSTILE.filter(bool), HOSTILE.filter(bool))
def test_a_question_reads_the_partition_of_its_own_account(one: str, other: str) -> None:
    """The month is behind the account, which is encoded: no account can be called `acme#2026-03`."""
    assume(_is_text(one) and _is_text(other))
    left, right = (
        parse_query({"account": each, "from": "2026-03-01", "to": "2026-04-01"}, NOW, CURSORS).partitions(
            "2026-03"
        )
        for each in (one, other)
    )
    assert (left == right) == (one == other)


def test_a_cursor_made_for_another_account_reads_nothing_of_it() -> None:
    """Whoever makes a cursor up can say where to begin, and not where to read."""
    asked = {"account": "b", "from": "2026-03-01", "to": "2026-04-01"}
    place = "breach#2026-03-27T18:05:00.000000Z#ticket#a#1#resolution#00001#0000"
    query = parse_query({**asked, "cursor": CURSORS.make(mark_of(asked), place)}, NOW, CURSORS)
    assert query.after == place
    assert query.partitions("2026-03") == [("account_month", "month#b#2026-03")]
    given_out_to_a = CURSORS.make(mark_of({**asked, "account": "a"}), place)
    with pytest.raises(InvalidQuery, match="belongs to another query"):
        parse_query({**asked, "cursor": given_out_to_a}, NOW, CURSORS)


@pytest.mark.parametrize(
    "place",
    [
        "breach#2026-03-27T18:05:00.000000Z#" + "x" * 1000,
        "breach#٢٠٢٦-03-27T18:05:00.000000Z#a",
        "cycle#2026-03-27T18:05:00.000000Z#a",
        "breach#2026-03-27#a",
        "",
    ],
    ids=["longer than a key", "other digits", "no breach", "no instant", "nothing"],
)
def test_a_cursor_whose_place_is_none_is_refused(place: str) -> None:
    """It is told so, in place of a fault of the table's: DynamoDB takes no longer key to look for."""
    asked = {"account": "b"}
    with pytest.raises(InvalidQuery, match="no cursor that was given out here"):
        parse_query({**asked, "cursor": CURSORS.make(mark_of(asked), place)}, NOW, CURSORS)


@pytest.mark.parametrize("spoilt", ["{}=", "{}==", "{}A", " {}"])
def test_a_place_has_one_cursor(spoilt: str) -> None:
    """As with the ids of facts."""
    asked = {"account": "b"}
    right = CURSORS.make(
        mark_of(asked), "breach#2026-03-27T18:05:00.000000Z#ticket#b#1#resolution#00001#0000"
    )
    assert parse_query({**asked, "cursor": right}, NOW, CURSORS).after
    with pytest.raises(InvalidQuery, match="no cursor"):
        parse_query({**asked, "cursor": spoilt.format(right)}, NOW, CURSORS)


def _is_text(text: str) -> bool:
    """Whether UTF-8 can say it: adapters read nothing else."""
    return not any("\ud800" <= each <= "\udfff" for each in text)


def _is_id(fact_id: str) -> bool:
    try:
        split_id(fact_id)
    except InvalidEvent:
        return False
    return True
