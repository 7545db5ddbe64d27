"""Items of the agreements table, the same in either store.

They are published versions, ends of agreements, exclusions entered later, retention and holds
(`slaclock.store.keeping`), and connections. All that is of an
account lies in one partition, so that one query reads it; a connection is found by its id alone, and listed
among all.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from slaclock.domain.instants import format_instant, parse_instant
from slaclock.store.errors import StoreRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from slaclock.domain.agreement import Agreement
    from slaclock.domain.choosing import AgreementEnd, Agreements
    from slaclock.domain.exclusion import Exclusion

# How many times an account's agreements changed: an item beside them, whose `version` only grows.
GENERATION = "GENERATION"
CONNECTIONS = "CONNECTIONS#"  # the partition that lists them; `#` can't occur in an account's
MOST_VERSIONS = 90  # published in one call; DynamoDB takes a hundred items in a transaction


class Version(NamedTuple):
    """A frozen document, to be published as this version of its agreement."""

    frozen: Mapping[str, Any]
    number: int
    content_hash: str


def agreements_from_items(items: Iterable[Mapping[str, Any]]) -> Agreements:
    """Read all that an account's partition holds."""
    from slaclock.domain.choosing import Agreements
    from slaclock.domain.exclusion import exclusion_from_json
    from slaclock.store.keeping import keeping_from_items

    found: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for item in items:
        found[item["sk"].partition("#")[0]].append(item)
    return Agreements(
        versions=tuple(map(_agreement, found["AGREEMENT"])),
        exclusions=tuple(exclusion_from_json(json.loads(item["body"])) for item in found["EXCLUSION"]),
        endings=tuple(map(_ending, found["ENDING"])),
        keeping=keeping_from_items(found["KEEPING"]),
    )


def agreement_items(account: str, versions: Sequence[Version], at: datetime) -> list[dict[str, Any]]:
    """The items of published versions; as many as are written at once, else `StoreRefusedError`."""
    if len(versions) > MOST_VERSIONS:
        raise StoreRefusedError(f"{len(versions)} versions at once, where {MOST_VERSIONS} is the most")
    return [
        {
            "pk": account_key(account),
            "sk": version_key(each.frozen["agreement"], each.number),
            "version": each.number,
            "hash": each.content_hash,
            "published_at": format_instant(at),
            "body": _text(each.frozen),
        }
        for each in versions
    ]


def exclusion_item(exclusion: Exclusion) -> dict[str, Any]:
    """The item of an exclusion; its hash is of what it says, whoever entered that, and whenever."""
    from slaclock.domain.exclusion import exclusion_to_json
    from slaclock.evidence.canonical import content_hash

    document = exclusion_to_json(exclusion)
    said = {name: value for name, value in document.items() if name not in ("by", "entered_at")}
    return {
        "pk": account_key(exclusion.account),
        "sk": f"EXCLUSION#{exclusion.exclusion_id}",
        "hash": content_hash(said),
        "body": _text(document),
    }


def ending_item(account: str, ending: AgreementEnd) -> dict[str, Any]:
    """The item of an agreement's end."""
    said = {"at": format_instant(ending.at), "reason": ending.reason, "by": ending.by}
    return {"pk": account_key(account), "sk": f"ENDING#{ending.agreement}", "body": _text(said)}


def connection_item(connection: Mapping[str, Any]) -> dict[str, Any]:
    """The item of a connection, found by its own unguessable id alone."""
    return {"pk": connection_key(connection["id"]), "sk": "CONNECTION", "body": json.dumps(connection)}


def connection_key(connection_id: str) -> str:
    """The partition of a connection."""
    return f"CONNECTION#{connection_id}"


def listing_item(connection: Mapping[str, Any]) -> dict[str, Any]:
    """The entry by which a connection is listed: of its account, and its id."""
    return {"pk": CONNECTIONS, "sk": f"{account_key(connection['account'])}#{connection['id']}"}


def listed(sort_key: str) -> tuple[str, str]:
    """The account and the id of a listed connection."""
    account, _, connection_id = sort_key.partition("#")
    return account.replace("%23", "#").replace("%25", "%"), connection_id


def account_key(account: str) -> str:
    """The partition of an account's agreements; `#` can't occur in it, so no account is a connection."""
    return account.replace("%", "%25").replace("#", "%23")


def version_key(agreement: str, version: int) -> str:
    """The sort key of a published version."""
    return f"AGREEMENT#{agreement}#{version:06}"


def _agreement(item: Mapping[str, Any]) -> Agreement:
    from slaclock.domain.frozen import agreement_from

    return agreement_from(
        json.loads(item["body"]),
        version=int(item["version"]),
        content_hash=item["hash"],
        published_at=parse_instant(item["published_at"]),
    )


def _ending(item: Mapping[str, Any]) -> AgreementEnd:
    from slaclock.domain.choosing import AgreementEnd

    said = json.loads(item["body"])
    agreement = item["sk"].removeprefix("ENDING#")
    return AgreementEnd(agreement, parse_instant(said["at"]), said["reason"], said["by"])


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)
