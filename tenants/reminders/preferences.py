"""How often a member gets a digest, and the days on which they get none because they are away.

Only the time of a digest changes. No rung is consumed meanwhile, so the next digest has everything that is still due.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from tenants.errors import Refused
from tenants.people.models import DAYS_AWAY, DigestFrequency, Membership
from tenants.undo.changes import recording
from tenants.undo.row_states import RowState

A_DAY = timedelta(days=1)
FREQUENCY = RowState(Membership, ("digest_frequency",))
ABSENCE = RowState(Membership, ("away_since", "away_until"))


def set_frequency(session: Session, *, member: Membership, frequency: DigestFrequency, at: datetime) -> None:
    """Set how often the member gets a digest at most."""
    if member.digest_frequency == frequency:
        return
    actor_id = member.user_id
    with recording(
        session, member, FREQUENCY, action="reminder.frequency_set", actor_id=actor_id, at=at, frequency=frequency
    ):
        member.digest_frequency = frequency


def last_possible_day(today: date) -> date:
    """Return the last day until which a member may be away, if they say so on `today`."""
    return today + DAYS_AWAY * A_DAY


def set_absence(session: Session, *, member: Membership, until_on: date, today: date, at: datetime) -> None:
    """Send the member no digest up to and including the day `until_on`. Raises Refused with the field `until_on`."""
    if until_on < today:
        raise Refused({"until_on": _l("Choose today or a later day.")})
    if until_on > last_possible_day(today):
        raise Refused({"until_on": _l("Choose a day within the next %(days)d days.", days=DAYS_AWAY)})
    with recording(session, member, ABSENCE, action="reminder.away", actor_id=member.user_id, at=at):
        member.away_since, member.away_until = today, until_on


def end_absence(session: Session, *, member: Membership, today: date, at: datetime) -> bool:
    """Let the member get digests again from `today`. Return False if they are not away."""
    if member.away_since is None or not member.is_away(today):
        return False
    with recording(session, member, ABSENCE, action="reminder.back", actor_id=member.user_id, at=at):
        yesterday = today - A_DAY
        member.away_since, member.away_until = min(member.away_since, yesterday), yesterday
    return True
