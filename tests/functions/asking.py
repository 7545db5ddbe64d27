"""docs/queries asked of a lake's files, as Athena would ask them: by DuckDB."""

import re
from pathlib import Path
from typing import Any

import duckdb

QUERIES = Path(__file__).parents[2] / "docs" / "queries"
_REPORTS = QUERIES.parent / "reports.md"


def fetched(s3: Any, bucket: str, folder: Path) -> list[str]:
    """Lay the files of rows that are in a bucket into a folder, and answer their keys."""
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="rows/")
    keys = [each["Key"] for each in listed.get("Contents", ())]
    for key in keys:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    return keys


def opened_lake(folder: Path) -> duckdb.DuckDBPyConnection:
    """The view `ledger_rows` over a folder's files, by the very text of docs/reports.md."""
    connection = duckdb.connect()
    connection.execute(view_text().replace("'lake/rows/", f"'{folder}/rows/"))
    return connection


def view_text() -> str:
    """What docs/reports.md says to make of local files."""
    (found,) = re.findall(r"```sql\n(CREATE VIEW .*?)```", _REPORTS.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def asked(lake: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    """The answer to a query of docs/queries, its text as it is."""
    found = lake.execute((QUERIES / f"{name}.sql").read_text(encoding="utf-8"))
    names = [each[0] for each in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
