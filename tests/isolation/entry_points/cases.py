"""What a case of the route matrix says, and what its addresses and forms are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from isolation.entry_points.matrix_world import Reader, Side

READ_CHAPTER = (Reader.FOCAL_POINT, Reader.MEMBER, Reader.OF_BOTH, Reader.DESK_VIEWER, Reader.FACILITATOR)
SEE_PEOPLE = (Reader.FOCAL_POINT, Reader.MEMBER, Reader.OF_BOTH, Reader.FACILITATOR)
MANAGE_PEOPLE = (Reader.FOCAL_POINT, Reader.FACILITATOR)
LOG = (Reader.FOCAL_POINT,)
DESK_OF_RECIFE = (Reader.DESK_VIEWER, Reader.FACILITATOR)
ANY_DESK = (*DESK_OF_RECIFE, Reader.OTHER_DESK)
SIGNED_IN = tuple(visitor for visitor in Reader if visitor != Reader.ANONYMOUS)
ALL_VISITORS = tuple(Reader)

RECIFE_VISITORS = (
    Reader.ANONYMOUS,
    Reader.FOCAL_POINT,
    Reader.MEMBER,
    Reader.LEFT,
    Reader.DESK_VIEWER,
)  # who must see nothing of Huye
HUYE_VISITORS = (Reader.OTHER_FOCAL_POINT, Reader.OTHER_DESK)  # who must see nothing of Recife

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
    allowed: tuple[Reader, ...]
    path: Path = lambda chapter, rows: {}
    fields: Fields = lambda side: {}
    answer: int = 200
    answers: Mapping[Reader, int] = field(default_factory=dict)
    unasked: int = 404
    anonymous: int = 0
    writes: bool = False
    names_rows: bool = False
    by_link: bool = False

    @property
    def name(self) -> str:
        """Endpoint and method, as pytest shows them."""
        return f"{self.endpoint} {self.method}"

    def expected(self, visitor: Reader) -> int:
        """Return the status that `who` gets for our chapter."""
        if visitor in self.answers:
            return self.answers[visitor]
        if visitor in self.allowed:
            return self.answer
        if visitor == Reader.ANONYMOUS:
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
