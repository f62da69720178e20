"""The compiler's SQL is the algebra: after any history of any chapters, moved by differences as well as recomputed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from harness.people import Place, World, onboard
from harness.reporting import COMPILER
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tenants.action_kit.evaluation.indicators import CORE, Indicator
from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.db import opened
from tenants.figures.measures import (
    Accumulation,
    Claim,
    Given,
    MeasureKind,
    Parts,
    Refusal,
    Rule,
    contribution,
    over_chapters,
    standing_claim,
)
from tenants.figures.models import Figure
from tenants.rollups.checking import check
from tenants.rollups.compiler import compile_full, compile_marked

NOON = datetime(2026, 2, 12, 12, tzinfo=UTC)
PERIODS = tuple(date(2025, month, 1) for month in (1, 4, 7, 10))
CELLS = ("women.18_24", "men.25_59")
KINDS = (
    (MeasureKind.COUNT, Accumulation.FLOW),
    (MeasureKind.COUNT, Accumulation.CUMULATIVE),
    (MeasureKind.COUNT, Accumulation.STOCK),
    (MeasureKind.RATIO, Accumulation.FLOW),
    (MeasureKind.RATIO, Accumulation.STOCK),
    (MeasureKind.UNIQUE_PEOPLE, Accumulation.FLOW),
)
INDICATORS = tuple(replace(CORE[0], code=f"{kind}_{how}", rule=Rule(kind, how)) for kind, how in KINDS)

Key = tuple[str, date, str, str, str]
Row = tuple[int | None, int | None, int, int, int | None]

CHAPTERS = st.integers(0, 3)
VALUES = st.none() | st.tuples(st.integers(0, 9), st.integers(0, 9))  # one number a cell; None is missing
ACTS = st.one_of(
    st.tuples(st.just("approve"), CHAPTERS, st.integers(0, 3), st.tuples(*[VALUES] * len(INDICATORS))),
    st.tuples(st.just("reopen"), CHAPTERS, st.integers(0, 3)),
    st.tuples(st.just("excuse"), CHAPTERS, st.integers(0, 3)),
    st.tuples(st.just("close"), CHAPTERS, st.integers(0, 3)),
    st.tuples(st.just("open period")),
    st.tuples(st.just("compile")),
)


@dataclass
class Quarter:
    """What a chapter has said of one period."""

    is_expected: bool = True
    sent: int = 0
    approved: tuple[tuple[int, int] | None, ...] | None = None


@dataclass
class Local:
    """A chapter, as Python remembers it."""

    place: Place
    quarters: dict[date, Quarter] = field(default_factory=dict)
    closed_before: date | None = None

    def claims(self, number: int, periods: tuple[date, ...]) -> list[Claim]:
        """Return the chapter's claims about one indicator; a cell adds up to it."""
        made = []
        for period in periods:
            quarter = self.quarters.get(period, Quarter(is_expected=False))
            value = quarter.approved[number] if quarter.approved else None
            is_open = self.closed_before is None or period < self.closed_before
            said = Given(sum(value), sum(value) + 1 if is_pooled(number) else None) if value else None
            made.append(Claim(period, said, quarter.is_expected, is_open))
        return made


@dataclass
class Histories:
    """Four chapters whose reports are written straight into the tables, and compiled as the compiler does."""

    world: World
    owner: psycopg.Connection[object]
    locals: list[Local]
    periods: tuple[date, ...] = ()

    def begin(self) -> None:
        """Forget everything; a first period opens."""
        for table in ("report_values", "report_submissions", "report_events", "report_entries", "reports"):
            self.owner.execute(f"delete from {table}")
        for table in ("opened_periods", "compile_marks", "compiled_reports", "figures"):
            self.owner.execute(f"delete from {table}")
        self.owner.execute("update chapters set state = 'active', active_since = now(), closed_on = null")
        self.locals = [Local(each.place) for each in self.locals]
        self.periods = ()
        self.open_period()

    def open_period(self) -> None:
        """Open the next period: every chapter that is not closed is expected in it."""
        if len(self.periods) == len(PERIODS):
            return
        period = PERIODS[len(self.periods)]
        self.periods += (period,)
        self.owner.execute("insert into opened_periods values (%s, now())", (period,))
        for each in self.locals:
            if each.closed_before is None:
                each.quarters[period] = Quarter()
                self.owner.execute(
                    """insert into reports (chapter_id, id, country, period_on, due_on, state, is_expected, sent,
                                            edited, what_changed, what_women_say, what_was_hard, what_next)
                       values (%s, %s, %s, %s, %s::date + 120, 'draft', true, 0, 0, '', '', '', '')""",
                    (each.place.id, uuid4(), each.place.country, period, period),
                )
            self.mark(each)

    def approve(self, each: Local, period: date, values: tuple[tuple[int, int] | None, ...]) -> None:
        """Send and approve a report with these values."""
        quarter = each.quarters[period]
        quarter.sent += 1
        quarter.approved = values
        submission = uuid4()
        self.owner.execute(
            """insert into report_submissions
                 (chapter_id, id, report_id, country, number, is_nil, submitted_by, submitted_at,
                  what_changed, what_women_say, what_was_hard, what_next)
               select chapter_id, %s, id, country, %s, false, %s, now(), '', '', '', '' from reports
               where chapter_id = %s and period_on = %s""",
            (submission, quarter.sent, uuid4(), each.place.id, period),
        )
        for number, (indicator, value) in enumerate(zip(INDICATORS, values, strict=True)):
            self._say(each, submission, period, indicator, number, value)
        self.owner.execute(
            """update reports set state = 'approved', sent = %s, submitted_by = %s, submitted_at = now(),
                                  decided_at = now() where chapter_id = %s and period_on = %s""",
            (quarter.sent, uuid4(), each.place.id, period),
        )
        self.mark(each)

    def _say(
        self,
        each: Local,
        submission: UUID,
        period: date,
        indicator: Indicator,
        number: int,
        value: tuple[int, int] | None,
    ) -> None:
        rows: list[tuple[str, int | None, int | None, str | None]] = [("all", None, None, "not_available")]
        if value is not None:
            rows = [("all", sum(value), sum(value) + 1 if is_pooled(number) else None, None)]
            rows += [(cell, people, None, None) for cell, people in zip(CELLS, value, strict=True) if people]
        for cell, numerator, denominator, missing in rows:
            self.owner.execute(
                """insert into report_values (chapter_id, id, submission_id, country, period_on, indicator, version,
                                              cell, numerator, denominator, missing)
                   values (%s, %s, %s, %s, %s, %s, 1, %s, %s, %s, %s)""",
                (
                    each.place.id, uuid4(), submission, each.place.country, period, indicator.code,
                    cell, numerator, denominator, missing,
                ),
            )  # fmt: skip

    def reopen(self, each: Local, period: date) -> None:
        """Open an approved report again."""
        each.quarters[period].approved = None
        self.owner.execute(
            """update reports set state = 'draft', submitted_by = null, submitted_at = null, decided_at = null
               where chapter_id = %s and period_on = %s""",
            (each.place.id, period),
        )
        self.mark(each)

    def excuse(self, each: Local, period: date) -> None:
        """Expect a report no longer."""
        each.quarters[period].is_expected = False
        self.owner.execute(
            """update reports set is_expected = false, excused_reason = 'flood'
               where chapter_id = %s and period_on = %s""",
            (each.place.id, period),
        )
        self.mark(each)

    def close(self, each: Local, period: date) -> None:
        """Close a chapter in the middle of a period."""
        each.closed_before = period
        self.owner.execute(
            "update chapters set state = 'closed', closed_on = %s where id = %s",
            (period.replace(day=15), each.place.id),
        )
        self.mark(each)

    def mark(self, each: Local) -> None:
        """Leave a mark, as every change does."""
        self.owner.execute("insert into compile_marks values (%s, %s, now())", (uuid4(), each.place.id))

    def stored(self) -> dict[Key, Row]:
        """Return the figures."""
        with opened(COMPILER) as session:
            return {
                (row.indicator, row.period_on, row.level, row.place, row.cell): (
                    row.numerator,
                    row.denominator,
                    row.reported,
                    row.carried,
                    row.expected,
                )
                for row in session.scalars(select(Figure))
            }

    def by_the_algebra(self) -> dict[Key, Row]:
        """Return what the figures should be: the reference, slow and plain."""
        places = {
            ("country", country): [each for each in self.locals if each.place.country == country]
            for country in {each.place.country for each in self.locals}
        }
        for area in {AREA_OF_COUNTRY[country] for _, country in places}:
            places[("area", str(area))] = [e for e in self.locals if AREA_OF_COUNTRY[e.place.country] == area]
        places[("world", "world")] = self.locals
        found: dict[Key, Row] = {}
        for (level, place), members in places.items():
            for number, indicator in enumerate(INDICATORS):
                for period in self.periods:
                    key = (indicator.code, period, level, place)
                    found.update({(*key, cell): row for cell, row in self._cells(members, number, period).items()})
        return found

    def _cells(self, members: list[Local], number: int, period: date) -> dict[str, Row]:
        rule = INDICATORS[number].rule
        rows: dict[str, Row] = {}
        claims = [each.claims(number, self.periods) for each in members]
        total = over_chapters(rule, [contribution(rule, each, period) for each in claims])
        whole = total if isinstance(total, Parts) and rule.kind is not MeasureKind.UNIQUE_PEOPLE else None
        if total.reported or total.carried or total.expected:
            assert isinstance(total, Parts | Refusal)
            parts = (whole.numerator, whole.denominator) if whole else (None, None)
            rows["all"] = (*parts, total.reported, total.carried, total.expected)
        for place, cell in enumerate(CELLS):
            value = reported = carried = 0
            for each, own in zip(members, claims, strict=True):
                stands = standing_claim(rule, own, period)
                said = each.quarters[stands.period_on].approved if stands else None
                people = (said[number] or (0, 0))[place] if said else 0
                if people and stands:
                    value += people
                    reported += stands.period_on == period
                    carried += stands.period_on != period
            if (reported or carried) and rule.kind is not MeasureKind.UNIQUE_PEOPLE:
                rows[cell] = (value, 0 if is_pooled(number) else None, reported, carried, None)
        return rows


def is_pooled(number: int) -> bool:
    """Whether the values of an indicator have two numbers."""
    return INDICATORS[number].rule.kind is MeasureKind.RATIO


@pytest.fixture
def histories(world: World) -> Iterator[Histories]:
    """Recife, Huye and two more, every table of reports empty."""
    with world.app.app_context():
        more = [onboard(f"c-{code.lower()}", code, code, "UTC", ["en"]) for code in ("BR", "UG")]
        places = [world.recife, world.huye, *more]
        url = world.settings.database("owner").set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as owner:
            yield Histories(world, owner, [Local(place) for place in places])


ONE = ((3, 4),) * len(INDICATORS)
NONE = (None,) * len(INDICATORS)
LATE = [("open period",)] * 3 + [("approve", 0, 3, ONE), ("compile",), ("approve", 0, 0, ((1, 0),) * len(INDICATORS))]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(acts=LATE)
@example(acts=[*LATE, ("compile",), ("approve", 0, 1, NONE), ("compile",), ("reopen", 0, 0), ("close", 0, 2)])
@example(acts=[("approve", 0, 0, ONE), ("excuse", 1, 0), ("approve", 1, 0, ONE), ("open period",), ("close", 1, 1)])
@given(acts=st.lists(ACTS, min_size=1, max_size=12))
def test_what_is_compiled_is_what_the_algebra_says(histories, acts):
    histories.begin()
    for act, *arguments in acts:
        live(histories, act, arguments)
        if act == "compile":
            compile_and_compare(histories)
    compile_and_compare(histories)
    moved = histories.stored()
    with opened(COMPILER) as session:
        compile_full(session, at=NOON, indicators=INDICATORS)
    assert histories.stored() == moved


def live(histories: Histories, act: str, arguments: list[Any]) -> None:
    """Do one thing of a history, where it can be done."""
    if act == "open period":
        histories.open_period()
    if act in ("compile", "open period"):
        return
    number, quarter, *more = arguments
    local, period = histories.locals[number], PERIODS[quarter]
    if act == "close":
        if local.closed_before is None:
            histories.close(local, period)
    elif period not in local.quarters:
        return
    elif act == "approve" and local.quarters[period].approved is None:
        histories.approve(local, period, *more)
    elif act == "reopen" and local.quarters[period].approved is not None:
        histories.reopen(local, period)
    elif act == "excuse" and local.quarters[period].approved is None:
        histories.excuse(local, period)


def compile_and_compare(histories: Histories) -> None:
    """Compile what marks name; it is what the algebra says, and the self-check agrees."""
    with opened(COMPILER) as session:
        compile_marked(session, at=NOON, indicators=INDICATORS)
    assert histories.stored() == histories.by_the_algebra()
    with opened(COMPILER) as session:
        assert not check(session, at=NOON, indicators=INDICATORS)
