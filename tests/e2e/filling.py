"""A table as full as one wants: copies of a ticket that the functions made, and sweeps over them."""

import http.client
import json
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from local.cloud import REGION
from slaclock.patience import COMMANDS, Calls, Patience
from slaclock.store.keys import SHARDS, shard
from slaclock.sweeping import Auditor, Swept
from slaclock.wiring import Wiring
from tests.e2e.capacity import Meter, size_of
from tests.e2e.desk import HOUR, Desk, environ_of, subject_of

# ministack looks at all of a shard for each query: with a million tickets that takes a while.
PATIENCE = Patience({service: Calls(connect=5.0, read=900.0, attempts=1) for service in COMMANDS.calls})
_ID, _SHARD = "(id)", "(shard)"  # what differs between copies
_FIRST = "0000000"
_FAR = "2031-01-01T00:00:00.000000Z"
_MOST = 25  # items of a BatchWriteItem
_HEADERS = {
    "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
    "Content-Type": "application/x-amz-json-1.0",
    "Authorization": f"AWS4-HMAC-SHA256 Credential=testing/20300304/{REGION}/dynamodb/aws4_request",
}


@dataclass(slots=True)
class Filled:
    """A table with copies of one open ticket; the desk's time is five minutes after that one's deadline."""

    desk: Desk
    item: dict[str, dict[str, Any]]
    stored: int = 0

    @property
    def size(self) -> int:
        """The bytes of one ticket's item."""
        return size_of(self.item)

    def add(self, tickets: int, *, overdue: bool) -> None:
        """Store more tickets, whose deadline has passed or is a year ahead."""
        with closing(
            http.client.HTTPConnection(os.environ["AWS_ENDPOINT_URL"].removeprefix("http://"))
        ) as to:
            copies = self._copies(tickets, overdue=overdue)
            while batch := list(islice(copies, _MOST)):
                body = f'{{"RequestItems": {{"{self._table}": [{", ".join(batch)}]}}}}'
                to.request("POST", "/", body.encode(), _HEADERS)
                answer = to.getresponse()
                said = json.loads(answer.read())
                assert answer.status == 200, said
                assert not said.get("UnprocessedItems"), said
        self.stored += tickets

    def sweep(self) -> tuple[Swept, Meter]:
        """The auditor's sweep by a function that has just started, and what it read."""
        wiring = Wiring(environ_of(self.desk, "Audit"), self.desk.stack.clock.now, PATIENCE)
        meter = Meter(self.size)
        meter.watch(wiring.connection.session)
        return Auditor(wiring.workflow, wiring.announcer, wiring.intake, wiring.forgetter).sweep(
            lasts=float("inf")
        ), meter

    @property
    def _table(self) -> str:
        return self.desk.stack.cloud.names["Tickets"]

    def _copies(self, tickets: int, *, overdue: bool) -> Iterator[str]:
        due = self.item["due_at"]["S"] if overdue else _FAR
        copied = self.item | {
            "pk": {"S": subject_of(_ID)},
            "due_shard": {"S": _SHARD},
            "due_at": {"S": due},
        }
        text = json.dumps({"PutRequest": {"Item": copied}})
        for number in range(self.stored, self.stored + tickets):
            ticket_id = f"{number:07}"  # as long as the first one's
            yield text.replace(_ID, ticket_id).replace(_SHARD, shard(subject_of(ticket_id), SHARDS))


def fill(desk: Desk) -> Filled:
    """Open a ticket at the desk, as it is stored then, and take it away again: nothing is stored yet.

    The table's stream is turned off: it makes ministack keep every item twice, and no read depends on it.
    """
    dynamodb, table = desk.stack.cloud.dynamodb, desk.stack.cloud.names["Tickets"]
    desk.call("Webhook", desk.delivery("created", about=_FIRST))
    items = dynamodb.scan(TableName=table)["Items"]
    for each in items:
        dynamodb.delete_item(TableName=table, Key={name: each[name] for name in ("pk", "sk")})
    dynamodb.update_table(TableName=table, StreamSpecification={"StreamEnabled": False})
    desk.advance(4 * HOUR + timedelta(minutes=5), firing=False)
    return Filled(desk, next(each for each in items if each["sk"]["S"] == "TICKET"))
