"""By which name the world's mail servers know a mail of ours. It is not stored: the delivery says it."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr

from tenants.reminders.models import Delivery
from tenants.reminders.sealing import mail_names


def message_ids(*, secret_key: str, mail_from: str) -> Callable[[Delivery], str]:
    """Return what makes the Message-ID of a delivery: the same however often, and nobody else's to make."""
    name, domain = mail_names(secret_key), parseaddr(mail_from)[1].rpartition("@")[2]
    return lambda delivery: (
        f"<{name(f'{delivery.kind}:{delivery.subject_id}:{delivery.local_day or delivery.id}')}@{domain}>"
    )
