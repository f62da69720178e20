"""Two people who act on terms at the same moment: one becomes focal point, and neither page fails."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import UUID

from harness.people import SINCE, World, join, onboard, person

from tenants.action_kit.focal_point import services
from tenants.action_kit.focal_point.services import Choice
from tenants.errors import Refused
from tenants.people.permissions import Role


def together(world: World, *acts: Callable[[], object]) -> list[str]:
    """Run all acts at once, each in its own thread. Return the sorted outcomes, "done" or "refused"."""
    start, outcomes = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        with world.app.app_context():
            start.wait(10)
            try:
                act()
                outcomes.append("done")
            except Refused:
                outcomes.append("refused")

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_of_two_who_join_as_focal_points_at_once_one_answers_and_one_stands_beside(world, recife):
    with world.app.app_context():
        place = onboard("novo", "HeForShe Novo", "BR", "America/Recife", ["pt"])
        newcomers = person("Frida"), person("Gilda")
    assert together(world, *(lambda member=member: join(place, member, Role.FOCAL_POINT) for member in newcomers)) == [
        "done",
        "done",
    ]
    assert sorted(term.rank for term in type(recife)(world, place).terms()) == ["deputy", "primary"]


def test_of_two_handovers_at_once_one_is_done_and_the_other_refused(world, recife):
    with world.app.app_context():
        cora = person("Cora")
        join(world.recife, cora, Role.MEMBER)
    term, at = recife.terms(world.alice)[0].id, SINCE.replace(month=4)

    def give(to: UUID) -> None:
        recife.act(
            services.hand_over,
            by=world.alice,
            at=at,
            term_id=term,
            choice=Choice(to),
            stays_as=Role.DEPUTY,
        )

    own_memberships = [recife.own_membership(member).id for member in (world.bob, cora)]
    assert together(world, *(lambda to=to: give(to) for to in own_memberships)) == ["done", "refused"]
    assert recife.answers(at.date()) in own_memberships
    assert [row.rank for row in recife.terms(world.alice)] == ["primary", "deputy"]
