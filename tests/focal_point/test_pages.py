"""The page of step 1, as the focal point, a deputy, other members and UN Women see it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from harness.people import SINCE, Person, World, desk_person, join, part, person, post
from sqlalchemy import event
from time_machine import travel

from tenants import clock
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import db
from tenants.people.permissions import DeskRole, Role

PAGE = "/c/recife/focal-point"
IN_TERM = SINCE + timedelta(days=40)
AFTER_THE_END = datetime(2028, 1, 20, 15, tzinfo=UTC)
BEFORE_THE_END = datetime(2027, 12, 1, 15, tzinfo=UTC)


def page(client: FlaskClient, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def newcomer(world: World, name: str, role: Role) -> Person:
    with world.app.app_context():
        member = person(name)
        join(world.recife, member, role)
    return member


def press(client: FlaskClient, words: str, *, on: str = PAGE, **fields: str) -> str:
    """Press a button of a page, and return the page that follows."""
    html = page(client, on)
    forms = re.findall(r'<form method="post" action="([^"]+)">(?:(?!</form>).)*?<button[^>]*>([^<]*)', html, re.DOTALL)
    (address,) = [address for address, button in forms if button == words]
    answer = post(client, address, form=on, **fields)
    assert answer.status_code == 302, answer.status
    return page(client, answer.location)


def heading_of(html: str) -> str:
    match = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    assert match
    return match[1]


def test_alice_reads_since_and_until_when_she_answers(world, as_person):
    with travel(IN_TERM, tick=True):
        html = page(as_person(world.alice))
    assert heading_of(html) == "Alice is the focal point"
    for words in (
        "12 Jan 2026",
        "11 Jan 2028",
        "Not yet",
        "No deputy yet",
        "Confirm that you are still the focal point",
        "Hand over the role",
    ):
        assert words in html
    assert "Renew the term<" not in html, "it runs for more than half a year"


def test_alice_confirms_with_one_press_and_is_asked_no_more(world, as_person):
    with travel(IN_TERM, tick=True):
        alice = as_person(world.alice)
        html = press(alice, "Confirm that you are still the focal point")
    assert "Thank you. Alice is confirmed." in html
    assert "21 Feb 2026" in html
    assert "Confirm that you are still the focal point" not in html


def test_alice_confirms_from_what_is_due_and_stays_at_home(world, as_person):
    alice = as_person(world.alice)
    home = page(alice, "/c/recife/")
    assert "Confirm that Alice is still the focal point" in home
    html = press(alice, "Confirm focal point", on="/c/recife/", back="home")
    assert "Thank you. Alice is confirmed." in html
    assert "Confirm that Alice is still the focal point" not in html


def test_alice_renews_in_the_last_half_year(world, as_person):
    with travel(BEFORE_THE_END, tick=True):
        alice = as_person(world.alice)
        assert "The term of Alice is ending" in page(alice, "/c/recife/")
        html = press(alice, "Renew the term")
    assert "The term of Alice is renewed." in html
    assert "11 Jan 2030" in html


def test_alice_hands_over_to_bob_who_may_act_from_then_on_and_hands_back(world, as_person, recife):
    with travel(IN_TERM, tick=True):
        alice, bob = as_person(world.alice), as_person(world.bob)
        assert "Hand over the role" not in page(bob)
        address = handover_of(alice)
        fields = {
            "membership_id": str(recife.own_membership(world.bob).id),
            "organisation": "Casa",
            "stays_as": "deputy",
        }
        answer = post(alice, address, **fields)
        assert answer.status_code == 302
        html = page(alice)
        assert "The term of Bob begins today." in html
        assert heading_of(html) == "Bob is the focal point"
        assert "Casa" in html
        assert "Earlier terms" in html
        assert post(alice, address, form=PAGE, **fields).status_code == 422, "it was hers to give once"
        assert "Confirm that you are still the focal point" in page(bob)
        return_fields = {
            "membership_id": str(recife.own_membership(world.alice).id),
            "organisation": "",
            "stays_as": "member",
        }
        assert post(bob, handover_of(bob), **return_fields).status_code == 302
        assert heading_of(page(bob)) == "Alice is the focal point"
        assert "Hand over the role" not in page(bob)


def handover_of(client: FlaskClient) -> str:
    match = re.search(rf'href="({PAGE}/terms/[^"]+/handover)"', page(client))
    assert match
    return match[1]


def test_what_was_typed_stays_where_a_handover_is_refused(world, as_person, recife):
    with travel(IN_TERM, tick=True):
        alice = as_person(world.alice)
        bob = str(recife.own_membership(world.bob).id)
        wrong = {"membership_id": bob, "organisation": "Casa da Mulher", "ends_on": "2025-01-01", "stays_as": "member"}
        answer = post(alice, handover_of(alice), **wrong)
        assert answer.status_code == 422
        html = answer.get_data(as_text=True)
        assert "up to two years ahead" in html
        assert 'value="Casa da Mulher"' in html
        assert re.search(rf'<option selected value="{bob}">', html)
        assert re.search(r'checked[^>]*value="member"', html)
        second_answer = post(alice, handover_of(alice), membership_id="", stays_as="deputy")
        assert "Choose a member." in second_answer.get_data(as_text=True)


def test_a_deputy_does_not_take_over_from_somebody_who_is_there(world, as_person, recife):
    duda = newcomer(world, "Duda", Role.DEPUTY)
    with travel(IN_TERM, tick=True):
        alice, deputy = as_person(world.alice), as_person(duda)
        assert "/handover" not in page(deputy)
        fields = {"membership_id": str(recife.own_membership(duda).id), "stays_as": "member"}
        answer = post(deputy, handover_of(alice), **fields)
        assert answer.status_code == 422
        assert "Only the current focal point or UN Women can hand over the role" in answer.get_data(as_text=True)


def test_bob_reads_and_may_change_nothing(world, as_person, recife):
    bob, term = as_person(world.bob), recife.terms(world.alice)[0].id
    html = page(bob)
    assert heading_of(html) == "Alice is the focal point"
    assert "<form method" not in html.partition("<main")[2].partition("</main>")[0]
    for action in ("confirmation", "renewal", "handover", "end"):
        assert post(bob, f"{PAGE}/terms/{term}/{action}", form="/me").status_code == 404
    assert bob.get(f"{PAGE}/appointment").status_code == 404


def test_charlie_of_another_chapter_finds_no_such_page_in_either(world, as_person, recife):
    charlie, term = as_person(world.charlie), recife.terms(world.alice)[0].id
    assert charlie.get(PAGE).status_code == 404
    for slug in ("recife", "huye"):
        for action in ("confirmation", "renewal", "handover", "end"):
            assert post(charlie, f"/c/{slug}/focal-point/terms/{term}/{action}", form="/me").status_code == 404
    assert recife.terms(world.alice)[0].confirmed_on is None
    assert heading_of(page(charlie, "/c/huye/focal-point")) == "Charlie is the focal point"


def test_a_lone_focal_point_whose_term_ran_out_signs_in_and_renews_it(world, as_person):
    with travel(AFTER_THE_END, tick=True):
        alice = as_person(world.alice)
        assert "Choose a focal point" in page(alice, "/c/recife/")
        html = page(alice)
        assert heading_of(html) == "This chapter has no focal point"
        assert "Since 12 Jan 2028. UN Women can see this too." in html
        html = press(alice, "Renew the term of Alice")
        assert heading_of(html) == "Alice is the focal point"
        assert "19 Jan 2030" in html
        assert "Earlier terms" in html


def test_a_deputy_chooses_a_member_while_nobody_answers(world, as_person, recife):
    duda = newcomer(world, "Duda", Role.DEPUTY)
    with world.app.app_context():
        part(world.recife, world.alice, IN_TERM)
    with travel(IN_TERM, tick=True):
        deputy = as_person(duda)
        assert "Renew the term of" not in page(deputy), "she has left"
        assert 'href="/c/recife/people/invitation"' in page(deputy)
        answer = post(deputy, f"{PAGE}/appointment", membership_id=str(recife.own_membership(world.bob).id))
        assert answer.status_code == 302
        assert heading_of(page(deputy)) == "Bob is the focal point"
        second_answer = post(deputy, f"{PAGE}/appointment", membership_id=str(recife.own_membership(duda).id))
        assert second_answer.status_code == 422
        assert "The chapter already has a focal point." in second_answer.get_data(as_text=True)


def test_dana_appoints_for_un_women_and_the_trail_says_so(world, as_person, recife):
    with world.app.app_context():
        part(world.recife, world.alice, IN_TERM)
    with travel(IN_TERM, tick=True):
        dana = as_person(world.dana)
        assert heading_of(page(dana)) == "This chapter has no focal point"
        bob = str(recife.own_membership(world.bob).id)
        assert post(dana, f"{PAGE}/appointment", membership_id=bob).status_code == 302
        assert heading_of(page(dana)) == "Bob is the focal point"
        trail = page(as_person(world.bob), "/c/recife/trail?by=desk")
        assert "Started a term" in trail


def test_a_viewer_of_un_women_reads_days_and_no_names(world, as_person):
    with world.app.app_context():
        vera = desk_person("Vera", DeskRole.VIEWER, ALL_COUNTRIES)
    html = page(as_person(vera))
    assert heading_of(html) == "The chapter has a focal point"
    assert "11 Jan 2028" in html
    assert "Alice" not in html


def test_alice_chooses_a_deputy_and_ends_the_term_again(world, as_person, recife):
    alice = as_person(world.alice)
    post(alice, f"{PAGE}/deputies/new", membership_id=str(recife.own_membership(world.bob).id))
    html = page(alice)
    assert "The term of Bob begins today." in html
    match = re.search(rf'href="({PAGE}/terms/[^"]+/end)"', html)
    assert match
    assert "Until" in page(alice, "/c/recife/people")
    assert "End the term of Bob?" in page(alice, match[1])
    assert post(alice, match[1]).status_code == 302
    assert "The term of Bob has ended." in page(alice)
    assert recife.role(world.bob) == "member"


def test_whoever_is_alone_is_led_to_inviting_somebody(world, as_person):
    html = page(as_person(world.charlie), "/c/huye/focal-point/deputies/new")
    assert "No members to choose from" in html
    assert 'href="/c/huye/people/invitation"' in html


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/deputies/new", "/c/recife/people"])
def test_a_page_asks_the_database_a_dozen_times_at_most(world, as_person, path):
    for number in range(3):
        newcomer(world, f"Extra{number}", Role.DEPUTY)
    alice = as_person(world.alice)
    page(alice, path)
    queries: list[str] = []
    with world.app.app_context():
        engine = db.engines["web"]
        event.listen(engine, "before_cursor_execute", lambda *args: queries.append(args[2]))
    page(alice, path)
    statements = [query for query in queries if "use_chapter" not in query]
    assert len(statements) <= 12, statements
    assert clock.now()
