"""docs/compliance.md: what it says is stored is what is stored, and its times are those of the code."""

import json
import re
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.template_source import written
from slaclock.cli import _parser
from slaclock.domain.acknowledgement import Acknowledgement
from slaclock.domain.events import ATTRIBUTES, TicketEvent, event_to_json
from slaclock.domain.instants import parse_instant
from slaclock.domain.keeping import SHORTEST
from slaclock.identities import SOURCES
from slaclock.links import LASTS
from slaclock.store.activity import COUNTED, KEPT
from slaclock.store.messages import LINKS_KEPT
from slaclock.store.models import AccessesItem, AgreementsItem, LedgerItem, TicketsItem
from tests.functions.test_malformed_deliveries import KINDS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/compliance.md").read_text(encoding="utf-8")
NOON = parse_instant("2026-03-28T12:00:00Z")


def section(title: str) -> str:
    """What stands under a heading, to the next one of any depth."""
    return re.split(r"^#+ ", TEXT.split(f"# {title}\n")[1], flags=re.MULTILINE)[0]


def rows(title: str) -> list[list[str]]:
    """The cells of a section's table, but for its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells[1:] if not set("".join(row)) <= set("-|")]


def words(text: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", text))


@pytest.mark.parametrize(
    ("table", "model", "more"),
    [
        ("Tickets", TicketsItem, set[str]()),
        ("Ledger", LedgerItem, set[str]()),
        ("Accesses", AccessesItem, set[str]()),
        ("Agreements", AgreementsItem, {"expires_at", "last_at", COUNTED}),
    ],
)
def test_every_attribute_of_every_item_is_named(table: str, model: Any, more: set[str]) -> None:
    """And none that there is not."""
    (told,) = [row[1] for row in rows("What is stored of an item") if row[0] == f"`{table}`"]
    assert words(told) == set(model.get_attributes()) | more


def names(document: Any) -> set[str]:
    """The names of all members of an event, however deep; those of a ticket's own references are no more."""
    if not isinstance(document, dict):
        return set()
    inner = (names(each) for name, each in document.items() if name not in ATTRIBUTES)
    return {*document, *(name for each in inner for name in each)}


def test_every_member_of_a_stored_event_is_named() -> None:
    """Of one that has them all."""
    full = TicketEvent(
        event_id="1",
        account="a",
        ticket_id="t",
        type="rated",
        occurred_at=NOON,
        received_at=NOON,
        attributes=dict.fromkeys(ATTRIBUTES, "x"),
        group="g",
        sequence=1,
        actor_role="agent",
        author_role="agent",
        public=True,
        merged_into="2",
        subject="service",
        actor_id="p",
        author_id="p",
        requester_id="p",
        value=4,
    )
    told = words(section("What is stored of an event")) | {"comment", "ticket"}
    assert names(event_to_json(full)) <= told
    assert told - names(event_to_json(full)) == {"paths"}


def test_every_table_bucket_and_queue_is_named() -> None:
    """So that nothing is stored that the page is silent about."""
    kinds = {"AWS::DynamoDB::Table", "AWS::S3::Bucket"}
    stored = {name for name, each in written()["Resources"].items() if each["Type"] in kinds}
    assert stored <= words(section("What is stored where"))
    assert "dead-letter queues" in section("What is stored where")
    assert "`Reminders`" in section("What is stored where")


def test_the_times_on_the_page_are_those_of_the_code() -> None:
    """Links, counts, quarantine, and what a retention may be."""
    where = {row[0]: row[3] for row in rows("What is stored where")}
    assert timedelta(days=int(where["links to acknowledge (`LINK`)"].split()[0])) == LASTS + LINKS_KEPT
    assert timedelta(days=int(where["counts of deliveries (`ACTIVITY#`)"].split()[0])) == KEPT
    (rule,) = written()["Resources"]["Quarantine"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert where["deliveries that could not be taken"] == f"{rule['ExpirationInDays']} days"
    assert {name: f"{least.days}d" for name, least in SHORTEST.items()} == dict(
        re.findall(r"\*\*`--(\w+)`\*\* \(at least (\d+d)", section("Retention"))
    )
    assert {"LogRetentionDays", "SealRetentionDays"} <= written()["Parameters"].keys() & words(TEXT)


def test_the_id_of_every_helpdesk_is_explained() -> None:
    """Whoever erases somebody has to know which it is."""
    told = {name for row in rows("Identities") for name in words(row[0])}
    assert told <= set(SOURCES)
    assert set(KINDS) - {"cloudevents"} <= told


def test_the_right_that_the_page_shows_is_one() -> None:
    """JSON, and for nothing but a row's end."""
    (shown,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    statement = json.loads(shown)
    allowed = statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
    assert (statement["Action"], allowed) == ("dynamodb:UpdateItem", ["pk", "sk", "expires_at"])


def test_the_commands_that_the_page_shows_can_be_read() -> None:
    """Every option of theirs is one."""
    shown = re.findall(r"^slaclock (.*)$", TEXT, re.MULTILINE)
    assert len(shown) >= 7
    for line in shown:
        _parser().parse_args(shlex.split(line.replace("[", "").replace("]", "")))


def test_who_acknowledged_is_kept_by_name() -> None:
    """The page says so: it is the one thing of a person in a fact."""
    assert "name" in {row[0]: row[2] for row in rows("What is stored where")}["its facts (`FACT#`)"]
    assert Acknowledgement.__dataclass_fields__["by"].type in ("str", str)


def test_the_one_id_of_a_person_that_is_stored_as_it_is_is_excepted() -> None:
    """The assignee's, by which escalations are routed; of GitHub it is the login."""
    told = section("What is stored of an event")
    (assignee,) = [row for row in rows("What is stored of an event") if row[0] == "`assignee`"]
    assert "of GitHub the login" in assignee[1]
    assert re.search(r"nor ids of people as the helpdesk has\s+them, but for `assignee`", told)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)", TEXT))))
def test_what_the_page_refers_to_is_there(link: str) -> None:
    """Decisions, and other pages."""
    assert (ROOT / "docs" / link).is_file()
