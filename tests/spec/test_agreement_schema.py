"""`slaclock agreement schema`: the same grammar as JSON Schema, so that editors complete and check."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor

from slaclock.agreements.document import InvalidDocument, read_document
from slaclock.agreements.grammar import SCHEMA
from slaclock.cli import agreement as command
from slaclock.domain.metrics import BUILT_IN

ROOT = Path(__file__).parents[2]
SAMPLES = [
    ROOT / "agreements" / "acme-gold.yaml",
    *sorted((ROOT / "docs" / "examples" / "agreements").glob("*.yaml")),
]
BASE = """\
agreement: acme-gold
calendars: {always: {timezone: UTC, hours: 24x7}}
"""
validate = fastjsonschema.compile(SCHEMA)


class _AsEditorsDo(SafeConstructor):
    """YAML 1.2, in which a date is text: what an editor's language server reads."""


_AsEditorsDo.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def read(text: str) -> Any:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _AsEditorsDo
    return yaml.load(text)


def invalid(text: str) -> bool:
    try:
        validate(read(text))
    except fastjsonschema.JsonSchemaException:
        return True
    return False


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_fits_the_schema(path: Path) -> None:
    """The schema never refuses what the check accepts."""
    validate(read(path.read_text()))


@pytest.mark.parametrize(
    "line",
    [
        "targets: {resolution: 8h}\norder: 10",
        "targets: {resolution: 8h}\norder: '10'",
        "targets: {resolution: 2d   end of   day}",
        "targets: {resolution: none}",
        "targets: {resolution: {by: custom.severity, sev1: 4h}}",
        "targets: {resolution: {by: status, open: 4h}}",
        "targets: {resolution: {by: priority, urgent: 4h}}",
        "targets: {pay: {metric: resolution, budget: end of day of custom.day}}",
        "targets: {resolution: {budget: {urgent: 4h}, goal: {by: region, us: 2h}}}",
        "targets: {resolution: {budget: 8h, goal: {budget: 1h, reminders: [0m before]}}}",
        "targets: {resolution: 8h}\napplies_to: {plan: 7, tags: {any: [a], not: [b]}, not: {team: b}}",
        "targets: {resolution: 8h}\ntitle: 2026",
        "targets: {own: 1h}\nmetrics: {own: {start: {at: created_at}, stop: {plan: x}, repeat: reopened}}",
        "targets: {own: 1h}\nmetrics: {own: {start: created, stop: solved, repeat: {plan: x}}}",
        "targets: {resolution: 8h}\napplies_to: {assignee: {known: false}}",
        "targets: {resolution: 8h}\naudiences: {sup: [{during: always, notify: team}, {notify: a}]}",
        "targets: {resolution: {budget: 8h, runbook: https://a.example/x}}\nremind: [team, assignee]",
    ],
)
def test_what_the_check_accepts_fits_the_schema(line: str) -> None:
    """YAML's own types included: a number is an id or an order as it stands."""
    assert read_document(BASE + line, "sla.yaml")
    validate(read(BASE + line))


@pytest.mark.parametrize(
    "line",
    [
        "targets: {resolution: 8 hours}",
        "targets: {resolution: {urgnt: 8h}}",
        "targets: {resolution: {by: severity, a: 8h}}",
        "targets: {resolution: {by: status, opne: 8h}}",
        "targets: {resolution: {budget: 8h, bonus: 1}}",
        "targets: {resolution: {}}",
        "targets: {}",
        "target: {resolution: 8h}",
        "targets: {resolution: 8h}\nkind: custmer",
        "targets: {resolution: 8h}\norder: first",
        "targets: {resolution: 8h}\norder: -1",
        "targets: {resolution: 8h}\nreview: soon",
        "targets: {resolution: 8h}\napplies_to: {paln: gold}",
        "targets: {resolution: 8h}\napplies_to: {any: {plan: gold}}",
        "targets: {resolution: 8h}\napplies_to: {priority: urgnt}",
        "targets: {resolution: 8h}\napplies_to: {not: {tags: {some: [a]}}}",
        "targets: {resolution: 8h}\nreminders: [15m after]",
        "targets: {resolution: 8h}\nescalation: [{after: 1d, notify: a}]",
        "targets: {resolution: 8h}\nescalation: [{after: 30m}]",
        "targets: {resolution: 8h}\nescalation: [{after: 30m, notify: a, runbook: http://a.example}]",
        "targets: {resolution: 8h}\naudiences: {sup: [{during: office}]}",
        "targets: {resolution: 8h}\nremind: team",
        "targets: {resolution: 8h}\nmetrics: {own: {start: craeted, stop: solved}}",
        "targets: {resolution: 8h}\nmetrics: {own: {start: {at: day}, stop: solved}}",
        "targets: {resolution: 8h}\nmetrics: {own: {start: created}}",
        "targets: {resolution: {budget: 8h, goal: custom.day}}",
        "targets: {resolution: 8h}\nexclusions: [{from: 2026-06-01, to: 2026-06-02, reason: a}]",
        "targets: {resolution: 8h}\ncredits: {period: week, bands: [{below: 9%, credit: 1%}]}",
    ],
)
def test_what_does_not_fit_the_schema_is_refused_by_the_check(line: str) -> None:
    """An editor underlines no less than the shape of these."""
    assert invalid(BASE + line)
    with pytest.raises(InvalidDocument):
        read_document(BASE + line, "sla.yaml")


@pytest.mark.parametrize("hours", ["24/7", "{fryday: ['08:00-12:00']}", "{mon: ['8-12']}"])
def test_a_mistyped_calendar_does_not_fit_the_schema(hours: str) -> None:
    """Windows and weekdays are part of it."""
    text = (
        f"agreement: a\ncalendars: {{office: {{timezone: UTC, hours: {hours}}}}}\ntargets: {{resolution: 8h}}"
    )
    assert invalid(text)
    with pytest.raises(InvalidDocument):
        read_document(text, "sla.yaml")


def test_the_schema_is_printed_for_editors(capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON document: JSON Schema 2020-12, each member with what it means."""
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    args = parser.parse_args(["agreement", "schema"])
    assert args.run(args) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == SCHEMA
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert all("description" in member for name, member in printed["properties"].items())
    named = [each for each in json.dumps(printed).split('"') if each in BUILT_IN]
    assert set(named) == set(BUILT_IN)
