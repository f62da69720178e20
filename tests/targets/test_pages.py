"""The pages of targets: set, changed with a reason, and readable by all readers of the chapter."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from harness.people import World, post
from sqlalchemy import event
from targets.conftest import TARGETS, YEAR, AsPerson, TargetWorld

from tenants.action_kit.targets.services import Amount
from tenants.db import db

ACTIVITIES = f"{TARGETS}/activities_held/{YEAR}"
SPENDING = f"{TARGETS}/spent/{YEAR}"
SPEAK_UP = f"{TARGETS}/would_speak_up/{YEAR}"


def _text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_alice_sets_a_target_and_moves_it_only_with_a_reason(
    target_world: TargetWorld, world: World, as_person: AsPerson
) -> None:
    alice = as_person(world.alice)
    assert "No target is set for 2026." in _text(alice, ACTIVITIES)
    answer = post(alice, f"{ACTIVITIES}/numbers", form=ACTIVITIES, seen="0", target="20")
    assert answer.location == f"{TARGETS}?year=2026"
    silent = post(alice, f"{ACTIVITIES}/numbers", form=ACTIVITIES, seen="1", target="4,0")
    assert silent.status_code == 422
    page = silent.get_data(as_text=True)
    assert 'value="4,0"' in page
    silent = post(alice, f"{ACTIVITIES}/numbers", form=ACTIVITIES, seen="1", target="40", reason=" ")
    assert silent.status_code == 422
    assert "Give a reason for changing the target." in silent.get_data(as_text=True)
    assert [row.target_numerator for row in target_world.rows()] == [20]
    fields = {"target": "40", "reason": "Three schools <asked> for us."}
    assert post(alice, f"{ACTIVITIES}/numbers", form=ACTIVITIES, seen="1", **fields).status_code == 302
    page = _text(alice, ACTIVITIES)
    assert "Target for 2026: 40" in page
    assert "Three schools &lt;asked&gt; for us." in page
    assert "<bdi>Alice</bdi>" in page
    assert "<bdi>20</bdi>" in page, "what it was stays readable"


def test_the_second_of_two_sees_the_first_and_keeps_what_she_typed(
    target_world: TargetWorld, world: World, as_person: AsPerson
) -> None:
    alice = as_person(world.alice)
    first = {"target": "20", "baseline": "3", "baseline_on": "2025-12-31"}
    assert post(alice, f"{ACTIVITIES}/numbers", form=ACTIVITIES, seen="0", **first).status_code == 302
    second = post(alice, f"{ACTIVITIES}/numbers", form=ACTIVITIES, seen="0", target="31", reason="Mine")
    page = second.get_data(as_text=True)
    assert second.status_code == 409
    assert "Someone else saved changes before you" in page
    assert 'value="31"' in page
    assert "Mine</textarea>" in page
    assert "Target for 2026: 20" in page
    assert 'name="seen" type="hidden" value="1"' in page
    assert len(target_world.rows()) == 1


def test_money_is_in_dollars_and_cents(target_world: TargetWorld, world: World, as_person: AsPerson) -> None:
    alice = as_person(world.alice)
    wrong = post(alice, f"{SPENDING}/numbers", form=SPENDING, seen="0", target="1,200.505", baseline="a lot")
    assert wrong.status_code == 422
    page = wrong.get_data(as_text=True)
    assert "Use fewer decimal places for this currency." in page
    assert 'value="a lot"' in page
    assert post(alice, f"{SPENDING}/numbers", form=SPENDING, seen="0", target="1,200.50").status_code == 302
    assert target_world.rows()[0].target_numerator == 120_050
    assert "$1,200.50" in _text(alice, TARGETS)
    assert 'value="1,200.50"' in _text(alice, SPENDING)
    target_world.report(1, {"spent": Amount(60_025)})
    page = _text(alice, TARGETS)
    assert "$600.25" in page
    assert "<small>50%</small>" in page


def test_a_ratio_has_two_numbers(target_world: TargetWorld, world: World, as_person: AsPerson) -> None:
    alice = as_person(world.alice)
    for fields, message in (
        ({"target": "65"}, "Enter both numbers, or leave both empty."),
        ({"target_of": "65"}, "Enter both numbers, or leave both empty."),
        ({"target": "65", "target_of": "0"}, "Enter a whole number above 0."),
        ({"target": "65", "target_of": "64"}, "The first number cannot be larger than the second"),
        ({"target": "65", "target_of": "100", "baseline": "3", "baseline_of": "4"}, "Enter the date it was measured."),
        ({"target": "65", "target_of": "100", "baseline_on": "2025-12-31"}, "Enter the baseline, or clear the date."),
        ({"target": "65", "target_of": "100", "baseline_on": "31.12."}, "Enter the date as year, month and day"),
        ({}, "Enter a target."),
    ):
        answer = post(alice, f"{SPEAK_UP}/numbers", form=SPEAK_UP, seen="0", **fields)
        assert answer.status_code == 422, fields
        assert message in answer.get_data(as_text=True), fields
    assert target_world.rows() == []
    whole = {"target": "65", "target_of": "100", "baseline": "30", "baseline_of": "60", "baseline_on": "2025-12-31"}
    assert post(alice, f"{SPEAK_UP}/numbers", form=SPEAK_UP, seen="0", **whole).status_code == 302
    assert "65 of 100" in _text(alice, TARGETS)
    assert "Baseline on 31 Dec 2025: 30 of 60" in _text(alice, SPEAK_UP)


def test_the_table_tells_how_far_it_is_or_why_nobody_can_say(
    target_world: TargetWorld, world: World, as_person: AsPerson
) -> None:
    target_world.set("activities_held", 20)
    target_world.set("participations", 100, baseline=100)
    target_world.set("facilitators_trained", 9)
    target_world.set("workplaces_with_policy", 4)
    target_world.set("first_time", 50, baseline=40)
    target_world.set("signups_tallied", 300)
    for month in (1, 4):
        target_world.report(
            month,
            {
                "activities_held": Amount(7),
                "participations": Amount(70),
                "facilitators_trained": Amount(2),
                "workplaces_with_policy": Amount(2),
                "first_time": Amount(5),
                "signups_tallied": None,
            },
        )
    page = _text(as_person(world.alice), TARGETS)
    assert "2 of 4 quarters" in page
    assert "<bdi>14</bdi>" in page
    assert "<small>70%</small>" in page
    assert "from 2 approved reports" in page
    assert "The target is the same as the baseline, so progress cannot be measured." in page
    assert "The same person can come again in another period, so there is no total." in page
    assert "Progress cannot be measured without a baseline." in page
    assert "Behind the baseline so far." in page
    assert "No approved report has a value yet." in page
    assert page.count("%</small>") == 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_are_whole_in_both_languages(
    target_world: TargetWorld, world: World, as_person: AsPerson, language: str
) -> None:
    target_world.set("activities_held", 20)
    target_world.report(1, {"activities_held": Amount(25)})
    for person in (world.alice, world.bob, world.dana):
        client = as_person(person)
        client.set_cookie("language", language)
        for address in (TARGETS, f"{TARGETS}?year=2027", ACTIVITIES, SPENDING, SPEAK_UP):
            page = _text(client, address)
            assert f'lang="{language}"' in page
            assert 'name="target"' not in page or person is world.alice
        assert 'class="tbar bars"' in _text(client, TARGETS)


def test_members_and_un_women_read_and_do_not_set(target_world: TargetWorld, world: World, as_person: AsPerson) -> None:
    target_world.set("activities_held", 20)
    for person in (world.bob, world.dana):
        client = as_person(person)
        assert "History" in _text(client, TARGETS)
        assert "Set a target" not in _text(client, TARGETS)
        assert "<bdi>20</bdi>" in _text(client, ACTIVITIES)
        assert post(client, f"{ACTIVITIES}/numbers", form="/me", seen="1", target="1", reason="x").status_code == 404
    assert len(target_world.rows()) == 1


def test_charlie_finds_no_page_and_his_canary_stays_at_home(
    target_world: TargetWorld, world: World, as_person: AsPerson
) -> None:
    target_world.set("activities_held", 31_415, place=world.huye)
    target_world.set("activities_held", 27_182, place=world.huye, seen=1, reason="zz-canary")
    target_world.report(1, {"activities_held": Amount(16_180)}, place=world.huye)
    alice, charlie = as_person(world.alice), as_person(world.charlie)
    for address in (TARGETS, ACTIVITIES):
        page = _text(alice, address)
        assert not [mark for mark in ("31,415", "27,182", "16,180", "zz-canary") if mark in page]
        assert charlie.get(address).status_code == 404
    assert "zz-canary" in _text(charlie, f"/c/huye/targets/activities_held/{YEAR}")
    assert "16,180" in _text(charlie, "/c/huye/targets")


@pytest.mark.parametrize(
    "address",
    [
        f"{TARGETS}?year=2013",
        f"{TARGETS}?year=2032",
        f"{TARGETS}?year=x",
        f"{TARGETS}/happiness/2026",
        f"{TARGETS}/spent/1999",
    ],
)
def test_other_years_and_indicators_have_no_page(
    target_world: TargetWorld, world: World, as_person: AsPerson, address: str
) -> None:
    assert as_person(world.alice).get(address).status_code == 404


def test_a_target_set_when_the_year_was_over_says_so(
    target_world: TargetWorld, world: World, as_person: AsPerson
) -> None:
    alice, address = as_person(world.alice), f"{TARGETS}/activities_held/2025"
    assert post(alice, f"{address}/numbers", form=address, seen="0", target="20").status_code == 422
    late = post(alice, f"{address}/numbers", form=address, seen="0", target="20", reason="For the record")
    assert late.status_code == 302
    assert "Set after the end of the year." in _text(alice, address)


def test_the_report_says_that_a_target_is_that_of_the_year_and_its_value_that_of_the_quarter(
    target_world: TargetWorld, world: World, as_person: AsPerson
) -> None:
    target_world.report(7, {"activities_held": Amount(7)})
    alice, address = as_person(world.alice), "/c/recife/reports/2026-Q3"
    assert "Target for 2026" not in _text(alice, address)
    target_world.set("activities_held", 20)
    target_world.set("spent", 120_050)
    page = _text(alice, address)
    assert "Target for 2026: 20 (whole year)" in page
    assert "Target for 2026: $1,200.50 (whole year)" in page
    target_world.set("signups_tallied", 3)
    assert "Target for 2026: 3 (by the end of the year)" in _text(alice, address)


def test_pages_take_as_many_statements_with_much_as_with_little(
    target_world: TargetWorld, world: World, as_person: AsPerson
) -> None:
    alice, statement_log = as_person(world.alice), list[str]()

    def statements() -> list[int]:
        counts = []
        for address in (TARGETS, ACTIVITIES, "/c/recife/reports", "/c/recife/reports/2026-Q1"):
            statement_log.clear()
            assert alice.get(address).status_code == 200
            counts.append(len(statement_log))
        return counts

    target_world.report(1, {"activities_held": Amount(7)})
    target_world.set("activities_held", 20)
    with world.app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", lambda *args: statement_log.append(args[2]))
    statement_counts = statements()
    for number in range(1, 9):
        target_world.set("activities_held", 20 + number, seen=number, reason="More")
    for month in (4, 7):
        target_world.report(month, {"activities_held": Amount(7), "spent": Amount(8)})
    assert statements() == statement_counts
    assert max(statement_counts[:3]) <= 12, statement_counts
