"""UN Women changes the state of a chapter on its page at the desk, and the chapter can read the reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from desk.page_texts import page, statements_of, text_of
from flask.testing import FlaskClient
from harness.people import Person, World, desk_person, post
from sqlalchemy import select

from tenants.chapters.models import Chapter, ChapterEvent, ChapterState
from tenants.db import opened
from tenants.people.permissions import DeskRole
from tenants.scope import ChapterScope

AsPerson = Callable[[Person], FlaskClient]
REASON = "Its people are on leave <until> March."
TRANSITIONS = ("dormancy", "awakening", "closure")


def desk_page(world: World) -> str:
    return f"/desk/chapters/{world.recife.id}"


def state_of(world: World) -> str:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return session.scalars(select(Chapter.state)).one()


def test_dana_lets_recife_rest_and_wakes_it_up(world: World, as_person: AsPerson) -> None:
    dana, alice = as_person(world.dana), as_person(world.alice)
    html = page(dana, desk_page(world))
    assert 'href="/c/recife/dormancy"' in html
    assert 'href="/c/recife/awakening"' not in html
    form_html = page(dana, "/c/recife/dormancy")
    assert "Nothing is due for the chapter, and no reminders are sent." in form_html

    answer = post(dana, "/c/recife/dormancy", reason=REASON)
    assert (answer.status_code, answer.location) == (302, desk_page(world))
    assert state_of(world) == ChapterState.DORMANT
    html = page(dana, desk_page(world))
    assert "Brazil · Dormant" in text_of(html)
    assert "Made dormant" in html
    assert "on leave &lt;until&gt; March" in html
    assert 'href="/c/recife/awakening"' in html
    home = page(alice, "/c/recife/")
    assert "This chapter is dormant." in home
    assert "on leave &lt;until&gt; March" in home
    assert "Made the chapter dormant" in page(alice, "/c/recife/trail")
    assert 'href="/c/recife/activities/new"' in home, "its people may still write"

    assert post(dana, "/c/recife/awakening", reason="They are back.").status_code == 302
    assert state_of(world) == ChapterState.ACTIVE
    html = page(dana, desk_page(world))
    assert html.index("Reactivated") < html.index("Made dormant")
    assert "This chapter is dormant." not in page(alice, "/c/recife/")


def test_closing_asks_once_more_and_changes_nothing_before(world: World, as_person: AsPerson) -> None:
    dana = as_person(world.dana)
    confirmation = post(dana, "/c/recife/closure", reason=REASON)
    assert confirmation.status_code == 200
    html = confirmation.get_data(as_text=True)
    assert "Close ElesPorElas Recife permanently?" in html
    assert "on leave &lt;until&gt; March" in html
    assert state_of(world) == ChapterState.ACTIVE

    answer = post(dana, "/c/recife/closure", reason=REASON, sure="yes")
    assert (answer.status_code, answer.location) == (302, desk_page(world))
    assert state_of(world) == ChapterState.CLOSED
    html = page(dana, desk_page(world))
    assert "Brazil · Closed" in text_of(html)
    assert "/c/recife/closure" not in html
    assert "/c/recife/people/invitation" not in html
    second_answer = post(dana, "/c/recife/closure", reason=REASON, sure="yes", form="/me")
    assert second_answer.status_code == 409


@pytest.mark.parametrize("fields", [{}, {"sure": "yes"}])
@pytest.mark.parametrize("move", ["dormancy", "closure"])
def test_without_a_reason_the_page_says_so(
    world: World, as_person: AsPerson, move: str, fields: dict[str, str]
) -> None:
    answer = post(as_person(world.dana), f"/c/recife/{move}", reason="  ", **fields)
    assert answer.status_code == 422
    assert "Enter a reason. The chapter will see it." in answer.get_data(as_text=True)
    assert state_of(world) == ChapterState.ACTIVE


def test_the_second_of_two_sees_who_decided(world: World, as_person: AsPerson) -> None:
    with world.app.app_context():
        frank = desk_person("Frank", DeskRole.COUNTRY_DESK, ("BR",))
    dana, colleague = as_person(world.dana), as_person(frank)
    assert post(colleague, "/c/recife/dormancy", reason=REASON).status_code == 302
    answer = post(dana, "/c/recife/dormancy", form="/me", reason="Another reason")
    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    assert "Frank" in html
    assert 'href="/c/recife/"' in html
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        assert session.scalars(select(ChapterEvent.reason)).all() == [REASON]


def test_nobody_else_moves_a_chapter_or_sees_how(world: World, as_person: AsPerson) -> None:
    with world.app.app_context():
        erin = desk_person("Erin", DeskRole.COUNTRY_DESK, ("RW",))
        vera = desk_person("Vera", DeskRole.VIEWER, ("BR",))
    for user in (world.alice, world.bob, world.charlie, erin, vera):
        client = as_person(user)
        for move in TRANSITIONS:
            assert client.get(f"/c/recife/{move}").status_code == 404
            assert post(client, f"/c/recife/{move}", form="/me", reason=REASON, sure="yes").status_code == 404
    assert "/c/recife/dormancy" not in page(as_person(vera), desk_page(world))
    assert state_of(world) == ChapterState.ACTIVE


def test_pages_that_do_not_fit_the_state_lead_to_the_desks_page(world: World, as_person: AsPerson) -> None:
    answer = as_person(world.dana).get("/c/recife/awakening")
    assert (answer.status_code, answer.location) == (302, desk_page(world))


def test_the_desks_page_takes_no_more_statements_for_a_long_life(world: World, as_person: AsPerson) -> None:
    dana = as_person(world.dana)
    for number in range(3):
        post(dana, "/c/recife/dormancy", reason=f"Rest {number}")
        post(dana, "/c/recife/awakening", reason=f"Back {number}")
    assert statements_of(dana, desk_page(world)) <= 12
