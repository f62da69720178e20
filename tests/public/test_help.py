"""Help explains every term to everyone, and names the people to ask to the members of a chapter."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from harness.people import Person, World, desk_person, join, onboard
from sqlalchemy import update

from solidarity.labels.glossary import GLOSSARY, TERMS
from solidarity.labels.steps import STATE_WORDS
from tenants.action_kit.evaluation.indicators import CORE
from tenants.db import opened
from tenants.people.contacts import contacts_for
from tenants.people.models import User
from tenants.people.permissions import DeskRole, Role
from tenants.scope import ChapterScope

AsPerson = Callable[[Person], FlaskClient]
TODAY = date(2026, 3, 2)


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def asked(world: World, country: str, today: date = TODAY) -> list[str]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return [contact.name for contact in contacts_for(session, country=country, today=today)]


def test_every_figure_and_every_state_has_its_words() -> None:
    assert {indicator.code for indicator in CORE} <= set(TERMS)
    assert set(STATE_WORDS) <= set(TERMS)
    assert len(TERMS) == sum(len(section.terms) for section in GLOSSARY), "two terms share an anchor"


def test_a_stranger_reads_every_word_and_no_name(client: FlaskClient) -> None:
    html = page(client, "/help")
    for code in TERMS:
        assert f'id="{code}"' in html
    assert "Who to contact" in html
    assert "@" not in html


def test_a_chapter_reads_the_same_and_whom_to_ask(world: World, as_person: AsPerson) -> None:
    html = page(as_person(world.bob), "/c/recife/help")
    assert 'id="participations"' in html
    assert f'href="mailto:{world.dana.email}"' in html
    assert "Email Dana" in html


def test_another_chapters_help_is_not_there(world: World, as_person: AsPerson) -> None:
    assert as_person(world.charlie).get("/c/recife/help").status_code == 404


def test_the_country_desk_is_asked_before_the_region_and_the_world(world: World) -> None:
    assert asked(world, "BR") == ["Dana"]
    with world.app.app_context():
        desk_person("Erin", DeskRole.REGIONAL_DESK, ("BR", "CL"))
        desk_person("Vera", DeskRole.VIEWER, ("BR",))
    assert asked(world, "BR") == ["Erin"]
    with world.app.app_context():
        desk_person("Fay", DeskRole.COUNTRY_DESK, ("BR",))
    assert asked(world, "BR") == ["Fay"]
    assert asked(world, "CL") == ["Erin"]
    assert asked(world, "RW") == ["Dana"]


def test_whoever_has_left_the_desk_is_not_asked(world: World, as_person: AsPerson) -> None:
    assert asked(world, "BR", date(2020, 1, 1)) == [], "an appointment that has not begun"
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        session.execute(update(User).where(User.id == world.dana.user_id).values(active=False))
    assert asked(world, "BR") == []
    html = page(as_person(world.alice), "/c/recife/help")
    assert "UN Women has not named anyone for your country yet." in html
    assert "mailto:" not in html


@pytest.mark.parametrize("address", ["/help", "/c/recife/help"])
def test_links_on_the_page_lead_to_something_on_it(world: World, as_person: AsPerson, address: str) -> None:
    html = page(as_person(world.alice), address)
    anchors = set(re.findall(r'href="#([\w-]+)"', html)) - {"main"}
    assert {"how", "privacy", "states", "figures"} <= anchors
    assert not anchors - set(re.findall(r'id="([\w-]+)"', html))


def test_a_step_says_what_its_state_means_and_where_all_words_are(world: World, as_person: AsPerson) -> None:
    alice = as_person(world.alice)
    for path in ("focal-point", "plan", "funding", "launch", "activities", "reports"):
        head = page(alice, f"/c/recife/{path}").partition('<div class="step-head">')[2].partition("</div></details>")[0]
        state = next(code for code, word in STATE_WORDS.items() if f"</svg>{word}" in head)
        assert str(TERMS[state].meaning) in head
        assert f'href="/c/recife/help#{state}"' in head


def test_empty_lists_teach(world: World, as_person: AsPerson) -> None:
    with world.app.app_context():
        place = onboard("novo", "HeForShe Novo", "BR", "America/Recife", ["pt"])
        join(place, world.alice, Role.FOCAL_POINT)
    alice = as_person(world.alice)
    people = page(alice, "/c/novo/people")
    assert "One person so far" in people
    assert people.count("btn-primary") == 1
    messages = page(alice, "/c/novo/messages?to=me")
    assert "No messages yet" in messages
    assert "<table" not in messages
    assert 'href="/c/novo/">See what is due next' in messages
