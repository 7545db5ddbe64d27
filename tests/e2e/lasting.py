"""What outlasts an update in place of a deployed stack, and what its removal."""

from collections.abc import Mapping
from typing import Any

from tests.e2e import story
from tests.e2e.deployed import TABLES, delete, update
from tests.e2e.scene import Scene, ago

BUCKETS = ("Quarantine", "Seals", "Lake", "ReportFiles")
FUNCTIONS = ("Webhook", "Timer", "Arm", "Notify", "Audit", "Seal", "Report", "Records")
SNAPSHOTS = ("Webhook", "Records")  # asked by an alias of a version
BREACHED = ("U-1", "U-2")  # soon after the update
STOPPED = "T-4"  # the ticket that is solved long before it is due


def update_loses_nothing(at: Scene) -> None:
    """In place, with open clocks and deliveries under way: all is as it was, and all that came is there.

    The code is another one, of the layer as of each function, and so is every function.
    """
    for ticket in BREACHED:
        assert at.happened(ticket, "created", ago(15)).status == 202
    for ticket in BREACHED:
        at.armed(ticket)
    armed, before, made = at.armed(STOPPED), story.open_clocks(at), _made(at)
    with story.meanwhile(at) as sent:
        again = update(at.deployed.emulator, Release="2", LogRetentionDays="14", ReservedConcurrency="20")
    assert _lasting(again.names) == _lasting(at.deployed.names)
    for name, now in _made(at).items():
        assert not now & made[name], name
    after = story.open_clocks(at)
    assert before.items() <= after.items()
    assert armed in at.schedules()
    assert set(sent) <= {key.rpartition("#")[2] for key in after}


def each_ends_once(at: Scene) -> None:
    """Clocks that were open during the update: two fire, one is stopped, and none leaves a schedule."""
    assert at.happened(STOPPED, "solved", ago(0), opened=ago(5), priority="low").status == 202
    for ticket in BREACHED:
        at.inbox.wait(story.FIRED, fact="clock_breached", ticket_id=ticket)
    ends = dict.fromkeys(BREACHED, "clock_breached") | {STOPPED: "clock_met"}
    for ticket, end in ends.items():
        outcomes = story.life(at, ticket).outcomes().values()
        assert [outcome for outcome, *_ in outcomes] == [end], ticket
    story.nothing_waits(at, *ends)


def deletion_keeps_the_ledger(at: Scene) -> None:
    """What is retained is as it was when the stack is gone; no schedule is left, and no function."""
    story.nothing_waits(at)
    before = _retained(at)
    assert all(before[name] for name in (*TABLES, "Seals", "Lake"))
    assert at.schedules()
    delete(at.deployed.emulator)
    after = _retained(at)
    assert after == before, [name for name in before if after[name] != before[name]]
    scheduler, lambdas = (at.deployed.emulator.client(each) for each in ("scheduler", "lambda"))
    assert not scheduler.list_schedules()["Schedules"]
    assert not lambdas.list_functions()["Functions"]


def _made(at: Scene) -> Mapping[str, set[str]]:
    """What each function is made of: its revision, its code, its layer, and the version that is asked."""
    lambdas = at.deployed.emulator.client("lambda")
    found = dict[str, set[str]]()
    for name in FUNCTIONS:
        called = at.deployed.names[name]
        is_now = lambdas.get_function_configuration(FunctionName=called)
        (layer,) = is_now["Layers"]
        found[name] = {is_now["RevisionId"], is_now["CodeSha256"], layer["Arn"]}
        if name in SNAPSHOTS:
            found[name].add(lambdas.get_alias(FunctionName=called, Name="live")["FunctionVersion"])
    return found


def _lasting(names: Mapping[str, str]) -> dict[str, str]:
    """The stack's resources, but for versions: each is another resource, named after its code."""
    versions = ("CoreLayer", *(f"{each}Version" for each in SNAPSHOTS))
    return {name: each for name, each in names.items() if not name.startswith(versions)}


def _retained(at: Scene) -> dict[str, Any]:
    """The rows, the objects with their versions, and the key: by the resource's name."""
    names, (s3, kms) = at.deployed.names, map(at.deployed.emulator.client, ("s3", "kms"))
    key = kms.describe_key(KeyId=names["SealKey"])["KeyMetadata"]
    return {
        **{name: story.rows(at.deployed, name) for name in TABLES},
        **{name: s3.list_object_versions(Bucket=names[name]).get("Versions", []) for name in BUCKETS},
        "SealKey": (key["KeyState"], kms.get_public_key(KeyId=names["SealKey"])["PublicKey"]),
    }
