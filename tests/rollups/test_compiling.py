"""Figures say what the log says, at every level, with their coverage."""

from __future__ import annotations

from datetime import timedelta

from books import NOON, Books
from sqlalchemy import event, select

from tenants.action_kit.cells import AgeBand, Sex
from tenants.chapters.models import ChapterState
from tenants.db import db
from tenants.rollups.models import Figure

WOMEN, MEN, UNKNOWN = Sex.WOMEN, Sex.MEN, Sex.UNKNOWN
YOUNG, GROWN, NOT_ASKED = AgeBand.FROM_18_TO_24, AgeBand.FROM_25_TO_59, AgeBand.UNKNOWN


def test_a_small_world_adds_up_as_by_hand(books):
    salvador = books.onboard("salvador", "BR")
    books.log(books.world.recife, {(WOMEN, YOUNG): 10, (MEN, GROWN): 4})
    books.log(books.world.recife, {(WOMEN, YOUNG): 1, (UNKNOWN, NOT_ASKED): 7})
    books.log(salvador, {(MEN, GROWN): 30})
    books.log(books.world.huye, None)

    assert books.compile() == 3

    assert books.total("chapter", str(books.world.recife.id)) == (22, 2, 1, 1)
    assert books.total("chapter", str(salvador.id)) == (30, 1, 1, 1)
    assert books.total("chapter", str(books.world.huye.id)) == (0, 0, 0, 1)
    assert books.total("country", "BR") == (52, 3, 2, 2)
    assert books.total("country", "RW") == (0, 0, 0, 1)
    assert books.total("area", "americas") == (52, 3, 2, 2)
    assert books.total("world", "world") == (52, 3, 2, 3)
    cells = {key[2:]: row for key, row in books.figures().items() if key[:2] == ("world", "world")}
    assert cells == {
        ("all", "all"): (52, 3, 2, 3),
        ("women", "18_24"): (11, 2, 2, 3),
        ("men", "25_59"): (34, 2, 2, 3),
        ("unknown", "unknown"): (7, 1, 2, 3),
    }


def test_a_correction_moves_every_level_and_leaves_no_empty_cell(books):
    activity = books.log(books.world.recife, {(WOMEN, YOUNG): 10, (MEN, GROWN): 4})
    books.compile()
    books.revise(books.world.recife, activity, {(WOMEN, YOUNG): 3})
    books.compile()

    assert books.total("world", "world") == (3, 1, 1, 2)
    assert not [key for key in books.figures() if key[2] == "men"]


def test_counted_nobody_is_a_report_and_not_counted_is_none(books):
    books.log(books.world.recife, {})
    books.log(books.world.huye, None)
    books.compile()

    assert books.total("country", "BR") == (0, 1, 1, 1)
    assert books.total("country", "RW") == (0, 0, 0, 1)


def test_a_closed_chapter_keeps_its_flow_and_is_no_longer_expected(books):
    books.log(books.world.recife, {(WOMEN, YOUNG): 10})
    books.compile()
    books.put_into(books.world.recife, ChapterState.CLOSED)
    books.compile()

    assert books.total("chapter", str(books.world.recife.id)) == (10, 1, 0, 0)
    assert books.total("country", "BR") == (10, 1, 0, 0)
    assert books.total("world", "world") == (10, 1, 0, 1)


def test_a_signed_chapter_is_in_the_figures_and_not_yet_expected(books):
    books.onboard("olinda", "BR", active=False)
    assert books.compile() == 1
    assert books.total("country", "BR") == (0, 0, 0, 1)


def test_the_figures_say_when_they_were_compiled_and_time_never_runs_back(books):
    later = NOON + timedelta(hours=1)
    books.log(books.world.recife, {(WOMEN, YOUNG): 1})
    books.compile(at=later)
    books.log(books.world.recife, {(WOMEN, YOUNG): 1})
    books.compile(at=NOON)

    with books.as_compiler() as session:
        times = set(session.scalars(select(Figure.as_of).where(Figure.level == "world")))
    assert times == {later}


def test_without_marks_nothing_is_written(books):
    before = books.figures()
    assert books.compile() == 0
    assert books.figures() == before


def test_the_self_check_finds_a_figure_that_was_changed_by_hand(books):
    books.log(books.world.recife, {(WOMEN, YOUNG): 10})
    books.compile()
    assert books.differences() == []
    with books.as_compiler() as session:
        row = session.scalars(
            select(Figure).where(Figure.level == "country", Figure.place == "BR", Figure.sex == "women")
        ).one()
        row.value += 1
    [found] = books.differences()
    assert (found.cell.place, found.stored.value, found.recomputed.value) == ("BR", 11, 10)


def test_the_self_check_finds_a_missing_row_and_one_too_many(books):
    books.log(books.world.recife, {(WOMEN, YOUNG): 10})
    books.compile()
    with books.as_compiler() as session:
        row = session.scalars(select(Figure).where(Figure.level == "area", Figure.sex == "women")).one()
        session.delete(row)
        twin = Figure(measure=row.measure, level="area", place="arab_states", sex="women", age_band="18_24")
        twin.value, twin.entries, twin.reported, twin.expected, twin.as_of = 5, 1, 0, 0, row.as_of
        session.add(twin)
    found = {difference.cell.place: difference for difference in books.differences()}
    assert found["americas"].stored is None
    assert found["arab_states"].recomputed is None


def test_the_self_check_leaves_out_what_a_mark_still_waits_for(books):
    books.log(books.world.recife, {(WOMEN, YOUNG): 10})
    assert books.differences() == []
    books.compile()
    assert books.total("world", "world")[0] == 10


def test_compiling_everything_takes_the_marks_and_mends_what_was_wrong(books):
    books.log(books.world.recife, {(WOMEN, YOUNG): 10})
    books.compile()
    right = books.figures()
    with books.as_compiler() as session:
        session.scalars(select(Figure).where(Figure.level == "world", Figure.sex == "all")).one().value = 7
    books.log(books.world.huye, None)
    books.compile_all()
    assert books.figures() == right
    assert books.compile() == 0


def test_a_change_costs_the_same_in_a_country_of_3_chapters_as_of_60(books):
    for number in range(2):
        books.onboard(f"brasil-{number}", "BR")
    books.compile()
    small = statements_of(books)
    for number in range(2, 59):
        books.onboard(f"brasil-{number}", "BR")
    books.compile()
    assert books.total("country", "BR")[3] == 60
    large = statements_of(books)
    assert small == large
    assert len(large) <= 12


def statements_of(books: Books) -> list[str]:
    """Compile one change of one chapter and return the statements it took."""
    books.log(books.world.recife, {(WOMEN, YOUNG): 2, (MEN, GROWN): 3})
    seen: list[str] = []
    engine = db.engines["compiler"]

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        books.compile()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen
