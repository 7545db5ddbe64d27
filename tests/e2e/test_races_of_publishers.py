"""Two who publish at once, by the real command: what each checked its documents against still holds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slaclock.cli import deployed, main
from tests.e2e.desk import GOLD, Desk
from tests.e2e.racing import Race

Publish = Callable[[str], int]
AGAIN = "slaclock: somebody else published just now: run it again"
SILVER = GOLD.replace("order: 10", "order: 20").replace("plan: gold", "plan: silver")


@pytest.fixture
def publish(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """The command, for a document's text; its exit status."""
    monkeypatch.setattr(deployed, "now", desk.stack.clock.now)
    for name, table in desk.stack.cloud.names.items():
        monkeypatch.setenv(f"{name.upper()}_TABLE", table)

    def run(text: str) -> int:
        path = tmp_path / f"{abs(hash(text))}.yaml"
        path.write_text(text)
        return main(["agreement", "publish", "--account", "example", str(path)])

    return run


def promised(desk: Desk) -> list[tuple[str, int, str]]:
    """Each published version, and its budget."""
    store = desk.stack.store
    found = [
        (each.id, each.version, store.document("example", each.id, each.version))
        for each in store.agreements("example").versions
    ]
    return sorted(
        (name, number, frozen["targets"][0]["budgets"]["default"]) for name, number, frozen in found if frozen
    )


def test_of_two_next_versions_one_is_published(
    desk: Desk, race: Race, publish: Publish, capsys: pytest.CaptureFixture[str]
) -> None:
    """A version never changes: the other becomes the one after, once its author has looked again."""
    five, six = GOLD.replace("4h", "5h"), GOLD.replace("4h", "6h")
    assert race.run(lambda: publish(five), lambda: publish(six)) == [0, 1]
    assert race.conflicts == 1
    assert AGAIN in capsys.readouterr().err
    assert promised(desk) == [("gold", 1, "4h"), ("gold", 2, "5h")]
    assert publish(six) == 0
    assert promised(desk) == [("gold", 1, "4h"), ("gold", 2, "5h"), ("gold", 3, "6h")]
    assert desk.stack.store.generation("example") == 3


def test_two_that_tie_are_never_both_published(
    desk: Desk, race: Race, publish: Publish, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each alone is right, and both together are a tie: whoever is second is told so (rule 24)."""
    one, other = SILVER.replace("gold", "one"), SILVER.replace("gold", "other")
    assert race.run(lambda: publish(one), lambda: publish(other)) == [0, 1]
    assert race.conflicts == 1
    assert AGAIN in capsys.readouterr().err
    assert publish(other) == 1
    assert "a ticket could fit 'other' as well as 'one'" in capsys.readouterr().err
    assert promised(desk) == [("gold", 1, "4h"), ("one", 1, "4h")]
