"""Signed-in browsers. The cookie holds a random token, the row its SHA-256, so that the table lets nobody in.

A session ends when it was not used for a while, at its latest hour, and by hand: signing out, ending it from the list,
a new password, a person made inactive. All functions need a session of the web, bound to nobody or by a link.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tenants.people.models import User, UserSession
from tenants.texts import one_line

TOKEN_BYTES = 32
LONGEST_AGENT = 120
SEEN_EVERY = timedelta(minutes=1)  # last_seen_at is written no more often
RETENTION = timedelta(days=90)  # an ended session is kept so long, for who asks what happened


@dataclass(frozen=True)
class Lifetime:
    """How long a session lives unused, and at most."""

    idle: timedelta
    longest: timedelta


MEMBER = Lifetime(idle=timedelta(days=7), longest=timedelta(days=30))  # volunteers, on their own telephones
DESK = Lifetime(idle=timedelta(minutes=60), longest=timedelta(hours=12))  # UN Women sees many chapters


def start_session(session: Session, *, user_id: UUID, agent: str, lifetime: Lifetime, at: datetime) -> tuple[UUID, str]:
    """Open a session for a person who has just proved who she is; return its id and the token for her cookie.

    Sessions of hers that ended long ago are removed on the way.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = UserSession(
        user_id=user_id,
        token_hash=_hash_token(token),
        agent=one_line(agent)[:LONGEST_AGENT],
        created_at=at,
        last_seen_at=at,
        expires_at=at + lifetime.longest,
    )
    session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.expires_at < at - RETENTION))
    session.add(row)
    session.flush()
    return row.id, token


def find_session(session: Session, *, user_id: UUID, token: str) -> tuple[User, UserSession] | None:
    """Return the person and the session behind a token, unless it was ended or she is not active. One statement."""
    row = session.execute(
        select(User, UserSession)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            User.id == user_id,
            User.active,
            UserSession.token_hash == _hash_token(token),
            UserSession.ended_at.is_(None),
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def is_session_over(row: UserSession, lifetime: Lifetime, at: datetime) -> bool:
    """Tell whether a session has lived its time; the stricter of when it began and now counts."""
    return at >= min(row.expires_at, row.created_at + lifetime.longest, row.last_seen_at + lifetime.idle)


def mark_seen(row: UserSession, at: datetime) -> None:
    """Note that the session is used, once a minute at most."""
    if at - row.last_seen_at >= SEEN_EVERY:
        row.last_seen_at = at


def running_sessions(session: Session, *, user_id: UUID, lifetime: Lifetime, at: datetime) -> Sequence[UserSession]:
    """Return the browsers in which a person is signed in now, the one used last first."""
    rows = session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None), UserSession.expires_at > at)
        .order_by(UserSession.last_seen_at.desc(), UserSession.id)
    )
    return [row for row in rows if not is_session_over(row, lifetime, at)]


def end_session(session: Session, *, user_id: UUID, session_id: UUID, at: datetime) -> bool:
    """End one session of a person; tell whether there was one to end."""
    return _end_matching(session, at, UserSession.user_id == user_id, UserSession.id == session_id) > 0


def end_sessions(session: Session, *, user_id: UUID, at: datetime, but: UUID | None = None) -> int:
    """End every session of a person except `but`; return how many ended."""
    return _end_matching(session, at, UserSession.user_id == user_id, *([UserSession.id != but] if but else []))


def _end_matching(session: Session, at: datetime, *conditions: object) -> int:
    rows = session.execute(
        update(UserSession)
        .where(UserSession.ended_at.is_(None), *conditions)  # type: ignore[arg-type]
        .values(ended_at=at)
        .returning(UserSession.id)
    )
    return len(rows.all())


def _hash_token(token: str) -> bytes:
    return sha256(token.encode()).digest()
