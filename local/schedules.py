"""Fires the schedules that are stored, with the input that is stored; it computes no due time of its own."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.cloud import Cloud


@dataclass(frozen=True, slots=True)
class Schedule:
    """A stored schedule: when it fires, and what it sends."""

    name: str
    group: str
    at: datetime
    input: Mapping[str, Any]


class StoredSchedules:
    """The schedules in the group; names are used once, so what was read of one stays true."""

    def __init__(self, cloud: Cloud, timer: Callable[[Mapping[str, Any]], Any]) -> None:
        self._cloud, self._timer = cloud, timer
        self._read: dict[tuple[str, str], Schedule] = {}

    def all(self) -> list[Schedule]:
        """Every live schedule, the next to fire first."""
        pages = self._cloud.scheduler.get_paginator("list_schedules").paginate()
        found = [self._get(each["GroupName"], each["Name"]) for page in pages for each in page["Schedules"]]
        return sorted(found, key=lambda schedule: (schedule.at, schedule.name))

    def fire(self, schedule: Schedule) -> None:
        """Fire one: as it asks (`ActionAfterCompletion: DELETE`), it is gone afterwards."""
        self._cloud.scheduler.delete_schedule(Name=schedule.name, GroupName=schedule.group)
        self._timer(schedule.input)

    def _get(self, group: str, name: str) -> Schedule:
        if (group, name) not in self._read:
            stored = self._cloud.scheduler.get_schedule(GroupName=group, Name=name)
            text = stored["ScheduleExpression"].removeprefix("at(").removesuffix(")")
            at = datetime.fromisoformat(text).replace(tzinfo=UTC)
            self._read[group, name] = Schedule(name, group, at, json.loads(stored["Target"]["Input"]))
        return self._read[group, name]
