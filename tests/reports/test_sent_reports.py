"""After a report was sent, a correction says what stands, and the chapter can ask UN Women to reopen it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from harness.people import post
from reports.conftest import Desk
from sqlalchemy import select

from tenants import clock
from tenants.action_kit.evaluation.models import ReportState
from tenants.action_kit.reports import services
from tenants.action_kit.reports.obligations import REPORT_TO_APPROVE
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import new_id, opened
from tenants.errors import AlreadyDecided, Refused
from tenants.overview.obligations import obligations_due
from tenants.overview.waiting import waiting_summary
from tenants.scope import DeskScope
from tenants.undo.models import Change

ACTIVITIES = "/c/recife/activities"


@pytest.fixture
def approved_quarter(quarter: Desk) -> Desk:
    """A report of one activity of seven people is approved."""
    quarter.begin()
    quarter.log(7)
    quarter.submit()
    quarter.approve()
    return quarter


def waiting_reports(quarter: Desk) -> int:
    """Return how many reports wait on the desk, which is also how many are due to UN Women in the chapter."""
    with quarter.inside() as session:
        by = clock.now().date() + timedelta(days=400)
        obligations = [due for due in obligations_due(session, by=by, quiet_weeks=4) if due.kind is REPORT_TO_APPROVE]
    with quarter.world.app.app_context(), opened(DeskScope(ALL_COUNTRIES)) as session:
        count = waiting_summary(session, ALL_COUNTRIES).reports
    assert count == len(obligations)
    return count


def test_an_entry_after_approval_says_what_stands_and_offers_the_request(approved_quarter: Desk) -> None:
    quarter = approved_quarter
    alice, bob = quarter.world.browser_of(quarter.world.alice), quarter.world.browser_of(quarter.world.bob)
    fields = {"kind": "dialogue", "title": "Late", "held_on": str(quarter.period.ends_on), "form_key": str(new_id())}
    answer = post(alice, f"{ACTIVITIES}/new", **fields, people_women_25_59="5", first_time="5")
    page = alice.get(answer.location).text
    assert "now count in your figures" not in page
    assert "is approved and does not change. It holds 7 participations." in page
    request_address = f"{quarter.address}/reopening-request"
    assert f'href="{request_address}"' in page
    assert request_address not in bob.get(answer.location).text
    today = {**fields, "held_on": str(clock.local_day(clock.now(), "America/Recife")), "form_key": str(new_id())}
    answer = post(alice, f"{ACTIVITIES}/new", **today, people_women_25_59="5", first_time="5")
    assert "now count in your figures" in alice.get(answer.location).text


def test_alice_asks_to_reopen_and_dana_reopens(approved_quarter: Desk) -> None:
    quarter, address = approved_quarter, f"{approved_quarter.address}/reopening-request"
    alice, dana = quarter.world.browser_of(quarter.world.alice), quarter.world.browser_of(quarter.world.dana)
    assert address not in alice.get(quarter.address).text, "nothing has changed"
    quarter.log(3)
    assert address in alice.get(quarter.address).text
    assert waiting_reports(quarter) == 0
    assert post(alice, address, number="1", reason=" ").status_code == 422
    assert post(alice, address, number="1", reason="Three more came.").status_code == 302
    assert waiting_reports(quarter) == 1
    assert "UN Women was already asked" in post(alice, address, number="1", reason="Again").text
    assert "Three more came." in dana.get(quarter.address).text
    assert quarter.values()["participations", "all"] == 7, "until then it stands"
    assert post(dana, f"{quarter.address}/reopening", number="1", reason="Please send it again.").status_code == 302
    assert waiting_reports(quarter) == 0
    with quarter.inside() as session:
        assert quarter.report(session).state == ReportState.DRAFT
    assert quarter.events()[:2] == ["reopened", "asked"]


def test_dana_keeps_it_approved_with_a_reason(approved_quarter: Desk) -> None:
    quarter = approved_quarter
    alice, dana = quarter.world.browser_of(quarter.world.alice), quarter.world.browser_of(quarter.world.dana)
    quarter.log(3)
    post(alice, f"{quarter.address}/reopening-request", number="1", reason="Three more came.")
    address = f"{quarter.address}/reopening-refusal"
    assert address in dana.get(quarter.address).text
    assert alice.get(address).status_code == 404
    assert post(dana, address, number="1", reason="They count in the next quarter.").status_code == 302
    assert waiting_reports(quarter) == 0
    assert "They count in the next quarter." in alice.get(quarter.address).text
    with quarter.inside() as session:
        assert quarter.report(session).state == ReportState.APPROVED
        assert session.scalars(select(Change).where(Change.kind == "report.asked")).all() == []


def test_only_an_approved_report_can_be_asked_about(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    quarter.submit()
    values: dict[str, Any] = {"number": 1, "reason": "More", "actor_id": quarter.world.alice.user_id, "at": clock.now()}
    with quarter.inside() as session, pytest.raises(AlreadyDecided):
        services.ask_reopening(session, report_id=quarter.report(session).id, **values)
    quarter.approve()
    with quarter.inside() as session:
        services.ask_reopening(session, report_id=quarter.report(session).id, **values)
    with quarter.inside() as session, pytest.raises(Refused):
        services.ask_reopening(session, report_id=quarter.report(session).id, **values)
