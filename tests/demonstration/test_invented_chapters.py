"""The result of `make run`: invented chapters with a history, and sign-ins that work."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from harness.people import post
from pydantic import SecretStr
from sqlalchemy import select, text

from solidarity.demonstration import demonstration_password, reports, simulate
from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.clock import local_day
from tenants.db import db, new_id, opened
from tenants.figures.models import Figure
from tenants.rollups.checking import check
from tenants.rollups.compiler import compile_marked
from tenants.scope import ChapterScope, DeskScope


def test_every_sign_in_that_is_printed_works_and_every_page_says_invented(app, settings):
    for label, email, password in simulate(settings, chapters=3):
        client = app.test_client()
        answer = post(client, "/sign-in", email=email, password=password)
        page = client.get(answer.location).get_data(as_text=True)
        assert "not real" in page or "مختلق" in page, label


def test_living_through_it_twice_changes_nothing(app, settings):
    first = simulate(settings, chapters=3)
    rows = counted(app)

    second = simulate(settings, chapters=3)

    assert first == second
    assert counted(app) == rows
    assert rows["chapters"] == 3


def test_just_one_chapter_has_been_quiet_for_long(app, settings):
    simulate(settings, chapters=3)
    with app.app_context(), opened(DeskScope(ALL_COUNTRIES)) as session:
        latest = session.execute(
            text(
                "select c.slug, max(a.logged_at) from chapters c join activities a on a.chapter_id = c.id "
                "group by c.slug order by c.slug"
            )
        ).all()
    quiet_since = clock.now() - timedelta(weeks=settings.quiet_weeks)
    assert [slug for slug, logged_at in latest if logged_at < quiet_since] == ["huye"]


def test_somebody_answers_for_every_chapter_and_one_term_is_soon_to_end(app, settings):
    simulate(settings, chapters=3)
    with app.app_context(), opened(DeskScope(ALL_COUNTRIES)) as session:
        terms = session.execute(
            text(
                "select c.slug, c.zone, t.starts_on, t.ends_on from chapters c "
                "join focal_point_terms t on t.chapter_id = c.id and t.rank = 'primary' order by t.ends_on"
            )
        ).all()
    # Each by its own day: late in the evening of UTC it is already tomorrow in Huye and in Irbid.
    days_there = [(slug, starts, ends, local_day(clock.now(), zone)) for slug, zone, starts, ends in terms]
    current_terms = [(slug, (ends - today).days) for slug, starts, ends, today in days_there if starts <= today <= ends]
    assert sorted(slug for slug, _ in current_terms) == ["huye", "irbid", "recife"]
    assert [days for _, days in current_terms if days < 42] == [25]


def test_the_figures_agree_with_what_was_lived(app, settings):
    simulate(settings, chapters=3)
    with app.app_context(), opened(DeskScope(ALL_COUNTRIES, login="compiler")) as session:
        assert compile_marked(session, at=clock.now()) == 0, "they are compiled already"
        assert not check(session, at=clock.now())


@pytest.mark.parametrize("on", [date(2026, 10, 1), date(2026, 12, 31), date(2026, 2, 12)])
def test_two_of_the_three_have_an_approved_report_of_the_last_quarter_on_any_day(app, settings, on):
    simulate(settings, on, chapters=3)
    with app.app_context(), opened(DeskScope(ALL_COUNTRIES)) as session:
        world = session.scalars(
            select(Figure).where(
                Figure.level == "world",
                Figure.cell == "all",
                Figure.indicator == "participations",
                Figure.period_on == Period.of(on).previous.starts_on,
            )
        ).one()
    assert (world.reported, world.expected) == (2, 3)
    assert world.numerator


def test_one_that_is_interrupted_leaves_no_half_a_chapter(app, settings, monkeypatch):
    def interrupted(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reports, "open_report", interrupted)
        with pytest.raises(KeyboardInterrupt):
            simulate(settings, chapters=3)
    assert counted(app)["chapters"] == 0

    simulate(settings, chapters=3)

    assert counted(app)["chapters"] == 3


def test_no_two_installations_share_a_password(settings):
    other_settings = settings.model_copy(update={"secret_key": SecretStr("another key of this length, just for once")})
    assert demonstration_password(settings) != demonstration_password(other_settings)


def counted(app: Flask) -> dict[str, int]:
    """Return the numbers of chapters and people."""
    with app.app_context():
        with opened(DeskScope(ALL_COUNTRIES)) as session:
            chapters = session.scalar(text("select count(*) from chapters"))
        with opened(ChapterScope(new_id())) as session:
            people = session.scalar(text("select count(*) from users"))
        db.session.remove()
    return {"chapters": chapters, "people": people}
