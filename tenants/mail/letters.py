"""Queue a letter or an invitation in the ledger, in the transaction that causes it, and find who invites."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.db import new_id
from tenants.mail.desk_models import DeskReader
from tenants.mail.models import Delivery, DeliveryState, MailKind, Notification
from tenants.mail.sealing import seal, unseal
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.scope import bound_chapter

NO_MAIL = "no_mail"
"""The code of a letter that is queued like every other and never sent: no one can tell from an answer or the time that
it takes whether an address has an account."""


@dataclass(frozen=True)
class Letter:
    """The data of a letter about a person's own account. `letter` is the code of its text, such as `password_reset`."""

    email: str
    name: str
    language: str
    letter: str
    link: str


@dataclass(frozen=True)
class Inviter:
    """The person who invited someone, whom the invited person can ask. `role` is None at UN Women."""

    name: str
    email: str
    role: Role | None


def queue_letter(
    session: Session,
    *,
    secret_key: str,
    user_id: UUID,
    email: str,
    name: str,
    language: str,
    letter: str,
    link: str,
    at: datetime,
) -> None:
    """Queue a letter to a person about their own account. `session` has a NobodyScope.

    A worker cannot read identities, so the contents are encrypted in the row until the letter is handed over.
    """
    content = Letter(email=email, name=name, language=language, letter=letter, link=link)
    session.add(
        Delivery(
            kind=MailKind.LETTER,
            subject_id=user_id,
            next_at=at,
            created_at=at,
            sealed=seal(secret_key, asdict(content)),
        )
    )
    session.flush()


def open_letter(secret_key: str, ciphertext: bytes) -> Letter:
    """Return a decrypted letter. Raises BrokenSeal."""
    return Letter(**unseal(secret_key, ciphertext))


def queue_invitation(session: Session, *, invitation_id: UUID, at: datetime) -> None:
    """Queue the mail of an invitation of the bound chapter. Its text and link are made when it is handed over."""
    chapter_id = bound_chapter(session)
    delivery_id = new_id()
    session.add(
        Delivery(
            id=delivery_id,
            kind=MailKind.INVITATION,
            chapter_id=chapter_id,
            subject_id=invitation_id,
            next_at=at,
            created_at=at,
        )
    )
    session.add(
        Notification(
            chapter_id=chapter_id,
            invitation_id=invitation_id,
            delivery_id=delivery_id,
            items=[],
            state=DeliveryState.PENDING,
            made_at=at,
        )
    )
    session.flush()


def inviter_of(session: Session, invited_by: UUID | None) -> Inviter | None:
    """Return who invited a person to the bound chapter: its present member, else a person at UN Women, else None.

    Works with the logins of web and workers.
    """
    if invited_by is None:
        return None
    present = select(Membership).where(Membership.user_id == invited_by, Membership.left_at.is_(None))
    if member := session.scalars(present).one_or_none():
        return Inviter(member.name, member.email, Role(member.role))
    reader = session.get(DeskReader, invited_by)
    return None if reader is None else Inviter(reader.name, reader.email, None)
