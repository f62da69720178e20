"""The compiler's SQL equals `measures` after any history of any chapters, both incrementally and recomputed."""

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
    effective_claim,
    over_chapters,
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
INDICATORS = tuple(
    replace(CORE[0], code=f"{kind}_{accumulation}", rule=Rule(kind, accumulation)) for kind, accumulation in KINDS
)

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
    """The state of a chapter's report for one period."""

    is_expected: bool = True
    sent: int = 0
    approved: tuple[tuple[int, int] | None, ...] | None = None


@dataclass
class Local:
    """A chapter and its history, kept in Python."""

    place: Place
    quarters: dict[date, Quarter] = field(default_factory=dict)
    closed_before: date | None = None

    def claims(self, number: int, periods: tuple[date, ...]) -> list[Claim]:
        """Return the chapter's claims about one indicator, whose value is the sum of its cells."""
        history = []
        for period in periods:
            quarter = self.quarters.get(period, Quarter(is_expected=False))
            value = quarter.approved[number] if quarter.approved else None
            is_open = self.closed_before is None or period < self.closed_before
            claim_value = Given(sum(value), sum(value) + 1 if is_pooled(number) else None) if value else None
            history.append(Claim(period, claim_value, quarter.is_expected, is_open))
        return history


@dataclass
class Histories:
    """Four chapters whose reports are written straight into the tables, and compiled by the compiler."""

    world: World
    owner: psycopg.Connection[object]
    locals: list[Local]
    periods: tuple[date, ...] = ()

    def begin(self) -> None:
        """Delete all reports and figures, and open the first period."""
        for table in ("report_values", "report_submissions", "report_events", "report_entries", "reports"):
            self.owner.execute(f"delete from {table}")
        for table in ("opened_periods", "compile_marks", "compiled_reports", "figures"):
            self.owner.execute(f"delete from {table}")
        self.owner.execute("update chapters set state = 'active', active_since = now(), closed_on = null")
        self.locals = [Local(local.place) for local in self.locals]
        self.periods = ()
        self.open_period()

    def open_period(self) -> None:
        """Open the next period. Every chapter that is not closed is expected to report."""
        if len(self.periods) == len(PERIODS):
            return
        period = PERIODS[len(self.periods)]
        self.periods += (period,)
        self.owner.execute("insert into opened_periods values (%s, now())", (period,))
        for local in self.locals:
            if local.closed_before is None:
                local.quarters[period] = Quarter()
                self.owner.execute(
                    """insert into reports (chapter_id, id, country, period_on, due_on, state, is_expected, sent,
                                            edited, what_changed, what_women_say, what_was_hard, what_next)
                       values (%s, %s, %s, %s, %s::date + 120, 'draft', true, 0, 0, '', '', '', '')""",
                    (local.place.id, uuid4(), local.place.country, period, period),
                )
            self.mark(local)

    def approve(self, local: Local, period: date, values: tuple[tuple[int, int] | None, ...]) -> None:
        """Send and approve a report with these values."""
        quarter = local.quarters[period]
        quarter.sent += 1
        quarter.approved = values
        submission = uuid4()
        self.owner.execute(
            """insert into report_submissions
                 (chapter_id, id, report_id, country, number, is_nil, submitted_by, submitted_at,
                  what_changed, what_women_say, what_was_hard, what_next)
               select chapter_id, %s, id, country, %s, false, %s, now(), '', '', '', '' from reports
               where chapter_id = %s and period_on = %s""",
            (submission, quarter.sent, uuid4(), local.place.id, period),
        )
        for number, (indicator, value) in enumerate(zip(INDICATORS, values, strict=True)):
            self._say(local, submission, period, indicator, number, value)
        self.owner.execute(
            """update reports set state = 'approved', sent = %s, submitted_by = %s, submitted_at = now(),
                                  decided_at = now() where chapter_id = %s and period_on = %s""",
            (quarter.sent, uuid4(), local.place.id, period),
        )
        self.mark(local)

    def _say(
        self,
        local: Local,
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
                    local.place.id, uuid4(), submission, local.place.country, period, indicator.code,
                    cell, numerator, denominator, missing,
                ),
            )  # fmt: skip

    def reopen(self, local: Local, period: date) -> None:
        local.quarters[period].approved = None
        self.owner.execute(
            """update reports set state = 'draft', submitted_by = null, submitted_at = null, decided_at = null
               where chapter_id = %s and period_on = %s""",
            (local.place.id, period),
        )
        self.mark(local)

    def excuse(self, local: Local, period: date) -> None:
        """Stop expecting a report."""
        local.quarters[period].is_expected = False
        self.owner.execute(
            """update reports set is_expected = false, excused_reason = 'flood'
               where chapter_id = %s and period_on = %s""",
            (local.place.id, period),
        )
        self.mark(local)

    def close(self, local: Local, period: date) -> None:
        """Close a chapter in the middle of a period."""
        local.closed_before = period
        self.owner.execute(
            "update chapters set state = 'closed', closed_on = %s where id = %s",
            (period.replace(day=15), local.place.id),
        )
        self.mark(local)

    def mark(self, local: Local) -> None:
        """Add a compile mark, as every change does."""
        self.owner.execute("insert into compile_marks values (%s, %s, now())", (uuid4(), local.place.id))

    def stored(self) -> dict[Key, Row]:
        """Return the figures in the database."""
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
        """Return the figures as `measures` computes them: the slow reference."""
        places = {
            ("country", country): [local for local in self.locals if local.place.country == country]
            for country in {local.place.country for local in self.locals}
        }
        for area in {AREA_OF_COUNTRY[country] for _, country in places}:
            places[("area", str(area))] = [e for e in self.locals if AREA_OF_COUNTRY[e.place.country] == area]
        places[("world", "world")] = self.locals
        figures: dict[Key, Row] = {}
        for (level, place), members in places.items():
            for number, indicator in enumerate(INDICATORS):
                for period in self.periods:
                    key = (indicator.code, period, level, place)
                    figures.update({(*key, cell): row for cell, row in self._cells(members, number, period).items()})
        return figures

    def _cells(self, members: list[Local], number: int, period: date) -> dict[str, Row]:
        rule = INDICATORS[number].rule
        rows: dict[str, Row] = {}
        claims = [local.claims(number, self.periods) for local in members]
        total = over_chapters(rule, [contribution(rule, chapter_claims, period) for chapter_claims in claims])
        whole = total if isinstance(total, Parts) and rule.kind is not MeasureKind.UNIQUE_PEOPLE else None
        if total.reported or total.carried or total.expected:
            assert isinstance(total, Parts | Refusal)
            parts = (whole.numerator, whole.denominator) if whole else (None, None)
            rows["all"] = (*parts, total.reported, total.carried, total.expected)
        for place, cell in enumerate(CELLS):
            value = report_count = forward_count = 0
            for local, chapter_claims in zip(members, claims, strict=True):
                stands = effective_claim(rule, chapter_claims, period)
                values = local.quarters[stands.period_on].approved if stands else None
                people = (values[number] or (0, 0))[place] if values else 0
                if people and stands:
                    value += people
                    report_count += stands.period_on == period
                    forward_count += stands.period_on != period
            if (report_count or forward_count) and rule.kind is not MeasureKind.UNIQUE_PEOPLE:
                rows[cell] = (value, 0 if is_pooled(number) else None, report_count, forward_count, None)
        return rows


def is_pooled(number: int) -> bool:
    """Whether the values of an indicator have two numbers."""
    return INDICATORS[number].rule.kind is MeasureKind.RATIO


@pytest.fixture
def histories(world: World) -> Iterator[Histories]:
    """Recife, Huye and two more chapters. Every table of reports is empty."""
    with world.app.app_context():
        new_places = [onboard(f"c-{code.lower()}", code, code, "UTC", ["en"]) for code in ("BR", "UG")]
        places = [world.recife, world.huye, *new_places]
        url = world.settings.database("owner").set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as owner:
            yield Histories(world, owner, [Local(place) for place in places])


REPORT_VALUES = ((3, 4),) * len(INDICATORS)
NO_VALUES = (None,) * len(INDICATORS)
LATE = [("open period",)] * 3 + [
    ("approve", 0, 3, REPORT_VALUES),
    ("compile",),
    ("approve", 0, 0, ((1, 0),) * len(INDICATORS)),
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(acts=LATE)
@example(acts=[*LATE, ("compile",), ("approve", 0, 1, NO_VALUES), ("compile",), ("reopen", 0, 0), ("close", 0, 2)])
@example(
    acts=[
        ("approve", 0, 0, REPORT_VALUES),
        ("excuse", 1, 0),
        ("approve", 1, 0, REPORT_VALUES),
        ("open period",),
        ("close", 1, 1),
    ]
)
@given(acts=st.lists(ACTS, min_size=1, max_size=12))
def test_what_is_compiled_is_what_the_algebra_says(histories, acts):
    histories.begin()
    for act, *arguments in acts:
        live(histories, act, arguments)
        if act == "compile":
            compile_and_compare(histories)
    compile_and_compare(histories)
    incremental_figures = histories.stored()
    with opened(COMPILER) as session:
        compile_full(session, at=NOON, indicators=INDICATORS)
    assert histories.stored() == incremental_figures


def live(histories: Histories, act: str, arguments: list[Any]) -> None:
    """Do one act of a history, if it is possible."""
    if act == "open period":
        histories.open_period()
    if act in ("compile", "open period"):
        return
    number, quarter, *values = arguments
    local, period = histories.locals[number], PERIODS[quarter]
    if act == "close":
        if local.closed_before is None:
            histories.close(local, period)
    elif period not in local.quarters:
        return
    elif act == "approve" and local.quarters[period].approved is None:
        histories.approve(local, period, *values)
    elif act == "reopen" and local.quarters[period].approved is not None:
        histories.reopen(local, period)
    elif act == "excuse" and local.quarters[period].approved is None:
        histories.excuse(local, period)


def compile_and_compare(histories: Histories) -> None:
    """Compile what marks name. Assert that the figures equal the reference, and that the self-check agrees."""
    with opened(COMPILER) as session:
        compile_marked(session, at=NOON, indicators=INDICATORS)
    assert histories.stored() == histories.by_the_algebra()
    with opened(COMPILER) as session:
        assert not check(session, at=NOON, indicators=INDICATORS)
