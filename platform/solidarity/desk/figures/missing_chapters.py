"""Who is not in a figure, in words: the chapters expected and not reported, by why, a few of each by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from solidarity.desk.figures.page import Asked
from solidarity.labels.numbers import number_text
from tenants.db import db
from tenants.figures.measures import MeasureKind
from tenants.rollups.absences import Absent, AbsentChapter, absent_from

MOST_NAMED = 12

# Sign, its colour, and words, in the order in which a page lists them.
REASONS: dict[Absent, tuple[str, str, LazyString]] = {
    Absent.WAITING: ("clock", "prog", _l("waiting for approval")),
    Absent.RETURNED: ("back", "att", _l("returned with questions")),
    Absent.NOT_SENT: ("late", "late", _l("not sent")),
    Absent.NOT_KNOWN: ("none", "none", _l("reported as not known")),
}


@dataclass(frozen=True)
class Group:
    """Those who are absent for one reason: how many in all, what they sent together, and the first of them by name."""

    why: Absent
    icon: str
    tone: str
    words: LazyString
    count: int
    sent: str
    first: list[AbsentChapter]

    @property
    def unnamed(self) -> int:
        """How many are not among those named."""
        return self.count - len(self.first)


def absent_facts(query: Asked, countries: Sequence[str]) -> list[Group]:
    """Return the groups of a figure that have somebody in them."""
    absences = absent_from(
        db.session(), indicator=query.indicator, period=query.period, countries=countries, limit=MOST_NAMED
    )
    return [
        Group(
            reason, *REASONS[reason], absences[reason][0].together, _sent(query, absences[reason][0]), absences[reason]
        )
        for reason in REASONS
        if reason in absences
    ]


def _sent(query: Asked, chapter: AbsentChapter) -> str:
    """Return what was sent and is not in the number; only of what may be added up and waits or was returned."""
    adds_up = query.indicator.rule.kind is MeasureKind.COUNT
    if chapter.sent is None or not adds_up or chapter.why not in (Absent.WAITING, Absent.RETURNED):
        return ""
    return number_text(query.indicator, chapter.sent)
