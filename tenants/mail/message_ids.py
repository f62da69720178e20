"""By which name the world's mail servers know a mail of ours. It is not stored: the delivery says it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from email.utils import parseaddr
from typing import Protocol
from uuid import UUID

from tenants.mail.sealing import mail_names


class Posted(Protocol):
    """A delivery, as far as its Message-ID needs it."""

    @property
    def id(self) -> UUID:
        """Its own id."""

    @property
    def kind(self) -> str:
        """Which mail it is."""

    @property
    def subject_id(self) -> UUID:
        """To whom it goes."""

    @property
    def local_day(self) -> date | None:
        """Of which day it is, if of any."""


def message_ids(*, secret_key: str, mail_from: str) -> Callable[[Posted], str]:
    """Return what makes the Message-ID of a delivery: the same however often, and nobody else's to make."""
    name, domain = mail_names(secret_key), parseaddr(mail_from)[1].rpartition("@")[2]
    return lambda delivery: (
        f"<{name(f'{delivery.kind}:{delivery.subject_id}:{delivery.local_day or delivery.id}')}@{domain}>"
    )
