"""The page behind a link: plain HTML for any screen and reader, with no script and nothing from elsewhere."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from html import escape

from slaclock.notices.catalogue import catalogue
from slaclock.notices.telling import on_one_line
from slaclock.notices.times import shown
from slaclock.records.ack_words import words

LONGEST_NAME = 64
_STYLE = """
:root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--quiet:#4a4a4a;--act:#0b4f8a;--on:#fff;
--bad:#a3000b}
@media(prefers-color-scheme:dark){
:root{--ink:#f2f2f2;--paper:#121212;--quiet:#c4c4c4;--act:#9ecbff;--on:#0a0a0a;--bad:#ff9d9d}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:38rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;
color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1rem 0}
dt{color:var(--quiet)}dd{margin:0}
label{display:block;font-weight:600;margin-top:1.5rem}
input,button{font:inherit;width:100%;min-height:3rem;padding:.5rem .75rem;border-radius:.375rem}
input{color:inherit;background:transparent;border:2px solid var(--quiet)}
button{margin-top:1rem;font-weight:600;color:var(--on);background:var(--act);border:2px solid var(--act)}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
.hint{color:var(--quiet);margin:.25rem 0}.error{color:var(--bad);font-weight:600}
""".strip()
_DIGEST = b64encode(sha256(_STYLE.encode()).digest()).decode()
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Language",
}


@dataclass(frozen=True, slots=True)
class Breach:
    """What the page says of a breach; nothing that a customer wrote."""

    ticket_id: str
    target: str
    agreement: str
    due_at: datetime | None
    level: int | None
    timezone: str


def asking(language: str, breach: Breach, typed: str = "", wrong: str = "") -> str:
    """The page with the button. After a mistake it says so, and has what was typed."""
    said = words(language)
    target = breach.target.replace("_", " ")
    heading = said["missed"].format(target=target, ticket_id=breach.ticket_id)
    mistake = f'<p class="error" role="alert" id="error">{escape(wrong)}</p>' if wrong else ""
    described = ' aria-describedby="error hint" aria-invalid="true"' if wrong else ' aria-describedby="hint"'
    form = (
        f'<form method="post"><label for="name">{escape(said["name"])}</label>'
        f'<p class="hint" id="hint">{escape(said["hint"].format(most=LONGEST_NAME))}</p>{mistake}'
        f'<input id="name" name="name" type="text" maxlength="{LONGEST_NAME}" autocomplete="name"'
        f' value="{_text(typed)}"{described}>'
        f'<button type="submit">{escape(said["button"])}</button></form>'
    )
    title = said["wrong_title"] if wrong else said["title"]
    return _page(language, title, heading, f"{_facts(language, breach)}<p>{escape(said['ask'])}</p>{form}")


def saying(
    language: str, what: str, breach: Breach | None = None, *, claimed: bool = False, **members: str
) -> str:
    """A page that says one thing and asks for nothing: `taken`, `ended`, `expired` and so on."""
    said = words(language)
    more = f'<p class="hint">{escape(said["claimed"])}</p>' if claimed else ""
    told = f'<p role="status">{_text(said[what].format(**members))}</p>{more}'
    title = said[f"{what.partition('_')[0]}_title"]
    return _page(language, title, title, told + (_facts(language, breach) if breach else ""))


def _facts(language: str, breach: Breach) -> str:
    said = words(language)
    rows = {
        "ticket": breach.ticket_id,
        "target": breach.target.replace("_", " "),
        "agreement": breach.agreement,
        "due": shown(breach.due_at, breach.timezone, catalogue(language)) if breach.due_at else None,
        "level": breach.level,
    }
    found = ((said[name], str(value)) for name, value in rows.items() if value is not None)
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{_text(value)}</dd>' for name, value in found)}</dl>"


def _text(value: str) -> str:
    """What comes from outside, as text on a line: nothing of it is markup, or turns what stands beside it."""
    return escape(on_one_line(value))


def _page(language: str, title: str, heading: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{_text(title)}</title><style>{_STYLE}</style></head>'
        f"<body><main><h1>{_text(heading)}</h1>{body}</main></body></html>"
    )
