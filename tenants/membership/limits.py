"""Limits of the invitations that a chapter sends, so that nobody uses it to send mail to strangers."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.errors import Refused
from tenants.mail.models import Notification
from tenants.numerals import lazy_number
from tenants.people.models import Invitation

PERIOD = timedelta(hours=24)
MOST_TO_ADDRESS = 3
MOST_OF_CHAPTER = 200


def refuse_more_invitations(session: Session, email: str, *, at: datetime) -> None:
    """Raise Refused with the field `email` if the bound chapter has sent enough invitations in 24 hours."""
    sent = select(func.count(), func.count().filter(Invitation.email == email)).select_from(Notification)
    of_chapter, to_address = session.execute(
        sent.join(Notification.invitation).where(Notification.made_at > at - PERIOD)
    ).one()
    if to_address >= MOST_TO_ADDRESS:
        raise Refused(
            {"email": _("%(count)s invitations were sent to this address in 24 hours.", count=lazy_number(to_address))}
        )
    if of_chapter >= MOST_OF_CHAPTER:
        raise Refused(
            {"email": _("The chapter has sent %(count)s invitations in 24 hours.", count=lazy_number(of_chapter))}
        )
