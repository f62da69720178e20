"""The signed-in person, and the scope of a request, which follows from the declaration of its view.

The scope is bound in a url_value_preprocessor. It runs before every before_request, so no code of a page runs without a
scope. Unknown and forbidden addresses both answer 404.
"""

from __future__ import annotations

from typing import Any, NoReturn

import flask_login
from flask import Flask, abort, current_app, redirect, request, url_for

from solidarity.access.chapter_entry import enter_chapter, refuse_access
from solidarity.access.declarations import Access, declared_access
from solidarity.access.link_tokens import init_link_tokens
from tenants.db import db
from tenants.people.permissions import Permission
from tenants.people.principal import Principal
from tenants.scope import DeskScope, NobodyScope, bind


def principal() -> Principal | None:
    """Return the signed-in person of this request, or None."""
    user = flask_login.current_user
    if not user or not user.is_authenticated:
        return None
    person: Principal = user.principal
    return person


def signed_in_person() -> Principal:
    """Return the signed-in person, or abort with 404. Meant for views whose declaration requires a sign-in."""
    person = principal()
    if person is None:
        abort(404)
    return person


def init_access(app: Flask) -> None:
    """Bind a scope to every request of `app`."""
    app.extensions["access"] = {"static": Access("public", reason="style sheet and icon, the same for everybody")}
    init_link_tokens(app)
    app.url_value_preprocessor(_bind_scope)


def _bind_scope(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint is None:
        return
    access = declared_access(current_app, endpoint)
    if access is None:
        abort(404)
    if access.kind == "requires" and access.permission is not None:
        _bind_permitted(access.permission, values or {})
        return
    person = principal() if access.kind == "signed_in" else None
    if access.kind == "signed_in" and person is None:
        _ask_to_sign_in()
    bind(db.session(), NobodyScope(actor_id=person.user_id if person else None))


def _bind_permitted(permission: Permission, values: dict[str, Any]) -> None:
    person = principal()
    if person is None:
        _ask_to_sign_in()
    elif "chapter" in values:
        enter_chapter(person, permission, values["chapter"])
    else:
        countries = person.desk_countries(permission)
        if not countries:
            refuse_access(person)
        bind(db.session(), DeskScope(countries=countries, actor_id=person.user_id))


def _ask_to_sign_in() -> NoReturn:
    """Redirect a GET to the sign-in page and back here later. Abort with 401 for a form: its page shows the input."""
    if request.method != "GET":
        abort(401)
    abort(redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?"))))
