"""The lake: what the night puts there of each sealed day, and what it does about late rows and failures."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import pytest
from botocore.exceptions import ClientError

from slaclock.domain.instants import parse_instant
from slaclock.lake import splitting
from slaclock.lake.bucket import Lake, folder_of
from slaclock.lake.filling import Filled
from slaclock.lake.splitting import split
from slaclock.seals import SealUnreadable
from tests.functions.asking import QUERIES, fetched, opened_lake
from tests.functions.vault import LAKE, MONDAY, TUESDAY, WEDNESDAY, Vault, opened
from tests.functions.world import refused
from tests.store.samples import commit, fact, ticket

DAY = timedelta(days=1)
ROWS = "rows/account=acme/day=2026-03-02/rows.ndjson.gz"
LATE = "rows/account=acme/day=2026-03-02/late-2026-03-03.ndjson.gz"
NOTE = "days/2026-03-02.json"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    with opened(monkeypatch) as vault:
        yield vault


def body(vault: Vault, key: str) -> bytes:
    found: bytes = vault.s3.get_object(Bucket=LAKE, Key=key)["Body"].read()
    return found


def lines(vault: Vault, key: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(body(vault, key)).splitlines()]


def keys(vault: Vault) -> list[str]:
    return [each["Key"] for each in vault.s3.list_objects_v2(Bucket=LAKE).get("Contents", ())]


def unavailable(*_: object, **__: object) -> None:
    raise refused("SlowDown")


def test_a_sealed_day_is_a_file_of_lines_for_each_account(vault: Vault) -> None:
    """Flat, one a row, in the order of recording; a note of the day comes with the hash of each file."""
    later, first = vault.breach("1", "2026-03-02T14:00:00Z"), vault.breach("2", "2026-03-02T09:00:00Z")
    about = ticket("3", account="b/c")
    vault.memory.commit(commit(None, about, fact(about=about), at=parse_instant("2026-03-02T10:00:00Z")))
    vault.seal(MONDAY)
    other = "rows/account=b%2Fc/day=2026-03-02/rows.ndjson.gz"
    assert keys(vault) == [NOTE, ROWS, other]
    assert [each["id"] for each in lines(vault, ROWS)] == [first, later]
    (line,) = lines(vault, other)
    row = next(row for row in vault.memory.recorded(MONDAY) if row["fact"]["account"] == "b/c")
    assert line == {
        "id": row["id"],
        "fact": "clock_breached",
        "subject": "ticket",
        "ticket": "3",
        "lane": "resolution",
        "cycle": 1,
        "revision": 0,
        "seq": row["seq"],
        "recorded_at": "2026-03-02T10:00:00Z",
        "happened_at": "2026-03-02 10:00:00 UTC",
        "happened_us": 1_772_445_600_000_000,
        "due_at": "2026-03-02 10:00:00 UTC",
        "due_us": 1_772_445_600_000_000,
        "customer": "acme",
        "agreement": "gold",
        "agreement_version": 1,
        "target": "resolution",
        "metric": "resolution",
        "priority": "high",
        "engine": row["fact"]["engine"],
        "hash": row["hash"],
    }
    note = json.loads(body(vault, NOTE))
    assert [(each["key"], each["rows"]) for each in note["files"]] == [(ROWS, 2), (other, 1)]


def test_names_of_people_and_what_they_wrote_stay_out(vault: Vault) -> None:
    """Who acknowledged, worked or decided is in the ledger, and nowhere else."""
    about = ticket("1", account="acme")
    told = fact(
        "case_cause", about=about, details={"by": "Ada", "note": "Kim was ill", "root_cause": "staffing"}
    )
    vault.memory.commit(commit(None, about, told, at=parse_instant("2026-03-02T10:00:00Z")))
    vault.seal(MONDAY)
    assert lines(vault, ROWS)[0]["root_cause"] == "staffing"
    assert not {b"Ada", b"Kim"} & set(gzip.decompress(body(vault, ROWS)).split(b'"'))


def test_an_empty_day_is_noted_and_has_no_file(vault: Vault) -> None:
    """So that it is not looked at again."""
    vault.seal(MONDAY)
    assert keys(vault) == [NOTE]
    assert vault.filler.run(MONDAY) == Filled(0, 0)


def test_the_same_rows_are_the_same_bytes(vault: Vault) -> None:
    """Whenever they are written, and however often."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    before = {key: body(vault, key) for key in keys(vault)}
    vault.time += 9 * DAY
    vault.filler.write(MONDAY)
    assert {key: body(vault, key) for key in keys(vault)} == before


def test_a_late_row_lies_with_its_day_in_a_file_of_the_seal_that_found_it(vault: Vault) -> None:
    """The day's own file, written anew, is still what its seal is of: no row is there twice."""
    first = vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    before = body(vault, ROWS)
    late = vault.breach("2", "2026-03-02T23:00:00Z")
    vault.seal(TUESDAY)
    vault.filler.write(MONDAY)
    assert body(vault, ROWS) == before
    assert [each["id"] for each in lines(vault, ROWS)] == [first]
    assert [each["id"] for each in lines(vault, LATE)] == [late]


def test_a_night_that_broke_off_is_written_again(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the files and the note, the day counts as not written; the next run finds the seal made."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    with monkeypatch.context() as patched:
        patched.setattr(Lake, "finish", unavailable)
        vault.night_of(MONDAY)
        with pytest.raises(ClientError, match="SlowDown"):
            vault.run()
    assert keys(vault) == [ROWS]
    vault.run()
    assert keys(vault) == [NOTE, ROWS]


def test_nothing_is_written_of_a_day_whose_seal_does_not_hold(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    """The other days are; the day is told by name, and tried again the next night."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    vault.s3.delete_object(Bucket=LAKE, Key=NOTE)
    vault.s3.delete_object(Bucket=LAKE, Key=ROWS)
    vault.seal(TUESDAY)
    assert ROWS in keys(vault)
    vault.s3.delete_object(Bucket=LAKE, Key=NOTE)
    vault.s3.delete_object(Bucket=LAKE, Key=ROWS)
    vault.forge(MONDAY, root="sha256:00")
    assert vault.filler.run(WEDNESDAY) == Filled(0, 0)
    assert "2026-03-02 is not in the lake: the leaves of 2026-03-02 are not those" in caplog.text
    assert ROWS not in keys(vault)
    with pytest.raises(SealUnreadable):
        vault.filler.write(MONDAY)


def test_a_row_that_was_altered_since_its_seal_is_left_out(vault: Vault) -> None:
    """The lake has what was sealed, or nothing; the checks of seals tell of the row."""
    row, other = vault.breach("1", "2026-03-02T14:00:00Z"), vault.breach("2", "2026-03-02T15:00:00Z")
    vault.seal(MONDAY)
    vault.alter(row, target="other")
    vault.filler.write(MONDAY)
    assert [each["id"] for each in lines(vault, ROWS)] == [other]


def test_days_that_time_leaves_are_for_the_next_night(vault: Vault) -> None:
    """As with seals; the last week is looked at."""
    for number in range(10):
        vault.seal(MONDAY + number * DAY)
    for key in keys(vault):
        vault.s3.delete_object(Bucket=LAKE, Key=key)
    ticks = iter(range(0, 10_000, 100))
    filler = replace(vault.filler, elapsed=lambda: float(next(ticks)))
    assert filler.run(MONDAY + 9 * DAY, lasts=250.0) == Filled(2, 5)
    assert keys(vault) == ["days/2026-03-05.json", "days/2026-03-06.json"]
    assert vault.filler.run(MONDAY + 9 * DAY) == Filled(5, 0)


def test_many_accounts_are_split_with_few_files_open() -> None:
    """Each line in its account's file, in its order, whatever turns up beyond the files that may be open."""
    told = [(f"a{number % 7}", b'{"n":%d}\n' % number) for number in range(50)]
    found = {}
    for account, part in split(told, most=2):
        part.file.seek(0)
        found[account] = (part.rows, gzip.decompress(part.file.read()))
    assert list(found) == [f"a{number}" for number in range(7)]
    for account, (rows, written) in found.items():
        own = [line for name, line in told if name == account]
        assert (rows, written) == (len(own), b"".join(own))


def test_files_of_accounts_before_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many accounts there are, those of a batch are open, and what is set apart."""
    opened = list[IO[bytes]]()

    def temporary() -> IO[bytes]:
        opened.append(TemporaryFile())  # noqa: SIM115  (`split` closes it)
        return opened[-1]

    monkeypatch.setattr(splitting, "TemporaryFile", temporary)
    lines = ((f"a{number}", b"{}\n") for number in range(40))
    at_once = [sum(not file.closed for file in opened) for _ in split(lines, most=3)]
    assert (len(at_once), max(at_once)) == (40, 4)


def test_the_bytes_of_a_file_say_nothing_of_when(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time is in its header: the same lines, a year later, are the same file."""
    written = set()
    for now in (1_800_000_000.0, 1_900_000_000.0):
        monkeypatch.setattr("time.time", lambda now=now: now)
        for _, part in split([("a", b"{}\n")]):
            part.file.seek(0)
            written.add(part.file.read())
    assert len(written) == 1


def test_notes_of_many_days_are_listed_page_by_page(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """From one day on, that day included."""
    for number in range(5):
        vault.filler.lake.finish(MONDAY + number * DAY, "sha256:00", [])
    listed = vault.filler.lake.client.list_objects_v2
    monkeypatch.setattr(
        vault.filler.lake.client, "list_objects_v2", lambda **asked: listed(**{**asked, "MaxKeys": 2})
    )
    assert vault.filler.lake.days(TUESDAY) == {MONDAY + number * DAY for number in range(1, 5)}


def test_duckdb_reads_the_columns_and_partitions_as_they_are(vault: Vault, tmp_path: Path) -> None:
    """One object a line, the account and the day by the folder."""
    vault.breach("1", "2026-03-02T14:00:00Z")
    vault.seal(MONDAY)
    assert fetched(vault.s3, LAKE, tmp_path) == [ROWS]
    found = opened_lake(tmp_path).execute(
        "SELECT account, day, ticket, cycle, reopened, wall_seconds FROM ledger_rows"
    )
    assert found.fetchall() == [("acme", "2026-03-02", "1", 1, None, None)]


ODD = (
    "acme/eu", "a b", "50%", "50%25", "2026-03-03", "007", "O'X", "__HIVE_DEFAULT_PARTITION__", "NULL",
    "true", "day=2026-03-03", "*",
)  # fmt: skip


def test_an_account_is_in_duckdb_what_its_folder_is_called(vault: Vault, tmp_path: Path) -> None:
    """As it is in Athena: no number, no day, nothing, and its percents stay. A query finds it by that."""
    for number, account in enumerate(ODD):
        about = ticket(str(number), account=account)
        vault.memory.commit(commit(None, about, fact(about=about), at=parse_instant("2026-03-02T10:00:00Z")))
    vault.seal(MONDAY)
    fetched(vault.s3, LAKE, tmp_path)
    lake = opened_lake(tmp_path)
    for number, account in enumerate(ODD):
        asked = "SELECT ticket, day FROM ledger_rows WHERE account = ? AND day >= '2026-03-01'"
        assert lake.execute(asked, [folder_of(account)]).fetchall() == [(str(number), "2026-03-02")]
        about_it = (QUERIES / "attainment.sql").read_text(encoding="utf-8")
        assert lake.execute(about_it.replace("'example'", f"'{folder_of(account)}'")).fetchall()
    assert folder_of("O'X") == "O%27X"


@pytest.mark.parametrize(
    ("given", "thousandths"),
    [(4, 4000), (2.5, 2500), (4.0049999, 4005), (4.0045, 4004), (4.0055, 4006), (-4.0049999, -4005)],
)
def test_a_rating_is_in_thousandths(vault: Vault, given: float, thousandths: int) -> None:
    """Rounded, a half to the even one."""
    about = ticket("1", account="acme")
    told = fact("ticket_rated", about=about, details={"rating": given})
    vault.memory.commit(commit(None, about, told, at=parse_instant("2026-03-02T10:00:00Z")))
    vault.seal(MONDAY)
    assert lines(vault, ROWS)[0]["rating_thousandths"] == thousandths
