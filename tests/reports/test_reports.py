"""A report fills itself, is sent, returned, approved and reopened. Corrections change nothing that was sent."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from harness.people import Person, post
from reports.conftest import Desk
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.evaluation.models import OpenedPeriod, Report, ReportState, ReportValue, ValueSource
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports import queries
from tenants.action_kit.reports.assembly import assemble
from tenants.action_kit.reports.obligations import REPORT_DUE, REPORT_TO_APPROVE, RETURNED_REPORT
from tenants.action_kit.reports.opening import open_period
from tenants.db import opened
from tenants.errors import AlreadyDecided, Refused
from tenants.obligations.models import ObligationKind
from tenants.overview.obligations import obligations_due
from tenants.scope import NobodyScope

KINDS = {REPORT_DUE, RETURNED_REPORT, REPORT_TO_APPROVE}


def _obligation_kinds(quarter: Desk) -> list[ObligationKind]:
    with quarter.inside() as session:
        by = clock.now().date() + timedelta(days=400)
        return [due.kind for due in obligations_due(session, by=by, quiet_weeks=4) if due.kind in KINDS]


def _sources_of(session: Session, value_id: UUID) -> list[ValueSource]:
    rows = select(ValueSource).where(ValueSource.value_id == value_id)
    return list(session.scalars(rows.order_by(ValueSource.kind, ValueSource.id)))


def test_the_report_fills_itself_from_the_log_with_its_sources(quarter: Desk) -> None:
    quarter.begin()
    first, second = quarter.log(7), quarter.log(None)
    quarter.log(5, on=quarter.period.starts_on - timedelta(days=1))  # in another quarter
    quarter.submit()
    values = quarter.values()
    assert values["activities_held", "all"] == 2
    assert values["participations", "all"] == 7
    assert values["participations", "women.25_59"] == 3
    assert values["participations", "men.18_24"] == 4
    assert values["first_time", "all"] == 7
    assert values["facilitators_trained", "all"] is None, "missing is not zero"
    with quarter.inside() as session:
        of_value = select(ReportValue.id).where(ReportValue.indicator == "participations", ReportValue.cell == "all")
        sources = _sources_of(session, session.scalars(of_value).one())
        rows = [(source.source_id, source.revision, source.numerator) for source in sources]
        statement = select(ReportValue.id).where(ReportValue.indicator == "activities_held")
        assert {source.source_id for source in _sources_of(session, session.scalars(statement).one())} == {
            first,
            second,
        }
    assert rows == [(first, 1, 7)]


def test_two_corrections_after_sending_change_nothing_and_the_page_says_so(quarter: Desk) -> None:
    quarter.begin()
    first, second = quarter.log(7), quarter.log(10)
    quarter.submit()
    quarter.approve()
    quarter.correct(first, 9)
    quarter.correct(second, 11)
    assert quarter.values()["participations", "all"] == 17
    page = quarter.world.browser_of(quarter.world.alice).get(quarter.address).get_data(as_text=True)
    assert "Participations: now 20 in the log, 17 in the report" in page


def test_a_returned_report_goes_back_with_its_reason_and_is_sent_anew(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    quarter.submit()
    dana = quarter.world.browser_of(quarter.world.dana)
    answer = post(dana, f"{quarter.address}/return", number="1", reason=" ")
    assert answer.status_code == 422
    assert post(dana, f"{quarter.address}/return", number="1", reason="Please count the stall.").status_code == 302
    assert _obligation_kinds(quarter) == [RETURNED_REPORT]
    alice = quarter.world.browser_of(quarter.world.alice)
    assert "Please count the stall." in alice.get(quarter.address).get_data(as_text=True)
    quarter.log(4)
    assert post(alice, f"{quarter.address}/submissions", form=quarter.address, seen="0").status_code == 302
    assert quarter.values()["participations", "all"] == 11
    assert quarter.events() == ["submitted", "returned", "submitted"]


def test_a_second_approval_by_another_officer_ends_in_a_page_that_explains(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    quarter.submit()
    dana = quarter.world.browser_of(quarter.world.dana)
    assert "Approve" in dana.get(quarter.address).get_data(as_text=True)
    assert post(dana, f"{quarter.address}/approval", form=quarter.address, number="1").status_code == 302
    answer = post(dana, f"{quarter.address}/approval", form=f"{quarter.address}/reopening", number="1")
    assert answer.status_code == 409
    assert "Dana approved this" in answer.get_data(as_text=True)
    assert quarter.events() == ["approved", "submitted"]


def test_two_approvals_at_once_make_one(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    quarter.submit()
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def approve() -> None:
        barrier.wait()
        try:
            quarter.approve()
        except AlreadyDecided as error:
            outcomes.append(error.decision)
        else:
            outcomes.append("done")

    threads = [threading.Thread(target=approve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "done"]


def test_reopening_is_told_and_the_report_counts_as_a_draft_again(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    quarter.submit()
    quarter.approve()
    dana = quarter.world.browser_of(quarter.world.dana)
    assert post(dana, f"{quarter.address}/reopening", reason="The stall was counted twice.").status_code == 302
    assert quarter.events()[0] == "reopened"
    assert _obligation_kinds(quarter) == [RETURNED_REPORT]


def test_a_nil_report_is_one_click_and_refused_where_something_is_recorded(quarter: Desk) -> None:
    quarter.begin()
    alice = quarter.world.browser_of(quarter.world.alice)
    quarter.log(7)
    assert "Send a nil report" not in alice.get(quarter.address).get_data(as_text=True)
    with pytest.raises(Refused):
        quarter.submit(nil=True)
    huye = quarter.begin(quarter.world.huye)
    charlie = quarter.world.browser_of(quarter.world.charlie)
    address = f"/c/huye/reports/{quarter.period.code}"
    assert post(charlie, f"{address}/nil", form=address, seen="0").status_code == 302
    with quarter.inside(quarter.world.huye) as session:
        report = session.get_one(Report, (quarter.world.huye.id, huye))
        assert report.state == ReportState.SUBMITTED
        snapshot = queries.sent_values(session, report)
        assert snapshot is not None
        assert snapshot[0].is_nil


def test_the_period_must_be_over(quarter: Desk) -> None:
    current_quarter = Desk(quarter.world, Period.of(clock.now().date()))
    current_quarter.begin()
    with pytest.raises(Refused):
        current_quarter.submit()


def test_coordinator_writes_and_leaves_the_sending_to_the_focal_point(quarter: Desk) -> None:
    quarter.begin()
    carla = quarter.world.browser_of(quarter.coordinator())
    fields = {
        "would_speak_up": "61",
        "would_speak_up_of": "94",
        "workplaces_with_policy": "2",
        "what_changed": "A rule.",
    }
    assert post(carla, f"{quarter.address}/draft", form=quarter.address, seen="0", **fields).status_code == 302
    page = carla.get(quarter.address).get_data(as_text=True)
    assert "61 of 94" in page
    assert "Send to UN Women" not in page
    assert post(carla, f"{quarter.address}/submissions", form=quarter.address).status_code == 404
    quarter.submit()
    assert quarter.values()["would_speak_up", "all"] == 61


def test_bad_numbers_are_told_at_their_field_and_nothing_typed_is_lost(quarter: Desk) -> None:
    quarter.begin()
    alice = quarter.world.browser_of(quarter.world.alice)
    answer = post(
        alice,
        f"{quarter.address}/draft",
        form=quarter.address,
        seen="0",
        would_speak_up="95",
        would_speak_up_of="94",
        facilitators_trained="a few",
        what_next="Two people at each stall.",
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for text in ("a few", "Two people at each stall.", 'value="95"'):
        assert text in page


def test_of_two_who_write_the_second_keeps_hers_typed(quarter: Desk) -> None:
    quarter.begin()
    alice = quarter.world.browser_of(quarter.world.alice)
    assert post(alice, f"{quarter.address}/draft", form=quarter.address, seen="0", what_next="One").status_code == 302
    second = post(alice, f"{quarter.address}/draft", form=quarter.address, seen="0", what_next="Two")
    assert second.status_code == 409
    assert "Two" in second.get_data(as_text=True)


@pytest.mark.parametrize("act", ["submissions", "nil", "draft", "approval", "return", "reopening", "excuse"])
def test_a_member_and_another_chapter_change_nothing(quarter: Desk, act: str) -> None:
    quarter.begin()
    quarter.log(7)
    for member in (quarter.world.bob, quarter.world.charlie):
        client = quarter.world.browser_of(member)
        assert post(client, f"{quarter.address}/{act}", form="/me", reason="x", number="1").status_code == 404
    assert quarter.events() == []


def test_focal_point_does_not_approve_her_own_report_even_at_the_desk(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    quarter.submit()
    with pytest.raises(Refused):
        quarter.approve(actor=quarter.world.alice)


def test_an_excuse_ends_the_duty_and_keeps_its_reason(quarter: Desk) -> None:
    quarter.begin()
    assert _obligation_kinds(quarter) == [REPORT_DUE]
    dana = quarter.world.browser_of(quarter.world.dana)
    assert post(dana, f"{quarter.address}/excuse", reason="A cyclone.").status_code == 302
    assert _obligation_kinds(quarter) == []
    assert "A cyclone." in quarter.world.browser_of(quarter.world.bob).get(quarter.address).get_data(as_text=True)


def test_a_period_opens_once_for_every_active_chapter(quarter: Desk) -> None:
    for expected in (2, 0):
        with quarter.world.app.app_context():
            assert open_period(period=quarter.period, at=clock.now()) == expected
    assert _obligation_kinds(quarter) == [REPORT_DUE]
    with quarter.world.app.app_context(), opened(NobodyScope(login="worker")) as session:
        assert session.scalars(select(OpenedPeriod.period_on)).all() == [quarter.period.starts_on]


def test_the_database_refuses_what_cannot_be(quarter: Desk) -> None:
    quarter.begin()
    quarter.log(7)
    quarter.submit()
    for model in (ReportValue, ValueSource):  # what was sent is not changed
        with pytest.raises(ProgrammingError):
            _change(quarter, model, numerator=8)
    february = clock.now().date().replace(month=2, day=1)
    for change in ({"state": "approved"}, {"state": "draft"}, {"period_on": february}):
        with pytest.raises(IntegrityError):
            _change(quarter, Report, **change)


def _change(quarter: Desk, model: Any, **values: object) -> None:
    with quarter.inside() as session:
        row = session.scalars(select(model)).first()
        for name, value in values.items():
            setattr(row, name, value)


def test_assembling_says_what_has_no_number(quarter: Desk) -> None:
    quarter.log(None)
    with quarter.inside() as session:
        now = {value.indicator.code: value for value in assemble(session, quarter.period, {})}
    assert now["participations"].left_out == 1
    assert now["signups_tallied"].numerator is None


@pytest.mark.parametrize("name", ["alice", "bob", "dana"])
def test_everybody_who_reads_the_chapter_reads_its_reports(quarter: Desk, name: str) -> None:
    quarter.begin()
    reader: Person = getattr(quarter.world, name)
    client = quarter.world.browser_of(reader)
    assert client.get("/c/recife/reports").status_code == 200
    assert client.get(quarter.address).status_code == 200
    assert client.get("/c/recife/reports/2026-Q9").status_code == 404
    assert client.get("/c/huye/reports").status_code == (200 if name == "dana" else 404)


def test_a_chapter_that_joined_later_begins_a_report_itself(quarter: Desk) -> None:
    alice = quarter.world.browser_of(quarter.world.alice)
    assert post(alice, "/c/recife/reports", period=quarter.period.code).status_code == 302
    assert post(alice, "/c/recife/reports", period=quarter.period.code, form=quarter.address).status_code == 404
    assert post(alice, "/c/recife/reports", period="2020-Q1", form=quarter.address).status_code == 404
