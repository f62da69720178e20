"""Whom somebody who looks around may sign in as: UN Women, the first three chapters, and one of each story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from solidarity.demonstration.cast import Actor, Player, Story
from solidarity.demonstration.desk import EVERYBODY

SignIn = tuple[str, str, str]

WHOLE_TEAMS = 3  # chapters
TOLD = {
    Story.STEADY: "all is well",
    Story.LATE: "reports come late, one waits for UN Women",
    Story.RETURNED: "a report came back",
    Story.NIL: "a quarter in which nothing was held",
    Story.MISSING: "two reports are missing",
    Story.HANDED_OVER: "handed over, quiet since",
    Story.VACANT: "nobody answers for it",
    Story.DORMANT: "at rest",
    Story.NEWCOMER: "new, its launch is to come",
    Story.NO_RATE: "a month without an exchange rate",
    Story.OUTSIDE: "UN Women decides for it",
}


def sign_ins(cast: Sequence[Actor], password: str) -> list[SignIn]:
    """Return who, e-mail and password of those worth looking at; everybody else signs in with the same password."""
    countries = {actor.country for actor in cast}
    return [
        *(
            (f"{player.name}, UN Women, {player.what}", player.email, password)
            for player in EVERYBODY
            if countries & set(player.countries)
        ),
        *(
            (f"{player.name}, {actor.name}{told}", address(player, actor), password)
            for player, actor, told in _of(cast)
        ),
    ]


def address(player: Player, actor: Actor) -> str:
    """Return the address of somebody of a chapter."""
    return f"{player.login}@{actor.slug}.example"


def _of(cast: Sequence[Actor]) -> Iterator[tuple[Player, Actor, str]]:
    told: set[Story] = set()
    for number, actor in enumerate(cast):
        if number < WHOLE_TEAMS:
            yield from ((player, actor, "") for player in actor.team)
        elif actor.story not in told:
            told.add(actor.story)
            yield actor.team[0], actor, f" ({TOLD[actor.story]})"
