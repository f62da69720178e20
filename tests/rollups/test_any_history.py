"""After any history the figures moved by differences are the figures recomputed, and both are what Python adds up."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

from books import Books
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import Place
from sqlalchemy import select

from tenants.action_kit.activities.models import ActivityRevision, HeadCount
from tenants.action_kit.cells import CELLS
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import opened
from tenants.scope import ChapterScope

COUNTS = st.none() | st.dictionaries(st.sampled_from(CELLS), st.integers(0, 50), max_size=4)
PLACES = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("log"), PLACES, COUNTS),
    st.tuples(st.just("revise"), PLACES, COUNTS),
    st.tuples(
        st.just("state"), PLACES, st.sampled_from([ChapterState.ACTIVE, ChapterState.DORMANT, ChapterState.CLOSED])
    ),
    st.tuples(st.just("compile"), st.just(0), st.none()),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(STEPS, min_size=1, max_size=10))
def test_moved_by_differences_is_recomputed_is_added_up_in_python(books, history):
    places = four_chapters(books)
    logged = {number: [books.log(place, {})] for number, place in enumerate(places)}
    for act, number, argument in history:
        if act == "log":
            logged[number].append(books.log(places[number], argument))
        elif act == "revise":
            books.revise(places[number], logged[number][-1], argument)
        elif act == "state":
            books.put_into(places[number], argument)
        else:
            books.compile()
            assert books.differences() == []
    books.compile()
    moved = books.figures()
    assert books.differences() == []
    assert moved == added_up_in_python(books)
    books.compile_all()
    assert books.figures() == moved


def four_chapters(books: Books) -> list[Place]:
    """Enter two chapters beside Recife and Huye; examples share a database, so every world is larger than the last."""
    return [
        books.world.recife,
        books.world.huye,
        *(books.onboard(f"chapter-{uuid4().hex[:12]}", country, active=False) for country in ("BR", "UG")),
    ]


def added_up_in_python(books: Books) -> dict[tuple[str, str, str, str], tuple[int, int, int, int]]:
    """Read every chapter's own log and add it up: the reference, slow and plain."""
    sums: dict[tuple[str, str, str, str], Counter[str]] = {}
    coverage: dict[tuple[str, str], Counter[str]] = {}
    for place in books.places:
        with opened(ChapterScope(place.id)) as session:
            chapter = session.scalars(select(Chapter)).one()
            current = session.scalars(select(ActivityRevision).where(ActivityRevision.is_current)).all()
            heads = session.scalars(select(HeadCount)).all()
        counted = {revision.id for revision in current if revision.people is not None}
        active = chapter.state == ChapterState.ACTIVE
        for where in (
            ("chapter", str(place.id)),
            ("country", chapter.country),
            ("area", chapter.area),
            ("world", "world"),
        ):
            coverage.setdefault(where, Counter()).update(reported=int(active and bool(counted)), expected=int(active))
            sums.setdefault((*where, "all", "all"), Counter()).update(value=0, entries=len(counted))
            for head in heads:
                if head.revision_id in counted:
                    cell = (*where, head.sex, head.age_band)
                    sums.setdefault(cell, Counter()).update(value=head.people, entries=1)
                    sums[(*where, "all", "all")].update(value=head.people)
    return {
        key: (row["value"], row["entries"], coverage[key[:2]]["reported"], coverage[key[:2]]["expected"])
        for key, row in sums.items()
    }
