"""The front page, which redirects a signed-in person to their own start page."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from solidarity.access.binding import principal
from solidarity.access.declarations import public
from solidarity.public.blueprint import blueprint
from tenants.people.principal import Principal


@blueprint.get("/")
@public("it says what this is and where to sign in")
def front() -> str | Response:
    """Show what Solidarity is, or redirect a signed-in person."""
    person = principal()
    return redirect(_workplace(person)) if person else render_template("public/front.html")


def _workplace(person: Principal) -> str:
    if person.desk_roles and not person.memberships:
        return url_for("desk.overview")
    if len(person.memberships) == 1 and not person.desk_roles:
        return url_for("chapter.home", chapter=person.memberships[0].slug)
    return url_for("accounts.me")
