"""Checks of a bundle against the seals of days: inclusion, keys, signatures, and what is not sealed yet."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from slaclock.domain.instants import parse_instant
from slaclock.evidence.canonical import canonical
from slaclock.evidence.checked import Checked
from slaclock.evidence.merkle import InvalidPath, leaf_hash, root_by_path
from slaclock.evidence.seal import head_leaf, late_leaf, leaf_bytes, row_document, row_leaf, signed_bytes
from slaclock.evidence.signatures import PublicKey
from slaclock.evidence.verdict import Fault, counted

Document = Mapping[str, Any]
_PARTS = ("row", "late", "head")  # of a day's leaves, in their order


def check_inclusion(checked: Checked) -> str:
    """Every proof is of what the file says, and leads to the root of its day's seal."""
    document = checked.document
    for number, proof in enumerate(document["proofs"]):
        place, sealed = f"/proofs/{number}", document["seals"].get(proof["day"])
        if sealed is None:
            raise Fault(f"{place}/day", "the file has no seal of that day")
        seal = sealed["seal"]
        if canonical(proof["leaf"]) != canonical(_leaf(checked, proof, place)):
            raise Fault(f"{place}/leaf", "it is not the leaf of what the file says")
        _check_place(proof, seal, place)
        _check_path(proof, seal, place)
    order = [(proof["day"], proof["index"]) for proof in document["proofs"]]
    if order != sorted(set(order)):
        raise Fault("/proofs", "they are not in their order, each once")
    _check_days(checked)
    proofs, days = counted(len(order), "proof"), counted(len(document["seals"]), "day")
    return f"{proofs}, to the roots of {days}"


def _leaf(checked: Checked, proof: Document, place: str) -> Document:
    """The leaf that a proof must have, by the file's own links."""
    leaf = proof["leaf"]
    if leaf["kind"] == "head":
        head = checked.heads.get(leaf["seq"])
        if head is None:
            raise Fault(f"{place}/leaf/seq", "the file has no such link")
        return head_leaf(checked.document["ticket"], leaf["seq"], head)
    entry = checked.facts.get(leaf.get("id"))
    if entry is None or leaf["id"] not in checked.document["rows"]:
        raise Fault(f"{place}/leaf/id", "it is no row of the breach")
    row = row_document(
        entry["fact"],
        seq=entry["seq"],
        at=entry["at"],
        cause_hash=entry["cause_hash"],
        head=checked.heads[entry["seq"]],
    )
    day = parse_instant(entry["at"]).date()
    if leaf["kind"] == "late":
        return late_leaf(row_leaf(row), day)
    if day.isoformat() != proof["day"]:
        raise Fault(f"{place}/day", f"the row was recorded on {day}")
    return row_leaf(row)


def _check_place(proof: Document, seal: Document, place: str) -> None:
    """A leaf stands where leaves of its kind do: rows first, then late ones, then heads."""
    counts = (seal["rows"], seal["late"], seal["heads"])
    if proof["size"] != sum(counts):
        raise Fault(f"{place}/size", f"the seal is of {sum(counts)} leaves")
    part = _PARTS.index(proof["leaf"]["kind"])
    first = sum(counts[:part])
    if not first <= proof["index"] < first + counts[part]:
        raise Fault(f"{place}/index", f"no {_PARTS[part]} stands there")


def _check_path(proof: Document, seal: Document, place: str) -> None:
    path = [bytes.fromhex(each.removeprefix("sha256:")) for each in proof["path"]]
    try:
        root = root_by_path(leaf_hash(leaf_bytes(proof["leaf"])), proof["index"], proof["size"], path)
    except InvalidPath as wrong:
        raise Fault(f"{place}/path", str(wrong)) from None
    if f"sha256:{root.hex()}" != seal["root"]:
        raise Fault(f"{place}/path", "it does not lead to the root of the seal")


def _check_days(checked: Checked) -> None:
    """Each seal is of the day under which it stands, and some proof leads to it."""
    used = {proof["day"] for proof in checked.document["proofs"]}
    for day, sealed in checked.document["seals"].items():
        if sealed["seal"]["day"] != day:
            raise Fault(f"/seals/{day}/seal/day", "it stands under another day")
        if day not in used:
            raise Fault(f"/seals/{day}", "no proof leads to it")
        try:
            date.fromisoformat(day)
        except ValueError:
            raise Fault(f"/seals/{day}", "there is no such day") from None


def check_keys(checked: Checked, keys: Sequence[PublicKey]) -> str:
    """Every seal names a key that whoever checks trusts."""
    trusted = {key.fingerprint for key in keys}
    named = set()
    for day, sealed in checked.document["seals"].items():
        fingerprint = sealed["seal"]["key"]["fingerprint"]
        if fingerprint not in trusted:
            raise Fault(f"/seals/{day}/seal/key/fingerprint", f"{fingerprint} is none of the keys you trust")
        named.add(fingerprint)
    return f"you trust {', '.join(sorted(named))}"


def check_signatures(checked: Checked, keys: Sequence[PublicKey]) -> str:
    """Every seal is signed by the key that it names."""
    by_name = {key.fingerprint: key for key in keys}
    for day, sealed in checked.document["seals"].items():
        place = f"/seals/{day}/signature"
        key = by_name.get(sealed["seal"]["key"]["fingerprint"])
        try:
            signature = base64.b64decode(sealed["signature"], validate=True)
            message = signed_bytes(sealed["seal"])
        except (binascii.Error, ValueError) as wrong:
            raise Fault(place, f"it can't be read: {wrong}") from None
        if key is None or not key.signed(message, signature):
            raise Fault(place, "it is not a signature of this seal by that key")
    return f"{counted(len(checked.document['seals']), 'seal')}, signed by that key"


def sealed_as_of(checked: Checked) -> Document | None:
    """The latest seal whose head is all of the ticket's record that is shown; None where there is none.

    A row's leaf says nothing of what came after the row, so only a head shows that nothing was cut off.
    """
    ends = [proof["day"] for proof in _heads(checked) if proof["leaf"]["seq"] == checked.last]
    found: Document | None = checked.document["seals"][max(ends)]["seal"] if ends else None
    return found


def check_age(checked: Checked, not_before: date) -> str:
    """The record is sealed as it stood on a day that is no earlier than the one asked for."""
    seal = sealed_as_of(checked)
    if seal is None:
        raise Fault("/proofs", f"no seal of {not_before} or later is of all that the file shows")
    if seal["day"] < not_before.isoformat():
        raise Fault(f"/seals/{seal['day']}", f"it is as of {seal['day']}; you ask for {not_before} or later")
    return f"it is as of {seal['day']}, and you ask for {not_before} or later"


def check_roots(checked: Checked, roots: Mapping[date, str]) -> str:
    """Seals of days whose roots were kept elsewhere have those roots, and there is at least one such seal."""
    seals = {day: sealed["seal"] for day, sealed in checked.document["seals"].items()}
    kept = {day.isoformat(): root for day, root in roots.items()}
    for day in sorted(seals.keys() & kept.keys()):
        if seals[day]["root"] != kept[day]:
            raise Fault(f"/seals/{day}/seal/root", f"it is not the root that you keep of {day}")
    if not seals.keys() & kept.keys():
        raise Fault("/seals", "the file has no seal of a day whose root you keep")
    return f"{len(seals.keys() & kept.keys())} of {counted(len(seals), 'seal')}, compared with what you keep"


def unsealed(checked: Checked) -> str:
    """What no seal protects yet, in words; empty where there is nothing."""
    return "; ".join(_unsealed(checked))


def _heads(checked: Checked) -> Iterator[Document]:
    return (proof for proof in checked.document["proofs"] if proof["leaf"]["kind"] == "head")


def _unsealed(checked: Checked) -> Iterator[str]:
    leaves = [proof["leaf"] for proof in checked.document["proofs"]]
    proven = {leaf["id"] for leaf in leaves if leaf["kind"] != "head"}
    waiting = [each for each in checked.document["rows"] if each not in proven]
    for each in waiting:
        entry = checked.facts.get(each)
        if entry is None:
            raise Fault("/rows", "one of them is no fact of the file")
        yield f"{entry['fact']['fact']} (link {entry['seq']}, recorded at {entry['at']}) is in no seal yet"
    covered = max((proof["leaf"]["seq"] for proof in _heads(checked)), default=0)
    if covered < checked.last:
        span = (
            f"link {checked.last}"
            if covered + 1 == checked.last
            else f"links {covered + 1} to {checked.last}"
        )
        yield f"{span} of the ticket's record came after the latest seal of it"
