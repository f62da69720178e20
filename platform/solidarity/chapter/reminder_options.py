"""The reminder options of a reader for their own obligations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from solidarity.chapter.context import may
from tenants.db import db
from tenants.obligations.ladder import rung_of
from tenants.obligations.models import Obligation
from tenants.people.permissions import Permission
from tenants.reminders.links import LinkAction
from tenants.reminders.obligation_keys import ObligationKey
from tenants.reminders.pauses import actions_on, pauses_on


@dataclass(frozen=True)
class ReminderOptions:
    """The options for one obligation. `is_silent`: its reminders are paused until `until_on`, or until it is done."""

    due: Obligation
    may_put_off: bool
    may_silence: bool
    is_silent: bool
    until_on: date | None


def reminding(
    own_obligations: Sequence[Obligation],
    *,
    membership_id: UUID | None,
    today: date,
    pauses: Mapping[ObligationKey, date | None] | None = None,
) -> dict[ObligationKey, ReminderOptions]:
    """Return a member's reminder options for each obligation. Without `pauses`, reads them in one statement.

    An obligation without any option is left out. A closed chapter has no obligations.
    """
    if membership_id is None or not own_obligations or not may(Permission.GET_REMINDERS):
        return {}
    subjects = [ObligationKey.of(due) for due in own_obligations]
    if pauses is None:
        pauses = pauses_on(db.session(), membership_id=membership_id, subjects=subjects, today=today)
    options_by_key = {}
    for due in own_obligations:
        actions, subject = actions_on(due, today=today), ObligationKey.of(due)
        is_reported = rung_of(due.kind.ladder, due_on=due.due_on, today=today) is not None  # else no reminder comes yet
        options = ReminderOptions(
            due=due,
            may_put_off=LinkAction.LATER in actions and is_reported,
            may_silence=LinkAction.KNOWN in actions,
            is_silent=subject in pauses,
            until_on=pauses.get(subject),
        )
        if options.may_put_off or options.may_silence or options.is_silent:
            options_by_key[subject] = options
    return options_by_key
