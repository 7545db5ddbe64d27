"""Each ticket's chain checked link by link, and each fact held against its row in the ledger."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from typing import Any

from slaclock.domain.facts import RECORDED
from slaclock.domain.instants import parse_instant
from slaclock.domain.logged import given_to_json
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.chain import START, fact_entry, input_entry, link
from slaclock.store.bodies import fact_from_item, given_body, kind_of, told_document
from slaclock.store.errors import StoreRefusedError, StoreUnavailableError
from slaclock.store.models import LedgerItem, TicketsItem
from slaclock.store.reading import logged_from_item
from slaclock.store.rows import places_of, recorded_at
from slaclock.store.translating import plain, translated

Item = Mapping[str, Any]
_ENDS = {"expires_at": None}  # when a row goes is the one thing of it that may change
_SAME = ("body", "hash", "seq", "cause_hash")  # of a fact's item, and of its row


@dataclass(frozen=True, slots=True)
class Compared:
    """A ticket whose facts were looked at, and what is wrong with them, in a line each."""

    subject: str
    facts: int
    faults: tuple[str, ...]


def compare(over: Callable[[str, datetime], bool] = lambda *_: False) -> Iterator[Compared]:
    """Look at every ticket of every account: reads the tickets' table whole, and the rows of its facts.

    For a store whose models are bound. A row that was changed or removed is a fault, and so is a fact, or an
    input of the log. One that was rewritten with its row and all that follows in its chain is not found, nor
    is a ticket that was removed with all its facts: for those the record needs a witness outside, which the
    daily seals are. What can't be read is a fault of its ticket, and the others are looked at all the same.
    Of a row that is `over`, by its subject and when it was recorded, it is none to be gone.
    """
    for subject, items in groupby(_items(None), key=lambda item: str(item["pk"])):
        compared = _compare(subject, list(items), over)
        # Somebody may have written while it was read: only what is still so is a fault.
        yield _compare(subject, list(_items(subject)), over) if compared.faults else compared


def _items(subject: str | None) -> Iterator[Item]:
    """Tickets with the links of their chains, each ticket's together; of one ticket, or of all."""
    kinds = TicketsItem.sk.startswith("FACT#") | TicketsItem.sk.startswith("GIVEN#")
    with translated():
        if subject is None:
            wanted = (TicketsItem.sk == "TICKET") | kinds
            yield from _each(TicketsItem.scan(wanted, consistent_read=True))
        else:
            found = _each(TicketsItem.query(subject, consistent_read=True))
            yield from (item for item in found if item["sk"].startswith(("TICKET", "FACT#", "GIVEN#")))


def _each(found: Any) -> Iterator[Item]:
    """The items of a query or scan; of one that can't be read, its key and why."""
    # An item that fails as a model would not say whose it is, and PynamoDB has no public way to the raw one.
    found._map_fn = _item  # noqa: SLF001
    yield from found


def _item(raw: Mapping[str, Any]) -> Item:
    try:
        return plain(TicketsItem.from_raw_data(dict(raw)))
    except (TypeError, ValueError, KeyError, ArithmeticError) as error:
        return {"pk": raw["pk"]["S"], "sk": raw["sk"]["S"], "unreadable": f"{raw['sk']['S']}: {error}"}


def _compare(subject: str, items: Sequence[Item], over: Callable[[str, datetime], bool]) -> Compared:
    links = [item for item in items if item["sk"] != "TICKET"]
    ticket = next((item for item in items if item["sk"] == "TICKET"), None)
    faults = [f"can't be read: {item['unreadable']}" for item in items if "unreadable" in item]
    forgotten = ticket is not None and "forgotten_at" in ticket  # its log was removed, or is just now
    try:
        if not (faults or forgotten):
            links.sort(key=lambda item: int(item["seq"]))
            faults.extend(chain(_chain_faults(links, ticket), _row_faults(subject, _facts(links), over)))
    except (StoreUnavailableError, StoreRefusedError):
        raise
    except Exception as error:  # noqa: BLE001  (what was tampered with may fail anyhow; the others are read)
        faults.append(f"can't be read: {type(error).__name__}: {error}")
    return Compared(subject, len(_facts(links)), tuple(faults))


def _facts(links: Sequence[Item]) -> list[Item]:
    return [item for item in links if item["sk"].startswith("FACT#")]


def _chain_faults(links: Sequence[Item], ticket: Item | None) -> Iterator[str]:
    """Where the chain breaks first, from its start to the head that the ticket keeps."""
    head = START
    for number, item in enumerate(links, 1):
        kind, _, key = item["sk"].partition("#")
        what = f"{'fact' if kind == 'FACT' else 'input'} {number}, {key},"
        head = link(head, _fact_entry(item, key) if kind == "FACT" else _input_entry(item))
        if int(item["seq"]) != number or (kind == "FACT" and item["hash"] != head):
            yield f"{what} is not what followed the one before it"
            return
        if kind == "GIVEN" and not _as_it_came(item):
            yield f"{what} is not what its hash was taken of"
            return
    if ticket is None:
        yield "its facts have no ticket"
    elif int(ticket["seq"]) != len(links):
        yield f"its last link is {ticket['seq']}, and {len(links)} are there"
    elif ticket["head"] != head:
        yield "its head is not the hash of its last link"


def _fact_entry(item: Item, key: str) -> dict[str, Any]:
    return fact_entry(int(item["seq"]), item["recorded_at"], told_document(item, key), item.get("cause_hash"))


def _input_entry(item: Item) -> dict[str, Any]:
    return input_entry(int(item["seq"]), item["recorded_at"], item["hash"], item.get("agreements_at"))


def _as_it_came(item: Item) -> bool:
    """Whether an input is the one whose hash its item has."""
    given = logged_from_item(item).given
    said: tuple[str, str] = item["hash"], item["body"]
    return said == (content_hash(given_to_json(given)), given_body(given))


def _row_faults(subject: str, facts: Iterable[Item], over: Callable[[str, datetime], bool]) -> Iterator[str]:
    """Facts that are to have a row, and whose row is not there or says something else."""
    keyed = ((item["sk"].removeprefix("FACT#"), item) for item in facts)
    recorded = {key: item for key, item in keyed if kind_of(key) in RECORDED}
    with translated():
        rows = LedgerItem.batch_get([(subject, key) for key in recorded], consistent_read=True)
        found = {row["sk"]: row for row in map(plain, rows)}
    for key, item in recorded.items():
        if key not in found:
            if not over(subject, parse_instant(item["recorded_at"])):
                yield f"the row of {key} is missing"
        elif found[key] | _ENDS != _row(item, found[key]) | _ENDS:
            yield f"the row of {key} is not what was told"


def _row(item: Item, found: Item) -> dict[str, Any]:
    """The row that a fact has, with its places in the indexes; when it was recorded, only the row says."""
    try:
        at = recorded_at(found)
    except (KeyError, ValueError):
        return {}  # no row was ever written so
    said = {name: item[name] for name in _SAME if name in item}
    key, seq = item["sk"].removeprefix("FACT#"), int(item["seq"])
    return {"pk": item["pk"], "sk": key, **said, **places_of(item["pk"], fact_from_item(item), seq, at)}
