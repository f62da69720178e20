"""Appointing people at UN Women from the command line: there is no account yet that could invite the first one."""

from __future__ import annotations

from collections.abc import Sequence

from solidarity.accounts.password_reset import password_link
from solidarity.app import create_app
from solidarity.database.engines import opened_application
from solidarity.settings import Settings
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.clock import now
from tenants.db import opened
from tenants.errors import Refused
from tenants.membership.services import create_desk_user
from tenants.people.permissions import DeskRole
from tenants.scope import NobodyScope


def appoint(settings: Settings, *, email: str, name: str, role: DeskRole, countries: Sequence[str]) -> str | None:
    """Give a person a role at UN Women for `countries`, or for all if none is named. Raises Refused for wrong input.

    Returns the URL at which the person sets their password, because mail may not work yet, or None if they have one.
    """
    unknown = sorted(set(countries) - set(ALL_COUNTRIES))
    if unknown:
        raise Refused({"country": f"{', '.join(unknown)} is no country of ours; use two capital letters, such as BR."})
    with opened_application(create_app(settings)), opened(NobodyScope()) as session:
        user = create_desk_user(
            session, email=email, name=name, role=role, countries=countries or ALL_COUNTRIES, at=now()
        )
        return None if user.password else password_link(user)
