"""What is kept and can't be read back, or is gone meanwhile, keeps no sweep busy for ever."""

import json

import pytest

from slaclock.sweeping import Auditor
from tests.functions.world import World

KEY = "table/2026-03-27T14:00:00Z-0123.json"


@pytest.mark.parametrize("kept", [b'{"connection": "desk"', b"[]", b"{}", b"\xff", b'{"connection": 1}'])
def test_what_cannot_be_read_is_set_apart_as_it_is(kept: bytes) -> None:
    """It counts as refused, once; a person finds it among what could not be mapped."""
    world = World("2026-03-27T15:00:00Z")
    world.s3.objects[KEY] = kept
    auditor = Auditor(world.workflow, world.announcer, world.intake, world.forgetter)
    assert (auditor.sweep().refused, auditor.sweep().refused) == (1, 0)
    assert world.s3.objects == {"unmapped/2026-03-27T14:00:00Z-0123.json": kept}


def test_what_was_replayed_meanwhile_is_no_failure() -> None:
    """A command that replays at the same time may be quicker."""
    world = World("2026-03-27T15:00:00Z")
    assert world.quarantine.read(KEY) is None
    world.s3.objects[KEY] = json.dumps({}).encode()
    with pytest.raises(ValueError, match="no kept delivery"):
        world.quarantine.read(KEY)
