"""EventBridge Scheduler, for one-time schedules: as strict as AWS, and stricter where AWS does not say."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.sim.misuse import Misuse, Refuse, Strict, refuse
from tests.sim.one_time import Schedule, schedule_from
from tests.sim.shapes import check

_QUOTA = 10_000_000  # schedules of a Region
Asked = Mapping[str, Any]


class SchedulerDouble(Strict):
    """Schedules by group and name. It fires none: whoever owns it asks what is `due`, and says what `fired`.

    `now` is AWS's time. A group that is not among `groups` does not exist, but for `default`.
    """

    def __init__(self, now: Callable[[], datetime], groups: Collection[str], quota: int = _QUOTA) -> None:
        super().__init__()
        self._now, self._groups, self._quota = now, {"default", *groups}, quota
        self._kept: dict[tuple[str, str], Schedule] = {}
        self._tokens: dict[str, tuple[str, Asked]] = {}

    @property
    def live(self) -> list[Schedule]:
        """The schedules that still are to fire, in the order of their moments."""
        found = (each for each in self._kept.values() if each.enabled and not each.completed)
        return sorted(found, key=lambda each: (each.at, each.group, each.name))

    @property
    def named(self) -> list[Schedule]:
        """All that have a name, in the order of their making: completed and disabled ones, too."""
        return list(self._kept.values())

    def due(self, until: datetime) -> list[Schedule]:
        """Live schedules whose moment comes at or before an instant, the earliest first."""
        return [each for each in self.live if each.at <= until]

    def fired(self, name: str) -> None:
        """A schedule has invoked its target: with `DELETE` it is gone, with `NONE` its name stays taken."""
        with self.watched():
            schedule = next((each for each in self.live if each.name == name), None)
            if schedule is None or schedule.at > self._now():
                raise Misuse(f"no schedule {name} can fire at {self._now()}")
        if schedule.action_after_completion == "DELETE":
            del self._kept[schedule.group, name]
        else:
            self._kept[schedule.group, name] = replace(schedule, completed=True)

    def create_schedule(self, **asked: Any) -> dict[str, Any]:
        """Make a schedule; `ConflictException` while its name is taken."""
        return self._call("CreateSchedule", asked, self._create)

    def update_schedule(self, **asked: Any) -> dict[str, Any]:
        """Replace a schedule whole: what is left out is reset to its default."""
        return self._call("UpdateSchedule", asked, self._update)

    def delete_schedule(self, **asked: Any) -> dict[str, Any]:
        """Take a schedule out; `ResourceNotFoundException` where there is none of that name."""
        return self._call("DeleteSchedule", asked, self._delete)

    def _call(
        self, operation: str, asked: Asked, act: Callable[[Asked, str, Refuse], None]
    ) -> dict[str, Any]:
        """Answer a call; one that comes again under its ClientToken is answered as before, without effect."""
        with self.watched():
            check("scheduler", operation, asked)
            group, name, token = asked.get("GroupName", "default"), asked["Name"], asked.get("ClientToken")
            if not self._repeated(operation, asked):
                if group not in self._groups:
                    raise _missing(refuse(operation), f"Schedule group {group}")
                act(asked, group, refuse(operation))
                if token:
                    self._tokens[token] = operation, dict(asked)
        about = f"arn:aws:scheduler:eu-west-1:123456789012:schedule/{group}/{name}"
        return {} if operation == "DeleteSchedule" else {"ScheduleArn": about}

    def _create(self, asked: Asked, group: str, refuse: Refuse) -> None:
        schedule = schedule_from(asked, group, self._now(), refuse)
        if (group, schedule.name) in self._kept:
            raise refuse("ConflictException", f"Schedule {schedule.name} already exists.", 409)
        if len(self._kept) >= self._quota:
            raise refuse("ServiceQuotaExceededException", "There are too many schedules.", 402)
        self._kept[group, schedule.name] = schedule

    def _update(self, asked: Asked, group: str, refuse: Refuse) -> None:
        schedule = schedule_from(asked, group, self._now(), refuse)
        if (group, schedule.name) not in self._kept:
            raise _missing(refuse, f"Schedule {schedule.name}")
        self._kept[group, schedule.name] = schedule

    def _delete(self, asked: Asked, group: str, refuse: Refuse) -> None:
        if self._kept.pop((group, asked["Name"]), None) is None:
            raise _missing(refuse, f"Schedule {asked['Name']}")

    def _repeated(self, operation: str, asked: Asked) -> bool:
        """Whether this call was made before, under the same token.

        What a token does for another call, or once its schedule is gone, AWS does not say.
        """
        known = self._tokens.get(asked.get("ClientToken", ""))
        if known is None:
            return False
        if known != (operation, asked):
            raise Misuse(f"the ClientToken {asked['ClientToken']} was that of another call")
        there = (asked.get("GroupName", "default"), asked["Name"]) in self._kept
        if there == (operation == "DeleteSchedule"):
            raise Misuse(
                f"{operation} of {asked['Name']} comes again, and it is {'there' if there else 'gone'}"
            )
        return True


def _missing(refuse: Refuse, what: str) -> Exception:
    return refuse("ResourceNotFoundException", f"{what} does not exist.", 404)
