"""Evidence that was cut off: every proof in it is genuine, and what came later is left out."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from slaclock.evidence.bundle import Record
from slaclock.evidence.reading import known_of, links_of
from slaclock.evidence.rows import rows_of
from slaclock.evidence.stepping import folded, step_to_json
from slaclock.records.evidence import record_of
from slaclock.records.proving import Proving
from tests.spec.evidencing import SUBJECT, Desk, Sealing, checked, plain, stamped
from tests.spec.test_evidence import breached as of_two_days
from tests.spec.test_evidence import made
from tests.spec.test_evidence_tampered import desk as busy


def cut(desk: Desk, whole: dict[str, Any], last: int) -> dict[str, Any]:
    """All that was recorded up to a link, with whatever proofs there are of it, stamped."""
    short = copy.deepcopy(whole)
    for member in ("log", "facts"):
        short[member] = [each for each in short[member] if each["seq"] <= last]
    logged = {each["given"].get("id") for each in short["log"]}
    short["exclusions"] = [each for each in short["exclusions"] if each["id"] in logged]
    short["rows"] = rows_of(short["facts"], short["breach"])
    seals = Sealing(record_of(desk.life))
    sealed = Proving(seals).of(SUBJECT, Record(short["log"], short["facts"]), short["breach"])
    short["proofs"], short["seals"] = list(sealed.proofs), dict(sealed.seals)
    short["fold"] = [step_to_json(step) for step in folded(links_of(short), known_of(short))[0]]
    return stamped(plain(short))


@pytest.mark.parametrize(
    ("desk", "target", "sealed"),
    [
        (of_two_days(), "first_response", {3: "2026-03-26", 5: "2026-03-27"}),
        (busy(), "first_response", {26: "2026-03-26"}),
        (busy(), "resolution", {26: "2026-03-26"}),
    ],
)
def test_what_was_cut_off_is_sealed_only_where_a_day_ended(
    desk: Desk, target: str, sealed: dict[int, str]
) -> None:
    """At any other link no head is that link's, whatever rows before it are proven; then its day is said."""
    breach = next(each.id for each in desk.breaches if each.lane == target)
    whole = desk.bundle(breach, Sealing(record_of(desk.life)))
    told = next(each["seq"] for each in whole["facts"] if each["fact"]["id"] == breach)
    verdicts = {
        last: checked(cut(desk, whole, last))
        for last in range(told, len(whole["log"]) + len(whole["facts"]) + 1)
    }
    held = {last: verdict.as_of for last, verdict in verdicts.items() if verdict.outcome == "holds"}
    assert {last: seal["day"] if seal else None for last, seal in held.items()} == sealed
    assert all(verdict.as_of is None for last, verdict in verdicts.items() if last not in sealed)


def test_a_row_at_the_end_shows_no_end() -> None:
    """With its day's head left out, its own proof says nothing of what came after it."""
    whole = made()
    whole["proofs"] = [each for each in whole["proofs"] if each["leaf"]["kind"] != "head"]
    verdict = checked(stamped(whole))
    assert verdict.outcome == "not sealed yet"
    said = next(line.said for line in verdict.lines if line.check == "sealed")
    assert said == "links 1 to 5 of the ticket's record came after the latest seal of it"


def test_one_link_that_no_seal_is_of_is_named_as_one() -> None:
    """`link 26`, not `links 26 to 26`."""
    desk = busy()
    whole = desk.bundle(desk.breaches[0].id, Sealing(record_of(desk.life)))
    short = cut(desk, whole, 25)
    seals = Sealing(Record(short["log"], short["facts"]))
    found = desk.bundle(desk.breaches[0].id, seals)
    said = next(line.said for line in checked(found).lines if line.check == "sealed")
    assert said == "link 26 of the ticket's record came after the latest seal of it"
