"""Figures agree with the approved reports at every level, with their coverage."""

from __future__ import annotations

from datetime import date, timedelta

from harness.reporting import LAST, NOON, Reporting
from harness.statements import logged
from sqlalchemy import select, text

from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.services import TypedValue
from tenants.chapters.models import ChapterState
from tenants.db import db
from tenants.figures.models import Figure

WOMEN, MEN, UNKNOWN = Sex.WOMEN, Sex.MEN, Sex.UNKNOWN
YOUNG, ADULT, NOT_ASKED = AgeBand.FROM_18_TO_24, AgeBand.FROM_25_TO_59, AgeBand.UNKNOWN


def test_a_small_world_adds_up_as_by_hand(reporting):
    salvador = reporting.onboard("salvador", "BR")
    reporting.log(reporting.world.recife, {(WOMEN, YOUNG): 10, (MEN, ADULT): 4})
    reporting.report(reporting.world.recife, {(WOMEN, YOUNG): 1, (UNKNOWN, NOT_ASKED): 7})
    reporting.report(salvador, {(MEN, ADULT): 30})
    reporting.log(reporting.world.huye, {(MEN, ADULT): 99})

    assert reporting.compile() == 2

    assert reporting.total("country", "BR") == (52, 2, 0, 2)
    assert reporting.total("country", "RW") == (None, 0, 0, 1)
    assert reporting.total("area", "americas") == (52, 2, 0, 2)
    assert reporting.total("world", "world") == (52, 2, 0, 3)
    assert reporting.total("world", "world", "activities_held") == (3, 2, 0, 3)
    cells = {key[2]: row for key, row in reporting.figures().items() if key[:2] == ("world", "world")}
    assert cells == {
        "all": (52, 2, 0, 3),
        "women.18_24": (11, 1, 0, None),
        "men.25_59": (34, 2, 0, None),
        "unknown.unknown": (7, 1, 0, None),
    }


def test_what_is_only_sent_does_not_count_and_what_is_reopened_counts_no_longer(reporting):
    reporting.log(reporting.world.recife, {(WOMEN, YOUNG): 10})
    reporting.send(reporting.world.recife)
    reporting.compile()
    assert reporting.world_total() is None

    reporting.approve(reporting.world.recife)
    reporting.compile()
    assert reporting.world_total() == 10

    reporting.reopen(reporting.world.recife)
    reporting.compile()
    assert reporting.total("world", "world") == (None, 0, 0, 2)


def test_a_correction_counts_once_its_report_is_approved_anew_and_leaves_no_empty_cell(reporting):
    activity = reporting.report(reporting.world.recife, {(WOMEN, YOUNG): 10, (MEN, ADULT): 4})
    reporting.compile()
    reporting.revise(reporting.world.recife, activity, {(WOMEN, YOUNG): 3})
    assert reporting.compile() == 0
    assert reporting.world_total() == 14

    reporting.reopen(reporting.world.recife)
    reporting.send(reporting.world.recife)
    reporting.approve(reporting.world.recife)
    reporting.compile()
    assert reporting.total("world", "world") == (3, 1, 0, 2)
    assert not [key for key in reporting.figures() if key[2].startswith("men")]


def test_a_closed_chapter_keeps_its_flow(reporting):
    reporting.report(reporting.world.recife, {(WOMEN, YOUNG): 10})
    reporting.compile()
    reporting.put_into(reporting.world.recife, ChapterState.CLOSED)
    reporting.compile()
    assert reporting.total("country", "BR") == (10, 1, 0, 1)


def test_a_late_report_moves_the_stock_of_every_later_period(reporting):
    first = Period(date(2025, 1, 1))
    for period in (first, first.following, first.following.following):
        reporting.expect(reporting.world.recife, period=period)
    reporting.report(reporting.world.recife, {}, LAST)
    reporting.compile()
    assert reporting.total("country", "BR", "workplaces_with_policy") == (None, 0, 0, 1)

    reporting.report(reporting.world.recife, {}, first, values={"workplaces_with_policy": TypedValue(5)})
    reporting.compile()
    for period in (first.following, first.following.following, LAST):
        assert reporting.total("country", "BR", "workplaces_with_policy", period) == (5, 0, 1, 1), period.code
    assert not reporting.check()


def test_the_figures_say_when_they_were_compiled_and_time_never_runs_back(reporting):
    later = NOON + timedelta(hours=1)
    reporting.report(reporting.world.recife, {(WOMEN, YOUNG): 1})
    reporting.compile(at=later)
    reporting.report(reporting.world.huye, {(WOMEN, YOUNG): 1})
    reporting.compile(at=NOON)
    with reporting.as_compiler() as session:
        times = set(session.scalars(select(Figure.as_of).where(Figure.level == "world", Figure.cell == "women.18_24")))
    assert times == {later}


def test_without_marks_nothing_is_written(reporting):
    before = reporting.figures()
    assert reporting.compile() == 0
    assert reporting.figures() == before


def test_the_self_check_finds_a_figure_that_was_changed_by_hand(reporting):
    reporting.report(reporting.world.recife, {(WOMEN, YOUNG): 10})
    reporting.compile()
    assert not reporting.check()
    with reporting.as_compiler() as session:
        row = session.scalars(
            select(Figure).where(Figure.level == "country", Figure.place == "BR", Figure.cell == "women.18_24")
        ).one()
        row.numerator = 11
    [difference] = reporting.check().differences
    assert (difference.place, difference.stored.numerator, difference.recomputed.numerator) == ("BR", 11, 10)


def test_the_self_check_finds_a_missing_row_and_one_too_many(reporting):
    reporting.report(reporting.world.recife, {(WOMEN, YOUNG): 10})
    reporting.compile()
    with reporting.as_compiler() as session:
        row = session.scalars(select(Figure).where(Figure.level == "area", Figure.cell == "women.18_24")).one()
        session.delete(row)
        columns = {name: getattr(row, name) for name in ("indicator", "version", "period_on", "level", "cell", "as_of")}
        session.add(Figure(**columns, place="arab_states", numerator=5, reported=1, carried=0))
    differences = {difference.place: difference for difference in reporting.check().differences}
    assert differences["americas"].stored is None
    assert differences["arab_states"].recomputed is None


def test_the_self_check_finds_a_chapter_that_changed_without_a_mark(reporting):
    reporting.report(reporting.world.recife, {(WOMEN, YOUNG): 10})
    with reporting.as_compiler() as session:
        session.execute(text("delete from compile_marks"))
    assert reporting.check().forgotten == [reporting.world.recife.id]
    assert reporting.compile() == 0
    reporting.compile_all()
    assert not reporting.check()


def test_the_self_check_leaves_out_what_a_mark_still_waits_for(reporting):
    reporting.report(reporting.world.recife, {(WOMEN, YOUNG): 10})
    assert not reporting.check()
    reporting.compile()
    assert reporting.world_total() == 10


def test_compiling_everything_takes_the_marks_and_mends_what_was_wrong(reporting):
    reporting.report(reporting.world.recife, {(WOMEN, YOUNG): 10})
    reporting.compile()
    right = reporting.figures()
    with reporting.as_compiler() as session:
        session.execute(text("update figures set numerator = 7 where level = 'world' and numerator is not null"))
    reporting.expect(reporting.world.huye, period=LAST.following)
    reporting.compile_all()
    assert reporting.figures() == right
    assert reporting.compile() == 0


def test_a_change_costs_the_same_in_a_country_of_3_chapters_as_of_60(reporting):
    reporting.expect(*(reporting.onboard(f"brasil-{number}", "BR") for number in range(2)))
    reporting.compile()
    reporting.report(reporting.world.recife, {(WOMEN, YOUNG): 2, (MEN, ADULT): 3})
    small = statements_of(reporting)
    reporting.expect(*(reporting.onboard(f"brasil-{number}", "BR") for number in range(2, 59)))
    reporting.compile()
    assert reporting.total("country", "BR")[3] == 60
    reporting.reopen(reporting.world.recife)
    large = statements_of(reporting)
    assert small == large
    assert len(large) <= 12


def statements_of(reporting: Reporting) -> list[str]:
    """Compile what waits and return the statements of the compiler."""
    with logged([db.engines["compiler"]]) as statements:
        assert reporting.compile() > 0
    return statements
