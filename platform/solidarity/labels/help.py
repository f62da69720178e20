"""Template globals for help: the meaning of a term, the URL of its entry, and the contacts."""

from __future__ import annotations

from flask import Flask, g, url_for

from solidarity.labels.glossary import TERMS
from tenants import clock
from tenants.db import db
from tenants.people.contacts import Contact, contacts_for


def init_helping(app: Flask) -> None:
    """Register the terms, help URLs and contacts as template globals."""
    app.jinja_env.globals.update(glossary_terms=TERMS, help_url=help_url, desk_contacts=desk_contacts)


def help_url(term: str | None = None) -> str:
    """Return the URL of Help, inside the chapter of this request if there is one. `term` is the entry to link to."""
    if "chapter" in g:
        return url_for("chapter.help", chapter=g.chapter.slug, _anchor=term)
    return url_for("public.help", _anchor=term)


def desk_contacts() -> list[Contact]:
    """Return the UN Women contacts of this request's chapter, in one statement, read once per request."""
    if "desk_contacts" not in g:
        chapter = g.chapter
        today = clock.local_day(clock.now(), chapter.zone)
        g.desk_contacts = contacts_for(db.session(), country=chapter.country, today=today)
    contacts: list[Contact] = g.desk_contacts
    return contacts
