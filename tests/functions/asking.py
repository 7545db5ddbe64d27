"""docs/queries asked of a lake's files, as Athena would ask them: by DuckDB."""

from pathlib import Path
from typing import Any

import duckdb

from slaclock.evidence.columns import COLUMNS

QUERIES = Path(__file__).parents[2] / "docs" / "queries"
SQL_TYPES = {"string": "VARCHAR", "bigint": "BIGINT", "boolean": "BOOLEAN"}


def fetched(s3: Any, bucket: str, folder: Path) -> list[str]:
    """Lay the files of rows that are in a bucket into a folder, and answer their keys."""
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="rows/")
    keys = [each["Key"] for each in listed.get("Contents", ())]
    for key in keys:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    return keys


def opened_lake(folder: Path) -> duckdb.DuckDBPyConnection:
    """The table `ledger_rows` over a folder's files, with the columns and partitions that Glue's has."""
    columns = ", ".join(f"'{each.name}': '{SQL_TYPES[each.type]}'" for each in COLUMNS)
    connection = duckdb.connect()
    connection.execute(
        f"""CREATE VIEW ledger_rows AS SELECT * FROM read_json(
        '{folder}/rows/account=*/day=*/*.ndjson.gz', format = 'newline_delimited', columns = {{{columns}}},
        hive_partitioning = true, hive_types = {{'account': VARCHAR, 'day': VARCHAR}})"""  # noqa: S608
    )
    return connection


def asked(lake: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    """The answer to a query of docs/queries, its text as it is."""
    found = lake.execute((QUERIES / f"{name}.sql").read_text(encoding="utf-8"))
    names = [each[0] for each in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
