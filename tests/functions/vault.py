"""The real `seal` over a store in memory, and moto's S3 and KMS, at a time that the test sets."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from slaclock.checking.checker import Checker
from slaclock.checking.findings import Finding
from slaclock.domain.facts import split_id
from slaclock.domain.instants import parse_instant
from slaclock.evidence.matching import Leaf
from slaclock.evidence.signatures import public_key
from slaclock.sealing.leaves import leaves_of, seal_of
from slaclock.seals import Sealed
from slaclock.signing import Signer
from slaclock.store.memory import MemoryStore
from slaclock.wiring import Wiring
from tests.functions.world import load_function
from tests.store.samples import commit, event, fact, ticket

REGION, BUCKET, LAKE = "eu-north-1", "seals", "lake"
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, day) for day in (2, 3, 4))
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
}


class Vault(Wiring):
    """Seals and what they are of. Rows are recorded, altered and removed by its methods."""

    def __init__(self) -> None:
        environ = {"AWS_REGION": REGION, "SEALS_BUCKET": BUCKET, "LAKE_BUCKET": LAKE, "STACK": "desk"}
        environ["AUDIENCES"] = json.dumps({"default": "arn:default"})
        super().__init__(environ, lambda: self.time)
        self.time = datetime(2026, 3, 2, tzinfo=UTC)
        self.memory = MemoryStore()
        self.__dict__["store"] = self.__dict__["books"] = self.memory
        self.s3, self.kms = self.client("s3"), self.client("kms")
        place = {"LocationConstraint": REGION}
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
        self.s3.create_bucket(Bucket=LAKE, CreateBucketConfiguration=place)
        self.use_key()

    def use_key(self) -> None:
        """A new key signs from now on; the stack is told which one did until now."""
        made = self.kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
        self.settings.environ["FORMER_SEAL_KEY"] = self.settings.environ.get("SEAL_KEY", "")  # type: ignore[index]
        self.settings.environ["SEAL_KEY"] = made  # type: ignore[index]
        self.__dict__.pop("sealer", None)

    def night_of(self, day: date) -> None:
        """Half an hour after the day is over."""
        self.time = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=24, minutes=30)

    def breach(self, ticket_id: str, at: str) -> str:
        """Record a breach, and answer the id of its row."""
        about = ticket(ticket_id)
        told = fact(about=about)
        self.memory.commit(commit(None, about, told, given=event(ticket_id=ticket_id), at=parse_instant(at)))
        return told.id

    def touch(self, ticket_id: str, at: str) -> None:
        """Log an event that says nothing new about a ticket."""
        before = self.memory.load(f"ticket#acme#{ticket_id}").saved
        happened = commit(
            before, ticket(ticket_id), given=event(at, ticket_id=ticket_id), at=parse_instant(at)
        )
        self.memory.commit(happened)

    def alter(self, row: str, **members: Any) -> None:
        """Change what a row says, behind everybody's back."""
        item = self.memory.tables["ledger"][split_id(row)]
        body = json.loads(item["body"]) | members
        self.memory.tables["ledger"][split_id(row)] = {**item, "body": json.dumps(body)}

    def remove(self, row: str) -> None:
        del self.memory.tables["ledger"][split_id(row)]

    def put(self, key: str, body: bytes) -> None:
        """Put a version over what is there, as nobody may, but for moto; over a seal without a trace."""
        if key.endswith("/seal.json"):
            self.erase(key)
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def erase(self, key: str) -> None:
        """Remove all versions of an object."""
        for version in self.s3.list_object_versions(Bucket=BUCKET, Prefix=key).get("Versions", ()):
            self.s3.delete_object(Bucket=BUCKET, Key=key, VersionId=version["VersionId"])

    def forge(self, day: date, /, **members: object) -> None:
        """A day's seal says something else, under its old signature."""
        key = f"seals/{day:%Y/%m/%d}/seal.json"
        document = json.loads(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
        self.put(key, json.dumps(document | {"seal": document["seal"] | members}).encode())

    def run(self, **asked: str) -> Mapping[str, Any]:
        """Invoke the function."""
        answer: Mapping[str, Any] = load_function("seal", self).handler(asked, None)
        return answer

    def seal(self, day: date) -> Mapping[str, Any]:
        """Seal a day in the night after it, and answer what was signed."""
        self.night_of(day)
        self.run()
        return self.sealed(day).seal

    def sealed(self, day: date) -> Sealed:
        return seal_of(self.seals, day)

    def leaves(self, day: date) -> list[Leaf]:
        return list(leaves_of(self.seals, self.sealed(day)))

    def check(self, first: date, last: date, *keys: str, heads: bool = False) -> list[Finding]:
        """What is found of days, by public keys in PEM; by the one that signs now, if none is given."""
        pems = keys or (self.pem,)
        trusted = [public_key(each.encode()) for each in pems]
        return list(Checker(self.memory, self.seals, trusted, heads, self.now()).check(first, last))

    def faults(self, first: date, last: date, *keys: str, heads: bool = False) -> list[str]:
        found = self.check(first, last, *keys, heads=heads)
        return [f"{each.day}: {each.what}" for each in found if each.fault]

    @property
    def pem(self) -> str:
        """The public key that signs now."""
        return Signer(self.kms, self.settings.need("SEAL_KEY")).key.pem

    def objects(self) -> dict[str, int]:
        """How many versions there are of each object."""
        listed = self.s3.list_object_versions(Bucket=BUCKET)
        keys = [each["Key"] for each in listed.get("Versions", ())]
        return {key: keys.count(key) for key in sorted(set(keys))}


@contextmanager
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    """A vault for as long as the block lasts."""
    for name, value in _ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "slaclock")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "desk-seal")
    with mock_aws():
        yield Vault()
