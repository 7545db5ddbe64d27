"""GET /v1/breaches/{id}, POST /v1/breaches/{id}/cause and so on: a breach is worked like an incident."""

import json
from datetime import timedelta
from typing import Any

import pytest

from slaclock import ENGINE_VERSION
from slaclock.domain.case_entry import ENTRIES
from slaclock.domain.casework import MOST_ENTRIES
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import public_id
from slaclock.domain.instants import parse_instant
from slaclock.domain.replay import replay
from slaclock.records.breach_view import MOST_SHOWN
from tests.functions.test_records import ARN, BREACH_KEY, LEVEL_KEY, ask, breached, found, opened, take
from tests.functions.world import World

SUBJECT = "ticket#example#4711"
BREACH = public_id(SUBJECT, BREACH_KEY)
DUE = "2026-04-30"
BODIES: dict[str, dict[str, str]] = {
    "cause": {"cause": "third party", "note": "the line was cut"},
    "note": {"note": "the customer was called"},
    "remedy": {"remedy": "a second line", "owner": "kim", "due": DUE},
    "review": {"note": "the second line helps", "outcome": "closed"},
    "dispute": {"decision": "raised", "reason": "we were away"},
}


@pytest.fixture
def world() -> World:
    """A ticket whose resolution was breached a minute ago."""
    world = World("2026-03-27T14:05:00Z")
    breached(world)
    return world


def write(
    world: World, entry: str, body: Any = None, key: str = BREACH_KEY, **request: Any
) -> tuple[int, Any]:
    """Status and answer; each entry comes a second after the one before."""
    world.time += timedelta(seconds=1)
    path = f"/v1/breaches/{public_id(SUBJECT, key)}/{entry}"
    status, answer, _ = ask(world, "POST", path, body=BODIES[entry] if body is None else body, **request)
    return status, answer


def decide(world: World, decision: str) -> tuple[int, Any]:
    return write(world, "dispute", {"decision": decision, "reason": "so"})


def shown(world: World, key: str = BREACH_KEY) -> dict[str, Any]:
    status, body, _ = ask(world, "GET", f"/v1/breaches/{public_id(SUBJECT, key)}")
    assert status == 200, body
    answer: dict[str, Any] = body
    return answer


def late(world: World, at: str, kind: str, **said: Any) -> None:
    """Something of the day of the breach reaches us now."""
    event = TicketEvent(
        f"{at} {kind}", "example", "4711", kind, parse_instant(f"2026-03-27T{at}Z"), world.time, said
    )
    assert world.workflow.take(event)


def enter(world: World, begins: str, ends: str) -> None:
    """Exclude a span of the day of the breach, now; the exclusion is called after its beginning."""
    span = [parse_instant(f"2026-03-27T{at}Z") for at in (begins, ends)]
    entered = Exclusion(begins, "example", span[0], span[1], "force majeure", "ada", world.time)
    world.memory.exclude(entered)
    world.workflow.take(entered.on("4711"))


# -- what is written -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("cause", {"root_cause": "third-party", "note": "the line was cut"}),
        ("note", BODIES["note"]),
        ("remedy", BODIES["remedy"]),
        ("review", BODIES["review"]),
        ("dispute", BODIES["dispute"]),
    ],
)
def test_an_entry_is_a_row_with_who_and_when(world: World, entry: str, said: dict[str, str]) -> None:
    """201; IAM's word counts, not the body's, and the row is in the chain and in the ledger."""
    status, row = write(world, entry, {**BODIES[entry], "by": "somebody"}, caller=ARN)
    assert status == 201
    assert {name: row[name] for name in said} == said
    assert (row["fact"], row["breach"], row["by"]) == (f"case_{entry}", BREACH, ARN)
    assert (row["at"], row["recorded_at"]) == ("2026-03-27T18:06:01Z", "2026-03-27T18:06:01Z")
    assert (row["kind"], row["clause"], row["due_at"]) == ("resolution", "§4.2", "2026-03-27T18:05:00Z")
    saved = world.memory.load(SUBJECT).saved
    assert saved is not None
    assert (row["hash"], row["seq"]) == (saved.head, saved.seq)
    logged = world.memory.life(SUBJECT).log[-1]
    assert (row["cause"], row["cause_hash"]) == (logged.given.id, logged.hash)
    ledger = world.memory.tables["ledger"].values()
    assert [item["hash"] for item in ledger if item["sk"].startswith("case_")] == [row["hash"]]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (
            "\u539f\u56e0\u3000\u8abf\u67fb\u4e2d",
            "\u539f\u56e0 \u8abf\u67fb\u4e2d",
        ),  # a space of a Japanese keyboard
        ("retard\u00a0: oui", "retard : oui"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),  # Persian
    ],
)
def test_an_entry_is_written_in_any_script(world: World, typed: str, kept: str) -> None:
    """By whomever: what was taken can be read again, and the ticket goes on."""
    status, row = write(world, "note", {"note": typed, "by": typed})
    assert (status, row["note"], row["by"]) == (201, kept, kept)
    assert [each["note"] for each in shown(world)["case"]["notes"]] == [kept]
    solved = parse_instant("2026-03-27T17:00:00Z")
    assert world.workflow.take(
        TicketEvent("late", "example", "4711", "solved", solved, world.time, {"status": "solved"})
    )


def test_an_entry_that_could_not_be_typed_any_more_is_read_and_its_ticket_goes_on(world: World) -> None:
    """A character of another Unicode than the reader's: its Python takes it for none that can be printed."""
    assert write(world, "note")[0] == 201
    for item in world.memory.tables["tickets"].values():
        if "body" in item:
            item["body"] = item["body"].replace("was called", "was \U0010fffd")
    assert [each["note"] for each in shown(world)["case"]["notes"]] == ["the customer was \U0010fffd"]
    assert write(world, "cause")[0] == 201
    solved = parse_instant("2026-03-27T17:00:00Z")
    late = TicketEvent("late", "example", "4711", "solved", solved, world.time, {"status": "solved"})
    assert world.workflow.take(late)
    assert shown(world)["status"] == "corrected"


def test_a_log_that_can_not_be_read_is_not_taken_for_a_breach_that_is_not_there(world: World) -> None:
    """404 would say that nobody ever told of it, and 422 that who asks is wrong; nothing of it is quoted."""
    for item in world.memory.tables["tickets"].values():
        if item["sk"].startswith("GIVEN#"):
            item["body"] = item["body"].replace('"2026-', '"soon')
    status, body, _ = ask(world, "GET", f"/v1/breaches/{BREACH}")
    assert (status, body["detail"]) == (500, "a fault of ours; it was logged")


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_that_is_posted_again_is_one(world: World, entry: str) -> None:
    """Who did not hear the answer asks again, and hears the same; nothing is written."""
    first, saved = write(world, entry), world.memory.load(SUBJECT)
    world.time += timedelta(seconds=58, microseconds=999_999)  # and one more, in `write`
    assert write(world, entry) == first
    assert world.memory.load(SUBJECT) == saved
    world.time += timedelta(microseconds=1)
    assert write(world, entry)[0] == 201
    assert shown(world)["entries"] == 2


@pytest.mark.parametrize(
    ("then", "entries"),
    [
        ({"cause": "third party", "note": "the line was cut", "by": "eve"}, 3),  # another person
        ({"cause": "third party", "note": "the line was cut!"}, 3),
        ({"cause": "third party"}, 3),  # it says less
        ({"cause": "Third-Party", "note": " the line was cut "}, 2),  # it is kept as the same
    ],
)
def test_what_differs_is_another_entry(world: World, then: dict[str, str], entries: int) -> None:
    """By whom it is said, or by a word."""
    assert write(world, "note")[0] == write(world, "cause")[0] == 201
    assert write(world, "cause", then)[0] == 201
    assert shown(world)["entries"] == entries


def test_what_is_said_again_after_something_else_is_said_anew(world: World) -> None:
    """By whomever: the last one counts, so it must be there. Entries of other kinds are nothing else."""
    for number, (cause, by) in enumerate(
        [
            ("staffing", "ada"),
            ("customer", "ada"),
            ("staffing", "ada"),
            ("customer", "eve"),
            ("staffing", "ada"),
        ]
    ):
        status, row = write(world, "cause", {"cause": cause, "by": by})
        assert (status, row["at"]) == (201, f"2026-03-27T18:06:0{number + 1}Z")
        assert shown(world)["cause"] == cause
    assert write(world, "note")[0] == 201
    assert write(world, "cause", {"cause": "staffing", "by": "ada"})[1]["at"] == "2026-03-27T18:06:05Z"
    assert shown(world)["entries"] == 6


def test_a_dispute_that_is_raised_again_after_a_decision_of_another_is_open(world: World) -> None:
    """Within the minute, and in the same words."""
    raised = {"decision": "raised", "reason": "we were away", "by": "ada"}
    waived = {"decision": "waived", "reason": "so it was", "by": "eve"}
    for said, status in ((raised, "disputed"), (waived, "waived"), (raised, "disputed")):
        assert write(world, "dispute", said)[0] == 201
        assert shown(world)["status"] == status


def test_an_entry_that_is_posted_again_after_the_breach_was_told_anew_is_of_what_stands(world: World) -> None:
    """One input has a row in each telling; the answer is the one of the breach that is named."""
    assert write(world, "note")[1]["revision"] == 0
    for at, said in (("15:00:00", "pending"), ("15:00:30", "open")):
        late(world, at, "status_changed", status=said)
    status, row = write(world, "note", key="clock_breached:resolution:1.1")
    assert (status, row["revision"], row["at"]) == (201, 1, "2026-03-27T18:06:01Z")
    assert row["breach"] == public_id(SUBJECT, "clock_breached:resolution:1.1")


def test_two_requests_that_say_the_same_at_once_write_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither has seen the other's row when it asks; both answer with the one that there is."""
    inner, answers, first = world.workflow.take, [], True

    def beaten(given: Any) -> bool:
        nonlocal first
        if first:
            first = False
            world.time -= timedelta(seconds=1.5)
            answers.append(write(world, "note"))
        return inner(given)

    monkeypatch.setattr(type(world.workflow), "take", lambda _, given: beaten(given))
    assert write(world, "note") == answers[0]
    assert shown(world)["entries"] == 1


def test_an_upheld_dispute_is_upheld_once_for_who_asks_twice(world: World) -> None:
    """Not 409: what was asked for has been done."""
    decide(world, "raised")
    assert decide(world, "upheld") == decide(world, "upheld")


def test_nobody_is_told_of_an_entry(world: World) -> None:
    """It is in the record; no message is made of it."""
    waiting = list(world.memory.waiting(world.time + timedelta(days=1)))
    for entry in ENTRIES:
        assert write(world, entry)[0] == 201
    assert list(world.memory.waiting(world.time + timedelta(days=1))) == waiting


def test_a_closed_tickets_breach_is_worked_like_an_open_ones(world: World) -> None:
    """Weeks later, too."""
    take(world, "4711", "solved", "2026-03-27T19:00:00Z", status="solved")
    world.at("2026-05-27T19:00:00Z")
    assert write(world, "review")[0] == 201
    assert found(world, metric="resolution", **{"from": "2026-01-01"})[0]["reviewed_at"] == (
        "2026-05-27T19:00:01Z"
    )


def test_the_log_alone_tells_the_same(world: World) -> None:
    """Replay equals what the stack did."""
    for entry in ENTRIES:
        write(world, entry)
    take(world, "4711", "solved", "2026-03-27T19:00:00Z", status="solved")
    history, told = world.memory.history(SUBJECT)[0], world.memory.told(SUBJECT)
    again = list(replay(history.given, world.memory.agreements("example"), world.time))
    assert sorted(each.key for each in again) == sorted(each.fact.key for each in told)


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_of_ordinary_length_is_small(world: World, entry: str) -> None:
    """With the longest text, in ASCII, and an ARN: a log's entry has one kibibyte at most, a row two."""
    longest = {"note": "n" * 500, "remedy": "r" * 500, "reason": "r" * 500, "owner": "o" * 64}
    body = {name: longest.get(name, text) for name, text in BODIES[entry].items()}
    assert write(world, entry, body, caller=ARN)[0] == 201
    bounds = {("tickets", "GIVEN#case:"): 1024, ("tickets", "FACT#case"): 2048, ("ledger", "case"): 2048}
    for (table, begin), most in bounds.items():
        (size,) = (
            sum(len(str(name).encode()) + len(str(value).encode()) for name, value in item.items())
            for item in world.memory.tables[table].values()
            if item["sk"].startswith(begin)
        )
        assert size <= most, (table, begin)


# -- what can't be written -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "body", "pointer"),
    [
        ("cause", {}, "/cause"), ("cause", {"cause": ""}, "/cause"), ("cause", {"cause": 7}, "/cause"),
        ("cause", {"cause": "a/b"}, "/cause"), ("cause", {"cause": "staffing", "note": ""}, "/note"),
        ("note", {}, "/note"), ("note", {"note": "x" * 501}, "/note"), ("note", {"note": "a\nb"}, "/note"),
        ("note", {"note": "a\u0007b"}, "/note"), ("note", {"note": " "}, "/note"),
        ("note", {"note": ["a"]}, "/note"), ("note", {"notes": "a"}, "/notes"),
        ("note", {"note": "a", "a/b~": "c"}, "/a~1b~0"), ("note", "[]", ""), ("note", "{", ""),
        ("note", {"note": "a", "by": "a\nb"}, "/by"), ("note", {"note": "a", "by": "x" * 129}, "/by"),
        ("remedy", {"remedy": "a", "owner": "b"}, "/due"), ("remedy", {"remedy": "a", "due": DUE}, "/owner"),
        ("remedy", {"remedy": "a", "owner": "x" * 65, "due": DUE}, "/owner"),
        ("remedy", {"remedy": "a", "owner": "b", "due": "2026-02-30"}, "/due"),
        ("remedy", {"remedy": "a", "owner": "b", "due": "tomorrow"}, "/due"),
        ("review", {"outcome": "closed"}, "/note"), ("dispute", {"decision": "raised"}, "/reason"),
        ("dispute", {"decision": "won", "reason": "a"}, "/decision"),
        ("dispute", {"reason": "a"}, "/decision"),
    ],
)  # fmt: skip
def test_a_wrong_body_is_422_and_names_the_member(world: World, entry: str, body: Any, pointer: str) -> None:
    """As a problem; nothing is written."""
    before = world.memory.load(SUBJECT)
    status, answer = write(world, entry, body)
    assert (status, answer["pointer"]) == (422, pointer)
    assert world.memory.load(SUBJECT) == before


def test_an_unknown_cause_is_422_and_names_those_known(world: World) -> None:
    """In words: those of the agreement's version under which the breach was told."""
    status, answer = write(world, "cause", {"cause": "the weather"})
    assert (status, answer["pointer"]) == (422, "/cause")
    assert answer["detail"] == (
        "acme-gold knows no such cause: one of staffing, communication, unforeseen event, monitoring, "
        "unclear terms, third party, customer"
    )


@pytest.mark.parametrize(
    "key",
    [
        LEVEL_KEY,
        "clock_started:resolution:1.0",
        "clock_breached:resolution:9.0",
        "clock_breached:resolution:1.1",
        "case_note:resolution:1.0:0123456789abcdef",
    ],
)
def test_what_is_no_breach_is_404(world: World, key: str) -> None:
    """A level tells of a breach, and is none: a case has one id."""
    assert write(world, "note", key=key)[0] == 404
    assert ask(world, "GET", f"/v1/breaches/{public_id(SUBJECT, key)}")[0] == 404


@pytest.mark.parametrize(
    "fact_id", ["x", "AAAA", "%20", "..", public_id("ticket#example#nobody", BREACH_KEY)]
)
def test_what_is_no_id_is_404(world: World, fact_id: str) -> None:
    """Whatever stands in its place."""
    assert ask(world, "GET", f"/v1/breaches/{fact_id}")[0] == 404
    assert ask(world, "POST", f"/v1/breaches/{fact_id}/note", body=BODIES["note"])[0] == 404


def test_a_withdrawn_breach_takes_no_entry(world: World) -> None:
    """409: the solving had only reached us late."""
    assert write(world, "note")[0] == 201
    solved = parse_instant("2026-03-27T17:00:00Z")
    assert world.workflow.take(
        TicketEvent("late", "example", "4711", "solved", solved, world.time, {"status": "solved"})
    )
    status, answer = write(world, "note")
    assert (status, answer["detail"]) == (409, "the breach was withdrawn: it did not happen as it was told")
    breach = shown(world)
    assert (breach["status"], breach["entries"]) == ("corrected", 1)
    assert [(each["fact"], each["withdrawn"]) for each in breach["outcomes"]] == [
        ("clock_breached", True),
        ("clock_met", False),
    ]


def test_an_entry_for_an_earlier_telling_says_which_one_stands(world: World) -> None:
    """A pause of which we hear late moves the deadline."""
    for at, said in (("15:00:00", "pending"), ("15:00:30", "open")):
        happened = parse_instant(f"2026-03-27T{at}Z")
        event = TicketEvent(at, "example", "4711", "status_changed", happened, world.time, {"status": said})
        assert world.workflow.take(event)
    again = public_id(SUBJECT, "clock_breached:resolution:1.1")
    status, answer = write(world, "note")
    assert status == 409
    assert answer["detail"].endswith(f"it was told again as {again}")
    assert write(world, "note", key="clock_breached:resolution:1.1")[0] == 201


def test_a_breach_that_came_to_nothing_in_the_end_was_not_told_again(world: World) -> None:
    """Its second telling was withdrawn, too: the answer names none of the two."""
    for at, kind, said in (
        ("15:00:00", "status_changed", "pending"),
        ("15:00:30", "status_changed", "open"),
        ("17:00:00", "solved", "solved"),
    ):
        late(world, at, kind, status=said)
    assert [(each["fact"], each["withdrawn"]) for each in shown(world)["outcomes"]] == [
        ("clock_breached", True),
        ("clock_breached", True),
        ("clock_met", False),
    ]
    for key in (BREACH_KEY, "clock_breached:resolution:1.1"):
        status, answer = write(world, "note", key=key)
        assert (status, answer["detail"]) == (
            409,
            "the breach was withdrawn: it did not happen as it was told",
        )


@pytest.mark.parametrize(("entry", "several"), [("note", "notes"), ("remedy", "remedies")])
def test_a_full_case_takes_no_more_of_them(
    world: World, monkeypatch: pytest.MonkeyPatch, entry: str, several: str
) -> None:
    """409, and nothing is written; what the breach comes to is decided all the same."""
    monkeypatch.setattr("slaclock.domain.casework.MOST_ENTRIES", 2)
    wordings = [{**BODIES[entry], entry: each} for each in "abc"]
    assert [write(world, entry, each)[0] for each in wordings[:2]] == [201, 201]
    status, answer = write(world, entry, wordings[2])
    assert (status, answer["detail"]) == (409, f"the case has 2 {several}: it takes no more of them")
    assert MOST_ENTRIES == 200
    assert len(shown(world)["case"][several]) == 2
    for other in ("cause", "review", "dispute"):
        assert [write(world, other)[0] for _ in range(3)] == [201, 201, 201]


def test_what_was_waived_is_waived_when_it_is_told_anew(world: World) -> None:
    """Also where late evidence moves the deadline past the waiver: the case goes with the breach."""
    for entry in ENTRIES:
        assert write(world, entry)[0] == 201
    assert decide(world, "waived")[0] == 201
    for at, said in (("15:00:00", "pending"), ("15:10:00", "open")):
        world.at(f"2026-03-27T20:{at[3:]}Z")
        late(world, at, "status_changed", status=said)
    again = shown(world, "clock_breached:resolution:1.1")
    assert (again["due_at"], again["status"], again["entries"]) == ("2026-03-27T18:15:00Z", "waived", 6)
    assert (again["cause"], again["remedy_owner"], again["dispute_at"]) == (
        "third-party",
        "kim",
        "2026-03-27T18:06:06Z",
    )
    assert [(each["revision"], each["status"]) for each in found(world, metric="resolution")] == [
        (0, "corrected"),
        (1, "waived"),
    ]


def test_an_entry_by_a_clock_that_is_behind_ours_is_taken(world: World) -> None:
    """Before the deadline by its own time, it is about a breach that was told."""
    world.time = parse_instant("2026-03-27T18:04:00Z")
    status, row = decide(world, "waived")
    assert (status, row["at"]) == (201, "2026-03-27T18:04:01Z")
    world.at("2026-03-27T18:10:00Z")
    assert shown(world)["status"] == "waived"


def test_an_entry_that_was_refused_is_not_in_the_log(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Late evidence takes the breach away while somebody waives it: 409, and it stays so."""
    inner, first = type(world.workflow).take, True

    def beaten(workflow: Any, given: Any) -> bool:
        nonlocal first
        if first:
            first = False
            late(world, "17:00:00", "solved", status="solved")
        return inner(workflow, given)

    monkeypatch.setattr(type(world.workflow), "take", beaten)
    before = len(world.memory.life(SUBJECT).log)
    status, answer = decide(world, "waived")
    assert (status, answer["detail"]) == (409, "the breach was withdrawn: it did not happen as it was told")
    log = world.memory.life(SUBJECT).log
    assert [type(each.given).__name__ for each in log[before:]] == ["TicketEvent"]


# -- statuses --------------------------------------------------------------------------------------------


def test_a_dispute_decides_the_status_until_it_is_decided_itself(world: World) -> None:
    """Upheld, the breach is what it was; waived, it is waived, until it is disputed again."""
    seen = []
    for decision in ("raised", "upheld", "raised", "waived", "raised"):
        assert decide(world, decision)[0] == 201
        seen.append(shown(world)["status"])
    assert seen == ["disputed", "open", "disputed", "waived", "disputed"]


def test_nothing_is_upheld_that_nobody_disputed(world: World) -> None:
    """409; a waiver needs no dispute."""
    status, answer = decide(world, "upheld")
    assert (status, answer["detail"]) == (409, "no dispute is open: there is nothing to uphold")
    assert decide(world, "waived")[0] == 201
    assert decide(world, "upheld")[0] == 409
    assert shown(world)["status"] == "waived"


def test_two_who_decide_at_once_do_not_decide_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads while the other one writes hears of it."""
    assert decide(world, "raised")[0] == 201
    inner, first = world.workflow.take, True

    def beaten(given: Any) -> bool:
        nonlocal first
        if first:
            first = False
            world.time -= timedelta(seconds=1.5)
            assert decide(world, "upheld")[0] == 201
        return inner(given)

    monkeypatch.setattr(type(world.workflow), "take", lambda _, given: beaten(given))
    assert write(world, "dispute", {"decision": "upheld", "reason": "so", "by": "eve"})[0] == 409
    assert [each["decision"] for each in shown(world)["case"]["disputes"]] == ["raised", "upheld"]


# -- what is shown ---------------------------------------------------------------------------------------


def test_a_breach_is_shown_with_its_case_and_its_rows(world: World) -> None:
    """All that was written, and what the list says of it."""
    for entry in ENTRIES:
        write(world, entry)
    breach = shown(world)
    in_list = found(world, metric="resolution")[0]
    assert {name: breach[name] for name in in_list} == in_list
    assert {name: breach[name] for name in ("cause", "remedy", "remedy_owner", "remedy_due")} == {
        "cause": "third-party",
        "remedy": "a second line",
        "remedy_owner": "kim",
        "remedy_due": DUE,
    }
    assert (breach["review_outcome"], breach["dispute"]) == ("closed", "raised")
    assert (breach["dispute_by"], breach["entries"]) == ("local", 5)
    (cause,) = breach["case"]["causes"]
    assert cause == {
        "id": breach["rows"][1]["id"],
        "cause": "third-party",
        "note": "the line was cut",
        "by": "local",
        "at": "2026-03-27T18:06:01Z",
        "recorded_at": "2026-03-27T18:06:01Z",
    }
    facts = [row["fact"] for row in breach["rows"]]
    assert facts == ["clock_breached", *(f"case_{each}" for each in ENTRIES)]
    assert {row["engine"] for row in breach["rows"]} == {ENGINE_VERSION}
    assert all(row["hash"] and row["recorded_at"] and row["seq"] for row in breach["rows"])
    assert (breach["exclusions"], breach["left_out"]) == ([], 0)
    assert [(each["fact"], each["withdrawn"]) for each in breach["outcomes"]] == [("clock_breached", False)]


def test_of_a_long_case_the_latest_rows_are_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is bounded, whatever was written; it says how much is left out, and counts all entries."""
    monkeypatch.setattr("slaclock.records.breach_view.MOST_SHOWN", 2)
    assert MOST_SHOWN == 500
    for note in "abc":
        write(world, "note", {"note": note})
    breach = shown(world)
    assert [row["fact"] for row in breach["rows"]] == ["clock_breached", "case_note", "case_note"]
    assert [each["note"] for each in breach["case"]["notes"]] == ["b", "c"]
    assert (breach["entries"], breach["left_out"]) == (3, 1)
    write(world, "cause")
    assert shown(world)["cause"] == "third-party"


def test_the_entries_of_a_case_are_in_the_order_of_their_times(world: World) -> None:
    """Whichever was recorded first: somebody's clock may be behind."""
    for note, behind in (("b", 0), ("c", 0), ("a", 4)):
        world.time -= timedelta(seconds=behind)
        assert write(world, "note", {"note": note})[0] == 201
    assert [each["note"] for each in shown(world)["case"]["notes"]] == ["a", "b", "c"]


def test_of_several_entries_of_a_kind_the_last_one_counts(world: World) -> None:
    """All of them are in the case."""
    for cause in ("staffing", "Monitoring"):
        assert write(world, "cause", {"cause": cause})[0] == 201
    breach = shown(world)
    assert breach["cause"] == "monitoring"
    assert [each["cause"] for each in breach["case"]["causes"]] == ["staffing", "monitoring"]


def test_what_was_recorded_by_another_engine_says_so(world: World) -> None:
    """The engine is the row's, not the reader's; an entry is told by this one."""
    for table in world.memory.tables.values():
        for item in table.values():
            if "body" in item:
                item["body"] = item["body"].replace('"engine":"', '"engine":"0.0.0-')
    assert write(world, "note")[0] == 201
    breach, note = shown(world)["rows"]
    assert breach["engine"] == f"0.0.0-{note['engine']}"


def test_an_exclusion_entered_afterwards_is_shown_with_its_corrections(world: World) -> None:
    """Force majeure: what fell away by it, and what stands now; what was entered before the breach is not."""
    begins, ends = (parse_instant(f"2026-03-27T{at}:00Z") for at in ("15:00", "15:30"))
    entered = world.time + timedelta(hours=2)
    scope = {"agreement": "acme-gold", "target": "resolution"}
    storm = Exclusion("storm", "example", begins, ends, "force majeure", "ada", entered, scope)
    other = Exclusion("other", "example", begins, ends, "move", "ada", entered, {"target": "first_response"})
    world.at("2026-03-27T20:06:00Z")
    for each in (storm, other):
        world.memory.exclude(each)
        world.workflow.take(each.on("4711"))
    breach = shown(world)
    (exclusion,) = breach["exclusions"]
    correction = exclusion.pop("corrections")
    assert exclusion == {
        "id": "storm",
        "from": "2026-03-27T15:00:00Z",
        "to": "2026-03-27T15:30:00Z",
        "reason": "force majeure",
        "by": "ada",
        "entered_at": "2026-03-27T20:06:00Z",
        "recorded_at": "2026-03-27T20:06:00Z",
    }
    assert [(each["corrects"], each["at"]) for each in correction] == [(BREACH, "2026-03-27T20:06:00Z")]
    assert correction[0]["id"] in [row["id"] for row in breach["rows"]]
    assert breach["status"] == "corrected"
    again = shown(world, "clock_breached:resolution:1.1")
    assert (again["status"], again["due_at"]) == ("open", "2026-03-27T18:35:00Z")
    assert [each["id"] for each in again["exclusions"]] == ["storm"]


def test_an_exclusion_that_moved_a_breach_is_shown_with_what_stands(world: World) -> None:
    """Though it was entered before the deadline that it made; it came after the first one."""
    world.at("2026-03-27T18:10:00Z")
    enter(world, "15:00:00", "15:30:00")
    world.at("2026-03-27T18:36:00Z")
    world.workflow.wake(SUBJECT, "timer")
    again = shown(world, "clock_breached:resolution:1.1")
    assert (again["status"], again["due_at"]) == ("open", "2026-03-27T18:35:00Z")
    assert [(each["id"], len(each["corrections"])) for each in again["exclusions"]] == [("15:00:00", 1)]


@pytest.mark.parametrize(
    ("begins", "ends", "listed"),
    [
        ("14:00:00", "14:05:00", []),  # until the ticket came
        ("14:00:00", "14:05:01", ["14:00:00"]),
        ("18:04:59", "18:30:00", ["18:04:59"]),
        ("18:05:00", "18:30:00", []),  # from the deadline on
    ],
)
def test_an_exclusion_that_touches_nothing_is_not_shown(
    world: World, begins: str, ends: str, listed: list[str]
) -> None:
    """Some of its time must lie between the beginning of the cycle and the deadline."""
    world.at("2026-03-27T20:00:00Z")
    enter(world, begins, ends)
    assert [each["id"] for each in shown(world)["exclusions"]] == listed


@pytest.mark.parametrize(
    ("begins", "ends", "listed"),
    [
        ("12:50:00", "13:05:00", []),  # until the ticket came, as is now known
        ("12:50:00", "13:05:01", ["12:50:00"]),
        ("13:12:00", "13:18:00", ["13:10:00", "13:12:00"]),  # within another one: it corrects nothing
    ],
)
def test_a_cycle_that_began_earlier_than_was_told_has_the_exclusions_since(
    world: World, begins: str, ends: str, listed: list[str]
) -> None:
    """We heard late that the ticket was there an hour before."""
    world.time += timedelta(hours=1)
    customer = {"id": "acme", "name": "Acme A/S"}
    late(world, "13:05:00", "created", status="new", priority="urgent", customer=customer)
    if len(listed) > 1:
        enter(world, "13:10:00", "13:20:00")
    enter(world, begins, ends)
    stands = shown(world)["outcomes"][-1]["revision"]
    seen = shown(world, f"clock_breached:resolution:1.{stands}")["exclusions"]
    assert [each["id"] for each in seen] == listed


@pytest.mark.parametrize(("seconds", "listed"), [(0, []), (1, ["15:05:00"])])
def test_an_exclusion_entered_at_the_instant_of_the_breach_was_there_before(
    seconds: int, listed: list[str]
) -> None:
    """Inputs come before moments. It lies within another one, so it moves nothing."""
    world = World("2026-03-27T14:05:00Z")
    opened(world)
    world.at("2026-03-27T15:30:00Z")
    enter(world, "15:00:00", "15:30:00")
    world.at(f"2026-03-27T18:35:0{seconds}Z")
    enter(world, "15:05:00", "15:10:00")
    world.workflow.wake(SUBJECT, "timer")
    breach = shown(world)
    assert (breach["due_at"], [each["id"] for each in breach["exclusions"]]) == (
        "2026-03-27T18:35:00Z",
        listed,
    )


def test_an_exclusion_that_corrected_an_earlier_telling_stays_in_view() -> None:
    """The deadline that stands lies before it by now; the correction was its doing all the same."""
    world = World("2026-03-27T14:05:00Z")
    opened(world)
    for at, said in (("15:00:00", "pending"), ("15:30:00", "open")):
        world.at(f"2026-03-27T{at}Z")
        late(world, at, "status_changed", status=said)
    world.at("2026-03-27T20:00:00Z")
    world.workflow.wake(SUBJECT, "timer")
    enter(world, "18:20:00", "18:30:00")
    late(world, "15:10:00", "status_changed", status="open")
    again = shown(world, "clock_breached:resolution:1.2")
    assert (again["status"], again["due_at"]) == ("open", "2026-03-27T18:15:00Z")
    assert [(each["id"], len(each["corrections"])) for each in again["exclusions"]] == [("18:20:00", 1)]


# -- what is found ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "targets"),
    [
        ({"status": "open"}, ["first_response"]),
        ({"status": "disputed"}, ["resolution"]),
        ({"status": "waived"}, []),
        ({"kind": "response"}, ["first_response"]),
        ({"kind": "quality"}, []),
        ({"cause": "third-party"}, ["resolution"]),
        ({"cause": "Third party"}, ["resolution"]),
        ({"cause": "staffing"}, []),
        ({"service": "mail"}, ["first_response", "resolution"]),
        ({"service": "phone"}, []),
        ({"kind": "resolution", "status": "disputed", "service": "mail"}, ["resolution"]),
    ],
)
def test_breaches_are_found_by_status_kind_service_and_cause(
    asked: dict[str, str], targets: list[str]
) -> None:
    """Status and cause as they are now, kind and service as they were at the breach."""
    world = World("2026-03-27T14:05:00Z")
    breached(world, service={"id": "mail", "name": "Mail"})
    write(world, "cause")
    write(world, "dispute")
    assert [each["target"] for each in found(world, **asked)] == targets
    for each in found(world, **asked):
        assert each["service"] == "mail"


def test_csv_and_ndjson_say_the_same_of_a_case(world: World) -> None:
    """A remedy is somebody's words: no spreadsheet runs it."""
    write(world, "remedy", {"remedy": "=cmd()", "owner": "+kim", "due": DUE})
    query = {"account": "example", "metric": "resolution"}
    _, csv, _ = ask(world, "GET", "/v1/breaches", query=query, headers={"Accept": "text/csv"})
    _, lines, _ = ask(world, "GET", "/v1/breaches", query=query, headers={"Accept": "application/x-ndjson"})
    assert f""","'=cmd()","'+kim","{DUE}",""" in csv
    assert json.loads(lines)["remedy"] == "=cmd()"


@pytest.mark.parametrize(("method", "entry"), [("GET", "note"), ("PUT", "cause"), ("DELETE", "dispute")])
def test_a_method_that_a_path_does_not_have_is_405(world: World, method: str, entry: str) -> None:
    """The answer says which it has."""
    status, _, headers = ask(world, method, f"/v1/breaches/{BREACH}/{entry}")
    assert (status, headers["allow"]) == (405, "POST")
    assert ask(world, "POST", f"/v1/breaches/{BREACH}")[0] == 405


def test_a_key_that_can_not_be_had_is_503(world: World) -> None:
    """A page without a next one needs none."""
    world.settings.environ["LINK_KEY"] = "gone"  # type: ignore[index]
    query = {"account": "example"}
    assert ask(world, "GET", "/v1/breaches", query=query)[0] == 200
    status, body, headers = ask(world, "GET", "/v1/breaches", query={**query, "limit": "1"})
    assert (status, headers["retry-after"]) == (503, "1")
    assert "gone" not in body["detail"]
