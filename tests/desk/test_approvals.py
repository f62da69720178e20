"""The desk sees what waits for its approval and for how long, and nothing of other countries."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from funding.money import DAY, Money
from harness.people import Place, World, desk_person
from sqlalchemy import update

from solidarity.i18n.locale import format_day
from tenants import clock
from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.obligations import REPORT_TO_APPROVE
from tenants.action_kit.reports.services import open_report, submit_report
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import opened
from tenants.overview.obligations import obligations_of
from tenants.overview.steps import states_of
from tenants.people.permissions import DeskRole
from tenants.scope import ChapterScope, DeskScope

QUARTER = Period.of(clock.now().date()).previous


def _sent(world: World, place: Place, *, days_ago: int) -> None:
    with world.app.app_context(), opened(ChapterScope(place.id)) as session:
        open_report(session, period=QUARTER, at=clock.now())
        report = session.query(Report).one()
        actor = world.alice.user_id
        submit_report(session, report_id=report.id, actor_id=actor, at=clock.now(), is_nil=True)
        session.execute(update(Report).values(submitted_at=clock.now() - timedelta(days=days_ago)))


def _page(client: FlaskClient) -> str:
    return client.get("/desk/approvals").get_data(as_text=True)


def test_facilitator_sees_what_waits_and_for_how_long(world: World) -> None:
    dana = world.browser_of(world.dana)
    assert "Nothing is waiting for UN Women" in _page(dana)
    _sent(world, world.recife, days_ago=5)
    _sent(world, world.huye, days_ago=1)
    page = _page(dana)
    assert "2 requests are waiting for UN Women" in page
    assert page.index("ElesPorElas Recife") < page.index("HeForShe Huye"), "the oldest first"
    assert "5 days" in page
    assert f"/c/recife/reports/{QUARTER.code}" in page


def test_country_desk_sees_her_country_alone_and_others_no_such_page(world: World) -> None:
    _sent(world, world.recife, days_ago=5)
    _sent(world, world.huye, days_ago=1)
    with world.app.app_context():
        erin = desk_person("Erin", DeskRole.VIEWER, ("RW",))
    page = _page(world.browser_of(erin))
    assert "HeForShe Huye" in page
    assert "Recife" not in page
    for member in (world.alice, world.bob):
        assert world.browser_of(member).get("/desk/approvals").status_code == 404


def test_the_desk_reads_every_leg_and_standing_of_its_countries_and_no_owner(world: World) -> None:
    _sent(world, world.recife, days_ago=5)
    by, chapter_ids = clock.now().date() + timedelta(days=400), [world.recife.id, world.huye.id]
    with world.app.app_context():
        with opened(DeskScope(ALL_COUNTRIES)) as session:
            obligations = obligations_of(session, chapter_ids, by=by, quiet_weeks=4)
            states = states_of(session, chapter_ids, today=clock.now().date(), obligations=obligations)
        with opened(DeskScope(("RW",))) as session:
            in_rwanda = obligations_of(session, chapter_ids, by=by, quiet_weeks=4)
    assert {due.owner_id for due in obligations} == {None}
    assert REPORT_TO_APPROVE in {d.kind for d in obligations if d.chapter_id == world.recife.id}
    assert {due.chapter_id for due in in_rwanda} == {world.huye.id}
    assert set(states) == set(chapter_ids)
    assert states[world.recife.id][5] == "wait"


def test_an_expense_shows_its_amount_and_its_day(world: World) -> None:
    money, day = Money(world), DAY - timedelta(days=40)
    money.spend(1_200_000, what="Bus hire")  # nobody else in Recife may decide on what alice records
    money.spend(1_200_000, what="Bus hire", dated_on=day)
    page = _page(world.browser_of(world.dana))
    with world.app.test_request_context():
        for dated_on in (DAY, day):
            assert f"Expense, BRL\xa012,000, {format_day(dated_on)}" in page
    assert "Bus hire" not in page, "what it was for stays in the chapter"
