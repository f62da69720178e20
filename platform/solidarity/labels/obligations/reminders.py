"""The texts about reminders in mails and pages: how near the due date is, and what one click does."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from solidarity.i18n.locale import format_day, format_day_short, format_in_days
from tenants.people.models import DigestFrequency, Membership
from tenants.reminders.links import LinkAction
from tenants.reminders.pauses import DAYS_PUT_OFF

ACTION_WORDS = {
    LinkAction.DONE: _l("Done"),
    LinkAction.LATER: _l("Remind me in %(days)d days", days=DAYS_PUT_OFF),
    LinkAction.KNOWN: _l("I know about it"),
}


def how_near(due_on: date, *, today: date, country: str) -> str:
    """Return how near a due date is, without a full stop: "3 days overdue", "due today", "due on 16 Feb"."""
    days_late = (today - due_on).days
    if days_late > 0:
        return str(ngettext("%(num)s day overdue", "%(num)s days overdue", days_late))
    return str(_("due on %(day)s", day=format_day_short(due_on, country)) if days_late else _("due today"))


def how_far(due_on: date, *, today: date, country: str) -> str:
    """Return the same text for use beside the date: a due date in the future is given in days."""
    return format_in_days(due_on, today) if due_on > today else how_near(due_on, today=today, country=country)


def put_off_until(day: date, country: str, member: Membership) -> str:
    """Return the message after a postponement, with the day from which the member is reminded again."""
    words = format_day(day, country)
    if gets_fewer_mails(member, day):
        return str(_("You will be reminded of this again in your first email from %(day)s on.", day=words))
    return str(_("You will be reminded of this again on %(day)s if it is not done by then.", day=words))


def gets_fewer_mails(member: Membership, day: date) -> bool:
    """Whether a member may get no digest on `day`, because they get one a week or are away."""
    return member.digest_frequency == DigestFrequency.WEEKLY or member.is_away(day)


def stopped() -> str:
    """Return the message after an acknowledgement: no more mail about the obligation."""
    return str(_("You will get no more emails about this until it is done."))
