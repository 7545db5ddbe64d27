"""A metric: what starts, holds back, stops and repeats a clock, read from its declaration.

A declaration has these members; the built-in metrics and those of an agreement document are written alike.

`start`   what begins a cycle: an occurrence (`created`, `agent_reply`, `customer_reply`), a state, or
          `{at: custom.first_day}`, the date or instant that a field gives.
`while`   a state: the clock runs only while it holds, and first starts when it does.
`pause`   a state in which the clock does not run; `pausing` unless said otherwise, `never` for none.
`stop`    what the promise waits for: an occurrence or a state.
`cancel`  `{when: state, reason: text}`: when there is nothing more to measure.
`repeat`  whether a cycle follows the one before: `true`, whenever its start holds or happens again;
          `reopened`, when the stop no longer holds, as the target's `on_reopen` says; or when a state holds.
`unless`  the metric whose clock, where there is one, measures the first wait already.
`kind`    what a breach of it is from the contract's view, one of `KINDS`; `resolution` unless said otherwise.

A state is a condition on the ticket's members (see `slaclock.domain.conditions`) or one of the words in
`STATES`, each a small function of the ticket's members and the target.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from slaclock.domain.conditions import Attributes, compiled, keys_read, values_of
from slaclock.domain.taxonomy import USUAL_KIND

SOLVED = frozenset({"solved", "closed"})
OCCURRENCES = ("created", "agent_reply", "customer_reply")
WAIT = "customer_waits"  # its start: the oldest customer message that has no answer (rule 11)


class Promise(Protocol):
    """What a state word may ask of the target."""

    @property
    def team(self) -> str | None:
        """The team that the target names."""

    @property
    def pause_on(self) -> frozenset[str]:
        """The statuses that pause it."""


State = Callable[[Attributes, Promise], bool | None]


def _in_team(attributes: Attributes, target: Promise) -> bool:
    return target.team in (values_of("team", attributes) or ())


def _pausing(attributes: Attributes, target: Promise) -> bool:
    return attributes.get("status") in target.pause_on


def _solved(attributes: Attributes, _: Promise) -> bool:
    return attributes.get("status") in SOLVED


def _never(_: Attributes, __: Promise) -> bool:
    return False


STATES: Mapping[str, State] = {"in_team": _in_team, "pausing": _pausing, "solved": _solved, "never": _never}
_READ = {"in_team": {"team"}, "pausing": {"status"}, "solved": {"status"}, "never": set[str]()}


class Metric(NamedTuple):
    """A declaration, ready to be asked. `start` and `stop` are occurrences, or "" where a state says it."""

    name: str
    declared: Mapping[str, Any]
    start: str
    stop: str
    started: State | None
    starts_at: str | None
    stopped: State | None
    runs: State | None
    held: State
    cancelled: State | None
    cancel_reason: str
    repeat: str  # "", "start", "reopened" or "state"
    again: State | None
    unless: str | None
    needs_team: bool
    reads: frozenset[str]
    holding: frozenset[str]  # the members and custom fields that hold it back or let it run
    stopping: frozenset[str]  # those that stop it
    cancelling: frozenset[str]  # the members that cancel it
    kind: str

    def holds_back(self, attributes: Attributes, target: Promise) -> bool:
        """Whether a clock does not run now, though its stop is still to come."""
        if self.held(attributes, target):
            return True
        return self.runs is not None and not self.runs(attributes, target)

    def ended(self, attributes: Attributes, target: Promise) -> bool:
        """Whether a state that stops or cancels it holds."""
        return bool(
            (self.stopped and self.stopped(attributes, target))
            or (self.cancelled and self.cancelled(attributes, target))
        )


def metric_from(name: str, declared: Mapping[str, Any]) -> Metric:
    """Read a declaration that was checked before."""
    start, stop, cancel, repeat = (declared.get(word) for word in ("start", "stop", "cancel", "repeat"))
    starts_at = start["at"] if isinstance(start, Mapping) and "at" in start else None
    states = [each for each in (start, stop, declared.get("while"), declared.get("pause", "pausing")) if each]
    states += [cancel["when"]] if cancel else []
    states += [repeat] if isinstance(repeat, Mapping) else []
    return Metric(
        name=name,
        declared=declared,
        start=start if isinstance(start, str) and (start in OCCURRENCES or start == WAIT) else "",
        stop=stop if isinstance(stop, str) and stop in OCCURRENCES else "",
        started=None if starts_at else _state(start),
        starts_at=starts_at,
        stopped=_state(stop),
        runs=_state(declared.get("while")),
        held=_state(declared.get("pause", "pausing")) or _never,
        cancelled=_state(cancel["when"]) if cancel else None,
        cancel_reason=cancel["reason"] if cancel else "",
        repeat={True: "start", "reopened": "reopened"}.get(repeat, "")
        if not isinstance(repeat, Mapping)
        else "state",
        again=_state(repeat) if isinstance(repeat, Mapping) else None,
        unless=declared.get("unless"),
        needs_team="in_team" in states,
        reads=_members(key for each in states for key in _keys(each)),
        holding=_keys(declared.get("pause", "pausing")) | _keys(declared.get("while")),
        stopping=_keys(stop),
        cancelling=_members(_keys(cancel["when"])) if cancel else frozenset(),
        kind=declared.get("kind", USUAL_KIND),
    )


def _state(said: Any) -> State | None:
    if isinstance(said, Mapping):
        judge = compiled(said)
        return lambda attributes, _: judge(attributes)
    return STATES.get(said) if said else None


def _keys(said: Any) -> frozenset[str]:
    """The members and custom fields that a part of a declaration reads."""
    if isinstance(said, Mapping):
        return frozenset({said["at"]}) if "at" in said else keys_read(said)
    return frozenset(_READ.get(said or "", ()))


def _members(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key.split(".")[0] for key in keys)
