"""What is overdue in UN Women's summary: by the local day of each chapter, without UN Women's own obligations."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.page_texts import statements_in
from harness.people import Place, World, onboard
from reminders.desk.mornings import LAST_QUARTER, MONDAY, QUIET_WEEKS, send_report
from sqlalchemy import select

from tenants.action_kit.focal_point.obligations import VACANCY
from tenants.action_kit.reports.obligations import REPORT_DUE
from tenants.action_kit.reports.services import open_report
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import opened
from tenants.mail.delivery import MailSender
from tenants.overview.overdue import Overdue, overdue
from tenants.reminders.desk.mail import read_news
from tenants.scope import ChapterScope, DeskScope

A_DAY = timedelta(days=1)


def late(*countries: str, days: int = 10, at: datetime = MONDAY, limit: int = 8) -> Overdue:
    with opened(DeskScope(countries)) as session:
        return overdue(session, countries, days=days, limit=limit, at=at, quiet_weeks=QUIET_WEEKS)


def enter(slug: str, zone: str, *, since: datetime, country: str = "UG") -> Place:
    """Enter a chapter without a focal point since a moment."""
    place = onboard(slug, f"HeForShe {slug}", country, zone, ["en"])
    with opened(ChapterScope(place.id)) as session:
        chapter = session.scalars(select(Chapter)).one()
        chapter.state, chapter.active_since = ChapterState.ACTIVE, since
    return place


def test_a_chapter_is_late_by_the_days_of_its_own_calendar(world: World, mail_sender: MailSender) -> None:
    noon = MONDAY.replace(hour=12)
    kampala = enter("kampala", "UTC", since=noon - 20 * A_DAY)
    ahead = enter("kiritimati", "Pacific/Kiritimati", since=noon - 20 * A_DAY)  # 14 hours ahead: already the next day
    in_the_morning, at_noon = (late("UG", days=20, at=at) for at in (MONDAY, noon))
    assert [late_chapter.chapter_id for late_chapter in in_the_morning.first] == [kampala.id]
    assert [late_chapter.chapter_id for late_chapter in at_noon.first] == [kampala.id, ahead.id]
    assert {(late_chapter.kind, late_chapter.days) for late_chapter in at_noon.first} == {(VACANCY, 20)}


def test_the_longest_late_is_first_and_what_does_not_fit_is_counted(world: World, mail_sender: MailSender) -> None:
    for days in (12, 30, 20, 9):
        enter(f"late-{days:02}", "UTC", since=MONDAY - days * A_DAY)
    summary = late("UG", limit=2)
    assert [late_chapter.days for late_chapter in summary.first] == [30, 20]
    assert (summary.chapters, summary.vacancies) == (3, 4), "a chapter without anybody is counted from the first day"


def test_what_un_women_has_to_decide_is_not_the_chapters_lateness(world: World, mail_sender: MailSender) -> None:
    [before] = late("BR").first
    with opened(ChapterScope(world.recife.id)) as session:
        open_report(session, period=LAST_QUARTER, at=MONDAY)
    [late_chapter] = late("BR").first
    assert (late_chapter.kind, late_chapter.things) == (REPORT_DUE, before.things + 1)
    send_report(world, world.recife, at=MONDAY - 20 * A_DAY)
    assert late("BR").first == (before,)


def test_other_countries_are_not_seen_and_no_country_at_all_is_nothing(world: World, mail_sender: MailSender) -> None:
    assert [late_chapter.chapter_id for late_chapter in late("RW").first] == [world.huye.id]
    assert late("CL") == Overdue(0, 0, ())


def test_a_mail_takes_as_many_statements_whatever_the_number_of_chapters(world: World, mail_sender: MailSender) -> None:
    def taken(kind: str) -> int:
        return statements_in(world.app, lambda: read_news(kind, ("BR", "RW", "UG"), at=MONDAY, quiet_weeks=QUIET_WEEKS))

    send_report(world, world.recife, at=MONDAY - 3 * A_DAY)
    statement_counts = taken("desk_summary"), taken("desk_approvals")
    for number in range(6):
        enter(f"more-{number}", "UTC", since=MONDAY - 30 * A_DAY)
    assert (taken("desk_summary"), taken("desk_approvals")) == statement_counts == (4, 2)
