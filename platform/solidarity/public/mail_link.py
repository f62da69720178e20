"""The page of a link in a digest: its action, and one button. Opening it changes nothing: mail scanners open it too.

No sign-in is needed, because the link is signed and names its recipient. Another signed-in person gets a refusal.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from solidarity.access.binding import principal
from solidarity.access.declarations import link
from solidarity.forms.submission import Answer
from solidarity.i18n.locale import format_day, speak
from solidarity.labels.obligations.reminders import ACTION_WORDS, gets_fewer_mails, how_near, put_off_until, stopped
from solidarity.labels.obligations.wording import WORDS, words_of
from solidarity.public.blueprint import blueprint
from solidarity.settings import Settings
from tenants import clock
from tenants.db import opened
from tenants.errors import Refused
from tenants.people.links import BadLink
from tenants.people.models import Membership
from tenants.reminders.links import LinkAction, LinkMaker, MailLink
from tenants.reminders.mail_actions import LinkState, MailAction, member_behind, read_mail_action, run_mail_action
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
    """Show the action of the link."""
    link_and_member = _read(token)
    if link_and_member is None:
        return _gone("unknown", 404)
    link_, member = link_and_member
    if _is_somebody_else(member):
        return _gone("somebody_else", 403)
    with opened(_scope_of(link_, member)) as session:
        mail_action = read_mail_action(session, link_, **_asked(link_, member))
    return _page(mail_action)


@blueprint.post("/reply/<token>")
@link("a signed link of a mail, sent to one member; it says what it does, until when, and it works once")
def send_reply(token: str) -> Answer:
    """Run the action of the link, once."""
    link_and_member = _read(token)
    if link_and_member is None:
        return _gone("unknown", 404)
    link_, member = link_and_member
    if _is_somebody_else(member):
        return _gone("somebody_else", 403)
    try:
        with opened(_scope_of(link_, member)) as session:
            mail_action = run_mail_action(session, link_, **_asked(link_, member))
    except Refused as error:
        return render_template(GONE_PAGE, state="refused", sentences=list(error.errors.values()), slug=None), 409
    if mail_action is not None and mail_action.standing is not LinkState.OPEN:
        return _page(mail_action)
    if mail_action is not None:
        flash(_thanks(mail_action))
    return redirect(request.path)


def _read(token: str) -> tuple[MailLink, Membership] | None:
    """Return the link and its recipient, or None for an invalid token. Sets the language of the page."""
    settings: Settings = current_app.extensions["settings"]
    try:
        link_ = LinkMaker(settings.secret_key.get_secret_value()).read(token)
    except BadLink:
        return None
    with opened(LinkScope(link_.chapter_id)) as session:
        member = member_behind(session, link_)
    if member is None:
        return None
    speak(member.language)  # the language of the mail
    return link_, member


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


def _page(mail_action: MailAction) -> Answer:
    status = STATUSES[mail_action.standing]
    if mail_action.standing is not LinkState.OPEN or mail_action.due is None:
        return _gone(mail_action.standing, status, mail_action)
    settings: Settings = current_app.extensions["settings"]
    words = words_of(mail_action.due, mail_action.chapter, today=mail_action.today, quiet_weeks=settings.quiet_weeks)
    act = mail_action.link.act
    return render_template(
        PAGE,
        mail_action=mail_action,
        words=words,
        near=how_near(mail_action.due.due_on, today=mail_action.today, country=mail_action.chapter.country),
        act=act,
        button=words.one_click_button if act is LinkAction.DONE else ACTION_WORDS[act],
        home=url_for("chapter.home", chapter=mail_action.chapter.slug),
    )


def _gone(state: str, status: int, mail_action: MailAction | None = None) -> tuple[str, int]:
    """Return the page that explains why a link does nothing. Only its recipient sees details of the chapter."""
    page = render_template(
        GONE_PAGE,
        state=state,
        mail_action=mail_action,
        title=WORDS[mail_action.link.kind].title if mail_action else None,
        done_words=_done_words(mail_action) if mail_action and mail_action.used_at else None,
        slug=mail_action.chapter.slug if mail_action and mail_action.standing is not LinkState.LEFT else None,
    )
    return page, status


def _done_words(mail_action: MailAction) -> str:
    """Return what a used link did, as the title of its page."""
    if mail_action.link.act is LinkAction.KNOWN:
        return str(_("You get no more emails about this"))
    if mail_action.until_on is None:
        return str(_("You marked this as done"))
    day = format_day(mail_action.until_on, mail_action.chapter.country)
    if mail_action.until_on > mail_action.today:
        if gets_fewer_mails(mail_action.member, mail_action.until_on):
            return str(_("You will be reminded in your first email from %(day)s on", day=day))
        return str(_("You will be reminded on %(day)s", day=day))
    return str(_("You were to be reminded on %(day)s", day=day))


def _thanks(mail_action: MailAction) -> str:
    if mail_action.until_on is not None:
        return put_off_until(mail_action.until_on, mail_action.chapter.country, mail_action.member)
    if mail_action.link.act is LinkAction.KNOWN:
        return stopped()
    return str(_("Done. Thank you."))
