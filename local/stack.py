"""The whole stack in one process: HTTP in, streams pumped, stored schedules fired, time a parameter."""

import json
import secrets
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.clock import VirtualClock
from local.cloud import REGION, Cloud, cloud
from local.front import Request, Response, from_answer, match, to_event
from local.functions import guards_of, load_functions
from local.guard import judging
from local.pump import Pump
from local.queues import Queues
from local.schedules import StoredSchedules
from local.template import ROOT, resources, routes
from slaclock.agreements.document import read_together
from slaclock.agreements.freeze import freeze, load_together
from slaclock.domain.errors import InvalidAgreement
from slaclock.domain.instants import parse_instant
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.seal import Key
from slaclock.store.agreements import Version
from slaclock.wiring import Wiring

if TYPE_CHECKING:
    from local.gateway import Gateway, Issuer

ACCOUNT = "example"
CONNECTIONS: Mapping[str, Mapping[str, Any]] = {
    "zendesk-local": {
        "kind": "zendesk",
        "secret": "local-zendesk-secret",
        "customers": {"360001234567": "acme"},
        "ticket_url": "https://example.zendesk.com/agent/tickets/{ticket_id}",
    },
    "generic-local": {"kind": "generic", "secret": "whsec_bG9jYWwtZ2VuZXJpYy1zZWNyZXQ="},
}
PUBLIC_URL = "http://127.0.0.1:8787"  # in links, until a server says where it really is
TABLES = {f"{name.upper()}_TABLE": name for name, _ in resources("AWS::DynamoDB::Table")}
NIGHT = timedelta(minutes=30)  # after midnight of UTC, as the template's schedule says
MORNING = timedelta(hours=6)  # likewise
MOST_NIGHTS = 31  # that a jump in time stops at, the last ones; that is what a run of seal makes up for
# A jump in time sweeps once when it has landed; the auditor has nothing to find that was not lost.
AUDIT_EVERY = timedelta(minutes=5)


class Stack:
    """The functions over a cloud; one call at a time, for moto is not atomic between threads.

    `without` names functions that are left out, so that a test can see that they are missed. With `tokens`
    it lets in by those that its own `issuer` gives out; without, nobody has to say who asks. `parameters`
    are those of the template that a role's rights hang on.
    """

    def __init__(
        self,
        made: Cloud,
        clock: VirtualClock,
        agreements: Path,
        without: Sequence[str] = (),
        *,
        tokens: bool = False,
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        self.cloud, self.clock, self.lock = made, clock, threading.RLock()
        self.settings = {"PUBLIC_URL": PUBLIC_URL, "AUTHORIZATION": "jwt" if tokens else "none"}
        gate = _gate(clock) if tokens else None
        self.issuer = gate[0] if gate else None
        self._gateway = gate[1] if gate else None
        self.guards = guards_of(made, parameters)
        self.functions = load_functions(made, clock.now, self.settings, self.guards)
        self.functions |= {name: lambda _event: {} for name in without}
        self._routes, self._pump = routes(), Pump(made, self._call)
        self._queues = Queues(made, self._call, clock.now)
        self.schedules = StoredSchedules(made, partial(self._call, "Timer"))
        self._audited, self._night = clock.now(), _after(clock.now(), NIGHT)
        self._morning = _after(clock.now(), MORNING)
        tables = {variable: made.names[table] for variable, table in TABLES.items()}
        self.store = Wiring({"AWS_REGION": REGION, **tables}, clock.now).books
        self._publish(agreements)
        self._connect()

    def request(self, request: Request) -> Response:
        """Answer a request, after all that follows from it has happened."""
        with self.lock:
            found = match(self._routes, request)
            if found is None:
                return _json(404, {"message": "Not Found"})
            route, parameters = found
            caller = self._gateway.admit(route, request) if self._gateway else {}
            if isinstance(caller, Response):
                return caller
            answer = self._call(route.function, to_event(route, parameters, request, caller))
            self.settle()
            return from_answer(answer) if answer else _json(500, {"message": "Internal Server Error"})

    @property
    def public_key(self) -> str:
        """The key by which days are sealed, in PEM."""
        found = self.cloud.kms.get_public_key(KeyId=self.cloud.names["SealKey"])
        return Key(found["KeyId"], found["PublicKey"]).pem

    def settle(self) -> None:
        """Let happen what is due by now: streams and queues read, and schedules fired in their order."""
        self._read()
        while (due := self.schedules.all()[:1]) and due[0].at <= self.clock.now():
            self.schedules.fire(due[0])
            self._read()

    def _read(self) -> None:
        self._pump.run()
        while self._queues.run():
            self._pump.run()

    def advance(self, until: datetime) -> None:
        """Move time forward, stopping whenever something is due on the way, and sweep at the end."""
        with self.lock:
            self.settle()
            most = MOST_NIGHTS * timedelta(days=1)
            self._night = max(self._night, _after(until, NIGHT) - most)
            self._morning = max(self._morning, _after(until, MORNING) - most)
            while (due := self._next()) <= until:
                self.clock.move_to(due)
                self.settle()
                self._seal()
                self._report()
            self.clock.move_to(until)
            self.settle()
            self.audit()

    def _next(self) -> datetime:
        """When a stored schedule fires, a queue's window ends, or the next seal or reports are made."""
        moments = [self._night, self._morning, *(each.at for each in self.schedules.all()[:1])]
        return min([*moments, self._queues.next] if self._queues.next else moments)

    def tick(self) -> None:
        """Let time pass as it does: what is due, and the auditor, the seal and the reports at their rates."""
        with self.lock:
            self.settle()
            self._seal()
            self._report()
            if self.clock.now() - self._audited >= AUDIT_EVERY:
                self.audit()

    def audit(self) -> None:
        """Run the auditor's sweep, and what follows from it."""
        self._audited = self.clock.now()
        self._call("Audit", {"source": "aws.events", "detail-type": "Scheduled Event"})
        self.settle()

    def _seal(self) -> None:
        """Seal the days that are over, if it is the hour for it."""
        if self.clock.now() >= self._night:
            self._night = _after(self.clock.now(), NIGHT)
            self._call("Seal", {"source": "aws.events", "detail-type": "Scheduled Event"})

    def _report(self) -> None:
        """Make the reports that agreements ask for, if it is the hour for it."""
        if self.clock.now() >= self._morning:
            self._morning = _after(self.clock.now(), MORNING)
            self._call("Report", {"source": "aws.events", "detail-type": "Scheduled Event"})

    def _call(self, function: str, event: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Call a function; one that raises is traced, and answers nothing, as Lambda would have it."""
        try:
            answer: Mapping[str, Any] = self.functions[function](event)
        except Exception:  # noqa: BLE001  (the stack goes on)
            traceback.print_exc()
            return None
        return answer

    def _publish(self, folder: Path) -> None:
        paths = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
        if not paths:
            raise InvalidAgreement(f"there is no agreement in {folder}")
        today = self.clock.now().date()
        load_together(paths, published=today)
        for document in read_together(paths):
            frozen = freeze(document, published=today)
            version = Version(frozen, 1, content_hash(frozen))
            self.store.publish(ACCOUNT, [version], self.clock.now(), self.store.generation(ACCOUNT))

    def _connect(self) -> None:
        key = {"Name": f"slaclock/identity/local/{ACCOUNT}", "SecretString": secrets.token_hex(32)}
        self.cloud.secrets.create_secret(**key)
        for name, connection in CONNECTIONS.items():
            reference = f"slaclock/{name}"
            self.cloud.secrets.create_secret(Name=reference, SecretString=connection["secret"])
            self.store.connect({**connection, "id": name, "account": ACCOUNT, "secret": reference})


@contextmanager
def running(
    clock: VirtualClock,
    agreements: Path = ROOT / "agreements",
    without: Sequence[str] = (),
    *,
    tokens: bool = False,
    parameters: Mapping[str, str] | None = None,
) -> Iterator[Stack]:
    """A stack for as long as the block lasts."""
    with judging(), cloud() as made:
        yield Stack(made, clock, agreements, without, tokens=tokens, parameters=parameters)


def _gate(clock: VirtualClock) -> tuple["Issuer", "Gateway"]:
    from local.gateway import Gateway, local_issuer  # noqa: PLC0415  (few have a use for it)

    issuer = local_issuer(clock.now)
    return issuer, Gateway({issuer.kid: issuer.key.public_key()}, clock.now)


def _after(instant: datetime, hour: timedelta) -> datetime:
    """The next time after an instant that it is so long after midnight of UTC."""
    midnight = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + hour + timedelta(days=instant >= midnight + hour)


def _json(status: int, document: Mapping[str, Any]) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(document).encode())


def inbox(stack: Stack) -> list[dict[str, Any]]:
    """The messages sent, as `GET /local/inbox` shows them."""
    messages = [
        {"topic": each["topic"], "subject": each["subject"], "text": each["texts"]["email"], **_parsed(each)}
        for each in stack.cloud.messages()
    ]
    return sorted(messages, key=lambda message: _at(message["json"]))


def _parsed(message: dict[str, Any]) -> dict[str, Any]:
    texts = message["texts"]
    return {"message_id": message["message_id"], "json": json.loads(texts.get("sqs") or texts["default"])}


def _at(document: Mapping[str, Any]) -> datetime:
    """When what a message tells of happened; of several reminders, the last one."""
    return max(parse_instant(each["at"]) for each in document.get("reminders", [document]))
