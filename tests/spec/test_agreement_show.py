"""`slaclock agreement show`: an agreement as a lawyer reads it, with nothing hidden."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from slaclock.agreements.document import read_document, read_file
from slaclock.agreements.freeze import freeze
from slaclock.agreements.page import WIDTH
from slaclock.agreements.showing import shown
from slaclock.agreements.showing_exclusions import entered_later
from slaclock.agreements.wording import condition_words
from slaclock.cli import deployed, main
from slaclock.domain.choosing import AgreementEnd
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.instants import parse_instant
from slaclock.domain.zones import TZDATA_VERSION as EDITION
from slaclock.evidence.canonical import canonical, content_hash
from slaclock.store.agreements import Version
from tests.functions.world import World

if TYPE_CHECKING:
    from typing import Any

ROOT = Path(__file__).parents[2]
PUBLISHED = date(2026, 3, 1)
SHORTEST = "agreement: a\ncalendars: {always: {timezone: UTC, hours: 24x7}}\ntargets: {resolution: 8h}\n"
FULL = """\
agreement: gold
title: Gold support
parties: {provider: Example Support, customer: Acme A/S}
effective: {from: 2026-01-01, until: 2026-12-31}
review: 2026-12-01
order: 10
applies_to_open: true
applies_to: {customer: [acme], tags: {any: [vip, premium]}, not: {plan: basic}}
calendars:
  office:
    timezone: Europe/Copenhagen
    hours: {mon-thu: ["08:00-12:00", "12:30-17:00"], fri: ["08:00-16:00"]}
    holidays: [06-05, 2026-12-24]
    exceptions: {2026-12-23: ["08:00-12:00"], 2026-12-30: []}
  always: {timezone: UTC, hours: 24x7}
calendar: office
targets:
  resolution:
    budget: {urgent: 4h, high: 2d end of day}
    calendar: {urgent: always}
    pause_on: [pending]
    on_reopen: restart
    clause: "§4.2"
    goal: {urgent: 2h}
    reminders: [75%, 15m before]
    escalation:
      - {after: 0m, notify: oncall-1, until: acknowledged, repeat: {times: 2, every: 15m wall}}
      - {after: 30m, notify: oncall-2}
  second-line: {metric: time_in_team, team: tier2, budget: 6h}
exclusions:
  - {from: 2026-06-01T00:00:00+02:00, to: 2026-06-01T06:00:00+02:00, reason: announced maintenance}
credits:
  {period: month, fee: {amount: "12000.00", currency: DKK}, bands: [{below: 99%, credit: 5%}], cap: 15%}
"""


def page(text: str) -> list[str]:
    return list(shown(freeze(read_document(text, "sla.yaml"), published=PUBLISHED), PUBLISHED))


def section(lines: list[str], head: str) -> list[str]:
    """The lines after a heading, to the next blank one."""
    rest = lines[lines.index(head) + 1 :]
    return rest[: rest.index("")] if "" in rest else rest


def test_what_a_document_leaves_out_is_shown_as_the_default_that_counts() -> None:
    """The shortest document, whole."""
    assert page(SHORTEST) == [
        "a",
        "a: a promise to a customer (SLA)",
        "",
        "  Parties         not named",
        "  Term            from its publication, until it is ended",
        "  Review          no date is set",
        "  Applies to      every ticket (the default)",
        "  Asked           after every agreement with an order (the default); where equal, by level",
        "                  (customer) and number of conditions",
        "  A new version   counts for new tickets; open ones keep theirs (the default)",
        f"  Local time      UTC, that of the default calendar; time zone rules {EDITION}",
        "",
        "CALENDARS",
        "  always (the default calendar), in UTC",
        "    every day     around the clock",
        "    holidays      none in the year from 2026-03-01",
        "",
        "PROMISES",
        "  resolution",
        "    all tickets  8h of working time, calendar always",
        "    starts          when the ticket is created",
        "    pauses while    the status is on_hold or pending (the default)",
        "    stops           when the ticket is solved or closed",
        "    again           reopened, it goes on, with the time already worked and without the gap (the",
        "                    default)",
        "    counts as       resolution",
        "    reminder        none",
        "    escalation      no ladder: of a breach the team and legal are told",
        "",
        "TIME THAT DOES NOT COUNT",
        "  Nothing is excluded in this document.",
        "  Exclusions entered later stand beside it.",
        "",
        "CAUSES",
        "  Of a breach     staffing, communication, unforeseen event, monitoring, unclear terms, third party",
        "                  or customer (the default)",
        "",
        "REPORTS",
        "  None are made without being asked for.",
        "",
        "CREDITS",
        "  None are agreed here.",
    ]


def test_the_terms_say_who_when_and_for_which_tickets() -> None:
    """Instants on local clocks and in UTC; conditions in words."""
    assert page(FULL)[:15] == [
        "Gold support",
        "gold: a promise to a customer (SLA)",
        "",
        "  Provider        Example Support",
        "  Customer        Acme A/S",
        "  Term            from Thu 2026-01-01 00:00 Europe/Copenhagen (2025-12-31T23:00:00Z), before Fri",
        "                  2027-01-01 00:00 Europe/Copenhagen (2026-12-31T23:00:00Z); what runs then goes on",
        "  Review          on 2026-12-01",
        "  Applies to      tickets of which all of this holds, and is known: customer is acme and tags",
        "                  include vip or premium and not (plan is basic)",
        "  Asked           with order 10, the lowest first; where equal, by level (customer) and number of",
        "                  conditions",
        "  A new version   counts for tickets that are open already",
        f"  Local time      Europe/Copenhagen, that of the default calendar; time zone rules {EDITION}",
        "",
    ]


def test_calendars_have_their_hours_and_the_holidays_of_the_coming_year() -> None:
    """Exceptions beat holidays; the days that are not named are closed."""
    assert section(page(FULL), "CALENDARS") == [
        "  office (the default calendar), in Europe/Copenhagen",
        "    mon-thu       08:00-12:00, 12:30-17:00",
        "    fri           08:00-16:00",
        "    other days    closed",
        "    2026-12-23    08:00-12:00 in place of that day's hours",
        "    2026-12-30    closed in place of that day's hours",
        "    every year on 06-05",
        "    dates in 2026 12-24",
        "    holidays      in the year from 2026-03-01: Fri 2026-06-05, Thu 2026-12-24",
        "  always, in UTC",
        "    every day     around the clock",
        "    holidays      none in the year from 2026-03-01",
    ]


def test_the_rules_of_holidays_are_shown_not_only_the_coming_days() -> None:
    """Every year's days, the countries with how far they are written out, and each date."""
    text = SHORTEST.replace(
        "hours: 24x7", "hours: 24x7, holidays: [{country: DK}, {country: DE, subdivision: BY}, 06-05, 12-24]"
    )
    lines = section(page(f"{text}horizon: 2026-12-31\n"), "CALENDARS")
    assert lines[2:6] == [
        "    every year on 06-05, 12-24",
        "    official days of DK and DE-BY, as the dates below, complete up to 2026-12-31",
        "    dates in 2025 01-01, 01-06, 04-17, 04-18, 04-20, 04-21, 05-01, 05-29, 06-08, 06-09, 06-19,",
        "                  10-03, 11-01, 12-25, 12-26",
    ]


def test_the_order_of_a_table_is_shown_where_it_counts() -> None:
    """Read back from a store, which sorts members, the rows still stand as they were written."""
    text = SHORTEST.replace(
        "{resolution: 8h}",
        "{resolution: {budget: {by: tags, vip: 1h, gold: 4h, default: 9h},"
        " goal: {by: custom.x, b: 1h, a: 2h}}}",
    )
    document = json.loads(canonical(freeze(read_document(text, "sla.yaml"), published=PUBLISHED)))
    lines = list(shown(document, PUBLISHED))
    first = lines.index("  resolution")
    assert lines[first + 1 : first + 5] == [
        "    tickets with tags vip   1h of working time, calendar always",
        "    tickets with tags gold  4h of working time, calendar always",
        "    all other tickets       9h of working time, calendar always",
        "    order           of several tags, the first listed counts",
    ]
    goals = [line for line in lines if line.startswith("    goal")]
    assert [line.split(":")[0] for line in goals[:2]] == [
        "    goal            tickets with custom.x b",
        "    goal            tickets with custom.x a",
    ]
    assert goals[2] == "    goal order      of several values of custom.x, the first listed counts"


def test_tables_in_two_orders_are_shown_one_below_the_other() -> None:
    """Of a ticket with both tags one gives the budget and the other the calendar."""
    text = SHORTEST.replace("{always:", "{night: {timezone: UTC, hours: 24x7}, always:").replace(
        "{resolution: 8h}",
        "{resolution: {budget: {by: tags, a: 1h, b: 4h}, calendar: {by: tags, b: night, a: always}}}",
    )
    lines = page(f"{text}calendar: always\n")
    first = lines.index("  resolution")
    assert lines[first + 1 : first + 9] == [
        "    tickets with tags a  1h of working time",
        "    tickets with tags b  4h of working time",
        "    all other tickets    no promise: no clock runs",
        "    tickets with tags b  calendar night",
        "    tickets with tags a  calendar always",
        "    all other tickets    calendar always",
        "    order           of several tags, the first listed counts",
        "    calendar order  of several tags, the first listed counts",
    ]


def test_a_promise_has_its_budgets_its_clock_and_its_ladder() -> None:
    """For whom, what starts, pauses and stops it, who is told what."""
    assert section(page(FULL), "PROMISES") == [
        "  resolution, §4.2",
        "    urgent tickets     4h of working time, calendar always",
        "    high tickets       2 working days, to the end of that day, calendar office",
        "    all other tickets  no promise: no clock runs",
        "    starts          when the ticket is created",
        "    pauses while    the status is pending",
        "    stops           when the ticket is solved or closed",
        "    again           reopened, it begins anew, from nothing",
        "    counts as       resolution",
        "    reminder        when 75% of the budget is worked, to the team",
        "    reminder        15m of working time before the deadline, to the team",
        "    goal            urgent tickets: 2h of working time, our own aim: missing it is no breach",
        "    goal reminder   at the goal itself, to the team",
        "    level 1         at the breach, to oncall-1, until somebody takes it in hand; again 2 times,",
        "                    every 15m of elapsed time",
        "    level 2         30m of working time after the breach, to oncall-2, until the clock stops",
    ]


def test_an_ola_names_its_team() -> None:
    """In what its clock does."""
    assert "    runs while      the ticket is in the team tier2" in page(FULL)


def test_exclusions_and_credits_are_shown() -> None:
    """From when to when, and why; what is owed for what."""
    lines = page(FULL)
    assert section(lines, "TIME THAT DOES NOT COUNT") == [
        "  from            Mon 2026-06-01 00:00 Europe/Copenhagen (2026-05-31T22:00:00Z)",
        "  to              Mon 2026-06-01 06:00 Europe/Copenhagen (2026-06-01T04:00:00Z)",
        "  because         announced maintenance",
        "  Exclusions entered later stand beside it.",
    ]
    assert section(lines, "CREDITS") == [
        "  Period          each month, by the days of Europe/Copenhagen",
        "  Fee             12000.00 DKK",
        "  Attainment      below 99%: 5% of the fee is credited",
        "  At most         15% of the fee",
    ]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({}, "every ticket"),
        ({"plan": {"any": ["gold"]}}, "plan is gold"),
        ({"tags": {"all": ["a", "b"], "not": ["c"]}}, "tags include a and b and tags include no c"),
        ({"assignee": {"known": True}}, "assignee is known"),
        ({"any": [{"plan": {"any": ["a"]}}, {"plan": {"not": ["b"]}}]}, "((plan is a) or (plan is not b))"),
        ({"not": {"ticket_type": {"any": ["bug"]}}}, "not (type is bug)"),
        ({"custom.site": {"any": ["x", "y", "z"]}}, "custom.site is x, y or z"),
    ],
)
def test_a_condition_in_words(condition: dict[str, Any], words: str) -> None:
    """As one would read it out."""
    assert condition_words(condition) == words


@pytest.mark.parametrize(
    "path",
    [*(ROOT / "agreements").glob("*.yaml"), *(ROOT / "docs/examples/agreements").glob("*.yaml")],
    ids=lambda path: path.stem,
)
def test_no_line_is_wider_than_a_page(path: Path) -> None:
    """A hundred columns, and no blank lines in a row."""
    lines = list(shown(freeze(read_file(path), published=PUBLISHED), PUBLISHED))
    assert max(map(len, lines)) <= WIDTH
    assert "\n\n\n" not in "\n".join(lines)


# -- the command -----------------------------------------------------------------------------------------


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A stack in memory, with acme-gold published for the account `example`."""
    world = World("2026-03-27T14:05:00Z")
    monkeypatch.setattr(deployed, "stack", lambda *_: world)
    monkeypatch.setattr(deployed, "now", world.now)
    return world


def test_files_are_shown_one_after_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As if they were published today."""
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(SHORTEST.replace("agreement: a", f"agreement: {name}"))
    assert main(["agreement", "show", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]) == 0
    out = capsys.readouterr().out
    assert out.startswith("a\na: a promise to a customer (SLA)\n")
    assert "\n\nb\nb: a promise to a customer (SLA)\n" in out


def test_a_published_version_says_when_it_was_published_and_its_hash(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest, or the one that is asked for."""
    assert main(["agreement", "show", "--account", "example"]) == 0
    (published,) = world.memory.agreements("example").versions
    assert capsys.readouterr().out.splitlines()[:3] == [
        "Gold support for Acme",
        "acme-gold: a promise to a customer (SLA)",
        f"version 1, published at 2026-03-27T14:05:00Z, hash {published.content_hash}",
    ]


def test_the_end_of_an_agreement_is_shown_first(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """When, why and by whom, before anything that it once promised."""
    assert main(["agreement", "show", "--account", "example"]) == 0
    assert "ENDED" not in capsys.readouterr().out
    world.memory.end("example", AgreementEnd("acme-gold", world.time, "the contract was cancelled", "ada"))
    assert main(["agreement", "show", "--account", "example"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[3:6] == [
        "ENDED at Fri 2026-03-27 15:05 Europe/Copenhagen (2026-03-27T14:05:00Z): the contract was cancelled,",
        "    by ada; nothing starts under it any more",
        "",
    ]
    (number,) = (number for number, line in enumerate(lines) if line.startswith("  Term"))
    assert lines[number + 1] == "                  ended, see above"


def test_exclusions_that_were_entered_later_are_shown_with_the_agreement(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that may count for its clocks, with whom and when; of another agreement none."""
    assert main(["agreement", "show", "--account", "example"]) == 0
    assert section(capsys.readouterr().out.splitlines(), "TIME THAT DOES NOT COUNT")[-1] == (
        "  No exclusion was entered later."
    )
    at, until = world.time, parse_instant("2026-03-27T16:00:00Z")
    for name, scope in (
        ("cut", {"agreement": "acme-gold", "target": "resolution"}),
        ("else", {"agreement": "x"}),
    ):
        world.memory.exclude(Exclusion(name, "example", at, until, "a power cut", "ada", at, scope))
    assert main(["agreement", "show", "--account", "example"]) == 0
    assert section(capsys.readouterr().out.splitlines(), "TIME THAT DOES NOT COUNT")[3:] == [
        "  from            Fri 2026-03-27 15:05 Europe/Copenhagen (2026-03-27T14:05:00Z)",
        "  to              Fri 2026-03-27 17:00 Europe/Copenhagen (2026-03-27T16:00:00Z)",
        "  because         a power cut",
        "  entered later   by ada at 2026-03-27T14:05:00Z",
        "  for             target is resolution",
    ]


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ({}, "every ticket"),
        ({"agreement": "acme-gold", "ticket_id": "7"}, "ticket is 7"),
        ({"priority": "urgent", "plan": ["a", "b"]}, "priority is urgent and plan is a or b"),
        ({"target": "resolution", "region": {"any": ["emea"]}}, "target is resolution and region is emea"),
    ],
)
def test_for_whom_an_exclusion_is_stands_in_words(scope: dict[str, Any], words: str) -> None:
    """Also where its values stand alone, as in a history."""
    at = parse_instant("2026-03-27T14:05:00Z")
    cut = Exclusion("cut", "example", at, at, "a power cut", "ada", at, scope)
    assert list(entered_later({"timezone": "UTC"}, [cut]))[-1] == f"  for             {words}"


def test_a_goal_without_budgets_is_no_goal() -> None:
    """All of them are `none`: there is nothing to say of its reminders."""
    goal = {"budgets": {}, "budgets_by": "priority", "reminders": ["0m before"]}
    frozen = freeze(read_document(SHORTEST, "sla.yaml"), published=PUBLISHED)
    with_goal = {**frozen, "targets": [{**frozen["targets"][0], "goal": goal}]}
    assert list(shown(with_goal, PUBLISHED)) == page(SHORTEST)


def test_an_older_version_can_be_shown(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A published version never changes."""
    frozen = freeze(read_file(ROOT / "agreements" / "acme-gold.yaml"), published=PUBLISHED)
    frozen = {**frozen, "title": "Gold, anew"}
    later = datetime.fromisoformat("2026-04-01T00:00:00Z")
    world.memory.publish("example", [Version(frozen, 2, content_hash(frozen))], later, 1)
    world.at("2026-04-02T00:00:00Z")
    assert main(["agreement", "show", "--account", "example", "acme-gold"]) == 0
    assert main(["agreement", "show", "--account", "example", "acme-gold", "--version", "1"]) == 0
    titles = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Gold")]
    assert titles == ["Gold, anew", "Gold support for Acme"]
    assert main(["agreement", "diff", "--account", "example", "acme-gold"]) == 0
    assert "everybody: title Gold support for Acme → Gold, anew\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["show", "--account", "example", "silver"],
            "account 'example' has no agreement 'silver': there are acme-gold",
        ),
        (["show", "--account", "nobody"], "account 'nobody' has no agreement"),
        (
            ["show", "--account", "example", "--version", "9"],
            "account 'example' has no version 9 of 'acme-gold'",
        ),
        (["show"], "say what to show: FILE..., or --account ID, perhaps with an agreement and --version"),
        (["diff", "--account", "example", "silver"], "account 'example' has no agreement 'silver'"),
        (
            ["diff", "--account", "example", "acme-gold"],
            "'acme-gold' has one version only: there is nothing to compare it with",
        ),
        (
            ["diff", "--account", "example", "acme-gold", "--from", "1", "--to", "3"],
            "account 'example' has no version 3 of 'acme-gold'",
        ),
        (["diff", "--account", "example", "a", "b"], "with --account, name one agreement"),
    ],
)
@pytest.mark.usefixtures("world")
def test_what_is_not_there_is_said_in_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With exit 1."""
    assert main(["agreement", *arguments]) == 1
    assert capsys.readouterr().err == f"slaclock: {said}\n"
