"""The nightly run and credits: statements once their period is sealed, again when corrected, and warnings."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.domain.choosing import AgreementEnd, Agreements
from slaclock.domain.facts import public_id
from slaclock.evidence.credit_periods import period_named
from slaclock.evidence.rollup import rolled_up
from slaclock.issuing import Issuer, Told, over
from slaclock.notices import Channel
from slaclock.store.memory import MemoryStore
from slaclock.store.reports import ALL, Made
from slaclock.voice import Voice
from tests.spec.crediting import FEE, NOON, breached, cycle, met, version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slaclock.domain.agreement import Agreement
    from slaclock.evidence.cycles import Cycle
    from slaclock.store.statements import Issued

EACH = {"period": "month", "fee": FEE, "each": {"credit": {"amount": "500.00"}}}
OCTOBER_31, NOVEMBER_1 = date(2026, 10, 31), datetime(2026, 11, 1, 0, 30, tzinfo=UTC)
LATER = NOVEMBER_1 + timedelta(days=9)
MINUTE = timedelta(minutes=1)
ENDED = datetime(2026, 10, 31, 23, tzinfo=UTC)


class Shelf(MemoryStore):
    """Rollups and statements in memory; a day's rows are what is put on it."""

    def put(self, rows: Sequence[Cycle], at: datetime) -> None:
        """Roll days up anew, as the night does before it comes to credits."""
        days: dict[date, list[Cycle]] = {}
        for each in rows:
            told = replace(each, id=public_id(f"ticket#acme#{each.id}", "clock_breached:resolution:1.0"))
            days.setdefault(each.due.date(), []).append(told)
        for day, those in days.items():
            before = self.made("acme", day, day).get(day)
            rolled = rolled_up("acme", those)
            if before is None or before.hash != rolled.digest():
                number = before.version + 1 if before else 1
                made = Made(day, number, rolled.digest(), at, at.date())
                self.keep_rollup("acme", made, {ALL: rolled.packed()})


@dataclass
class Topics:
    """SNS, as far as it is asked."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    refuses: bool = False

    def publish(self, **message: Any) -> dict[str, str]:
        if self.refuses:
            raise ConnectionError
        self.sent.append(message)
        return {"MessageId": "1"}


@dataclass
class Night:
    """An account with one agreement, and the nights over it."""

    credits: dict[str, Any] = field(default_factory=lambda: dict(EACH))
    versions: tuple[Agreement, ...] = ()
    endings: tuple[AgreementEnd, ...] = ()
    rows: list[Cycle] = field(default_factory=lambda: [cycle("m0", "met")])
    shelf: Shelf = field(default_factory=Shelf)
    topics: Topics = field(default_factory=Topics)
    channels: Mapping[str, Channel] = field(
        default_factory=lambda: {"default": Channel("arn:default"), "legal": Channel("arn:legal")}
    )

    def agreements(self, account: str) -> Agreements:
        if account != "acme":
            raise ConnectionError
        return Agreements(self.versions or (version(self.credits),), endings=self.endings)

    def run(self, now: datetime = NOVEMBER_1, *, sealed: date = OCTOBER_31, lasts: float = 9.0) -> Told:
        """A night: what is sealed is rolled up, and a minute later credits are looked at."""
        self.shelf.put(self.rows, now - MINUTE)
        self.shelf.note_rolled(sealed)
        voice = Voice(self.topics, self.channels, lambda: now)
        return Issuer(self, self.shelf, voice, lambda: now, lambda: 0.0).run(lasts)

    def issued(self, period: str = "2026-10") -> Sequence[Issued]:
        return self.shelf.statements("acme", "acme-gold", period)

    def totals(self, period: str = "2026-10") -> list[str]:
        return [each.document["total"] for each in self.issued(period)]


def test_a_statement_is_issued_once_the_last_day_is_sealed() -> None:
    """October ends at 23:00 in UTC for Copenhagen, so its last day there is the 31st, too."""
    night = Night()
    night.rows = breached(2)
    assert night.run(sealed=date(2026, 10, 30)).statements == 2  # of August and September
    assert night.totals() == []
    assert night.run().statements == 1
    assert night.totals() == ["1000.00"]
    assert night.totals("2026-09") == ["0.00"]


def test_it_is_issued_once() -> None:
    """However often the night is run."""
    night = Night()
    night.run()
    assert night.run().statements == 0
    assert night.totals() == ["0.00"]


def test_an_account_that_is_behind_has_no_statement_before_it_has_caught_up() -> None:
    """Its own last sealed day counts, not that of the others."""
    night = Night()
    night.rows = breached(2)
    night.shelf.note_behind("acme", OCTOBER_31)
    night.run()
    assert night.totals() == []
    night.shelf.note_behind("acme", None)
    night.run()
    assert night.totals() == ["1000.00"]


def test_a_correction_issues_another_and_leaves_the_first() -> None:
    """Rows of the period changed; where they say the same, nothing is issued."""
    night = Night()
    night.rows = breached(2)
    night.run()
    assert night.run().statements == 0
    night.rows[0] = replace(night.rows[0], state="waived")
    assert night.run(LATER).statements == 1
    assert night.run(LATER).statements == 0
    assert night.totals() == ["1000.00", "500.00"]
    assert [(each.number, each.at) for each in night.issued()] == [(1, NOVEMBER_1), (2, LATER)]


def test_a_correction_of_the_moment_in_which_a_statement_was_issued_is_not_lost() -> None:
    """It may have come after the statement had been worked out."""
    night = Night()
    night.rows = breached(1)
    night.run()
    night.rows = breached(2)
    assert night.run(NOVEMBER_1 + MINUTE).statements == 1
    assert night.totals() == ["500.00", "1000.00"]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Copenhagen"])
@pytest.mark.parametrize(("days", "first"), [(399, "2026-10"), (400, "2026-11")])
def test_a_statement_is_corrected_for_so_many_days_after_the_period(days: int, first: str, zone: str) -> None:
    """Less than four hundred from its end, up to the midnight of UTC at which the last sealed day began."""
    agreement = replace(version(EACH), timezone=zone)
    *_, (of, _) = over((agreement,), NOVEMBER_1.date() + timedelta(days=days))
    assert of.period.name == first


def test_a_correction_reaches_the_periods_whose_rights_are_counted_back_to_it() -> None:
    """A breach of October that was waived may take away a right of December's."""
    right = {"breaches": 2, "in": "3 months", "right": "to end it"}
    night = Night({**EACH, "termination": [right]})
    night.rows = [cycle("b0"), cycle("b1", due=datetime(2026, 12, 20, tzinfo=UTC))]
    january = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
    night.run(january, sealed=date(2026, 12, 31))
    night.rows[0] = replace(night.rows[0], state="waived")
    night.run(january + timedelta(days=1), sealed=date(2026, 12, 31))
    assert [len(each.document["termination"]) for each in night.issued("2026-12")] == [1, 0]


def test_no_statement_is_issued_of_what_was_over_when_the_agreement_was_published() -> None:
    """Nor of a version that says nothing about credits."""
    night = Night(versions=(version(EACH, published_at=NOON), version({}, 2, published_at=NOVEMBER_1)))
    assert night.run().statements == 1
    assert night.totals("2026-09") == []


def test_terms_without_a_fee_issue_nothing() -> None:
    """Versions published before fees were asked for may have it so; the others of the account go on."""
    bare = version({"period": "month", "bands": [{"below": "99%", "credit": "5%"}]}, id="bare")
    night = Night(versions=(bare, version(EACH)))
    told = night.run()
    assert (told.statements, told.failed) == (3, 0)


WARNED = {**EACH, "grace": 3, "warn": [{"breaches_left": 1, "notify": "legal"}]}
MIDDLE, SEALED = datetime(2026, 10, 16, 0, 30, tzinfo=UTC), date(2026, 10, 15)


def test_a_warning_is_told_once_for_a_period_and_a_threshold() -> None:
    """To its audience, with the figures of now."""
    night = Night(WARNED)
    night.rows = [*met(9), *breached(1)]
    assert night.run(MIDDLE, sealed=SEALED).warnings == 0
    night.rows += breached(1, first=1)
    assert [night.run(MIDDLE, sealed=SEALED).warnings for _ in range(2)] == [1, 0]
    (message,) = night.topics.sent
    assert message["TopicArn"] == "arn:legal"
    assert message["Subject"] == "Service credits at risk: acme-gold, 2026-10"
    assert json.loads(json.loads(message["Message"])["sqs"])["figures"] == {
        "attainment": "1.0000",
        "breaches_left": "1",
        "gone": "0.4865",
        "threshold": "≤ 1",
    }


def test_a_warning_that_could_not_be_told_is_told_the_next_night() -> None:
    """What is kept was told before; an account that fails is named."""
    night = Night(WARNED)
    night.rows = breached(2)
    night.topics.refuses = True
    assert night.run(MIDDLE, sealed=SEALED).failed == 1
    night.topics.refuses = False
    assert night.run(MIDDLE, sealed=SEALED).warnings == 1


def test_an_account_that_fails_keeps_none_of_the_others() -> None:
    """They are all tried; each night another one is the first."""
    night = Night()
    night.shelf.keep_rollup("aaa", Made(OCTOBER_31, 1, "sha256:0", NOVEMBER_1, OCTOBER_31), {})
    assert night.run() == Told(statements=3, failed=1)


def test_what_there_is_no_time_for_is_left_for_the_next_night() -> None:
    """And told."""
    assert Night().run(lasts=-1.0) == Told(left=1)


def test_nothing_is_issued_before_anything_was_rolled_up() -> None:
    """A stack of yesterday."""
    night = Night()
    voice = Voice(night.topics, night.channels, lambda: NOVEMBER_1)
    assert Issuer(night, night.shelf, voice, lambda: NOVEMBER_1, lambda: 0.0).run() == Told()


@pytest.mark.parametrize("zone", ["Europe/Copenhagen", "Asia/Tokyo", "America/New_York"])
def test_a_threshold_passed_on_the_last_day_of_a_period_is_told_in_the_night_after_it(zone: str) -> None:
    """Days of New York end in the night of UTC, so there it is a night later."""
    night = Night(versions=(replace(version(WARNED), timezone=zone),))
    nights = [(OCTOBER_31 + timedelta(days=number), NOVEMBER_1 + timedelta(days=number)) for number in (0, 1)]
    assert night.run(NOVEMBER_1 - timedelta(days=1), sealed=date(2026, 10, 30)).warnings == 0
    ends = period_named("2026-10", zone).end
    for sealed, now in nights:
        assert night.topics.sent == [] or now > ends + timedelta(days=1)
        late = [cycle(f"b{number}", due=ends - timedelta(minutes=number)) for number in (1, 2)]
        night.rows = late if now > ends else night.rows
        night.run(now, sealed=sealed)
    (message,) = night.topics.sent
    assert json.loads(json.loads(message["Message"])["sqs"])["figures"]["gone"] == "1.0000"


@pytest.mark.parametrize(("days", "warnings"), [(30, 1), (31, 0)])
def test_a_period_is_watched_for_so_many_days_after_its_end(days: int, warnings: int) -> None:
    """After that its statement says what it came to; October ends at 23:00 in UTC."""
    night = Night(WARNED)
    night.rows = breached(2, due=NOON)
    now = datetime(2026, 10, 31, 23, tzinfo=UTC) + timedelta(days=days)
    assert night.run(now, sealed=date(2026, 11, 29)).warnings == warnings


def test_a_threshold_that_was_passed_while_nights_failed_is_told_when_its_days_are_sealed() -> None:
    """The night of 3 November seals four days at once; it is told once, however many nights follow."""
    night = Night(WARNED)
    assert night.run(datetime(2026, 10, 30, 0, 30, tzinfo=UTC), sealed=date(2026, 10, 29)).warnings == 0
    night.rows = breached(2, due=datetime(2026, 10, 31, 20, tzinfo=UTC))
    nights = [night.run(NOVEMBER_1 + timedelta(days=n), sealed=date(2026, 11, n)) for n in (2, 3)]
    assert [each.warnings for each in nights] == [1, 0]


def test_a_period_that_is_over_is_watched_once_it_is_sealed_whole() -> None:
    """Until then nobody can say what it came to."""
    night = Night(WARNED)
    night.rows = breached(2, due=NOON)
    assert night.run(NOVEMBER_1, sealed=date(2026, 10, 30)).warnings == 0
    assert night.run(NOVEMBER_1, sealed=OCTOBER_31).warnings == 1


@pytest.mark.parametrize("of", ["2026-11", "2026-10"])
def test_nobody_is_warned_of_a_period_that_begins_after_the_agreement_was_ended(of: str) -> None:
    """Of the one in which it was ended somebody is; November begins at 23:00 of the 31st."""
    night = Night(WARNED, endings=(AgreementEnd("acme-gold", ENDED, "over", "ada"),))
    night.rows = breached(2, due=period_named(of, "Europe/Copenhagen").start + timedelta(days=2))
    told = night.run(datetime(2026, 11, 10, tzinfo=UTC), sealed=date(2026, 11, 9))
    assert told.warnings == (of == "2026-10")


def test_a_warning_that_is_written_twice_is_told_once() -> None:
    """Versions published before that was refused may have it so."""
    warn = {"below": "99.5%", "notify": "legal"}
    night = Night(
        {**WARNED, "warn": [warn, warn, {**warn, "below": "99.50%"}, {**warn, "notify": "default"}]}
    )
    night.rows = breached(4)
    assert night.run(MIDDLE, sealed=SEALED).warnings == 2
    assert [each["TopicArn"] for each in night.topics.sent] == ["arn:legal", "arn:default"]


def test_nothing_is_issued_of_periods_that_begin_when_the_agreement_is_over() -> None:
    """The last is the one that its last day lies in."""
    over = datetime(2026, 8, 31, 22, tzinfo=UTC)  # midnight in Copenhagen
    night = Night(versions=(version(EACH, effective_until=over),))
    assert night.run().statements == 1
    assert [night.totals(period) for period in ("2026-08", "2026-09", "2026-10")] == [["0.00"], [], []]


@pytest.mark.parametrize(
    ("ended", "totals"),
    [
        (datetime(2026, 8, 31, 22, tzinfo=UTC), [["0.00"], [], []]),  # midnight in Copenhagen
        (datetime(2026, 8, 31, 22, 0, 1, tzinfo=UTC), [["0.00"], ["0.00"], []]),
    ],
)
def test_nothing_is_issued_of_periods_that_begin_after_the_agreement_was_ended(
    ended: datetime, totals: list[list[str]]
) -> None:
    """Of the end of another agreement nothing follows for this one."""
    night = Night(endings=(AgreementEnd("other", LATER - timedelta(days=300), "over", "ada"),))
    night.endings += (AgreementEnd("acme-gold", ended, "over", "ada"),)
    assert night.run().statements == sum(map(len, totals))
    assert [night.totals(period) for period in ("2026-08", "2026-09", "2026-10")] == totals


def test_an_issued_statement_is_corrected_although_the_agreement_was_ended_since() -> None:
    """What was owed before is not settled by an end."""
    night = Night()
    night.run()
    night.endings = (AgreementEnd("acme-gold", datetime(2026, 9, 15, tzinfo=UTC), "over", "ada"),)
    night.rows = breached(2)
    night.run(LATER)
    assert night.totals() == ["0.00", "1000.00"]


def test_a_customer_is_not_warned_of_the_providers_budget() -> None:
    """Even where the agreement names an audience that turns out to be theirs."""
    night = Night(WARNED, channels={"default": Channel("a"), "legal": Channel("b", customer=True)})
    night.rows = breached(2)
    night.run(MIDDLE, sealed=SEALED)
    assert night.topics.sent == []
