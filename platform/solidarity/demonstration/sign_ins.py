"""Whom somebody who looks around may sign in as: UN Women, the first three chapters, and one of each story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from solidarity.demonstration.chapters.model import Actor, Player, Story
from solidarity.demonstration.desk import DESK_PEOPLE
from tenants.people.permissions import Role

SignIn = tuple[str, str, str]

WHOLE_TEAMS = 3  # chapters
FOCAL_POINT_LABELS = {
    Story.STEADY: "focal point; all is well",
    Story.LATE: "focal point; reports come late, one waits for UN Women",
    Story.RETURNED: "focal point; a report came back",
    Story.NIL: "focal point; one quarter in which nothing was held",
    Story.MISSING: "focal point; two reports are missing",
    Story.HANDED_OVER: "focal point since a handover; quiet since",
    Story.VACANT: "was focal point; nobody answers for it now",
    Story.DORMANT: "focal point; at rest",
    Story.NEWCOMER: "focal point; new, its launch is to come",
    Story.NO_RATE: "focal point; a month without an exchange rate",
    Story.OUTSIDE: "focal point; UN Women decides, as nobody else may",
}


def sign_ins(cast: Sequence[Actor], password: str) -> list[SignIn]:
    """Return who, e-mail and password of those worth looking at; everybody else signs in with the same password."""
    countries = {actor.country for actor in cast}
    return [
        *(
            (f"{player.name}, UN Women, {player.what}", player.email, password)
            for player in DESK_PEOPLE
            if countries & set(player.countries)
        ),
        *(
            (f"{player.name}, {actor.name}{label}", address(player, actor), password)
            for player, actor, label in _of(cast)
        ),
    ]


def address(player: Player, actor: Actor) -> str:
    """Return the address of somebody of a chapter."""
    return f"{player.login}@{actor.slug}.example"


def _of(cast: Sequence[Actor]) -> Iterator[tuple[Player, Actor, str]]:
    """Yield who is shown, of which chapter, and what she is there or what its story is."""
    seen_scripts: set[Story] = set()
    for number, actor in enumerate(cast):
        leader, *colleagues = sorted(actor.team, key=lambda player: player is not leads(actor))
        if number < WHOLE_TEAMS or actor.story not in seen_scripts:
            yield leader, actor, f" ({FOCAL_POINT_LABELS[actor.story]})"
        if number < WHOLE_TEAMS:
            yield from ((player, actor, "") for player in colleagues)
        seen_scripts.add(actor.story)


def leads(actor: Actor) -> Player:
    """Return who answers for a chapter in the end: its first, or to whom she has handed over."""
    first, *colleagues = actor.team
    if actor.story is not Story.HANDED_OVER:
        return first
    return next((player for player in colleagues if player.role is Role.DEPUTY), colleagues[0])
