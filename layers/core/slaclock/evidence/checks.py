"""Checks of a bundle by itself: the chain, the derivation, the steps, the rows, the file.

Each answers what held, in a sentence, or raises the `Fault` that says what does not and where.
"""

from collections.abc import Mapping
from itertools import count
from typing import Any

from slaclock import ENGINE_VERSION
from slaclock.domain.errors import InvalidEvent
from slaclock.domain.facts import split_id, split_subject
from slaclock.domain.instants import parse_instant
from slaclock.domain.zones import TZDATA_VERSION
from slaclock.evidence.bundle import without_hash
from slaclock.evidence.canonical import canonical, content_hash
from slaclock.evidence.checked import Checked
from slaclock.evidence.rows import rows_of
from slaclock.evidence.stepping import step_to_json
from slaclock.evidence.verdict import Fault, counted

Document = Mapping[str, Any]


def check_engine(checked: Checked) -> str:
    """The breach was told by this version of slaclock: another one is not judged for."""
    told = checked.facts.get(checked.document["breach"])
    if told is None:
        raise Fault("/breach", "no fact of the file has this id")
    engine = told["fact"]["engine"]
    if engine != ENGINE_VERSION:
        place = f"{checked.places[told['seq']]}/fact/engine"
        raise Fault(
            place, f"the breach was told by slaclock {engine}; this is {ENGINE_VERSION}: {_install(engine)}"
        )
    if checked.document["engine"] != engine:
        raise Fault("/engine", f"the breach was told by slaclock {engine}")
    return f"the breach was told by slaclock {engine}, which this is"


def _install(engine: Any) -> str:
    return f"pip install 'slaclock[command]=={engine}'"


def check_subject(checked: Checked) -> None:
    """All that is in the file is about the ticket of the breach, and is no younger than the file."""
    document = checked.document
    try:
        subject = split_id(document["breach"])[0]
    except InvalidEvent:
        raise Fault("/breach", "it is no id of a fact") from None
    named = split_subject(subject)
    if document["ticket"] != subject:
        raise Fault("/ticket", "it is not the ticket of the breach")
    if document["account"] != named[1]:
        raise Fault("/account", "it is not the account of the breach")
    for link in checked.links:
        about = link.given or link.fact
        if _about(about) != named:
            raise Fault(checked.places[link.seq], "it is about another ticket")
    latest = max(checked.links, key=lambda link: link.at)
    if parse_instant(document["made_at"]) < latest.at:
        raise Fault("/made_at", f"link {latest.seq} was recorded after it")


def _about(about: Any) -> tuple[Any, Any, Any]:
    if isinstance(about, Mapping):
        return about.get("subject", "ticket"), about["account"], about["ticket_id"]
    return about.subject, about.account, about.ticket_id


def check_chain(checked: Checked) -> str:
    """Every link follows the one before it: none is missing, none stands twice, none was changed."""
    for seq, (found, place) in zip(count(1), checked.places.items(), strict=False):
        if found != seq:
            raise Fault(place, f"link {seq} is missing: this is link {found}")
    total = len(checked.document["log"]) + len(checked.document["facts"])
    if total != checked.last:
        raise Fault("", f"{total} links stand in {checked.last} places")
    for member in ("log", "facts"):
        order = [each["seq"] for each in checked.document[member]]
        if order != sorted(order):
            raise Fault(f"/{member}", "its links are not in their order")
    for number, entry in enumerate(checked.document["facts"]):
        if entry["hash"] != checked.heads[entry["seq"]]:
            raise Fault(f"/facts/{number}", f"link {entry['seq']} does not follow from those before it")
    return f"{counted(total, 'link')}, each hashed over the one before it"


def check_derived(checked: Checked) -> str:
    """The log, folded anew under the agreements, tells every fact that is recorded, the breach among them."""
    _, diverged = checked.steps
    document = checked.document
    if diverged:
        made_by = document["tzdata"]
        other = (
            f"; time zone rules here are {TZDATA_VERSION}, there {made_by}"
            if made_by != TZDATA_VERSION
            else ""
        )
        raise Fault(checked.places.get(diverged.seq, ""), f"{diverged.detail}{other}")
    fact = checked.facts[document["breach"]]["fact"]
    if fact["fact"] != "clock_breached":
        raise Fault("/breach", "the fact of this id tells of no breach")
    worked = f"{fact.get('worked_seconds')} of {fact.get('target_seconds')} seconds worked"
    return (
        f"{fact['agreement']} version {fact['agreement_version']} promises {fact.get('budget')} for "
        f"{fact['target']}; due at {fact['due_at']}, {worked}: breached"
    )


def check_fold(checked: Checked) -> str:
    """The steps that the file shows are those that come out."""
    taken, _ = checked.steps
    shown = checked.document["fold"]
    for number, step in enumerate(taken):
        if number >= len(shown):
            raise Fault("/fold", f"it has {len(shown)} steps, and {len(taken)} come out")
        if canonical(step_to_json(step)) != canonical(shown[number]):
            raise Fault(f"/fold/{number}", "the step is not the one that comes out")
    if len(shown) > len(taken):
        raise Fault(f"/fold/{len(taken)}", f"it has {len(shown)} steps, and {len(taken)} come out")
    return f"{counted(len(taken), 'step')}, as they come out"


def check_rows(checked: Checked) -> str:
    """The rows are those facts of the ticket that are the breach's, all of them."""
    wanted = rows_of(checked.document["facts"], checked.document["breach"])
    shown = checked.document["rows"]
    if list(shown) != wanted:
        odd = next(
            (n for n, (one, other) in enumerate(zip(shown, wanted, strict=False)) if one != other), None
        )
        place = "/rows" if odd is None else f"/rows/{odd}"
        raise Fault(place, f"the breach has {len(wanted)} rows among the facts, and they are not these")
    return f"all of the breach that the ledger keeps: {counted(len(wanted), 'row')}"


def check_file(checked: Checked) -> str:
    """The file is what its own hash was taken of; whoever makes a file can make that."""
    if content_hash(without_hash(checked.document)) != checked.document["hash"]:
        raise Fault("/hash", "it is not the hash of what the file says")
    return "it is as it was made"
