"""What is done before a deployed stack while replies are lost, and that it happened once."""

from functools import partial
from http import HTTPStatus

from tests.e2e import story
from tests.e2e.scene import Scene, ago

_INSISTS = 10  # deliveries of the same, at the most


def insisted(at: Scene, left: float = 25.0) -> None:
    """The same two tickets, of which each is told twice, and again where that is not answered well."""
    opened = ago(60 - left)
    created = at.event(story.OURS, "created", opened)
    posts = (partial(at.zendesk, opened), partial(at.deliver, "generic", created))
    for deliver in posts:
        answers = [deliver().status for _ in range(2)]
        while answers[-1] != HTTPStatus.ACCEPTED:
            assert len(answers) < _INSISTS, answers
            answers.append(deliver().status)


def scheduled_once(at: Scene) -> None:
    """Each of the two tickets is given a schedule, and none that says the same as another."""
    for ticket in (story.ZENDESK, story.OURS):
        at.armed(ticket)
    said = list(at.schedules().values())
    assert len(said) == len(set(said)), said


def recorded_once(at: Scene) -> None:
    """Of either ticket all is on record that came of it, and nothing twice.

    A reminder that is late may come and go unsaid.
    """
    breached = {"clock_started", "clock_breached", "escalation_due"}
    for ticket, happened in {story.ZENDESK: breached, story.OURS: breached | {"breach_ended"}}.items():
        facts = [fact for fact, *_ in story.life(at, ticket).told()]
        assert len(facts) == len(set(facts)), facts
        assert set(facts) - {"reminder_due"} == happened
