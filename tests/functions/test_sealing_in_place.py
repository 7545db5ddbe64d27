"""A seal that passes over others stands in their place: for rows, heads, and what was late in them."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from botocore.exceptions import ClientError

from slaclock.domain.facts import split_id
from slaclock.records.evidence import record_of
from slaclock.records.proving import Proving
from slaclock.seals import Seals
from tests.functions.vault import MONDAY, TUESDAY, WEDNESDAY, Vault, opened
from tests.functions.world import refused

DAY = timedelta(days=1)
THURSDAY = WEDNESDAY + DAY
ROWS = {TUESDAY: "2", WEDNESDAY: "3"}  # of which ticket each day has a row
JUNK = b"{"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    with opened(monkeypatch) as vault:
        yield vault


def proven(vault: Vault, row: str) -> list[tuple[str, str]]:
    """The seals that evidence of a row leads to, and what of each kind is in them."""
    subject, _ = split_id(row)
    found = Proving(vault.seals).of(subject, record_of(vault.memory.life(subject)), row)
    assert sorted(found.seals) == sorted({proof["day"] for proof in found.proofs})
    return [(proof["day"], proof["leaf"]["kind"]) for proof in found.proofs]


def late(vault: Vault, day: date) -> dict[str, str]:
    """The late rows of a seal, and their days."""
    return {each["id"]: each["day"] for each in vault.leaves(day) if each["kind"] == "late"}


def seal_as_one(vault: Vault, day: date, how: str) -> None:
    """Seal a day; what lies there then does not hold."""
    vault.seal(day)
    if how == "junk":
        vault.put(f"seals/{day:%Y/%m/%d}/seal.json", JUNK)
    elif how == "forged":
        vault.forge(day, rows=7)


def seal_with_another_key(vault: Vault, *days: date) -> None:
    """Seals that chain on to each other as they should, by a key that the stack is told of no longer."""
    ours = vault.settings.need("SEAL_KEY")
    vault.use_key()
    for day in days:
        vault.seal(day)
    vault.settings.environ.update(SEAL_KEY=ours, FORMER_SEAL_KEY="")  # type: ignore[attr-defined]
    del vault.__dict__["sealer"]


@pytest.mark.parametrize("how", ["junk", "forged", "foreign key"])
def test_evidence_leads_past_several_seals_that_were_passed_over(vault: Vault, how: str) -> None:
    """A seal that follows one vouches for it only where it counts itself."""
    vault.seal(MONDAY)
    rows = [vault.breach(ticket, f"{day}T14:00:00Z") for day, ticket in ROWS.items()]
    if how == "foreign key":
        seal_with_another_key(vault, *ROWS)
    else:
        vault.seal(TUESDAY)
        seal_as_one(vault, WEDNESDAY, how)
        seal_as_one(vault, TUESDAY, how)
    vault.night_of(THURSDAY)
    vault.run(past="2026-03-03")
    for row in rows:
        assert proven(vault, row) == [("2026-03-05", "late"), ("2026-03-05", "head")]


def test_a_seal_that_passes_over_another_may_be_passed_over_itself(vault: Vault) -> None:
    """Then the later one stands in the place of both."""
    row = vault.breach("2", "2026-03-03T14:00:00Z")
    vault.seal(MONDAY)
    seal_as_one(vault, TUESDAY, "junk")
    vault.night_of(WEDNESDAY)
    vault.run(past="2026-03-03")
    vault.forge(WEDNESDAY, rows=7)
    vault.night_of(THURSDAY)
    vault.run(past="2026-03-03")
    assert late(vault, THURSDAY) == {row: "2026-03-03"}
    assert proven(vault, row) == [("2026-03-05", "late"), ("2026-03-05", "head")]


def test_what_a_seal_rejects_that_was_passed_over_counts_all_the_same(vault: Vault) -> None:
    """Else whoever gets one bad object in could have any seal before it count for none."""
    row = vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    vault.seal(TUESDAY)
    vault.forge(TUESDAY, rejected=[["2026-03-01", "2026-03-02"]])
    vault.night_of(WEDNESDAY)
    vault.run(past="2026-03-03")
    assert proven(vault, row) == [("2026-03-02", "row"), ("2026-03-02", "head")]
    assert late(vault, WEDNESDAY) == {}
    assert [each[:24] for each in vault.faults(MONDAY, WEDNESDAY)] == [
        "2026-03-03: passed over:",
        "2026-03-04: broken: it p",
    ]


def test_the_heads_of_a_day_that_was_passed_over_are_sealed_again(vault: Vault) -> None:
    """A ticket that nobody touches any more is in no other seal; `check --heads` looks at it there."""
    row = vault.breach("2", "2026-03-03T14:00:00Z")
    seal_as_one(vault, TUESDAY, "forged")
    vault.breach("3", "2026-03-04T14:00:00Z")
    vault.night_of(WEDNESDAY)
    vault.run(past="2026-03-03")
    heads = [each["ticket"] for each in vault.leaves(WEDNESDAY) if each["kind"] == "head"]
    assert heads == ["ticket#acme#2", "ticket#acme#3"]
    vault.seal(WEDNESDAY + 17 * DAY)
    assert ("2026-03-04", "head") in proven(vault, row)
    for key in [key for key in vault.memory.tables["tickets"] if key[0].endswith("#2")]:
        del vault.memory.tables["tickets"][key]
    said = "2026-03-04: the record of ticket#acme#2 does not reach link 2 any more"
    assert said in vault.faults(WEDNESDAY, WEDNESDAY, heads=True)


@pytest.mark.parametrize("after", [1, 8, 9, 500])
def test_a_seal_may_be_passed_over_much_later(vault: Vault, after: int) -> None:
    """Evidence finds who did, and so does `check` of the day alone."""
    row = vault.breach("2", "2026-03-03T14:00:00Z")
    seal_as_one(vault, TUESDAY, "junk")
    day = TUESDAY + after * DAY
    vault.night_of(day)
    vault.run(day=day.isoformat(), past="2026-03-03")
    assert late(vault, day) == {row: "2026-03-03"}
    assert proven(vault, row) == [(day.isoformat(), "late"), (day.isoformat(), "head")]
    assert vault.faults(TUESDAY, TUESDAY) == [
        f"2026-03-03: passed over: the seal did not hold when that of {day} was made"
    ]


@pytest.mark.parametrize("name", ["seal.json", "leaves.ndjson.gz"])
def test_a_day_whose_seal_cannot_be_read_counts_as_unsealed_in_evidence(vault: Vault, name: str) -> None:
    """Whoever asks again gets no other answer; the other days' proofs are theirs all the same."""
    rows = [vault.breach(ticket, f"{day}T14:00:00Z") for day, ticket in ROWS.items()]
    for day in ROWS:
        vault.seal(day)
    vault.erase(f"seals/2026/03/03/{name}")
    vault.put(f"seals/2026/03/03/{name}", JUNK)
    assert [proven(vault, row) for row in rows] == [[], [("2026-03-04", "row"), ("2026-03-04", "head")]]


@pytest.mark.parametrize("method", ["list_objects_v2", "get_object"])
def test_a_bucket_that_cannot_be_had_is_no_day_without_a_seal(vault: Vault, method: str) -> None:
    """Later it can: half a proof would look as if the rest were not sealed."""
    row = vault.breach("2", "2026-03-03T14:00:00Z")
    vault.seal(TUESDAY)
    client = vault.client("s3")
    vault.__dict__["seals"] = Seals(client, "seals")

    def unavailable(**_: str) -> None:
        raise refused("SlowDown")

    setattr(client, method, unavailable)
    with pytest.raises(ClientError, match="SlowDown"):
        proven(vault, row)


def test_all_rows_of_all_days_that_are_passed_over_come_late(vault: Vault) -> None:
    """However long ago: else those older than a week would end in no seal that holds."""
    days = [MONDAY + n * DAY for n in range(12)]
    rows = {vault.breach(str(n), f"{day}T14:00:00Z"): day for n, day in enumerate(days)}
    for day in days:
        vault.seal(day)
    for day in days[1:]:
        vault.forge(day, rows=7)
    night = days[-1] + DAY
    vault.night_of(night)
    ran = vault.run(past="2026-03-03")
    assert (ran["late"], ran["mismatches"]) == (11, 11)
    assert late(vault, night) == {row: day.isoformat() for row, day in rows.items() if day != MONDAY}
    for row, day in rows.items():
        assert proven(vault, row)[0] == (str(day), "row") if day == MONDAY else (str(night), "late")
    said = [each[10:24] for each in vault.faults(MONDAY, night)]
    assert said == [": passed over:"] * 11 + [": broken: it p"]


def test_what_was_late_in_a_seal_that_is_passed_over_comes_late_again(vault: Vault) -> None:
    """A row of Monday that was sealed a week later; it is neither added nor without a proof."""
    for n in range(7):
        vault.seal(MONDAY + n * DAY)
    row = vault.breach("2", "2026-03-02T15:00:00Z")
    monday = MONDAY + 7 * DAY
    assert vault.seal(monday)["late"] == 1
    vault.forge(monday, rows=7)
    vault.night_of(monday + 5 * DAY)
    vault.run(day="2026-03-14", past="2026-03-09")
    assert late(vault, monday + 5 * DAY) == {row: "2026-03-02"}
    assert vault.faults(MONDAY, MONDAY) == []
    assert proven(vault, row) == [("2026-03-14", "late")]


def test_a_row_that_is_put_into_a_day_that_was_passed_over_is_a_fault(vault: Vault) -> None:
    """The seal in its place has all rows of that day: one that it has not is added, whatever its age."""
    vault.breach("2", "2026-03-03T14:00:00Z")
    seal_as_one(vault, TUESDAY, "junk")
    vault.night_of(WEDNESDAY)
    vault.run(past="2026-03-03")
    for n in range(1, 12):
        vault.seal(WEDNESDAY + n * DAY)
    row = vault.breach("77", "2026-03-03T15:00:00Z")
    vault.seal(WEDNESDAY + 12 * DAY)
    assert vault.faults(TUESDAY, TUESDAY) == [
        "2026-03-03: passed over: the seal did not hold when that of 2026-03-04 was made",
        f"2026-03-03: added: a row that is in no seal, {row}",
    ]


def test_one_that_is_put_there_within_the_week_is_late_as_on_any_day(vault: Vault) -> None:
    """The night after has it, once."""
    seal_as_one(vault, TUESDAY, "junk")
    vault.night_of(WEDNESDAY)
    vault.run(past="2026-03-03")
    row = vault.breach("77", "2026-03-03T15:00:00Z")
    assert vault.seal(THURSDAY)["late"] == 1
    assert vault.seal(THURSDAY + DAY)["late"] == 0
    assert len(vault.faults(TUESDAY, TUESDAY)) == 1
    assert proven(vault, row)[0] == ("2026-03-05", "late")
