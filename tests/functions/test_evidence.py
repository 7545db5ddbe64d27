"""`GET /v1/breaches/{id}/evidence`: a file, or why there is none."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from slaclock.domain.facts import public_id
from slaclock.records import evidence_http
from tests.functions.test_records import BREACH_KEY, ask, breached
from tests.functions.world import World, refused
from tests.spec.evidencing import checked

BREACH = public_id("ticket#example#4711", BREACH_KEY)


class NoSeals:
    """A bucket in which no day is sealed yet, or that can't be had."""

    fault: Exception | None = None

    def passing(self) -> list[date]:
        if self.fault:
            raise self.fault
        return []

    def read(self, day: date) -> None:
        assert day.year == 2026


def world() -> World:
    found = World("2026-03-27T14:00:00Z")
    found.__dict__["seals"] = NoSeals()
    breached(found)
    return found


def get(found: World, breach: str = BREACH) -> tuple[int, Any, Mapping[str, str]]:
    return ask(found, "GET", f"/v1/breaches/{breach}/evidence")


def test_the_evidence_of_a_breach_is_a_file() -> None:
    """With a name under which a browser saves it; while no day is sealed, nothing contradicts it."""
    status, bundle, headers = get(world())
    assert status == 200
    assert headers["content-disposition"] == (
        'attachment; filename="evidence-example-4711-resolution-1.0.json"'
    )
    assert bundle["breach"] == BREACH
    assert checked(bundle).outcome == "not sealed yet"


@pytest.mark.parametrize(
    "breach", ["x", public_id("ticket#example#4711", "clock_started:resolution:1.0"), f"{BREACH}0"]
)
def test_of_what_is_no_breach_there_is_none(breach: str) -> None:
    """404, as for any other thing that is not there."""
    status, problem, _ = get(world(), breach)
    assert (status, problem["status"], problem["title"]) == (404, 404, "Not Found")


def test_what_is_too_large_for_an_answer_is_had_by_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """413, with the command in its detail."""
    monkeypatch.setattr(evidence_http, "LARGEST", 1000)
    status, problem, _ = get(world())
    assert status == 413
    name = "evidence-example-4711-resolution-1.0.json"
    assert problem["detail"].endswith(f"get it by slaclock evidence get {BREACH} -o {name}")


@pytest.mark.parametrize(("most", "answered"), [(0, 413), (1, 413), (1000, 200)])
def test_what_takes_too_long_to_make_is_had_by_the_command(
    monkeypatch: pytest.MonkeyPatch, most: int, answered: int
) -> None:
    """413 by the number of links, before anything is folded."""
    monkeypatch.setattr(evidence_http, "MOST_LINKS", most)
    status, problem, _ = get(world())
    assert status == answered
    if answered == 413:
        name = "evidence-example-4711-resolution-1.0.json"
        assert problem["detail"] == (
            f"the record of the ticket has more than {most} links: "
            f"get it by slaclock evidence get {BREACH} -o {name}"
        )


@pytest.mark.parametrize(
    "fault", [refused("SlowDown"), EndpointConnectionError(endpoint_url="https://s3.invalid")]
)
def test_where_seals_cannot_be_had_nobody_gets_half_a_proof(fault: Exception) -> None:
    """503: it would look as if nothing were sealed."""
    found = world()
    found.seals.fault = fault  # type: ignore[attr-defined]
    status, problem, headers = get(found)
    assert (status, problem["detail"]) == (503, "seals can't be had just now: ask again")
    assert headers["retry-after"] == "60"


def test_the_path_takes_nothing_else() -> None:
    """405, with what it takes."""
    status, _, headers = ask(world(), "POST", f"/v1/breaches/{BREACH}/evidence")
    assert (status, headers["allow"]) == (405, "GET")


def test_the_file_shows_nobody_who_wrote_to_the_desk() -> None:
    """No requester, no author, no text of a message: the log has none of them."""
    found = json.dumps(get(world())[1])
    assert "requester" not in found
    assert '"body"' not in found
