"""The texts of one kind of obligation, and the pages where it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from flask_babel.speaklater import LazyString

from solidarity.i18n.locale import format_quarter
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.launch.checklist import item_words
from tenants.obligations.models import Obligation

Place = tuple[str, dict[str, Any]]
"""The endpoint of a page, and its URL values."""


class NamedChapter(Protocol):
    """The attributes of an obligation's chapter that texts and URLs need."""

    @property
    def name(self) -> str:
        """The name of the chapter."""

    @property
    def slug(self) -> str:
        """The part of its URLs that names the chapter."""

    @property
    def country(self) -> str:
        """The country, because names of months differ between countries."""


def written_name(title: str, country: str) -> str:
    """Return a name as the chapter wrote it."""
    return title


def quarter_name(title: str, country: str) -> str:
    """Return the name of a reporting period, which is stored as its first day."""
    return format_quarter(date.fromisoformat(title), country)


def transaction_page(subject_id: UUID, title: str | None) -> Place:
    """Return the page of a transaction."""
    return "funding.show_transaction", {"transaction_id": subject_id}


def report_page(subject_id: UUID, title: str | None) -> Place:
    """Return the page of a report, whose title is the first day of its period."""
    return "evaluation.show_report", {"period": Period(date.fromisoformat(title or "")).code}


def checklist_item_name(title: str, country: str) -> str:
    """Return the name of a checklist item. Our own items are stored as codes."""
    return str(item_words(title))


@dataclass(frozen=True, kw_only=True)
class ObligationWords:
    """All texts and pages of one kind, on screen and in mails.

    title: the task, for its owner; title_with_name if the subject has a name, given as %(what)s.
    title_in_mail_subject: the same in the subject of a mail, if title_with_name is only the name.
    why: a sentence with the reason why it is due.
    for_desk: what is open in the chapter, for UN Women.
    in_inbox: what a past reminder was about; the title if there is none.
    returned: a sentence on the chapter's first page, for kinds about something UN Women returned.
    request: what waits for a decision, for kinds in tenants/overview/waiting.py.
    button: the label of the link to `page`, the endpoint where it is done; by default the page of the step.
    form_page: the endpoint of a form about the subject, for those who may do it; for others, the link leads to `page`.
    links_to_row: whether each subject has its own row on that page.
    subject_page: returns the endpoint and the URL values of the page of one subject, given its id and stored title, for
    kinds whose subjects have pages of their own.
    one_click_button: the label of the button that does it at once, by a POST to one_click_page.
    subject_name: returns the stored title of the subject as text, given the country.
    dated: returns headline and reason if they depend on the day, given the reason for use before the due date.
    """

    title: LazyString
    why: LazyString
    for_desk: LazyString
    button: LazyString
    page: str | None = None
    form_page: str | None = None
    subject_page: Callable[[UUID, str | None], Place] | None = None
    title_with_name: LazyString | None = None
    title_in_mail_subject: LazyString | None = None
    in_inbox: LazyString | None = None
    returned: LazyString | None = None
    request: LazyString | None = None
    links_to_row: bool = False
    one_click_button: LazyString | None = None
    one_click_page: str | None = None
    subject_name: Callable[[str, str], str] = written_name
    dated: Callable[[Obligation, NamedChapter, date, int, str], tuple[str, str]] | None = None
