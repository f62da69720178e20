"""Logging an activity in the browser: input is kept, errors show at their field, double submissions count once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from html import unescape
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from harness.activity_form import WELL_FILLED, boxes, errors, fill, send
from harness.people import Person, Place, World
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.activities.models import Activity, ActivityRevision
from tenants.action_kit.activities.queries import head_counts, list_current, own_totals
from tenants.action_kit.cells import AgeBand, Sex
from tenants.db import opened
from tenants.keyset import Window
from tenants.scope import ChapterScope

NEW = "/c/recife/activities/new"
TICK_ERROR = "You ticked this, but you also entered numbers. Clear the numbers, or untick this."
TO_COME = "This date is in the future. Log the activity after it has taken place."

MISTAKES: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"people_other_18_24": "two"}, {"people_other_18_24": "Enter a number, such as 12."}),
    ({"people_other_18_24": "1.5"}, {"people_other_18_24": "Enter a whole number, such as 12."}),
    ({"people_other_18_24": "1.000"}, {"people_other_18_24": "This number can be read in two ways. Enter 1,000 or 1."}),
    ({"people_other_18_24": "1e3"}, {"people_other_18_24": "Enter a number, such as 12."}),
    ({"people_other_18_24": "NaN"}, {"people_other_18_24": "Enter a number, such as 12."}),
    ({"people_other_18_24": "-1"}, {"people_other_18_24": "The number of people cannot be less than zero."}),
    ({"people_other_18_24": "1,000,001"}, {"people_other_18_24": "Enter no more than 1,000,000 people."}),
    ({"people_other_18_24": "9" * 5000}, {"people_other_18_24": "Enter no more than 1,000,000 people."}),
    ({"first_time": "-12"}, {"first_time": "The number of people cannot be less than zero."}),
    ({"not_sure": "4"}, {"first_time": "12 + 30 + 4 adds up to 46, but you counted 44 people. Check the numbers."}),
    (
        {"total": "50"},
        {"total": "The boxes add up to 44, but the total is 50. Correct one of them, or leave one empty."},
    ),
    ({"not_counted": "y"}, {"not_counted": TICK_ERROR}),
    ({"title": " "}, {"title": "Enter a title."}),
    ({"title": "t" * 100_000}, {"title": "Enter no more than 120 characters. You entered 100,000."}),
    ({"narrative": "n" * 100_000}, {"narrative": "Enter no more than 4,000 characters. You entered 100,000."}),
    ({"kind": "party"}, {"kind": "Choose one of the options"}),
    ({"kind": ""}, {"kind": "Choose a type."}),
    ({"held_on": ""}, {"held_on": "Enter the date."}),
    ({"held_on": "11/02/2026"}, {"held_on": "Enter the date as year, month and day, such as 2026-02-11."}),
    ({"held_on": "2025-02-30"}, {"held_on": "Enter the date as year, month and day, such as 2026-02-11."}),
    ({"held_on": "2030-01-01"}, {"held_on": TO_COME}),
    ({"held_on": "2999-01-01"}, {"held_on": "This date is more than 10 years away. Enter an earlier one."}),
    (
        {"held_on": "1914-09-20"},
        {"held_on": "The movement began on 20 September 2014. Enter that date or a later one."},
    ),
]

AsPerson = Callable[[Person], FlaskClient]
InChapter = Callable[..., AbstractContextManager[Session]]
Count = Callable[[], int]


@pytest.fixture
def alice(world: World, as_person: AsPerson) -> FlaskClient:
    return as_person(world.alice)


@pytest.fixture
def reading(world: World) -> InChapter:
    """Return a function that opens a session in a chapter for a short time, so that no page is requested inside it."""

    @contextmanager
    def read(place: Place) -> Iterator[Session]:
        with world.app.app_context(), opened(ChapterScope(place.id)) as session:
            yield session

    return read


@pytest.fixture
def participations(world: World, reading: InChapter) -> Count:
    """Return a function that counts the participations of Recife in the database."""

    def count() -> int:
        with reading(world.recife) as session:
            return own_totals(session).people

    return count


def test_alice_logs_an_activity_and_is_shown_it(alice: FlaskClient, participations: Count) -> None:
    answer = send(alice, NEW)
    assert answer.status_code == 302
    page = alice.get(answer.location).get_data(as_text=True)
    assert "Saved. 44 participations now count in your figures." in page
    assert "44 people were counted. First time: 12. Came before: 30. Not sure: 2." in page
    assert "Two boys asked how to support a classmate." in page
    assert participations() == 44


def test_a_log_rings_for_nobody_since_only_what_is_approved_counts(
    alice: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(
        world.app.extensions["task_producer"], "enqueue", lambda task, queue: rung.append((task, queue))
    )
    send(alice, NEW)
    assert rung == []


def test_the_same_page_sent_again_leads_to_the_same_activity(alice: FlaskClient, participations: Count) -> None:
    data = fill(alice, NEW)
    first, second = alice.post(NEW, data=data), alice.post(NEW, data=data)
    assert first.location == second.location
    assert "This was already saved. It counts only once." in alice.get(second.location).get_data(as_text=True)
    assert participations() == 44


def test_the_same_page_sent_at_once_from_two_windows_counts_once(
    alice: FlaskClient, world: World, as_person: AsPerson, participations: Count
) -> None:
    first_data, second_client = fill(alice, NEW), as_person(world.alice)
    second_data = {**fill(second_client, NEW), "form_key": first_data["form_key"]}
    ready, places = threading.Barrier(2), set()

    def press(client: FlaskClient, data: dict[str, str]) -> None:
        ready.wait(10)
        places.add(client.post(NEW, data=data).location)

    windows = [
        threading.Thread(target=press, args=pair) for pair in ((alice, first_data), (second_client, second_data))
    ]
    for window in windows:
        window.start()
    for window in windows:
        window.join(20)
    assert len(places) == 1
    assert participations() == 44


def test_the_same_page_with_something_new_in_it_loses_neither_text(alice: FlaskClient) -> None:
    data = fill(alice, NEW)
    first = alice.post(NEW, data=data)
    second = alice.post(NEW, data={**data, "title": "Roda de conversa, corrected"})
    page = second.get_data(as_text=True)
    assert second.status_code == 409
    assert boxes(page)["title"] == "Roda de conversa, corrected"
    assert '<dd><bdi lang="pt">Roda de conversa</bdi></dd>' in page
    knowingly = alice.post(f"{first.location}/revision", data=boxes(page))
    assert knowingly.location == first.location
    assert "Roda de conversa, corrected" in alice.get(first.location).get_data(as_text=True)


def test_what_is_wrong_is_told_at_its_box_and_everything_typed_is_kept(
    alice: FlaskClient, participations: Count
) -> None:
    for changes, expected_errors in MISTAKES:
        answer = send(alice, NEW, **changes)
        assert (answer.status_code, errors(answer)) == (422, expected_errors), changes
        fields, expected_fields = boxes(answer.get_data(as_text=True)), {**WELL_FILLED, **changes}
        if "kind" in changes:  # the page has no such choice
            del expected_fields["kind"]
        assert {name: fields.get(name) for name in expected_fields} == expected_fields
    assert participations() == 0


def test_every_mistake_is_told_at_once_and_the_good_page_then_counts_once(
    alice: FlaskClient, participations: Count
) -> None:
    data = fill(alice, NEW, kind="", title="", held_on="", people_men_under_18="many", came_before="-1")
    answer = alice.post(NEW, data=data)
    assert list(errors(answer)) == ["kind", "title", "held_on", "people_men_under_18", "came_before"]
    second_answer = alice.post(NEW, data={**boxes(answer.get_data(as_text=True)), **WELL_FILLED})
    assert second_answer.status_code == 302
    assert participations() == 44


def test_the_totals_stand_under_the_grid_when_the_page_comes_back(alice: FlaskClient) -> None:
    page = send(alice, NEW, people_men_25_59="1,200", not_sure="1,202", title="").get_data(as_text=True)
    assert "Total 1,244" in page
    assert "<td>19</td><td>1,225</td><td>0</td><td>0</td>" in page
    assert "12 + 30 + 1202 = 1244" in page


def test_boxes_left_empty_are_nobody_only_once_something_is_said(alice: FlaskClient) -> None:
    empty_fields = {name: "" for name in WELL_FILLED if name not in ("kind", "title", "held_on")}
    messages = errors(send(alice, NEW, **empty_fields))
    assert messages == {"not_counted": "Enter how many people came, or tick this box. If nobody came, enter 0."}
    assert send(alice, NEW, **empty_fields, not_counted="y").status_code == 302
    assert send(alice, NEW, **{**empty_fields, "total": "0"}).status_code == 302
    page = alice.get("/c/recife/activities").get_data(as_text=True)
    assert "2 activities are logged. Attendance was counted at one of them." in page


def test_one_number_alone_is_kept_as_not_asked(alice: FlaskClient, world: World, reading: InChapter) -> None:
    empty_fields = {"people_women_under_18": "", "people_men_under_18": ""}
    assert send(alice, NEW, **empty_fields, total="44").status_code == 302
    messages = errors(send(alice, NEW, **empty_fields, total="1,000,001"))
    assert messages == {"total": "Enter no more than 1,000,000 people."}
    with reading(world.recife) as session:
        (row,) = list_current(session, Window(9))
        assert head_counts(session, row.revision.id) == {(Sex.UNKNOWN, AgeBand.UNKNOWN): 44}


def test_arabic_digits_and_separators_are_numbers(alice: FlaskClient, participations: Count) -> None:
    alice.get("/language/ar")
    answer = send(
        alice,
        NEW,
        people_women_under_18="١٩",
        people_men_under_18="۱٬۲۲۵",
        first_time="١٢",
        came_before="1 200",
        not_sure="32",
    )
    assert answer.status_code == 302
    assert participations() == 1244


def test_too_long_a_text_in_any_script_is_refused_at_its_field_and_kept(alice: FlaskClient) -> None:
    answer = send(alice, NEW, narrative="س" * 100_000)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "You entered 100,000" in page
    assert "س" * 100_000 in page


def test_more_than_a_form_can_hold_is_answered_with_413(alice: FlaskClient) -> None:
    answer = send(alice, NEW, narrative="n" * 3_000_000)
    assert answer.status_code == 413
    assert "nothing was saved" in answer.get_data(as_text=True)


def test_a_forged_key_is_a_bad_request(alice: FlaskClient) -> None:
    for key in ("", "not-a-key", "1"):
        assert send(alice, NEW, form_key=key).status_code == 400


def test_a_chapter_or_an_activity_in_the_body_changes_nothing(
    alice: FlaskClient, world: World, reading: InChapter, participations: Count
) -> None:
    forged_fields = {
        "chapter_id": str(world.huye.id),
        "chapter": "huye",
        "country": "RW",
        "activity_id": str(uuid4()),
        "id": str(uuid4()),
    }
    assert send(alice, NEW, **forged_fields).status_code == 302
    assert participations() == 44
    with reading(world.huye) as session:
        assert session.scalar(select(func.count(Activity.id))) == 0


def test_texts_are_shown_as_text(alice: FlaskClient) -> None:
    answer = send(alice, NEW, title="<script>alert(1)</script>", narrative="<b>bold</b>")
    for address in (answer.location, "/c/recife/activities", "/c/recife/"):
        page = alice.get(address).get_data(as_text=True)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>" not in page


def test_bob_reads_and_does_not_log(world: World, as_person: AsPerson, alice: FlaskClient) -> None:
    activity = send(alice, NEW).location
    data = fill(alice, NEW)
    bob = as_person(world.bob)
    for address in (activity, "/c/recife/activities", "/c/recife/"):
        page = bob.get(address)
        assert page.status_code == 200
        assert "/activities/new" not in page.get_data(as_text=True)
        assert '/revision"' not in page.get_data(as_text=True)
    for address in (NEW, f"{activity}/revision"):
        assert bob.get(address).status_code == 404
        assert bob.post(address, data=data).status_code in (400, 404)


def test_charlie_finds_neither_the_chapter_nor_the_activity(
    world: World, as_person: AsPerson, alice: FlaskClient
) -> None:
    activity = send(alice, NEW).location
    charlie = as_person(world.charlie)
    huye_activity = activity.replace("/c/recife/", "/c/huye/")
    for address in (activity, huye_activity, f"{huye_activity}/revision", "/c/recife/activities", NEW, "/c/recife/"):
        assert charlie.get(address).status_code == 404
    data = {**fill(charlie, "/c/huye/activities/new"), "seen": "1"}
    assert charlie.post(NEW, data=data).status_code == 404
    assert charlie.post(f"{huye_activity}/revision", data=data).status_code == 404
    assert charlie.post("/c/huye/activities/new", data=data).status_code == 302


def test_dana_reads_as_un_women_and_does_not_log(world: World, as_person: AsPerson, alice: FlaskClient) -> None:
    activity = send(alice, NEW).location
    dana = as_person(world.dana)
    assert dana.get(activity).status_code == 200
    assert dana.get(NEW).status_code == 404
    assert dana.get(f"{activity}/revision").status_code == 404
    with world.app.app_context():
        assert "Correct the activity" not in dana.get(activity).get_data(as_text=True)


def test_an_activity_that_never_was_is_not_found(alice: FlaskClient) -> None:
    assert alice.get(f"/c/recife/activities/{uuid4()}").status_code == 404
    assert alice.get(f"/c/recife/activities/{uuid4()}/revision").status_code == 404
    activity = send(alice, NEW).location
    assert alice.get(f"{activity}?revision=1").status_code == 200
    for number in ("2", "0", "one", ""):
        assert alice.get(f"{activity}?revision={number}").status_code == 404
    assert alice.get("/c/recife/activities/1").status_code == 404


def test_nothing_is_stored_twice_for_one_page(alice: FlaskClient, world: World, reading: InChapter) -> None:
    data = fill(alice, NEW)
    for _ in range(3):
        alice.post(NEW, data=data)
    with reading(world.recife) as session:
        assert session.scalar(select(func.count(ActivityRevision.id))) == 1


def test_the_form_begins_with_today_and_offers_the_places_of_before(world: World, as_person: AsPerson) -> None:
    alice = as_person(world.alice)
    assert f'value="{clock.local_day(clock.now(), "America/Recife").isoformat()}"' in alice.get(NEW).text
    for day, place in (("2026-02-10", "Casa Amarela"), ("2026-02-11", "Boa Vista"), ("2026-02-09", "Casa Amarela")):
        send(alice, NEW, held_on=day, place=place)
    suggestions = re.findall(r'<option value="([^"]+)"></option>', alice.get(NEW).text)
    assert suggestions == ["Boa Vista", "Casa Amarela"]


def test_who_came_before_may_be_left_unasked_and_adds_to_no_number(
    alice: FlaskClient, world: World, reading: InChapter
) -> None:
    empty_fields = {"first_time": "", "came_before": "", "not_sure": ""}
    activity = send(alice, NEW, **empty_fields).location
    assert "Nobody was asked whether they had come before." in alice.get(activity).text
    assert "not asked" in alice.get("/c/recife/activities").text
    send(alice, NEW)
    with reading(world.recife) as session:
        totals = own_totals(session)
        assert (totals.people, totals.first_time, totals.came_before, totals.not_sure) == (88, 12, 30, 2)
    home = alice.get("/c/recife/").text
    assert "People were asked at 1 of 2 activities." in home
    assert 'href="/c/recife/activities?figure=first_time&amp;year=2025"' in home
    entries = alice.get("/c/recife/activities?figure=first_time&year=2025").text
    assert "One entry." in entries
    assert 'href="/c/recife/"' in entries
    (link,) = re.findall(r'href="([^"]*)"><bdi', entries.split("<tbody>")[1].split("</tbody>")[0])
    assert 'href="/c/recife/activities?figure=first_time&amp;year=2025"' in alice.get(unescape(link)).text
    assert "2 entries." in alice.get("/c/recife/activities?figure=participations&year=2025").text
    assert "There is no entry in the log yet." in alice.get("/c/recife/activities?figure=first_time&year=2024").text
    for query in ("figure=spent&year=2025", "figure=first_time&year=x", "figure=first_time", "planned=x"):
        assert alice.get(f"/c/recife/activities?{query}").status_code == 404


def test_same_as_last_time_fills_in_type_and_place_with_one_link_and_saves_nothing(
    alice: FlaskClient, world: World, reading: InChapter
) -> None:
    assert "Same as last time" not in alice.get(NEW).text
    send(alice, NEW, held_on="2025-11-20", kind="stall", place="Market", title="Stall")
    send(alice, NEW, held_on="2025-11-10", kind="training", place="School")
    page = alice.get(NEW).text
    link = re.search(rf'href="({NEW}\?like=[0-9a-f-]+)"', page)
    assert link
    assert "Same as last time" in page
    fields = boxes(alice.get(link[1]).text)
    assert (fields["kind"], fields["place"], fields["title"]) == ("stall", "Market", "")
    assert fields["held_on"] == clock.local_day(clock.now(), "America/Recife").isoformat()
    with reading(world.recife) as session:
        assert own_totals(session).activities == 2
    assert alice.get(f"{NEW}?like={uuid4()}").status_code == 404
    assert alice.get(f"{NEW}?like=x").status_code == 404
