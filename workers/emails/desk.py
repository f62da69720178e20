"""The template context of mails to UN Women's desk: rows in words, each with the URL of its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext

from solidarity.i18n.locale import format_list, format_quarter
from solidarity.labels.obligations.wording import WORDS, name_of_request, place_of_request
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.chapters.names import country_name
from tenants.overview.overdue import LateChapter
from tenants.overview.waiting import Waiting
from tenants.reminders.desk.mail import DeskApprovals, DeskNews, DeskSummary

MOST_NAMED = 3  # countries named one by one; more are counted


@dataclass(frozen=True)
class MailRow:
    """A request, or a chapter's overdue task: its title, chapter, country, days of delay or waiting, and page."""

    title: str
    chapter: str
    country: str
    days: int
    address: str


def words_of_news(news: DeskNews, address: Callable[..., str]) -> dict[str, Any]:
    """Return the template context of a desk mail, in the current language; `address` builds full URLs."""
    common = {
        "chapter": None,
        "for_whom": _country_names(news.countries),
        "inbox": address("desk.list_messages"),
        "approvals": address("desk.approvals"),
    }
    return common | (_summary_words(news, address) if isinstance(news, DeskSummary) else _approval_words(news, address))


def _country_names(countries: Sequence[str]) -> str:
    """Return the names of a few countries, or else their number; all countries are the world."""
    if len(countries) == len(ALL_COUNTRIES):
        return str(gettext("World"))
    if len(countries) > MOST_NAMED:
        return str(ngettext("%(num)s country", "%(num)s countries", len(countries)))
    return format_list(country_name(code) for code in countries)


def _summary_words(news: DeskSummary, address: Callable[..., str]) -> dict[str, Any]:
    return {
        "rows": [_row_of_late(late, address) for late in news.overdue.first],
        "late": news.overdue.chapters,
        "vacancies": news.overdue.vacancies,
        "reports": news.reports if news.reports.expected else None,
        "period": format_quarter(news.period.starts_on),
        "waiting": news.waiting.count,
        "oldest_days": news.waiting.oldest_days(news.at),
        "chapters": address("desk.list_chapters", steps="late"),
    }


def _approval_words(news: DeskApprovals, address: Callable[..., str]) -> dict[str, Any]:
    return {"rows": [_row_of_request(request, news, address) for request in news.first], "waiting": news.count}


def _row_of_late(late: LateChapter, address: Callable[..., str]) -> MailRow:
    return MailRow(
        title=str(WORDS[late.kind].for_desk),
        chapter=late.name,
        country=late.country,
        days=late.days,
        address=address("desk.show_chapter", chapter_id=late.chapter_id),
    )


def _row_of_request(request: Waiting, news: DeskApprovals, address: Callable[..., str]) -> MailRow:
    endpoint, values = place_of_request(request)
    return MailRow(
        title=name_of_request(request),
        chapter=request.chapter,
        country=request.country,
        days=(news.at - request.since).days,
        address=address(endpoint, **values),
    )
