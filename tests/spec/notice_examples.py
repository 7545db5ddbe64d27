"""The examples of docs/notifications.md, as the code makes them.

`PYTHONPATH=layers/core:. .venv/bin/python -m tests.spec.notice_examples` writes them into the page.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slaclock.notices import Channel, compose
from tests.spec.notice_samples import HISTORY, LINK, NOW, SAMPLES, TICKET

if TYPE_CHECKING:
    from slaclock.notices import Notice

PAGE = Path(__file__).parents[2] / "docs" / "notifications.md"
EXAMPLE = re.compile(r"(<!-- example: ([a-z-]+) -->\n```[a-z]+\n)(.*?)(\n```)", re.DOTALL)


def _told(name: str = "escalation_due", **how: Any) -> Notice:
    channel = Channel("", **how)
    history = () if name == "breach_ended" else HISTORY
    return compose(SAMPLES[name], "oncall-2", TICKET, NOW, channel=channel, link=LINK, history=history)


def _text(protocol: str, **how: Any) -> str:
    return str(json.loads(_told(**how).message)[protocol])


def _body(**how: Any) -> str:
    return json.dumps(json.loads(_text("https", **how)), indent=2, ensure_ascii=False)


def examples() -> dict[str, str]:
    """Each example by its name."""
    return {
        "subject": _told().subject,
        "email": _text("email"),
        "sms": _text("sms"),
        "document": _body(),
        "attributes": json.dumps(dict(_told().attributes), indent=2),
        "customer": _text("email", customer=True),
        "danish": _text("email", language="da"),
        "chinese": _text("email", language="zh-Hant"),
        "chat": _body(format="chat"),
        "pagerduty": _body(format="pagerduty"),
        "opsgenie": _body(format="opsgenie"),
        "opsgenie-close": _body(name="breach_ended", format="opsgenie"),
    }


def shown(page: str) -> dict[str, str]:
    """The examples that a page has, by their names."""
    return {found[2]: found[3] for found in EXAMPLE.finditer(page)}


def main() -> None:
    """Write them into the page."""
    made = examples()
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(EXAMPLE.sub(lambda found: found[1] + made[found[2]] + found[4], page), encoding="utf-8")


if __name__ == "__main__":
    main()
