"""What is stored of a ticket, read item by item, and what must be true of it whatever happened at once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from slaclock.domain.facts import ANNOUNCED, OUTCOMES, RECORDED, public_id, split_subject
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.chain import START, fact_entry, input_entry, link
from tests.e2e.desk import Desk, subject_of

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Life:
    """A ticket's items: itself, the inputs of its log by id, its facts in the order of telling, its rows."""

    ticket: Document
    log: dict[str, Document]
    facts: list[Document]
    rows: list[Document]

    def told(self) -> list[tuple[Any, ...]]:
        """Each fact, which clock it is about, when it happened."""
        return [(each["fact"], each["target"], each["at"][11:19]) for each in self.facts]

    def outcomes(self) -> dict[tuple[str, int], tuple[Any, ...]]:
        """The outcome of each cycle, net of corrections: of those that were not corrected, the only one."""
        corrected = {each["corrects"] for each in self.facts if each["fact"] == "outcome_corrected"}
        found = [each for each in self.facts if each["fact"] in OUTCOMES and each["id"] not in corrected]
        told = {
            (each["target"], each["cycle"]): (
                each["fact"],
                each["at"],
                each["due_at"],
                each.get("worked_seconds"),
            )
            for each in found
        }
        assert len(told) == len(found), "a cycle with two outcomes"
        return told


def life_of(desk: Desk, ticket_id: str = "1") -> Life:
    """What is stored of a desk's ticket; it holds together."""
    return read_life(desk.stack.cloud.dynamodb, desk.stack.cloud.names, subject_of(ticket_id))


def read_life(dynamodb: Any, tables: Mapping[str, str], subject: str) -> Life:
    """Read all that is stored of a ticket, and see that it holds together."""
    items = _collection(dynamodb, tables["Tickets"], subject)
    of_kind: dict[str, list[Document]] = {"TICKET": [], "GIVEN": [], "FACT": [], "OUTBOX": [], "SENT": []}
    for item in items:
        of_kind[item["sk"].partition("#")[0]].append(item)
    (ticket,) = of_kind["TICKET"]
    log = {_id_of(each): each for each in of_kind["GIVEN"]}
    assert len(log) == len(of_kind["GIVEN"]), "an input that was logged twice"
    facts = sorted(of_kind["FACT"], key=lambda each: int(each["seq"]))
    rows = _collection(dynamodb, tables["Ledger"], subject)
    _hold_together(ticket, log, facts, rows)
    _are_announced(facts, of_kind["OUTBOX"], of_kind["SENT"])
    return Life(ticket, log, [_fact(each) for each in facts], rows)


def _hold_together(
    ticket: Document, log: dict[str, Document], facts: list[Document], rows: list[Document]
) -> None:
    """Nothing doubled, nothing left out: numbers without a gap, hashes that follow, a row for each record."""
    links = sorted([*log.values(), *facts], key=lambda each: int(each["seq"]))
    assert [int(each["seq"]) for each in links] == list(range(1, len(links) + 1))
    assert int(ticket["seq"]) == len(links)
    head, inputs = START, {each["hash"] for each in log.values()}
    for each in links:
        head = link(head, _entry(each))
        assert each["hash"] == head or each["sk"].startswith("GIVEN#"), each["sk"]
        assert each.get("cause_hash") in {None, *inputs}, each["sk"]
    assert ticket["head"] == head
    assert all(each["hash"] == content_hash(_document(each)) for each in log.values())
    recorded = {
        each["sk"].removeprefix("FACT#"): each["hash"] for each in facts if _fact(each)["fact"] in RECORDED
    }
    assert {each["sk"]: each["hash"] for each in rows} == recorded


def _are_announced(facts: list[Document], outbox: list[Document], sent: list[Document]) -> None:
    """Whatever must be heard of waits or was sent, and nothing else."""
    due = {each["sk"].removeprefix("FACT#") for each in facts if _is_heard(_fact(each))}
    waiting = {each["sk"].removeprefix("OUTBOX#") for each in outbox}
    told = {each["sk"].removeprefix("SENT#").partition("#")[0] for each in sent}
    assert waiting | told == due


def _collection(dynamodb: Any, table: str, subject: str) -> list[Document]:
    """All items under a ticket's key, strongly consistent, whatever many pages they are."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": subject}},
        ConsistentRead=True,
    )
    plain = TypeDeserializer().deserialize
    return [{name: plain(value) for name, value in item.items()} for page in pages for item in page["Items"]]


def _document(item: Document) -> Document:
    """An item's body with what its key says, as its hash was taken of it: `subject` only where it is said.

    An event's `known` is left out of its body where it repeats the names of what is in `ticket`, and its id,
    which is in its key.
    """
    body, (subject, account, ticket_id) = json.loads(item["body"]), split_subject(item["pk"])
    by_a_person = body.get("schema") in ("acknowledgement/1", "handover/1")
    named = {"subject": subject} if by_a_person else {}
    key = item["sk"].removeprefix("GIVEN#")
    usual = {"known": sorted(body["ticket"]), "event_id": key} if "ticket" in body else {}
    return {**usual, **body, **named, "account": account, "ticket_id": ticket_id}


def _fact(item: Document) -> Document:
    """A fact, with what its key says of it, and its metric, which most targets are named after."""
    key, body = item["sk"].removeprefix("FACT#"), _document(item)
    kind, _, cycle, *_ = key.split(":")
    number, revision = map(int, cycle.split("."))
    usual = {"fact": kind, "cycle": number, "revision": revision, "metric": body["target"]}
    return {**usual, **body, "id": public_id(item["pk"], key)}


def _entry(item: Document) -> Document:
    """What the chain says of an input or a fact."""
    place = int(item["seq"]), item["recorded_at"]
    if item["sk"].startswith("GIVEN#"):
        return input_entry(*place, item["hash"], item.get("agreements_at"))
    return fact_entry(*place, _fact(item), item.get("cause_hash"))


def _is_heard(fact: Document) -> bool:
    """Whether anybody must hear of it: an all-clear or a correction of what nobody was told goes nowhere."""
    return fact["fact"] in ANNOUNCED and fact.get("told") != []


def _id_of(item: Document) -> str:
    document = _document(item)
    return str(document.get("event_id") or item["sk"].removeprefix("GIVEN#"))
