"""What a case of the route matrix says, and what its addresses and forms are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from isolation.entry_points.matrix_world import Side, Who

READ_CHAPTER = (Who.FOCAL_POINT, Who.MEMBER, Who.OF_BOTH, Who.DESK_VIEWER, Who.FACILITATOR)
SEE_PEOPLE = (Who.FOCAL_POINT, Who.MEMBER, Who.OF_BOTH, Who.FACILITATOR)
MANAGE_PEOPLE = (Who.FOCAL_POINT, Who.FACILITATOR)
LOG = (Who.FOCAL_POINT,)
DESK_OF_RECIFE = (Who.DESK_VIEWER, Who.FACILITATOR)
ANY_DESK = (*DESK_OF_RECIFE, Who.OTHER_DESK)
SIGNED_IN = tuple(visitor for visitor in Who if visitor != Who.ANONYMOUS)
ALL_VISITORS = tuple(Who)

RECIFE_VISITORS = (
    Who.ANONYMOUS,
    Who.FOCAL_POINT,
    Who.MEMBER,
    Who.LEFT,
    Who.DESK_VIEWER,
)  # who must see nothing of Huye
HUYE_VISITORS = (Who.OTHER_FOCAL_POINT, Who.OTHER_DESK)  # who must see nothing of Recife

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

    def expected(self, visitor: Who) -> int:
        """Return the status that `who` gets for our chapter."""
        if visitor in self.answers:
            return self.answers[visitor]
        if visitor in self.allowed:
            return self.answer
        if visitor == Who.ANONYMOUS:
            return self.anonymous or (302 if self.method == "GET" else 401)
        return self.unasked


def chapter(at: Side, _: Side) -> Mapping[str, object]:
    """Name a chapter and nothing of it."""
    return {"chapter": at.slug}


def text_fields(_: Side) -> Mapping[str, str]:
    return {"seen": "1", "title": "More people speak up", "risk": "", "reason": "Who runs it?"}


def money(name: str, table: str) -> Path:
    """Name a row of a chapter's money at a chapter's address."""
    return lambda at, rows: {"chapter": at.slug, name: rows.money[table]}
