"""The texts of all kinds of obligations, and of one obligation in the current language, for pages and mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from solidarity.i18n.locale import current_locale, format_day, format_quarter, list_comma
from solidarity.labels.obligations import activities, focal_point, funding, launch, plan, reports
from solidarity.labels.obligations.words import NamedChapter, ObligationWords, Place
from solidarity.labels.steps import STEP_PAGES
from tenants.action_kit.funding.money import format_money
from tenants.obligations.models import Obligation, ObligationKind
from tenants.overview.waiting import Waiting

WORDS: dict[ObligationKind, ObligationWords] = {
    **focal_point.WORDS,
    **plan.WORDS,
    **funding.WORDS,
    **launch.WORDS,
    **activities.WORDS,
    **reports.WORDS,
}
# By code, because stored messages have codes.
FOR_DESK = {kind.code: words.for_desk for kind, words in WORDS.items()}
IN_INBOX = {kind.code: words.in_inbox or words.title for kind, words in WORDS.items()}


@dataclass(frozen=True)
class Wording:
    """The texts of one obligation. `headline` is the subject of a mail about this obligation only."""

    headline: str
    title: str
    why: str
    button: str
    one_click_button: str


def words_of(due: Obligation, chapter: NamedChapter, *, today: date, quiet_weeks: int) -> Wording:
    """Return the texts of one obligation of `chapter` on its day `today`, as plain text, not markup."""
    words, name = WORDS[due.kind], name_of_subject(due, chapter)
    title = _with_name(words.title, words.title_with_name, name)
    in_subject = _with_name(words.title, words.title_in_mail_subject or words.title_with_name, name)
    headline, reason = _("%(chapter)s: %(title)s", chapter=chapter.name, title=in_subject), str(words.why)
    if words.dated is not None:
        headline, reason = words.dated(due, chapter, today, quiet_weeks, reason)
    return Wording(headline, title, reason, str(words.button), str(words.one_click_button or words.button))


def _with_name(title: LazyString, with_name: LazyString | None, name: str | None) -> str:
    return str(title) if name is None or with_name is None else str(with_name) % {"what": name}


def name_of_subject(due: Obligation, chapter: NamedChapter) -> str | None:
    """Return the name of the subject as text; None if it has no name."""
    return None if due.title is None else WORDS[due.kind].subject_name(due.title, chapter.country)


def name_of_request(request: Waiting) -> str:
    """Return what is decided, with the period of a report, or the amount and the day of an expense."""
    parts = [str(WORDS[request.kind].request)]
    if request.period_on is not None:
        parts.append(format_quarter(request.period_on))
    if request.amount_minor is not None and request.currency is not None:
        parts.append(format_money(request.amount_minor, request.currency, current_locale()))
    if request.dated_on is not None:
        parts.append(format_day(request.dated_on, request.country))
    return f"{list_comma()} ".join(parts)


def place_of(due: Obligation, chapter: NamedChapter) -> Place:
    """Return the endpoint of the page where an obligation is done, and its URL values."""
    return _place(due.kind, chapter.slug, due.subject_id, due.title)


def place_to_act(due: Obligation, chapter: NamedChapter) -> Place:
    """Return the same for a person who may do it: the form about the subject, if there is one."""
    form_page = WORDS[due.kind].form_page
    if form_page is None:
        return place_of(due, chapter)
    return form_page, {"chapter": chapter.slug, "subject_id": due.subject_id}


def place_of_request(request: Waiting) -> Place:
    """Return the endpoint of the page where a request is decided, and its URL values."""
    title = request.period_on.isoformat() if request.period_on is not None else None
    return _place(request.kind, request.slug, request.subject_id, title)


def _place(kind: ObligationKind, slug: str, subject_id: UUID, title: str | None) -> Place:
    words = WORDS[kind]
    if words.subject_page is not None:
        endpoint, values = words.subject_page(subject_id, title)
        return endpoint, {"chapter": slug, **values}
    anchor = {"_anchor": f"s-{subject_id}"} if words.links_to_row else {}
    return words.page or STEP_PAGES[kind.step], {"chapter": slug, **anchor}
