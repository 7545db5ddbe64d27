"""Whom an agreement tells, and when: rotas, the audiences and hours of reminders, runbooks."""

# ruff: noqa: E501  the tables of mistakes have one a line, its message whole

from __future__ import annotations

from datetime import date

import pytest

from slaclock.agreements.concerns import concerns
from slaclock.agreements.differences import differences
from slaclock.agreements.document import read_document
from slaclock.agreements.freeze import freeze
from slaclock.agreements.showing import shown
from slaclock.domain.frozen import agreement_from
from slaclock.domain.rota import Shift
from slaclock.evidence.canonical import content_hash
from tests.spec.test_agreement_documents import frozen, mistakes, with_line

PUBLISHED = date(2026, 3, 1)
LINK = "https://wiki.example.com/late"
SUPPORT = "audiences: {support: [{during: office, notify: team}, {notify: oncall-1}]}"
TOLD = (
    SUPPORT,
    "reminders: [50%]",
    "remind: [team, assignee]",
    "remind_during: office",
    f"escalation: [{{after: 0m, notify: support, runbook: {LINK}}}]",
)


def test_what_is_told_to_whom_is_frozen_as_it_is_written() -> None:
    """A target has what the document says of all, unless it says otherwise itself."""
    text = with_line(8, *TOLD).replace(
        "resolution: 8h", f"resolution: {{budget: 8h, remind: [team], runbook: {LINK}}}\n  first_response: 1h"
    )
    document = frozen(text)
    resolution, response = document["targets"]
    assert document["audiences"] == {
        "support": [{"during": "office", "notify": "team"}, {"notify": "oncall-1"}]
    }
    assert (resolution["remind"], resolution["remind_during"], resolution["runbook"]) == (
        ["team"],
        "office",
        LINK,
    )
    assert (response["remind"], "runbook" in response) == (["team", "assignee"], False)
    assert response["escalation"] == [
        {"after": "0m", "notify": "support", "until": "stopped", "runbook": LINK}
    ]


def test_a_frozen_document_is_read_with_whom_it_tells() -> None:
    """As the functions have it."""
    agreement = agreement_from(frozen(with_line(8, *TOLD)), version=1, content_hash="")
    target = agreement.targets["resolution"]
    assert agreement.audiences == {"support": (Shift("team", "office"), Shift("oncall-1"))}
    assert (target.remind, target.remind_during, target.runbook) == (("team", "assignee"), "office", None)
    assert target.escalation[0].runbook == LINK


def test_a_document_that_says_nothing_of_it_is_what_it_was() -> None:
    """What was published before keeps its content, its hash and its meaning: reminders go to the team at any hour."""
    document = frozen(
        with_line(8, "reminders: [50%]", "escalation: [{after: 0m, notify: one}]", "horizon: 2030-12-31")
    )
    (target,) = document["targets"]
    assert "audiences" not in document
    assert target.keys() == {
        "name",
        "metric",
        "budgets",
        "budgets_by",
        "calendars",
        "calendars_by",
        "pause_on",
        "on_reopen",
        "reminders",
        "escalation",
    }
    assert target["escalation"] == [{"after": "0m", "notify": "one", "until": "stopped"}]
    assert content_hash(document | {"tzdata": "2026a"}) == (
        "sha256:edbd4a8169a647b012052e31d4972933b4c0475542aad097c3dfa2211f54cff8"
    )
    read = agreement_from(document, version=1, content_hash="").targets["resolution"]
    assert (read.remind, read.remind_during, read.runbook) == (("team",), None, None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("audiences: {support: []}", "8:22: audiences.support: 0 entries: from 1 to 10 may be given"),
        ("audiences: {support: team}", "8:22: audiences.support: 'team' is not a list: write [team]"),
        ("audiences: {support: [{during: office}]}", "8:23: audiences.support[0].notify: missing: write an audience such as oncall-1"),
        ("audiences: {team: [{notify: a}]}", "8:13: audiences.team: 'team' has a meaning of its own: give the rota another name, such as support"),
        ("audiences: {support: [{during: office, notify: a}]}", "8:23: audiences.support[0]: nobody is told outside these hours: end with an entry that has no `during`"),
        ("audiences: {support: [{notify: a}, {notify: b}]}", "8:23: audiences.support[0]: what follows would never be told: only the last entry has no `during`"),
        ("audiences: {support: [{during: office, notify: a}, {during: office, notify: b}, {notify: c}]}", "8:52: audiences.support[1]: 'office' is given twice: the first entry counts"),
        ("audiences: {support: [{during: offce, notify: a}, {notify: b}]}", "8:32: audiences.support[0].during: unknown calendar 'offce': did you mean 'office'?"),
        ("audiences: {support: [{notify: night}], night: [{notify: a}]}", "8:32: audiences.support[0].notify: 'night' is a rota itself: name the audience that is told"),
        ("remind: []", "8:9: remind: 0 entries: from 1 to 5 may be given"),
        ("remind: team", "8:9: remind: 'team' is not a list: write [team]"),
        ("remind: [team, team]", "8:16: remind[1]: 'team' is given twice"),
        ("remind_during: offce", "8:16: remind_during: unknown calendar 'offce': did you mean 'office'?"),
        ("escalation: [{after: 0m, notify: a, runbook: http://a.example}]", "8:46: escalation[0].runbook: 'http://a.example' is not a link such as https://wiki.example.com/late, https and at most 255 characters"),
        ("escalation: [{after: 0m, notify: a, runbook: 'https://a.example/a b'}]", "8:46: escalation[0].runbook: 'https://a.example/a b' is not a link such as https://wiki.example.com/late, https and at most 255 characters"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands(line: str, said: str) -> None:
    """With what would be right."""
    assert mistakes(with_line(8, line)) == [said]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("resolution: {budget: 4h, remind_during: nights}", "7:43: targets.resolution.remind_during: unknown calendar 'nights': one of office"),
        ("resolution: {budget: 4h, runbook: wiki}", "7:37: targets.resolution.runbook: 'wiki' is not a link such as https://wiki.example.com/late, https and at most 255 characters"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_target_is_told_where_it_stands(line: str, said: str) -> None:
    """Likewise."""
    assert mistakes(with_line(7, f"  {line}")) == [said]


def test_a_link_has_255_characters_at_most() -> None:
    """It has to fit into messages."""
    link = "https://a.example/"
    for length, right in ((255, True), (256, False)):
        text = with_line(7, f"  resolution: {{budget: 4h, runbook: {link.ljust(length, 'x')}}}")
        assert bool(frozen(text) if right else mistakes(text))


def test_rotas_are_taken_over_whole_by_name() -> None:
    """`extends`: as calendars are."""
    base = read_document(
        with_line(8, "level: corporate", "audiences: {day: [{notify: a}], night: [{notify: b}]}"), "base.yaml"
    )
    child = (
        "agreement: child\nextends: acme-gold\naudiences: {night: [{during: office, notify: c}, {notify: d}]}"
    )
    document = freeze(read_document(child, "child.yaml", [base]), published=PUBLISHED)
    assert document["audiences"] == {
        "day": [{"notify": "a"}],
        "night": [{"during": "office", "notify": "c"}, {"notify": "d"}],
    }


def test_a_rota_that_tells_nobody_is_a_warning() -> None:
    """But not one of a base that another document uses."""
    rotas = "audiences: {day: [{notify: a}], night: [{notify: b}]}"
    base = read_document(with_line(8, "level: corporate", rotas, "remind: [day]"), "base.yaml")
    child = read_document(
        "agreement: c\nextends: acme-gold\nescalation: [{after: 0m, notify: night}]", "c.yaml", [base]
    )
    assert [(each.path, each.reason) for each in concerns(base, PUBLISHED)] == [
        ("audiences.night", "no level, reminder, warning or report is for it")
    ]
    assert list(concerns(base, PUBLISHED, [base, child])) == []


def test_show_says_who_is_told_and_when() -> None:
    """Rotas in a part of their own."""
    lines = list(shown(frozen(with_line(8, *TOLD)), PUBLISHED))
    assert (
        "    reminder        when 50% of the budget is worked, to the team and assignee, in the hours of"
        in lines
    )
    assert "                    office" in lines
    assert "    level 1         at the breach, to support, until the clock stops; runbook" in lines
    assert f"                    {LINK}" in lines
    assert (
        lines[lines.index("AUDIENCES") + 1] == "  support         team in the hours of office, else oncall-1"
    )


def test_diff_says_what_changes_in_who_is_told() -> None:
    """For rotas, reminders and runbooks."""
    old, new = frozen(with_line(8, "reminders: [50%]")), frozen(with_line(8, *TOLD))
    new["targets"][0]["escalation"], new["targets"][0]["runbook"] = [], LINK
    assert [f"{each.whom}: {each.sentence}" for each in differences(old, new)] == [
        f"all tickets: resolution: runbook (nothing) → {LINK}",
        "all tickets: resolution: reminders are told to the team → to the team and assignee, in the hours of office",
        "audience support: (nothing) → team in the hours of office, else oncall-1",
    ]


def test_diff_says_what_else_a_calendar_is_for() -> None:
    """Its hours say who is told, too."""
    old = frozen(with_line(8, *TOLD))
    new = frozen(with_line(8, *TOLD).replace("09:00-17:00", "08:00-17:00"))
    said = "calendar office (it counts resolution; it says who support is; reminders of resolution are told in its hours)"
    assert [each.whom for each in differences(old, new)] == [said]
