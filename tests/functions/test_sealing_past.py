"""Seals that do not hold: nobody chains on to one, and who passes over it has the next seal say so."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from slaclock.records.evidence import record_of
from slaclock.records.proving import Proving
from slaclock.sealing.sealer import NotSealable
from slaclock.seals import Seals, SealUnreadable
from tests.functions.emitted import values
from tests.functions.vault import BUCKET, MONDAY, TUESDAY, WEDNESDAY, Vault, opened

DAY = timedelta(days=1)
THURSDAY = WEDNESDAY + DAY
SEAL = "seals/2026/03/03/seal.json"  # of Tuesday
JUNK = b"{"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    with opened(monkeypatch) as vault:
        yield vault


def stuck(vault: Vault) -> str:
    """Monday and Tuesday are sealed, with a row each; what lies in the place of Tuesday's seal is none."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    row = vault.breach("2", "2026-03-03T14:00:00Z")
    vault.seal(TUESDAY)
    vault.put(SEAL, JUNK)
    vault.night_of(WEDNESDAY)
    return row


def test_a_seal_that_cannot_be_read_is_not_chained_on_to(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is sealed, and two alarms ring: on the error, and on what does not hold."""
    stuck(vault)
    before = vault.objects()
    capsys.readouterr()
    with pytest.raises(SealUnreadable, match=r"seals/2026/03/03/seal\.json: Expecting"):
        vault.run()
    assert values(capsys) == {"SealRuns": [0.0], "SealMismatch": [1.0]}
    assert vault.objects() == before


def test_nor_is_one_that_was_not_signed_here_as_it_is(vault: Vault) -> None:
    """Whoever changed it would have the next one vouch for it."""
    vault.seal(MONDAY)
    vault.forge(MONDAY, rows=7)
    vault.night_of(TUESDAY)
    said = "the seal of 2026-03-02 is not signed, as it is, by a key of this stack"
    with pytest.raises(SealUnreadable, match=said):
        vault.run()


def test_a_key_that_somebody_brings_along_is_none_of_the_stacks(vault: Vault) -> None:
    """A seal that it signed holds in itself, by the key that lies beside it, and is not trusted for that."""
    vault.seal(MONDAY)
    ours = vault.settings.need("SEAL_KEY")
    vault.use_key()
    vault.seal(TUESDAY)
    vault.settings.environ.update(SEAL_KEY=ours, FORMER_SEAL_KEY="")  # type: ignore[attr-defined]
    del vault.__dict__["sealer"]
    vault.night_of(WEDNESDAY)
    with pytest.raises(SealUnreadable, match="2026-03-03 is not signed, as it is, by a key of this stack"):
        vault.run()


def test_the_former_key_is_trusted_for_the_seals_before_a_rotation(vault: Vault) -> None:
    """One rotation back: of a third key nobody told the stack."""
    vault.seal(MONDAY)
    vault.use_key()
    assert vault.seal(TUESDAY)["previous"]["day"] == "2026-03-02"
    vault.use_key()
    assert vault.seal(WEDNESDAY)["previous"]["day"] == "2026-03-03"
    vault.use_key()
    vault.use_key()
    vault.night_of(THURSDAY)
    with pytest.raises(SealUnreadable, match="2026-03-04 is not signed"):
        vault.run()


@pytest.mark.parametrize("signature", ["", "AA==", "AAAA" * 24, "AAAA" * 25, "x"])
def test_what_is_no_signature_signs_nothing(vault: Vault, signature: str) -> None:
    """Whatever stands in its place is not KMS's to refuse as a request."""
    vault.seal(MONDAY)
    sealed = vault.sealed(MONDAY)
    document = {"seal": sealed.seal, "signature": signature, "public_key": sealed.public_key}
    vault.put("seals/2026/03/02/seal.json", json.dumps(document).encode())
    vault.night_of(TUESDAY)
    with pytest.raises(SealUnreadable):
        vault.run()


def test_a_seal_that_does_not_hold_is_passed_over_when_somebody_says_so(vault: Vault) -> None:
    """The next seal names the one before it, and what lies between; the rows of that day come late."""
    row = stuck(vault)
    (seal,) = vault.run(past="2026-03-03")["sealed"]
    assert (seal["day"], seal["previous"]["day"]) == ("2026-03-04", "2026-03-02")
    assert seal["missing"] == seal["rejected"] == [["2026-03-03", "2026-03-03"]]
    assert [(each["id"], each["day"]) for each in vault.leaves(WEDNESDAY) if each["kind"] == "late"] == [
        (row, "2026-03-03")
    ]


def test_what_was_passed_over_stays_visible(vault: Vault) -> None:
    """To `check` as two faults, whether or not the seal is there; every night for a week to the alarm."""
    stuck(vault)
    assert vault.run(past="2026-03-03")["mismatches"] == 1
    faults = [
        "2026-03-03: passed over: the seal did not hold when that of 2026-03-04 was made",
        "2026-03-04: broken: it passes over the seals from 2026-03-03 to 2026-03-03, which did not hold",
    ]
    assert vault.faults(MONDAY, WEDNESDAY) == faults
    assert "rejected" not in vault.seal(THURSDAY)
    assert vault.run()["mismatches"] == 1
    assert vault.faults(MONDAY, THURSDAY) == faults
    assert vault.faults(WEDNESDAY, THURSDAY) == faults[1:]
    vault.erase(SEAL)
    assert vault.faults(MONDAY, THURSDAY) == faults
    vault.seal(TUESDAY + 6 * DAY)
    assert vault.run()["mismatches"] == 1
    vault.seal(TUESDAY + 7 * DAY)
    assert vault.run()["mismatches"] == 0


def test_a_row_of_a_day_that_was_passed_over_is_held_against_the_seal_it_came_into(vault: Vault) -> None:
    """And nothing of what lies in the place of the day's own seal is believed."""
    row = stuck(vault)
    vault.run(past="2026-03-03")
    vault.alter(row, priority="low")
    assert f"2026-03-03: changed: a row that was sealed, {row}" in vault.faults(MONDAY, WEDNESDAY)
    assert vault.run()["mismatches"] == 2


@pytest.mark.parametrize("forged", [True, False])
def test_evidence_leads_to_the_seal_that_a_row_came_into(vault: Vault, *, forged: bool) -> None:
    """Not to the one that was passed over, whether it can't be read or says something else."""
    row = stuck(vault)
    if forged:
        vault.erase(SEAL)
        vault.seal(TUESDAY)
        vault.forge(TUESDAY, rows=7)
        vault.night_of(WEDNESDAY)
    vault.run(past="2026-03-03")
    found = Proving(vault.seals).of("ticket#acme#2", record_of(vault.memory.life("ticket#acme#2")), row)
    kinds = [(proof["day"], proof["leaf"]["kind"]) for proof in found.proofs]
    assert kinds == [("2026-03-04", "late"), ("2026-03-04", "head")]
    assert sorted(found.seals) == ["2026-03-04"]


def test_several_seals_may_be_passed_over_and_even_all(vault: Vault) -> None:
    """Then the next one is the first that counts, and says what was before it."""
    stuck(vault)
    vault.put("seals/2026/03/02/seal.json", JUNK)
    (seal,) = vault.run(past="2026-03-01")["sealed"]
    assert (seal["previous"], seal["missing"]) == (None, [])
    assert seal["rejected"] == [["2026-03-02", "2026-03-03"]]
    assert (seal["rows"], seal["late"]) == (0, 2)
    assert [each[:24] for each in vault.faults(MONDAY, WEDNESDAY)] == [
        "2026-03-02: passed over:",
        "2026-03-03: passed over:",
        "2026-03-04: broken: it p",
    ]


@pytest.mark.parametrize(
    ("past", "said"),
    [
        ("2026-03-02", "the seal of 2026-03-02 holds: it can't be passed over"),
        ("2026-03-04", "no seal is of 2026-03-04 or later: nothing can be passed over"),
    ],
)
def test_a_seal_that_holds_is_not_passed_over(vault: Vault, past: str, said: str) -> None:
    """Else whoever may run the function could cut the chain where they like."""
    stuck(vault)
    with pytest.raises(NotSealable, match=said):
        vault.run(past=past)


def test_nothing_is_passed_over_where_no_seal_could_say_so(vault: Vault) -> None:
    """The day after has to be over; until then nothing is stuck, and the look back says what is wrong."""
    stuck(vault)
    vault.night_of(TUESDAY)
    assert vault.run()["mismatches"] == 2
    with pytest.raises(NotSealable, match="no day after 2026-03-03 is over: nothing can be passed over"):
        vault.run(past="2026-03-03")


def test_one_day_may_be_sealed_past_another(vault: Vault) -> None:
    """Both ways of leaving days out stand in what is signed."""
    stuck(vault)
    vault.night_of(THURSDAY)
    (seal,) = vault.run(day="2026-03-05", past="2026-03-03")["sealed"]
    assert seal["missing"] == [["2026-03-03", "2026-03-04"]]
    assert seal["rejected"] == [["2026-03-03", "2026-03-03"]]
    assert [each.what for each in vault.check(WEDNESDAY, WEDNESDAY)] == [
        "gap: there is no seal, as the seal of 2026-03-05 says"
    ]


@pytest.mark.parametrize(
    "members", [{"missing": [["2026-03-01"]]}, {"rejected": 7}, {"rejected": [["soon", "later"]]}]
)
def test_days_that_are_none_make_no_seal(vault: Vault, members: dict[str, object]) -> None:
    """They are read before anybody looks for a day among them."""
    vault.seal(MONDAY)
    vault.seal(TUESDAY)
    vault.forge(TUESDAY, **members)
    assert any("2026-03-03: the seal can't be read" in each for each in vault.faults(MONDAY, TUESDAY))
    assert vault.run()["mismatches"] == 2


def test_a_seal_that_was_written_over_is_a_fault_whatever_it_says(vault: Vault) -> None:
    """The same words again as well: a seal is written once."""
    vault.seal(MONDAY)
    body = vault.s3.get_object(Bucket=BUCKET, Key="seals/2026/03/02/seal.json")["Body"].read()
    vault.s3.put_object(Bucket=BUCKET, Key="seals/2026/03/02/seal.json", Body=body)
    assert vault.faults(MONDAY, MONDAY) == [
        "2026-03-02: seals/2026/03/02/seal.json has 2 versions: a seal is written once"
    ]
    assert vault.faults(TUESDAY, TUESDAY) == []


def test_what_was_hidden_is_a_fault(vault: Vault) -> None:
    """A delete marker keeps every version, and none is found any more: neither a seal nor its leaves."""
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        vault.seal(day)
    for key in (SEAL, "seals/2026/03/02/leaves.ndjson.gz"):
        vault.s3.delete_object(Bucket=BUCKET, Key=key)
    assert vault.faults(MONDAY, WEDNESDAY) == [
        "2026-03-02: seals/2026/03/02/leaves.ndjson.gz has a delete marker: somebody hid it",
        "2026-03-03: seals/2026/03/03/seal.json has a delete marker: somebody hid it",
        "2026-03-03: the seal is gone: that of 2026-03-04 does not say that there is none",
        "2026-03-04: broken: the seal of 2026-03-03, which it names, is gone",
    ]


def test_versions_are_listed_to_their_end() -> None:
    """Page by page; one object's versions may lie on two."""
    pages: dict[str | None, dict[str, object]] = {
        None: {
            "Versions": [{"Key": SEAL}],
            "NextKeyMarker": SEAL,
            "NextVersionIdMarker": "7",
        },
        "7": {"Versions": [{"Key": SEAL}], "DeleteMarkers": [{"Key": "seals/2026/13/99/seal.json"}]},
    }

    class Bucket:
        def list_object_versions(self, **asked: str) -> dict[str, object]:
            assert asked.get("KeyMarker") in (None, SEAL)
            return pages[asked.get("VersionIdMarker")]

    assert list(Seals(Bucket(), "seals").altered()) == [
        (date(2026, 3, 3), "seals/2026/03/03/seal.json has 2 versions: a seal is written once")
    ]


@pytest.mark.parametrize(
    "key",
    [
        "seals/2026/13/99/seal.json",
        "seals/2026/3/2/seal.json",
        "seals/2026/03/02/seal.json.bak",
        "seals/0000/01/01/seal.json",
    ],
)
def test_an_odd_key_ends_no_run_and_no_check(vault: Vault, key: str) -> None:
    """It is a fault by its name, and counts as no day."""
    vault.put(key, JUNK)
    vault.seal(MONDAY)
    assert vault.faults(MONDAY, MONDAY) == [f"2026-03-02: an object that is no seal's: {key}"]
