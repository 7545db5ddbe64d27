"""`slaclock connection`: helpdesks are connected, listed, changed, given new secrets, and taken out."""

import json
import os
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.front import Request
from local.sending import happening
from local.stack import ACCOUNT
from slaclock.cli import connection_list, connection_secrets, connection_stack, main, stacks
from slaclock.cli.connection_kinds import helpdesks
from slaclock.helpdesks import adapter
from slaclock.helpdesks.connection import connection_from_json
from slaclock.helpdesks.signatures import scheme_of
from slaclock.store.dynamo import DynamoStore
from slaclock.store.errors import StoreUnavailableError
from tests.local.desk import GOLD, MONDAY, Desk, open_desk

ADDRESS = "https://api.example"
ZENDESK = json.loads((Path(__file__).parents[2] / "events/zendesk/status_open.json").read_text())["body"]
ODD = {
    **ZENDESK,
    "id": "odd",
    "detail": {**ZENDESK["detail"], "status": "IN TRANSIT"},
    "event": {**ZENDESK["event"], "current": "IN TRANSIT"},
}
GIVEN = "a-secret-that-the-helpdesk-chose"


@dataclass(slots=True)
class Office:
    """Somebody who connects helpdesks, at a desk before the stack."""

    desk: Desk
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def run(self, *argv: str, stdin: str = "", shares: bool = True) -> tuple[int, list[str], list[str]]:
        """Exit status, and the lines of stdout and stderr; what somebody types or pipes in comes on stdin.

        The local stack's account has two connections, so another one is said to share their tickets.
        """
        if argv[0] == "add" and shares:
            argv = (*argv, "--shares-tickets")
        self.capsys.readouterr()
        self.monkeypatch.setattr("sys.stdin", Typed(stdin))
        code = main(["connection", *argv])
        said = self.capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    def add(self, *argv: str, stdin: str = "") -> tuple[str, str | None, list[str]]:
        """The id and the secret of a new connection, and all that was said."""
        code, out, _ = self.run("add", *argv, "--account", ACCOUNT, "--url", ADDRESS, stdin=stdin)
        assert code == 0
        found = dict(re.findall(r"^(id|secret) +(\S+)$", "\n".join(out), re.MULTILINE))
        return found["id"], found.get("secret"), out

    def record(self, connection_id: str) -> dict[str, Any]:
        return dict(self.desk.stack.store.connection(connection_id) or {})

    def kept(self, reference: str) -> dict[str, str]:
        """What is kept under a reference."""
        if reference.startswith("ssm:"):
            found = boto3.client("ssm").get_parameter(
                Name=reference.removeprefix("ssm:"), WithDecryption=True
            )
            assert found["Parameter"]["Type"] == "SecureString"
            text = found["Parameter"]["Value"]
        else:
            text = boto3.client("secretsmanager").get_secret_value(SecretId=reference)["SecretString"]
        document: dict[str, str] = json.loads(text)
        return document

    def post(self, connection_id: str, secret: str, body: Any = ZENDESK) -> int:
        """What the stack answers to a delivery that is signed now."""
        now = self.desk.stack.clock.now()
        raw = json.dumps(happening({"body": body}, now)["body"] if "time" in body else body).encode()
        connection = connection_from_json(self.record(connection_id))
        headers = scheme_of(adapter(connection.kind), connection).sign(secret, raw, now)
        return self.desk.stack.request(Request("POST", f"/webhooks/{connection_id}", headers, raw)).status


class Typed:
    """Standard input that is no terminal, unless a test says so."""

    def __init__(self, text: str, *, terminal: bool = False) -> None:
        self._lines, self._terminal = text.splitlines(keepends=True), terminal

    def isatty(self) -> bool:
        return self._terminal

    def readline(self) -> str:
        return self._lines.pop(0) if self._lines else ""


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Office]:
    monkeypatch.delenv("SLACLOCK_URL", raising=False)
    monkeypatch.delenv("STACK", raising=False)
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD) as desk:
        yield Office(desk, capsys, monkeypatch)


def test_a_helpdesk_is_connected_and_posts(office: Office) -> None:
    """Its id is what nobody guesses, 128 bits; its secret is in Secrets Manager, and not in the table."""
    connection_id, secret, out = office.add("github")
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", connection_id)
    assert f"address  {ADDRESS}/webhooks/{connection_id}" in out
    assert secret is not None
    assert len(secret) >= 43
    assert office.record(connection_id) == {
        "id": connection_id,
        "kind": "github",
        "account": ACCOUNT,
        "secret": f"slaclock/{connection_id}",
    }
    assert office.kept(f"slaclock/{connection_id}") == {"current": secret}
    assert office.post(connection_id, secret, {"zen": "ping"}) == 202
    assert office.post(connection_id, "another", {"zen": "ping"}) == 401


def test_no_two_connections_have_the_same_id_or_secret(office: Office) -> None:
    """Each is drawn anew."""
    made = [office.add("zammad")[:2] for _ in range(4)]
    assert len({each for pair in made for each in pair}) == 8


def test_no_id_is_taken_for_an_option(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that begins with a dash is drawn again."""
    drawn = iter(["-dash", "--dash", "kept", *(f"secret-{number}" for number in range(9))])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: next(drawn))
    assert office.add("github")[0] == "kept"


def test_a_secret_is_shown_once_and_only_where_it_was_made_here(office: Office) -> None:
    """In one line of `add`; `list` and `show` name where it is kept."""
    connection_id, secret, out = office.add("jira")
    assert secret is not None
    assert sum(secret in line for line in out) == 1
    for argv in (("list",), ("list", "--json"), ("show", connection_id)):
        assert secret not in "\n".join(office.run(*argv)[1])


@pytest.mark.parametrize("name", list(helpdesks()))
def test_each_helpdesk_says_what_to_do_on_its_side(office: Office, name: str) -> None:
    """Step by step, with the connection's own id; whoever chooses the secret itself is asked for it."""
    connection_id, secret, out = office.add(name)
    steps = [line for line in out if re.match(r" *\d+\. ", line)]
    assert len(steps) == len(helpdesks()[name].steps) >= 3
    text = " ".join(line.strip() for line in out)
    assert " ID " not in text
    if helpdesks()[name].chooses:
        assert secret is None
        assert f"slaclock connection rotate {connection_id} --secret - --at-once" in text
    else:
        assert secret is not None
        assert "the secret" in text or "with the secret" in text
    assert office.record(connection_id)["kind"] == helpdesks()[name].kind


def test_a_secret_that_the_helpdesk_chose_is_given_later(office: Office) -> None:
    """Until then nothing of its deliveries is taken, for nobody knows the one that was put in its place."""
    connection_id, _, _ = office.add("zendesk")
    assert office.post(connection_id, GIVEN) == 401
    code, out, err = office.run("rotate", connection_id, "--secret", "-", "--at-once", stdin=f"{GIVEN}\n")
    assert (code, err) == (0, [])
    assert GIVEN not in "\n".join(out)
    assert office.kept(f"slaclock/{connection_id}") == {"current": GIVEN}
    office.desk.advance(seconds=61)
    assert office.post(connection_id, GIVEN) == 202


def test_a_secret_that_the_helpdesk_chose_is_taken_from_stdin(office: Office) -> None:
    """As it connects; it is not shown again."""
    connection_id, _, out = office.add("zendesk", "--secret", "-", stdin=f"{GIVEN}\n")
    assert GIVEN not in "\n".join(out)
    assert office.kept(f"slaclock/{connection_id}") == {"current": GIVEN}
    assert office.post(connection_id, GIVEN) == 202


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "that is no secret: it is empty, or has spaces at its ends"),
        (" padded ", "that is no secret: it is empty, or has spaces at its ends"),
        ("It's a Secret to Everybody", "anybody can read that secret in public documentation"),
        ("local-zendesk-secret", "anybody can read that secret in public documentation"),
    ],
)
def test_a_secret_that_proves_nothing_is_refused(office: Office, typed: str, said: str) -> None:
    """Before anything is kept."""
    code, out, err = office.run("add", "zendesk", "--account", ACCOUNT, "--secret", "-", stdin=f"{typed}\n")
    assert (code, out) == (1, [])
    assert err[0].startswith(f"slaclock: {said}")
    assert len(list(office.desk.stack.store.connections())) == 2


def test_a_secret_of_standard_webhooks_is_base64(office: Office) -> None:
    """Else nothing could be signed with it."""
    code, _, err = office.run("add", "generic", "--account", ACCOUNT, "--secret", "-", stdin="no base64!\n")
    assert code == 1
    assert err == [
        "slaclock: nothing can be signed with that: a Standard Webhooks secret is base64 after whsec_"
    ]
    _, secret, _ = office.add("generic")
    assert secret is not None
    assert secret.startswith("whsec_")


def test_a_short_secret_is_refused(office: Office) -> None:
    """Some helpdesks take what people think up; sixteen characters are the least."""
    said = ["slaclock: a secret of fewer than 16 characters can be guessed: choose a longer one"]
    argv = ("add", "jira", "--account", ACCOUNT, "--secret", "-")
    assert office.run(*argv, stdin="x" * 15 + "\n") == (1, [], said)
    assert office.run(*argv, stdin="x" * 16 + "\n")[0] == 0
    assert office.run("rotate", "zendesk-local", "--secret", "-", stdin="hunter2\n") == (1, [], said)


def test_a_secret_is_never_an_argument(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """Others on the machine can read arguments; the message does not repeat it."""
    with pytest.raises(SystemExit) as ended:
        main(["connection", "add", "zendesk", "--account", ACCOUNT, "--secret", GIVEN])
    said = capsys.readouterr().err
    assert (ended.value.code, GIVEN in said) == (2, False)
    assert "a secret is not written here" in said
    assert office.desk is not None


def test_a_secret_may_be_kept_in_the_parameter_store(office: Office) -> None:
    """Encrypted, and found by its path."""
    connection_id, secret, _ = office.add("github", "--ssm")
    assert office.record(connection_id)["secret"] == f"ssm:/slaclock/{connection_id}"
    assert office.kept(f"ssm:/slaclock/{connection_id}") == {"current": secret}
    assert office.post(connection_id, str(secret), {"zen": "ping"}) == 202


def test_a_secret_may_be_there_already(office: Office) -> None:
    """Nothing is made, and nothing shown."""
    connection_id, secret, _ = office.add("zendesk", "--secret-ref", "slaclock/zendesk-local")
    assert (secret, office.record(connection_id)["secret"]) == (None, "slaclock/zendesk-local")


@pytest.mark.parametrize("reference", ["prod/zendesk", "ssm:/prod/zendesk", "arn:aws:secretsmanager:x"])
def test_a_secret_that_the_functions_may_not_read_is_refused(
    office: Office, capsys: pytest.CaptureFixture[str], reference: str
) -> None:
    """Every delivery would be kept, and none applied."""
    with pytest.raises(SystemExit):
        main(["connection", "add", "zendesk", "--account", ACCOUNT, "--secret-ref", reference])
    assert "the functions may read secrets called slaclock/…" in capsys.readouterr().err
    assert len(list(office.desk.stack.store.connections())) == 2


def test_a_secret_is_called_by_its_stack(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two stacks are in one account, each has its own."""
    monkeypatch.setenv("STACK", "desk")
    connection_id, _, _ = office.add("github")
    assert office.record(connection_id)["secret"] == f"slaclock/desk/{connection_id}"


def test_a_connection_that_can_not_be_kept_leaves_no_secret(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody will use is taken away again."""

    def unavailable(*_: Any) -> None:
        raise StoreUnavailableError("InternalServerError")

    monkeypatch.setattr(DynamoStore, "connect", unavailable)
    code, out, err = office.run("add", "github", "--account", ACCOUNT)
    assert (code, out) == (1, [])
    assert err == ["slaclock: the tables could not be read or written: InternalServerError"]
    found = boto3.client("secretsmanager").list_secrets()["SecretList"]
    assert {each["Name"] for each in found} == {
        "slaclock/zendesk-local",
        "slaclock/generic-local",
        "local-LinkKey",
        "slaclock/identity/local/example",
    }


def test_what_is_said_of_a_connection_is_kept(office: Office, tmp_path: Path) -> None:
    """Maps, paths, agents and the rest; those of a file first."""
    path = tmp_path / "connection.yaml"
    path.write_text("statuses: {18: on_hold, Parked: pending}\ntitle: from a file\n")
    connection_id, _, _ = office.add(
        "jira",
        *("--file", str(path), "--title", "Service desk", "--timezone", "Europe/Copenhagen"),
        *("--status", "parked=on_hold", "--status", "a=b=closed", "--priority", "P0=urgent"),
        *(
            "--customer",
            "7=b=acme",
            "--plan",
            "7=gold",
            "--agent",
            "Kim@example.com",
            "--agent",
            "@example.org",
        ),
        *(
            "--path",
            "custom.region=issue.fields.region[?x=='y']|[0]",
            "--ticket-url",
            "https://x/{ticket_id}",
        ),
    )
    assert office.record(connection_id) == {
        "id": connection_id,
        "kind": "jira",
        "account": ACCOUNT,
        "secret": f"slaclock/{connection_id}",
        "title": "Service desk",
        "timezone": "Europe/Copenhagen",
        "statuses": {"18": "on_hold", "parked": "on_hold", "a=b": "closed"},
        "priorities": {"P0": "urgent"},
        "customers": {"7=b": "acme"},
        "plans": {"7": "gold"},
        "agents": ["@example.org", "kim@example.com"],
        "paths": {"custom.region": "issue.fields.region[?x=='y']|[0]"},
        "ticket_url": "https://x/{ticket_id}",
    }


def test_any_json_is_connected_by_a_mapping_of_ones_own(office: Office, tmp_path: Path) -> None:
    """It is kept with the connection, and read before that."""
    path = tmp_path / "mapping.yaml"
    path.write_text("{source: generic, ticket_id: ticket.id, type: snapshot, status: ticket.status}\n")
    connection_id, _, _ = office.add("mapping", "--mapping", str(path))
    assert office.record(connection_id)["mapping"]["status"] == "ticket.status"
    path.write_text("nonsense: true\n")
    code, out, err = office.run("add", "mapping", "--account", ACCOUNT, "--mapping", str(path))
    assert (code, out, len(err)) == (1, [], 1)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--status", "Waiting=pendng"], "'pendng' is none of closed, deleted, new, on_hold, open, pending"),
        (["--status", "Waiting=pendng"], "did you mean pending?"),
        (["--priority", "P1"], "'P1' is no THEIRS=OURS"),
        (["--path", "=x"], "'=x' is no MEMBER=EXPR"),
        (["--customer", "acme"], "'acme' is no ORG=CUSTOMER"),
        (["--plan", "=gold"], "'=gold' is no ORG=PLAN"),
        (["--url", "api.example"], "'api.example' is no address that begins with https://"),
        (["--url", "https://"], "'https://' is no address that begins with https://"),
        (["--status", "Waiting"], "'Waiting' is no THEIRS=OURS"),
    ],
)
def test_whoever_mistypes_a_word_is_told_which_there_are(
    office: Office, capsys: pytest.CaptureFixture[str], argv: list[str], said: str
) -> None:
    """Wrong usage: exit 2, and nothing is kept."""
    with pytest.raises(SystemExit) as ended:
        main(["connection", "add", "jira", "--account", ACCOUNT, *argv])
    assert ended.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert len(list(office.desk.stack.store.connections())) == 2


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["jira", "--timezone", "Copenhagen"], "a connection's timezone is a time zone's name"),
        (["jira", "--path", "team=[["], "a connection's paths for 'team' is no JMESPath"),
        (["jira", "--path", "status=x"], "a connection's paths find one of "),
        (["jira", "--scheme", "rot13"], "a connection's scheme is one of "),
        (["jira", "--ticket-url", "https://x/"], "a connection's ticket_url is an address that holds"),
        (["mapping"], "mapping needs --mapping"),
        (["mapping", "--mapping", "nosuch"], "a connection's mapping is none of those that are shipped: "),
        (
            ["mapping", "--mapping", "nosuch"],
            "a connection's mapping is none of those that are shipped: glpi, l",
        ),
        (["jira", "--mapping", "glpi"], "jira reads no mapping: --mapping is for mapping and cloudevents"),
        (["jira", "--secret-ref", "slaclock/gone"], "there is no secret slaclock/gone: AWS says Resource"),
        (["jira", "--secret-ref", "ssm:/slaclock/gone"], "there is no secret ssm:/slaclock/gone: AWS says"),
        (
            ["generic", "--secret-ref", "slaclock/zendesk-local"],
            "nothing can be signed with slaclock/zendesk",
        ),
        (["jira", "--file", "/no/such/file.yaml"], "/no/such/file.yaml can't be read: No such file"),
        (["jira", "--status", "Parked="], "--status Parked=: it is not on the map"),
    ],
)
def test_what_no_connection_can_say_is_refused_before_anything_is_kept(
    office: Office, argv: list[str], said: str
) -> None:
    """One line that names the member."""
    code, out, err = office.run("add", *argv, "--account", ACCOUNT)
    assert (code, out, len(err)) == (1, [], 1)
    assert err[0].startswith(f"slaclock: {said}")
    assert len(list(office.desk.stack.store.connections())) == 2


def test_another_helpdesk_under_an_account_that_has_one_is_refused(office: Office) -> None:
    """Ticket 81 of both would be one ticket, which each solves for the other: nothing is kept."""
    code, out, err = office.run("add", "zammad", "--account", ACCOUNT, shares=False)
    assert (code, out) == (1, [])
    said = (
        "slaclock: account 'example' has generic-local (generic), zendesk-local (zendesk): ticket 81 of both "
        "would be one ticket, with one set of clocks; give this helpdesk an account of its own, or say "
        "--shares-tickets if both tell of the same tickets"
    )
    assert err == [said]
    assert len(list(office.desk.stack.store.connections())) == 2
    assert (
        len(boto3.client("secretsmanager").list_secrets()["SecretList"]) == 4
    )  # theirs, that of links, and of people


def test_two_helpdesks_have_an_account_each_or_say_that_they_share(office: Office) -> None:
    """The first of an account is nobody's neighbour; two of a kind, two mappings apart, may be two sites."""
    none, mine = "slaclock: account 'mine' has no agreements yet: nothing starts", ("--account", "mine")

    def added(*argv: str) -> list[str]:
        return [line for line in office.run("add", *argv, *mine, shares=False)[2] if line != none]

    assert added("osticket") == []
    first = next(each for account, each in office.desk.stack.store.connections() if account == "mine")
    has = f"slaclock: account 'mine' has {first} (osticket): "
    assert added("osticket") == [f"{has}if that is another site, ticket 81 of both is one ticket"]
    assert "--shares-tickets" in added("glpi")[0]
    assert added("glpi", "--shares-tickets") == []
    assert added("osticket", "--shares-tickets") == []


def test_an_account_without_agreements_is_remarked_on(office: Office) -> None:
    """Whoever mistypes one would else learn of it by tickets without clocks."""
    code, _, err = office.run("add", "github", "--account", "exmaple", "--url", ADDRESS)
    assert (code, err) == (0, ["slaclock: account 'exmaple' has no agreements yet: nothing starts"])


def test_where_nobody_says_the_address_its_output_is_named(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SLACLOCK_URL says it too."""
    out = office.run("add", "github", "--account", ACCOUNT)[1]
    assert any(line.startswith("address  OUTPUT-Url-OF-THE-STACK/webhooks/") for line in out)
    monkeypatch.setenv("SLACLOCK_URL", "https://sla.example/")
    out = office.run("add", "github", "--account", ACCOUNT)[1]
    assert any(line.startswith("address  https://sla.example/webhooks/") for line in out)


def test_connections_are_listed_with_what_was_heard_of_them(office: Office) -> None:
    """The last delivery to the minute, those of the last day, and the words that nobody has mapped."""
    assert office.post("zendesk-local", "local-zendesk-secret", ODD) == 202
    office.desk.advance(minutes=1)
    assert office.post("zendesk-local", "local-zendesk-secret", ODD) == 202
    office.desk.advance(hours=1)
    code, out, err = office.run("list")
    assert (code, err) == (0, [])
    hint = "slaclock connection set zendesk-local --status 'IN TRANSIT=…'"
    assert [re.split(r"  +", line) for line in out] == [
        ["id", "kind", "account", "title", "last delivery", "watched", "24 h, at least"],
        ["generic-local", "generic", "example", "never", "no", "0"],
        ["zendesk-local", "zendesk", "example", "2026-03-02T09:01:00Z", "no", "2"],
        ["", f"! status 'IN TRANSIT' came 2 times and is on no map: {hint}"],
    ]
    (listed,) = [each for each in map(json.loads, office.run("list", "--json")[1]) if "z" in each["id"]]
    assert listed == {
        "id": "zendesk-local",
        "kind": "zendesk",
        "account": "example",
        "title": "",
        "last_delivery": "2026-03-02T09:01:00Z",
        "deliveries_24h": 2,
        "watched": False,
        "silent": False,
        "unmapped": [{"member": "status", "word": "IN TRANSIT", "count": 2}],
        "broken": None,
    }


def test_a_word_that_was_mapped_is_listed_no_more(office: Office) -> None:
    """Its id stays, and deliveries are read by the map from a minute later on."""
    office.post("zendesk-local", "local-zendesk-secret", ODD)
    code, out, _ = office.run("set", "zendesk-local", "--status", "in transit=on_hold")
    assert (code, out[0]) == (0, "changed: statuses")
    assert office.record("zendesk-local")["statuses"] == {"in transit": "on_hold"}
    assert not any("IN TRANSIT" in line for line in office.run("list")[1])
    office.desk.advance(seconds=61)
    office.post("zendesk-local", "local-zendesk-secret", ODD | {"id": "later"})
    assert not any("IN TRANSIT" in line for line in office.run("list")[1])


def test_a_connection_that_is_silent_is_marked(office: Office) -> None:
    """By the rule that raises the alarm."""
    for week in (1, 2, 3):
        for hour in (1, 2, 3):
            office.desk.stack.store.note("zendesk-local", MONDAY - timedelta(weeks=week, hours=hour))
    assert any("! SILENT, against its habit" in line for line in office.run("list")[1])
    listed = [json.loads(line) for line in office.run("list", "--json")[1]]
    assert [each["silent"] for each in listed] == [each["watched"] for each in listed] == [False, True]
    office.monkeypatch.setattr(connection_list, "MOST", 1)  # sweeps come no further
    listed = [json.loads(line) for line in office.run("list", "--json")[1]]
    assert [(each["watched"], each["silent"]) for each in listed] == [(False, False)] * 2


def test_those_of_one_account_are_listed_alone(office: Office) -> None:
    """A list of none says how to add one."""
    code, out, err = office.run("list", "--account", "nobody")
    said = ["slaclock: account 'nobody' has no connections: slaclock connection add"]
    assert (code, out, err) == (0, [], said)
    assert len(office.run("list", "--account", ACCOUNT)[1]) == 3


def test_a_connection_that_can_not_be_read_is_listed_with_why(office: Office) -> None:
    """Somebody wrote the table by hand: nothing comes in, and the others are listed all the same."""
    store = office.desk.stack.store
    store.connect({**office.record("zendesk-local"), "statuses": {"x": "y"}, "title": "a\x1b[2Jb"})
    out = office.run("list")[1]
    assert any(
        "! can't be read, so nothing comes in: a connection's statuses lead to 'y'" in each for each in out
    )
    assert not any("\x1b" in line for line in out)


def test_what_is_shown_can_be_read_again(office: Office, tmp_path: Path) -> None:
    """As the file of another connection, which gets an id and a secret of its own."""
    first, _, _ = office.add("jira", "--title", "Desk", "--status", "Parked=pending")
    code, out, _ = office.run("show", first)
    path = tmp_path / "shown.json"
    path.write_text("\n".join(out))
    shown = json.loads(path.read_text())
    assert (code, [each["what"] for each in shown.pop("changes")]) == (0, ["add"])
    assert shown == office.record(first)
    second, _, _ = office.add("jira", "--file", str(path))
    assert second != first
    assert office.record(second) == office.record(first) | {"id": second, "secret": f"slaclock/{second}"}


def test_what_is_not_mapped_yet_goes_on_being_listed(office: Office) -> None:
    """A word is forgotten once it is on the map, and no other is."""
    store = office.desk.stack.store
    words = [("status", "Parked"), ("priority", "P0")]
    store.note_words("zendesk-local", MONDAY, Counter([*words, ("status", "x" * 70)]))
    office.run("set", "zendesk-local", "--status", "PARKED=pending", "--status", f"{'X' * 70}=open")
    assert store.unmapped("zendesk-local") == {("priority", "P0"): 1}
    office.run("set", "zendesk-local", "--title", "Desk")
    assert store.unmapped("zendesk-local") == {("priority", "P0"): 1}


def test_who_changed_what_is_shown(office: Office) -> None:
    """Who, when, and of each member what it was and what it is; never a secret."""
    given = ("--account", ACCOUNT, "--by", "ada", "--status", "Parked=pending")
    out = office.run("add", "github", *given)[1]
    connection_id = out[1].split()[1]
    office.desk.advance(minutes=1)
    office.run("set", connection_id, "--by", "kim", "--status", "Parked=on_hold", "--title", "Desk")
    office.desk.advance(minutes=1)
    new = office.run("rotate", connection_id, "--by", "ada")[1][0].split()[1]
    office.run("rotate", connection_id, "--by", "ada", "--finish")
    shown = "\n".join(office.run("show", connection_id)[1])
    changes = json.loads(shown)["changes"]
    assert new not in shown
    assert changes[0] == {
        "at": "2026-03-02T09:00:00Z",
        "by": "ada",
        "what": "add",
        "members": changes[0]["members"],
    }
    assert changes[0]["members"]["statuses"] == {"Parked": [None, "pending"]}
    assert changes[1] == {
        "at": "2026-03-02T09:01:00Z",
        "by": "kim",
        "what": "set",
        "members": {"statuses": {"Parked": ["pending", "on_hold"]}, "title": [None, "Desk"]},
    }
    assert {(each["by"], each["what"]) for each in changes[2:]} == {
        ("ada", "rotate: a new secret beside the old one"),
        ("ada", "rotate: the old secret is refused"),
    }
    office.run("remove", connection_id, "--by", "kim", "--yes")
    assert {each.what for each in office.desk.stack.store.changes(connection_id)} >= {"add", "remove"}


def test_a_way_to_sign_that_the_secret_does_not_serve_is_refused(office: Office) -> None:
    """Else nothing would be taken any more: first a secret that does."""
    code, out, err = office.run("set", "zendesk-local", "--scheme", "basic")
    assert (code, out) == (1, [])
    assert err[0].startswith("slaclock: its secret does not serve that: ")
    assert err[0].endswith("(slaclock connection rotate zendesk-local --secret -)")
    assert "scheme" not in office.record("zendesk-local")
    assert office.run("set", "zendesk-local", "--scheme", "github")[0] == 0


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["freshdesk", "--header", "X-Desk-Key"], "Custom headers: x-desk-key: the secret."),
        (
            ["cloudevents", "--scheme", "github"],
            "each request bears x-hub-signature-256, made with the secret.",
        ),
        (["jira", "--scheme", "hubspot_v3"], "x-hubspot-request-timestamp and x-hubspot-signature-v3, made"),
        (["mapping", "--mapping", "glpi"], "3. Keep a body of its in a file, and try it:"),
    ],
)
def test_steps_are_by_how_the_connection_signs(office: Office, argv: list[str], said: str) -> None:
    """What is printed is to be followed as it stands."""
    connection_id, _, out = office.add(*argv)
    text = " ".join(line.strip() for line in out)
    assert said in text
    assert f"slaclock connection test --connection {connection_id} FILE" in text
    assert "--header" not in argv or "X-Slaclock-Secret" not in text


def test_a_secret_that_the_helpdesk_chooses_is_not_made_here(office: Office) -> None:
    """Nobody could put it there."""
    code, out, err = office.run("rotate", "zendesk-local")
    assert (code, out) == (1, [])
    assert err[0].startswith("slaclock: Zendesk chooses its secret (its signing secret")
    assert err[0].endswith("): give it with --secret -")


def test_maps_are_changed_and_taken_off(office: Office) -> None:
    """A text that is empty is unset; the helpdesk's words may be in any case."""
    connection_id, _, _ = office.add(
        "jira", "--status", "Parked=pending", "--agent", "kim", "--title", "Desk"
    )
    argv = ("--status", "PARKED=", "--no-agent", "Kim", "--title", "Desk 2", "--priority", "P0=urgent")
    assert office.run("set", connection_id, *argv)[:2][0] == 0
    assert office.record(connection_id) == {
        "id": connection_id,
        "kind": "jira",
        "account": ACCOUNT,
        "secret": f"slaclock/{connection_id}",
        "title": "Desk 2",
        "priorities": {"P0": "urgent"},
    }
    assert office.run("set", connection_id, "--title", "Desk 2")[1] == [
        "it says all that already: nothing is changed"
    ]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["set", "nosuch", "--title", "x"], "there is no connection 'nosuch': see slaclock connection list"),
        (["show", "nosuch"], "there is no connection 'nosuch': see slaclock connection list"),
        (["rotate", "nosuch"], "there is no connection 'nosuch': see slaclock connection list"),
        (["remove", "nosuch", "--yes"], "there is no connection 'nosuch': see slaclock connection list"),
        (
            ["set", "zendesk-local", "--status", "x="],
            "--status x=: it is not on the map, so it can't be taken off",
        ),
        (["set", "zendesk-local", "--no-agent", "x"], "--no-agent x: it is not on the list of agents"),
    ],
)
def test_whoever_mistypes_a_name_is_told_where_to_find_it(office: Office, argv: list[str], said: str) -> None:
    """In one line, and nothing is changed."""
    before = office.record("zendesk-local")
    assert office.run(*argv) == (1, [], [f"slaclock: {said}"])
    assert office.record("zendesk-local") == before


def test_a_rotation_refuses_nothing_on_its_way(office: Office) -> None:
    """The new secret counts beside the old one until it is finished; then alone."""
    connection_id, old, _ = office.add("github")
    assert old is not None
    code, out, err = office.run("rotate", connection_id)
    assert (code, err) == (0, [])
    new = out[0].removeprefix("secret   ")
    assert office.kept(f"slaclock/{connection_id}") == {"current": new, "previous": old}
    assert out[-1] == f"slaclock connection rotate {connection_id} --finish"
    assert [office.post(connection_id, each, {"zen": "x"}) for each in (old, new)] == [202, 202]
    assert office.run("rotate", connection_id) == (
        1,
        [],
        ["slaclock: two secrets count already: finish that first (--finish), or change it --at-once"],
    )
    assert office.run("rotate", connection_id, "--finish")[0] == 0
    assert office.kept(f"slaclock/{connection_id}") == {"current": new}
    office.desk.advance(seconds=61)
    assert [office.post(connection_id, each, {"zen": "x"}) for each in (old, new)] == [401, 202]
    assert office.run("rotate", connection_id, "--finish")[2] == [
        "slaclock: there is no old secret: nothing is to be finished"
    ]


def test_a_rotation_may_be_of_a_parameter(office: Office) -> None:
    """Likewise; a leaked secret is refused at once."""
    connection_id, old, _ = office.add("github", "--ssm")
    out = office.run("rotate", connection_id, "--at-once")[1]
    new = out[0].removeprefix("secret   ")
    assert office.kept(f"ssm:/slaclock/{connection_id}") == {"current": new}
    assert new != old


def test_who_shares_a_secret_is_named_when_it_changes(office: Office) -> None:
    """Their deliveries change with it."""
    connection_id, _, _ = office.add("zendesk", "--secret-ref", "slaclock/zendesk-local")
    assert office.run("rotate", connection_id, "--secret", "-", stdin=f"{GIVEN}\n")[2] == [
        "slaclock: connection zendesk-local has the same secret, and changes with it"
    ]


def test_a_connection_is_removed_and_its_deliveries_find_nobody(office: Office) -> None:
    """404 within a minute; its secret is deleted in thirty days."""
    connection_id, secret, _ = office.add("github")
    assert secret is not None
    assert office.post(connection_id, secret, {"zen": "x"}) == 202
    code, out, err = office.run("remove", connection_id, "--yes")
    assert (code, err) == (0, [])
    assert out[0] == f"removed: {connection_id}; what it is sent is answered with 404 within a minute"
    assert out[1].startswith(f"its secret slaclock/{connection_id} is deleted in 30 days")
    assert out[2].endswith(f"after 14 days: slaclock quarantine list --connection {connection_id}")
    office.desk.advance(seconds=61)
    request = Request("POST", f"/webhooks/{connection_id}", {}, b"{}")
    assert office.desk.stack.request(request).status == 404
    assert connection_id not in "\n".join(office.run("list")[1])


def test_a_secret_that_was_not_made_for_a_connection_stays(office: Office) -> None:
    """And one that is asked to."""
    borrowed, _, _ = office.add("zendesk", "--secret-ref", "slaclock/zendesk-local")
    said = "its secret slaclock/zendesk-local is left where it is; its tickets stay, and their clocks go on"
    assert office.run("remove", borrowed, "--yes")[1][1] == said
    own, secret, _ = office.add("github", "--ssm")
    assert office.run("remove", own, "--yes", "--keep-secret")[0] == 0
    assert office.kept(f"ssm:/slaclock/{own}") == {"current": secret}


@pytest.mark.parametrize(("answer", "left"), [("y\n", 1), ("\n", 2), ("no\n", 2)])
def test_somebody_is_asked_before_a_connection_goes(
    office: Office, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    """Only yes is yes."""
    monkeypatch.setattr("sys.stdin", Typed(answer, terminal=True))
    code = main(["connection", "remove", "zendesk-local"])
    assert (code, len(list(office.desk.stack.store.connections()))) == (int(left == 2), left)


def test_nobody_who_can_be_asked_is_no_yes(office: Office) -> None:
    """A script says --yes."""
    code, out, err = office.run("remove", "zendesk-local")
    assert (code, out, err) == (1, [], ["slaclock: nobody can be asked whether you mean it: say --yes"])


def test_a_stack_is_found_by_its_name(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its auditor's environment says which tables, its output the address."""
    asked: list[tuple[str, str]] = []

    def environment(stack: str, function: str) -> dict[str, str]:
        asked.append((stack, function))
        return {"AGREEMENTS_TABLE": table, "STACK": "desk"}

    table = os.environ.pop("AGREEMENTS_TABLE")
    monkeypatch.setattr(stacks, "environment", environment)
    monkeypatch.setattr(connection_stack, "_output", lambda _: "https://out.example")
    code, out, _ = office.run("add", "github", "--account", ACCOUNT, "--stack", "desk")
    assert (code, asked) == (0, [("desk", "Audit")])
    assert any(line.startswith("address  https://out.example/webhooks/") for line in out)
    assert any("slaclock/desk/" in line for line in out)


def test_what_aws_refuses_is_told_in_a_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """No right to make secrets, or no such secret."""
    record = {**office.record("generic-local"), "secret": "slaclock/gone"}
    office.desk.stack.store.connect(record)
    said = ["slaclock: there is no secret slaclock/gone: AWS says ResourceNotFoundException"]
    assert office.run("rotate", "generic-local") == (1, [], said)

    def denied(*_: Any, **__: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "CreateSecret")

    monkeypatch.setattr(connection_secrets.Vault, "create", denied)
    code, out, err = office.run("add", "github", "--account", ACCOUNT)
    assert (code, out, len(err)) == (1, [], 1)
    assert err[0].startswith("slaclock: AWS says no: An error occurred (AccessDeniedException)")
    monkeypatch.delenv("AGREEMENTS_TABLE")
    said = ["slaclock: the environment variable AGREEMENTS_TABLE is missing"]
    assert office.run("list") == (1, [], said)


def test_a_delivery_is_tried_with_the_maps_of_a_connection(office: Office, tmp_path: Path) -> None:
    """What the stack would make of it; arguments come on top, and nothing is stored."""
    path = tmp_path / "body.json"
    path.write_text(json.dumps(ZENDESK))
    received = ("--received-at", "2026-03-27T16:00:00Z")
    argv = ("test", "--connection", "zendesk-local", *received, str(path))
    code, out, err = office.run(*argv)
    event = json.loads(out[0])
    assert (code, err) == (0, [])
    assert (event["account"], event["connection"]) == (ACCOUNT, "zendesk-local")
    assert event["ticket"]["customer"] == {"id": "acme"}
    changed = json.loads(office.run(*argv, "--status", "open=pending")[1][0])
    assert changed["ticket"]["status"] == "pending"
    assert office.record("zendesk-local").get("statuses") is None
