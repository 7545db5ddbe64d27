"""The stream pump: brings each table's changes to the functions that read its stream, as Lambda would."""

from collections.abc import Callable, Mapping
from typing import Any

from local.cloud import Cloud
from local.filters import fits
from local.template import Reader, stream_readers

# A record that still fails after so many tries is dropped here; deployed, it goes to the on-failure queue.
_TRIES = 3


class Pump:
    """Reads each stream once for each reader, in order, and tries again what a handler reports as failed."""

    def __init__(
        self, cloud: Cloud, call: Callable[[str, Mapping[str, Any]], Mapping[str, Any] | None]
    ) -> None:
        self._cloud, self._call = cloud, call
        self._last_seen: dict[int, str] = {}
        self._readers = stream_readers()
        self._places = {reader.table: self._shard(reader.table) for reader in self._readers}

    def run(self) -> None:
        """Bring everything that changed, and what changes on the way, until nothing is left."""
        while sum(self._read(number, reader) for number, reader in enumerate(self._readers)):
            pass

    def _read(self, number: int, reader: Reader) -> int:
        records = self._new_records(number, reader)
        wanted = [record for record in records if fits(reader.pattern, record)]
        for start in range(0, len(wanted), reader.batch_size):
            self._deliver(reader, wanted[start : start + reader.batch_size])
        return len(records)

    def _new_records(self, number: int, reader: Reader) -> list[dict[str, Any]]:
        # A cancelled transaction makes moto swap its table object, and an iterator taken before it sees
        # nothing ever after: so each read takes a fresh one, after the last record seen.
        stream, shard = self._places[reader.table]
        last = self._last_seen.get(number)
        after = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": last}
        since = after if last else {"ShardIteratorType": "TRIM_HORIZON"}
        taken = self._cloud.streams.get_shard_iterator(StreamArn=stream, ShardId=shard, **since)
        records = self._cloud.streams.get_records(ShardIterator=taken["ShardIterator"])["Records"]
        if records:
            self._last_seen[number] = records[-1]["dynamodb"]["SequenceNumber"]
        return [_as_lambda_gets_it(record, stream) for record in records]

    def _shard(self, table: str) -> tuple[str, str]:
        name = self._cloud.names[table]
        stream = self._cloud.dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]
        described = self._cloud.streams.describe_stream(StreamArn=stream)["StreamDescription"]
        return stream, described["Shards"][0]["ShardId"]

    def _deliver(self, reader: Reader, batch: list[dict[str, Any]]) -> None:
        """Call the function; where it reports a failure, again from the first record that failed."""
        for _ in range(_TRIES):
            if not batch:
                return
            answer = self._call(reader.function, {"Records": batch})
            if answer is None:  # it raised: the whole batch comes again
                continue
            failed = {failure["itemIdentifier"] for failure in answer.get("batchItemFailures", ())}
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            first = next((place for place, number in enumerate(numbers) if number in failed), len(batch))
            batch = batch[first:]


def _as_lambda_gets_it(record: Mapping[str, Any], stream: str) -> dict[str, Any]:
    change = {**record["dynamodb"]}
    if made := change.get("ApproximateCreationDateTime"):
        change["ApproximateCreationDateTime"] = made.timestamp()
    return {**record, "dynamodb": change, "eventSource": "aws:dynamodb", "eventSourceARN": stream}
