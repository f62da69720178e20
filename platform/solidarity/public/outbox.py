"""The mails that our own mail sink has stored, for people who try Solidarity on their own machine.

The outbox holds the mail of all people, with links that grant access. It is served only while the sink is ours and the
site is reachable from this machine only; otherwise its pages answer 404.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path

from flask import Response, abort, current_app, render_template

from solidarity.access.declarations import public
from solidarity.lookup import or_404
from solidarity.public.blueprint import blueprint
from solidarity.public.local_only import ON_THIS_MACHINE, is_own_machine
from solidarity.settings import Settings

NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,99}\.eml")
MOST_SHOWN = 200

# A mail may use its own styles and nothing else: no script, no images, no form.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@dataclass(frozen=True)
class Stored:
    """A mail in the outbox."""

    name: str
    arrived: datetime
    headers: EmailMessage


@blueprint.get("/outbox")
@public(ON_THIS_MACHINE)
def outbox() -> str:
    """List the mails, newest first."""
    return render_template("public/outbox.html", mails=list(_stored(_folder())), most=MOST_SHOWN)


@blueprint.get("/outbox/<name>")
@public(ON_THIS_MACHINE)
def outbox_mail(name: str) -> str:
    """Show one mail: its headers, its text, and its HTML in a frame."""
    mail = _read(name)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return render_template(
        "public/mail.html",
        name=name,
        headers=mail.items(),
        subject=mail["Subject"],
        plain=plain.get_content() if plain else "",
        has_html=html is not None,
    )


@blueprint.get("/outbox/<name>/html")
@public(ON_THIS_MACHINE)
def outbox_html(name: str) -> Response:
    """Return a mail's HTML as it was sent, except that links open outside of the frame."""
    html = or_404(_read(name).get_body(("html",)))
    page = html.get_content().replace("<head>", '<head><base target="_blank">', 1)
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": MAIL_POLICY})


def _folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    if settings.outbox_dir is None or not is_own_machine():
        abort(404)
    return settings.outbox_dir


def _stored(folder: Path) -> Iterator[Stored]:
    parser = BytesHeaderParser(policy=policy.default)
    for path in sorted(folder.glob("[!.]*.eml"), reverse=True)[:MOST_SHOWN]:
        with path.open("rb") as file:
            yield Stored(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC), parser.parse(file))


def _read(name: str) -> EmailMessage:
    path = _folder() / name
    if not NAME.fullmatch(name) or not path.is_file():
        abort(404)
    with path.open("rb") as file:
        return BytesParser(policy=policy.default).parse(file)
