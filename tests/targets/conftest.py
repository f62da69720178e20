"""Recife in November 2026, with targets and with approved reports of past quarters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from harness.people import Person, Place, World
from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.evaluation.indicators import BY_CODE
from tenants.action_kit.evaluation.models import WORDS as REPORT_WORDS
from tenants.action_kit.evaluation.models import Report, ReportState, ReportSubmission, ReportValue
from tenants.action_kit.targets.models import IndicatorTarget
from tenants.action_kit.targets.services import Amount, Baseline, set_target
from tenants.db import new_id, opened
from tenants.figures.models import ALL_CELLS
from tenants.scope import ChapterScope

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
YEAR = 2026
BASELINE_ON = date(2025, 12, 31)
TARGETS = "/c/recife/targets"

AsPerson = Callable[[Person], FlaskClient]

Values = Mapping[str, Amount | None]
"""What a report says, by indicator; None where the value is missing."""


def store_report(
    session: Session,
    place: Place,
    actor: Person,
    quarter: date,
    values: Values,
    *,
    state: ReportState = ReportState.APPROVED,
    number: int = 1,
) -> None:
    """Store a report of a chapter after its `number`th submission, in its state. Only the last one has `values`."""
    at = clock.now()
    report = Report(
        chapter_id=place.id,
        id=new_id(),
        country=place.country,
        period_on=quarter,
        due_on=date(quarter.year + 1, 1, 30),
        state=state,
        is_expected=True,
        sent=number,
        edited=1,
        submitted_by=actor.user_id if state is not ReportState.DRAFT else None,
        submitted_at=at if state is not ReportState.DRAFT else None,
        decided_at=at if state is ReportState.APPROVED else None,
        **dict.fromkeys(REPORT_WORDS, ""),
    )
    session.add(report)
    session.flush()
    for submission_number in range(1, number + 1):
        _store_submission(
            session,
            report,
            actor,
            submission_number,
            values if submission_number == number else {"activities_held": Amount(999)},
        )


def _store_submission(session: Session, report: Report, actor: Person, number: int, values: Values) -> None:
    common = {"chapter_id": report.chapter_id, "country": report.country}
    submission = ReportSubmission(
        **common,
        id=new_id(),
        report_id=report.id,
        number=number,
        is_nil=False,
        submitted_by=actor.user_id,
        submitted_at=clock.now(),
        **dict.fromkeys(REPORT_WORDS, ""),
    )
    session.add(submission)
    session.flush()
    for code, amount in values.items():
        session.add(
            ReportValue(
                **common,
                submission_id=submission.id,
                period_on=report.period_on,
                indicator=code,
                version=BY_CODE[code].version,
                cell=ALL_CELLS,
                numerator=amount.numerator if amount else None,
                denominator=amount.denominator if amount else None,
                missing=None if amount else "not_reported",
            )
        )
    session.flush()


@dataclass(frozen=True)
class TargetWorld:
    """A world in November 2026, and actions on its targets."""

    world: World

    @contextmanager
    def inside(self, place: Place | None = None) -> Iterator[Session]:
        """Open a committing session in a chapter, by default in Recife."""
        with self.world.app.app_context(), opened(ChapterScope((place or self.world.recife).id)) as session:
            yield session

    def set(self, code: str = "activities_held", target: Any = 20, **changes: Any) -> None:
        """Set a target as Alice. `baseline` is a number, an Amount of last year, or a Baseline."""
        with self.inside(changes.pop("place", None)) as session:
            self.set_in(session, code, target, **changes)

    def set_in(self, session: Session, code: str = "activities_held", target: Any = 20, **changes: Any) -> None:
        """Set a target in a session that the caller commits."""
        baseline = changes.pop("baseline", None)
        if baseline is not None and not isinstance(baseline, Baseline):
            baseline = Baseline(Amount(baseline) if isinstance(baseline, int) else baseline, BASELINE_ON)
        arguments = {
            "indicator": BY_CODE[code],
            "year": YEAR,
            "target": Amount(target) if isinstance(target, int) else target,
            "baseline": baseline,
            "reason": "",
            "seen": 0,
            "actor_id": self.world.alice.user_id,
            "at": clock.now(),
        }
        set_target(session, **arguments | changes)

    def report(self, month: int, values: Values, place: Place | None = None, **changes: Any) -> None:
        """Store a report of the quarter that begins in `month`, approved by default."""
        chapter = place or self.world.recife
        with self.inside(chapter) as session:
            store_report(session, chapter, self.world.alice, date(YEAR, month, 1), values, **changes)

    def rows(self, place: Place | None = None) -> list[IndicatorTarget]:
        """Return all rows of a chapter's targets, in the order in which they were set."""
        with self.inside(place) as session:
            return list(session.query(IndicatorTarget).order_by(IndicatorTarget.number))


@pytest.fixture
def target_world(world: World) -> Iterator[TargetWorld]:
    with time_machine.travel(NOW, tick=True):
        yield TargetWorld(world)
