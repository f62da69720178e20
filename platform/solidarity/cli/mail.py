"""Commands about mail: reminders and bounces."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from solidarity.cli.options import load_settings
from tenants import clock

FIRST_YEAR, LAST_YEAR = 2000, 2100


@click.command()
@click.pass_obj
def bounce(var: Path) -> None:
    """Process a bounced mail that a mail server pipes in, and mark the address that it could not reach.

    Reads one delivery status notification (RFC 3464) from standard input. Anything else is ignored and changes nothing.
    Exits with 75 if the database cannot be reached; mail servers then retry later.
    """
    from solidarity.cli.bounces import LARGEST, take

    settings = load_settings(var)
    raw = sys.stdin.buffer.read(LARGEST + 1)
    try:
        click.echo(take(settings, raw))
    except OperationalError:
        click.echo("The database cannot be used at the moment.", err=True)
        sys.exit(os.EX_TEMPFAIL)


class Moment(click.ParamType[datetime]):
    """A time in ISO 8601 with its time zone."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the time in UTC. Fails with a message if it is invalid, has no zone, or is too far away."""
        example = "such as 2026-12-01T09:00-03:00 or 2026-12-01T12:00Z."
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a moment {example}", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value} has no zone. Write one behind it, {example}", param, ctx)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            self.fail(f"{value} is not between the years {FIRST_YEAR} and {LAST_YEAR}.", param, ctx)
        return moment.astimezone(UTC)


@click.command()
@click.option("--at", type=Moment(), help="The moment in ISO 8601 with its zone.  [default: now]")
@click.option("--dry-run", "is_dry", is_flag=True, help="Show it, and write nothing.")
@click.pass_context
def remind(context: click.Context, at: datetime | None, is_dry: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Write the reminders that are due at a given time, as the worker does by itself, and print them.

    Each line is a JSON object: the chapter and the membership, or the user at UN Women, and the items as codes and
    days, without names or addresses. The worker sends the written reminders. Future ones can only be shown.
    """
    from solidarity.cli.reminding import ReminderRun

    now = clock.now()
    if not is_dry and at is not None and at > now:
        raise click.UsageError("That moment has not come, so it can only be shown: add --dry-run.")
    reminder_run = ReminderRun(load_settings(context.obj), at=at or now, is_dry=is_dry)
    for line in reminder_run.lines():
        click.echo(line)
    for sentence in reminder_run.failures:
        click.echo(sentence, err=True)
    context.exit(1 if reminder_run.failures else 0)
