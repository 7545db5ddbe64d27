"""The fold: a ticket, moved through time and inputs, and the facts that it tells on the way."""

from datetime import datetime, timedelta
from typing import Any

from slaclock.domain.altered import altered
from slaclock.domain.choosing import Agreements
from slaclock.domain.clock import Clock, Terms, deadline, target_length, terms_of, worked
from slaclock.domain.escalation import Moment, goal_end, next_moment, reminders_of
from slaclock.domain.facts import Fact, fact_key, input_mark, public_id, subject_key
from slaclock.domain.instants import format_instant
from slaclock.domain.ticket import Ticket, name_of

# The audiences that hear of a reminder, and of every breach, whatever the ladder says.
TEAM, LEGAL = "team", "legal"
PASSED = "the deadline passed"


class Fold:
    """One run over one ticket: `ticket` as it stands, `facts` told so far, in order.

    `now` and `by` say when and by whom a breach was noticed; they change no outcome. `cause` is the input
    that is being folded in, `moved` the clocks whose next moment is to be worked out anew.
    """

    def __init__(self, ticket: Ticket, agreements: Agreements, now: datetime, by: str) -> None:
        self.ticket, self.agreements, self.now, self.by = ticket, agreements, now, by
        self.facts: list[Fact] = []
        self.cause = ""
        self._moments = {lane: at for lane, at in ticket.next_moments.items() if lane}
        self.moved: set[str] = set()

    def advance(self, until: datetime, *, inclusive: bool = False) -> None:
        """Tell every moment before `until` (or at it), in order."""
        while moments := self.next_moments():
            first = min(moments.values())
            if first > until or (first == until and not inclusive):
                return
            # What underpins a promise comes before it.
            lane = min(("/" not in lane, lane) for lane, at in moments.items() if at == first)[1]
            clock = self.ticket.clock(lane)
            moment = next_moment(clock, self.terms(clock)) if clock else None
            if clock is None or moment is None or moment.at != first:
                self._correct(lane, moment)
            else:
                self._fire(clock, moment)

    def next_moments(self) -> dict[str, datetime]:
        """The next moment of each clock that has one, by its lane."""
        if self.moved:
            for clock in self.ticket.clocks:
                if clock.lane in self.moved:
                    self._correct(clock.lane, next_moment(clock, self.terms(clock)))
            self.moved.clear()
        return self._moments

    def resume_with(self, ticket: Ticket) -> None:
        """Go on with another state of the ticket: what its clocks have to say next is worked out anew."""
        self.ticket = ticket
        self._moments, self.moved = {}, {clock.lane for clock in ticket.clocks}

    @property
    def customer(self) -> str | None:
        return name_of(self.ticket.attributes.get("customer"))

    def terms(self, clock: Clock) -> Terms:
        """What a clock is held to."""
        kept = clock.__dict__.get("_terms")
        return kept[1] if kept and kept[0] is self.agreements else terms_of(clock, self.agreements)

    def id_of(self, key: str) -> str:
        """The public id of a fact of this ticket."""
        ticket = self.ticket
        return public_id(subject_key(ticket.subject, ticket.account, ticket.ticket_id), key)

    def put(self, clock: Clock) -> None:
        self.ticket = self.ticket.with_clock(clock)
        self.moved.add(clock.lane)

    def remind(self, clock: Clock, moment: Moment) -> None:
        """Tell one reminder, of the promise or of the goal beside it."""
        terms, number = self.terms(clock), moment.number
        text, of_goal = reminders_of(terms)[number].text, number >= len(terms.target.reminders)
        goal = goal_end(clock, terms) if of_goal else None
        self.put(altered(clock, reminded=clock.reminded | {number}))
        self.tell(
            "reminder_due",
            clock,
            moment.at,
            due_at=deadline(clock, terms),
            mark=f"b{clock.budget_set or 0}.{number}",
            reminder=_reminder_text(text, clock.goal if of_goal else ""),
            **({"goal_due_at": format_instant(goal)} if goal else {}),
            told=[TEAM],
        )

    def breach(self, clock: Clock, at: datetime, due: datetime, reason: str) -> Clock:
        """Tell that a deadline passed: at the deadline itself, or at the change that put it into the past."""
        terms = self.terms(clock)
        silent = (0,) * len(terms.target.escalation)
        breached = altered(
            clock, outcome="breached", due_at=due, breached_at=at, levels=silent, customer=self.customer
        )
        noticed = {"detected_at": format_instant(self.now), "detected_by": self.by}
        beyond = {"beyond_horizon": True} if terms.agreement.horizon and due > terms.agreement.horizon else {}
        details = {
            **self._outcome(clock, terms, min(due, at)),
            **noticed,
            **beyond,
            **_goal(clock, terms, due),
            **self._broke_first(clock, at),
            "told": self.told(breached),
        }
        self.tell("clock_breached", breached, at, due_at=due, reason=reason, **details)
        self.put(breached)
        return breached

    def meet(self, clock: Clock, at: datetime) -> None:
        """Tell that a clock's stop came at or before its deadline."""
        terms = self.terms(clock)
        due = deadline(clock, terms)
        details = {**self._outcome(clock, terms, at), **_goal(clock, terms, at)}
        self.tell("clock_met", clock, at, due_at=due, **details)
        self.put(altered(clock, outcome="met", stopped_at=at))

    def cancel(self, clock: Clock, at: datetime, reason: str) -> None:
        """Tell that a running clock has nothing more to measure."""
        terms = self.terms(clock)
        details = self._outcome(clock, terms, at)
        self.tell("clock_cancelled", clock, at, due_at=deadline(clock, terms), reason=reason, **details)
        self.put(altered(clock, outcome="cancelled", stopped_at=at, reason=reason))

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
        self.put(altered(clock, stopped_at=at, reason=reason))

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
        escalated = altered(clock, levels=sent)
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
        ticket, agreement = self.ticket, self.terms(clock).agreement
        members = ticket.attributes
        about = {
            # What becomes of a breach is told of the customer to whom it was promised.
            "customer": clock.customer or name_of(members.get("customer")),
            "team": name_of(members.get("team")),
            "priority": members.get("priority"),
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

    def _correct(self, lane: str, moment: Moment | None) -> None:
        if moment:
            self._moments[lane] = moment.at
        else:
            self._moments.pop(lane, None)

    def _broke_first(self, clock: Clock, at: datetime) -> dict[str, Any]:
        """Of the internal and supplier promises beside the customer's, the one that broke first."""
        broken = [
            (each.breached_at, each.lane, each)
            for each in self.ticket.clocks
            if each.slot and each.breached_at and clock.started_at <= each.breached_at <= at
        ]
        if clock.slot or not broken:
            return {}
        breached_at, _, first = min(broken)
        return {
            "broke_first": {
                "agreement": first.agreement,
                "kind": self.terms(first).agreement.kind,
                "target": first.target,
                "at": format_instant(breached_at),
            }
        }

    def _fire(self, clock: Clock, moment: Moment) -> None:
        self.cause = ""
        if moment.kind == "reminder":
            self.remind(clock, moment)
        elif moment.kind == "deadline":
            self.breach(clock, moment.at, moment.at, PASSED)
        else:
            self.escalate(clock, moment)
        self.ticket = altered(self.ticket, told_at=moment.at)

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


def _goal(clock: Clock, terms: Terms, until: datetime) -> dict[str, Any]:
    """The goal beside the promise, and whether it was reached."""
    end = goal_end(clock, terms)
    return {"goal": clock.goal, "goal_met": until <= end} if end else {}


def _reminder_text(text: str, goal: str) -> str:
    if not goal:
        return text if text.endswith("%") else f"{text} before"
    if text.endswith("%"):
        return f"{text} of the goal of {goal}"
    return f"the goal of {goal}" if text == "0m" else f"{text} before the goal of {goal}"


def _seconds(length: timedelta) -> int:
    """Whole seconds; a fraction of a second is not counted as worked."""
    return int(length.total_seconds() // 1)
