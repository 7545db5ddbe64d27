"""How CloudEvents 1.0 are written over HTTP: structured mode, one event or a batch, and binary mode.

https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from slaclock.domain.errors import InvalidEvent
from slaclock.domain.instants import format_instant
from slaclock.helpdesks import Delivery
from slaclock.helpdesks.payload import Members, load
from slaclock.helpdesks.words import needed

MOST_EVENTS = 100  # in a batch

_FORMAT = "application/cloudevents"


def written(delivery: Delivery, *, binary: bool) -> Iterator[tuple[str, Any]]:
    """Each event as structured mode has it, and where it stands in the body.

    Binary mode is an `InvalidEvent` unless `binary`.
    """
    form = _media(delivery.headers.get("content-type", ""))
    if form.startswith(_FORMAT) and form not in {f"{_FORMAT}+json", f"{_FORMAT}-batch+json"}:
        raise InvalidEvent("is in a format of CloudEvents other than JSON")
    if not form.startswith(_FORMAT) and "ce-specversion" in delivery.headers:
        yield "", _binary(delivery, allowed=binary)
        return
    body = load(delivery.body)
    if form == f"{_FORMAT}-batch+json" or isinstance(body, list):
        if not isinstance(body, list) or len(body) > MOST_EVENTS:
            raise InvalidEvent(f"a batch is a list of at most {MOST_EVENTS} events")
        yield from ((f"/{place}", event) for place, event in enumerate(body))
    else:
        yield "", body


def _binary(delivery: Delivery, *, allowed: bool) -> dict[str, Any]:
    if not allowed:
        raise InvalidEvent("is in binary mode, whose headers this connection's scheme does not sign")
    try:
        event: dict[str, Any] = {
            name.removeprefix("ce-"): unquote(value.strip(), errors="strict")
            for name, value in delivery.headers.items()
            if name.startswith("ce-")
        }
    except UnicodeDecodeError:
        raise InvalidEvent("has an attribute that is not text in UTF-8") from None
    given = delivery.headers.get("content-type", "")
    if delivery.body and _is_json(given):
        event["data"] = load(delivery.body)
    return event | ({"datacontenttype": given} if given else {})


def envelope_of(members: Members) -> dict[str, Any]:
    """The attributes, checked: the four that every event has, the time, and the subject."""
    if members.text("specversion") != "1.0":
        raise InvalidEvent('is not "1.0"', "/specversion")
    for name in ("id", "source", "type"):
        needed(members.text(name, 1024), f"/{name}")
    time = members.instant("time")
    for name in ("subject", "dataschema", "datacontenttype"):
        members.text(name, 1024)
    envelope = {name: value for name, value in members.values.items() if isinstance(value, str | int | bool)}
    return envelope | ({"time": format_instant(time)} if time else {})


def data_of(event: Mapping[str, Any]) -> Any:
    """The data, if they are JSON; None for other kinds, and where there are none."""
    if "data_base64" not in event:
        return event.get("data") if _is_json(event.get("datacontenttype") or "") else None
    if "data" in event:
        raise InvalidEvent("stands beside data", "/data_base64")
    try:
        decoded = b64decode(Members(event).text("data_base64", 2**20) or "", validate=True)
    except ValueError:
        raise InvalidEvent("is no base64", "/data_base64") from None
    if not _is_json(event.get("datacontenttype") or ""):
        return None
    try:
        return load(decoded)
    except InvalidEvent as wrong:
        raise InvalidEvent(wrong.detail, "/data_base64") from None


def _media(text: str) -> str:
    return text.partition(";")[0].strip().lower()


def _is_json(content_type: Any) -> bool:
    media = _media(content_type) if isinstance(content_type, str) else "?"
    return media == "" or media.endswith(("/json", "+json"))
