"""Figures say what the approved reports say, at every level, with their coverage."""

from __future__ import annotations

from datetime import date, timedelta

from books import LAST, NOON, Books
from isolation.statements import logged
from sqlalchemy import select, text

from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.services import Said
from tenants.chapters.models import ChapterState
from tenants.db import db
from tenants.figures.models import Figure

WOMEN, MEN, UNKNOWN = Sex.WOMEN, Sex.MEN, Sex.UNKNOWN
YOUNG, GROWN, NOT_ASKED = AgeBand.FROM_18_TO_24, AgeBand.FROM_25_TO_59, AgeBand.UNKNOWN


def test_a_small_world_adds_up_as_by_hand(books):
    salvador = books.onboard("salvador", "BR")
    books.log(books.world.recife, {(WOMEN, YOUNG): 10, (MEN, GROWN): 4})
    books.report(books.world.recife, {(WOMEN, YOUNG): 1, (UNKNOWN, NOT_ASKED): 7})
    books.report(salvador, {(MEN, GROWN): 30})
    books.log(books.world.huye, {(MEN, GROWN): 99})

    assert books.compile() == 2

    assert books.total("country", "BR") == (52, 2, 0, 2)
    assert books.total("country", "RW") == (None, 0, 0, 1)
    assert books.total("area", "americas") == (52, 2, 0, 2)
    assert books.total("world", "world") == (52, 2, 0, 3)
    assert books.total("world", "world", "activities_held") == (3, 2, 0, 3)
    cells = {key[2]: row for key, row in books.figures().items() if key[:2] == ("world", "world")}
    assert cells == {
        "all": (52, 2, 0, 3),
        "women.18_24": (11, 1, 0, None),
        "men.25_59": (34, 2, 0, None),
        "unknown.unknown": (7, 1, 0, None),
    }


def test_what_is_only_sent_does_not_count_and_what_is_reopened_counts_no_longer(books):
    books.log(books.world.recife, {(WOMEN, YOUNG): 10})
    books.send(books.world.recife)
    books.compile()
    assert books.world_total() is None

    books.approve(books.world.recife)
    books.compile()
    assert books.world_total() == 10

    books.reopen(books.world.recife)
    books.compile()
    assert books.total("world", "world") == (None, 0, 0, 2)


def test_a_correction_counts_once_its_report_is_approved_anew_and_leaves_no_empty_cell(books):
    activity = books.report(books.world.recife, {(WOMEN, YOUNG): 10, (MEN, GROWN): 4})
    books.compile()
    books.revise(books.world.recife, activity, {(WOMEN, YOUNG): 3})
    assert books.compile() == 0
    assert books.world_total() == 14

    books.reopen(books.world.recife)
    books.send(books.world.recife)
    books.approve(books.world.recife)
    books.compile()
    assert books.total("world", "world") == (3, 1, 0, 2)
    assert not [key for key in books.figures() if key[2].startswith("men")]


def test_a_closed_chapter_keeps_its_flow(books):
    books.report(books.world.recife, {(WOMEN, YOUNG): 10})
    books.compile()
    books.put_into(books.world.recife, ChapterState.CLOSED)
    books.compile()
    assert books.total("country", "BR") == (10, 1, 0, 1)


def test_a_late_report_moves_the_stock_of_every_later_period(books):
    first = Period(date(2025, 1, 1))
    for period in (first, first.following, first.following.following):
        books.expect(books.world.recife, period=period)
    books.report(books.world.recife, {}, LAST)
    books.compile()
    assert books.total("country", "BR", "workplaces_with_policy") == (None, 0, 0, 1)

    books.report(books.world.recife, {}, first, said={"workplaces_with_policy": Said(5)})
    books.compile()
    for period in (first.following, first.following.following, LAST):
        assert books.total("country", "BR", "workplaces_with_policy", period) == (5, 0, 1, 1), period.code
    assert not books.check()


def test_the_figures_say_when_they_were_compiled_and_time_never_runs_back(books):
    later = NOON + timedelta(hours=1)
    books.report(books.world.recife, {(WOMEN, YOUNG): 1})
    books.compile(at=later)
    books.report(books.world.huye, {(WOMEN, YOUNG): 1})
    books.compile(at=NOON)
    with books.as_compiler() as session:
        times = set(session.scalars(select(Figure.as_of).where(Figure.level == "world", Figure.cell == "women.18_24")))
    assert times == {later}


def test_without_marks_nothing_is_written(books):
    before = books.figures()
    assert books.compile() == 0
    assert books.figures() == before


def test_the_self_check_finds_a_figure_that_was_changed_by_hand(books):
    books.report(books.world.recife, {(WOMEN, YOUNG): 10})
    books.compile()
    assert not books.check()
    with books.as_compiler() as session:
        row = session.scalars(
            select(Figure).where(Figure.level == "country", Figure.place == "BR", Figure.cell == "women.18_24")
        ).one()
        row.numerator = 11
    [found] = books.check().differences
    assert (found.place, found.stored.numerator, found.recomputed.numerator) == ("BR", 11, 10)


def test_the_self_check_finds_a_missing_row_and_one_too_many(books):
    books.report(books.world.recife, {(WOMEN, YOUNG): 10})
    books.compile()
    with books.as_compiler() as session:
        row = session.scalars(select(Figure).where(Figure.level == "area", Figure.cell == "women.18_24")).one()
        session.delete(row)
        copied = {name: getattr(row, name) for name in ("indicator", "version", "period_on", "level", "cell", "as_of")}
        session.add(Figure(**copied, place="arab_states", numerator=5, reported=1, carried=0))
    found = {difference.place: difference for difference in books.check().differences}
    assert found["americas"].stored is None
    assert found["arab_states"].recomputed is None


def test_the_self_check_finds_a_chapter_that_changed_without_a_mark(books):
    books.report(books.world.recife, {(WOMEN, YOUNG): 10})
    with books.as_compiler() as session:
        session.execute(text("delete from compile_marks"))
    assert books.check().forgotten == [books.world.recife.id]
    assert books.compile() == 0
    books.compile_all()
    assert not books.check()


def test_the_self_check_leaves_out_what_a_mark_still_waits_for(books):
    books.report(books.world.recife, {(WOMEN, YOUNG): 10})
    assert not books.check()
    books.compile()
    assert books.world_total() == 10


def test_compiling_everything_takes_the_marks_and_mends_what_was_wrong(books):
    books.report(books.world.recife, {(WOMEN, YOUNG): 10})
    books.compile()
    right = books.figures()
    with books.as_compiler() as session:
        session.execute(text("update figures set numerator = 7 where level = 'world' and numerator is not null"))
    books.expect(books.world.huye, period=LAST.following)
    books.compile_all()
    assert books.figures() == right
    assert books.compile() == 0


def test_a_change_costs_the_same_in_a_country_of_3_chapters_as_of_60(books):
    books.expect(*(books.onboard(f"brasil-{number}", "BR") for number in range(2)))
    books.compile()
    books.report(books.world.recife, {(WOMEN, YOUNG): 2, (MEN, GROWN): 3})
    small = statements_of(books)
    books.expect(*(books.onboard(f"brasil-{number}", "BR") for number in range(2, 59)))
    books.compile()
    assert books.total("country", "BR")[3] == 60
    books.reopen(books.world.recife)
    large = statements_of(books)
    assert small == large
    assert len(large) <= 12


def statements_of(books: Books) -> list[str]:
    """Compile what waits and return the statements it took."""
    with logged([db.engines["compiler"]]) as sent:
        assert books.compile() > 0
    return sent
