"""A deployed stack as `slaclock doctor` sees it: its resources, parameters, and functions' settings."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from slaclock.cli import deployed
from slaclock.domain.errors import SlaError
from slaclock.heartbeat import region_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from slaclock.wiring import Wiring

Level = Literal["ok", "warn", "fail"]
_MOST_PAGES = 10  # of resources, a hundred each; the template has fewer than two hundred
# Whose settings name all that is looked at; the later come before the earlier.
_TELLS = ("Notify", "Seal", "Audit")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was seen, and what to do about it where it is not ok.

    After the `last` one nothing else can be told.
    """

    level: Level
    what: str
    do: str = ""
    last: bool = False


def ok(what: str) -> Finding:
    return Finding("ok", what)


def warn(what: str, do: str) -> Finding:
    return Finding("warn", what, do)


def fail(what: str, do: str) -> Finding:
    return Finding("fail", what, do)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the stack: its type, and what AWS calls it."""

    kind: str
    name: str


@dataclass
class Patient:
    """The stack of that name. What a check asks for is asked of AWS once; nothing is changed."""

    stack: str
    now: datetime
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @cached_property
    def described(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.client("cloudformation").describe_stacks(StackName=self.stack)
        described: Mapping[str, Any] = found["Stacks"][0]
        return described

    @property
    def age(self) -> float:
        """Seconds since the stack was made."""
        made: datetime = self.described["CreationTime"]
        return (self.now - made).total_seconds()

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        found = self.described.get("Parameters", ())
        return {each["ParameterKey"]: each.get("ParameterValue", "") for each in found}

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """The stack's resources by their names in the template."""
        client, found, where = self.client("cloudformation"), dict[str, Resource](), dict[str, str]()
        for _ in range(_MOST_PAGES):
            page = client.list_stack_resources(StackName=self.stack, **where)
            for each in page["StackResourceSummaries"]:
                if each["ResourceStatus"] != "DELETE_COMPLETE":
                    name = str(each.get("PhysicalResourceId", ""))
                    found[each["LogicalResourceId"]] = Resource(each["ResourceType"], name)
            if not page.get("NextToken"):
                return found
            where = {"NextToken": page["NextToken"]}
        raise SlaError(f"{self.stack} has more resources than the template")

    def named(self, logical: str) -> str:
        """What AWS calls a resource; `SlaError` where the stack has none of that name."""
        if logical not in self.resources:
            raise SlaError(f"{self.stack} has no {logical}: is it a stack of this version of slaclock?")
        return self.resources[logical].name

    def of_kind(self, kind: str) -> dict[str, str]:
        """The resources of a type: what AWS calls each, by its name in the template. `SlaError` for none."""
        found = {name: each.name for name, each in self.resources.items() if each.kind == kind}
        if not found:
            raise SlaError(f"{self.stack} has no {kind}: is it a stack of this version of slaclock?")
        return found

    def variables(self, function: str) -> Mapping[str, str]:
        """The environment of one of the stack's functions."""
        if function not in self._variables:
            found = self.client("lambda").get_function_configuration(FunctionName=self.named(function))
            self._variables[function] = found.get("Environment", {}).get("Variables", {})
        return self._variables[function]

    _variables: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _elsewhere: dict[str, Any] = field(default_factory=dict)

    @property
    def region(self) -> str:
        """Where the stack is."""
        return self._own.settings.region

    def client(self, service: str) -> Any:
        return self._own.client(service)

    def topics_of(self, arn: str) -> Any:
        """SNS as it is in a topic's own region: no other knows the topic."""
        region = region_of(arn)
        if region == self.region:
            return self.client("sns")
        if region not in self._elsewhere:
            self._elsewhere[region] = self._own.client_of("sns", region)
        return self._elsewhere[region]

    @cached_property
    def _own(self) -> Wiring:
        return deployed.stack(self.environ, ())

    @cached_property
    def wiring(self) -> Wiring:
        """The parts of the stack, as its functions are told of them."""
        told = [self.variables(each) for each in _TELLS]
        return deployed.stack({**self.environ, **{name: each[name] for each in told for name in each}})
