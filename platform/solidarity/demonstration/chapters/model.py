"""What an invented chapter is: its people, its deeds of a year, and the turn its story takes.

Only the shape; who is in it stands in the files `cast_*.py`, and what comes of it in `year.py` and what it names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tenants.action_kit.activities.models import ActivityKind
from tenants.people.permissions import Role


class Scenario(StrEnum):
    """The turn a chapter's year takes, above all that of its reports."""

    STEADY = "steady"
    LATE = "late"
    RETURNED = "returned"
    NIL = "nil"
    MISSING = "missing"
    HANDED_OVER = "handed_over"
    VACANT = "vacant"
    DORMANT = "dormant"
    NEWCOMER = "newcomer"
    NO_RATE = "no_rate"
    OUTSIDE = "outside"
    """Decisions go to UN Women's country desk, because nobody else in the chapter may take them."""


@dataclass(frozen=True)
class TeamMember:
    """Somebody of an invented chapter.

    `login` is the left half of her address, in ASCII; `language` that of her pages and mails.
    """

    name: str
    login: str
    role: Role
    language: str = "en"


@dataclass(frozen=True)
class PlannedActivity:
    """Something a chapter does in its year; `people` are women, men and others who came."""

    kind: ActivityKind
    title: str
    place: str
    people: tuple[int, int, int]
    narrative: str = ""


@dataclass(frozen=True)
class Actor:
    """An invented chapter: what it is, who is in it, and what it has to tell.

    The first of the team answers for it when it begins; where it is handed over, the next one does after that.
    `budget` is in whole units of its currency, for a year; `partner` is an invented women's rights organisation.
    """

    slug: str
    name: str
    campaign_name: str
    country: str
    zone: str
    working_week: tuple[int, ...]
    currency: str
    languages: tuple[str, ...]
    team: tuple[TeamMember, ...]
    scenario: Scenario
    planned_activities: tuple[PlannedActivity, ...]
    outcome: str
    outputs: tuple[str, str]
    planned: tuple[str, ...]
    funder: str
    budget: int
    event: str
    event_place: str
    partner: str
    lesson: str
