"""The page after signing in: that of the role in an only chapter, else the list of chapters with what is due."""

from __future__ import annotations

import re

import pytest
from harness.people import PASSWORD, World, join, person, post
from time_machine import travel

from tenants.people.permissions import Role

MORNING = "2026-03-02T09:00:00+00:00"


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.FINANCE, "/c/recife/funding"),
        (Role.ME_OFFICER, "/c/recife/reports"),
        (Role.COORDINATOR, "/c/recife/"),
        (Role.MEMBER, "/c/recife/"),
    ],
)
def test_a_member_lands_on_the_page_of_their_role(world: World, role: Role, address: str) -> None:
    with world.app.app_context():
        eve = person("Eve")
        join(world.recife, eve, role)
    client = world.app.test_client()
    answer = post(client, "/sign-in", email=eve.email, password=PASSWORD)
    assert answer.location == address
    assert client.get(address).status_code == 200


def test_a_person_in_two_chapters_reads_by_name_what_is_due_for_them_in_each(world: World) -> None:
    with world.app.app_context():
        join(world.recife, world.charlie, Role.FINANCE)
    with travel(MORNING, tick=False):
        client = world.app.test_client()
        answer = post(client, "/sign-in", email=world.charlie.email, password=PASSWORD)
        assert answer.location == "/me"
        page = client.get("/me").get_data(as_text=True)
    section = page.partition('id="chapters-h"')[2].partition("</section>")[0]
    rows = re.findall(r'<a href="(/c/[^"]+)"><bdi>([^<]+)</bdi></a>(.*?)</p>', section, re.DOTALL)
    assert [(address, name) for address, name, _ in rows] == [
        ("/c/recife/funding", "ElesPorElas Recife"),
        ("/c/huye/", "HeForShe Huye"),
    ]
    (_, _, recife), (_, _, huye) = rows
    assert "Finance" in recife
    assert "Nothing is due for you within three weeks" in recife
    assert "Focal point" in huye
    assert re.search(r"\d+ tasks? for you within three weeks|\d+ of your tasks (is|are) overdue", huye)
