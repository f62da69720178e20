"""The chapter's first page: the most important fact, what is due, its figures, and its latest acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.context import as_of, chapter_day, chapter_states, may, obligations, opens
from solidarity.chapter.due_list import due_list
from solidarity.chapter.history.acts import act_lines
from solidarity.chapter.home.figures import home_figures, year_shown
from solidarity.chapter.home.sentences import ObligationCounts, greeting, home_headline, lead, step_notes, step_shares
from solidarity.labels.cells import KIND_WORDS
from solidarity.labels.help import desk_contacts
from solidarity.labels.people import first_name
from solidarity.labels.steps import STEP_PAGES
from tenants import clock
from tenants.audit import trail
from tenants.chapters.models import ChapterState
from tenants.chapters.queries import last_event
from tenants.db import db
from tenants.keyset import Window
from tenants.overview.chapter_facts import ChapterFacts, chapter_facts
from tenants.overview.steps import IN_ORDER
from tenants.people.permissions import Permission

RECENT = 5
MOST_PRINTED = 60
RESTING = (ChapterState.DORMANT, ChapterState.CLOSED)

blueprint = Blueprint("chapter", __name__, url_prefix="/c/<chapter>")


@blueprint.get("/", endpoint="home")
@requires(Permission.READ_CHAPTER)
def home_page(chapter: str) -> str:
    """Show the first page. Members of a chapter without any records see the page of the first day instead."""
    moment = clock.now()
    today = chapter_day(moment)
    reads_trail = may(Permission.READ_TRAIL)
    facts = chapter_facts(db.session(), today=today, recent=0 if reads_trail else RECENT)
    is_resting = g.chapter.state in RESTING
    common: dict[str, Any] = {
        "moment": moment,
        "today": today,
        "facts": facts,
        "is_visitor": g.is_desk,
        "due": due_list(obligations(), today=today),
        "may_plan": may(Permission.EDIT_PLAN),
        "chapter_day": chapter_day,
        "links": step_links(),
        "last_move": last_event(db.session()) if is_resting else None,
    }
    if facts.is_blank and not is_resting and not g.is_desk:
        name = first_name(signed_in_person().name)
        return render_template("chapter/first_day.html", contacts=desk_contacts(), name=name, **common)
    common |= _words(facts, moment, is_resting=is_resting) | _feed(facts, reads_trail=reads_trail)
    return render_template("chapter/home.html", **common)


@blueprint.get("/due", endpoint="due")
@requires(Permission.READ_CHAPTER)
def due_page(chapter: str) -> str:
    """Show what is overdue or due this week and next as a sheet to print."""
    moment = clock.now()
    today = chapter_day(moment)
    due = due_list(obligations(), today=today, limit=MOST_PRINTED)
    return render_template("chapter/due.html", moment=moment, today=today, due=due)


def step_links() -> list[str | None]:
    """Return the URL of each step's page in this request's chapter; None if the reader may not open it."""
    pages = [STEP_PAGES[step] for step in IN_ORDER]
    return [url_for(page, chapter=g.chapter.slug) if opens(page) else None for page in pages]


def _words(facts: ChapterFacts, moment: datetime, *, is_resting: bool) -> dict[str, Any]:
    """Return the headline texts, the notes and shares of the steps, and the figures."""
    today, place = chapter_day(moment), g.chapter
    counts, states = ObligationCounts.of(obligations(), today), chapter_states()
    headline = _resting_words() if is_resting else home_headline(facts, counts, today)
    year = year_shown(facts, today)
    return {
        "greeting": greeting(signed_in_person().name, moment, place.zone),
        "headline": headline,
        "lead": "" if is_resting else lead(states, counts, headline),
        "notes": step_notes(facts, counts, today=today, chapter=place, shows_people=may(Permission.SEE_PEOPLE)),
        "shares": step_shares(facts),
        "year": year,
        "figures": home_figures(facts, year=year, as_of=as_of(moment)) if facts.quarters else [],
    }


def _resting_words() -> str:
    is_closed = g.chapter.state == ChapterState.CLOSED
    return str(_("This chapter is closed.") if is_closed else _("This chapter is dormant."))


def _feed(facts: ChapterFacts, *, reads_trail: bool) -> dict[str, Any]:
    """Return the latest acts of the history if the reader may read it, else the latest activities."""
    if not reads_trail:
        return {"acts": [], "activities": facts.recent, "kind_words": KIND_WORDS}
    acts = trail(db.session(), Window(RECENT), zone=g.chapter.zone, is_shared=True)
    return {"acts": act_lines(acts), "activities": [], "kind_words": KIND_WORDS}
