"""The real functions, loaded from `functions/*/app.py` with the environment that the template gives each."""

import sys
from collections import ChainMap
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

from local.cloud import REGION, Cloud
from local.guard import Guard
from local.roles import Roles
from local.template import ROOT, load_template, resolve, resources
from slaclock.helpdesks.signatures import SAMPLES
from slaclock.wiring import Wiring


class LocalWiring(Wiring):
    """The parts of a local function. The local stack's own secrets are public, and count all the same."""

    public_secrets = SAMPLES


@dataclass(frozen=True, slots=True)
class Context:
    """What Lambda passes beside the event."""

    function_name: str
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:local"
    aws_request_id: str = "local"


def guards_of(cloud: Cloud, given: Mapping[str, str] | None = None) -> dict[str, Guard]:
    """The role of each function at work, by the function's name; `given` are parameters of the template."""
    roles = Roles(load_template(), cloud, given)
    return {name: Guard(roles.grants(f"{name}Role")) for name, _ in resources("AWS::Serverless::Function")}


def load_functions(
    cloud: Cloud,
    now: Callable[[], datetime],
    settings: MutableMapping[str, str],
    guards: Mapping[str, Guard],
) -> dict[str, Callable[[Mapping[str, Any]], Any]]:
    """Each function's handler by its logical name, ready to be called with an event; `now` is its time.

    `settings` come before what the template says, also where they change later. What a function's role
    does not allow is refused.
    """
    handlers = {}
    for name, properties in resources("AWS::Serverless::Function"):
        module = _load(name, properties["CodeUri"])
        environ = {"AWS_REGION": REGION, **variables_of(name, cloud)}
        module.WIRING = LocalWiring(ChainMap(settings, environ), now)  # type: ignore[attr-defined]
        handlers[name] = guards[name].around(_calling(module.handler, Context(name)))
    return handlers


def variables_of(function: str, cloud: Cloud) -> dict[str, str]:
    """The environment that the template gives a function."""
    variables = dict(resources("AWS::Serverless::Function"))[function]["Environment"]["Variables"]
    return {key: resolve(value, cloud.names, cloud.arns) for key, value in variables.items()}


def _calling(handler: Callable[[Any, Context], Any], context: Context) -> Callable[[Mapping[str, Any]], Any]:
    return lambda event: handler(event, context)


def _load(name: str, folder: str) -> ModuleType:
    spec = spec_from_file_location(f"local_function_{name}", ROOT / folder / "app.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
