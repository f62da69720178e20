"""The keys of forms that were saved. A form that creates something is saved once, however often it is sent.

The key is used in the transaction of the form itself. Two requests with one key wait for each other, and a refused form
leaves its key unused.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session

from tenants.db import Base, ChapterOwned
from tenants.scope import bound_chapter

RETENTION = timedelta(days=30)
"""How long a key is kept. A form that stayed open for longer is saved as a new one."""


class FormKey(ChapterOwned, Base):
    """A form that was saved. Its id is the key of the form.

    `digest` is the SHA-256 of what was sent, in hexadecimal, and `location` the page that the answer led to.
    """

    __tablename__ = "form_keys"

    digest: Mapped[str]
    location: Mapped[str | None]
    used_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest_shape"),
        CheckConstraint("location like '/c/%'", name="location_in_a_chapter"),
    )


def use_form_key(session: Session, *, form_key: UUID, digest: str, at: datetime) -> tuple[FormKey, bool]:
    """Use a key; return its row and whether it is new. A concurrent use is waited for."""
    chapter_id = bound_chapter(session)
    statement = (
        insert(FormKey)
        .values(chapter_id=chapter_id, id=form_key, digest=digest, used_at=at)
        .on_conflict_do_nothing(index_elements=["chapter_id", "id"])
        .returning(FormKey.id)
    )
    is_new = session.execute(statement).scalar_one_or_none() is not None
    return session.get_one(FormKey, (chapter_id, form_key)), is_new


def used_key_of_chapter(session: Session, form_key: UUID) -> FormKey | None:
    """Return the row of a key that is also the id of the chapter that its form makes, or None if it is unused.

    `session` is bound to that id. Others that use the key wait until this transaction ends.
    """
    session.execute(select(func.pg_advisory_xact_lock(form_key.int >> 65)))  # a bigint
    return session.get(FormKey, (bound_chapter(session), form_key))


def forget_old_keys(session: Session, *, at: datetime) -> int:
    """Delete the keys of the bound chapter that were used more than RETENTION ago; return how many."""
    old = delete(FormKey).where(FormKey.used_at < at - RETENTION).returning(FormKey.id)
    return len(session.execute(old).all())
