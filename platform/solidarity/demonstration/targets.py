"""A chapter's targets: set at its beginning and each January, some with a baseline, and revised once with a reason."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from solidarity.demonstration.chapters.model import Scenario
from solidarity.demonstration.life import Life
from solidarity.demonstration.phrases import phrase
from tenants.action_kit.evaluation.indicators import BY_CODE
from tenants.action_kit.targets.services import Amount, Baseline, set_target
from tenants.people.permissions import Permission

SET = 38  # days after the beginning
NEW_YEAR = 15  # of January
FIRST_SET = {"activities_held": 16, "participations": 700, "facilitators_trained": 12}
BASELINE_TARGETS = {
    "workplaces_with_policy": (Amount(1), Amount(6)),
    "would_speak_up": (Amount(11, 40), Amount(30, 40)),
}
REVISION_DAYS = 70  # days before
REVISED_BY = (Scenario.STEADY, Scenario.RETURNED, Scenario.NO_RATE)


def schedule_targets(life: Life) -> None:
    """Schedule the targets of each year since the chapter's beginning."""
    days = life.days
    first = days.after(SET)
    life.on(first, partial(_set, first.year))
    for year in range(first.year + 1, days.today.year + 1):
        day = days.workday(date(year, 1, NEW_YEAR))
        life.on(day, partial(_set, year))
        if life.actor.scenario in REVISED_BY and days.ago(REVISION_DAYS) > day:
            life.on(days.workday(days.ago(REVISION_DAYS)), partial(_move, year))


def _set(year: int, life: Life, at: datetime) -> None:
    """Set the targets without and with a baseline."""
    scale = life.rng.choice((8, 10, 14, 20))
    for code, number in FIRST_SET.items():
        _set_target(life, at, code, year, Amount(number * scale // 10))
    for code, (baseline, target) in BASELINE_TARGETS.items():
        _set_target(life, at, code, year, target, baseline=Baseline(baseline, life.days.began))


def _move(year: int, life: Life, at: datetime) -> None:
    target = Amount(life.rng.randrange(90, 160) * 10)
    _set_target(life, at, "participations", year, target, seen=1, reason=phrase("target", life.actor))


def _set_target(
    life: Life,
    at: datetime,
    code: str,
    year: int,
    target: Amount,
    *,
    baseline: Baseline | None = None,
    seen: int = 0,
    reason: str = "",
) -> None:
    set_target(
        life.session,
        indicator=BY_CODE[code],
        year=year,
        baseline=baseline,
        target=target,
        reason=reason,
        seen=seen,
        actor_id=life.person_for(Permission.EDIT_REPORT).user_id,
        at=at,
    )
