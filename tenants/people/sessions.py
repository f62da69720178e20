"""Signed-in browsers. The cookie holds a random token, the row its SHA-256, so the table cannot be used to sign in.

A session ends after some time without use, at its latest hour, and by hand: by signing out, ending it from the list, a
new password, or making the person inactive. All functions need a web session with a NobodyScope or a LinkScope.
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
RETENTION = timedelta(days=90)  # ended sessions are kept so long, for inquiries


@dataclass(frozen=True)
class Lifetime:
    """The longest time that a session lasts without use, and in total."""

    idle: timedelta
    longest: timedelta


MEMBER = Lifetime(idle=timedelta(days=7), longest=timedelta(days=30))  # volunteers on their own phones
DESK = Lifetime(idle=timedelta(minutes=60), longest=timedelta(hours=12))  # UN Women sees many chapters


def start_session(session: Session, *, user_id: UUID, agent: str, lifetime: Lifetime, at: datetime) -> tuple[UUID, str]:
    """Start a session for a person who has just signed in. Return its id and the token for the cookie.

    Also deletes the person's sessions that ended long ago.
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
    """Return the person and the session of a token, in one statement. None if it ended or the person is inactive."""
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
    """Whether a session has expired. The stricter of its lifetime at its start and `lifetime` applies."""
    return at >= min(row.expires_at, row.created_at + lifetime.longest, row.last_seen_at + lifetime.idle)


def mark_seen(row: UserSession, at: datetime) -> None:
    """Record that the session is in use, at most once a minute."""
    if at - row.last_seen_at >= SEEN_EVERY:
        row.last_seen_at = at


def running_sessions(session: Session, *, user_id: UUID, lifetime: Lifetime, at: datetime) -> Sequence[UserSession]:
    """Return the sessions in which a person is signed in now, most recently used first."""
    rows = session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None), UserSession.expires_at > at)
        .order_by(UserSession.last_seen_at.desc(), UserSession.id)
    )
    return [row for row in rows if not is_session_over(row, lifetime, at)]


def end_session(session: Session, *, user_id: UUID, session_id: UUID, at: datetime) -> bool:
    """End one session of a person. Return whether there was one to end."""
    return _end_matching(session, at, UserSession.user_id == user_id, UserSession.id == session_id) > 0


def end_sessions(session: Session, *, user_id: UUID, at: datetime, but: UUID | None = None) -> int:
    """End every session of a person except `but`. Return how many ended."""
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
