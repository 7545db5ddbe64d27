"""What roles may do, read from the template and judged as IAM judges: by action, ARN and condition."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID

from local.cloud import REGION, Cloud
from local.permissions import Asked

_PSEUDO = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": DEFAULT_ACCOUNT_ID}
_REFERENCE = re.compile(r"\$\{([^}]+)\}")
_NOTHING = {"Ref": "AWS::NoValue"}


@dataclass(frozen=True, slots=True)
class Grant:
    """One action that a role has on the resources of one ARN, which may have `*`s.

    `values` are those that the condition key `key` may have, with `*`s too; no key, no condition.
    """

    action: str
    on: str
    key: str = ""
    values: tuple[str, ...] = ()

    def allows(self, asked: Asked) -> bool:
        """Whether this alone lets a call pass."""
        if self.action != asked.action or not fnmatchcase(asked.on, self.on):
            return False
        return not self.key or (
            self.key == asked.key and any(fnmatchcase(asked.value, x) for x in self.values)
        )


class Roles:
    """The roles of a template: `body` as it is written, or as it is translated.

    Its parameters have their defaults, but for those `given`.
    """

    def __init__(self, body: Mapping[str, Any], cloud: Cloud, given: Mapping[str, Any] | None = None) -> None:
        self._body, self._cloud = body, cloud
        defaults = {name: each.get("Default") for name, each in body["Parameters"].items()}
        self._parameters = {**defaults, **_PSEUDO, **(given or {})}

    def grants(self, role: str) -> list[Grant]:
        """All that a role may do, by its own policies and by those of the stack's keys."""
        return [grant for each in self._statements(role) for grant in self._granted(each)]

    def value(self, written: Any) -> Any:
        """A value with its references replaced, and its conditions decided."""
        if isinstance(written, list):
            return [self.value(each) for each in written if each != _NOTHING]
        if not isinstance(written, Mapping) or len(written) != 1:
            return written
        ((function, argument),) = written.items()
        if function == "Fn::If":
            return self.value(argument[1 if self._holds(argument[0]) else 2])
        if function == "Fn::GetAtt":
            return self._arn(*(argument.split(".") if isinstance(argument, str) else argument))
        if function == "Fn::Sub":
            return _REFERENCE.sub(lambda found: str(self._named(found[1])), argument)
        return self._named(argument) if function == "Ref" else written

    def _statements(self, role: str) -> Iterator[Mapping[str, Any]]:
        for policy in self._body["Resources"][role]["Properties"]["Policies"]:
            decided = (self.value(each) for each in policy["PolicyDocument"]["Statement"])
            yield from (each for each in decided if isinstance(each, Mapping))
        for name, key in self._body["Resources"].items():
            if key["Type"] == "AWS::KMS::Key":
                for each in key["Properties"]["KeyPolicy"]["Statement"]:
                    if self.value(each["Principal"].get("AWS")) == self._arn(role):
                        yield {**each, "Resource": {"Fn::GetAtt": f"{name}.Arn"}}

    def _granted(self, statement: Mapping[str, Any]) -> Iterator[Grant]:
        key, values = self._condition(statement.get("Condition"))
        for action in _listed(statement["Action"]):
            for on in _listed(self.value(statement["Resource"])):
                yield Grant(action, on, key, values)

    def _condition(self, condition: Mapping[str, Any] | None) -> tuple[str, tuple[str, ...]]:
        if not condition:
            return "", ()
        ((operator, about),) = condition.items()
        ((key, values),) = about.items()
        if operator not in ("StringEquals", "ForAllValues:StringLike"):
            raise NotImplementedError(operator)
        return key, tuple(_listed(values))

    def _holds(self, condition: str) -> bool:
        return self._decided(self._body["Conditions"][condition])

    def _decided(self, said: Mapping[str, Any]) -> bool:
        ((function, argument),) = said.items()
        if function == "Fn::Not":
            return not self._decided(argument[0])
        if function != "Fn::Equals":
            raise NotImplementedError(function)
        first, second = (self.value(each) for each in argument)
        return str(first) == str(second)

    def _named(self, name: str) -> Any:
        logical, attribute, _ = name.partition(".")
        if attribute:
            return self._arn(logical, attribute)
        return self._parameters.get(name, self._cloud.names.get(name, name))

    def _arn(self, name: str, attribute: str = "Arn") -> str:
        """The ARN of a resource, or of its stream; of one that the local stack does without, its name."""
        return self._cloud.arns.get(name, name) + ("/stream" if attribute == "StreamArn" else "")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
