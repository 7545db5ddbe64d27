"""`slaclock retention`, `hold` and `erase`, against a stack in moto."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from local.front import Request
from local.sending import sign
from local.stack import ACCOUNT
from local.template import ROOT
from slaclock import forgetting
from slaclock.cli import main, settling
from slaclock.domain.instants import format_instant
from slaclock.domain.keeping import row_is_over
from slaclock.evidence.chain import START
from slaclock.store import comparing
from slaclock.store.dynamo import DynamoStore
from slaclock.store.errors import WriteConflictError
from slaclock.store.models import LedgerItem
from tests.local.desk import CREATED, GOLD, Desk, interrupted, open_desk
from tests.local.test_roles import actions

DAY = timedelta(days=1)
SAID = ("--reason", "the law", "--by", "ada", "--settle", "0")
ERASE = ("--reason", "asked by mail", "--by", "ada")
KEY = f"slaclock/identity/local/{ACCOUNT}"


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    """A desk, and in the end no fault in any chain, nor a row without its fact."""
    with open_desk(tmp_path, monkeypatch, capsys, gold=GOLD) as desk:
        yield desk
        over = partial(
            row_is_over, keeping_of=desk.stack.store.keeping, now=desk.stack.clock.now() + 500 * DAY
        )
        assert [each.faults for each in comparing.compare(over) if each.faults] == []


def solved(desk: Desk, ticket_id: str) -> None:
    """A ticket that is over without a breach."""
    desk.event(ticket_id)
    desk.advance(minutes=1)
    desk.event(ticket_id, "solved", status="solved")


def breached(desk: Desk, ticket_id: str) -> None:
    """One that was solved too late."""
    desk.event(ticket_id)
    desk.advance(hours=5)
    desk.event(ticket_id, "solved", status="solved")


def written(desk: Desk, ticket_id: str, who: str) -> None:
    """Somebody writes on a ticket."""
    now = desk.stack.clock.now()
    said = {"event_id": f"{ticket_id}:{who}:{now}", "ticket_id": ticket_id, "type": "customer_replied"}
    said |= {"occurred_at": format_instant(now), "received_at": format_instant(now)}
    comment = {"public": True, "author": {"id": who, "role": "customer"}}
    body = {**CREATED["body"], **said, "comment": comment, "ticket": {}, "known": []}
    signed = sign({"connection": "generic-local", "body": body}, now)
    answer = desk.stack.request(Request("POST", signed.path, signed.headers, signed.body))
    assert json.loads(answer.body)["accepted"] == 1
    desk.advance(seconds=1)


def authors(desk: Desk, ticket_id: str) -> list[str | None]:
    log = desk.stack.store.life(f"ticket#{ACCOUNT}#{ticket_id}").log
    found: list[Any] = [each.given for each in sorted(log, key=lambda each: each.seq)]
    return [each.author_id for each in found if each.type == "customer_replied"]


def until(desk: Desk, ticket_id: str) -> str | None:
    saved = desk.stack.store.load(f"ticket#{ACCOUNT}#{ticket_id}").saved
    assert saved is not None
    return format_instant(saved.log_until) if saved.log_until else None


def acts(desk: Desk) -> list[tuple[str, str, str]]:
    """The rows of what was done to the account: what, who and why."""
    told = desk.stack.store.told(f"account#{ACCOUNT}#register")
    return [(each.fact.fact, each.fact.details["by"], each.fact.details["reason"]) for each in told]


def counted(tickets: int, rows: int) -> list[str]:
    return [f"tickets whose log ends otherwise: {tickets}", f"ledger rows that end otherwise: {rows}"]


def test_an_account_keeps_everything_until_somebody_says_how_long(desk: Desk) -> None:
    """It is said with a reason, recorded, and applied to what is stored."""
    assert desk.run("retention", "show") == (0, ["logs   for ever", "ledger for ever"], [])
    solved(desk, "1")
    breached(desk, "2")
    code, out, err = desk.run("retention", "set", "--logs", "400d", "--ledger", "3653d", *SAID)
    assert (code, err) == (0, [])
    assert out == ["logs   400d", "ledger 3653d", *counted(2, 3)]
    assert until(desk, "1") == "2027-04-06T09:01:00Z"
    assert until(desk, "2") == "2036-03-02T14:01:00Z"
    assert desk.run("retention", "set", "--ledger", "forever", *SAID)[1][1:] == [
        "ledger for ever",
        *counted(1, 3),
    ]
    assert until(desk, "2") is None
    assert acts(desk) == [("retention_set", "ada", "the law")] * 2


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "say --logs, --ledger, or both"),
        (("--logs", "29d"), "--logs 29d is too short: at least 30d"),
        (("--logs", "40d", "--ledger", "365d"), "--ledger 365d is too short: at least 366d"),
        (("--ledger", "400d"), "the ledger is kept as long as the logs at least"),
        (("--logs", "500d", "--ledger", "400d"), "the ledger is kept as long as the logs at least"),
    ],
)
def test_a_retention_that_makes_no_sense_is_refused(desk: Desk, argv: tuple[str, ...], said: str) -> None:
    """A ledger without its logs proves nothing, and what waits in quarantine must not be too old."""
    code, _, err = desk.run("retention", "set", *argv, *SAID)
    assert code == 1
    assert err[0].startswith(f"slaclock: {said}")
    assert acts(desk) == []


@pytest.mark.parametrize("text", ["400", "0d", "4w", "-1d", "999999d", "99999d"])
def test_what_is_no_number_of_days_is_wrong_usage(desk: Desk, text: str) -> None:
    """Days are written with their letter."""
    with pytest.raises(SystemExit) as ended:
        desk.run("retention", "set", f"--logs={text}", *SAID)
    assert ended.value.code == 2


def test_a_log_ends_and_its_ticket_is_gone(desk: Desk) -> None:
    """The auditor removes it, the route says 404, and a delivery about it is refused."""
    solved(desk, "1")
    desk.run("retention", "set", "--logs", "30d", *SAID)
    desk.advance(days=31)
    desk.stack.audit()
    answer = desk.stack.request(Request("GET", f"/v1/tickets/{ACCOUNT}/1"))
    assert answer.status == 404
    now = format_instant(desk.stack.clock.now())
    body = {**CREATED["body"], "ticket_id": "1", "event_id": "x", "occurred_at": now, "received_at": now}
    signed = sign({"connection": "generic-local", "body": body}, desk.stack.clock.now())
    refused = desk.stack.request(Request("POST", signed.path, signed.headers, signed.body))
    assert refused.status == 422
    assert "removed when its retention ended" in json.loads(refused.body)["detail"]


def test_a_hold_takes_every_end_off_and_lifting_it_sets_them_anew(desk: Desk) -> None:
    """Of tickets and of rows, those that are stored and those to come; each is a row with who and why."""
    desk.run("retention", "set", "--logs", "400d", "--ledger", "3653d", *SAID)
    solved(desk, "1")
    at = format_instant(desk.stack.clock.now())
    code, out, err = desk.run("hold", "set", "case-1", *SAID)
    line = f"case-1: the whole account, the law (by ada at {at})"
    assert (code, out, err) == (0, [f"is held: {line}", *counted(1, 1)], [])
    assert (until(desk, "1"), [row.ends_at for row in desk.stack.store.row_ends(ACCOUNT)]) == (None, [None])
    desk.advance(minutes=2)
    solved(desk, "2")
    assert until(desk, "2") is None
    assert desk.run("hold", "list") == (0, [line], [])
    assert desk.run("retention", "show")[1][2:] == ["held by case-1: the whole account, the law"]
    assert desk.run("hold", "set", "case-1", *SAID)[1] == [f"was held: {line}", *counted(0, 0)]
    assert desk.run("hold", "lift", "case-1", *SAID)[1] == [
        "lifted: case-1, the whole account",
        *counted(2, 2),
    ]
    assert until(desk, "1") == "2027-04-06T09:01:00Z"
    assert [kind for kind, *_ in acts(desk)] == ["retention_set", "hold_set", "hold_lifted"]
    assert desk.run("hold", "list")[1:] == ([], [f"account {ACCOUNT!r} has no holds"])
    history = desk.run("hold", "list", "--history")[1]
    assert [each.split(" ")[1] for each in history] == ["set:", "lifted:"]


def test_a_row_that_went_when_its_retention_ended_is_not_missed(desk: Desk) -> None:
    """The earlier rows of a log that is kept still go first; held against it, they are not missing."""
    desk.run("retention", "set", "--logs", "30d", "--ledger", "366d", *SAID)
    breached(desk, "1")
    (first, *_) = sorted(desk.stack.store.row_ends(ACCOUNT), key=lambda row: row.recorded_at)
    LedgerItem(first.subject, first.key).delete()
    over = partial(row_is_over, keeping_of=desk.stack.store.keeping)
    faults = {
        days: [each.faults for each in comparing.compare(partial(over, now=first.recorded_at + days * DAY))]
        for days in (365, 366)
    }
    assert {days: [each for each in found if each] for days, found in faults.items()} == {
        365: [(f"the row of {first.key} is missing",)],
        366: [],
    }


def test_a_hold_on_a_ticket_keeps_that_one(desk: Desk) -> None:
    """An id that nothing is stored of is held too, and said."""
    desk.run("retention", "set", "--logs", "30d", "--ledger", "366d", *SAID)
    solved(desk, "1")
    solved(desk, "2")
    assert desk.run("hold", "set", "case-1", "--ticket", "1", *SAID)[1][1:] == counted(1, 1)
    assert (until(desk, "1"), until(desk, "2")) == (None, "2026-04-01T09:02:00Z")
    err = desk.run("hold", "set", "case-2", "--ticket", "9", *SAID)[2]
    assert err == [f"slaclock: account {ACCOUNT!r} has no ticket '9' just now"]
    desk.advance(days=40)
    desk.stack.audit()
    assert [desk.stack.store.load(f"ticket#{ACCOUNT}#{each}").forgotten is not None for each in "12"] == [
        False,
        True,
    ]


def half_removed(desk: Desk, monkeypatch: pytest.MonkeyPatch, ticket_id: str) -> None:
    """A ticket whose log the auditor has begun to remove: one item of it."""
    desk.run("retention", "set", "--logs", "30d", "--ledger", "366d", *SAID)
    solved(desk, ticket_id)
    desk.stack.clock.move_to(desk.stack.clock.now() + 31 * DAY)
    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "_MOST", 1)
        desk.stack.audit()


def test_a_hold_on_a_ticket_that_is_half_removed_says_what_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many of its links; no sweep removes more of them, until the hold is lifted."""
    half_removed(desk, monkeypatch, "1")
    _, out, err = desk.run("hold", "set", "case-1", "--ticket", "1", *SAID)
    assert err == ["slaclock: ticket '1' was forgotten before: 3 of its 4 links are left, and stay"]
    assert out[0].startswith("is held: case-1: ticket 1, the law (by ada at ")
    desk.stack.audit()
    desk.advance(hours=1)
    desk.stack.audit()
    assert desk.run("hold", "set", "case-1", "--ticket", "1", *SAID)[2] == err
    desk.run("hold", "lift", "case-1", *SAID)
    desk.stack.audit()
    life = desk.stack.store.life(f"ticket#{ACCOUNT}#1")
    assert (life.log, life.told) == ([], [])


def test_a_name_is_one_hold(desk: Desk) -> None:
    """Another scope needs another name; and what does not hold can't be lifted."""
    desk.run("hold", "set", "case-1", *SAID)
    assert desk.run("hold", "set", "case-1", "--ticket", "1", *SAID)[2] == [
        "slaclock: a hold 'case-1' is set already, on the whole account: choose another name"
    ]
    assert desk.run("hold", "lift", "case-2", *SAID)[2] == [
        f"slaclock: account {ACCOUNT!r} has no hold 'case-2': see slaclock hold list"
    ]
    assert len(acts(desk)) == 1


def test_a_sweep_that_was_broken_off_is_gone_on_with(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hold holds from its row on; the same command again takes off the ends that are left."""
    desk.run("retention", "set", "--logs", "30d", *SAID)
    for each in "123":
        solved(desk, each)
    with monkeypatch.context() as patch:
        patch.setattr(DynamoStore, "commit", interrupted(DynamoStore.commit, after=1))
        assert desk.run("hold", "set", "case-1", *SAID)[0] == 130
    assert sorted(map(bool, (until(desk, each) for each in "123"))) == [False, True, True]
    assert desk.run("hold", "set", "case-1", *SAID)[1][1:] == counted(2, 0)
    assert len(acts(desk)) == 2


def test_a_ticket_that_changes_while_it_is_placed_is_placed_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody decided meanwhile; by what was read before, maybe."""
    desk.run("retention", "set", "--logs", "30d", *SAID)
    solved(desk, "1")
    commit, tries = DynamoStore.commit, iter([True, True])

    def beaten(store: DynamoStore, change: Any) -> Any:
        if next(tries, False):
            raise WriteConflictError
        return commit(store, change)

    monkeypatch.setattr(DynamoStore, "commit", beaten)
    assert desk.run("hold", "set", "case-1", *SAID)[1][1:] == counted(1, 0)


def test_functions_may_act_on_what_they_had_read_so_it_is_looked_at_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a minute of the hold a function placed a ticket by the retention alone."""
    desk.run("retention", "set", "--logs", "30d", *SAID)

    def meanwhile(_: float) -> None:
        desk.event("1")
        desk.event("1", "solved", status="solved")
        assert until(desk, "1") is not None

    solved(desk, "0")
    monkeypatch.setattr(settling.Settling.__init__, "__defaults__", (meanwhile, 0, 0))
    argv = [each for each in SAID if each not in ("--settle", "0")]
    code, out, err = desk.run("hold", "set", "case-1", *argv)
    assert (code, out[1:]) == (0, counted(2, 0))
    assert err[0].startswith("waiting for 65 s, then looking again")
    assert (until(desk, "0"), until(desk, "1")) == (None, None)


def test_a_person_is_erased_and_comes_back_as_somebody_else(desk: Desk) -> None:
    """The record stays, hash by hash; the row says who had it done, and nothing of whom."""
    desk.event("1")
    for who in ("ada@acme.example", "bob", "ada@acme.example"):
        written(desk, "1", who)
    before = [each.hash for each in desk.stack.store.life(f"ticket#{ACCOUNT}#1").log]
    code, out, err = desk.run("erase", "--yes", "--requester", "Ada@Acme.example", *ERASE)
    assert (code, err) == (0, [])
    assert out[0] == "erased: 1 key destroyed"
    written(desk, "1", "ada@acme.example")
    written(desk, "1", "bob")
    ada, bob, again, new, bobs = authors(desk, "1")
    assert ada == again != new
    assert bob == bobs
    assert [each.hash for each in desk.stack.store.life(f"ticket#{ACCOUNT}#1").log][: len(before)] == before
    assert acts(desk) == [("identities_erased", "ada", "asked by mail")]
    (row,) = desk.stack.store.told(f"account#{ACCOUNT}#register")
    assert row.fact.details.keys() == {"by", "reason", "keys"}


def test_nobody_of_that_id_is_nobody_erased(desk: Desk) -> None:
    """Mistyped, erased before, or only known to another helpdesk."""
    desk.event("1")
    written(desk, "1", "bob")
    for argv in (("--requester", "bobby"), ("--requester", "bob", "--helpdesk", "zendesk")):
        code, out, err = desk.run("erase", "--yes", *argv, *ERASE)
        assert (code, out) == (1, [])
        assert err == ["slaclock: nobody of that id is known to this account; nothing was changed"]
    assert desk.run("erase", "--yes", "--requester", "bob", "--helpdesk", "generic", *ERASE)[0] == 0
    assert desk.run("erase", "--yes", "--requester", "bob", *ERASE)[0] == 1
    assert len(acts(desk)) == 1


def test_what_is_erased_is_asked_about_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no way back; where nobody can answer, `--yes` is needed."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert desk.run("erase", "--whole-account", *ERASE)[2] == [
        "slaclock: this destroys the keys of everybody in the account, for good: add --yes"
    ]


def test_a_hold_refuses_an_erasure_by_its_name(desk: Desk) -> None:
    """One on the account refuses every one; one on a ticket, that of whoever is named there, and of all."""
    desk.event("1")
    desk.event("2")
    written(desk, "1", "ada")
    written(desk, "2", "bob")
    desk.run("hold", "set", "case-1", "--ticket", "1", *SAID)
    refused = ["slaclock: the hold 'case-1' keeps it; nothing was erased. slaclock hold list says why"]
    assert desk.run("erase", "--yes", "--requester", "ada", *ERASE)[::2] == (1, refused)
    assert desk.run("erase", "--yes", "--whole-account", *ERASE)[::2] == (1, refused)
    assert desk.run("erase", "--yes", "--requester", "bob", *ERASE)[0] == 0
    desk.run("hold", "lift", "case-1", *SAID)
    desk.run("hold", "set", "case-2", *SAID)
    assert "case-2" in desk.run("erase", "--yes", "--requester", "ada", *ERASE)[2][0]
    desk.run("hold", "lift", "case-2", *SAID)
    assert desk.run("erase", "--yes", "--requester", "ada", *ERASE)[0] == 0
    assert [kind for kind, *_ in acts(desk)].count("identities_erased") == 2


def test_a_whole_account_is_erased_by_its_key(desk: Desk) -> None:
    """The secret goes at once, without a window to restore it; what comes then names nobody."""
    desk.event("1")
    for who in ("ada", "bob"):
        written(desk, "1", who)
    code, out, _ = desk.run("erase", "--yes", "--whole-account", *ERASE)
    assert code == 0
    assert out[0] == f"erased: the account's key {KEY} is destroyed, and those of 2 people"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        boto3.client("secretsmanager").get_secret_value(SecretId=KEY)
    assert list(desk.stack.store.people(ACCOUNT)) == []
    desk.advance(minutes=2)
    written(desk, "1", "ada")
    first, second, third = authors(desk, "1")
    assert third is None
    assert first != second
    assert desk.run("erase", "--yes", "--whole-account", *ERASE)[0] == 0
    assert "has no key" in desk.run("erase", "--yes", "--requester", "ada", *ERASE)[2][0]


@pytest.mark.usefixtures("desk")
def test_a_first_connection_makes_the_accounts_key_and_a_second_one_leaves_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nobody sees it; one that can't be made keeps no helpdesk from posting."""
    secrets = boto3.client("secretsmanager")
    before = secrets.get_secret_value(SecretId=KEY)["SecretString"]
    add = (
        "connection",
        "add",
        "github",
        "--account",
        ACCOUNT,
        "--url",
        "https://x.example",
        "--shares-tickets",
    )

    assert main([*add, "--shares-tickets"]) == 0
    assert secrets.get_secret_value(SecretId=KEY)["SecretString"] == before
    secrets.delete_secret(SecretId=KEY, ForceDeleteWithoutRecovery=True)
    capsys.readouterr()
    assert main([*add, "--shares-tickets"]) == 0
    made = json.loads(secrets.get_secret_value(SecretId=KEY)["SecretString"])["current"]
    said = capsys.readouterr()
    assert (len(bytes.fromhex(made)), made in said.out + said.err) == (32, False)


def test_the_chain_of_acts_begins_like_any(desk: Desk) -> None:
    """And its head is on the register, as a ticket's is on the ticket."""
    desk.run("hold", "set", "case-1", *SAID)
    saved = desk.stack.store.load(f"account#{ACCOUNT}#register").saved
    (row,) = desk.stack.store.told(f"account#{ACCOUNT}#register")
    assert saved is not None
    assert saved.head == row.hash != START


HALF = ", half removed"
RUNS = {
    "retention show": ("retention", "show"),
    "retention set": ("retention", "set", "--logs", "500d", "--ledger", "4000d", *SAID),
    "hold set --ticket": ("hold", "set", "case-2", "--ticket", "1", *SAID),
    "hold set --ticket" + HALF: ("hold", "set", "case-3", "--ticket", "0", *SAID),
    "hold set": ("hold", "set", "case-1", *SAID),
    "hold list": ("hold", "list"),
    "hold list --history": ("hold", "list", "--history"),
    "hold lift": ("hold", "lift", "case-1", *SAID),
    "erase --requester": ("erase", "--yes", "--requester", "ada-3", *ERASE),
    "erase --whole-account": ("erase", "--yes", "--whole-account", *ERASE),
}


def told_rights() -> dict[str, set[tuple[str, str]]]:
    """The actions that docs/compliance.md names for each command, each with the table that it is on."""
    text = (ROOT / "docs/compliance.md").read_text(encoding="utf-8").split("## What the commands need")[1]
    found = {}
    for line in text.splitlines():
        if line.startswith("| `"):
            command, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            on = zip(("Tickets", "Ledger", "Agreements", ""), cells, strict=True)
            found[command.replace("`", "")] = {
                (each, table) for table, cell in on for each in re.findall(r"\w+", cell)
            }
    return found


def test_a_command_needs_the_rights_that_the_page_says(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those, and no other; a hold on another ticket has an erasure look at its log."""
    called: set[tuple[str, str]] = set()
    call = vars(BaseClient)["_make_api_call"]

    def watched(client: Any, operation: str, given: Any) -> Any:
        service = client.meta.service_model.service_name
        asked = actions(service, operation, given)
        called.update((action.split(":")[1], table.removeprefix("local-")) for action, table in asked)
        return call(client, operation, given)

    half_removed(desk, monkeypatch, "0")
    desk.run("retention", "set", "--logs", "400d", "--ledger", "3653d", *SAID)
    for ticket_id in "123":
        solved(desk, ticket_id)
        written(desk, ticket_id, f"ada-{ticket_id}")
    found = {}
    for name, argv in RUNS.items():
        if name == "erase --whole-account":
            desk.run("hold", "lift", "case-2", *SAID)
            desk.run("hold", "lift", "case-3", *SAID)
        with monkeypatch.context() as patch:
            patch.setattr(BaseClient, "_make_api_call", watched)
            called.clear()
            assert main([*argv[:2], "--account", ACCOUNT, *argv[2:]]) == 0
            found[name] = set(called)
        desk.stack.settle()
    assert found == told_rights()
