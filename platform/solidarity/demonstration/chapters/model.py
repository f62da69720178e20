"""The model of an invented chapter: its team, its planned activities, and the scenario of its year.

The chapters are in the other modules of this package. `demonstration/year.py` simulates them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tenants.action_kit.activities.models import ActivityKind
from tenants.people.permissions import Role


class Scenario(StrEnum):
    """The course of a chapter's year, above all of its reports."""

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
    """UN Women's country desk decides, because nobody else in the chapter may."""


@dataclass(frozen=True)
class TeamMember:
    """A member of an invented chapter.

    `login` is the local part of the email address, in ASCII. `language` is that of pages and emails.
    """

    name: str
    login: str
    role: Role
    language: str = "en"


@dataclass(frozen=True)
class PlannedActivity:
    """An activity of a chapter. `people` are the numbers of women, men and others who came."""

    kind: ActivityKind
    title: str
    place: str
    people: tuple[int, int, int]
    narrative: str = ""


@dataclass(frozen=True)
class Actor:
    """An invented chapter: its properties, its team, and its texts.

    The first of the team is the first focal point. After a handover it is the deputy, or the second of the team.
    `budget` is in whole units of the currency, for a year. `partner` is an invented women's rights organisation.
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
    latin_name: str = ""
