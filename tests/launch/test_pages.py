"""The pages of step 4 in the browser: Alice works, Bob reads, Charlie has no access."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from harness.people import Person, World, post

from tenants import clock

AsPerson = Callable[[Person], FlaskClient]

AT = "/c/recife/launch"


def fields(days: int, **changes: str) -> dict[str, str]:
    day = clock.local_day(clock.now() + timedelta(days=days), "America/Recife").isoformat()
    return {
        "title": "Launch at the market",
        "place": "Santo Amaro",
        "host": "Town hall",
        "held_on": day,
        "start_time": "12:00",
        "zone": "America/Recife",
        "expected_people": "300",
        **changes,
    }


def page(client: FlaskClient, address: str = AT, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.status
    return html.unescape(answer.get_data(as_text=True))


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def test_alice_plans_works_the_list_off_and_undoes(world: World, as_person: AsPerson) -> None:
    alice = as_person(world.alice)
    assert "No launch event planned yet" in page(alice)
    assert post(alice, f"{AT}/event", **fields(24)).location == AT
    markup = page(alice)
    assert "In 24 days: Launch at the market" in markup
    assert "0 of 10 checklist items are done" in markup
    assert "45 days are usual; you have 24. The due dates are spread over the days that are left." in markup
    assert "Waiting for: Choose a venue that everyone can enter" in markup
    finish = found(rf'action="({AT}/items/[0-9a-f-]+/completion)"', markup)
    answer = post(alice, finish, form=AT)
    assert answer.location == f"{AT}#s-{finish.split('/')[-2]}"
    markup = page(alice)
    assert "1 of 10 checklist items are done" in markup
    post(alice, found(rf'action="({AT}/items/[0-9a-f-]+/reopening)"', markup), form=AT, back="home")
    assert "0 of 10 checklist items are done" in page(alice)


def test_alice_adds_something_and_blocked_items_say_why(world: World, as_person: AsPerson) -> None:
    alice = as_person(world.alice)
    post(alice, f"{AT}/event", **fields(24))
    new = found(rf'href="({AT}/event/[0-9a-f-]+/items/new)"', page(alice))
    assert post(alice, new, title="Flowers", due_on=fields(90)["held_on"]).status_code == 422
    assert post(alice, new, title="Flowers", due_on=fields(20)["held_on"]).location == AT
    assert "Flowers" in page(alice)
    item_id = found(r'<li id="s-([0-9a-f-]+)"><span class="st-none"><svg[^>]*><use href="#i-clock"', page(alice))
    answer = post(alice, f"{AT}/items/{item_id}/completion", form=AT)
    assert answer.status_code == 422
    assert "This is waiting for “Choose a venue that everyone can enter”" in answer.get_data(as_text=True)


def test_mistakes_stay_typed_with_a_sentence(world: World, as_person: AsPerson) -> None:
    alice = as_person(world.alice)
    wrong = {"title": "", "zone": "Mars/Base", "held_on": "soon", "start_time": "noon", "expected_people": "many"}
    for name, value in wrong.items():
        answer = post(alice, f"{AT}/event", **fields(24, **{name: value}))
        assert answer.status_code == 422, name
        assert f'id="{name}-error"' in answer.get_data(as_text=True), name
        assert "Town hall" in answer.get_data(as_text=True)
    skipped = post(alice, f"{AT}/event", **fields(0, zone="Europe/Berlin", held_on="2026-03-29", start_time="02:30"))
    assert "because the clocks change" in skipped.get_data(as_text=True)
    post(alice, f"{AT}/event", **fields(24))
    second_answer = post(alice, f"{AT}/event", **fields(30))
    assert (second_answer.status_code, "A launch is already planned" in second_answer.get_data(as_text=True)) == (
        422,
        True,
    )


def test_the_second_of_two_who_change_it_sees_both_texts(world: World, as_person: AsPerson) -> None:
    alice = as_person(world.alice)
    post(alice, f"{AT}/event", **fields(24))
    revise = found(rf'href="({AT}/event/[0-9a-f-]+/revision)"', page(alice))
    assert 'value="12:00"' in page(alice, revise)
    assert post(alice, revise, **fields(25, title="First"), seen="1").location == AT
    answer = post(alice, revise, **fields(26, title="Second"), seen="1")
    markup = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="Second"' in markup
    assert '<bdi lang="pt"><ins>First</ins></bdi>' in markup
    assert post(alice, revise, **fields(26, title="Second"), seen="2").location == AT
    assert "In 26 days: Second" in page(alice)


def test_alice_counts_who_came_and_corrects_it(world: World, as_person: AsPerson) -> None:
    alice = as_person(world.alice)
    post(alice, f"{AT}/event", **fields(0))
    markup = page(alice)
    assert "Today: Launch at the market" in markup
    assert "Sign-ups counted at an event are not verified." in markup
    count = found(rf'href="({AT}/event/[0-9a-f-]+/count/attendance)"', markup)
    assert post(alice, count, seen="0").status_code == 422
    assert post(alice, count, seen="0", people_women_25_59="-4").status_code == 422
    assert post(alice, count, seen="0", people_women_25_59="1", total="7").status_code == 422
    post(alice, count, seen="0", people_women_25_59="40", people_men_25_59="30")
    assert "70 people came: Launch at the market" in page(alice)
    conflict = post(alice, count, seen="0", people_women_25_59="41")
    assert conflict.status_code == 409
    assert "<ins>40</ins>" in conflict.get_data(as_text=True)
    assert "<ins>30</ins>" in conflict.get_data(as_text=True)
    post(alice, count.replace("attendance", "signups"), seen="0", total="12")
    markup = page(alice)
    assert "70 people came: Launch at the market" in markup
    assert "12 people were counted." in markup
    assert alice.get(count.replace("attendance", "commitments")).status_code == 404


def test_bob_reads_and_charlie_finds_nothing(world: World, as_person: AsPerson) -> None:
    alice, bob, charlie = as_person(world.alice), as_person(world.bob), as_person(world.charlie)
    post(alice, f"{AT}/event", **fields(24))
    markup = page(alice)
    revise = found(rf'href="({AT}/event/[0-9a-f-]+/revision)"', markup)
    finish = found(rf'action="({AT}/items/[0-9a-f-]+/completion)"', markup)
    cancel = revise.replace("revision", "cancellation")
    assert "In 24 days: Launch at the market" in page(bob)
    assert "Mark as done" not in page(bob)
    page(charlie, AT, 404)
    for client in (bob, charlie):
        for address in (f"{AT}/event", revise, revise.replace("revision", "items/new")):
            page(client, address, 404)
        for address in (finish, cancel):
            assert post(client, address, form="/me").status_code == 404
    at_huye = finish.replace("recife", "huye")
    assert post(charlie, at_huye, form="/c/huye/launch/event").status_code == 404
    assert "0 of 10 checklist items are done" in page(alice)
    assert post(alice, cancel, form=AT).location == AT
    assert "No launch event planned yet" in page(bob)
