"""The chapters in a figure: the rows of a country's chapters, and the evidence for one chapter's value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from solidarity.access.binding import signed_in_person
from solidarity.chapter.reports.forms import MISSING_WORDS
from solidarity.desk.figures.page import Asked
from solidarity.desk.figures.sentences import SOURCE_WORDS
from solidarity.desk.place_names import figure_url
from solidarity.http.pagination import Naming, page_of
from solidarity.i18n.locale import format_quarter
from solidarity.labels.numbers import number_text
from solidarity.labels.steps import STEP_PAGES
from tenants.action_kit.evaluation.indicators import Filled
from tenants.action_kit.evaluation.models import Missing, ValueSourceKind
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.queries import SharedChapter
from tenants.db import db
from tenants.figures.models import Level
from tenants.obligations.models import Step
from tenants.people.permissions import Permission
from tenants.rollups.evidence import ChapterValue, EvidenceRow, sources_of

SOURCES_A_PAGE = 25


@dataclass(frozen=True)
class ChapterFigureRow:
    """A chapter in a country's table: its value, and the source of the value or the reason why there is none."""

    chapter: SharedChapter
    url: str
    value: str
    standing: str
    size: float | None


@dataclass(frozen=True)
class Evidence:
    """A source row of a chapter's value. `url` is its page in the chapter; None if the reader may not open it."""

    kind: str
    row: EvidenceRow
    url: str | None
    gave: str


def chapter_rows(
    query: Asked, chapters: Sequence[SharedChapter], values: Mapping[UUID, ChapterValue]
) -> list[ChapterFigureRow]:
    """Return the chapters as rows of a table."""
    return [
        ChapterFigureRow(
            chapter,
            figure_url((Level.CHAPTER, str(chapter.id)), query.indicator.code, query.period),
            value_of(query, values.get(chapter.id)),
            value_source(query.period, values.get(chapter.id)),
            size_in(query, values.get(chapter.id)),
        )
        for chapter in chapters
    ]


def value_of(query: Asked, value: ChapterValue | None) -> str:
    """Return a chapter's value as text; empty if there is none."""
    if value is None or value.numerator is None:
        return ""
    return number_text(query.indicator, value.numerator, value.denominator)


def size_in(query: Asked, value: ChapterValue | None) -> float | None:
    """Return the length of the bar of a chapter's value; None for a ratio or without a value."""
    return None if value is None or query.indicator.is_ratio else value.numerator


def value_source(period: Period, value: ChapterValue | None) -> str:
    """Return the source of a chapter's value, or the reason why there is none, as text."""
    if value is None or (value.said_on is None and not value.is_expected and not value.missing):
        return str(_("Not expected"))
    if value.said_on == period.starts_on:
        return str(_("Reported"))
    if value.said_on is not None:
        return str(_("Carried forward from %(period)s", period=format_quarter(value.said_on)))
    return str(MISSING_WORDS[Missing(value.missing or Missing.NOT_REPORTED)])


def chapter_facts(query: Asked, chapter: SharedChapter, value: ChapterValue | None) -> dict[str, Any]:
    """Return further variables for the page of a chapter's figure: its report, and one page of source rows."""
    may_enter = signed_in_person().may_in_chapter(
        Permission.READ_CHAPTER, chapter_id=chapter.id, country=chapter.country
    )
    facts: dict[str, Any] = {
        "chapter_shown": chapter,
        "said_by_chapter": query.indicator.filled is Filled.CHAPTER,
        "value": value,
        "report_url": None,
    }
    if value is None or value.said_on is None:
        return facts
    rows = partial(sources_of, db.session(), value, countries=[chapter.country])
    codec = Naming[EvidenceRow](lambda row: str(row.id), lambda text: (UUID(text),))
    page = page_of(rows, codec, size=SOURCES_A_PAGE)
    return facts | {
        "report_name": format_quarter(value.said_on),
        "report_url": _report_url(chapter, value.said_on) if may_enter else None,
        "evidence_rows": [
            Evidence(
                str(SOURCE_WORDS[row.kind]),
                row,
                _source_url(chapter, row) if may_enter else None,
                number_text(query.indicator, row.numerator),
            )
            for row in page.rows
        ],
        "page": page,
    }


def _report_url(chapter: SharedChapter, said_on: date) -> str:
    return url_for("evaluation.show_report", chapter=chapter.slug, period=Period(said_on).code)


def _source_url(chapter: SharedChapter, row: EvidenceRow) -> str:
    if row.kind is ValueSourceKind.ACTIVITY:
        return url_for(
            "activities.show_activity", chapter=chapter.slug, activity_id=row.source_id, revision=row.revision
        )
    step = Step.FUNDING if row.kind is ValueSourceKind.TRANSACTION else Step.LAUNCH
    return url_for(STEP_PAGES[step], chapter=chapter.slug, _anchor=f"s-{row.source_id}")
