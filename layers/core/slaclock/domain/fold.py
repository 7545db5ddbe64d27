"""The fold: a ticket, moved through time and inputs, and the facts that it tells on the way."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from slaclock.domain.agreement import Agreements
from slaclock.domain.clock import Clock, Terms, deadline, target_length, terms_of, worked
from slaclock.domain.escalation import Moment, next_moment
from slaclock.domain.facts import Fact, fact_key, input_mark, public_id, subject_key
from slaclock.domain.instants import format_instant
from slaclock.domain.ticket import Ticket, name_of

# The audiences that hear of a reminder, and of every breach, whatever the ladder says.
TEAM, LEGAL = "team", "legal"
PASSED = "the deadline passed"


class Fold:
    """One run over one ticket: `ticket` as it stands, `facts` told so far, in order.

    `now` and `by` say when and by whom a breach was noticed; they change no outcome.
    """

    def __init__(self, ticket: Ticket, agreements: Agreements, now: datetime, by: str) -> None:
        self.ticket, self.agreements, self.now, self.by = ticket, agreements, now, by
        self.facts: list[Fact] = []
        self.cause = ""

    def advance(self, until: datetime, *, inclusive: bool = False) -> None:
        """Tell every moment before `until` (or at it), in order."""
        while found := self._next():
            clock, moment = found
            if moment.at > until or (moment.at == until and not inclusive):
                return
            self._fire(clock, moment)

    def next_moments(self) -> dict[str, datetime]:
        """The next moment of each clock that has one, by its lane."""
        moments = ((clock.lane, next_moment(clock, self.terms(clock))) for clock in self.ticket.clocks)
        return {lane: moment.at for lane, moment in moments if moment}

    @property
    def customer(self) -> str | None:
        return name_of(self.ticket.attributes.get("customer"))

    def terms(self, clock: Clock) -> Terms:
        return terms_of(clock, self.agreements)

    def id_of(self, key: str) -> str:
        """The public id of a fact of this ticket."""
        ticket = self.ticket
        return public_id(subject_key(ticket.subject, ticket.account, ticket.ticket_id), key)

    def put(self, clock: Clock) -> None:
        self.ticket = self.ticket.with_clock(clock)

    def remind(self, clock: Clock, moment: Moment) -> None:
        """Tell one reminder."""
        terms = self.terms(clock)
        text = terms.target.reminders[moment.number].text
        text = text if text.endswith("%") else f"{text} before"
        self.put(replace(clock, reminded=clock.reminded | {moment.number}))
        mark = f"b{clock.budget_set or 0}.{moment.number}"
        self.tell(
            "reminder_due",
            clock,
            moment.at,
            due_at=deadline(clock, terms),
            mark=mark,
            reminder=text,
            told=[TEAM],
        )

    def breach(self, clock: Clock, at: datetime, due: datetime, reason: str) -> Clock:
        """Tell that a deadline passed: at the deadline itself, or at the change that put it into the past."""
        terms = self.terms(clock)
        silent = (0,) * len(terms.target.escalation)
        breached = replace(
            clock, outcome="breached", due_at=due, breached_at=at, levels=silent, customer=self.customer
        )
        noticed = {"detected_at": format_instant(self.now), "detected_by": self.by}
        beyond = {"beyond_horizon": True} if terms.agreement.horizon and due > terms.agreement.horizon else {}
        details = {
            **self._outcome(clock, terms, min(due, at)),
            **noticed,
            **beyond,
            "told": self.told(breached),
        }
        self.tell("clock_breached", breached, at, due_at=due, reason=reason, **details)
        self.put(breached)
        return breached

    def meet(self, clock: Clock, at: datetime) -> None:
        """Tell that a clock's stop came at or before its deadline."""
        terms = self.terms(clock)
        due = deadline(clock, terms)
        self.tell("clock_met", clock, at, due_at=due, **self._outcome(clock, terms, at))
        self.put(replace(clock, outcome="met", stopped_at=at))

    def cancel(self, clock: Clock, at: datetime, reason: str) -> None:
        """Tell that a running clock has nothing more to measure."""
        terms = self.terms(clock)
        details = self._outcome(clock, terms, at)
        self.tell("clock_cancelled", clock, at, due_at=deadline(clock, terms), reason=reason, **details)
        self.put(replace(clock, outcome="cancelled", stopped_at=at, reason=reason))

    def end_breach(self, clock: Clock, at: datetime, reason: str) -> None:
        """Tell that the stop of a breached clock came at last; its first level is told before."""
        if clock.levels and not clock.levels[0]:
            clock = self.escalate(clock, Moment(at, "level"))
        terms = self.terms(clock)
        assert clock.due_at is not None, "a breach has its deadline"  # noqa: S101  (for the type checker)
        late = worked(clock, terms, at, since=clock.due_at) if clock.due_at < at else timedelta()
        self.tell(
            "breach_ended",
            clock,
            at,
            due_at=clock.due_at,
            mark=input_mark(self.cause),
            reason=reason,
            worked_seconds=_seconds(worked(clock, terms, at)),
            late_seconds=_seconds(late),
            late_wall_seconds=max(0, _seconds(at - clock.due_at)),
            told=self.told(clock),
        )
        self.put(replace(clock, stopped_at=at, reason=reason))

    def escalate(self, clock: Clock, moment: Moment) -> Clock:
        """Tell one message of one level."""
        terms = self.terms(clock)
        level = terms.target.escalation[moment.number]
        mark = f"{moment.number + 1}.{moment.repeat}"
        self.tell(
            "escalation_due",
            clock,
            moment.at,
            due_at=clock.due_at,
            mark=mark,
            level=moment.number + 1,
            notify=level.notify,
            repeat=moment.repeat,
            until=level.until,
            **_promise(clock, terms),
        )
        sent = (*clock.levels[: moment.number], moment.through + 1, *clock.levels[moment.number + 1 :])
        escalated = replace(clock, levels=sent)
        self.put(escalated)
        return escalated

    def told(self, clock: Clock) -> list[str]:
        """Whom this breach was told to: legal, the levels so far, and the team where there is no ladder."""
        ladder = self.terms(clock).target.escalation
        heard = {level.notify for level, sent in zip(ladder, clock.levels, strict=True) if sent}
        return sorted(heard | {LEGAL} | (set() if ladder else {TEAM}))

    def tell(
        self,
        fact: str,
        clock: Clock,
        at: datetime,
        *,
        due_at: datetime | None,
        mark: str = "",
        **details: Any,
    ) -> None:
        """Append a fact about a clock."""
        ticket, agreement = self.ticket, self.agreements.get(clock.agreement, clock.version)
        about = {
            # What becomes of a breach is told of the customer to whom it was promised.
            "customer": clock.customer or self.customer,
            "team": name_of(ticket.attributes.get("team")),
            "priority": ticket.priority,
            "timezone": agreement.timezone,
        }
        self.facts.append(
            Fact(
                fact=fact,
                key=fact_key(fact, clock.lane, clock.cycle, clock.revision, mark),
                account=ticket.account,
                ticket_id=ticket.ticket_id,
                subject=ticket.subject,
                agreement=clock.agreement,
                agreement_version=clock.version,
                target=clock.target,
                metric=clock.metric,
                cycle=clock.cycle,
                revision=clock.revision,
                at=at,
                due_at=due_at,
                details={**about, **details},
                cause=self.cause,
                agreement_hash=agreement.content_hash,
            )
        )

    def _next(self) -> tuple[Clock, Moment] | None:
        moments = ((clock, next_moment(clock, self.terms(clock))) for clock in self.ticket.clocks)
        coming = [(clock, moment) for clock, moment in moments if moment]
        return min(coming, key=lambda pair: (pair[1].at, pair[0].lane), default=None)

    def _fire(self, clock: Clock, moment: Moment) -> None:
        self.cause = ""
        if moment.kind == "reminder":
            self.remind(clock, moment)
        elif moment.kind == "deadline":
            self.breach(clock, moment.at, moment.at, PASSED)
        else:
            self.escalate(clock, moment)
        self.ticket = replace(self.ticket, told_at=moment.at)

    def _outcome(self, clock: Clock, terms: Terms, until: datetime) -> dict[str, Any]:
        """What every outcome records, so that it explains itself."""
        return {
            **_promise(clock, terms),
            "target_seconds": _seconds(target_length(clock, terms)),
            "worked_seconds": _seconds(worked(clock, terms, until)),
        }


def _promise(clock: Clock, terms: Terms) -> dict[str, str]:
    """What was promised, and where the agreement says so."""
    return {"budget": clock.budget, **({"clause": terms.target.clause} if terms.target.clause else {})}


def _seconds(length: timedelta) -> int:
    """Whole seconds; a fraction of a second is not counted as worked."""
    return int(length.total_seconds() // 1)
