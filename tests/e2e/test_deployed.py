"""The template as it is deployed: what must come of deliveries, in a stack of its own for each run."""

from collections.abc import Callable

from tests.e2e import aftermath, gaps, story
from tests.e2e.calling import Line, somebody
from tests.e2e.deployed import delete, deploy, update
from tests.e2e.exercise import NOT_EXERCISED, amiss, exercised
from tests.e2e.microburst import lost, microburst, through
from tests.e2e.ministack import emulator
from tests.e2e.scene import Scene, scene

LOSSES = (
    lost("dynamodb", "TransactWriteItems", 2),
    lost("scheduler", "CreateSchedule", 2),
    lost("sns", "Publish", 2),
)


def test_a_breach_from_delivery_to_evidence(record_property: Callable[[str, object], None]) -> None:
    """Deliveries over HTTP, an update under open clocks, schedules, messages, people, evidence, the end."""
    with emulator() as running, scene(deploy(running)) as at:
        story.deliveries(at, left=30.0)
        story.quieter_tickets(at)
        story.handshakes(at)
        story.senseless(at)
        update_loses_nothing(at)
        story.told(at)
        story.reminded(at)
        story.kept(at)
        breaches = aftermath.breaches(at)
        aftermath.acknowledged(at)
        aftermath.worked(at, breaches[story.ZENDESK])
        aftermath.asked(at)
        story.solved(at)
        aftermath.nightly(at.deployed)
        aftermath.sealed_tomorrow(at.deployed)
        aftermath.verified(at, breaches[story.ZENDESK])
        found = exercised(at)
        deletion_keeps_the_ledger(at)
    for why, names in NOT_EXERCISED.items():
        record_property("not exercised", f"{', '.join(names)}: {why}")
    assert amiss(found) == []


def test_every_call_is_held_to_its_role() -> None:
    """With AUTH=true the functions can do all of it, and who is allowed nothing can call nothing."""
    with emulator(auth=True) as running, scene(deploy(running, gaps.under_auth)) as at:
        nobody = Line(at.deployed, somebody(running, "eve"))
        assert nobody.signed("GET", "/v1/openapi.json").status == 403
        story.deliveries(at)
        story.quieter_tickets(at)
        story.senseless(at)
        story.told(at)
        story.kept(at)
        breaches = aftermath.breaches(at)
        aftermath.acknowledged(at)
        aftermath.worked(at, breaches[story.ZENDESK])
        aftermath.asked(at)
        story.solved(at)
        aftermath.nightly(at.deployed)


def test_what_took_effect_while_its_reply_was_lost_happened_once() -> None:
    """Of writes, schedules and messages every second reply is lost: nothing is doubled or missing."""
    with (
        emulator() as running,
        microburst(running) as proxy,
        scene(deploy(running, through(proxy))) as at,
    ):
        proxy.lose(LOSSES)
        story.insisted(at)
        story.told(at)
        story.solved(at)
        proxy.lose([])
        swept = at.deployed.invoke("Audit", aftermath.SWEEP)
        assert swept["failed"] == 0
        lost_replies = proxy.fired()
        lives = {ticket: story.life(at, ticket) for ticket in (story.ZENDESK, story.OURS)}
    assert lost_replies.keys() == {each["operation"] for each in LOSSES}
    for life in lives.values():
        assert [outcome for outcome, *_ in life.outcomes().values()] == ["clock_breached"]


def update_loses_nothing(at: Scene) -> None:
    """In place, with open clocks and deliveries under way: all is as it was, and all that came is there."""
    armed, before = at.armed("T-4"), story.open_clocks(at)
    with story.meanwhile(at) as sent:
        again = update(at.deployed.emulator, LogRetentionDays="14")
    assert again.names == at.deployed.names
    after = story.open_clocks(at)
    assert before.items() <= after.items()
    assert armed in at.schedules()
    assert set(sent) <= {key.rpartition("#")[2] for key in after}


def deletion_keeps_the_ledger(at: Scene) -> None:
    """What is retained is as it was when the stack is gone, and no schedule is left."""
    before = [story.rows(at.deployed, name) for name in ("Ledger", "Tickets")]
    assert all(before)
    delete(at.deployed.emulator)
    assert [story.rows(at.deployed, name) for name in ("Ledger", "Tickets")] == before
    assert not at.deployed.emulator.client("lambda").list_functions()["Functions"]
