"""What mails say of each obligation, in the language in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from tenants.chapters.models import Chapter
from tenants.obligations.models import Act, Obligation, ObligationKind

DAYS_A_WEEK = 7
STEP_OF_ACTIVITIES = 5

ENDPOINTS = {Act.LOG_ACTIVITY: "activities.log_activity"}


@dataclass(frozen=True)
class Item:
    """One obligation in words. `headline` is the subject of a mail that tells of nothing else."""

    due_on: date
    step: int
    headline: str
    title: str
    why: str
    button: str
    address: str


def item_of(due: Obligation, chapter: Chapter, *, today: date, quiet_weeks: int, address: str) -> Item:
    """Return the words for one obligation; `address` is where to act."""
    return WORDS[due.kind](due, chapter, today, quiet_weeks, address)


def _quiet_chapter(due: Obligation, chapter: Chapter, today: date, quiet_weeks: int, address: str) -> Item:
    quiet_since = due.due_on - timedelta(weeks=quiet_weeks)
    weeks = max((today - quiet_since).days // DAYS_A_WEEK, quiet_weeks)
    return Item(
        due_on=due.due_on,
        step=STEP_OF_ACTIVITIES,
        headline=ngettext(
            "%(chapter)s: no activity logged for %(num)s week",
            "%(chapter)s: no activity logged for %(num)s weeks",
            weeks,
            chapter=chapter.name,
        ),
        title=_("Log what your chapter did"),
        why=ngettext(
            "Nothing has been logged for %(num)s week. A talk with ten people counts too.",
            "Nothing has been logged for %(num)s weeks. A talk with ten people counts too.",
            weeks,
        ),
        button=_("Log an activity"),
        address=address,
    )


# A vacancy has no owner in the chapter, so no digest tells of it.
WORDS: dict[ObligationKind, Callable[[Obligation, Chapter, date, int, str], Item]] = {
    ObligationKind.QUIET_CHAPTER: _quiet_chapter,
}
