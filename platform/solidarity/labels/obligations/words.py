"""What the web knows about one kind of obligation: its words, and the pages where it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from flask_babel.speaklater import LazyString

from solidarity.i18n.locale import format_quarter
from tenants.action_kit.launch.checklist import item_words
from tenants.obligations.models import Obligation


class NamedChapter(Protocol):
    """The chapter of an obligation, as far as words and addresses need it."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def slug(self) -> str:
        """The beginning of its addresses."""

    @property
    def country(self) -> str:
        """Where it is: months have other names in other countries."""


def written_name(title: str, country: str) -> str:
    """Return a name as the chapter wrote it."""
    return title


def quarter_name(title: str, country: str) -> str:
    """Return the name of a reporting period, which is kept as its first day."""
    return format_quarter(date.fromisoformat(title), country)


def checklist_item_name(title: str, country: str) -> str:
    """Return the name of a checklist item; one of ours is kept as its code."""
    return str(item_words(title))


@dataclass(frozen=True, kw_only=True)
class ObligationWords:
    """All words and pages of one kind, on screen and in mails.

    title: the task, as its owner reads it; title_with_name where the subject has a name, given as %(what)s.
    title_in_mail_subject: the same in the subject of a mail, where title_with_name is the name alone.
    why: a sentence that says why it is due.
    for_desk: what is open in the chapter, as UN Women reads it.
    in_inbox: what a past reminder was about; the title where none is given.
    returned: a sentence on the chapter's first page, for kinds about something UN Women returned.
    request: what waits for a decision, for kinds in tenants/overview/waiting.py.
    button: the verb that leads to `page`, the endpoint where it is done; the page of the step where none is given.
    links_to_row: whether each subject has a row of its own on that page.
    one_click_button: the verb that does it at once, by a POST to one_click_page.
    subject_name: turns the stored title of the subject into words, given the country.
    dated: returns headline and reason where they depend on the day, given the reason for before it is due.
    """

    title: LazyString
    why: LazyString
    for_desk: LazyString
    button: LazyString
    page: str | None = None
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
