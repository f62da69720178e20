"""The chapters that are missing from a figure although they are expected, by reason, some of them by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from solidarity.desk.figures.page import Asked
from solidarity.labels.numbers import number_text
from tenants import clock
from tenants.db import db
from tenants.figures.measures import MeasureKind
from tenants.rollups.absences import Absent, AbsentChapter, absent_from

MOST_NAMED = 12

# Icon, colour and words, in the order of the page.
REASONS: dict[Absent, tuple[str, str, LazyString]] = {
    Absent.WAITING: ("clock", "prog", _l("waiting for approval")),
    Absent.RETURNED: ("back", "att", _l("returned with questions")),
    Absent.NOT_SENT: ("late", "late", _l("not sent")),
    Absent.NOT_ACTIVE: ("none", "none", _l("not sent, and not due because the chapter is not active")),
    Absent.NOT_DUE: ("none", "none", _l("not due yet")),
    Absent.NOT_KNOWN: ("none", "none", _l("reported as not known")),
}


@dataclass(frozen=True)
class Group:
    """The chapters missing for one reason: their number, the sum of what they sent, and the `first` of them to name."""

    why: Absent
    icon: str
    tone: str
    words: LazyString
    count: int
    sent: str
    first: list[AbsentChapter]

    @property
    def unnamed(self) -> int:
        """The number of chapters that are not named."""
        return self.count - len(self.first)


def absent_facts(query: Asked, countries: Sequence[str]) -> list[Group]:
    """Return the groups of a figure that are not empty."""
    absences = absent_from(
        db.session(),
        indicator=query.indicator,
        period=query.period,
        countries=countries,
        at=clock.now(),
        limit=MOST_NAMED,
    )
    return [
        Group(
            reason, *REASONS[reason], absences[reason][0].together, _sent(query, absences[reason][0]), absences[reason]
        )
        for reason in REASONS
        if reason in absences
    ]


def _sent(query: Asked, chapter: AbsentChapter) -> str:
    """Return the value that was sent but is not included; only for counts in reports that wait or were returned."""
    adds_up = query.indicator.rule.kind is MeasureKind.COUNT
    if chapter.sent is None or not adds_up or chapter.why not in (Absent.WAITING, Absent.RETURNED):
        return ""
    return number_text(query.indicator, chapter.sent)
