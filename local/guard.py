"""A role at work: calls that it does not allow are refused here, as they are where it is deployed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from botocore.handlers import BUILTIN_HANDLERS

from local.permissions import Asked, asked, when_missing

if TYPE_CHECKING:
    from local.roles import Grant

Handler = Callable[[Mapping[str, Any]], Any]


class Guard:
    """Judges each call of a function by its role's grants.

    `needed` has what was asked for, once for each choice of grants that allow it; `refused` what none does,
    which a `lenient` guard lets pass all the same.
    """

    def __init__(self, grants: Sequence["Grant"]) -> None:
        self.grants, self.lenient = list(grants), False
        self.needed: dict[tuple[str, tuple[Grant, ...]], Asked] = {}
        self.refused: list[Asked] = []

    def around(self, handler: Handler) -> Handler:
        """The function, whose calls are judged while it runs."""

        def handled(event: Mapping[str, Any]) -> Any:
            before = _AT_WORK.set(self)
            try:
                return handler(event)
            finally:
                _AT_WORK.reset(before)

        return handled

    def allows(self, each: Asked) -> bool:
        """Whether a grant lets it pass; noted either way."""
        by = tuple(grant for grant in self.grants if grant.allows(each))
        if by:
            self.needed.setdefault((each.action, by), each)
        else:
            self.refused.append(each)
        return bool(by)

    def judge(self, wanted: Sequence[Asked], operation: str) -> None:
        """Raise what AWS would have answered to a call that asks for more than is allowed."""
        denied = [each for each in wanted if not self.allows(each)]
        if denied and not self.lenient:
            said = ", ".join(f"{each.action} on {each.on}" for each in denied)
            code = "AccessDenied" if denied[0].action.startswith("s3:") else "AccessDeniedException"
            message = f"the function's role in template.yaml lacks {said}"
            raise ClientError({"Error": {"Code": code, "Message": message}}, operation)


_AT_WORK: ContextVar[Guard | None] = ContextVar("at_work", default=None)
_GIVEN = "slaclock_given"


@contextmanager
def judging() -> Iterator[None]:
    """Judge the calls of clients whose session is made in the block, whoever made it.

    PynamoDB's models are one process's, and so is their connection: only a guard knows which function calls.
    """
    hooks: list[Any] = [("provide-client-params", _before), ("after-call.s3.GetObject", _after)]
    BUILTIN_HANDLERS.extend(hooks)
    try:
        yield
    finally:
        for each in hooks:
            BUILTIN_HANDLERS.remove(each)


def _before(params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    context[_GIVEN] = params
    if guard := _AT_WORK.get():
        guard.judge(asked(model.service_model.service_name, model.name, params), model.name)


def _after(parsed: Mapping[str, Any], model: Any, context: Mapping[str, Any], **_: Any) -> None:
    guard = _AT_WORK.get()
    if guard and parsed.get("Error", {}).get("Code") == "NoSuchKey":
        guard.judge(when_missing("s3", model.name, context[_GIVEN]), model.name)
