"""Where a link of a digest leads: what it will do, and one button. Looking changes nothing, for scanners look too.

Nobody need be signed in: the link is signed and names whom it was sent to. Somebody else who is signed in is told so.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from solidarity.access.binding import principal
from solidarity.access.declarations import link
from solidarity.forms.submission import Answer
from solidarity.i18n.locale import speak
from solidarity.labels.obligations.reminders import ACTION_WORDS, how_near, put_off_until, stopped
from solidarity.labels.obligations.wording import WORDS, words_of
from solidarity.public.blueprint import blueprint
from solidarity.settings import Settings
from tenants import clock
from tenants.db import opened
from tenants.errors import Refused
from tenants.people.links import BadLink
from tenants.people.models import Membership
from tenants.reminders.links import LinkAction, LinkMaker, MailLink
from tenants.reminders.mail_actions import Errand, LinkState, member_behind, read_errand, run_errand
from tenants.scope import LinkScope

PAGE = "public/mail_link.html"
GONE_PAGE = "public/mail_link_gone.html"
STATUSES = {
    LinkState.OPEN: 200,
    LinkState.USED: 200,
    LinkState.TOO_OLD: 410,
    LinkState.GONE: 410,
    LinkState.NOT_NOW: 410,
    LinkState.LEFT: 403,
    LinkState.NOT_HERS: 403,
}


@blueprint.get("/reply/<token>")
@link("a signed link of a mail, sent to one member; it says what it does, until when, and it works once")
def show_reply(token: str) -> Answer:
    """Show what the link will do."""
    found = _read(token)
    if found is None:
        return _gone("unknown", 404)
    link_, member = found
    if _is_somebody_else(member):
        return _gone("somebody_else", 403)
    with opened(_scope_of(link_, member)) as session:
        errand = read_errand(session, link_, **_asked(link_, member))
    return _page(errand)


@blueprint.post("/reply/<token>")
@link("a signed link of a mail, sent to one member; it says what it does, until when, and it works once")
def send_reply(token: str) -> Answer:
    """Do what the link says, once."""
    found = _read(token)
    if found is None:
        return _gone("unknown", 404)
    link_, member = found
    if _is_somebody_else(member):
        return _gone("somebody_else", 403)
    try:
        with opened(_scope_of(link_, member)) as session:
            errand = run_errand(session, link_, **_asked(link_, member))
    except Refused as refused:
        return render_template(GONE_PAGE, state="refused", sentences=list(refused.errors.values()), slug=None), 409
    if errand is not None and errand.standing is not LinkState.OPEN:
        return _page(errand)
    if errand is not None:
        flash(_thanks(errand))
    return redirect(url_for(".show_reply", token=token))


def _read(token: str) -> tuple[MailLink, Membership] | None:
    """Return a link of ours and whom it was sent to; None for any other."""
    settings: Settings = current_app.extensions["settings"]
    try:
        found = LinkMaker(settings.secret_key.get_secret_value()).read(token)
    except BadLink:
        return None
    with opened(LinkScope(found.chapter_id)) as session:
        member = member_behind(session, found)
    if member is None:
        return None
    speak(member.language)  # that of the mail
    return found, member


def _scope_of(link_: MailLink, member: Membership) -> LinkScope:
    return LinkScope(link_.chapter_id, actor_id=member.user_id)


def _asked(link_: MailLink, member: Membership) -> dict[str, Any]:
    settings: Settings = current_app.extensions["settings"]
    return {
        "member": member,
        "at": clock.now(),
        "quiet_weeks": settings.quiet_weeks,
    }


def _is_somebody_else(member: Membership) -> bool:
    person = principal()
    return person is not None and person.user_id != member.user_id


def _page(errand: Errand) -> Answer:
    status = STATUSES[errand.standing]
    if errand.standing is not LinkState.OPEN or errand.due is None:
        return _gone(errand.standing, status, errand)
    settings: Settings = current_app.extensions["settings"]
    words = words_of(errand.due, errand.chapter, today=errand.today, quiet_weeks=settings.quiet_weeks)
    act = errand.link.act
    return render_template(
        PAGE,
        errand=errand,
        words=words,
        near=how_near(errand.due.due_on, today=errand.today, country=errand.chapter.country),
        act=act,
        button=words.one_click_button if act is LinkAction.DONE else ACTION_WORDS[act],
        home=url_for("chapter.home", chapter=errand.chapter.slug),
    )


def _gone(state: str, status: int, errand: Errand | None = None) -> tuple[str, int]:
    """Say why a link does nothing, or no more; of the chapter only to whom it was sent to."""
    page = render_template(
        GONE_PAGE,
        state=state,
        errand=errand,
        title=WORDS[errand.link.kind].title if errand else None,
        pressed=ACTION_WORDS[errand.link.act] if errand else None,
        slug=errand.chapter.slug if errand and errand.standing is not LinkState.LEFT else None,
    )
    return page, status


def _thanks(errand: Errand) -> str:
    if errand.until_on is not None:
        return put_off_until(errand.until_on, errand.chapter.country)
    if errand.link.act is LinkAction.KNOWN:
        return stopped()
    return str(_("Done. Thank you."))
