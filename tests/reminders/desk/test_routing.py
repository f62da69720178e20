"""Recipients of a country's mails: the country desk, else the regional desk, else the facilitator; always one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tenants.db import new_id
from tenants.people.most_local import DECIDERS, most_local
from tenants.people.permissions import DeskRole

TODAY = date(2026, 3, 9)
PEOPLE = [new_id() for _ in range(5)]
COUNTRIES = ("BR", "CL", "RW", "UG")


@dataclass
class Appointed:
    user_id: UUID
    role: str
    countries: list[str]
    starts_on: date = TODAY - timedelta(days=400)
    ends_on: date | None = None


def _days(begins: int, lasts: int | None) -> tuple[date, date | None]:
    start = TODAY + timedelta(days=begins)
    return start, None if lasts is None else start + timedelta(days=lasts)


appointments = st.lists(
    st.builds(
        lambda user, role, countries, days: Appointed(user, role, sorted(countries), *days),
        st.sampled_from(PEOPLE),
        st.sampled_from(DeskRole),
        st.sets(st.sampled_from(COUNTRIES), min_size=1),
        st.builds(_days, st.integers(-5, 2), st.none() | st.integers(0, 6)),
    ),
    max_size=8,
)


def _is_on(appointment: Appointed) -> bool:
    return appointment.starts_on <= TODAY and (appointment.ends_on is None or appointment.ends_on >= TODAY)


@given(appointments)
def test_every_country_is_told_of_to_its_most_local_deciders_and_to_no_one_else(
    desk_appointments: list[Appointed],
) -> None:
    pairs = {
        (user, country) for user, countries in most_local(desk_appointments, TODAY).items() for country in countries
    }
    for country in COUNTRIES:
        ranks = [
            {
                appointment.user_id
                for appointment in desk_appointments
                if _is_on(appointment) and appointment.role == role and country in appointment.countries
            }
            for role in (DeskRole.COUNTRY_DESK, DeskRole.REGIONAL_DESK, DeskRole.FACILITATOR)
        ]
        expected = next((rank for rank in ranks if rank), set())
        assert {user for user, user_country in pairs if user_country == country} == expected


@given(appointments)
def test_whoever_is_told_decides_today_and_has_her_countries_once_and_in_order(
    desk_appointments: list[Appointed],
) -> None:
    for user, countries in most_local(desk_appointments, TODAY).items():
        assert countries, "nobody is told of nothing"
        assert list(countries) == sorted(set(countries))
        user_appointments = [
            appointment
            for appointment in desk_appointments
            if appointment.user_id == user and _is_on(appointment) and appointment.role in DECIDERS
        ]
        assert set(countries) <= {country for appointment in user_appointments for country in appointment.countries}


@given(appointments, st.sampled_from(COUNTRIES))
def test_a_viewer_changes_nothing(desk_appointments: list[Appointed], country: str) -> None:
    viewer = Appointed(new_id(), DeskRole.VIEWER, [country])
    assert most_local([*desk_appointments, viewer], TODAY) == most_local(desk_appointments, TODAY)


def test_a_country_desk_takes_her_country_from_the_region_and_the_world() -> None:
    dana, rita, erin = PEOPLE[:3]
    desk_appointments = [
        Appointed(dana, DeskRole.FACILITATOR, list(COUNTRIES)),
        Appointed(rita, DeskRole.REGIONAL_DESK, ["BR", "CL"]),
        Appointed(erin, DeskRole.COUNTRY_DESK, ["BR"]),
    ]
    assert most_local(desk_appointments, TODAY) == {dana: ("RW", "UG"), rita: ("CL",), erin: ("BR",)}


def test_an_appointment_counts_from_its_first_day_to_its_last() -> None:
    dana, erin = PEOPLE[:2]
    world = Appointed(dana, DeskRole.FACILITATOR, ["BR"])
    desk = Appointed(erin, DeskRole.COUNTRY_DESK, ["BR"], starts_on=TODAY, ends_on=TODAY)
    for day, officer in ((-1, dana), (0, erin), (1, dana)):
        assert list(most_local([world, desk], TODAY + timedelta(days=day))) == [officer]
