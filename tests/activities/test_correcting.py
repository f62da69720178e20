"""Correcting an activity in the browser, alone and while another person corrects it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from harness.activity_form import WELL_FILLED, boxes, errors, fill, send
from harness.people import Person, World, join, person

from tenants.people.permissions import Role

NEW = "/c/recife/activities/new"


@pytest.fixture
def alice(world: World, as_person: Callable[[Person], FlaskClient]) -> FlaskClient:
    return as_person(world.alice)


@pytest.fixture
def activity(alice: FlaskClient) -> str:
    """The address of an activity that Alice has logged."""
    return send(alice, NEW).location


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_the_page_opens_with_what_is_saved(alice: FlaskClient, activity: str) -> None:
    fields = boxes(page(alice, f"{activity}/revision"))
    assert {name: fields.get(name) for name in WELL_FILLED} == WELL_FILLED
    assert fields["seen"] == "1"


def test_a_correction_counts_and_the_earlier_text_can_be_read(alice: FlaskClient, activity: str) -> None:
    answer = send(alice, f"{activity}/revision", title="Roda de conversa II", people_women_under_18="20", not_sure="3")
    assert answer.location == activity
    now, first_revision = page(alice, activity), page(alice, f"{activity}?revision=1")
    assert "45 people were counted" in now
    assert "History: 2 versions" in now
    assert f'href="{activity}?revision=1"' in now
    assert "44 people were counted" in first_revision
    assert "This is revision 1. It is not the current version, so it does not count." in first_revision
    assert "45 participations so far" in page(alice, "/c/recife/activities")


def test_saving_without_a_change_makes_no_revision(alice: FlaskClient, activity: str) -> None:
    assert send(alice, f"{activity}/revision").location == activity
    html = page(alice, activity)
    assert "There were no changes to save." in html
    assert "History: one version" in html


def test_a_wrong_correction_keeps_what_was_typed_and_saves_nothing(alice: FlaskClient, activity: str) -> None:
    answer = send(alice, f"{activity}/revision", title="Better", first_time="40")
    assert answer.status_code == 422
    assert errors(answer) == {"first_time": "40 + 30 + 2 adds up to 72, but you counted 44 people. Check the numbers."}
    assert boxes(answer.get_data(as_text=True))["title"] == "Better"
    assert "History: one version" in page(alice, activity)


def test_what_was_not_counted_gets_its_head_count_later(alice: FlaskClient) -> None:
    empty_fields = {name: "" for name in WELL_FILLED if name not in ("kind", "title", "held_on")}
    address = send(alice, NEW, **empty_fields, not_counted="y").location
    assert "It adds nothing to any figure until there is a head count" in page(alice, address)
    fields = boxes(page(alice, f"{address}/revision"))
    assert fields["not_counted"] == "y"
    del fields["not_counted"]
    answer = alice.post(f"{address}/revision", data={**fields, "people_women_25_59": "7", "not_sure": "7"})
    assert answer.location == address
    assert "7 people were counted" in page(alice, address)


def test_nobody_came_can_be_opened_and_saved_as_it_is(alice: FlaskClient) -> None:
    empty_fields = {name: "" for name in WELL_FILLED if name not in ("kind", "title", "held_on")}
    address = send(alice, NEW, **empty_fields, total="0").location
    assert "Nobody came." in page(alice, address)
    answer = alice.post(f"{address}/revision", data=boxes(page(alice, f"{address}/revision")))
    assert answer.location == address
    assert "History: one version" in page(alice, address)


@pytest.fixture
def erika(world: World, as_person: Callable[[Person], FlaskClient]) -> FlaskClient:
    """A colleague of Alice who may also log activities."""
    with world.app.app_context():
        colleague = person("Erika")
        join(world.recife, colleague, Role.COORDINATOR)
    return as_person(colleague)


def test_the_second_of_two_gets_both_texts_and_may_save_hers_over_it(
    alice: FlaskClient, erika: FlaskClient, activity: str
) -> None:
    address = f"{activity}/revision"
    data = fill(erika, address, title="Erika's title", narrative="Erika's words")
    send(alice, address, title="Alice's title", people_women_under_18="20", first_time="13")

    answer = erika.post(address, data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert boxes(html)["title"] == "Erika's title"
    assert boxes(html)["narrative"] == "Erika's words"
    aside = html.partition("<aside")[2]
    assert "Saved by Alice" in aside
    assert "Alice&#39;s title" in aside
    assert "Total 45" in aside
    labels = re.findall(r"<dt>(.*?)</dt>", aside, re.DOTALL)
    assert [re.sub(r"\s*<.*", "", label) for label in labels if "Different from yours" in label] == [
        "Title",
        "Who came?",
        "First time",
        "One thing you noticed",
    ]
    assert "Alice&#39;s title" in page(erika, activity)

    knowingly = erika.post(address, data=boxes(html))
    assert knowingly.location == activity
    assert "Erika&#39;s title" in page(alice, activity)
    assert "Alice&#39;s title" in page(alice, f"{activity}?revision=2")


def test_a_third_who_comes_between_is_shown_too(alice: FlaskClient, erika: FlaskClient, activity: str) -> None:
    address = f"{activity}/revision"
    data = fill(erika, address, title="Erika's title")
    send(alice, address, title="Second")
    conflict = boxes(erika.post(address, data=data).get_data(as_text=True))
    send(alice, address, title="Third")
    answer = erika.post(address, data=conflict)
    assert answer.status_code == 409
    assert "Third" in answer.get_data(as_text=True).partition("<aside")[2]


def test_the_same_correction_sent_twice_is_no_conflict(alice: FlaskClient, activity: str) -> None:
    data = fill(alice, f"{activity}/revision", title="Once")
    first, second = (alice.post(f"{activity}/revision", data=data) for _ in range(2))
    assert (first.status_code, second.status_code, second.location) == (302, 302, activity)
    assert "History: 2 versions" in page(alice, activity)


def test_a_forged_revision_number_is_a_bad_request(alice: FlaskClient, activity: str) -> None:
    for seen in ("", "one", "-1", "1.0", "١", "9" * 30):
        assert send(alice, f"{activity}/revision", title="Forged", seen=seen).status_code == 400
    assert "History: one version" in page(alice, activity)


def test_a_revision_that_never_was_is_a_conflict_and_not_a_key(alice: FlaskClient, activity: str) -> None:
    assert send(alice, f"{activity}/revision", title="Forged", seen="99").status_code == 409
    assert "History: one version" in page(alice, activity)
