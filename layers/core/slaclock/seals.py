"""Seals where they are kept, a bucket whose objects nobody can remove before their time."""

import base64
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import IO, Any

from botocore.exceptions import ClientError

from slaclock.evidence.seal import SPANS

_OBJECT = re.compile(r"seals/([0-9]{4})/([0-9]{2})/([0-9]{2})/(?:seal\.json|leaves\.ndjson\.gz|passing)")
_MEMBERS = frozenset({"day", "rows", "late", "heads", "root", "previous", "missing", "key"})
_GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404"})
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_LONGEST_LINE = 1 << 16  # bytes; a leaf has some hundreds
_LARGEST_SEAL = 1 << 16  # bytes


class SealUnreadable(Exception):
    """What lies where a seal or its leaves should is none, or was not written here."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A day's seal as it is kept: what was signed, and by what; `leaves` is the version of their file."""

    seal: Mapping[str, Any]
    signature: bytes  # DER
    public_key: str  # PEM: what it says of itself, trusted by nobody for that
    leaves: str | None = None

    @property
    def day(self) -> date:
        return date.fromisoformat(self.seal["day"])


@dataclass(frozen=True, slots=True)
class Seals:
    """The bucket: of each day `leaves.ndjson.gz`, a leaf a line, then `seal.json`, which is written once.

    Where a seal passes over others, an empty `passing` is put before it, by which it is found.
    """

    client: Any
    bucket: str

    def days(self) -> list[date]:
        """The days that have a seal, in their order."""
        return [day for name, day in self._keys() if day and name.endswith("/seal.json")]

    def passing(self) -> list[date]:
        """The days whose seals may pass over others, in their order: nobody need read the rest for that."""
        return [day for name, day in self._keys() if day and name.endswith("/passing")]

    def odd(self) -> list[str]:
        """The keys below `seals/` that are of no day's seal or leaves."""
        return [name for name, day in self._keys() if day is None]

    def altered(self) -> Iterator[tuple[date, str]]:
        """What nobody may do, by the versions of objects: seals written over, and whatever was hidden.

        Of leaves there may be several versions: a seal says which one is its own.
        """
        seals, hidden = Counter[str](), set[str]()
        for page in self._versions():
            seals.update(
                each["Key"] for each in page.get("Versions", ()) if each["Key"].endswith("/seal.json")
            )
            hidden.update(each["Key"] for each in page.get("DeleteMarkers", ()))
        for name in sorted(seals.keys() | hidden):
            day = _day_of(name)
            if day and seals[name] > 1:
                yield day, f"{name} has {seals[name]} versions: a seal is written once"
            if day and name in hidden:
                yield day, f"{name} has a delete marker: somebody hid it"

    def _versions(self) -> Iterator[Mapping[str, Any]]:
        where: dict[str, str] = {}
        while True:
            page = self.client.list_object_versions(
                Bucket=self.bucket, Prefix="seals/", MaxKeys=1000, **where
            )
            yield page
            if not page.get("NextKeyMarker"):
                return
            where = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}

    def _keys(self) -> Iterator[tuple[str, date | None]]:
        where: dict[str, str] = {}
        while True:
            page = self.client.list_objects_v2(Bucket=self.bucket, Prefix="seals/", MaxKeys=1000, **where)
            yield from ((each["Key"], _day_of(each["Key"])) for each in page.get("Contents", ()))
            if not page.get("NextContinuationToken"):
                return
            where = {"ContinuationToken": page["NextContinuationToken"]}

    def read(self, day: date) -> Sealed | None:
        """A day's seal, unchecked; None where there is none, `SealUnreadable` for what is no seal of it."""
        body = self._object(f"{_folder(day)}/seal.json")
        if body is None:
            return None
        try:
            sealed = _sealed(json.loads(body.read(_LARGEST_SEAL)))
            its_day = sealed.day
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise SealUnreadable(f"{_folder(day)}/seal.json: {error}") from error
        if its_day != day:
            raise SealUnreadable(f"{_folder(day)}/seal.json is one of {its_day}")
        return sealed

    def leaves(self, sealed: Sealed) -> Iterator[bytes]:
        """Yield the leaves of a seal, in their order, as they come; they are unchecked.

        `SealUnreadable` where the file is gone, or is no such file.
        """
        name = f"{_folder(sealed.day)}/leaves.ndjson.gz"
        body = self._object(name, **({"VersionId": sealed.leaves} if sealed.leaves else {}))
        if body is None:
            raise SealUnreadable(f"{name} is not there")
        try:
            with gzip.GzipFile(fileobj=body) as lines:
                while line := lines.readline(_LONGEST_LINE):
                    if not line.endswith(b"\n"):
                        raise SealUnreadable(f"{name} ends within a line, or has one too long")
                    yield line[:-1]
        except (OSError, EOFError) as error:
            raise SealUnreadable(f"{name}: {error}") from error

    def keep_leaves(self, day: date, file: IO[bytes]) -> str | None:
        """Keep a file of leaves, and answer its version; one that is there already stays beneath it."""
        file.seek(0)
        digest = sha256()
        while part := file.read(1 << 20):
            digest.update(part)
        file.seek(0)
        return self._put(f"{_folder(day)}/leaves.ndjson.gz", file, digest.digest())

    def keep(self, sealed: Sealed) -> bool:
        """Keep a seal; False where that day has one already, which stays."""
        document = {
            "seal": dict(sealed.seal),
            "signature": base64.b64encode(sealed.signature).decode(),
            "public_key": sealed.public_key,
            **({"leaves": sealed.leaves} if sealed.leaves else {}),
        }
        body = json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"
        if sealed.seal.get("rejected"):
            self._put(f"{_folder(sealed.day)}/passing", b"", sha256(b"").digest())
        try:
            self._put(f"{_folder(sealed.day)}/seal.json", body, sha256(body).digest(), IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] not in _TAKEN:
                raise
            return False
        return True

    def _put(self, key: str, body: bytes | IO[bytes], digest: bytes, **only: str) -> str | None:
        """Put an object with its checksum, which Object Lock asks for; answer its version."""
        checksum = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": base64.b64encode(digest).decode()}
        kept: Mapping[str, str] = self.client.put_object(
            Bucket=self.bucket, Key=key, Body=body, **checksum, **only
        )
        return kept.get("VersionId")

    def _object(self, key: str, **version: str) -> Any:
        try:
            return self.client.get_object(Bucket=self.bucket, Key=key, **version)["Body"]
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
            return None


def _day_of(name: str) -> date | None:
    """The day that an object is of, by its key."""
    match = _OBJECT.fullmatch(name)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _sealed(document: Mapping[str, Any]) -> Sealed:
    signature = base64.b64decode(document["signature"], validate=True)
    sealed = Sealed(document["seal"], signature, document["public_key"], document.get("leaves"))
    if lacking := _MEMBERS - sealed.seal.keys():
        raise KeyError(*sorted(lacking))
    for named in SPANS:
        for first, last in sealed.seal.get(named, ()):
            date.fromisoformat(first), date.fromisoformat(last)
    return sealed


def _folder(day: date) -> str:
    return f"seals/{day:%Y/%m/%d}"
