"""The suggested sign-ins: UN Women, the first three chapters, and one chapter for each scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from solidarity.demonstration.chapters.model import Actor, Scenario, TeamMember
from solidarity.demonstration.desk import DESK_PEOPLE
from tenants.people.permissions import Role

SignIn = tuple[str, str, str]

WHOLE_TEAMS = 3  # chapters
FOCAL_POINT_LABELS = {
    Scenario.STEADY: "focal point; all is well",
    Scenario.LATE: "focal point; reports come late, one waits for UN Women",
    Scenario.RETURNED: "focal point; a report came back",
    Scenario.NIL: "focal point; one quarter in which nothing was held",
    Scenario.MISSING: "focal point; two reports are missing",
    Scenario.HANDED_OVER: "focal point since a handover; quiet since",
    Scenario.VACANT: "was focal point; nobody answers for it now",
    Scenario.DORMANT: "focal point; at rest",
    Scenario.NEWCOMER: "focal point; new, its launch is to come",
    Scenario.NO_RATE: "focal point; a month without an exchange rate",
    Scenario.OUTSIDE: "focal point; UN Women decides, as nobody else may",
}


def sign_ins(actors: Sequence[Actor], password: str) -> list[SignIn]:
    """Return label, email and password of the suggested people. All invented people have the same password."""
    countries = {actor.country for actor in actors}
    return [
        *(
            (f"{team_member.name}, UN Women, {team_member.what}", team_member.email, password)
            for team_member in DESK_PEOPLE
            if countries & set(team_member.countries)
        ),
        *(
            (f"{team_member.name}, {actor.name}{label}", address(team_member, actor), password)
            for team_member, actor, label in _of(actors)
        ),
    ]


def address(team_member: TeamMember, actor: Actor) -> str:
    """Return the email address of a team member of a chapter."""
    return f"{team_member.login}@{actor.slug}.example"


def _of(actors: Sequence[Actor]) -> Iterator[tuple[TeamMember, Actor, str]]:
    """Yield the suggested team members with their chapter and a label, which is empty for colleagues."""
    seen_scripts: set[Scenario] = set()
    for number, actor in enumerate(actors):
        leader, *colleagues = sorted(actor.team, key=lambda team_member: team_member is not leads(actor))
        if number < WHOLE_TEAMS or actor.scenario not in seen_scripts:
            yield leader, actor, f" ({FOCAL_POINT_LABELS[actor.scenario]})"
        if number < WHOLE_TEAMS:
            yield from ((team_member, actor, "") for team_member in colleagues)
        seen_scripts.add(actor.scenario)


def leads(actor: Actor) -> TeamMember:
    """Return the last focal point of a chapter: the first team member, or the one after a handover."""
    first, *colleagues = actor.team
    if actor.scenario is not Scenario.HANDED_OVER:
        return first
    return next((team_member for team_member in colleagues if team_member.role is Role.DEPUTY), colleagues[0])
