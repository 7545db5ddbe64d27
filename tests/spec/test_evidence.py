"""What evidence says of a breach, and what the check of it says to whoever relies on it."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import public_id
from slaclock.domain.inputs import Wake
from slaclock.evidence.file import file_name, written
from slaclock.evidence.verdict import MEANINGS, Verdict
from slaclock.evidence.verify import verify
from slaclock.importing import Importer
from slaclock.records.acknowledging import UnknownFact
from slaclock.records.evidence import record_of
from slaclock.store.caching import CachedAgreements
from tests.spec.evidencing import Desk, Sealing, checked, rechained, stamped, trusted
from tests.spec.story import document, target, when
from tests.spec.test_lives import START, event

ROOT = Path(__file__).parents[2]
PROMISE = document(target("first_response", {"high": "1h", "low": "3h"}), title="Gold")
TIME = Wake("timer")


def opened(**attributes: Any) -> TicketEvent:
    said = {"status": "new", "priority": "high", **attributes}
    return TicketEvent("00", "acme", "1", "created", START, START, attributes=said)


def breached(*others: dict[str, Any], **attributes: Any) -> Desk:
    """A ticket of Thursday, 15:00, that nobody answered before Friday."""
    desk = Desk()
    desk.publish(PROMISE, *others)
    desk.give(START, opened(**attributes))
    desk.give(when("Thu 16:00"), TIME)
    desk.give(when("Fri 09:10"), event(1, "agent", 1090, 0))
    return desk


@cache
def _desk() -> Desk:
    return breached()


def made(*, until: str | None = "2026-03-27", key: int = 1) -> dict[str, Any]:
    """Its evidence, with the days sealed up to one."""
    desk = _desk()
    seals = Sealing(record_of(desk.life), until=date.fromisoformat(until), key=key) if until else None
    return desk.bundle(desk.breaches[0].id, seals)


def line(verdict: Verdict, check: str) -> tuple[bool | None, str, str]:
    found = next(each for each in verdict.lines if each.check == check)
    return found.holds, found.pointer, found.said


def test_a_bundle_is_as_its_schema_says() -> None:
    """docs/schemas has the one by which it is checked."""
    published = json.loads((ROOT / "docs/schemas/evidence-1.schema.json").read_text("utf-8"))
    packaged = ROOT / "layers/core/slaclock/evidence/evidence-1.schema.json"
    assert published == json.loads(packaged.read_text("utf-8"))
    fastjsonschema.validate(published, made())


def test_every_check_says_what_its_failure_means() -> None:
    """In the order of checking."""
    day = date(2026, 3, 27)
    root = made()["seals"][day.isoformat()]["seal"]["root"]
    verdict = checked(made(), not_before=day, roots={day: root})
    assert [each.check for each in verdict.lines] == list(MEANINGS)


def test_it_says_what_was_promised_and_what_was_worked() -> None:
    """In a sentence, by the version of the agreement."""
    said = (
        "gold version 1 promises 1h for first_response; due at 2026-03-26T15:00:00Z, 3600 of 3600 seconds "
        "worked: breached"
    )
    assert line(checked(made()), "derived") == (True, "", said)


def test_the_steps_show_each_clock_as_it_stood() -> None:
    """What came in, what was told, how long was worked, and when it was due."""
    _, second, third = made()["fold"]
    clock = {
        "clock": "first_response",
        "agreement": "gold",
        "agreement_version": 1,
        "cycle": 1,
        "revision": 0,
        "budget": "1h",
        "due_at": "2026-03-26T15:00:00Z",
    }
    assert second == {
        "at": "2026-03-26T15:00:00Z",
        "inputs": [],
        "told": [{"seq": 3, "fact": "clock_breached:first_response:1.0"}],
        "clocks": [{**clock, "state": "breached", "worked_seconds": 3600}],
    }
    assert third["inputs"] == [{"seq": 4, "id": "01"}]
    assert third["clocks"] == [{**clock, "state": "ended", "worked_seconds": 7800}]


def test_what_no_seal_protects_yet_is_named() -> None:
    """It is no failure, and no proof either."""
    verdict = checked(made(until=None))
    assert verdict.outcome == "not sealed yet"
    said = (
        "clock_breached (link 3, recorded at 2026-03-26T15:00:00Z) is in no seal yet; breach_ended (link 5, "
        "recorded at 2026-03-27T08:10:00Z) is in no seal yet; links 1 to 5 of the ticket's record came after "
        "the latest seal of it"
    )
    assert line(verdict, "sealed") == (None, "", said)
    assert [line(verdict, name)[0] for name in ("inclusion", "key", "signature", "file")] == [
        True,
        None,
        None,
        True,
    ]


def test_of_a_breach_that_is_sealed_in_part_the_rest_is_named() -> None:
    """The day of its telling is sealed, that of its end is not."""
    verdict = checked(made(until="2026-03-26"))
    assert verdict.outcome == "not sealed yet"
    assert line(verdict, "sealed")[2] == (
        "breach_ended (link 5, recorded at 2026-03-27T08:10:00Z) is in no seal yet; links 4 to 5 of the "
        "ticket's record came after the latest seal of it"
    )


def test_a_key_that_is_not_trusted_proves_nothing() -> None:
    """Whatever else holds; the signature is not even looked at."""
    verdict = checked(made(key=2))
    assert verdict.failed is not None
    assert verdict.failed.check == "key"
    assert verdict.failed.said == f"{trusted(2).fingerprint} is none of the keys you trust"
    assert line(verdict, "signature")[0] is None
    assert checked(made(key=2), 1, 2).outcome == "holds"


def test_a_seal_that_another_signed_under_the_name_of_the_trusted_key_is_found() -> None:
    """Its signature is none of that key."""
    mine, theirs = made(), made(key=2)
    day = max(mine["seals"])
    mine["seals"][day]["signature"] = theirs["seals"][day]["signature"]
    verdict = checked(stamped(mine))
    assert verdict.failed is not None
    assert (verdict.failed.check, verdict.failed.pointer) == ("signature", f"/seals/{day}/signature")


def test_another_version_of_slaclock_refuses_and_names_the_one_to_install() -> None:
    """It does not judge for the other's rules; what is not of the rules is checked all the same."""
    desk, document_ = _desk(), made()
    entries = sorted([*document_["log"], *document_["facts"]], key=lambda each: int(each["seq"]))
    for each in entries:
        if "fact" in each:
            each["fact"]["engine"] = "0.0.9"
    record = rechained(entries)
    verdict = checked(desk.bundle(document_["breach"], Sealing(record), record))
    assert verdict.outcome == "does not hold"
    assert line(verdict, "engine") == (
        False,
        "/facts/1/fact/engine",
        "the breach was told by slaclock 0.0.9; this is 0.1.0: pip install 'slaclock[command]==0.0.9'",
    )
    assert [line(verdict, name)[0] for name in ("derived", "fold", "chain", "signature")] == [
        None,
        None,
        True,
        True,
    ]


def test_nothing_is_said_of_agreements_that_the_ticket_never_was_under() -> None:
    """But for the members that they read, since a change of one makes the choice anew."""
    secret = document(
        target("resolution", "1h"),
        agreement="secret",
        order=1,
        applies_to={"customer": {"any": ["globex"]}, "region": {"any": ["EU"]}},
    )
    desk = breached(secret)
    found = desk.bundle(desk.breaches[0].id, Sealing(record_of(desk.life)))
    assert "globex" not in written(found)
    assert found["reads"] == {"customer": "2026-03-01T00:00:00Z", "region": "2026-03-01T00:00:00Z"}
    assert checked(found).outcome == "holds"


def test_every_version_of_an_agreement_that_was_known_is_there() -> None:
    """For one that did not fit any more kept the other from being chosen."""
    desk = Desk()
    desk.publish(PROMISE)
    desk.give(START, opened())
    desk.now = when("Thu 15:20")
    desk.publish({**PROMISE, "applies_to": {"plan": {"any": ["gold"]}}})
    desk.give(when("Thu 15:30"), event(1, "low", 30, 0))
    desk.give(when("Thu 16:00"), TIME)
    assert desk.breaches == []
    desk.give(when("Thu 16:30"), event(2, "gold", 90, 0))
    desk.give(when("Fri 12:00"), TIME)
    found = desk.bundle(desk.breaches[0].id)
    assert [each["version"] for each in found["agreements"]] == [1, 2]
    assert checked(found).failed is None


def test_an_exclusion_that_was_entered_before_the_ticket_counts() -> None:
    """It is no input of the ticket, so it stands beside the agreements."""
    desk = Desk()
    desk.publish(PROMISE)
    span = when("Thu 15:10"), when("Thu 15:30")
    desk.store.exclude(Exclusion("m-1", "acme", *span, "maintenance", "ada", when("Thu 12:00")))
    desk.store.exclude(Exclusion("m-2", "acme", *span, "other", "ada", when("Thu 12:00"), {"ticket_id": "9"}))
    desk.give(START, opened())
    desk.give(when("Thu 16:20"), TIME)
    found = desk.bundle(desk.breaches[0].id)
    assert [each["id"] for each in found["exclusions"]] == ["m-1"]
    assert line(checked(found), "derived")[2].startswith(
        "gold version 1 promises 1h for first_response; due at 2026-03-26T15:20:00Z"
    )


def test_what_was_entered_at_the_very_instant_of_an_event_need_not_have_been_seen() -> None:
    """Whoever folded the event read the agreements before they were written; both readings are tried."""
    desk = Desk()
    desk.publish(PROMISE)
    desk.give(START, opened())
    span = when("Thu 15:10"), when("Thu 15:30")
    desk.give(START, Exclusion("m-1", "acme", *span, "maintenance", "ada", START, ticket_id="1"))
    desk.give(when("Thu 16:20"), TIME)
    assert checked(desk.bundle(desk.breaches[0].id, Sealing(record_of(desk.life)))).outcome == "holds"


def test_what_was_imported_holds_too() -> None:
    """All its events were logged at once, folded afterwards, and told to nobody."""
    desk = Desk(now=when("Fri 12:00"))
    desk.now = when("Thu 12:00")
    desk.publish(PROMISE)
    desk.now = when("Fri 12:00")
    agreements = CachedAgreements(desk.store, lambda: desk.now)
    importer = Importer(desk.store, agreements, lambda: desk.now, quiet_before=when("Fri 11:00"))
    done = importer.run([[opened(), event(1, "agent", 1090, 0)]])
    assert (done.failed, done.quietly) == ({}, 2)
    found = desk.bundle(desk.breaches[0].id, Sealing(record_of(desk.life)))
    assert [each["inputs"] for each in found["fold"]] == [
        [{"seq": 1, "id": "00"}, {"seq": 2, "id": "01"}],
        [],
    ]
    assert checked(found).outcome == "holds"


def test_a_row_that_came_late_is_proven_by_the_next_days_seal() -> None:
    """It says which day it belongs to."""
    desk = _desk()
    seals = Sealing(record_of(desk.life), late={"clock_breached"})
    found = desk.bundle(desk.breaches[0].id, seals)
    assert [(each["leaf"]["kind"], each["day"]) for each in found["proofs"]] == [
        ("row", "2026-03-27"),
        ("late", "2026-03-27"),
        ("head", "2026-03-27"),
    ]
    assert checked(found).outcome == "holds"


@pytest.mark.parametrize(
    "breach",
    [
        "no-id",
        public_id("ticket#acme#1", "clock_breached:first_response:2.0"),
        public_id("ticket#acme#1", "clock_started:first_response:1.0"),
        public_id("ticket#acme#nobody", "clock_breached:first_response:1.0"),
    ],
)
def test_there_is_no_evidence_of_what_is_no_breach(breach: str) -> None:
    """Under an id that is none, of a cycle that never breached, of another fact, of no ticket."""
    with pytest.raises(UnknownFact):
        _desk().bundle(breach)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "the file is not JSON"),
        (b"[]", "must be object"),
        (b"\xff{}", "the file is not text in UTF-8"),
        (b'{"schema": 1, "schema": 2}', "an object in the file has a member twice"),
        (b'{"schema": 9007199254740993}', "it has no canonical form"),
        (b"{" * 100_000, "the file is not JSON"),
        (b'{"schema": "evidence/1"}', "must contain"),
    ],
)
def test_what_is_no_evidence_is_told_so(file: bytes, said: str) -> None:
    """And nothing else is looked at."""
    verdict = verify(file, [trusted()])
    assert verdict.outcome == "does not hold"
    assert [each.check for each in verdict.lines] == ["schema"]
    assert said in verdict.lines[0].said


@pytest.mark.parametrize(
    ("most", "said"),
    [
        (4, "the file has 5 links: more than 4 are not checked"),
        (5, "it has the shape of evidence/1, and is about one ticket"),
    ],
)
def test_a_file_with_more_links_than_can_be_checked_is_told_so(
    monkeypatch: pytest.MonkeyPatch, most: int, said: str
) -> None:
    """In a plain sentence, and before anything is folded."""
    monkeypatch.setattr("slaclock.evidence.verify.MOST_LINKS", most)
    assert checked(made()).lines[0].said == said


@pytest.mark.parametrize("member", ["rows", "proofs"])
def test_of_rows_and_proofs_there_are_no_more_than_links(member: str) -> None:
    """Each is compared with others: before anything else of the file is looked at."""
    verdict = checked({**made(), member: [None] * 10_001})
    assert [each.check for each in verdict.lines] == ["schema"]
    assert verdict.lines[0].said == f"the file has 10001 {member}: more than 10000 are not checked"


@pytest.mark.parametrize(
    ("account", "ticket", "name"),
    [
        ("acme", "1", "evidence-acme-1-first-response-1.0.json"),
        ("a/c", '../"x"\r\n', "evidence-a-c-x-first-response-1.0.json"),
        ("ключ", "…", "evidence-first-response-1.0.json"),
        ("a" * 100, "-rf", f"evidence-{'a' * 40}-rf-first-response-1.0.json"),
    ],
)
def test_the_files_name_is_safe_wherever_it_is_saved(account: str, ticket: str, name: str) -> None:
    """Letters, digits, dots and hyphens, whatever a ticket is called."""
    subject = "#".join(each.replace("%", "%25").replace("#", "%23") for each in ("ticket", account, ticket))
    assert file_name({"breach": public_id(subject, "clock_breached:first_response:1.0")}) == name


def test_nothing_of_another_ticket_can_stand_in_for_the_breach() -> None:
    """All that is in it must be about the ticket that its id names."""
    found = made()
    other = {**found, "breach": public_id("ticket#acme#2", "clock_breached:first_response:1.0")}
    assert line(checked(stamped(other)), "schema")[1] == "/ticket"
    found["log"][0]["given"]["ticket_id"] = "2"
    assert line(checked(stamped(found)), "schema")[1] == "/log/0"
