"""The texts about the obligations of step 5."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from solidarity.labels.obligations.words import NamedChapter, ObligationWords
from tenants.action_kit.activities.obligations import QUIET_CHAPTER
from tenants.obligations.models import Obligation, ObligationKind

DAYS_A_WEEK = 7


def _quiet_for_weeks(
    due: Obligation, chapter: NamedChapter, today: date, quiet_weeks: int, early_reason: str
) -> tuple[str, str]:
    """Return headline and reason for a quiet chapter, with the weeks. `early_reason` is used before the due date."""
    quiet_since = due.due_on - timedelta(weeks=quiet_weeks)
    weeks = max((today - quiet_since).days // DAYS_A_WEEK, quiet_weeks)
    headline = ngettext(
        "%(chapter)s: no activity has been logged for %(num)s week",
        "%(chapter)s: no activity has been logged for %(num)s weeks",
        weeks,
        chapter=chapter.name,
    )
    if due.due_on > today:
        return headline, early_reason
    reason = ngettext(
        "Nothing has been logged for %(num)s week. A talk with ten people counts too.",
        "Nothing has been logged for %(num)s weeks. A talk with ten people counts too.",
        weeks,
    )
    return headline, reason


WORDS: dict[ObligationKind, ObligationWords] = {
    QUIET_CHAPTER: ObligationWords(
        title=_l("Log recent activities"),
        why=_l("Nothing has been logged for a while. One short entry is enough."),
        for_desk=_l("No activity logged"),
        in_inbox=_l("No activity logged for weeks"),
        button=_l("Log an activity"),
        page="activities.log_activity",
        dated=_quiet_for_weeks,
    ),
}
