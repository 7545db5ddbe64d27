"""The template as it is deployed: what must come of deliveries, in a stack of its own for each run."""

from collections.abc import Callable

from tests.e2e import aftermath, gaps, lasting, losing, story
from tests.e2e.calling import Line, somebody
from tests.e2e.deployed import deploy
from tests.e2e.exercise import NOT_EXERCISED, amiss, exercised
from tests.e2e.microburst import lost, microburst, through
from tests.e2e.ministack import emulator
from tests.e2e.scene import scene

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
        lasting.update_loses_nothing(at)
        story.senseless(at)
        story.told(at)
        story.reminded(at)
        story.kept(at)
        breaches = aftermath.breaches(at, *lasting.BREACHED)
        aftermath.acknowledged(at)
        aftermath.worked(at, breaches[story.ZENDESK])
        aftermath.asked(at)
        story.solved(at)
        lasting.each_ends_once(at)
        aftermath.nightly(at.deployed)
        aftermath.sealed_tomorrow(at.deployed)
        aftermath.verified(at, breaches[story.ZENDESK])
        found = exercised(at)
        lasting.deletion_keeps_the_ledger(at)
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
        aftermath.nothing_denied(at.deployed)


def test_what_took_effect_while_its_reply_was_lost_happened_once(
    record_property: Callable[[str, object], None],
) -> None:
    """Of writes, schedules and messages every second reply is lost: nothing is doubled or missing.

    A message may come again, and is then the same, with the same id.
    """
    with (
        emulator() as running,
        microburst(running) as proxy,
        scene(deploy(running, through(proxy))) as at,
    ):
        proxy.lose(LOSSES)
        losing.insisted(at)
        losing.scheduled_once(at)
        story.told(at)
        story.solved(at)
        proxy.lose([])
        swept = at.deployed.invoke("Audit", aftermath.SWEEP)
        assert swept["failed"] == 0
        story.nothing_waits(at, story.ZENDESK, story.OURS)
        losing.recorded_once(at)
        lost_replies, again = proxy.fired(), at.inbox.came_again()
    record_property("replies lost", dict(lost_replies))
    record_property("messages that came again", again)
    assert all(lost_replies[each["operation"]] > 0 for each in LOSSES)
    assert again > 0
