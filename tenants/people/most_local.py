"""Find the most local deciders at UN Women for each country. Mails and requests go to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Protocol
from uuid import UUID

from tenants.people.permissions import DeskRole

DECIDERS = (DeskRole.COUNTRY_DESK, DeskRole.REGIONAL_DESK, DeskRole.FACILITATOR)  # the most local first


class Appointed(Protocol):
    """The fields of an appointment that are used here. A stand-in has an appointment of their own, with its days."""

    user_id: UUID
    role: str
    countries: list[str]
    starts_on: date
    ends_on: date | None


def runs(appointment: Appointed, today: date) -> bool:
    """Whether an appointment runs on `today` and allows decisions. A viewer decides nothing."""
    is_on = appointment.starts_on <= today and (appointment.ends_on is None or appointment.ends_on >= today)
    return is_on and appointment.role in DECIDERS


def most_local(appointments: Iterable[Appointed], today: date) -> dict[UUID, tuple[str, ...]]:
    """Return the countries, sorted, for which each person is among the most local deciders on `today`.

    That is the country desk, else the regional desk, else the facilitator, and everyone of that rank. People who are
    the most local for no country are left out.
    """
    ranks: dict[str, dict[int, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    for appointment in appointments:
        if runs(appointment, today):
            rank = DECIDERS.index(DeskRole(appointment.role))
            for country in appointment.countries:
                ranks[country][rank].add(appointment.user_id)
    countries_of: dict[UUID, set[str]] = defaultdict(set)
    for country, deciders in ranks.items():
        for user_id in deciders[min(deciders)]:
            countries_of[user_id].add(country)
    return {user_id: tuple(sorted(countries)) for user_id, countries in countries_of.items()}
