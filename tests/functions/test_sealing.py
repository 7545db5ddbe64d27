"""The nightly seal, with moto's S3 and KMS: what it signs, what it keeps, and what it notices."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from botocore.exceptions import ClientError

from slaclock import ENGINE_VERSION
from slaclock.evidence.canonical import canonical, content_hash
from slaclock.evidence.merkle import leaf_hash, root_of
from slaclock.evidence.seal import SCHEMA, der_of, fingerprint, leaf_bytes, row_leaf
from slaclock.evidence.signatures import public_key
from slaclock.sealing.sealer import MOST_DAYS, NotSealable, Ran
from slaclock.seals import Sealed, Seals
from tests.functions.emitted import values
from tests.functions.vault import BUCKET, MONDAY, TUESDAY, WEDNESDAY, Vault, opened
from tests.functions.world import refused

EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
LEAVES, SEAL = "seals/2026/03/02/leaves.ndjson.gz", "seals/2026/03/02/seal.json"
DAY = timedelta(days=1)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    with opened(monkeypatch) as vault:
        yield vault


def unavailable(*_: object, **__: object) -> None:
    raise refused("SlowDown")


def test_a_seal_is_of_the_days_rows_and_the_heads_of_its_tickets(vault: Vault) -> None:
    """Rows in the order of recording, then heads; the root is over their canonical lines."""
    later, first = vault.breach("1", "2026-03-02T14:00:00Z"), vault.breach("2", "2026-03-02T09:00:00Z")
    seal, leaves = vault.seal(MONDAY), vault.leaves(MONDAY)
    rows = [row_leaf(row) for row in vault.memory.recorded(MONDAY)]
    assert [each["id"] for each in rows] == [first, later]
    heads = [
        {"kind": "head", "ticket": ticket, "seq": 2, "head": vault.memory.told(ticket)[0].hash}
        for ticket in ("ticket#acme#1", "ticket#acme#2")
    ]
    assert leaves == [*rows, *heads]
    assert seal["root"] == "sha256:" + root_of([leaf_hash(leaf_bytes(each)) for each in leaves]).hex()


def test_a_seal_says_what_it_is_of_and_by_what_key(vault: Vault) -> None:
    """Everything that is to be known of a day stands in what is signed."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    seal = vault.seal(MONDAY)
    assert seal == {
        "schema": SCHEMA,
        "stack": "desk",
        "day": "2026-03-02",
        "sealed_at": "2026-03-03T00:30:00Z",
        "rows": 1,
        "late": 0,
        "heads": 1,
        "root": seal["root"],
        "previous": None,
        "missing": [],
        "key": {
            "id": vault.settings.need("SEAL_KEY"),
            "fingerprint": "sha256:" + sha256(der_of(vault.pem)).hexdigest(),
            "algorithm": "ECDSA_SHA_256",
        },
        "engine": ENGINE_VERSION,
    }


def test_the_signature_is_that_of_the_canonical_seal(vault: Vault) -> None:
    """ECDSA over P-256 of its bytes, in DER; by the key whose public part lies beside it."""
    vault.seal(MONDAY)
    sealed = vault.sealed(MONDAY)
    assert sealed.public_key == vault.pem
    assert public_key(vault.pem.encode()).signed(canonical(sealed.seal), sealed.signature)
    assert not public_key(vault.pem.encode()).signed(canonical(sealed.seal) + b" ", sealed.signature)


def test_the_files_are_an_archive_of_lines_and_a_readable_document(vault: Vault) -> None:
    """Whoever has them needs no program of ours to read them."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    lines = gzip.decompress(vault.s3.get_object(Bucket=BUCKET, Key=LEAVES)["Body"].read()).splitlines()
    assert [canonical(json.loads(line)) for line in lines] == lines
    assert [json.loads(line)["kind"] for line in lines] == ["row", "head"]
    document = json.loads(vault.s3.get_object(Bucket=BUCKET, Key=SEAL)["Body"].read())
    assert document.keys() == {"seal", "signature", "public_key", "leaves"}


def test_an_empty_day_has_a_seal_too(vault: Vault) -> None:
    """Of no leaves: that nothing was recorded is told apart from that nobody looked."""
    seal = vault.seal(MONDAY)
    assert (seal["rows"], seal["heads"], seal["root"]) == (0, 0, EMPTY)
    assert [(each.what, each.fault) for each in vault.check(MONDAY, MONDAY)] == [
        ("the first seal", False),
        ("empty: nothing was recorded", False),
    ]


def test_each_seal_names_the_one_before(vault: Vault) -> None:
    """By its day and the hash of all that it says."""
    first = vault.seal(MONDAY)
    assert vault.seal(TUESDAY)["previous"] == {"day": "2026-03-02", "hash": content_hash(first)}
    assert vault.faults(MONDAY, TUESDAY) == []


def test_a_head_is_sealed_on_the_last_day_that_a_ticket_was_saved(vault: Vault) -> None:
    """An event that told no fact is covered, too; a ticket that nobody touched is by an earlier seal."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    vault.touch("1", "2026-03-03T08:00:00Z")
    vault.seal(TUESDAY)
    saved = vault.memory.load("ticket#acme#1").saved
    assert saved is not None
    head = {"kind": "head", "ticket": "ticket#acme#1", "seq": 3, "head": saved.head}
    assert vault.leaves(TUESDAY) == [head]
    assert vault.seal(WEDNESDAY)["heads"] == 0


def test_a_second_run_writes_nothing(vault: Vault) -> None:
    """What is sealed stays; it is asked for before, whatever was recorded since."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    before = vault.objects()
    vault.breach("2", "2026-03-03T14:00:00Z")
    assert vault.run() == {"sealed": [], "late": 0, "mismatches": 0, "left": 0}
    assert vault.objects() == before == {LEAVES: 1, SEAL: 1}


def test_a_run_says_up_to_which_day_all_is_sealed(vault: Vault) -> None:
    """Whether it sealed anything or not: reports are rolled up as far."""
    vault.night_of(MONDAY)
    assert vault.sealer.run(lasts=-1).last is None
    assert [vault.sealer.run().last for _ in range(2)] == [MONDAY, MONDAY]
    vault.night_of(WEDNESDAY)
    assert vault.sealer.run(lasts=-1).last == MONDAY
    assert vault.sealer.run().last == WEDNESDAY


def test_two_runs_at_once_make_one_seal(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """One finds the other's seal when it puts its own; its leaves lie over those, which are still read."""
    row = vault.breach("1", "2026-03-02T14:00:00Z")
    keep, raced = Seals.keep, [False]

    def beaten(seals: Seals, sealed: Sealed) -> bool:
        if not raced[0]:
            raced[0] = True
            vault.breach("2", "2026-03-02T15:00:00Z")
            vault.run()
        return keep(seals, sealed)

    monkeypatch.setattr(Seals, "keep", beaten)
    vault.seal(MONDAY)
    assert vault.objects() == {LEAVES: 2, SEAL: 1}
    assert [each["kind"] for each in vault.leaves(MONDAY)] == ["row", "row", "head", "head"]
    assert vault.leaves(MONDAY)[0]["id"] == row
    assert vault.faults(MONDAY, MONDAY) == []


def test_a_crash_between_the_leaves_and_the_seal_leaves_no_seal(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run writes both again: leaves without a seal are nobody's."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    with monkeypatch.context() as crash:
        crash.setattr(Seals, "keep", unavailable)
        vault.night_of(MONDAY)
        with pytest.raises(ClientError):
            vault.run()
    assert (vault.objects(), vault.seals.days()) == ({LEAVES: 1}, [])
    vault.breach("2", "2026-03-02T15:00:00Z")
    assert [seal["rows"] for seal in vault.run()["sealed"]] == [2]
    assert vault.objects() == {LEAVES: 2, SEAL: 1}
    assert vault.faults(MONDAY, MONDAY) == []


def test_days_that_were_missed_are_made_up_for_one_by_one(vault: Vault) -> None:
    """The oldest first; each says when it was sealed, and none is missing."""
    vault.seal(MONDAY)
    vault.breach("1", "2026-03-04T14:00:00Z")
    vault.night_of(date(2026, 3, 6))
    sealed = vault.run()["sealed"]
    assert [(seal["day"], seal["rows"], seal["previous"]["day"]) for seal in sealed] == [
        ("2026-03-03", 0, "2026-03-02"),
        ("2026-03-04", 1, "2026-03-03"),
        ("2026-03-05", 0, "2026-03-04"),
        ("2026-03-06", 0, "2026-03-05"),
    ]
    assert {seal["sealed_at"] for seal in sealed} == {"2026-03-07T00:30:00Z"}
    assert vault.faults(MONDAY, date(2026, 3, 6)) == []


def test_a_run_makes_up_for_a_month_at_the_most(vault: Vault) -> None:
    """The next one goes on."""
    vault.seal(MONDAY)
    vault.night_of(MONDAY + (MOST_DAYS + 2) * DAY)
    ran = vault.run()
    assert (len(ran["sealed"]), ran["left"]) == (MOST_DAYS, 2)
    assert [seal["day"] for seal in vault.run()["sealed"]] == ["2026-04-03", "2026-04-04"]


def test_a_run_begins_no_day_after_ten_minutes(vault: Vault) -> None:
    """What is left is said, and done by the next run."""
    vault.seal(MONDAY)
    vault.night_of(WEDNESDAY)
    seconds = iter([0.0, 600.0, 600.1])
    vault.sealer.elapsed = lambda: next(seconds)
    ran: Ran = vault.sealer.run()
    assert ([seal["day"] for seal in ran.sealed], ran.left) == (["2026-03-03"], 1)


@pytest.mark.parametrize(
    ("at", "sealed"),
    [
        ("2026-03-03T00:14:59+00:00", []),
        ("2026-03-03T00:15:00+00:00", ["2026-03-02"]),
        ("2026-03-03T01:14:59+01:00", []),
        ("2026-03-03T01:15:00+01:00", ["2026-03-02"]),
        ("2026-03-02T20:15:00-04:00", ["2026-03-02"]),
    ],
)
def test_a_day_is_over_a_quarter_of_an_hour_after_midnight_of_utc(
    vault: Vault, at: str, sealed: list[str]
) -> None:
    """By then what was decided before midnight is written; whatever the zone that the clock is told in."""
    vault.night_of(date(2026, 3, 1))
    vault.run()
    vault.time = datetime.fromisoformat(at)
    assert [seal["day"] for seal in vault.run()["sealed"]] == sealed


def test_a_late_row_goes_into_the_next_seal_as_what_it_is(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its day's seal stays; the next one says of which day it is, and it is no mismatch, then nor later."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    row = vault.breach("2", "2026-03-02T23:59:59Z")
    capsys.readouterr()
    assert vault.seal(TUESDAY)["late"] == 1
    assert (values(capsys)["LateRows"], vault.run()["late"]) == ([1.0], 0)
    (late,) = (each for each in vault.leaves(TUESDAY) if each["kind"] == "late")
    own = next(row_leaf(each) for each in vault.memory.recorded(MONDAY) if each["id"] == row)
    assert late == {**own, "kind": "late", "day": "2026-03-02"}
    assert [each.what for each in vault.check(MONDAY, TUESDAY) if "late" in each.what] == [
        f"late: a row of 2026-03-02, {row}"
    ]
    assert vault.faults(MONDAY, TUESDAY) == []
    assert [vault.seal(MONDAY + n * DAY)["late"] for n in range(2, 9)] == [0] * 7


@pytest.mark.parametrize(("days", "late"), [(7, 1), (8, 0)])
def test_late_rows_are_looked_for_in_the_seven_days_before(vault: Vault, days: int, late: int) -> None:
    """What turns up on an older day is in no seal, and `check` says so."""
    vault.seal(MONDAY)
    for number in range(1, days):
        vault.seal(MONDAY + number * DAY)
    row = vault.breach("1", "2026-03-02T14:00:00Z")
    assert vault.seal(MONDAY + days * DAY)["late"] == late
    said = [f"2026-03-02: added: a row that is in no seal, {row}"]
    assert vault.faults(MONDAY, MONDAY) == ([] if late else said)


def test_of_several_late_rows_only_those_in_no_seal_yet_go_into_the_next(vault: Vault) -> None:
    """Late on Monday, one found on Tuesday and another on Wednesday."""
    vault.seal(MONDAY)
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(TUESDAY)
    second = vault.breach("2", "2026-03-02T13:00:00Z")
    vault.seal(WEDNESDAY)
    assert [each["id"] for each in vault.leaves(WEDNESDAY) if each["kind"] == "late"] == [second]
    assert vault.faults(MONDAY, WEDNESDAY) == []


def test_the_first_seal_takes_in_the_rows_of_the_week_before(vault: Vault) -> None:
    """A stack that was there before its seals: what it recorded comes late, and then is sealed."""
    row = vault.breach("1", "2026-03-02T14:00:00Z")
    assert vault.seal(WEDNESDAY)["late"] == 1
    assert vault.leaves(WEDNESDAY)[0]["id"] == row
    assert vault.faults(MONDAY, WEDNESDAY) == []


def test_a_row_that_was_altered_or_removed_is_a_mismatch(
    vault: Vault, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Each is named, every night that its day is among the last seven."""
    altered, removed = vault.breach("1", "2026-03-02T14:00:00Z"), vault.breach("2", "2026-03-02T15:00:00Z")
    vault.seal(MONDAY)
    vault.alter(altered, priority="low")
    vault.remove(removed)
    capsys.readouterr()
    vault.seal(TUESDAY)
    assert values(capsys)["SealMismatch"] == [2.0]
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == [
        f"a row of 2026-03-02 was changed after it was sealed: {altered}",
        f"a row of 2026-03-02 was removed after it was sealed: {removed}",
    ]
    assert vault.faults(MONDAY, TUESDAY) == [
        f"2026-03-02: changed: a row that was sealed, {altered}",
        f"2026-03-02: removed: a row that was sealed, {removed}",
    ]
    assert [vault.run()["mismatches"]] == [2]


def test_a_late_row_that_was_altered_or_removed_is_a_mismatch_too(vault: Vault) -> None:
    """It is sealed like any other, a day later."""
    vault.seal(MONDAY)
    altered, removed = vault.breach("1", "2026-03-02T14:00:00Z"), vault.breach("2", "2026-03-02T15:00:00Z")
    vault.seal(TUESDAY)
    vault.alter(altered, priority="low")
    vault.remove(removed)
    assert vault.run()["mismatches"] == 2
    assert vault.faults(MONDAY, MONDAY) == [
        f"2026-03-02: changed: a row that was sealed, {altered}",
        f"2026-03-02: removed: a row that was sealed, {removed}",
    ]


@pytest.mark.parametrize(
    "members",
    [
        {"hash": "sha256:" + "1" * 64},
        {"cause_hash": "sha256:" + "1" * 64},
        {"seq": 7},
        {"recorded_order": "2026-03-02T14:00:00.000001Z#ticket#acme#1#000002"},
    ],
    ids=["hash", "cause", "seq", "time"],
)
def test_whatever_is_changed_of_a_row_is_noticed(vault: Vault, members: dict[str, object]) -> None:
    """All that it says is hashed: its fact, its place, its cause, and when it was recorded."""
    row = vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    ((key, item),) = vault.memory.tables["ledger"].items()
    vault.memory.tables["ledger"][key] = {**item, **members}
    assert vault.faults(MONDAY, MONDAY) == [f"2026-03-02: changed: a row that was sealed, {row}"]


def test_a_row_that_was_moved_to_another_day_is_missed_on_its_own(vault: Vault) -> None:
    """And is added to the other one."""
    row = vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    vault.seal(TUESDAY)
    ((key, item),) = vault.memory.tables["ledger"].items()
    moved = {**item, "recorded_day": item["recorded_day"].replace("03-02", "03-03")}
    vault.memory.tables["ledger"][key] = moved
    assert vault.faults(MONDAY, TUESDAY) == [
        f"2026-03-02: removed: a row that was sealed, {row}",
        f"2026-03-03: added: a row that is in no seal, {row}",
    ]


def test_the_time_to_live_of_a_row_is_no_part_of_it(vault: Vault) -> None:
    """It is the one attribute that may change."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    ((key, item),) = vault.memory.tables["ledger"].items()
    vault.memory.tables["ledger"][key] = {**item, "expires_at": 1_900_000_000}
    assert vault.faults(MONDAY, MONDAY) == []


def test_a_day_may_be_sealed_alone_and_then_those_before_it_are_missing(vault: Vault) -> None:
    """A gap is said in what is signed; what was recorded in it comes late, or is in no seal."""
    vault.seal(MONDAY)
    row = vault.breach("1", "2026-03-04T14:00:00Z")
    vault.night_of(date(2026, 3, 6))
    (seal,) = vault.run(day="2026-03-06")["sealed"]
    assert (seal["previous"]["day"], seal["missing"]) == ("2026-03-02", [["2026-03-03", "2026-03-05"]])
    assert [(each["kind"], each["day"]) for each in vault.leaves(date(2026, 3, 6)) if "day" in each] == [
        ("late", "2026-03-04")
    ]
    assert vault.faults(MONDAY, date(2026, 3, 6)) == []
    assert [each.what for each in vault.check(TUESDAY, date(2026, 3, 6))] == [
        "gap: there is no seal, as the seal of 2026-03-06 says",
        "gap: there is no seal, as the seal of 2026-03-06 says",
        "gap: there is no seal, as the seal of 2026-03-06 says",
        f"late: a row of 2026-03-04, {row}",
    ]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-03-07", "2026-03-07 can be sealed from 2026-03-08 00:15 UTC on"),
        ("2026-03-04", "2026-03-04 lies before 2026-03-06, which is sealed: its rows came late"),
    ],
)
def test_a_day_that_is_not_over_or_that_a_seal_says_is_missing_is_not_sealed(
    vault: Vault, day: str, said: str
) -> None:
    """Else a seal would be of half a day, or two would contradict each other."""
    vault.seal(MONDAY)
    vault.night_of(date(2026, 3, 6))
    vault.run(day="2026-03-06")
    with pytest.raises(NotSealable, match=said):
        vault.run(day=day)


def test_a_day_that_has_a_seal_is_not_sealed_again_by_its_name(vault: Vault) -> None:
    """It is asked for before anything is written."""
    vault.seal(MONDAY)
    vault.seal(TUESDAY)
    before = vault.objects()
    assert vault.run(day="2026-03-02")["sealed"] == vault.run(day="2026-03-03")["sealed"] == []
    assert vault.objects() == before


def test_a_rotated_key_is_named_by_the_seal_that_it_signs_first(vault: Vault) -> None:
    """Whoever trusts both finds no fault, and is told from when on; whoever trusts one finds the others'."""
    vault.seal(MONDAY)
    old = vault.pem
    vault.use_key()
    new = vault.seal(TUESDAY)["key"]["fingerprint"]
    assert new == fingerprint(der_of(vault.pem)) != fingerprint(der_of(old))
    assert f"from here on another key: {new}" in [
        each.what for each in vault.check(MONDAY, TUESDAY, old, vault.pem)
    ]
    assert vault.faults(MONDAY, TUESDAY, old, vault.pem) == []
    (fault,) = vault.faults(MONDAY, TUESDAY, vault.pem)
    assert fault.startswith("2026-03-02: signed by sha256:")
    assert fault.endswith(", which is none of the keys that you trust: --key")


def test_a_seal_that_was_changed_has_a_bad_signature_and_breaks_what_follows(vault: Vault) -> None:
    """Its own signature is not of it any more, nor is it the one that the next seal names."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    vault.seal(TUESDAY)
    vault.forge(MONDAY, sealed_at="2026-03-03T00:00:00Z")
    assert vault.faults(MONDAY, TUESDAY) == [
        "2026-03-02: bad signature: the seal was not signed as it is by the key that it names",
        "2026-03-03: broken: it was made after another seal of 2026-03-02 than there is",
    ]


def test_a_seal_of_other_leaves_is_noticed(vault: Vault) -> None:
    """By the root, by the counts; and by the next run, which raises the alarm."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    vault.forge(MONDAY, rows=2)
    assert "2026-03-02: it has other leaves than it counts: {'row': 1, 'late': 0, 'head': 1}" in vault.faults(
        MONDAY, MONDAY
    )
    vault.forge(MONDAY, root=EMPTY)
    said = "the leaves of 2026-03-02 are not those that its seal is of"
    assert f"2026-03-02: the seal can't be read: {said}" in vault.faults(MONDAY, MONDAY)
    assert vault.run()["mismatches"] == 1


def test_leaves_that_somebody_put_over_those_of_a_seal_are_not_read(vault: Vault) -> None:
    """A seal says which version of the file it is of."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    vault.put(LEAVES, gzip.compress(b"{}\n"))
    assert vault.faults(MONDAY, MONDAY) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "seals/2026/03/02/seal.json: Expecting property name"),
        (b"[]", "seals/2026/03/02/seal.json: list indices must be"),
        (b'{"seal": {"day": "2026-03-02"}}', "seals/2026/03/02/seal.json: 'signature'"),
        (b'{"seal": {}, "signature": "", "public_key": ""}', "seals/2026/03/02/seal.json: ('day', 'heads', "),
        (b"[" * 60_000, "seals/2026/03/02/seal.json: "),
        (b'{"seal": [], "signature": "", "public_key": ""}', "seals/2026/03/02/seal.json: 'list' object"),
    ],
)
def test_what_is_no_seal_is_said_to_be_none(vault: Vault, body: bytes, said: str) -> None:
    """Whatever it is: the other days are checked all the same."""
    vault.seal(MONDAY)
    vault.seal(TUESDAY)
    vault.put(SEAL, body)
    first, second = vault.faults(MONDAY, TUESDAY)
    assert first.startswith(f"2026-03-02: the seal can't be read: {said}")
    assert second.startswith(f"2026-03-03: the seal can't be read: {said}")


def test_a_seal_of_another_day_is_none_of_the_day_it_lies_at(vault: Vault) -> None:
    """Who copies one over another is found out."""
    vault.seal(MONDAY)
    vault.forge(MONDAY, day="2026-03-03")
    assert vault.faults(MONDAY, MONDAY) == [
        "2026-03-02: the seal can't be read: seals/2026/03/02/seal.json is one of 2026-03-03"
    ]


@pytest.mark.parametrize("line", [b"x", b"[]", b"{}", b'{"kind":"row"}', b'{"kind":"other","id":"1"}', b"1"])
def test_leaves_that_are_none_are_a_mismatch_and_end_no_run(vault: Vault, line: bytes) -> None:
    """Whatever lies there; what is not compressed at all, or ends within a line, as well."""
    vault.seal(MONDAY)
    document = json.loads(vault.s3.get_object(Bucket=BUCKET, Key=SEAL)["Body"].read())
    vault.put(SEAL, json.dumps({**document, "leaves": None}).encode())
    for body in (gzip.compress(line + b"\n"), gzip.compress(line), line + b"\n"):
        vault.put(LEAVES, body)
        assert vault.run()["mismatches"] == 1
        (fault,) = vault.faults(MONDAY, MONDAY)
        assert fault.startswith("2026-03-02: the seal can't be read: ")


def test_a_seal_that_is_gone_is_missed(vault: Vault) -> None:
    """The next one names it, and does not say that there was none."""
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        vault.seal(day)
    vault.erase("seals/2026/03/03/seal.json")
    assert vault.faults(MONDAY, WEDNESDAY) == [
        "2026-03-03: the seal is gone: that of 2026-03-04 does not say that there is none",
        "2026-03-04: broken: the seal of 2026-03-03, which it names, is gone",
    ]


def test_days_around_those_that_are_sealed_are_said_to_have_no_seal(vault: Vault) -> None:
    """Neither is a fault: the first one has to be some day's, and today is not over."""
    vault.breach("1", "2026-03-01T14:00:00Z")
    vault.seal(MONDAY)
    found = vault.check(date(2026, 3, 1), TUESDAY)
    assert [(each.day.day, each.what, each.fault) for each in found if each.day != MONDAY] == [
        (1, "there is no seal: the first one is of 2026-03-02", False),
        (3, "there is no seal yet", False),
    ]


def test_a_ticket_whose_record_is_not_what_was_sealed_is_found_by_its_head(vault: Vault) -> None:
    """A log rewritten as a whole holds in itself; an input that is gone, or a ticket."""
    first, _, third = [vault.breach(number, "2026-03-02T14:00:00Z") for number in ("1", "2", "3")]
    vault.touch("2", "2026-03-02T15:00:00Z")
    vault.seal(MONDAY)
    tickets = vault.memory.tables["tickets"]
    told = tickets["ticket#acme#1", "FACT#clock_breached:resolution:1.0"]
    tickets["ticket#acme#1", "FACT#clock_breached:resolution:1.0"] = {**told, "hash": "sha256:" + "1" * 64}
    for pk, sk in [key for key in tickets if key[0] == "ticket#acme#3" or key[1].endswith("T15:00:00Z")]:
        del tickets[pk, sk]
    assert vault.faults(MONDAY, MONDAY) == []
    assert vault.faults(MONDAY, MONDAY, heads=True) == [
        "2026-03-02: the record of ticket#acme#1 is not what was sealed, up to 2",
        "2026-03-02: the record of ticket#acme#2 does not reach link 3 any more",
        "2026-03-02: the record of ticket#acme#3 does not reach link 2 any more",
        f"2026-03-02: a row that its ticket's record does not tell, {first}",
        f"2026-03-02: a row that its ticket's record does not tell, {third}",
    ]


def test_a_ticket_that_went_on_is_what_was_sealed_up_to_there(vault: Vault) -> None:
    """Its head is another by now."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.touch("1", "2026-03-02T15:00:00Z")
    vault.seal(MONDAY)
    vault.touch("1", "2026-03-03T15:00:00Z")
    assert vault.faults(MONDAY, MONDAY, heads=True) == []


def test_an_outage_is_raised_and_made_up_for(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lambda tries it again twice, then keeps it in its queue; the next night does it anyway."""
    vault.night_of(MONDAY)
    with monkeypatch.context() as outage:
        outage.setattr(Seals, "keep_leaves", unavailable)
        with pytest.raises(ClientError, match="SlowDown"):
            vault.run()
    assert values(capsys) == {"SealRuns": [0.0]}
    vault.night_of(TUESDAY)
    assert [seal["day"] for seal in vault.run()["sealed"]] == ["2026-03-03"]


def test_every_run_says_how_it_went(vault: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    """Nought is counted, too; the alarm on silence goes by the runs."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    assert values(capsys) == {
        "Seals": [1.0],
        "LateRows": [0.0],
        "SealMismatch": [0.0],
        "UnsealedDays": [0.0],
        "SealRuns": [1.0],
    }


def test_a_seal_of_a_day_to_come_does_not_keep_days_from_being_sealed(vault: Vault) -> None:
    """Whoever got it in there could else end all sealing."""
    vault.seal(MONDAY)
    vault.put("seals/2099/01/01/seal.json", b"{}")
    vault.put("seals/notes.txt", b"")
    assert vault.seal(TUESDAY)["previous"]["day"] == "2026-03-02"


def test_the_time_that_a_seal_was_made_is_told_in_utc(vault: Vault) -> None:
    """Whatever the zone of the clock."""
    vault.time = datetime(2026, 3, 3, 2, 0, tzinfo=timezone(timedelta(hours=1)))
    assert [seal["sealed_at"] for seal in vault.run()["sealed"]] == ["2026-03-03T01:00:00Z"]
    assert vault.time.astimezone(UTC).hour == 1


def test_an_object_of_no_day_is_a_fault_and_stops_nothing(vault: Vault) -> None:
    """Whatever its key looks like."""
    vault.put("seals/2026/13/99/seal.json", b"junk")
    assert vault.seal(MONDAY)["rows"] == 0
    assert vault.faults(MONDAY, MONDAY) == [
        "2026-03-02: an object that is no seal's: seals/2026/13/99/seal.json"
    ]
