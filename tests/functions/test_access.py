"""Every declared route tried as nobody, as another account or customer, and without its scope."""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from slaclock.access.boundary import Boundary, NotTheirs
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.facts import public_id
from slaclock.domain.instants import parse_instant
from slaclock.domain.keeping import Hold, Keeping
from slaclock.evidence.canonical import content_hash
from slaclock.records import evidence_http
from slaclock.records.declared import Route
from slaclock.records.routes import ROUTES
from slaclock.records.whole import check_whole
from slaclock.store.accesses import Access
from slaclock.store.agreements import account_key
from slaclock.store.errors import StoreUnavailableError
from slaclock.store.keeping import hold_item, retention_item
from slaclock.store.statements import Issued
from tests.functions.events import http_event
from tests.functions.test_credits_route import CREDITS, agree
from tests.functions.test_evidence import NoSeals
from tests.functions.test_records import BREACH_KEY, ask, breached, opened, take
from tests.functions.world import World, refused

BREACH = public_id("ticket#example#4711", BREACH_KEY)
START = parse_instant("2026-03-27T14:05:00Z")
SCOPED = [each for each in ROUTES if each.scope]
SCOPES = " ".join(sorted({str(each.scope) for each in SCOPED}))
OWN = "123456789012"
ROLE = f"arn:aws:sts::{OWN}:assumed-role/legal/ada"
BODIES: Mapping[str, Mapping[str, str]] = {
    "cause": {"cause": "staffing"},
    "note": {"note": "seen"},
    "remedy": {"remedy": "more hands", "owner": "ada", "due": "2026-04-01"},
    "review": {"note": "done", "outcome": "fixed"},
    "dispute": {"decision": "raised", "reason": "we answered"},
    "acknowledge": {},
    "hand-over": {"to": "in-charge"},
}
QUERIES: Mapping[str, Mapping[str, str]] = {
    "/v1/breaches": {"account": "example"},
    "/v1/queue": {"account": "example", "team": "t-1"},
    "/v1/reports/attainment": {"account": "example", "month": "2026-03"},
    "/v1/reports/credits": {"account": "example", "agreement": "acme-gold", "month": "2026-03"},
}
BY_PATH = [each for each in SCOPED if "{" in each.path]
BY_QUERY = [each for each in SCOPED if each.path in QUERIES]


class Iam:
    """IAM, with the tags of one role; `down` makes it fail."""

    def __init__(self, **tags: str) -> None:
        self.tags, self.down = {f"slaclock:{name}": value for name, value in tags.items()}, False

    def list_role_tags(self, **asked: str) -> dict[str, Any]:
        if self.down:
            raise refused("Throttling")
        assert asked == {"RoleName": "legal"}
        return {"Tags": [{"Key": name, "Value": value} for name, value in self.tags.items()]}


def key_of(route: Route) -> str:
    return route.key


def world(kind: str = "jwt", **tags: str) -> World:
    """Acme's ticket, breached, in a stack that lets in by tokens, or by roles with these tags."""
    made = beside({})
    made.settings.environ["AUTHORIZATION"] = kind  # type: ignore[index]
    made.clients["iam"] = Iam(**tags)
    return made


def beside(also: Mapping[str, Any]) -> World:
    """The same by tokens; beside Acme's agreement there may be another one, that says this otherwise."""
    made = World("2026-03-27T14:05:00Z")
    made.__dict__["seals"] = NoSeals()
    agree(made, CREDITS)
    if also:
        _publish_also(made, also)
    breached(made)
    made.settings.environ["AUTHORIZATION"] = "jwt"  # type: ignore[index]
    return made


def token(account: str = "*", customer: str = "*", scope: str = SCOPES) -> dict[str, Any]:
    """What a request with a token has."""
    said = {"sub": "ada", "scope": scope, "slaclock_account": account, "slaclock_customer": customer}
    return {"claims": said}


def tried(
    made: World, route: Route, query: Mapping[str, str] | None = None, **request: Any
) -> tuple[int, Any]:
    """What a route answers about Acme's breach, or its ticket; nobody may notice whom it is hidden from."""
    path = route.path.format(id=BREACH, account="example", ticket_id="4711")
    asked = QUERIES.get(route.path) if query is None else query
    body = BODIES[route.path.rpartition("/")[2]] if route.method == "POST" else None
    status, answer, _ = ask(made, route.method, path, query=asked, body=body, **request)
    return status, answer


def written(made: World) -> Any:
    """All that is stored, but for who was refused."""
    return deepcopy({name: table for name, table in made.memory.tables.items() if name != "accesses"})


# -- every route -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["iam", "jwt"])
@pytest.mark.parametrize("route", SCOPED, ids=key_of)
def test_nobody_is_let_in_nowhere(route: Route, kind: str) -> None:
    """401, though API Gateway handed it on: the template may be mistaken. Nothing is written."""
    made = world(kind)
    before = written(made)
    assert tried(made, route)[0] == 401
    other = {"caller": ROLE} if kind == "jwt" else token()
    assert tried(made, route, **other)[0] == 401
    assert written(made) == before


@pytest.mark.parametrize("route", SCOPED, ids=key_of)
def test_a_token_without_the_scope_is_not_let_in(route: Route) -> None:
    """403 with all the other scopes, and with none."""
    made = world()
    before = written(made)
    others = " ".join(each for each in SCOPES.split() if each != route.scope)
    for scope in (others, "", f"{route.scope}s"):
        status, body = tried(made, route, **token(scope=scope))
        assert status == 403
        assert route.method == "HEAD" or body["detail"] == f"the token lacks the scope {route.scope}"
    assert written(made) == before


@pytest.mark.parametrize("bound", ["token", "tag"])
@pytest.mark.parametrize("route", SCOPED, ids=key_of)
def test_whoever_it_is_for_is_let_in(route: Route, bound: str) -> None:
    """Of Acme's account, and of all of it; by a token, and by the tag of a role."""
    made = world("iam", account="example") if bound == "tag" else world()
    who = {"caller": ROLE} if bound == "tag" else token("example")
    assert tried(made, route, **who)[0] in (200, 201)


@pytest.mark.parametrize("bound", ["token", "tag"])
@pytest.mark.parametrize("route", BY_PATH, ids=key_of)
@pytest.mark.parametrize("beyond", [("other", "*"), ("example", "beta"), ("*", "beta"), ("other", "acme")])
def test_what_a_path_names_beyond_the_boundary_is_not_there(
    route: Route, bound: str, beyond: tuple[str, str]
) -> None:
    """404 word for word as for what never was. Nothing is written."""
    account, customer = beyond
    tags = {name: value for name, value in (("account", account), ("customer", customer)) if value != "*"}
    made = world("iam", **tags) if bound == "tag" else world()
    who: Any = {"caller": ROLE} if bound == "tag" else token(*beyond)
    before = written(made)
    hidden = tried(made, route, **who)
    assert written(made) == before
    assert hidden[0] == 404
    made.memory.tables["tickets"].clear()
    assert tried(made, route, **who) == hidden


@pytest.mark.parametrize("route", BY_PATH, ids=key_of)
def test_a_customers_own_is_his(route: Route) -> None:
    """By its path: the breach, its case, its evidence, the ticket."""
    for account in ("example", "*"):
        assert tried(world(), route, **token(account, "acme"))[0] in (200, 201)


@pytest.mark.parametrize("route", BY_QUERY, ids=key_of)
def test_another_account_can_not_be_asked_for(route: Route) -> None:
    """403, and which parameter it was."""
    status, body = tried(world(), route, **token("other"))
    assert status == 403
    assert route.method == "HEAD" or body["parameter"] == "account"


@pytest.mark.parametrize("route", BY_QUERY, ids=key_of)
def test_an_account_that_is_left_out_is_the_boundarys(route: Route) -> None:
    """There is no choice, so it need not be named; what is not found there is not looked for elsewhere."""
    query = {name: value for name, value in QUERIES[route.path].items() if name != "account"}
    assert tried(world(), route, query, **token("example"))[0] == 200
    status, body = tried(world(), route, query, **token("other"))
    if route.path.endswith("credits"):
        assert status == 404
    elif route.method == "GET":
        assert status == 200
        assert not body.get("breaches")
        assert not body.get("tickets")
        assert not body.get("total", {}).get("breached")


@pytest.mark.parametrize("route", BY_QUERY, ids=key_of)
def test_another_customers_figures_are_not_seen(route: Route) -> None:
    """Nothing is found, a queue is the provider's own, and an agreement of somebody else is none."""
    status, body = tried(world(), route, **token("example", "beta"))
    expected = {"/v1/queue": 403, "/v1/reports/credits": 404}.get(route.path, 200)
    assert status == expected
    if status == 200 and route.method == "GET":
        assert not body.get("breaches")
        assert not body.get("total", {}).get("breached")


@pytest.mark.parametrize(
    "route", [each for each in BY_QUERY if each.path.endswith(("breaches", "attainment"))], ids=key_of
)
def test_another_customer_can_not_be_asked_for(route: Route) -> None:
    """Nor those without one, of which each is somebody's."""
    for customer in ("acme", "-", "*"):
        query = {**QUERIES[route.path], "customer": customer}
        assert tried(world(), route, query, **token("example", "beta"))[0] == 403


# -- what a customer sees of his own ---------------------------------------------------------------------


def test_a_customer_sees_his_own_breaches_figures_and_credits() -> None:
    """As the provider does who asks for them."""
    made, who = world(), token("example", "acme")
    assert len(ask(made, "GET", "/v1/breaches", **who)[1]["breaches"]) == 2
    _, body, _ = ask(made, "GET", "/v1/reports/attainment", query={"month": "2026-03"}, **who)
    assert body["total"]["breached"] == 2
    asked = {"agreement": "acme-gold", "month": "2026-03"}
    _, his, _ = ask(made, "GET", "/v1/reports/credits", query=asked, **who)
    _, all_, _ = ask(made, "GET", "/v1/reports/credits", query=asked, **token("example"))
    assert his == {**all_, "customer": "acme"}
    assert all_["customer"] is None
    assert his["statement"]["total"] == "500.00"


def test_a_customers_credits_are_of_his_own_rows() -> None:
    """An agreement applies to whoever is called so: Acme's is that of the customer 77, by the name of acme.

    What was issued rests on both, so neither it nor how it differs is shown to Acme.
    """
    made, path = world(), "/v1/reports/credits"
    called = {"id": "77", "name": "acme"}
    take(made, "6000", "created", "2026-03-27T18:10:00Z", customer=called, status="new", priority="urgent")
    made.at("2026-03-29T18:10:00Z")
    made.workflow.wake("ticket#example#6000", "timer")
    _, all_, _ = ask(made, "GET", path, query=QUERIES[path], **token("example"))
    issued = Issued(1, made.now(), all_["statement"])
    made.memory.keep_statement("example", "acme-gold", "2026-03", issued)
    _, all_, _ = ask(made, "GET", path, query=QUERIES[path], **token("example"))
    _, his, _ = ask(made, "GET", path, query=QUERIES[path], **token("example", "acme"))
    another = public_id("ticket#example#6000", BREACH_KEY)
    assert another in str(all_["statement"])
    assert all_["issued"]["number"] == 1
    assert all_["difference"]["total"] == "0.00"
    assert (his["customer"], his["statement"]["total"]) == ("acme", "500.00")
    assert (his["issued"], his["earlier"], his["difference"]) == (None, [], None)
    assert another not in str(his)
    assert ask(made, "GET", path, query=QUERIES[path], **token("example", "77"))[0] == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"applies_to": {"customer": {"any": ["acme", "beta"]}}},
        {"applies_to": {"priority": {"any": ["urgent"]}}},
        {"kind": "supplier"},
        {"kind": "internal"},
    ],
)
@pytest.mark.parametrize("which", [1, 2])
def test_an_agreement_that_is_not_a_customers_alone_is_not_there(
    changed: Mapping[str, Any], which: int
) -> None:
    """In any of its versions: what somebody else was promised, or suppliers owe."""
    made, path = world(), "/v1/reports/credits"
    _two_versions(made, (which,), changed)
    status, body, _ = ask(made, "GET", path, query=QUERIES[path], **token("example", "acme"))
    assert (status, body["detail"]) == (404, "there is no agreement 'acme-gold'")
    assert ask(made, "GET", path, query=QUERIES[path], **token("example"))[0] == 200


def _two_versions(made: World, which: Sequence[int], changed: Mapping[str, Any]) -> None:
    """The published agreement twice, `which` of them say something else."""
    table = made.memory.tables["agreements"]
    (key,) = [each for each in table if each[1].startswith("AGREEMENT#")]
    first = json.loads(table[key]["body"])
    for number in (1, 2):
        frozen = {**first, "version": number, **(changed if number in which else {})}
        made_of = {"body": json.dumps(frozen), "hash": content_hash(frozen)}
        sk = key[1].replace("000001", f"{number:06}")
        table[key[0], sk] = {**table[key], "sk": sk, "version": number, **made_of}
    made.__dict__.pop("agreements", None)


def _publish_also(made: World, changed: Mapping[str, Any]) -> None:
    """Another agreement, `another`, that says the same but for this."""
    table = made.memory.tables["agreements"]
    (key,) = [each for each in table if each[1].startswith("AGREEMENT#")]
    frozen = {**json.loads(table[key]["body"]), "agreement": "another", **changed}
    sk = key[1].replace("acme-gold", "another")
    made_of = {"body": json.dumps(frozen), "hash": content_hash(frozen), "agreement": "another"}
    table[key[0], sk] = {**table[key], "sk": sk, **made_of}
    made.__dict__.pop("agreements", None)


BY_CUSTOMER = {
    "name": "resolution", "metric": "resolution", "calendars": {"default": "office"}, "pause_on": [],
    "budgets": {"acme": "4h", "default": "8h"}, "budgets_by": "customer", "on_reopen": "resume",
    "reminders": [], "escalation": [],
}  # fmt: skip
NOT_ALONE: Mapping[str, Mapping[str, Any]] = {
    "supplier": {"kind": "supplier"},
    "internal": {"kind": "internal"},
    "two customers": {"applies_to": {"customer": {"any": ["acme", "beta"]}}},
    "two, deep down": {"applies_to": {"all": [{"any": [{"customer": {"any": ["acme", "beta"]}}]}]}},
    "all but another": {"applies_to": {"customer": {"not": ["beta"]}}},
    "all but another, joined": {"applies_to": {"not": {"customer": {"any": ["beta"]}}}},
    "another's budget": {"targets": [{**BY_CUSTOMER, "budgets": {"acme": "4h", "beta": "1h"}}]},
}
ALONE: Mapping[str, Mapping[str, Any]] = {
    "by his id": {"applies_to": {"customer": {"any": ["acme"]}}},
    "by his name": {"applies_to": {"customer": {"any": ["Acme A/S", "acme"]}}},
    "of nobody by name": {"applies_to": {"priority": {"any": ["urgent"]}}},
    "of everybody": {"applies_to": {}},
    "of others by a default": {"targets": [BY_CUSTOMER]},
}


@pytest.mark.parametrize("said", sorted(NOT_ALONE))
@pytest.mark.parametrize("which", [1, 2])
def test_evidence_that_rests_on_what_is_not_a_customers_alone_is_not_handed_to_him(
    said: str, which: int
) -> None:
    """403, which is recorded, though it is one version of an agreement that names somebody else."""
    made, path = world(), f"/v1/breaches/{BREACH}/evidence"
    _two_versions(made, (which,), NOT_ALONE[said])
    status, body, _ = ask(made, "GET", path, **token("example", "acme"))
    assert (status, body["detail"]) == (403, evidence_http.NOT_ALONE)
    assert "beta" not in str(body)
    assert noted(made) == [("ada", "GET /v1/breaches/{id}/evidence", 403, evidence_http.NOT_ALONE)]
    assert ask(made, "GET", path, **token("example"))[0] == 200
    assert ask(made, "GET", f"/v1/breaches/{BREACH}", **token("example", "acme"))[0] == 200


@pytest.mark.parametrize("said", sorted(ALONE))
def test_evidence_that_rests_on_what_names_a_customer_and_no_other_is_his(said: str) -> None:
    """By any word that his tickets have for him; what names nobody is everybody's."""
    made = world()
    _two_versions(made, (1, 2), ALONE[said])
    assert ask(made, "GET", f"/v1/breaches/{BREACH}/evidence", **token("example", "acme"))[0] == 200


def test_what_a_supplier_owes_is_in_no_evidence_of_a_customers() -> None:
    """Nor is the agreement among those of his ticket, though it applies; its clocks are."""
    fee = {**CREDITS, "fee": {"amount": "777777.00", "currency": "DKK"}}
    made = beside({"kind": "supplier", "title": "What Secretco owes", "credits": fee})
    path, who = f"/v1/breaches/{BREACH}/evidence", token("example", "acme")
    assert "777777.00" in str(ask(made, "GET", path, **token("example"))[1])
    assert ask(made, "GET", path, **who)[0] == 403
    _, body, _ = ask(made, "GET", "/v1/tickets/example/4711", **who)
    assert "Secretco" not in str(body)
    assert [each["agreement"] for each in body["agreements"]] == ["acme-gold"]
    assert {each["agreement"] for each in body["clocks"]} == {"acme-gold", "another"}


def test_why_a_promise_has_no_clock_names_no_other_customer() -> None:
    """A metric may begin for some only: whoever else is named there is in nobody's page."""
    metric = {"start": {"customer": {"any": ["beta", "gamma"]}}, "stop": "agent_reply", "repeat": False}
    target = {
        "name": "theirs", "metric": "theirs", "calendars": {"default": "office"}, "pause_on": [],
        "budgets": {"default": "4h"}, "on_reopen": "resume", "reminders": [], "escalation": [],
    }  # fmt: skip
    also = {"kind": "internal", "metrics": {"theirs": metric}, "targets": [target]}
    made, path = beside(also), "/v1/tickets/example/4711"
    assert "beta" in str(ask(made, "GET", path, **token("example"))[1]["agreements"])
    assert "beta" not in str(ask(made, "GET", path, **token("example", "acme"))[1])


@pytest.mark.parametrize("scope", [{"customer": "acme"}, {"customer": ["acme", "beta"]}, {}])
def test_evidence_with_an_exclusion_that_names_others_is_not_a_customers(scope: Mapping[str, Any]) -> None:
    """Its scope stands in the log; one of everybody's names nobody."""
    made, path = world(), f"/v1/breaches/{BREACH}/evidence"
    begins = parse_instant("2026-03-27T14:10:00Z")
    given = Exclusion(
        "x", "example", begins, begins + timedelta(minutes=5), "works", "ada", made.now(), scope
    )
    made.memory.exclude(given)
    made.__dict__.pop("agreements", None)
    made.workflow.take(given.on("4711"))
    assert "works" in str(ask(made, "GET", path, **token("example"))[1]["log"])
    expected = 403 if "beta" in str(scope) else 200
    assert ask(made, "GET", path, **token("example", "acme"))[0] == expected


def test_of_agreements_that_do_not_apply_a_customer_hears_nothing() -> None:
    """They may be other customers'; the provider sees why each does not."""
    made = world()
    opened(made, "4712", plan="gold")
    path = "/v1/tickets/example/4711"
    for customer in ("acme", "*"):
        _, body, _ = ask(made, "GET", path, **token("example", customer))
        assert [each["agreement"] for each in body["agreements"]] == ["acme-gold"]
    take(made, "4713", "created", "2026-03-27T18:10:00Z", customer={"id": "beta"})
    for customer, shown in (("beta", []), ("*", ["acme-gold"])):
        _, body, _ = ask(made, "GET", "/v1/tickets/example/4713", **token("example", customer))
        assert [each["agreement"] for each in body["agreements"]] == shown


def test_a_ticket_that_went_from_one_customer_to_another_is_shown_to_neither() -> None:
    """Its page and its evidence show all of it; its breaches are those of whoever they were promised to."""
    made = world()
    take(made, "4711", "updated", "2026-03-27T18:10:00Z", customer={"id": "beta", "name": "Beta"})
    for customer, breach in (("acme", 200), ("beta", 404)):
        who = token("example", customer)
        assert ask(made, "GET", "/v1/tickets/example/4711", **who)[0] == 404
        assert ask(made, "GET", f"/v1/breaches/{BREACH}/evidence", **who)[0] == 404
        assert ask(made, "GET", f"/v1/breaches/{BREACH}", **who)[0] == breach
    assert ask(made, "GET", "/v1/tickets/example/4711", **token("example"))[0] == 200


def test_a_ticket_that_was_anothers_before_anything_was_told_is_shown_to_neither() -> None:
    """Its log says so, though no fact does: evidence holds the log, and explanations are of it."""
    made = world()
    beta, acme = {"id": "beta", "name": "Beta"}, {"id": "acme", "name": "Acme"}
    take(made, "5000", "created", "2026-03-27T18:10:00Z", customer=beta, status="new", priority="urgent")
    take(made, "5000", "updated", "2026-03-27T18:11:00Z", customer=acme)
    made.at("2026-03-28T18:10:00Z")
    made.workflow.wake("ticket#example#5000", "timer")
    evidence = f"/v1/breaches/{public_id('ticket#example#5000', BREACH_KEY)}/evidence"
    assert "beta" in str(ask(made, "GET", evidence, **token("example"))[1])
    for path in ("/v1/tickets/example/5000", evidence):
        for customer in ("acme", "beta"):
            assert ask(made, "GET", path, **token("example", customer))[0] == 404


def test_a_ticket_that_goes_to_another_while_it_is_read_is_judged_by_what_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After any of the reads: what was read before one that says so is shown to nobody who is bound."""
    ticket, evidence = "/v1/tickets/example/4711", f"/v1/breaches/{BREACH}/evidence"
    reads = {ticket: ("told", "load", "history", "messages", "agreements"), evidence: ("told", "life")}
    for name, path in ((name, path) for path, names in reads.items() for name in names):
        for later in (False, True):
            made = world()
            _moves_during(made, name, monkeypatch, later=later)
            status, body, _ = ask(made, "GET", path, **token("example", "acme"))
            assert status == 404 or "beta" not in str(body), (name, later)
            assert ask(made, "GET", path, **token("example", "acme"))[0] == 404


def test_of_a_ticket_that_is_anothers_nothing_more_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own customer is looked at first; to whoever it may belong, all of it is."""
    made, read = world(), list[str]()
    for name in ("messages", "told", "history"):
        monkeypatch.setattr(made.memory, name, _noting(read, name, getattr(made.memory, name)))
    assert ask(made, "GET", "/v1/tickets/example/4711", **token("*", "beta"))[0] == 404
    assert read == []
    assert ask(made, "GET", "/v1/tickets/example/4711", **token("example", "acme"))[0] == 200
    assert read == ["messages", "told", "history"]


def _noting(read: list[str], name: str, ask_for: Any) -> Any:
    def noting(*given: Any) -> Any:
        read.append(name)
        return ask_for(*given)

    return noting


def _moves_during(made: World, name: str, monkeypatch: pytest.MonkeyPatch, *, later: bool) -> None:
    """The ticket goes to Beta before, or `later` after, the first read of that name."""
    read, moved = getattr(made.memory, name), list[bool]()

    def move() -> None:
        moved.append(True)
        beta = {"id": "beta", "name": "Beta"}
        take(made, "4711", "updated", "2026-03-27T18:10:00Z", customer=beta, url="https://beta.example")

    def reading(*given: Any) -> Any:
        if moved:
            return read(*given)
        if not later:
            move()
            return read(*given)
        moved.append(True)
        found = read(*given)
        move()
        return found

    monkeypatch.setattr(made.memory, name, reading)


def test_a_breach_that_was_told_again_to_another_customer_says_nothing_of_that_to_either() -> None:
    """Of its cycle each sees what was told to him; neither hears the id of the other's."""
    made = world()
    _two_versions(made, (1, 2), {"applies_to": {"customer": {"any": ["acme", "beta"]}}})
    made.at("2026-03-27T18:30:00Z")
    beta = {"customer": {"id": "beta", "name": "Beta"}, "priority": "high"}
    occurred = parse_instant("2026-03-27T14:20:00Z")
    late = TicketEvent("late", "example", "4711", "updated", occurred, made.time, beta)
    made.workflow.take(late)
    made.at("2026-03-31T18:30:00Z")
    made.workflow.wake("ticket#example#4711", "timer")
    again = public_id("ticket#example#4711", "clock_breached:resolution:1.1")
    for customer, ids in (("acme", [BREACH]), ("beta", [again]), ("*", [BREACH, again])):
        who = token("example", customer)
        for breach in ids:
            _, body, _ = ask(made, "GET", f"/v1/breaches/{breach}", **who)
            assert [each["id"] for each in body["outcomes"]] == ids
        status, body, _ = ask(made, "POST", f"/v1/breaches/{BREACH}/note", body={"note": "x"}, **who)
        assert status == (404 if customer == "beta" else 409)
        assert (again in body["detail"]) == (customer == "*")


@pytest.mark.parametrize("bound", [("example", "acme"), ("example", "*"), ("*", "acme")])
def test_the_bound_hand_over_to_audiences_of_the_agreement_only(bound: tuple[str, str]) -> None:
    """Topics are the stack's: of those that the agreement does not name, nothing is said and nobody told."""
    made, path = world(), f"/v1/escalations/{BREACH}/hand-over"
    topics = {name: f"arn:{name}" for name in ("default", "oncall-1", "beta-management")}
    made.settings.environ["AUDIENCES"] = json.dumps(topics)  # type: ignore[index]
    before = written(made)
    for to in ("beta-management", "nobody", "default", "oncall-2"):
        status, body, _ = ask(made, "POST", path, body={"to": to}, **token(*bound))
        assert (status, body["detail"]) == (422, "it is no audience of this agreement")
    assert written(made) == before
    for to in ("oncall-1", "in-charge"):
        assert ask(made, "POST", path, body={"to": to}, **token(*bound))[0] == 200
    assert ask(made, "POST", path, body={"to": "beta-management"}, **token())[0] == 200
    _, body, _ = ask(made, "POST", path, body={"to": "nobody"}, **token())
    assert body["detail"] == "it is no audience: one of beta-management, in-charge, oncall-1"


def test_a_ticket_whose_customer_was_unknown_for_a_while_is_his() -> None:
    """Nobody else was ever said."""
    made = world()
    take(made, "4715", "created", "2026-03-27T18:10:00Z", status="new")
    take(made, "4715", "updated", "2026-03-27T18:11:00Z", customer={"id": "acme", "name": "Acme"})
    assert ask(made, "GET", "/v1/tickets/example/4715", **token("example", "acme"))[0] == 200
    assert ask(made, "GET", "/v1/tickets/example/4715", **token("example", "beta"))[0] == 404


def test_a_ticket_whose_log_has_ended_is_judged_by_what_was_told() -> None:
    """Facts outlast the log, and say to whom they were told."""
    facts = [each.fact for each in world().memory.told("ticket#example#4711")]
    check_whole(Boundary(None, "acme"), (), facts)
    with pytest.raises(NotTheirs):
        check_whole(Boundary(None, "beta"), (), facts)


def test_a_ticket_that_stands_as_anothers_is_not_his_whatever_was_told() -> None:
    """Its log may have ended, and with it the event by which it went over."""
    made = world()
    facts = [each.fact for each in made.memory.told("ticket#example#4711")]
    take(made, "4711", "updated", "2026-03-27T18:10:00Z", customer={"id": "beta", "name": "Beta"})
    saved = made.memory.load("ticket#example#4711").saved
    assert saved is not None
    with pytest.raises(NotTheirs):
        check_whole(Boundary(None, "acme"), (), facts, saved.ticket)


def test_what_is_of_no_known_customer_is_for_those_who_see_all() -> None:
    """Nobody is bound to nobody."""
    made = world()
    take(made, "4714", "created", "2026-03-27T18:10:00Z")
    assert ask(made, "GET", "/v1/tickets/example/4714", **token("example", "acme"))[0] == 404
    assert ask(made, "GET", "/v1/tickets/example/4714", **token("example"))[0] == 200


# -- what is read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "keys"),
    [
        (("example", "acme"), {("customer_month", "example#acme#2026-03")}),
        (("*", "acme"), {("party_month", "month#acme#2026-03")}),
        (("example", "*"), {("account_month", "month#example#2026-03")}),
    ],
)
def test_a_boundary_is_in_the_key_of_what_is_read(
    bound: tuple[str, str], keys: set[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else is read and left out afterwards, whether or not the query names it."""
    made, asked = world(), list[tuple[str, str]]()
    rows = made.memory.rows

    def watched(partitions: Any, *wanted: Any) -> Any:
        asked.extend(partitions)
        return rows(partitions, *wanted)

    monkeypatch.setattr(made.memory, "rows", watched)
    period = {"from": "2026-03-01", "to": "2026-04-01"}
    assert ask(made, "GET", "/v1/breaches", query=period, **token(*bound))[0] == 200
    assert set(asked) == keys
    asked.clear()
    if bound[0] != "*":
        for path, query in QUERIES.items():
            if "reports" in path:
                assert ask(made, "GET", path, query=query, **token(*bound))[0] == 200
        assert {each for each in asked if each[1].endswith("2026-03")} == keys
        assert {index for index, _ in asked} == {index for index, _ in keys}


# -- cursors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/breaches", "/v1/queue"])
def test_a_cursor_of_somebody_elses_is_not_there(path: str) -> None:
    """404, though all its parameters are the same; to whoever it was given it is good."""
    made = world()
    opened(made, "4712")
    query = {**QUERIES[path], "limit": "1"}
    _, body, _ = ask(made, "GET", path, query=query, **token("example"))
    going_on = {**query, "cursor": body["next"]}
    assert ask(made, "GET", path, query=going_on, **token("example"))[0] == 200
    for other in [token(), *([token("example", "acme")] if path == "/v1/breaches" else [])]:
        status, body, _ = ask(made, "GET", path, query=going_on, **other)
        assert (status, body["detail"]) == (404, "there is no such cursor")
    status, body, _ = ask(made, "GET", path, query={**going_on, "team": "t-2"}, **token("example"))
    assert (status, body["parameter"]) == (400, "cursor")
    forged = {**query, "cursor": going_on["cursor"][::-1]}
    assert ask(made, "GET", path, query=forged, **token("example"))[0] == 400


# -- what is recorded ------------------------------------------------------------------------------------


def noted(made: World, account: str = "example") -> list[tuple[str | None, str, int, str | None]]:
    """Who, which route, what it came to, and what was taken, or why not."""
    found = made.memory.accesses(account, made.time.date(), made.time.date())
    return [(each.who, each.route, each.status, each.taken or each.why) for each in found]


def test_evidence_that_was_shown_is_recorded() -> None:
    """Each time, with who asked for which breach."""
    made, key = world(), "GET /v1/breaches/{id}/evidence"
    for _ in range(2):
        assert ask(made, "GET", f"/v1/breaches/{BREACH}/evidence", **token("example"))[0] == 200
    assert noted(made) == [("ada", key, 200, "application/json")] * 2
    (access, _) = made.memory.accesses("example", made.time.date(), made.time.date())
    assert access.asked == {"id": BREACH}


@pytest.mark.parametrize(
    ("path", "accept", "taken"),
    [
        ("/v1/breaches", "text/csv", "text/csv"),
        ("/v1/breaches", "application/x-ndjson", "application/x-ndjson"),
        ("/v1/breaches", "application/json", None),
        ("/v1/reports/attainment", "text/csv;bom=true", "text/csv"),
        ("/v1/reports/attainment", "application/json", None),
    ],
)
def test_a_list_that_was_taken_away_is_recorded(path: str, accept: str, taken: str | None) -> None:
    """With the query that it answers; what is read as JSON is not, nor what HEAD shows nothing of."""
    made, query = world(), {**QUERIES[path], "team": "t-1"}
    who = token("example")
    assert ask(made, "GET", path, query=query, headers={"Accept": accept}, **who)[0] == 200
    if path == "/v1/breaches":
        assert ask(made, "HEAD", path, query=query, headers={"Accept": accept}, **who)[0] == 200
    assert noted(made) == ([("ada", f"GET {path}", 200, taken)] if taken else [])
    for access in made.memory.accesses("example", made.time.date(), made.time.date()):
        assert access.asked == query


@pytest.mark.parametrize("route", SCOPED, ids=key_of)
def test_a_refusal_is_recorded(route: Route) -> None:
    """Under the account that was asked for, with who it was and why; of the bound, under their own."""
    made = world()
    known = "example" if route in BY_PATH or route in BY_QUERY else "-"
    assert tried(made, route)[0] == 401
    made.time += timedelta(seconds=1)
    assert tried(made, route, **token(scope=""))[0] == 403
    expected = [
        (None, route.key, 401, "there is no token"),
        ("ada", route.key, 403, f"the token lacks the scope {route.scope}"),
    ]
    assert noted(made, known) == expected
    if known != "-":
        made.time += timedelta(seconds=1)
        status, _ = tried(made, route, **token("other"))
        assert [each[:3] for each in noted(made, "other")] == [("ada", route.key, status)]
        assert noted(made, known) == expected


def test_what_a_caller_writes_is_recorded_in_bounds() -> None:
    """Twenty parameters, 256 characters of each and a hash of the whole, no cursor; of names 256, too."""
    made, other = world(), "y" * 300
    query = {
        "account": "x" * 200,
        "cursor": "c",
        "n" * 300: "",
        **{f"p{each:02}": other for each in range(30)},
    }
    assert ask(made, "GET", "/v1/breaches", query=query, **token("example"))[0] == 403
    (access,) = noted_whole(made)
    assert len(access.asked) == 20
    assert list(access.asked)[:2] == ["account", "n" * 256]
    digest = hashlib.sha256(other.encode()).hexdigest()
    assert access.asked["p00"] == f"{'y' * 256}… sha256:{digest}"


@pytest.mark.parametrize("ticket", ["T" * 600, "T" * 1100])
def test_what_a_path_names_is_recorded_first_and_so_that_it_is_told_from_others(ticket: str) -> None:
    """Whatever else is asked: no query takes its place, and no two long names are recorded alike."""
    made = world()
    query = {"ticket_id": "4711", **{f"p{each:02}": "x" for each in range(30)}}
    for last in ("1", "2"):
        path = f"/v1/tickets/example/{ticket}{last}"
        assert ask(made, "GET", path, query=query, **token("example", scope=""))[0] == 403
    one, two = (each.asked for each in noted_whole(made))
    assert list(one)[:3] == ["account", "ticket_id", "p00"]
    assert len(one) == 20
    assert one["ticket_id"] != two["ticket_id"]
    digest = hashlib.sha256(f"{ticket}1".encode()).hexdigest()
    whole = {f"{ticket}1", f"{ticket}2", f"{ticket[:256]}… sha256:{digest}"}
    assert {one["ticket_id"], two["ticket_id"]} & whole


def noted_whole(made: World, account: str = "example") -> list[Access]:
    return list(made.memory.accesses(account, made.time.date(), made.time.date()))


@pytest.mark.parametrize("route", [each for each in SCOPED if each.path not in QUERIES], ids=key_of)
def test_a_route_that_takes_no_parameters_refuses_them(route: Route) -> None:
    """400 that names one: twenty of them must not hide from a record what was asked for."""
    made = world()
    before = written(made)
    status, body = tried(made, route, {"a": "1"}, **token("example"))
    assert status == 400
    assert route.method == "HEAD" or (body["parameter"], body["detail"]) == (
        "a",
        "there is no such parameter: this path takes none",
    )
    assert written(made) == before


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/v1/tickets/example/9999", {}, 404),
        (f"/v1/breaches/{BREACH}0", {}, 404),
        ("/v1/reports/credits", {**QUERIES["/v1/reports/credits"], "agreement": "nobodys"}, 404),
        ("/v1/breaches", {"account": "example", "cursor": "forged"}, 400),
        ("/v1/queue", {"account": "example", "team": "t-1", "cursor": "forged"}, 400),
    ],
)
@pytest.mark.parametrize("account", ["example", "*"])
def test_what_a_boundary_is_tried_by_is_recorded(
    path: str, query: Mapping[str, str], status: int, account: str
) -> None:
    """Names that are not there and forged cursors, of those who are bound and of those who are not."""
    made = world()
    assert ask(made, "GET", path, query=query, **token(account))[0] == status
    assert [(each.who, each.status) for each in noted_whole(made)] == [("ada", status)]


def test_who_can_not_be_told_what_he_may_see_is_recorded_by_his_name() -> None:
    """As far as it is known: of a role with a mistyped tag, and of a token that lacks a claim."""
    made = world("iam", acount="example")
    assert ask(made, "GET", "/v1/breaches", query={"account": "example"}, caller=ROLE)[0] == 403
    assert [(each.who, each.by, each.within) for each in noted_whole(made)] == [(ROLE, "iam", None)]
    made, claims = world(), {"sub": "ada", "scope": SCOPES}
    assert ask(made, "GET", "/v1/breaches", query={"account": "example"}, claims=claims)[0] == 403
    assert [(each.who, each.by, each.within) for each in noted_whole(made)] == [("ada", "jwt", None)]


def test_evidence_that_is_too_large_to_be_shown_is_not_recorded_as_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """413 shows nothing."""
    made = world()
    monkeypatch.setattr(evidence_http, "LARGEST", 10)
    assert ask(made, "GET", f"/v1/breaches/{BREACH}/evidence", **token("example"))[0] == 413
    assert noted(made) == []


def test_an_account_that_is_given_twice_is_recorded() -> None:
    """API Gateway joins them by a comma; a mistake of another kind is not a try."""
    made = world()
    event = http_event("GET", "/v1/breaches", query={"account": "example,other"}, **token("example"))
    event["rawQueryString"] = "account=example&account=other"
    assert made.function("records").handler(event, None)["statusCode"] == 400
    query = {"account": "example", "limit": "x"}
    assert ask(made, "GET", "/v1/breaches", query=query, **token("example"))[0] == 400
    assert [each.status for each in noted_whole(made)] == [400]


def test_a_record_says_what_the_boundary_filled_in_and_what_let_the_caller_in() -> None:
    """So that it can be read without knowing what the tags or the token were then."""
    made, accept = world(), {"Accept": "text/csv"}
    claims = {**token("example", "acme")["claims"], "iss": "https://id.example"}
    assert ask(made, "GET", "/v1/breaches", headers=accept, claims=claims)[0] == 200
    (access,) = noted_whole(made)
    both = {"account": "example", "customer": "acme"}
    assert (access.asked, access.within, access.by) == (both, both, "jwt https://id.example")
    made = world("iam", account="example")
    assert ask(made, "GET", "/v1/breaches", headers=accept, caller=ROLE)[0] == 200
    (access,) = noted_whole(made)
    assert (access.asked, access.within, access.by) == ({"account": "example"},) * 2 + ("iam",)


@pytest.mark.parametrize(
    ("claim", "value", "who"),
    [
        ("slaclock_account", "\ud800", "ada"),
        ("slaclock_customer", "a\udfff", "ada"),
        ("slaclock_customer", "[acme beta]", "ada"),
        ("slaclock_account", '{"*":1}', "ada"),
        ("sub", "\ud800", None),
        ("sub", "[ada]", None),
    ],
)
def test_a_claim_that_names_nobody_is_refused_and_recorded(claim: str, value: str, who: str | None) -> None:
    """403, whichever route is asked: what it says is not taken for a name, and not written."""
    claims = {**token("example")["claims"], claim: value}
    for path, query in (("/v1/breaches", {"account": "example"}), (f"/v1/breaches/{BREACH}", None)):
        made = world()
        status, body, _ = ask(made, "GET", path, query=query, claims=claims)
        assert status == 403
        assert f"the claim {claim} names nobody" in body["detail"]
        (access,) = noted_whole(made)
        assert (access.who, access.status, access.why, access.within) == (who, 403, body["detail"], None)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"month": "2026-03"}, "account"),
        ({"account": "", "month": "2026-03"}, "account"),
        ({"account": "example", "customer": "", "month": "2026-03"}, "customer"),
        ({"account": "example", "month": "2026-13"}, None),
    ],
)
def test_what_is_wrong_about_an_account_or_a_customer_is_recorded(
    query: Mapping[str, str], why: str | None
) -> None:
    """400, also where one is missing that is needed; other mistakes try no boundary."""
    made = world()
    status, body, _ = ask(made, "GET", "/v1/reports/attainment", query=query, **token())
    assert status == 400
    found = [*noted(made), *noted(made, "-")]
    assert [each[2] for each in found] == ([400] if why else [])
    assert why in (None, body["parameter"])


@pytest.mark.parametrize(
    ("bound", "asked", "filed"),
    [
        ("example", "victim", "example"),
        ("example", "\u202eexample", "example"),
        ("other", "example", "other"),
        ("*", "example", "example"),
        ("*", "connected", "connected"),
        ("*", "victim", "-"),
        ("*", "EXAMPLE", "-"),
        ("*", "x" * 200, "-"),
    ],
)
def test_nobody_writes_among_another_accounts_records(bound: str, asked: str, filed: str) -> None:
    """The bound are found under their own, others under one that the stack has; `-` ends after 400 days."""
    made = world()
    made.memory.connect({"id": "c", "account": "connected"})
    query, claims = {"account": asked}, token(bound, scope="" if bound == "*" else SCOPES)
    assert ask(made, "GET", "/v1/breaches", query=query, **claims)[0] == 403
    (item,) = made.memory.tables["accesses"].values()
    assert json.loads(item["body"])["account"] == filed
    ends = int((made.time + timedelta(days=400)).timestamp()) if filed == "-" else None
    assert item.get("expires_at") == ends


def test_what_can_not_be_recorded_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """503, for what is shown and for what is refused."""

    def down(*_: Any) -> None:
        raise StoreUnavailableError("ProvisionedThroughputExceededException")

    made = world()
    monkeypatch.setattr(made.memory, "note_access", down)
    path = f"/v1/breaches/{BREACH}/evidence"
    for who in (token("example"), token("other")):
        status, body, _ = ask(made, "GET", path, **who)
        assert (status, body["title"]) == (503, "Service Unavailable")
    assert ask(made, "GET", f"/v1/breaches/{BREACH}", **token("example"))[0] == 200


@pytest.mark.parametrize(
    ("hold", "days"),
    [
        (None, 400),
        (Hold("h", "a lawsuit", "ada", START), None),
        (Hold("h", "a lawsuit", "ada", START, "4711"), 400),
    ],
)
def test_a_record_is_kept_as_long_as_the_accounts_ledger(hold: Hold | None, days: int | None) -> None:
    """Where that has an end; under a hold of the whole account, for ever."""
    made = world()
    partition = account_key("example")
    items = [retention_item(partition, Keeping(timedelta(days=30), timedelta(days=400)))]
    items += [hold_item(partition, hold)] if hold else []
    made.memory.tables["agreements"] |= {(each["pk"], each["sk"]): each for each in items}
    assert ask(made, "GET", f"/v1/breaches/{BREACH}/evidence", **token("example"))[0] == 200
    (item,) = made.memory.tables["accesses"].values()
    ends = int((made.time + timedelta(days=days)).timestamp()) if days else None
    assert item.get("expires_at") == ends


# -- who it was ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "who", "name"), [("jwt", token(), "ada"), ("iam", {"caller": ROLE}, ROLE)])
def test_what_is_written_says_who_was_let_in(kind: str, who: Any, name: str) -> None:
    """Whatever the body says."""
    status, body, _ = ask(
        world(kind), "POST", f"/v1/breaches/{BREACH}/note", body={"note": "x", "by": "bob"}, **who
    )
    assert (status, body["by"]) == (201, name)


def test_tags_that_can_not_be_read_let_nobody_in(caplog: pytest.LogCaptureFixture) -> None:
    """503: a boundary that is not known is not none. It is recorded."""
    made = world("iam")
    made.clients["iam"] = iam = Iam()
    iam.down = True
    with caplog.at_level(logging.WARNING):
        status, _, headers = ask(made, "GET", "/v1/breaches", query={"account": "example"}, caller=ROLE)
    assert (status, headers["retry-after"]) == (503, "1")
    assert "legal" not in caplog.text
    assert noted(made) == [(ROLE, "GET /v1/breaches", 503, "the caller's tags can't be had")]
    assert noted_whole(made)[0].within is None


def test_a_function_that_is_not_told_whom_to_let_in_lets_in_nobody() -> None:
    """500, and the log says what is missing."""
    made = world()
    del made.settings.environ["AUTHORIZATION"]  # type: ignore[attr-defined]
    assert ask(made, "GET", "/v1/breaches", query={"account": "example"}, **token())[0] == 500
    made.settings.environ["AUTHORIZATION"] = "open"  # type: ignore[index]
    assert ask(made, "GET", "/v1/breaches", query={"account": "example"}, **token())[0] == 500


def test_a_table_that_can_not_be_had_hides_nothing_and_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """503: whose a breach is can't be told."""

    def down(*_: Any) -> None:
        raise StoreUnavailableError("ProvisionedThroughputExceededException")

    made = world()
    monkeypatch.setattr(made.memory, "told", down)
    assert ask(made, "GET", f"/v1/breaches/{BREACH}", **token("example", "acme"))[0] == 503
