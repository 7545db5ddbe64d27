"""`extends`: an agreement takes over another's members, and overrides only what it names."""

# ruff: noqa: E501  the tables of mistakes have one a line, its message whole

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.agreements.document import InvalidDocument, read_document, read_file, read_together
from slaclock.agreements.freeze import freeze, load_together

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = date(2026, 3, 1)
CORPORATE = """\
agreement: corporate
title: For everybody
level: corporate
parties: {provider: Example Support}
effective: {from: 2026-01-01}
order: 900
applies_to: {plan: [gold]}
calendars:
  office: {timezone: Europe/Copenhagen, hours: {mon-fri: ["09:00-17:00"]}}
  always: {timezone: UTC, hours: 24x7}
calendar: office
metrics:
  vendor-wait: {start: {tags: [vendor]}, stop: {tags: {not: [vendor]}}}
targets:
  first_response: {urgent: 1h, default: 4h}
  resolution: {budget: {urgent: 8h, default: 3d}, calendar: {urgent: always}, clause: "§1", goal: {urgent: 4h, default: 1d}}
  vendor-wait: 5d
reminders: [75%]
escalation: [{after: 0m, notify: lead}]
"""
CHILD = """\
agreement: acme
extends: corporate
"""


def extended(*lines: str, base: str = CORPORATE) -> dict[str, Any]:
    """The frozen form of a document that extends the base, with these lines of its own."""
    given = read_document(base, "corporate.yaml")
    return freeze(read_document(CHILD + "\n".join(lines), "acme.yaml", [given]), published=PUBLISHED)


def mistakes(*lines: str, base: str = CORPORATE) -> list[str]:
    with pytest.raises(InvalidDocument) as raised:
        extended(*lines, base=base)
    return [str(problem) for problem in raised.value.problems]


def targets(frozen: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in frozen["targets"]}


def test_a_document_that_extends_needs_nothing_of_its_own() -> None:
    """All but id, title and level is the base's."""
    base = freeze(read_document(CORPORATE, "corporate.yaml"), published=PUBLISHED)
    own = {"agreement": "acme", "title": "acme", "level": "customer", "extends": "corporate"}
    assert extended() == {**base, **own}


def test_parties_effective_and_conditions_are_overridden_by_key() -> None:
    """What is not named stays."""
    frozen = extended(
        "parties: {customer: Acme}",
        "effective: {until: 2026-12-31}",
        "applies_to: {customer: acme, plan: [silver]}",
    )
    assert frozen["parties"] == {"provider": "Example Support", "customer": "Acme"}
    assert frozen["effective"] == {"from": "2025-12-31T23:00:00Z", "until": "2026-12-31T23:00:00Z"}
    assert frozen["applies_to"] == {"plan": {"any": ["silver"]}, "customer": {"any": ["acme"]}}


def test_calendars_and_metrics_are_replaced_whole_by_name() -> None:
    """A calendar of the base's name replaces it; the default calendar stays the base's."""
    frozen = extended(
        "calendars: {office: {timezone: Europe/Oslo, hours: 24x7}, plant: {timezone: UTC, hours: 24x7}}",
        "metrics: {vendor-wait: {start: created, stop: {tags: {not: [vendor]}}}}",
    )
    assert frozen["calendars"]["office"] == {"name": "office", "timezone": "Europe/Oslo", "hours": "24x7"}
    assert sorted(frozen["calendars"]) == ["always", "office", "plant"]
    assert (frozen["calendar"], frozen["timezone"]) == ("office", "Europe/Oslo")
    assert frozen["metrics"]["vendor-wait"]["start"] == "created"


def test_targets_are_overridden_member_by_member_and_their_tables_key_by_key() -> None:
    """A table by the same member is completed; one value for all, or another member, replaces it."""
    found = targets(
        extended(
            "targets:",
            "  first_response: 2h",
            "  resolution: {budget: {urgent: 6h, low: none}, calendar: {by: region, us: always}, goal: {urgent: 2h}}",
            "  agent_work: 2d",
        )
    )
    assert list(found) == ["first_response", "resolution", "vendor-wait", "agent_work"]
    assert found["first_response"]["budgets"] == {"default": "2h"}
    resolution = found["resolution"]
    assert resolution["budgets"] == {"urgent": "6h", "default": "3d", "low": "none"}
    assert (resolution["calendars"], resolution["calendars_by"]) == (
        {"default": "office", "us": "always"},
        "region",
    )
    assert resolution["goal"]["budgets"] == {"urgent": "2h", "default": "1d"}
    assert resolution["clause"] == "§1"
    assert found["agent_work"]["reminders"] == ["75%"]


def test_one_value_for_all_becomes_the_default_of_the_table_that_is_put_over_it() -> None:
    """The base's promise stays for every ticket that the table does not name."""
    base = CORPORATE.replace("first_response: {urgent: 1h, default: 4h}", "first_response: 4h")
    assert "first_response: 4h" in base
    found = targets(extended("targets: {first_response: {urgent: 30m}}", base=base))
    assert found["first_response"]["budgets"] == {"urgent": "30m", "default": "4h"}
    base = base.replace("first_response: 4h", "first_response: {budget: 4h, calendar: always, goal: 2h}")
    own = "{budget: {by: plan, gold: 3h}, calendar: {by: region, eu: office}, goal: {by: plan, gold: 1h}}"
    first = targets(extended(f"targets: {{first_response: {own}}}", base=base))["first_response"]
    goal = first["goal"]
    assert (first["budgets"], first["budgets_by"]) == ({"gold": "3h", "default": "4h"}, "plan")
    assert (first["calendars"], first["calendars_by"]) == ({"eu": "office", "default": "always"}, "region")
    assert (goal["budgets"], goal["budgets_by"]) == ({"gold": "1h", "default": "2h"}, "plan")


def test_a_table_with_a_default_of_its_own_covers_one_value_for_all() -> None:
    """It says itself what holds for the others."""
    base = CORPORATE.replace("first_response: {urgent: 1h, default: 4h}", "first_response: 4h")
    found = targets(extended("targets: {first_response: {urgent: 30m, default: none}}", base=base))
    assert found["first_response"]["budgets"] == {"urgent": "30m"}


def test_a_goal_goes_with_the_budget_that_is_taken_away() -> None:
    """`none` needs no word about the base's goal."""
    assert "goal" not in targets(extended("targets: {resolution: {budget: none}}"))["resolution"]


def test_a_target_of_the_base_may_be_changed_without_its_budget() -> None:
    """Only what is named is overridden."""
    assert targets(extended("targets: {resolution: {clause: §9}}"))["resolution"]["clause"] == "§9"


def test_lists_and_everything_else_are_replaced() -> None:
    """An empty list says none."""
    frozen = extended("reminders: [50%]", "escalation: []", "order: 10")
    assert (frozen["targets"][0]["reminders"], frozen["targets"][0]["escalation"]) == (["50%"], [])
    assert frozen["order"] == 10


def test_an_agreement_extends_at_most_from_service_over_customer_to_corporate(tmp_path: Path) -> None:
    """Two steps: each base is strictly more general, and found beside the one that asks."""
    (tmp_path / "corporate.yaml").write_text(CORPORATE)
    (tmp_path / "acme.yml").write_text(f"{CHILD}applies_to: {{customer: acme}}\n")
    service = tmp_path / "payroll.yaml"
    service.write_text("agreement: payroll\nlevel: service\nextends: acme\napplies_to: {service: payroll}\n")
    document = read_file(service)
    assert document.bases == ("acme", "corporate")
    assert load_together([service], published=PUBLISHED).versions[0].applies_to == {
        "plan": {"any": ["gold"]},
        "customer": {"any": ["acme"]},
        "service": {"any": ["payroll"]},
    }


def test_a_base_is_found_among_the_documents_given_together(tmp_path: Path) -> None:
    """Whatever their files are called; one that is only found beside is read, and not published."""
    (tmp_path / "base").mkdir()
    base, child = tmp_path / "base" / "any.yaml", tmp_path / "acme.yaml"
    base.write_text(CORPORATE)
    child.write_text(CHILD)
    assert [each.values["agreement"] for each in read_together([child, base])] == ["acme", "corporate"]
    assert [each.id for each in load_together([child, base], published=PUBLISHED).versions] == [
        "acme",
        "corporate",
    ]
    (tmp_path / "corporate.yaml").write_text(CORPORATE)
    assert [each.id for each in load_together([child], published=PUBLISHED).versions] == ["acme"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["extends: corporat"], "acme.yaml:2:10: extends: no document given has the id 'corporat': did you mean 'corporate'?"),
        (["extends: acme"], "acme.yaml:2:10: extends: no document given has the id 'acme'"),
        (["extends: not an id"], "acme.yaml:2:10: extends: 'not an id' is not an id: letters, digits and . _ - (not first), at most 64 characters"),
        (["extends: corporate", "level: corporate"], "acme.yaml:2:10: extends: 'corporate' is of level corporate and this of level corporate: a base is more general than this"),
        (["extends: corporate", "kind: internal"], "acme.yaml:2:10: extends: 'corporate' is of kind customer and this of kind internal: a base is of the same kind"),
        (["extends: corporate", "calendar: ofice"], "acme.yaml:3:11: calendar: unknown calendar 'ofice': did you mean 'office'?"),
        (["extends: corporate", "targets: {agent_work: {budget: 1h, calendar: ofice}}"], "acme.yaml:3:46: targets.agent_work.calendar: unknown calendar 'ofice': did you mean 'office'?"),
        (["extends: corporate", "targets: {agent_work: {clause: §1}}"], "acme.yaml:3:23: targets.agent_work.budget: missing: write a duration such as 8h, or one by priority"),
        (["extends: corporate", "targets: {resolution: {metric: time_in_team}}"], "acme.yaml:3:23: targets.resolution.team: missing: time_in_team is measured for one team: write its id or name"),
        (["extends: corporate", "effective: {until: 2025-06-30}"], "acme.yaml:3:12: effective: until 2025-06-30 comes before from 2026-01-01"),
        (["extends: corporate", "targets: {resolution: 3h}"], "acme.yaml:3:23: targets.resolution.goal.budget.urgent: '4h' is not stricter than the budget 3h"),
        (["extends: corporate", "metrics: {vendor-wait: {start: created, stop: solved, while: in_team}}"], "acme.yaml:2:10: targets.vendor-wait.team: missing: vendor-wait is measured for one team: write its id or name"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_is_extended_is_told_where_it_stands(lines: list[str], said: str) -> None:
    """References are checked against the whole; what the base alone says is told at `extends`."""
    given = read_document(CORPORATE, "corporate.yaml")
    with pytest.raises(InvalidDocument) as raised:
        read_document("\n".join(["agreement: acme", *lines]), "acme.yaml", [given])
    assert str(raised.value) == said


def test_agreements_that_extend_each_other_have_no_end(tmp_path: Path) -> None:
    """Told at the `extends` of each."""
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text("agreement: one\nlevel: service\nextends: two\n")
    two.write_text("agreement: two\nextends: one\n")
    with pytest.raises(InvalidDocument) as raised:
        read_together([one, two])
    assert str(raised.value).splitlines() == [
        f"{one}:3:10: extends: 'two' extends 'one' in its turn: this has no end",
        f"{two}:2:10: extends: 'one' extends 'two' in its turn: this has no end",
    ]
    one.write_text("agreement: one\nextends: one\n")
    with pytest.raises(InvalidDocument, match="one extends one: this has no end"):
        read_file(one)


def test_a_base_with_mistakes_is_told_with_its_own_lines(tmp_path: Path) -> None:
    """One run shows all there is to correct, in both files."""
    base, child = tmp_path / "corporate.yaml", tmp_path / "acme.yaml"
    base.write_text(CORPORATE.replace("calendar: office\n", "calendar: ofice\n"))
    child.write_text(f"{CHILD}ordr: 1\n")
    with pytest.raises(InvalidDocument) as raised:
        read_file(child)
    assert str(raised.value).splitlines() == [
        f"{child}:2:10: extends: 'corporate' has mistakes of its own",
        f"{child}:3:1: ordr: unknown member 'ordr': did you mean 'order'?",
        f"{base}:11:11: calendar: unknown calendar 'ofice': did you mean 'office'?",
    ]


def test_a_file_beside_must_have_the_id_that_it_is_named_after(tmp_path: Path) -> None:
    """A renamed agreement is not found by its old name."""
    (tmp_path / "corporate.yaml").write_text(CORPORATE.replace("agreement: corporate", "agreement: renamed"))
    child = tmp_path / "acme.yaml"
    child.write_text(CHILD)
    with pytest.raises(InvalidDocument) as raised:
        read_file(child)
    assert str(raised.value) == (
        f"{child}:2:10: extends: {tmp_path / 'corporate.yaml'} has the id 'renamed', not 'corporate'"
    )
    (tmp_path / "corporate.yaml").unlink()
    with pytest.raises(InvalidDocument, match=r"there is no corporate\.yaml beside this one"):
        read_file(child)


def test_the_horizon_of_a_base_is_told_where_it_is_extended() -> None:
    """What shows only when the document is frozen has a line, too."""
    said = "acme.yaml:2:10: horizon: 2026-02-01 is past: no holiday would count after it, 2026-03-01 is today"
    assert mistakes(base=f"{CORPORATE}horizon: 2026-02-01\n") == [said]
