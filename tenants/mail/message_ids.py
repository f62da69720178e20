"""The Message-ID of a mail. It is not stored, but computed from the delivery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from email.utils import parseaddr
from typing import Protocol
from uuid import UUID

from tenants.mail.sealing import mail_names


class Posted(Protocol):
    """The fields of a delivery that its Message-ID needs."""

    @property
    def id(self) -> UUID:
        """The id of the delivery."""

    @property
    def kind(self) -> str:
        """The kind of mail."""

    @property
    def subject_id(self) -> UUID:
        """The id of the recipient."""

    @property
    def local_day(self) -> date | None:
        """The day of the mail, if it has one."""


def message_ids(*, secret_key: str, mail_from: str) -> Callable[[Posted], str]:
    """Return the function that makes the Message-ID of a delivery. It is repeatable and cannot be forged."""
    name, domain = mail_names(secret_key), parseaddr(mail_from)[1].rpartition("@")[2]
    return lambda delivery: (
        f"<{name(f'{delivery.kind}:{delivery.subject_id}:{delivery.local_day or delivery.id}')}@{domain}>"
    )
