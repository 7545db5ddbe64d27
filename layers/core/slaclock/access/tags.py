"""The tags of users and roles, from IAM: what a principal may see, where its policies don't say it all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

KEPT = timedelta(minutes=5)  # a changed tag counts after so long at the latest
_MOST = 1000  # principals that are kept


@dataclass(slots=True)
class PrincipalTags:
    """Looks tags up, and keeps each principal's for five minutes. `client` makes IAM's when it is needed.

    What IAM refuses is raised as botocore raises it: a principal whose tags can't be read has no boundary
    that is known, which is not the same as none.
    """

    client: Callable[[], Any]
    now: Callable[[], datetime]
    _found: dict[tuple[str, str], tuple[datetime, Mapping[str, str]]] = field(default_factory=dict)
    _client: Any = None

    def of(self, kind: str, name: str) -> Mapping[str, str]:
        """The tags of a `role` or a `user` by its name."""
        kept = self._found.get((kind, name))
        if kept is None or self.now() - kept[0] >= KEPT:
            if len(self._found) >= _MOST:
                self._found.clear()
            kept = self._found[kind, name] = (self.now(), self._read(kind, name))
        return kept[1]

    def _read(self, kind: str, name: str) -> dict[str, str]:
        self._client = self._client or self.client()
        ask = self._client.list_role_tags if kind == "role" else self._client.list_user_tags
        asked = {"RoleName" if kind == "role" else "UserName": name}
        tags: dict[str, str] = {}
        while True:
            page = ask(**asked)
            tags |= {each["Key"]: each["Value"] for each in page["Tags"]}
            if not page.get("IsTruncated"):
                return tags
            asked["Marker"] = page["Marker"]
