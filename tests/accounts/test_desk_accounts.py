"""Appoint a person at UN Women from the command line."""

from __future__ import annotations

import pytest
from harness.people import PASSWORD, post

from solidarity.cli.desk_accounts import appoint
from tenants.errors import Refused
from tenants.people.permissions import DeskRole


def test_erin_is_appointed_and_chooses_her_password_by_the_printed_link(world, client):
    link = appoint(world.settings, email="Erin@desk.example", name="Erin", role=DeskRole.COUNTRY_DESK, countries=["BR"])
    assert link is not None
    assert link.startswith(world.settings.base_url)
    assert post(client, link.removeprefix(world.settings.base_url), password="three green umbrellas").status_code == 302
    answer = post(client, "/sign-in", email="erin@desk.example", password="three green umbrellas")
    assert answer.location.startswith("/desk")
    assert client.get("/c/recife/").status_code == 200
    assert client.get("/c/huye/").status_code == 404


def test_charlie_who_has_an_account_is_appointed_and_keeps_his_password(world, client):
    link = appoint(world.settings, email=world.charlie.email, name="Other", role=DeskRole.VIEWER, countries=[])
    assert link is None
    assert post(client, "/sign-in", email=world.charlie.email, password=PASSWORD).status_code == 302
    assert client.get("/c/recife/").status_code == 200


def test_a_country_or_an_address_that_is_none_is_refused(world):
    with pytest.raises(Refused, match="XX"):
        appoint(world.settings, email="erin@desk.example", name="Erin", role=DeskRole.VIEWER, countries=["XX"])
    with pytest.raises(Refused, match="email"):
        appoint(world.settings, email="erin", name="Erin", role=DeskRole.VIEWER, countries=["BR"])
