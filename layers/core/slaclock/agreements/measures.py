"""The custom metrics of an agreement document, declared in the words of `slaclock.domain.metric`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.agreements.checks import Check, either, fail, mapping, members, not_so, one_of, scalar
from slaclock.agreements.conditions import CONDITION
from slaclock.agreements.nodes import Members, Node, Scalar
from slaclock.agreements.values import FIELD, IDENTIFIER, text
from slaclock.domain.metric import OCCURRENCES, STATES, WAIT
from slaclock.domain.metrics import BUILT_IN
from slaclock.domain.taxonomy import KINDS

if TYPE_CHECKING:
    from slaclock.agreements.problems import Problems

MOST_METRICS = 20
CREATED = "created"

_AT = members({"at": FIELD}, required={"at": "a ticket's field of dates: custom.<name> or created_at"})
_STATES = tuple(STATES)
_REPEATS = {"true": True, "false": False, "reopened": "reopened"}


def _said(what: str, words: tuple[str, ...], *others: Check) -> Check:
    """Make the check of one of these words, or a condition (or another mapping)."""
    word = one_of(what, words)

    def judge(node: Node, problems: Problems) -> Any:
        if isinstance(node, Scalar):
            return word(node, problems)
        if isinstance(node, Members):
            return (_AT if others and "at" in node.members else CONDITION)(node, problems)
        return problems.add(node.place, not_so(node, f"one of {', '.join(words)}, or a condition"))

    return either(judge, word, *others, CONDITION)


def _read_repeat(written: str) -> Any:
    return _REPEATS[written] if written in _REPEATS else fail()


def _repeat(node: Node, problems: Problems) -> Any:
    if isinstance(node, Members):
        return CONDITION(node, problems)
    return _REPEAT_WORD(node, problems)


def _not_built_in(node: Node, name: str, problems: Problems) -> Any:
    if name in BUILT_IN:
        problems.add(node.place, f"{name!r} is a metric that slaclock has: give yours a name of its own")
    return name


def _waits(node: Node, declared: Any, problems: Problems) -> Any:
    """`unless` yields a wait to another clock: only a metric that starts with a wait has one to yield."""
    if "unless" in declared and declared["start"] != WAIT and isinstance(node, Members):
        problems.add(node.members["unless"][0], f"only a metric with start: {WAIT} yields to another one")
    return declared


_STATE = _said("state", _STATES)
_STOP_WORD = _said("stop", (*(each for each in OCCURRENCES if each != CREATED), *_STATES))


def _stop(node: Node, problems: Problems) -> Any:
    if isinstance(node, Scalar) and node.text == CREATED:
        return problems.add(
            node.place, "a ticket is created once, before its clocks start: nothing would stop"
        )
    return _STOP_WORD(node, problems)


_STOP = Check(_stop, _STOP_WORD.schema)
_REPEAT_WORD = scalar("true, false, reopened or a condition", _read_repeat, {"enum": list(_REPEATS.values())})
_REPEAT = either(_repeat, _REPEAT_WORD, CONDITION)
_CANCEL = members(
    {"when": _STATE, "reason": text()},
    required={"when": "a state or a condition", "reason": "what people are told"},
)
_DECLARATION = members(
    {
        "start": _said("start", (*OCCURRENCES, WAIT, *_STATES), _AT).said(
            "What begins a cycle: an occurrence, a state that comes to hold, or the date of a field.",
            "created",
            {"tags": ["vendor"]},
            {"at": "custom.first_day"},
        ),
        "while": _STATE.said("The clock runs only while this holds.", {"team": ["tier2"]}),
        "pause": _STATE.said(
            "The clock is paused while this holds; `pausing` unless said otherwise.", "never"
        ),
        "stop": _STOP.said(
            "What the promise waits for: an occurrence or a state.", "solved", {"tags": {"not": ["vendor"]}}
        ),
        "cancel": _CANCEL.said("When there is nothing more to measure, and what people are told then."),
        "repeat": _REPEAT.said(
            "Whether a cycle follows the one before: whenever its start holds again (true), when its stop no "
            "longer holds (reopened), or when a condition comes to hold."
        ),
        "unless": IDENTIFIER.said(
            "The metric whose clock measures the first wait already.", "first_response"
        ),
        "kind": one_of("kind of breach", KINDS).said(
            "What a breach of it is from the contract's view; resolution unless said otherwise.", "response"
        ),
    },
    required={"start": "what begins it, such as created", "stop": "what it waits for, such as solved"},
).then(_waits)

METRICS = mapping(IDENTIFIER.then(_not_built_in), _DECLARATION, at_most=MOST_METRICS)
