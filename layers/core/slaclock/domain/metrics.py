"""The metrics that slaclock has, as data: the engine knows none of them by name.

What the words mean says `slaclock.domain.metric`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slaclock.domain.metric import WAIT, metric_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slaclock.domain.metric import Metric

BUILT_IN: Mapping[str, Mapping[str, Any]] = {
    "first_response": {
        "kind": "response",
        "start": "created",
        "stop": "agent_reply",
        "cancel": {"when": "solved", "reason": "solved without a reply"},
    },
    "next_response": {
        "kind": "response",
        "start": WAIT,
        "stop": "agent_reply",
        "cancel": {"when": "solved", "reason": "solved without a reply"},
        "repeat": True,
        "unless": "first_response",
    },
    "periodic_update": {
        "kind": "response",
        "start": {"status": {"not": ["solved", "closed"]}},
        "stop": "agent_reply",
        "cancel": {"when": "solved", "reason": "solved, no further update is due"},
        "repeat": True,
    },
    "resolution": {"start": "created", "stop": "solved", "repeat": "reopened"},
    "assignment": {
        "kind": "response",
        "start": "created",
        "stop": {"assignee": {"known": True}},
        "cancel": {"when": "solved", "reason": "solved without an assignee"},
    },
    "time_in_team": {"start": "created", "while": "in_team", "stop": "solved", "repeat": "reopened"},
    "requester_wait": {
        "start": "created",
        "while": "pausing",
        "pause": "never",
        "stop": "solved",
        "repeat": "reopened",
    },
    "agent_work": {"start": "created", "stop": "solved", "repeat": "reopened"},
}

METRICS: Mapping[str, Metric] = {name: metric_from(name, declared) for name, declared in BUILT_IN.items()}
