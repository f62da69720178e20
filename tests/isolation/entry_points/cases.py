"""A case of the route matrix, and helpers for its addresses and forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from isolation.entry_points.matrix_world import Reader, Side

from tenants.db import new_id

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
)  # must see nothing of Huye
HUYE_VISITORS = (Reader.OTHER_FOCAL_POINT, Reader.OTHER_DESK)  # must see nothing of Recife

Path = Callable[[Side, Side], Mapping[str, object]]
Fields = Callable[[Side], Mapping[str, str]]


@dataclass(frozen=True)
class Case:
    """One endpoint and method. `path(chapter, rows)` returns the values of its rule; the two sides may differ.

    `writes`: a successful request changes something. `by_link`: a signed link shows its chapter to all visitors.
    `names_rows`: the path holds ids. `answer` is the status for `allowed` visitors, `answers` has the exceptions, and
    `unasked` is the status for all other visitors, `anonymous` for those who are not signed in (0: the default).
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
        """The name in the output of pytest: endpoint and method."""
        return f"{self.endpoint} {self.method}"

    def expected(self, visitor: Reader) -> int:
        """Return the status that `visitor` gets for Recife, the chapter of `MatrixWorld.ours`."""
        if visitor in self.answers:
            return self.answers[visitor]
        if visitor in self.allowed:
            return self.answer
        if visitor == Reader.ANONYMOUS:
            return self.anonymous or (302 if self.method == "GET" else 401)
        return self.unasked


def chapter(at: Side, _: Side) -> Mapping[str, object]:
    """Return the values that name only a chapter."""
    return {"chapter": at.slug}


def text_fields(_: Side) -> Mapping[str, str]:
    return {
        "form_key": str(new_id()),
        "seen": "1",
        "title": "More people speak up",
        "risk": "",
        "reason": "Who runs it?",
    }


def money(name: str, table: str) -> Path:
    """Return a path that names the row of `table` at a chapter's address."""
    return lambda at, rows: {"chapter": at.slug, name: rows.money[table]}
