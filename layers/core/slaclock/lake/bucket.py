"""The lake's bucket: files of rows by account and day, and for each day that is written a note of them."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import IO, Any
from urllib.parse import quote

SCHEMA = "lake/1"
_NOTES, _SUFFIX = "days/", ".json"


@dataclass(frozen=True, slots=True)
class File:
    """A file that was put: its key, how many lines it has, and the SHA-256 of its bytes."""

    key: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Lake:
    """Files are put whole, and over whatever was there: the bucket keeps versions."""

    client: Any
    bucket: str

    def days(self, first: date) -> set[date]:
        """The days from one on all of whose files are there."""
        found = (name.removeprefix(_NOTES).removesuffix(_SUFFIX) for name in self._notes(first))
        return {date.fromisoformat(each) for each in found}

    def keep(self, account: str, day: date, name: str, rows: int, file: IO[bytes]) -> File:
        """Put a file of an account's rows that were recorded on a day."""
        file.seek(0)
        digest = sha256()
        while part := file.read(1 << 20):
            digest.update(part)
        file.seek(0)
        key = f"rows/account={folder_of(account)}/day={day}/{name}.ndjson.gz"
        self._put(key, file, digest.digest())
        return File(key, rows, digest.hexdigest())

    def finish(self, day: date, seal: str, files: Sequence[File]) -> None:
        """Note that a day is written, with the hash of the seal that it is of: after all of its files."""
        note = {"schema": SCHEMA, "day": day.isoformat(), "seal": seal, "files": [*map(asdict, files)]}
        body = json.dumps(note, indent=1, ensure_ascii=False).encode() + b"\n"
        self._put(f"{_NOTES}{day}{_SUFFIX}", body, sha256(body).digest())

    def _put(self, key: str, body: bytes | IO[bytes], digest: bytes) -> None:
        checksum = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": base64.b64encode(digest).decode()}
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body, **checksum)

    def _notes(self, first: date) -> Iterator[str]:
        where = {"StartAfter": f"{_NOTES}{first}"}  # which sorts before its own note
        while True:
            page = self.client.list_objects_v2(Bucket=self.bucket, Prefix=_NOTES, MaxKeys=1000, **where)
            yield from (each["Key"] for each in page.get("Contents", ()))
            if not page.get("NextContinuationToken"):
                return
            where = {"ContinuationToken": page["NextContinuationToken"]}


def folder_of(account: str) -> str:
    """An account as its folder has it, and as `account = '…'` in SQL: all but `A-Za-z0-9_.-~` in percents.

    >>> folder_of("acme/eu")
    'acme%2Feu'
    """
    return quote(account, safe="")
