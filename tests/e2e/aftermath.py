"""What people do at a deployed stack when a breach was told, and what is done there at night."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from slaclock.evidence.seal import Key
from slaclock.patience import COMMANDS
from slaclock.sealing.sealer import SETTLED
from slaclock.wiring import Wiring
from tests.e2e.deployed import Deployed
from tests.e2e.scene import ACCOUNT, Scene
from tests.e2e.story import HEARD, OURS, ZENDESK

FORM = {"content-type": "application/x-www-form-urlencoded"}
SWEEP = {"source": "aws.events", "detail-type": "Scheduled Event"}
CASE: Mapping[str, Mapping[str, str]] = {
    "cause": {"cause": "third party"},
    "note": {"note": "the customer was called"},
    "remedy": {"remedy": "a second line", "owner": "kim", "due": "2100-10-31"},
    "dispute": {"decision": "raised", "reason": "their office was closed"},
    "review": {"note": "the second line held"},
}


def breaches(at: Scene, *others: str) -> dict[str, str]:
    """Whoever may asks what was breached, besides others that may be by now: the breaches' ids, by ticket."""
    target = f"/v1/breaches?account={ACCOUNT}&from=2026-01-01&to={_next_year()}-01-01"
    assert at.line.plain("GET", target).status == 403
    found = at.line.signed("GET", target).json()["breaches"]
    of = {each["ticket_id"]: each for each in found if each["ticket_id"] not in others}
    assert {ticket: each["status"] for ticket, each in of.items()} == {ZENDESK: "open", OURS: "open"}
    return {ticket: each["id"] for ticket, each in of.items()}


def acknowledged(at: Scene) -> None:
    """One breach is taken in hand by who may call the API, one by whoever has the link."""
    told = {
        each: at.inbox.wait(HEARD, fact="escalation_due", ticket_id=each).message for each in (ZENDESK, OURS)
    }
    escalation = f"/v1/escalations/{told[ZENDESK]['notification_id']}"
    taken = at.line.signed("POST", f"{escalation}/acknowledge", {"by": "somebody else"})
    assert taken.json()["by"].endswith(":user/ada")
    assert at.line.signed("POST", f"{escalation}/hand-over", {"to": "legal"}).status == 200
    link = "/ack/" + told[OURS]["links"]["acknowledge"].rpartition("/")[2]
    assert at.line.plain("HEAD", link).status == at.line.plain("GET", link).status == 200
    assert at.line.plain("POST", link, urlencode({"name": "kim"}).encode(), FORM).status == 200


def worked(at: Scene, breach: str) -> None:
    """A breach's case is written and read."""
    path = f"/v1/breaches/{breach}"
    for kind, entry in CASE.items():
        assert at.line.signed("POST", f"{path}/{kind}", entry).status == 201, kind
    shown = at.line.signed("GET", path).json()
    assert shown["status"] == "disputed"
    assert at.line.signed("HEAD", path).status == 200


def asked(at: Scene) -> None:
    """The rest of what there is to ask."""
    month = f"{datetime.now(UTC):%Y-%m}"
    for method, target in (
        ("HEAD", f"/v1/breaches?account={ACCOUNT}&from=2026-01-01&to={_next_year()}-01-01"),
        ("GET", f"/v1/tickets/{ACCOUNT}/T-2"),
        ("GET", f"/v1/queue?account={ACCOUNT}&team=-"),
        ("GET", f"/v1/reports/attainment?account={ACCOUNT}&month={month}"),
        ("GET", "/v1/openapi.json"),
    ):
        assert at.line.signed(method, target).status == 200, target


def nightly(deployed: Deployed) -> None:
    """The functions that schedules of their own begin do what they are for, and find nothing amiss."""
    swept = deployed.invoke("Audit", SWEEP)
    assert (swept["failed"], swept["left"]) == (0, 0)
    sealed = deployed.invoke("Seal", SWEEP)
    assert len(sealed["sealed"]) == 1
    assert not sealed["mismatches"]
    assert not deployed.invoke("Report", SWEEP)["failed"]


def sealed_tomorrow(deployed: Deployed) -> None:
    """Today is sealed, rolled up and put into the lake: what the function does once it is over.

    Its own process goes by the machine's time, so this one does its work, with what it works with. Just after
    midnight, too, the day that is over by then must be the one of the story, and not yet the day before.
    """
    lambdas = deployed.emulator.client("lambda")
    asked = lambdas.get_function_configuration(FunctionName=deployed.names["Seal"])
    environ = {**deployed.environ, **asked["Environment"]["Variables"]}
    wiring = Wiring(environ, lambda: datetime.now(UTC) + timedelta(days=1) + SETTLED, COMMANDS)
    ran = wiring.sealer.run()
    assert ran.last is not None
    assert not ran.mismatches
    assert wiring.roller.run(ran.last).made
    assert not wiring.issuer.run().failed
    wiring.filler.run(ran.last)


def verified(at: Scene, breach: str) -> None:
    """The evidence of a breach holds, by the key of the stack, as `slaclock evidence verify` reckons."""
    deployed = at.deployed
    bundle = at.line.signed("GET", f"/v1/breaches/{breach}/evidence")
    assert bundle.status == 200, bundle
    kms = deployed.emulator.client("kms")
    public = kms.get_public_key(KeyId=deployed.names["SealKey"])
    with TemporaryDirectory(prefix="evidence-") as folder:
        file, key = Path(folder) / "breach.json", Path(folder) / "key.pem"
        file.write_bytes(bundle.body)
        key.write_text(Key(public["KeyId"], public["PublicKey"]).pem)
        at.command("evidence", "verify", "--key", str(key), str(file))


def nothing_denied(deployed: Deployed) -> None:
    """No function was refused anything, not even what it can do without: it says in its log what was."""
    pages = deployed.emulator.client("logs").get_paginator("filter_log_events")
    groups = [each for name, each in deployed.names.items() if name.endswith("Logs") and name != "ApiLogs"]
    lines = [
        event["message"]
        for group in groups
        for page in pages.paginate(logGroupName=group)
        for event in page["events"]
    ]
    assert lines
    denied = [line for line in lines if "AccessDenied" in line]
    assert not denied, denied


def _next_year() -> int:
    return datetime.now(UTC).year + 1
