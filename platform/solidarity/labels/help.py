"""What every template may use to explain: the meaning of a word, where its entry stands, and whom to ask."""

from __future__ import annotations

from flask import Flask, g, url_for

from solidarity.labels.glossary import TERMS
from tenants import clock
from tenants.db import db
from tenants.people.contacts import Contact, contacts_for


def init_helping(app: Flask) -> None:
    """Give templates the words, and whom to ask."""
    app.jinja_env.globals.update(glossary_terms=TERMS, help_url=help_url, desk_contacts=desk_contacts)


def help_url(term: str | None = None) -> str:
    """Return where Help is for this reader, inside her chapter where she is in one; `term` is the entry to go to."""
    if "chapter" in g:
        return url_for("chapter.help", chapter=g.chapter.slug, _anchor=term)
    return url_for("public.help", _anchor=term)


def desk_contacts() -> list[Contact]:
    """Return whom the chapter of this request asks at UN Women, in one statement, read once a request."""
    if "desk_contacts" not in g:
        chapter = g.chapter
        today = clock.local_day(clock.now(), chapter.zone)
        g.desk_contacts = contacts_for(db.session(), country=chapter.country, today=today)
    contacts: list[Contact] = g.desk_contacts
    return contacts
