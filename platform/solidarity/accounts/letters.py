"""Letters to people about their own accounts, queued in the transaction that causes them."""

from __future__ import annotations

from flask import current_app
from sqlalchemy.orm import Session

from solidarity.enqueue import enqueue_after_commit
from solidarity.settings import Settings
from tenants import clock
from tenants.mail.letters import queue_letter
from tenants.people.models import User


def send_letter(session: Session, user: User, *, letter: str, link: str, email: str | None = None) -> None:
    """Queue the letter with the code `letter`. `session` has a NobodyScope, `link` is a path or a full URL.

    It goes to `email`, or to the address of the account.
    """
    settings: Settings = current_app.extensions["settings"]
    queue_letter(
        session,
        secret_key=settings.secret_key.get_secret_value(),
        user_id=user.id,
        email=email or user.email,
        name=user.name,
        language=user.language,
        letter=letter,
        link=settings.base_url.rstrip("/") + link if link.startswith("/") else link,
        at=clock.now(),
    )
    enqueue_after_commit("workers.reminders.send_mail", queue="mail")
