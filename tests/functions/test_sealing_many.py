"""A day of a hundred thousand rows: sealed and looked at again, without any of them being held."""

import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from slaclock.evidence.seal import Key
from slaclock.sealing.sealer import Sealer
from slaclock.seals import Seals
from tests.functions.world import ROOT, refused

DAY = date(2026, 3, 2)
MOST = 4 * 1024  # KiB more; the text of the leaves has 30,000


class Book:
    """A day of so many rows, each made when it is asked for; the day after has none."""

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def recorded(self, day: date) -> Iterator[Mapping[str, Any]]:
        for number in range(self.rows if day == DAY else 0):
            name = f"dGlja2V0I2FjbWUjMSNjbG9ja19icmVhY2hlZDpyZXNvbHV0aW9uOjEuMA{number:08}"
            fact = {
                "id": name,
                "fact": "clock_breached",
                "at": "2026-03-02T10:00:00Z",
                "worked_seconds": 3600,
            }
            place = {"id": name, "seq": number, "at": "2026-03-02T10:00:00Z"}
            yield {**place, "fact": fact, "cause_hash": None, "hash": f"sha256:{number:064x}"}

    def touched(self, day: date) -> Iterator[tuple[str, int, str]]:
        for number in range(self.rows // 10 if day == DAY else 0):
            yield f"ticket#acme#{number:08}", 3, f"sha256:{number:064x}"


class Shelf:
    """S3, its objects in files, so that they count as nobody's memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put_object(self, *, Key: str, Body: Any, **_: Any) -> dict[str, str]:  # noqa: N803  (AWS's names)
        with (self.folder / Key.replace("/", "-")).open("wb") as kept:
            if isinstance(Body, bytes):
                kept.write(Body)
            else:
                while part := Body.read(1 << 16):
                    kept.write(part)
        return {}

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        path = self.folder / Key.replace("/", "-")
        if not path.exists():
            raise refused("NoSuchKey")
        return {"Body": path.open("rb")}

    def list_objects_v2(self, **_: Any) -> dict[str, Any]:
        return {"Contents": [{"Key": each.name.replace("-", "/")} for each in sorted(self.folder.iterdir())]}


class Pen:
    """A signer that signs nothing."""

    key = Key("arn:key", b"key")

    def sign(self, _: Any) -> bytes:
        return b"signed"

    def signed(self, _: Any) -> bool:
        return True


def sealed_and_looked_at(rows: int, folder: Path) -> int:
    """Seal a day of so many rows and the one after it; the most memory that this process ever had, in KiB."""
    nights = iter([datetime(2026, 3, 3, 0, 30, tzinfo=UTC), datetime(2026, 3, 4, 0, 30, tzinfo=UTC)])
    sealer = Sealer(
        Book(rows),
        Seals(Shelf(folder), "seals"),
        Pen(),  # type: ignore[arg-type]
        "desk",
        lambda: now,
        lambda: 0.0,
    )
    now = next(nights)
    (seal,) = sealer.run().sealed
    assert (seal["rows"], seal["late"], seal["heads"]) == (rows, 0, rows // 10)
    now = next(nights)
    ran = sealer.run()
    assert ([each["rows"] for each in ran.sealed], ran.late, ran.mismatches) == ([0], 0, 0)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.slow
@pytest.mark.parametrize("rows", [100_000])
def test_a_hundred_thousand_rows_are_sealed_in_flat_memory(rows: int, tmp_path: Path) -> None:
    """And the night after all are held against their leaves: as much memory as for a hundredth of them."""
    peaks = []
    for each in (rows // 100, rows):
        folder = tmp_path / str(each)
        folder.mkdir()
        code = f"""
from pathlib import Path
from tests.functions.test_sealing_many import sealed_and_looked_at
print(sealed_and_looked_at({each}, Path({str(folder)!r})))
"""
        ran = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        peaks.append(int(ran.stdout))
    assert peaks[1] < peaks[0] + MOST
