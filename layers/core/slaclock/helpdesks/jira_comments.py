"""Whose comment it is in Jira, and who can see it."""

from slaclock.helpdesks.connection import Connection
from slaclock.helpdesks.jira_issues import names_of
from slaclock.helpdesks.payload import Members
from slaclock.helpdesks.words import needed

Said = tuple[str, str, bool | None]  # type, author's role, public


def said(comment: Members, fields: Members, connection: Connection) -> Said:
    """What a comment is: a reply, a customer's message, or a note. A bot's is a note.

    A reply by somebody of whom nothing is known is one, of an unknown role (rule 10).
    """
    author, public = comment.object("author"), _public(comment)
    role = _role(author, fields, connection)
    if public is False or role == "bot":
        return "note_added", role, public
    return "customer_replied" if role == "customer" else "agent_replied", role, public


def _role(author: Members, fields: Members, connection: Connection) -> str:
    """By the connection's agents first: Jira says of customers and apps what they are, and of others nothing.

    An account of type `atlassian` is an agent's or that of a customer who works with Jira too. Whoever has
    the issue is an agent. Of others, where the connection lists agents, those who are not listed are none;
    where it does not, whoever is not the reporter is one. Cloud's deliveries about comments leave the
    reporter out: without a list their author is of an unknown role, and counts as an agent.
    """
    names = names_of(author)
    needed(names[0] if names else None, "/comment/author")
    if connection.is_agent(*names, author.text("emailAddress")):
        return "agent"
    if author.text("accountType") == "app":
        return "bot"
    if not set(names_of(fields.object("assignee"))).isdisjoint(names):
        return "agent"
    theirs = names_of(fields.object("reporter"))
    if author.text("accountType") == "customer" or not set(theirs).isdisjoint(names) or connection.agents:
        return "customer"
    return "agent" if theirs else "unknown"


def _public(comment: Members) -> bool | None:
    """Whether customers can see it; None where nobody says.

    Cloud says `jsdPublic`, which also beats a restriction to a role
    (https://github.com/atlassian/atlassian-mcp-server/issues/139). A service desk marks a note by a property,
    where the delivery brings it (https://github.com/pycontribs/jira/issues/313); a comment that only a role
    or a group may see is for them alone.
    """
    flag = comment.flag("jsdPublic")
    if flag is not None:
        return flag
    for item in comment.objects("properties"):
        if item.text("key") == "sd.public.comment":
            internal = item.object("value").flag("internal")
            return None if internal is None else not internal
    return False if comment.object("visibility").values else None
