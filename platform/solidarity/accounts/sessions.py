"""Sessions: load the signed-in person from the cookie, sign in, sign out.

The cookie is signed. It holds the person's id beside the random token, because the database needs the id before the
first statement. The id alone grants nothing: the session's row decides.
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
    """The user object of Flask-Login for one request. Our own code reads only `principal`."""

    def __init__(self, principal: Principal, token: str) -> None:
        self.principal = principal
        self.fs_uniquifier = principal.user_id.hex  # Flask-Security passes it to its signals
        self._token = token

    def get_id(self) -> str:
        """Return the value that the cookie stores."""
        return f"{self.principal.user_id.hex}.{self._token}"


def load_signed_in(login_id: str) -> SignedIn | None:
    """Return the person behind the cookie, or None if their session has expired or ended. Uses its own transaction."""
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
    """Return how long a person stays signed in. It is shorter at UN Women's desk than in a chapter."""
    return DESK if principal.desk_roles else MEMBER


def begin(user_id: UUID) -> Principal:
    """Sign in a verified person with a new row, token and cookie, and end this browser's old session."""
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
    cookie.permanent = lifetime is MEMBER  # the desk's cookie ends when the browser closes
    return principal


def leave() -> None:
    """Sign out the person in this browser: end the session's row and clear the cookie."""
    user = flask_login.current_user
    if user.is_authenticated:
        person: Principal = user.principal
        with opened(NobodyScope(actor_id=person.user_id)) as session:
            end_session(session, user_id=person.user_id, session_id=person.session_id, at=clock.now())
        flask_security.logout_user()
    cookie.clear()
