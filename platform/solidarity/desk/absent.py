"""Who is not in a figure, in words: the chapters expected and not reported, by why, a few of each by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from solidarity.desk.figure_page import Asked
from tenants.db import db
from tenants.rollups.absences import Absent, AbsentChapter, absent_from

MOST_NAMED = 12

# Sign, its colour, and words, in the order in which a page lists them.
WHY: dict[Absent, tuple[str, str, LazyString]] = {
    Absent.WAITING: ("clock", "prog", _l("wait for approval")),
    Absent.RETURNED: ("back", "att", _l("returned with questions")),
    Absent.NOT_SENT: ("late", "late", _l("not sent")),
    Absent.NOT_KNOWN: ("none", "none", _l("reported that it is not known")),
}


@dataclass(frozen=True)
class Group:
    """Those who are absent for one reason: how many in all, and the first of them by name."""

    why: Absent
    icon: str
    tone: str
    words: LazyString
    count: int
    first: list[AbsentChapter]

    @property
    def unnamed(self) -> int:
        """How many are not among those named."""
        return self.count - len(self.first)


def absent_facts(asked: Asked, countries: Sequence[str]) -> list[Group]:
    """Return the groups of a figure that have somebody in them."""
    found = absent_from(
        db.session(), indicator=asked.indicator, period=asked.period, countries=countries, most=MOST_NAMED
    )
    return [Group(why, *WHY[why], found[why][0].together, found[why]) for why in WHY if why in found]
