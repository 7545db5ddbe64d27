"""Who had to do with a ticket: kept as a keyed hash or not at all, and gone with its key."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from slaclock.domain.events import TicketEvent, event_to_json
from slaclock.domain.instants import parse_instant
from slaclock.domain.logged import given_to_json
from slaclock.domain.people import People
from slaclock.domain.ticket import Ticket
from slaclock.evidence.canonical import content_hash
from slaclock.helpdesks import Delivery, adapter
from slaclock.helpdesks.connection import connection_from_json
from slaclock.identities import SOURCES, Identities, person, pseudonym
from slaclock.importing import Importer
from slaclock.store.commit import Commit, Loaded, Saved
from slaclock.store.errors import WriteConflictError
from slaclock.store.memory import MemoryStore
from slaclock.workflow import Workflow
from tests.functions import world as worlds
from tests.functions.test_malformed_deliveries import KINDS, MAPPINGS, samples
from tests.functions.test_webhook import canonical, posted, sample
from tests.functions.world import ROOT, World, refused

NOW = "2026-03-28T12:00:00Z"
NAME, KEY = "slaclock/identity/example", "0123456789abcdef" * 4
ADA = "360008800911"
SUBJECT = "ticket#example#4711"
# Members of helpdesks' own payloads that name somebody: by an id, or by an object of which these are.
_IDS = {"requester_id", "submitter_id", "actor_id", "user_id", "created_by_id", "raised_by", "from_email"}
_OBJECTS = {"author", "user", "reporter", "creator", "actor", "sender", "created_by", "contacts", "requester"}
_WITHIN = {"id", "accountId", "key", "name", "login", "displayName", "firstname", "lastname"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """An account with a key."""
    monkeypatch.setitem(worlds.SECRETS, NAME, KEY)
    return World(NOW)


def named(value: Any, *, within: bool = False) -> Iterator[str]:
    """Everybody's ids, names and mail addresses in a body, found without the adapters' help."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if isinstance(each, str | int) and not isinstance(each, bool):
                said = name in _IDS or (within and name in _WITHIN)
                yield from [str(each)] if each and (said or "@" in str(each)) else []
            else:
                yield from named(each, within=name in _OBJECTS)
    elif isinstance(value, list):
        for each in value:
            yield from named(each, within=within)


def everything(world: World) -> str:
    """All that is stored of tickets, as text."""
    tables = world.memory.tables
    return json.dumps([list(tables[name].values()) for name in ("tickets", "ledger")]).replace("\\", "")


def told(world: World, subject: str = SUBJECT) -> list[TicketEvent]:
    """The log's events, in the order of their coming."""
    return [each.given for each in world.memory.life(subject).log if isinstance(each.given, TicketEvent)]


def comment(number: int, author: str = ADA, **members: Any) -> bytes:
    """A customer's comment in Zendesk."""
    body = sample("zendesk/comment_by_customer")
    body["event"]["comment"] |= {"id": str(number), "author": {"id": author, "is_staff": False}}
    body["detail"] |= {"actor_id": author, "requester_id": author, "submitter_id": author}
    return json.dumps(body | {"id": f"c{number}"} | members).encode()


@pytest.mark.parametrize("kind", KINDS)
def test_nobodys_own_id_of_any_sample_is_found_in_what_is_stored(world: World, kind: str) -> None:
    """Nor a name or a mail address; who works on a ticket (its assignee) is the one person that is kept."""
    document: dict[str, Any] = {"id": kind, "kind": kind, "account": "example", "secret": "slaclock/hook"}
    if kind in MAPPINGS:
        document |= {"kind": "mapping", "mapping": kind}
    connection, people = connection_from_json(document), set[str]()
    for each in samples(kind):
        body = json.loads(json.dumps(each["body"]).replace("generic-local", kind))
        delivery = Delivery(json.dumps(body).encode(), each.get("headers", {}), world.now())
        for event in adapter(connection.kind).read(delivery, connection).events:
            world.workflow.take(event)
            people |= {identity for _, identity in event.people.known()} if event.people else set()
        people |= set(named(body))
    stored = everything(world)
    assignees = {(each.attributes.get("assignee") or {}).get("id") for each in all_events(world)}
    found = {who for who in people if f'"{who}"' in stored or ("@" in who and who in stored)}
    assert found - assignees == set()
    assert KEY not in stored


def all_events(world: World) -> list[TicketEvent]:
    subjects = {pk for pk, sk in world.memory.tables["tickets"] if sk == "TICKET"}
    return [event for subject in subjects for event in told(world, subject)]


ALL, SAID = {"actor", "author", "requester"}, {"author", "requester"}
WROTE, NOBODY = {"author"}, set[str]()
TOLD = {
    **dict.fromkeys(("zendesk", "jira", "freshdesk", "github"), ALL),
    **dict.fromkeys(("zammad", "intercom", "chatwoot", "frappe"), SAID),
    **dict.fromkeys(("glpi", "servicenow"), WROTE),
    **dict.fromkeys(("osticket", "liveagent", "generic"), NOBODY),
    "cloudevents": WROTE,
}


@pytest.mark.parametrize("kind", KINDS)
def test_whom_the_samples_of_a_helpdesk_name(kind: str) -> None:
    """Whoever did it, wrote the comment, asked: as far as a helpdesk tells of them by an id of its own."""
    document: dict[str, Any] = {"id": kind, "kind": kind, "account": "example", "secret": "slaclock/hook"}
    if kind in MAPPINGS:
        document |= {"kind": "mapping", "mapping": kind}
    connection, parts = connection_from_json(document), set[str]()
    for each in samples(kind):
        body = json.dumps(each["body"]).replace("generic-local", kind).encode()
        delivery = Delivery(body, each.get("headers", {}), parse_instant(NOW))
        events = adapter(connection.kind).read(delivery, connection).events
        parts |= {part for event in events if event.people for part, _ in event.people.known()}
    assert parts == TOLD[kind]


def test_one_person_has_one_pseudonym_and_others_have_others(world: World) -> None:
    """On every ticket of the account; as actor, author and requester."""
    posted(world, comment(1))
    posted(world, comment(2))
    posted(world, comment(3, "360008800999"))
    first, second, third = told(world)
    assert first.author_id == first.actor_id == first.requester_id == second.author_id
    assert third.author_id != first.author_id
    assert first.author_id is not None
    assert len(first.author_id) == 22


def test_the_same_id_in_another_helpdesk_is_somebody_else() -> None:
    """Customer 17 of one is not customer 17 of the other."""
    key = KEY.encode()
    assert person(key, "example", "zendesk", "17") != person(key, "example", "jira", "17")
    assert pseudonym(key, "k", "zendesk", "17") != pseudonym(key, "k", "jira", "17")


def test_either_key_alone_tells_nothing() -> None:
    """The pseudonym is under both: without the account's, people's keys in the table name nobody."""
    one = pseudonym(KEY.encode(), "k", "zendesk", ADA)
    assert one != pseudonym(b"another", "k", "zendesk", ADA)
    assert one != pseudonym(KEY.encode(), "another", "zendesk", ADA)


def test_without_an_accounts_key_nobodys_id_is_kept() -> None:
    """Roles are; and no key of a person is made."""
    world = World(NOW)
    posted(world, comment(1))
    (event,) = told(world)
    assert (event.author_id, event.actor_id, event.requester_id) == (None, None, None)
    assert event.author_role == "customer"
    assert [sk for _, sk in world.memory.tables["tickets"] if sk == "KEY"] == []


def test_the_hash_of_an_entry_is_of_what_is_kept(world: World) -> None:
    """Pseudonyms and all: at erasure there is nothing to change."""
    posted(world, comment(1))
    (logged,) = world.memory.life(SUBJECT).log
    assert logged.hash == content_hash(given_to_json(logged.given))
    assert isinstance(logged.given, TicketEvent)
    document = event_to_json(logged.given)
    assert document["comment"]["author"] == {"id": logged.given.author_id, "role": "customer"}
    assert document["ticket"]["requester"] == {"id": logged.given.requester_id}
    assert "requester" in document["known"]


def test_an_erased_person_who_comes_back_is_somebody_new(world: World) -> None:
    """What was kept stays as it was, hash and all, and nothing leads from it to the id."""
    posted(world, comment(1))
    before = [(each.hash, given_to_json(each.given)) for each in world.memory.life(SUBJECT).log]
    world.memory.strike(list(world.memory.people("example")))
    posted(world, comment(2))
    first, second = told(world)
    assert first.author_id != second.author_id
    assert [(e.hash, given_to_json(e.given)) for e in world.memory.life(SUBJECT).log][:1] == before


def test_a_fold_is_the_same_whoever_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """With identities, without, and with an erasure in between: the same ticket and the same facts."""
    lives = []
    for key, erased in ((None, False), (KEY, False), (KEY, True)):
        monkeypatch.setattr(worlds, "SECRETS", worlds.SECRETS | ({NAME: key} if key else {}))
        world = World("2026-03-27T14:06:00Z")
        posted(world, json.dumps(sample("zendesk/ticket_created_urgent")).encode())
        if erased:
            world.memory.strike(list(world.memory.people("example")))
        world.at("2026-03-27T15:30:00Z")
        posted(world, comment(1))
        posted(world, json.dumps(sample("zendesk/comment_by_agent")).encode())
        world.workflow.wake(SUBJECT, "timer")
        saved = world.memory.load(SUBJECT).saved
        assert saved is not None
        lives.append((saved.ticket, [each.fact for each in world.memory.told(SUBJECT)]))
    assert lives[0] == lives[1] == lives[2]


class Counting(MemoryStore):
    """A store that counts its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def load(self, *given: Any) -> Loaded:
        self.calls.append("load")
        return super().load(*given)

    def commit(self, commit: Commit) -> Saved:
        self.calls.append("commit")
        return super().commit(commit)


def test_a_delivery_is_one_read_and_one_transaction_and_asks_for_the_key_once_a_minute(world: World) -> None:
    """However many people it names, known or new."""
    counting, asked = Counting(), list[str]()

    def secret(name: str) -> list[str]:
        asked.append(name)
        return [KEY]

    counting.tables = world.memory.tables
    identities = Identities(secret, "slaclock/identity", world.now)
    workflow = Workflow(counting, world.agreements, world.now, identities=identities)
    world.agreements.agreements("example")
    for number in range(3):
        workflow.take(event(number, People("1", "2", "3")))
    assert counting.calls == ["load", "commit"] * 3
    assert asked == [NAME]
    world.time += timedelta(seconds=60)
    workflow.take(event(3, People("1", "2", "3")))
    assert asked == [NAME, NAME]
    workflow.take(event(4, None))
    assert len([sk for _, sk in world.memory.tables["tickets"] if sk == "KEY"]) == 3


def event(number: int, people: People | None, **members: Any) -> TicketEvent:
    at = parse_instant("2026-03-28T11:00:00Z") + timedelta(seconds=number)
    return TicketEvent(f"e{number}", "example", "7", "note_added", at, at, people=people, **members)


class Beaten(MemoryStore):
    """A store on which somebody else names the same person first, between a read and its commit."""

    rival: Workflow | None = None

    def commit(self, commit: Commit) -> Saved:
        if rival := self.rival:
            self.rival = None
            rival.take(replace(event(9, People(author=ADA)), ticket_id="8"))
        return super().commit(commit)


def test_two_deliveries_that_meet_somebody_at_the_same_time_use_one_key(world: World) -> None:
    """The second one's transaction fails, and its next look finds the key: neither delivery is lost."""
    beaten = Beaten()
    beaten.tables = world.memory.tables
    identities = Identities(lambda _: [KEY], "slaclock/identity", world.now)
    workflows = [
        Workflow(store, world.agreements, world.now, rest=lambda _: None, identities=identities)
        for store in (beaten, world.memory)
    ]
    beaten.rival = workflows[1]
    assert workflows[0].take(event(1, People(author=ADA)))
    (mine,), (theirs,) = told(world, "ticket#example#7"), told(world, "ticket#example#8")
    assert mine.author_id == theirs.author_id is not None
    assert workflows[0].conflicts["met"] == 1
    assert len(list(world.memory.people("example"))) == 1


def test_nothing_that_names_anybody_is_shown_or_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Not by printing an event, a commit or what was read, nor where a delivery meets a fault of ours."""
    people = People(ADA, ADA, ADA)
    shown = repr(event(1, people)) + repr(people) + repr(Loaded(None, keys={"PERSON#1": KEY}))
    assert ADA not in shown
    assert KEY not in shown
    with caplog.at_level(logging.DEBUG), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workflow, "_save", lambda *_: 1 / 0)
        assert posted(world, comment(1))[1]["quarantined"] == 1
    assert ADA not in caplog.text
    assert KEY not in caplog.text


def test_an_outage_of_secrets_manager_loses_no_delivery(world: World) -> None:
    """It is kept like any that a service could not take, and applied later, names and all."""

    def down(_: str) -> list[str]:
        raise refused("InternalServiceError")

    world.workflow.identities = Identities(down, "slaclock/identity", world.now)
    assert posted(world, comment(1))[1] == {"accepted": 0, "duplicates": 0, "ignored": 0, "quarantined": 1}
    assert [name.split("/")[0] for name in world.s3.objects] == ["table"]
    world.workflow.identities = world.identities
    assert world.function("audit").handler({}, None)["replayed"] == 1
    assert told(world)[0].author_id is not None


def test_a_key_that_is_being_destroyed_is_none(world: World) -> None:
    """Secrets Manager answers so for a secret with a date of deletion."""

    def leaving(_: str) -> list[str]:
        raise refused("InvalidRequestException")

    assert Identities(leaving, "slaclock/identity", world.now).key("example") is None


@pytest.mark.parametrize(
    ("account", "name"),
    [
        ("acme", "acme"),
        ("Acme & Co", "Acme=20=26=20Co"),
        ("a=20b", "a=3D20b"),
        ("a b", "a=20b"),
        ("a/b", "a=2Fb"),
        ("~", "=7E"),
        ("søn", "s=C3=B8n"),
        ("字" * 128, "=sha256-"),
    ],
)
def test_an_account_s_key_has_a_name_that_aws_takes_and_no_other_account_has(account: str, name: str) -> None:
    """Letters, digits and a few signs, 512 at most, so that no account reads another's key."""
    found = Identities(lambda _: [], "p", lambda: parse_instant(NOW)).name(account)
    assert found.startswith(f"p/{name}")
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_+=.@-")
    assert len(found) <= 512


def test_the_helpdesks_are_those_of_the_schema() -> None:
    """Whoever is erased is looked for under each of them."""
    path = ROOT / "layers/core/slaclock/helpdesks/ticket_event.schema.json"
    assert list(SOURCES) == json.loads(path.read_text())["properties"]["source"]["enum"]


def test_a_sender_of_canonical_events_is_hashed_too(world: World) -> None:
    """An id that it sends is as raw as any."""
    body = canonical(
        actor={"id": "Ada@Acme.example", "role": "customer"},
        comment={"public": True, "author": {"id": "ada@acme.example", "role": "customer"}},
    )
    body["ticket"] = {**body["ticket"], "requester": {"id": "ada@acme.example", "name": "Ada"}}
    body["known"] = [*body["known"], "requester"]
    posted(world, json.dumps(body).encode(), "hook")
    (found,) = all_events(world)
    assert found.actor_id == found.author_id == found.requester_id is not None
    assert "acme.example" not in everything(world).lower()


def test_history_is_imported_with_pseudonyms_as_it_would_have_been_delivered(world: World) -> None:
    """Hundreds of people in one ticket's log make several transactions."""
    events = [event(number, People(author=f"a{number}", requester="r")) for number in range(150)]
    quiet = parse_instant(NOW)
    importer = Importer(world.memory, world.agreements, world.now, quiet, identities=world.identities)
    done = importer.run([events])
    assert (done.failed, done.events) == ({}, 150)
    found = told(world, "ticket#example#7")
    assert len({each.author_id for each in found}) == 150
    assert len({each.requester_id for each in found}) == 1
    assert len(list(world.memory.people("example"))) == 151


def test_a_conflict_about_a_person_is_one_about_a_ticket(world: World) -> None:
    """The same error, so that the same retry mends it."""
    world.memory.commit(naming("1"))
    with pytest.raises(WriteConflictError):
        world.memory.commit(naming("2"))


def naming(ticket_id: str) -> Commit:
    now = parse_instant(NOW)
    return Commit(None, Ticket("example", ticket_id, now), (), None, now, people={"PERSON#example#1": "k"})
