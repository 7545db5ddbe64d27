"""Checks of what is hashed in a bundle: agreements, inputs, and the exclusions among them."""

from collections.abc import Mapping, Sequence
from typing import Any

from slaclock.evidence.canonical import canonical, content_hash
from slaclock.evidence.checked import Checked
from slaclock.evidence.verdict import Fault, counted

Document = Mapping[str, Any]


def check_hashes(checked: Checked) -> str:
    """Agreements and inputs are what their hashes were taken of, and facts name those hashes."""
    agreements = _agreement_hashes(checked.document["agreements"])
    inputs = {
        link.given.id: content_hash(checked.document["log"][number]["given"])
        for number, link in enumerate(each for each in checked.links if each.given)
        if link.given
    }
    _check_exclusions(checked)
    for number, entry in enumerate(checked.document["facts"]):
        fact, place = entry["fact"], f"/facts/{number}"
        if agreements.get((fact["agreement"], fact["agreement_version"])) != fact["agreement_hash"]:
            raise Fault(f"{place}/fact/agreement_hash", "the file has no such version of that agreement")
        if entry["cause_hash"] != inputs.get(fact.get("cause")):
            raise Fault(f"{place}/cause_hash", "it is not the hash of the input that caused it")
    versions, given = counted(len(agreements), "agreement version"), counted(len(inputs), "input")
    return f"what was hashed is what is there: {versions}, {given}"


def _agreement_hashes(entries: Sequence[Document]) -> dict[tuple[str, int], str]:
    found = {}
    for number, each in enumerate(entries):
        place = f"/agreements/{number}"
        if content_hash(each["frozen"]) != each["hash"]:
            raise Fault(
                f"{place}/hash", f"{each['agreement']} version {each['version']} is not what was published"
            )
        if each["frozen"].get("agreement") != each["agreement"]:
            raise Fault(f"{place}/agreement", "its document is of another agreement")
        found[each["agreement"], each["version"]] = each["hash"]
    if list(found) != sorted(found) or len(found) != len(entries):
        raise Fault("/agreements", "they are not in their order, each once")
    return found


def _check_exclusions(checked: Checked) -> None:
    """Every exclusion that was fed to the ticket is there, and is the one that was entered."""
    given = (each["given"] for each in checked.document["log"] if each["given"]["schema"] == "exclusion/1")
    logged = {
        each["id"]: {name: said for name, said in each.items() if name != "ticket_id"} for each in given
    }
    entered = checked.document["exclusions"]
    missing = sorted(logged.keys() - {each["id"] for each in entered})
    if missing:
        raise Fault("/exclusions", f"{missing[0]} is in the ticket's log, and not here")
    for number, each in enumerate(entered):
        if each["id"] in logged and canonical(logged[each["id"]]) != canonical(each):
            raise Fault(f"/exclusions/{number}", "it is another one than the ticket's log has under its id")
    if [each["id"] for each in entered] != sorted({each["id"] for each in entered}):
        raise Fault("/exclusions", "they are not in their order, each once")
