"""What functions log: ids of ticket, clock and fact, as JSON, and nothing that anybody wrote."""

import json
import logging
import re
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.template_source import Template, translated
from slaclock.domain.facts import split_id
from slaclock.monthly import Made
from slaclock.sealing.sealer import Ran
from tests.functions.events import http_event
from tests.functions.test_notify_and_audit import announced, gathered, outbox
from tests.functions.test_timer_and_arm import record
from tests.functions.test_webhook import canonical, posted
from tests.functions.world import World, refused
from tests.spec.test_operations import TEXT

TICKET = "SD-1042"
SUBJECT = f"ticket#example#{TICKET}"
MARK = "PRIVATE"  # in all that somebody wrote, and that is not an id of ours
DAYS = count()
FUNCTIONS = {"webhook", "timer", "arm", "notify", "audit", "records", "seal", "report"}


def private(event_id: str, kind: str = "created", **members: Any) -> dict[str, Any]:
    """An event about a ticket, whose members each bear the mark."""
    body = canonical(event_id=f"generic:example:{event_id}", type=kind, **members)
    body["actor"] = {"id": f"{MARK}-actor", "role": "customer"}
    body["ticket"] |= {
        "key": f"{MARK}-key",
        "url": f"https://desk.example.com/{MARK}",
        "team": {"id": f"{MARK}-team", "name": f"{MARK} team"},
        "assignee": {"id": f"{MARK}-assignee", "name": f"Kim {MARK}"},
        "customer": {"id": "acme", "name": f"Acme {MARK}"},
        "requester": {"id": f"{MARK}-requester"},
        "tags": [f"{MARK}-tag"],
        "channel": f"{MARK}",
    }
    return body


class Lines(logging.Handler):
    """Every record that modules log, as all that a formatter could print of it; functions print their own."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.function = ""  # whose line it is
        self.seen: list[dict[str, Any]] = []
        self.printed = ""

    def emit(self, entry: logging.LogRecord) -> None:
        trace = logging.Formatter().formatException(entry.exc_info) if entry.exc_info else ""
        line = {**vars(entry), "said": entry.getMessage(), "trace": trace, "function": self.function}
        self.seen.append(line)

    def about(self, said: str) -> list[dict[str, Any]]:
        return [each for each in self.seen if each["said"] == said]


def a_bad_day(world: World) -> None:
    """What comes in well and badly, what falls due, is told and can't be, and who looks at it."""
    posted(world, json.dumps(private("1")).encode(), "hook")
    posted(world, json.dumps(private("1")).encode(), "hook")
    posted(world, json.dumps({**private("2"), "type": MARK}).encode(), "hook")
    posted(world, f'{{"{MARK}": '.encode(), "hook")
    posted(world, f'{{"{MARK}": '.encode(), "desk")
    posted(world, b"{}", f"{MARK}-connection", signature=MARK)
    item = world.memory.tables["tickets"][SUBJECT, "TICKET"]
    armed_of(world, item)
    world.scheduler.create_schedule = failing  # type: ignore[method-assign]
    armed_of(world, item)
    world.at("2026-03-27T14:21:00Z")
    world.function("timer").handler({"subject": SUBJECT, "lane": "first_response", "arming": 1}, None)
    announced(world, outbox(world))
    world.sns.down = True
    gathered(world)
    world.at("2026-03-27T14:36:00Z")
    world.workflow.wake(SUBJECT, "timer")
    waiting = outbox(world)
    announced(world, waiting)
    world.sns.down = False
    announced(world, waiting)
    world.function("audit").handler({}, None)
    world.memory.down = True
    posted(world, json.dumps(private("3", "agent_replied")).encode(), "hook")
    world.at("2026-03-27T19:20:00Z")
    world.function("audit").handler({}, None)
    world.memory.down = False
    row = world.memory.tables["ledger"][SUBJECT, "clock_breached:first_response:1.0"]
    world.function("audit").handler({"Records": [record(row, {**row, "body": MARK})]}, None)
    for path in (f"/v1/tickets/example/{TICKET}", f"/v1/breaches?account={MARK}"):
        world.function("records").handler(http_event("GET", path), SimpleNamespace())
    world.__dict__["sealer"] = SimpleNamespace(run=lambda **_: Ran([], 0, 0, 0))
    world.function("seal").handler({}, None)
    world.__dict__["monthly"] = SimpleNamespace(run=Made)
    world.function("report").handler({}, None)


def armed_of(world: World, item: dict[str, Any]) -> None:
    world.function("arm").handler({"Records": [record(None, item)]}, None)


def failing(**_: Any) -> None:
    raise refused("ServiceQuotaExceededException")


@pytest.fixture
def lines(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Lines:
    """What a bad day logged at INFO, as Lambda has it by the template's `LoggingConfig`, and printed."""
    found, root, number = Lines(), logging.getLogger(), next(DAYS)
    world = World("2026-03-27T14:06:00Z")
    load = world.function

    def function(name: str) -> Any:
        monkeypatch.setenv(
            "POWERTOOLS_SERVICE_NAME", f"{name}-{number}"
        )  # a logger keeps its stream for ever
        found.function = name
        return load(name)

    monkeypatch.setattr(world, "function", function)
    root.addHandler(found)
    with caplog.at_level(logging.INFO):
        a_bad_day(world)
    root.removeHandler(found)
    found.printed = capsys.readouterr().out
    for line in found.printed.splitlines():
        said = json.loads(line)
        if "_aws" not in said:
            function = said["service"].partition("-")[0]
            found.seen.append(
                {**said, "said": said["message"], "levelname": said["level"], "function": function}
            )
    return found


def test_nothing_that_anybody_wrote_is_logged_by_any_function(lines: Lines) -> None:
    """Nor in what a log entry has beside its message, nor in a traceback, nor on stdout."""
    assert MARK not in lines.printed
    for each in lines.seen:
        assert MARK not in json.dumps(each, default=str), each["said"]
    assert len(lines.seen) > 20


def test_every_line_that_is_about_a_fact_has_its_ids(lines: Lines) -> None:
    """By which a search finds a ticket's way, and /v1 the fact."""
    told = [*lines.about("told"), *lines.about("announced")]
    assert {each["fact"].split(":")[0] for each in told} >= {
        "clock_started",
        "clock_breached",
        "reminder_due",
    }
    for each in told:
        assert (each["account"], each["ticket"]) == ("example", TICKET)
        assert split_id(each["fact_id"]) == (SUBJECT, each["fact"])
        assert each["fact"].split(":")[1] == each["clock"]


def test_every_step_of_a_ticket_names_it(lines: Lines) -> None:
    """In, decided, armed, fired, announced."""
    for said in ("folded in", "known", "told", "armed", "fired", "announced"):
        assert lines.about(said), said
        assert {(each["account"], each["ticket"]) for each in lines.about(said)} == {("example", TICKET)}
    assert lines.about("armed")[0]["clocks"] == ["first_response", "resolution"]
    assert lines.about("fired")[0]["clock"] == "first_response"


def test_a_tickets_way_is_found_by_the_query_of_the_page(lines: Lines) -> None:
    """In the log groups that it names, by the members that it filters: well and badly, whoever looked."""
    query = TEXT.split("A ticket's way")[1].split("```")[1]
    groups = set(re.findall(r'"/aws/lambda/\$STACK-(\w+)"', query))
    ((account, ticket),) = re.findall(r'filter account = "(\w+)" and ticket = "(\w+)"', query)
    assert (account, ticket) == ("ACCOUNT", "4711")
    way = [each for each in lines.seen if (each.get("account"), each.get("ticket")) == ("example", TICKET)]
    assert {each["function"] for each in way} <= groups
    assert {each["said"].partition(":")[0] for each in way} == {
        "folded in",
        "known",
        "told",
        "armed",
        "fired",
        "announced",
        "waits",
        "a ticket's schedules could not be made",
        "a reminder could not be told",
        "a fact could not be announced",
        "a clock could not be put right",
        "a row of the ledger was altered",
    }


def test_what_went_wrong_is_logged_with_its_kind_and_its_way(lines: Lines) -> None:
    """An error is there, though what it says is not."""
    errors = [each["said"] for each in lines.seen if each["levelname"] == "ERROR"]
    assert any("ServiceQuotaExceededException" in each for each in errors)
    assert any("a fact could not be announced: ClientError (InternalError) at " in each for each in errors)
    for each in lines.seen:
        if each["said"].startswith(
            ("a fact could not be announced", "a ticket's schedules could not be made")
        ):
            assert (each["account"], each["ticket"]) == ("example", TICKET)


def test_lambda_writes_whatever_any_module_logs_as_json() -> None:
    """By its own formatter, which takes the members along; and nothing below INFO."""
    functions = dict(Template(translated()).of_type("AWS::Lambda::Function"))
    assert {name.lower() for name in functions} == FUNCTIONS
    for each in functions.values():
        logging_config = each["LoggingConfig"]
        assert (logging_config["LogFormat"], logging_config["ApplicationLogLevel"]) == ("JSON", "INFO")
