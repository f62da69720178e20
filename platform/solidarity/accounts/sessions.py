"""From the cookie to the person: who is signed in, and how that begins and ends.

The cookie is signed, and carries the person's id beside the random token: the database must know who asks before the
first statement. The id alone is worth nothing, the row decides.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import flask_login
import flask_security
from flask import request
from flask import session as cookie

from tenants import clock
from tenants.db import new_id, opened
from tenants.people.models import User
from tenants.people.principal import Principal, load_principal
from tenants.people.sessions import (
    DESK,
    MEMBER,
    Lifetime,
    end_session,
    find_session,
    is_session_over,
    mark_seen,
    start_session,
)
from tenants.scope import NobodyScope


class SignedIn(flask_login.UserMixin):  # type: ignore[misc]  # the library is untyped
    """What Flask-Login holds for a request; `principal` is all that our own code asks for."""

    def __init__(self, principal: Principal, token: str) -> None:
        self.principal = principal
        self.fs_uniquifier = principal.user_id.hex  # what Flask-Security tells its listeners
        self._token = token

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return f"{self.principal.user_id.hex}.{self._token}"


def load_signed_in(login_id: str) -> SignedIn | None:
    """Return the person behind the cookie, in one short transaction; None where her session is over or ended."""
    person, _, token = login_id.partition(".")
    try:
        user_id = UUID(hex=person)
    except ValueError:
        return None
    moment = clock.now()
    with opened(NobodyScope(actor_id=user_id)) as session:
        user_and_session = find_session(session, user_id=user_id, token=token)
        if user_and_session is None:
            return None
        user, row = user_and_session
        principal = load_principal(session, user=user, session_id=row.id, today=moment.date())
        if is_session_over(row, lifetime_of(principal), moment):
            row.ended_at = moment
            return None
        mark_seen(row, moment)
        return SignedIn(principal, token)


def lifetime_of(principal: Principal) -> Lifetime:
    """Return how long a person stays signed in: at UN Women's desk shorter than in a chapter."""
    return DESK if principal.desk_roles else MEMBER


def begin(user_id: UUID) -> Principal:
    """Sign a person in who has proved who she is: a new row, a new token, a new cookie; this browser's old one ends."""
    moment = clock.now()
    leave()
    with opened(NobodyScope(actor_id=user_id)) as session:
        user = session.get_one(User, user_id)
        principal = load_principal(session, user=user, session_id=new_id(), today=moment.date())
        lifetime = lifetime_of(principal)
        agent = request.user_agent.string
        session_id, token = start_session(session, user_id=user_id, agent=agent, lifetime=lifetime, at=moment)
    principal = replace(principal, session_id=session_id)
    flask_security.login_user(SignedIn(principal, token), remember=False)
    cookie.permanent = lifetime is MEMBER  # the desk's cookie goes when the browser closes
    return principal


def leave() -> None:
    """Sign out whoever is signed in here: the row ends and the cookie is emptied."""
    user = flask_login.current_user
    if user.is_authenticated:
        person: Principal = user.principal
        with opened(NobodyScope(actor_id=person.user_id)) as session:
            end_session(session, user_id=person.user_id, session_id=person.session_id, at=clock.now())
        flask_security.logout_user()
    cookie.clear()
