"""Parameters against the service's own model: what the client checks, and what only the service does."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from botocore.exceptions import ParamValidationError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from tests.sim.misuse import refuse

_VALIDATOR: Any = ParamValidator()
_Complaint = str
_Check = Callable[[Any, str], Iterator[_Complaint]]


def check(service: str, operation: str, params: Mapping[str, Any]) -> None:
    """Refuse parameters that do not fit an operation's model.

    `ParamValidationError` for what botocore finds before it sends anything: types, members that are missing
    or unknown, what is too short or too small. `ClientError` with `ValidationException` for what it leaves to
    the service: what is too long or too large, patterns and enumerations.
    """
    shape, constraints = _input(service, operation)
    if (report := _VALIDATOR.validate(params, shape)).has_errors():
        raise ParamValidationError(report=report.generate_report())
    if complaints := list(constraints(params, "")):
        plural = "error" if len(complaints) == 1 else "errors"
        said = f"{len(complaints)} validation {plural} detected: {'; '.join(complaints)}"
        raise refuse(operation)("ValidationException", said)


@cache
def _input(service: str, operation: str) -> tuple[Any, _Check]:
    shape: Any = _model(service).operation_model(operation).input_shape
    return shape, _constraints(shape) or _anything


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def _constraints(shape: Any) -> _Check | None:
    """What the service holds a shape to; None where it takes whatever the client lets through."""
    kinds: Mapping[str, Callable[[Any], _Check | None]] = {
        "structure": _structure,
        "list": _list,
        "string": _string,
        "integer": _integer,
    }
    return kinds.get(shape.type_name, lambda _: None)(shape)


def _structure(shape: Any) -> _Check | None:
    found = {name: _constraints(member) for name, member in shape.members.items()}
    members = {name: each for name, each in found.items() if each}

    def complaints(value: Mapping[str, Any], path: str) -> Iterator[_Complaint]:
        for name in value.keys() & members.keys():
            yield from members[name](value[name], f"{path}.{name}" if path else name)

    return complaints if members else None


def _list(shape: Any) -> _Check | None:
    each, most = _constraints(shape.member), shape.metadata.get("max")

    def complaints(value: list[Any], path: str) -> Iterator[_Complaint]:
        if most is not None and len(value) > most:
            yield f"{path} must have length less than or equal to {most}"
        for number, one in enumerate(value if each else ()):
            yield from each(one, f"{path}.{number + 1}.member") if each else ()

    return complaints if each or most is not None else None


def _string(shape: Any) -> _Check | None:
    most, pattern, enum = (shape.metadata.get(name) for name in ("max", "pattern", "enum"))
    compiled = re.compile(pattern, re.ASCII) if pattern else None

    def complaints(value: str, path: str) -> Iterator[_Complaint]:
        if most is not None and len(value) > most:
            yield f"{path} must have length less than or equal to {most}"
        if compiled and not compiled.fullmatch(value):
            yield f"{path} must satisfy regular expression pattern: {pattern}"
        if enum and value not in enum:
            yield f"{path} must satisfy enum value set: {enum}"

    return complaints if most is not None or pattern or enum else None


def _integer(shape: Any) -> _Check | None:
    most = shape.metadata.get("max")

    def complaints(value: int, path: str) -> Iterator[_Complaint]:
        if value > most:
            yield f"{path} must have value less than or equal to {most}"

    return complaints if most is not None else None


def _anything(_value: Any, _path: str) -> Iterator[_Complaint]:
    return iter(())
