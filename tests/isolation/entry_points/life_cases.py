"""The cases of the route matrix about a chapter's life, and about addresses that no mail reaches."""

from __future__ import annotations

from isolation.cases import MANAGE_PEOPLE, Case, _line, chapter, membership
from isolation.scene import Who

LIFE_CASES: tuple[Case, ...] = (
    Case("life.make_dormant", "GET", (Who.FACILITATOR,), chapter),
    Case("life.make_dormant", "POST", (Who.FACILITATOR,), chapter, _line, answer=302, writes=True),
    Case("life.wake_up", "GET", (Who.FACILITATOR,), chapter, answer=302),  # it is awake
    Case("life.wake_up", "POST", (Who.FACILITATOR,), chapter, _line, answer=409),
    Case("life.close", "GET", (Who.FACILITATOR,), chapter),
    Case("life.close", "POST", (Who.FACILITATOR,), chapter, _line),  # it asks once more
    Case(
        "life.close",
        "POST",
        (Who.FACILITATOR,),
        chapter,
        lambda _: {"reason": "It has ended", "sure": "yes"},
        answer=302,
        writes=True,
    ),
    Case("addresses.correct", "GET", MANAGE_PEOPLE, membership, names_rows=True),
    Case(
        "addresses.correct",
        "POST",
        MANAGE_PEOPLE,
        membership,
        lambda _: {"email": "new@people.example"},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("addresses.try_again", "POST", MANAGE_PEOPLE, membership, answer=302, writes=True, names_rows=True),
)
