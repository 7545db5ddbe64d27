"""docs/operations.md: a section for each alarm, and commands that are what they say."""

import json
import re
import subprocess
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from scripts.template_source import Template, translated, written
from slaclock.cli import redrive_positions
from slaclock.cli.redrive_kinds import KINDS
from slaclock.cli.redrive_letters import Letter
from slaclock.gauges import MEASURED
from tests.e2e.capacity import TICKET, UNIT, swept

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ALARMS = sorted(name for name, _ in Template(written()).of_type("AWS::CloudWatch::Alarm"))
SECTIONS = dict(re.findall(r"^### (\w+Alarm)\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))
# In AWS's place: an output or a resource is its name; any other command answers with its words, one a line.
STUB = """
aws() {
  case "$2" in
    describe-stacks) printf '%s' "$6" | cut -d"'" -f2 ;;
    describe-stack-resource) printf '%s' "$6" ;;
    *) printf '%s\\n' "$@" ;;
  esac
}
"""


def test_each_alarm_has_a_section_and_each_section_an_alarm() -> None:
    """Who is woken by an alarm finds it by its name; what is gone from the template is gone from the page."""
    assert sorted(SECTIONS) == ALARMS
    assert len(ALARMS) == 53


@pytest.mark.parametrize("alarm", ALARMS)
def test_a_section_says_what_it_means_what_to_look_at_and_what_to_do(alarm: str) -> None:
    """In this order, and in few words."""
    assert re.findall(r"^\*\*(\w+)\.\*\*", SECTIONS[alarm], re.MULTILINE) == ["Means", "Look", "Do"]
    assert len(SECTIONS[alarm].split()) < 200


def test_an_alarm_that_the_page_speaks_of_is_there() -> None:
    """A pointer to nothing costs minutes at night."""
    assert set(re.findall(r"\b[A-Z]\w+Alarm\b", TEXT)) == set(ALARMS)


def test_the_page_says_how_many_alarms_there_are_and_how_many_metrics_they_cost() -> None:
    """CloudWatch asks for each metric that an alarm looks at."""
    alarms = [each for _, each in Template(written()).of_type("AWS::CloudWatch::Alarm")]
    metrics = sum(
        len([m for m in each.get("Metrics", [{"MetricStat": 0}]) if "MetricStat" in m]) for each in alarms
    )
    assert f"The {len(alarms)} alarms cost what CloudWatch asks for the {metrics} metrics" in TEXT


def test_every_parameter_of_the_stack_is_explained() -> None:
    """Under Settings."""
    settings = TEXT.split("## Settings")[1].split("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", settings)) >= written()["Parameters"].keys()


def test_every_default_is_the_templates() -> None:
    """Rows of one parameter or two; what is empty is said so. Whoever deploys goes by this table."""
    settings = TEXT.split("## Settings")[1].split("\n## ")[0]
    found: dict[str, str] = {}
    for names, defaults in re.findall(r"^\| (`\w+`(?:, `\w+`)?) \| ([^|]+) \|", settings, re.MULTILINE):
        said = ["" if each == "empty" else each.strip("`") for each in defaults.split(", ")]
        found |= dict(zip(re.findall(r"\w+", names), said, strict=True))
    written_so = {name: str(each["Default"]) for name, each in written()["Parameters"].items()}
    assert found == written_so


def test_a_stack_of_defaults_is_safe() -> None:
    """Closed, bounded, kept, and it stops nobody: what is lax has to be asked for."""
    defaults = {name: each["Default"] for name, each in written()["Parameters"].items()}
    asked_for = ("JwtIssuer", "PartnerEventBus", "Audiences", "SealKeyArn")
    assert [defaults[name] for name in asked_for] == [""] * 4
    assert (defaults["ReservedConcurrency"], defaults["LakeRetentionDays"], defaults["WithAthena"]) == (
        0,
        0,
        "false",
    )
    assert defaults["SealRetentionDays"] >= 3653
    assert defaults["LogRetentionDays"] == 30
    assert defaults["WebhookBurst"] >= defaults["WebhookRate"] > defaults["LinkBurst"] > defaults["LinkRate"]


def test_the_page_says_how_high_a_number_may_be_set() -> None:
    """CloudFormation refuses another one, when all has been typed."""
    rows = [
        line
        for line in TEXT.split("\n## Settings\n")[1].split("\n## ")[0].splitlines()
        if line.startswith("| `")
    ]
    bounds = {name: said["MaxValue"] for name, said in written()["Parameters"].items() if "MaxValue" in said}
    assert len(bounds) == 7
    for name, most in bounds.items():
        (row,) = (each for each in rows if f"`{name}`" in each.split("|")[1])
        assert re.search(rf"\b{most}\b", row.split("|")[3])


def test_every_metric_is_explained_as_the_code_does() -> None:
    """One table, and one place in the code."""
    table = TEXT.split("| Metric | counts |")[1].split("\n\n")[0]
    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.MULTILINE)) == MEASURED


def test_a_stack_is_deployed_changed_taken_back_kept_and_removed_by_the_page() -> None:
    """A section each."""
    guide = TEXT.split("## Setting it up")[1].split("\n## ")[0]
    wanted = ["Doctor", "Upgrade", "Rollback", "Backup", "Restore", "Removal"]
    assert re.findall(r"^### (.+)$", guide, re.MULTILINE) == ["The first breach in ten minutes", *wanted]


def test_what_removal_leaves_is_what_the_template_retains() -> None:
    """Tables, buckets and the key: what is evidence, and nothing else; outputs say what each is called."""
    deployed = translated()["Resources"]
    kept = {name for name, each in deployed.items() if each.get("DeletionPolicy", "Delete") != "Delete"}
    kinds = {deployed[name]["Type"] for name in kept}
    assert kinds == {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"}
    assert kept <= written()["Outputs"].keys()
    removal = TEXT.split("### Removal")[1].split("\n## ")[0]
    tables = [name for name in kept if written()["Resources"][name]["Type"].endswith("Table")]
    assert len(tables) == 5
    assert "the five tables" in removal
    buckets = {name for name in kept if written()["Resources"][name]["Type"].endswith("Bucket")}
    assert {name for name in buckets if f"`{name}`" in removal} == buckets


def test_each_queue_is_redriven_by_its_command_and_its_alarm_says_so() -> None:
    """Ten queues, ten nouns, and no other."""
    assert set(re.findall(r"slaclock redrive (\w+)", TEXT)) == {kind.name for kind in KINDS}
    for kind in KINDS:
        section = " ".join(SECTIONS[f"{kind.queue}Alarm"].split())
        assert f"slaclock redrive {kind.name} --stack $STACK" in section
    assert len(KINDS) == 10


def blocks() -> list[str]:
    """The commands of the page."""
    return re.findall(r"^ *```sh\n(.*?)^ *```", TEXT, re.MULTILINE | re.DOTALL)


def ran(*commands: str) -> list[str]:
    """The words that AWS's command line is given, one a line."""
    script = "\n".join([STUB, *commands])
    return subprocess.run(
        ["sh", "-eu", "-c", script], check=True, capture_output=True, text=True
    ).stdout.splitlines()


def test_a_subscription_gets_its_queue_for_what_can_not_be_delivered() -> None:
    """The attribute is JSON that holds JSON, as SNS wants it."""
    begin, subscribe = blocks()[0], next(block for block in blocks() if "sns subscribe" in block)
    words = ran(begin, subscribe)
    attributes = json.loads(words[words.index("--attributes") + 1])
    assert json.loads(attributes["RedrivePolicy"]) == {"deadLetterTargetArn": "NoticeFailuresArn"}


def test_the_alarm_on_silence_rings_where_there_are_no_data() -> None:
    """Fewer than one message in a quarter of an hour; none at all is no data point."""
    begin, alarm = blocks()[0], next(block for block in blocks() if "put-metric-alarm" in block)
    words = ran(begin, alarm)
    given = dict(zip(words[2::2], words[3::2], strict=True))
    assert given["--treat-missing-data"] == "breaching"
    assert (given["--metric-name"], given["--statistic"]) == ("NumberOfMessagesPublished", "Sum")
    assert (given["--period"], given["--threshold"]) == ("900", "1")
    assert given["--comparison-operator"] == "LessThanThreshold"


def test_a_message_put_in_by_hand_has_the_ledger_compared() -> None:
    """It is one of the kind that `slaclock redrive ledger` takes; any other would stay in the queue."""
    begin, send = blocks()[0], next(block for block in blocks() if "sqs send-message" in block)
    words = ran(begin, send)
    assert words[words.index("--queue-url") + 1] == "LedgerWatchFailures"
    letter = Letter("1", "receipt", words[words.index("--message-body") + 1], {})
    wiring: Any = Namespace(store=True, settings=Namespace(need={"LEDGER_TABLE": "Ledger"}.get))
    (outcome,) = redrive_positions.ledger(wiring, [letter], Namespace(dry_run=True))
    assert (outcome.said, outcome.done) == ("every fact would be held against its row", True)


def test_the_key_of_links_is_changed_by_the_stacks_own_output() -> None:
    """Nothing that nobody has set: an empty id would be another secret, or none."""
    begin, put = blocks()[0], next(block for block in blocks() if "put-secret-value" in block)
    words = ran(begin, put)
    assert words[words.index("--secret-id") + 1] == "LinkKey"


def test_a_tickets_way_is_asked_of_the_last_day() -> None:
    """By arithmetic that every shell has: `date -d` is GNU's alone."""
    begin, query = blocks()[0], next(block for block in blocks() if "start-query" in block)
    words = ran(begin, query)
    start, end = (int(words[words.index(name) + 1]) for name in ("--start-time", "--end-time"))
    assert end - start in (86400, 86401)
    assert "date -d" not in TEXT


def test_a_look_into_a_queue_waits_for_all_of_its_servers() -> None:
    """Without waiting SQS asks only some, and a queue that holds something may look empty."""
    words = ran(blocks()[0], "peek ArmFailures")
    assert words[words.index("--wait-time-seconds") + 1] == "10"
    assert words[words.index("--visibility-timeout") + 1] == "0"


def test_whoever_goes_back_is_told_from_which_version_there_is_no_way() -> None:
    """CHANGELOG.md says it of the version; the page, to whoever upgrades and whoever goes back."""
    said = "no way back in place"
    assert f"**{said.capitalize()}:**" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for section in ("Upgrade", "Rollback"):
        assert said in " ".join(TEXT.split(f"### {section}\n")[1].split("\n### ")[0].split())


def test_what_a_sweep_reads_is_what_was_measured() -> None:
    """The table's units by what `tests/e2e/test_audit_reads.py` holds; a Scan, stale, by a ticket's bytes."""
    (size,) = (int(each) for each in re.findall(r"copies of a real one of\s(\d+) bytes", TEXT))
    assert TICKET[0] <= size <= TICKET[1]
    heads = "| tickets | empty sweep | 10 overdue | 100 overdue |"
    (rows,) = re.findall(rf"^{re.escape(heads)}.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    for row in rows.splitlines():
        tickets, *units, scan, ratio = (float(each.replace(",", "")) for each in row.strip("| ").split("|"))
        computed = tickets * size / UNIT / 2
        assert units == [swept(0), swept(10), swept(100)]
        assert (scan, ratio) == (round(computed), round(computed / swept(0)))
