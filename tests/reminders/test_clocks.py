"""The moment of a chapter's morning."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from harness.people import World
from hypothesis import given
from hypothesis import strategies as st

from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.reminders.models import ChapterClock
from tenants.reminders.schedule import next_morning, start_clock
from tenants.scope import ChapterScope

moments = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (it wants them bare)
weeks = st.sets(st.integers(1, 7), min_size=1)


@given(after=moments, zone=st.timezone_keys(allow_prefix=False), week=weeks)
def test_a_morning_is_nine_oclock_on_a_working_day_and_later(after: datetime, zone: str, week: set[int]) -> None:
    morning = next_morning(after=after, zone=zone, working_week=week, country=None)
    local_moment = morning.astimezone(ZoneInfo(zone))
    assert morning > after
    assert local_moment.isoweekday() in week
    assert local_moment.time() == time(9) or _jumped_over(morning, zone)


@given(after=moments, zone=st.timezone_keys(allow_prefix=False), week=weeks)
def test_no_working_morning_is_left_out(after: datetime, zone: str, week: set[int]) -> None:
    morning = next_morning(after=after, zone=zone, working_week=week, country=None)
    hour = after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    while hour < morning:
        local_moment = hour.astimezone(ZoneInfo(zone))
        nine_passed = local_moment.hour == 9 and local_moment.minute == 0
        assert not (nine_passed and hour > after and local_moment.isoweekday() in week), f"{local_moment} was left out"
        hour += timedelta(hours=1)


@given(after=moments, zone=st.timezone_keys(allow_prefix=False), week=weeks, days=st.integers(1, 20))
def test_mornings_follow_one_another(after: datetime, zone: str, week: set[int], days: int) -> None:
    mornings = [next_morning(after=after, zone=zone, working_week=week, country=None)]
    for _ in range(days):
        mornings.append(next_morning(after=mornings[-1], zone=zone, working_week=week, country=None))
        just_before = mornings[-1] - timedelta(seconds=1)
        assert next_morning(after=just_before, zone=zone, working_week=week, country=None) == mornings[-1]
    local_days = [morning.astimezone(ZoneInfo(zone)).date() for morning in mornings]
    assert local_days == sorted(set(local_days)), "two mornings on one day"


def test_morning_stays_nine_when_the_clocks_change() -> None:
    friday = datetime(2026, 3, 27, 12, tzinfo=UTC)  # Berlin changes its clocks on Sunday 29 March 2026
    assert next_morning(after=friday, zone="Europe/Berlin", working_week=[1, 2, 3, 4, 5], country=None) == datetime(
        2026, 3, 30, 7, tzinfo=UTC
    )


def test_the_day_samoa_left_out_has_no_morning() -> None:
    before = datetime(2011, 12, 29, 23, tzinfo=UTC)  # Thursday 29 December there; Friday the 30th was skipped
    morning = next_morning(after=before, zone="Pacific/Apia", working_week=[5], country=None)
    assert morning.astimezone(ZoneInfo("Pacific/Apia")).date().isoformat() == "2012-01-06"


def test_a_clock_started_anew_follows_the_new_zone(world: World) -> None:
    at = datetime(2026, 5, 4, 1, tzinfo=UTC)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        chapter = session.get_one(Chapter, world.recife.id)
        chapter.zone = "Asia/Tokyo"
        start_clock(session, chapter=chapter, at=at)
        clock = session.get_one(ChapterClock, world.recife.id)
        assert clock.next_at == datetime(2026, 5, 5, 0, tzinfo=UTC)


def _jumped_over(morning: datetime, zone: str) -> bool:
    """Whether the clocks skipped nine o'clock just before this moment."""
    just_before = (morning - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    return just_before.time() < time(9)
