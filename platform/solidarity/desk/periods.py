"""The period of a desk page, and the periods that it offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import abort, request

from tenants.action_kit.evaluation.periods import Period

SHOWN_PERIODS = 8
AHEAD = 4  # how many later periods a row of periods shows at most, for navigation in both directions


def latest_period(periods: Sequence[Period], today: date) -> Period:
    """Return the latest known period that is over, else the one just over."""
    over = [period for period in periods if period.ends_on < today]
    return max(over, default=Period.of(today).previous)


def asked_period(periods: Sequence[Period], today: date) -> Period:
    """Return the period that `?period=` names, else the latest; 404 for an invalid one."""
    code = request.args.get("period", "")
    return read_period(code, today) if code else latest_period(periods, today)


def read_period(code: str, today: date) -> Period:
    """Return the period of a code; 404 for an invalid code and for a period that has not begun."""
    period = Period.from_code(code)
    if period is None or period.starts_on > today:
        abort(404)
    return period


def periods_around(period: Period, today: date) -> list[Period]:
    """Return the last periods that are over or, if `period` is further back, those around it, in order."""
    last = max(period, min(Period.of(today).previous, period.shifted(AHEAD)))
    return [last.shifted(steps) for steps in range(1 - SHOWN_PERIODS, 1)]


def year_until(period: Period) -> list[Period]:
    """Return the periods of the year up to and including this one."""
    return [quarter for quarter in Period.all_of(period.starts_on.year) if quarter <= period]
