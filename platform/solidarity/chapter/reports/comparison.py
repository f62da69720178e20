"""What changed in a report since UN Women returned or reopened it: values by indicator and cell, and texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from solidarity.chapter.reports.forms import ReportForm
from solidarity.chapter.reports.table import number_of, title_of
from tenants.action_kit.evaluation.models import WORDS, Report, ReportSubmission, ReportValue
from tenants.action_kit.reports import queries
from tenants.action_kit.reports.assembly import Assembled
from tenants.action_kit.reports.differences import Numbers, differences, numbers_now, numbers_sent
from tenants.db import db

BACK_TO_CHAPTER = ("returned", "reopened")


@dataclass(frozen=True)
class ChangedField:
    """A value or a text of a report that was `before` and is `after`. A text is in the chapter's language."""

    title: str
    before: str
    after: str
    is_written: bool = False


@dataclass(frozen=True)
class SinceReturned:
    """Why a report went back to the chapter, and what changed since. `is_open`: it was not sent again yet."""

    event: queries.Event
    is_open: bool
    fields: list[ChangedField]


def since_returned(
    report: Report,
    events: Sequence[queries.Event],
    submission: tuple[ReportSubmission, list[ReportValue]] | None,
    now: list[Assembled],
    *,
    is_open: bool,
) -> SinceReturned | None:
    """Compare the submission that went back with the one sent after it, or with the report being written.

    Return None for a report that never went back, in one more statement for any other.
    """
    event = next((event for event in events if event.kind in BACK_TO_CHAPTER), None)
    before = None if event is None else queries.sent_values(db.session(), report, event.number)
    if event is None or before is None or submission is None or not (is_open or report.sent > event.number):
        return None
    numbers = numbers_now(now) if is_open else numbers_sent(submission[1])
    texts = _changed_texts(before[0], report if is_open else submission[0])
    nil = [] if is_open else _changed_kind(before[0], submission[0])
    return SinceReturned(event, is_open, [*nil, *_changed_values(numbers_sent(before[1]), numbers), *texts])


def _changed_values(before: Numbers, after: Numbers) -> list[ChangedField]:
    return [
        ChangedField(title_of(changed), number_of(changed, changed.before), number_of(changed, changed.after))
        for changed in differences(before, after)
    ]


def _changed_texts(before: ReportSubmission, after: Report | ReportSubmission) -> list[ChangedField]:
    labels = ReportForm(formdata=None)
    return [
        ChangedField(labels[name].label.text, getattr(before, name), getattr(after, name), is_written=True)
        for name in WORDS
        if getattr(before, name) != getattr(after, name)
    ]


def _changed_kind(before: ReportSubmission, after: ReportSubmission) -> list[ChangedField]:
    if before.is_nil == after.is_nil:
        return []
    words = {True: str(_("Nil report")), False: str(_("Report with results"))}
    return [ChangedField(str(_("Kind of report")), words[before.is_nil], words[after.is_nil])]
