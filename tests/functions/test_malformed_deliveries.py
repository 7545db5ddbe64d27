"""Deliveries that are not as they should be, to every adapter: never a 5xx, and never one that is lost.

Signed as their helpdesk signs them, so that what is wrong is in the body alone. They begin as the samples of
`events/`: members go missing or are null, of another type, huge or deep; the text is cut, in another
encoding, or no JSON as RFC 7493 has it.
"""

import base64
import copy
import gzip
import json
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slaclock import helpdesks
from slaclock.helpdesks import adapter
from slaclock.helpdesks.connection import connection_from_json
from slaclock.helpdesks.signatures import scheme_of
from tests.functions.world import ROOT, SECRETS, World

NOW = "2026-03-28T12:00:00Z"
LARGEST = 1024 * 1024
# Who writes for us in particular is told what is wrong, and can mend it.
TOLD = {"generic", "cloudevents"}
MAPPINGS = sorted(path.stem for path in (ROOT / "layers/core/slaclock/helpdesks/mappings").glob("*.json"))

Path = tuple[str | int, ...]


def kinds() -> list[str]:
    """Every module that says `KIND`, found as they are found when a connection names one."""
    names = [each.name for each in pkgutil.iter_modules(helpdesks.__path__) if not each.ispkg]
    found = [name for name in names if getattr(_module(name), "KIND", None) == name]
    return sorted({*found, *MAPPINGS} - {"mapping"})


def _module(name: str) -> ModuleType:
    return __import__(f"slaclock.helpdesks.{name}", fromlist=["KIND"])


KINDS = kinds()


class Desk:
    """The webhook's function, with a connection of one kind, over one world for all its examples."""

    def __init__(self, kind: str) -> None:
        self.world = World(NOW)
        self.kind = "mapping" if kind in MAPPINGS else kind
        self.secret = SECRETS["slaclock/hook"]
        document = {"id": kind, "kind": self.kind, "account": "example", "secret": "slaclock/hook"}
        if kind in MAPPINGS:
            document["mapping"] = kind
        self.connection = connection_from_json(document)
        self.world.memory.connect(document)
        self.function = self.world.function("webhook")

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any], list[dict[str, Any]]]:
        """Status, answer, and what was kept of it."""
        scheme = scheme_of(adapter(self.kind), self.connection)
        event = {
            "headers": {**headers, **scheme.sign(self.secret, body, self.world.time)},
            "pathParameters": {"connection": self.connection.id},
            "requestContext": {"http": {"method": "POST"}},
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        return self.answer(event)

    def answer(self, event: dict[str, Any]) -> tuple[int, dict[str, Any], list[dict[str, Any]]]:
        """Status, answer, and what was kept of an event of API Gateway's, or of EventBridge's."""
        self.world.s3.objects.clear()
        answer = self.function.handler(event, None)
        kept = {key: json.loads(value) for key, value in self.world.s3.objects.items()}
        assert all(key.startswith("unmapped/") for key in kept)
        return answer["statusCode"], json.loads(answer["body"]), list(kept.values())


@cache
def desk(kind: str) -> Desk:
    return Desk(kind)


@cache
def samples(kind: str) -> list[dict[str, Any]]:
    files = sorted((ROOT / "events" / kind).glob("*.json"))
    found = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    if kind == "generic":  # whose body names the connection that it is posted to
        found = [{**each, "body": {**each["body"], "connection": kind}} for each in found]
    return found


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    """Where anything is in a document, its inner ends included."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (*here, name)
        yield from paths(inner, (*here, name))


def at(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body


GONE = object()
DEEP: Any = None
for _ in range(40):
    DEEP = [DEEP]
STRANGE = st.one_of(
    st.sampled_from([
        GONE, GONE, None, None, "", " ", "0", "\x00", "\ud800", "x" * 300, "x" * 20_000, "../..#%", "NaN",
        "February 3, 2026", "2026-03-27", "2026-13-45T99:99:99Z", "9999-12-31T23:59:59+14:00",
        "0001-01-01T00:00Z", 0, -1, 1.5, 10**18, 10**400, 1e308, float("nan"), float("inf"), True, False,
        [], {}, [[]], [None], [{}], {"id": None}, {"id": {}}, {"name": []}, ["a"] * 300, DEEP,
    ]),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
)  # fmt: skip


def changed(body: Any, path: Path, value: object) -> Any:
    """The body with another value at a path, or without it."""
    if not path:
        return None if value is GONE else value
    body = copy.deepcopy(body)
    inner = at(body, path[:-1])
    if value is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return body


# What befalls a text on its way, by what it is and where.
BROKEN: list[Callable[[bytes, int], bytes]] = [
    lambda text, where: text[:where],
    lambda text, where: text[:where] + b"\xff" + text[where:],
    lambda text, where: text[:where] + b"\x00" + text[where:],
    lambda text, where: text[:where] + b"NaN" + text[where:],
    lambda text, _: b'{"id": 1, "type": "x", ' + text[1:],
    lambda text, _: text[:-1] + b", " + text[1:],
    lambda text, _: text.decode().encode("utf-16"),
    lambda text, _: text.decode().replace("a", "é").encode("latin-1"),
    lambda text, _: b"\xef\xbb\xbf" + text,
    lambda text, _: gzip.compress(text),
    lambda text, _: b"payload=" + text,
    lambda text, _: b"[" + text + b"]",
    lambda text, _: text + text,
    lambda _, where: b"[" * where + b"]" * where,
    lambda _, where: b'{"a":' * where + b"1" + b"}" * where,
    lambda _, where: str(where).encode(),
    lambda *_: b"",
    lambda *_: b"null",
    lambda *_: b'""',
    lambda text, _: text + b" " * LARGEST,
]


def taken(kind: str, body: bytes, headers: dict[str, str]) -> None:
    """It is answered as it should be, and nothing of it is lost."""
    whole(kind, body, *desk(kind).post(body, headers))


def whole(kind: str, body: bytes, status: int, answer: dict[str, Any], kept: list[dict[str, Any]]) -> None:
    """The answer to a body loses nothing of it."""
    if len(body) > LARGEST:
        assert (status, answer["quarantined"], len(kept)) == (202, 1, 1)
        assert kept[0]["detail"] == "the body is larger than 1 MiB"
        assert base64.b64decode(kept[0]["body"]) == body
        return
    if kind in TOLD and status == 422:
        assert answer["detail"]
        return
    assert status == 202, answer
    assert sum(answer.values()) >= 1
    assert [base64.b64decode(each["body"]) for each in kept] == [body] * answer["quarantined"]
    # A reason that a person can act on, and not the name of a fault of ours.
    assert all(" " in each["detail"] for each in kept), kept


# A busy machine is no finding.
EXAMPLES = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def test_every_kind_has_samples_to_begin_from() -> None:
    """The four shipped mappings are kinds of their own here."""
    assert [kind for kind in KINDS if not samples(kind)] == []
    assert KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_each_sample_as_it_is_comes_in(kind: str) -> None:
    """What the others differ from: taken, or of no concern, and never kept."""
    for sample in samples(kind):
        body = json.dumps(sample["body"]).encode()
        status, answer, kept = desk(kind).post(body, sample.get("headers", {}))
        assert (status, kept) == (202, []), (sample["description"], answer)


@pytest.mark.parametrize("kind", KINDS)
@EXAMPLES
@given(data=st.data())
def test_members_that_are_missing_null_or_of_another_kind_lose_nothing(
    kind: str, data: st.DataObject
) -> None:
    """One to three members of a sample, at any depth, are gone or something else."""
    sample = data.draw(st.sampled_from(samples(kind)))
    body = sample["body"]
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([(), *paths(body)]))
        body = changed(body, path, data.draw(STRANGE))
    headers = dict(sample.get("headers", {}))
    taken(kind, json.dumps(body).encode(), headers)


@pytest.mark.parametrize("kind", KINDS)
@EXAMPLES
@given(data=st.data())
def test_texts_that_are_cut_or_no_json_lose_nothing(kind: str, data: st.DataObject) -> None:
    """Twice the same member, bad UTF-8, NaN, another encoding, too deep, too large, nothing at all."""
    sample = data.draw(st.sampled_from(samples(kind)))
    text = json.dumps(sample["body"]).encode()
    broken = data.draw(st.sampled_from(BROKEN))
    taken(kind, broken(text, data.draw(st.integers(0, len(text)))), dict(sample.get("headers", {})))


@pytest.mark.parametrize("kind", KINDS)
@EXAMPLES
@given(data=st.data())
def test_headers_that_are_missing_or_strange_lose_nothing(kind: str, data: st.DataObject) -> None:
    """Of those that say what a body is: the signature's own are not touched."""
    sample = data.draw(st.sampled_from(samples(kind)))
    names = ["content-type", *sample.get("headers", {})]
    strange = st.sampled_from(
        [None, "", "x", "text/html", "application/json; charset=latin-1", "\x00", "x" * 5000]
    )
    headers = {
        **sample.get("headers", {}),
        **data.draw(st.dictionaries(st.sampled_from(names), strange, min_size=1)),
    }
    given_ = {name: value for name, value in headers.items() if value is not None}
    taken(kind, json.dumps(sample["body"]).encode(), given_)


@EXAMPLES
@given(data=st.data())
def test_partner_events_that_are_strange_lose_nothing(data: st.DataObject) -> None:
    """EventBridge has no sender who could be told, and no signature: each is taken, ignored or kept."""
    sample = data.draw(
        st.sampled_from([each for each in samples("zendesk") if "detail-type" in each["body"]])
    )
    body = sample["body"]
    for _ in range(data.draw(st.integers(0, 3))):
        path = data.draw(st.sampled_from([(), *paths(body)]))
        body = changed(body, path, data.draw(STRANGE))
    event = {"pathParameters": {"connection": "zendesk"}, "partner": body}
    whole("zendesk", json.dumps(body).encode(), *desk("zendesk").answer(event))
