"""What a case of the route matrix says, and what its addresses and forms are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from isolation.scene import APPROVED_ON, REPORTED_ON, Side, Who

from tenants.action_kit.evaluation.periods import Period
from tenants.db import new_id

READ_CHAPTER = (Who.FOCAL_POINT, Who.MEMBER, Who.OF_BOTH, Who.DESK_VIEWER, Who.FACILITATOR)
SEE_PEOPLE = (Who.FOCAL_POINT, Who.MEMBER, Who.OF_BOTH, Who.FACILITATOR)
MANAGE_PEOPLE = (Who.FOCAL_POINT, Who.FACILITATOR)
LOG = (Who.FOCAL_POINT,)
DESK_OF_RECIFE = (Who.DESK_VIEWER, Who.FACILITATOR)
ANY_DESK = (*DESK_OF_RECIFE, Who.OTHER_DESK)
SIGNED_IN = tuple(who for who in Who if who != Who.ANONYMOUS)
EVERYBODY = tuple(Who)

OURS = (Who.ANONYMOUS, Who.FOCAL_POINT, Who.MEMBER, Who.LEFT, Who.DESK_VIEWER)  # who must see nothing of Huye
THEIRS = (Who.OTHER_FOCAL_POINT, Who.OTHER_DESK)  # who must see nothing of Recife

Path = Callable[[Side, Side], Mapping[str, object]]
Fields = Callable[[Side], Mapping[str, str]]


@dataclass(frozen=True)
class Case:
    """One address and method. `path(chapter, rows)` gives the values of the rule, possibly of two different chapters.

    `writes` says that a request that succeeds changes something; `by_link`, that a signed link lets anybody see the
    chapter it is from; `names_rows`, that the path holds ids. `answer` is the status of success, `answers` what some
    get instead, `unasked` what all the others get.
    """

    endpoint: str
    method: str
    allowed: tuple[Who, ...]
    path: Path = lambda chapter, rows: {}
    fields: Fields = lambda side: {}
    answer: int = 200
    answers: Mapping[Who, int] = field(default_factory=dict)
    unasked: int = 404
    anonymous: int = 0
    writes: bool = False
    names_rows: bool = False
    by_link: bool = False

    @property
    def name(self) -> str:
        """Endpoint and method, as pytest shows them."""
        return f"{self.endpoint} {self.method}"

    def expected(self, who: Who) -> int:
        """Return the status that `who` gets for our chapter."""
        if who in self.answers:
            return self.answers[who]
        if who in self.allowed:
            return self.answer
        if who == Who.ANONYMOUS:
            return self.anonymous or (302 if self.method == "GET" else 401)
        return self.unasked


def chapter(at: Side, _: Side) -> Mapping[str, object]:
    """Name a chapter and nothing of it."""
    return {"chapter": at.slug}


def term(at: Side, rows: Side) -> Mapping[str, object]:
    """Name a term at a chapter's address; it ended long ago."""
    return {"chapter": at.slug, "term_id": rows.term}


def confirmed(at: Side, rows: Side) -> Mapping[str, object]:
    """Name a term as one-click addresses do."""
    return {"chapter": at.slug, "subject_id": rows.term}


def activity(at: Side, rows: Side) -> Mapping[str, object]:
    """Name an activity at a chapter's address."""
    return {"chapter": at.slug, "activity_id": rows.activity}


def report(at: Side, rows: Side) -> Mapping[str, object]:
    """Name a report at a chapter's address, by its period."""
    return {"chapter": at.slug, "period": Period(REPORTED_ON).code}


def target(at: Side, rows: Side) -> Mapping[str, object]:
    """Name the target at a chapter's address that has canaries."""
    return {"chapter": at.slug, "indicator": "participations", "year": REPORTED_ON.year}


def launch_event(at: Side, rows: Side) -> Mapping[str, object]:
    """Name a launch at a chapter's address."""
    return {"chapter": at.slug, "event_id": rows.launch_event}


def attendance(at: Side, rows: Side) -> Mapping[str, object]:
    """Name the count of a launch at a chapter's address."""
    return {**launch_event(at, rows), "kind": "attendance"}


def checklist_item(at: Side, rows: Side) -> Mapping[str, object]:
    """Name an item of a checklist at a chapter's address."""
    return {"chapter": at.slug, "subject_id": rows.checklist_item}


def membership(at: Side, rows: Side) -> Mapping[str, object]:
    """Name a membership at a chapter's address."""
    return {"chapter": at.slug, "membership_id": rows.membership}


def invitation(at: Side, rows: Side) -> Mapping[str, object]:
    """Name an invitation at a chapter's address."""
    return {"chapter": at.slug, "invitation_id": rows.invitation}


def plan_line(at: Side, rows: Side) -> Mapping[str, object]:
    """Name a line of the plan at a chapter's address."""
    return {"chapter": at.slug, "line_id": rows.plan_line}


def planned(at: Side, rows: Side) -> Mapping[str, object]:
    """Name a line of the plan as one-click addresses do."""
    return {"chapter": at.slug, "subject_id": rows.plan_line}


def plan_version(at: Side, rows: Side) -> Mapping[str, object]:
    """Name a version of the plan at a chapter's address."""
    return {"chapter": at.slug, "version_id": rows.plan_version}


def _line(_: Side) -> Mapping[str, str]:
    return {"seen": "1", "title": "More people speak up", "risk": "", "reason": "Who runs it?"}


def money(name: str, table: str) -> Path:
    """Name a row of a chapter's money at a chapter's address."""
    return lambda at, rows: {"chapter": at.slug, name: rows.money[table]}


def invited(_: Side, rows: Side) -> Mapping[str, object]:
    """Name an invitation by its signed link."""
    return {"token": rows.token}


def _entry(_: Side) -> Mapping[str, str]:
    return {
        "form_key": str(new_id()),
        "seen": "1",
        "kind": "dialogue",
        "title": "Roda de conversa",
        "held_on": "2026-01-21",
        "place": "Santo Amaro",
        "narrative": "",
        "people_women_25_59": "4",
        "first_time": "1",
        "came_before": "1",
        "not_sure": "2",
    }


def _source(_: Side) -> Mapping[str, str]:
    return {"name": "Cidade", "kind": "donor", "state": "pledged", "amount": "10", "currency": "BRL"}


def _expense(side: Side) -> Mapping[str, str]:
    own = {"kind": "expense", "side": str(side.money["budget_lines"]), "what": "Cartazes", "form_key": str(new_id())}
    return {**own, "amount": "10", "currency": "BRL", "dated_on": "2026-01-21"}


def _chosen(side: Side) -> Mapping[str, str]:
    return {"membership_id": str(side.membership), "organisation": "", "ends_on": "", "stays_as": "member"}


def _invited(_: Side) -> Mapping[str, str]:
    return {"name": "Nina", "email": "nina@people.example", "role": "member", "language": "en"}


def _onboarded(side: Side) -> Mapping[str, str]:
    return {
        "country": side.country,
        "name": "Olinda",
        "campaign_name": "",
        "slug": "olinda",
        "zone": {"BR": "America/Recife", "RW": "Africa/Kigali"}[side.country],
        "working_week": "1",
        "currency": "BRL",
        "languages": "pt",
        "other_language": "",
    }


def _event(_: Side) -> Mapping[str, str]:
    return {
        "seen": "1",
        "title": "Launch at the market",
        "place": "",
        "host": "",
        "held_on": "2026-02-02",
        "start_time": "10:00",
        "zone": "UTC",
        "expected_people": "",
    }


def _figure(level: str, place: Callable[[Side], object]) -> Path:
    return lambda at, rows: {**_latest(level, place)(at, rows), "period": Period(APPROVED_ON).code}


def _latest(level: str, place: Callable[[Side], object]) -> Path:
    return lambda at, rows: {"indicator": "participations", "level": level, "place": place(rows)}
