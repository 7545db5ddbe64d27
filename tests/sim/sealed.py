"""What a life left behind, sealed day by day: whoever checks the seals finds that all is as it was sealed."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from slaclock.checking.checker import Checker
from slaclock.evidence.seal import Key, signed_bytes
from slaclock.evidence.signatures import public_key
from slaclock.sealing.sealer import Sealer
from slaclock.seals import Seals
from tests.sim.lives import START

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slaclock.seals import Sealed
    from tests.sim.run import Ran

_DAY = timedelta(days=1)
_AT = time(0, 30, tzinfo=UTC)


def not_as_sealed(ran: Ran) -> Iterator[str]:
    """Seal the days of a life, look back once, and check all of them with the tickets' records."""
    first, last = START.date() - _DAY, ran.ended.date()
    tables, seals, pen = ran.region.tables, Seals(Bucket(), "seals"), Pen()
    now = [datetime.combine(first + _DAY, _AT)]
    sealer = Sealer(tables, seals, pen, "sim", lambda: now[0], lambda: 0.0)  # type: ignore[arg-type]
    sealer.run()
    now[0] = datetime.combine(last + _DAY, _AT)
    while sealer.run().left:  # the nights between are made up for
        pass
    looked = sealer.run()
    if looked.mismatches or looked.late:
        yield f"the look back found {looked.mismatches} mismatches, {looked.late} late rows"
    keys = [public_key(pen.key.pem.encode())]
    for found in Checker(tables, seals, keys, heads=True, now=now[0]).check(first, last):
        if found.fault:
            yield f"{found.day}: {found.what}"


@cache
def _private() -> Any:
    return generate_private_key(SECP256R1())


class Pen:
    """A key of this process in the place of KMS's."""

    def __init__(self) -> None:
        form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        self.key = Key("arn:key", _private().public_key().public_bytes(*form))

    def sign(self, seal: Mapping[str, Any]) -> bytes:
        signed: bytes = _private().sign(signed_bytes(seal), ECDSA(SHA256()))
        return signed

    def signed(self, sealed: Sealed) -> bool:
        return public_key(self.key.pem.encode()).signed(signed_bytes(sealed.seal), sealed.signature)


@dataclass
class Bucket:
    """Objects in memory, each written once; a version is the hash of what it says."""

    objects: dict[str, bytes] = field(default_factory=dict)

    def put_object(self, *, Key: str, Body: Any, **_: Any) -> dict[str, str]:  # noqa: N803  (AWS's names)
        body = Body if isinstance(Body, bytes) else Body.read()
        assert Key not in self.objects, f"{Key} was written twice"
        self.objects[Key] = body
        return {"VersionId": hashlib.sha256(body).hexdigest()}

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[Key])}

    def list_objects_v2(self, **_: Any) -> dict[str, Any]:
        return {"Contents": [{"Key": each} for each in sorted(self.objects)]}

    def list_object_versions(self, **_: Any) -> dict[str, Any]:
        return {"Versions": [{"Key": each} for each in sorted(self.objects)]}
