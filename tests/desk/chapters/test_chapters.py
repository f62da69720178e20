"""UN Women lists its chapters, enters a new one and invites its focal point."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import time_machine
from desk.page_texts import statements_of
from flask.testing import FlaskClient
from harness.people import desk_person, post
from sqlalchemy import select
from werkzeug.test import TestResponse

from tenants import clock
from tenants.action_kit.focal_point.services import Choice, appoint
from tenants.audit import AuditEntry
from tenants.chapters.models import Chapter, ChapterSlug, ChapterState
from tenants.db import opened
from tenants.people.models import Membership
from tenants.people.permissions import DeskRole
from tenants.people.terms import Rank
from tenants.scope import ChapterScope, NobodyScope

NEW = "/desk/chapters/new"
CAIRO: dict[str, str | list[str]] = {
    "country": "EG",
    "name": "هو لها القاهرة",
    "campaign_name": "",
    "slug": "cairo",
    "zone": "Africa/Cairo",
    "working_week": ["7", "1", "2", "3", "4"],
    "currency": "egp",
    "languages": ["ar"],
    "other_language": "",
}


def names_of(page: str) -> list[str]:
    """Return the names of the chapters on a page of the list, in its order."""
    return re.findall(r'<th scope="row"><a href="/desk/chapters/[^"]+"><bdi>(.*?)</bdi>', page)


def enter(client: FlaskClient, **fields: str | list[str]) -> TestResponse:
    """Send the form as a browser does."""
    fields = {**CAIRO, **fields}
    return post(client, NEW, form=f"{NEW}?country={fields['country']}", **fields)


def test_dana_enters_a_chapter_and_is_offered_to_invite_its_focal_point(reporting, as_person):
    dana = as_person(reporting.world.dana)
    answer = enter(dana)
    assert answer.status_code == 302
    page = dana.get(answer.location).get_data(as_text=True)
    assert "هو لها القاهرة" in page
    invite = re.search(r'href="(/c/cairo/[^"]+)">Invite the focal point', page)
    assert invite
    assert dana.get(invite.group(1)).status_code == 200

    with reporting.opened(NobodyScope()) as session:
        chapter_id = session.get_one(ChapterSlug, "cairo").chapter_id
    with reporting.opened(ChapterScope(chapter_id)) as session:
        chapter = session.scalars(select(Chapter)).one()
        assert (chapter.state, chapter.area, chapter.currency) == (ChapterState.SIGNED, "arab_states", "EGP")
        assert (chapter.working_week, chapter.languages) == ([1, 2, 3, 4, 7], ["ar"])
        assert chapter.campaign_name == chapter.name
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "chapter.onboarded"))
        assert (entry.actor_id, entry.is_desk) == (reporting.world.dana.user_id, True)


def test_a_focal_point_who_is_invited_is_not_offered_to_be_invited_again(reporting, as_person):
    dana = as_person(reporting.world.dana)
    page_url = enter(dana).location
    fields = {"name": "Eve", "email": "eve@people.example", "role": "focal_point", "language": "ar"}
    with time_machine.travel(datetime(2026, 3, 2, 22, 30, tzinfo=UTC), tick=False):
        dana = as_person(reporting.world.dana)
        assert post(dana, "/c/cairo/people/invitation", **fields).status_code == 302
        pages = dana.get(page_url).text, dana.get("/c/cairo/focal-point").text
        for page in pages:
            assert "Invited, not yet accepted" in page
            assert "Valid until 17 Mar 2026." in " ".join(page.split()), "in Cairo it is after midnight"
            assert re.search(r'class="st st-wait[^>]*">(?:(?!</span>).)*Waiting', page, re.DOTALL)
        assert "Invite the focal point" not in pages[0]
        assert "Invite someone" in pages[0]
    with time_machine.travel(datetime(2026, 3, 17, 12, tzinfo=UTC), tick=False):
        page = as_person(reporting.world.dana).get(page_url).text
        assert "Invite the focal point" in page
        assert "Invited, not yet accepted" not in page


def test_the_form_knows_the_weekend_currency_and_languages_of_the_country(reporting, as_person):
    page = as_person(reporting.world.dana).get(f"{NEW}?country=EG").get_data(as_text=True)
    checked_days = re.findall(r'<input checked[^>]*name="working_week"[^>]*value="(\d)"', page)
    assert sorted(checked_days) == ["1", "2", "3", "4", "7"]
    days = re.findall(r'name="working_week"[^>]*value="(\d)"', page)
    assert days == ["6", "7", "1", "2", "3", "4", "5"], "a week that begins on Saturday"
    assert re.search(r'name="currency"[^>]*value="EGP"', page)
    assert re.search(r'<input checked[^>]*name="languages"[^>]*value="ar"', page)
    assert re.search(r'<option selected value="Africa/Cairo"', page)


REFUSALS: list[tuple[str, str | list[str], str]] = [
    ("name", "", "Enter a name."),
    ("name", "x" * 100_000, "You entered 100,000."),
    ("name", "--- !!", "Enter a name that contains letters."),
    ("campaign_name", "y" * 121, "You entered 121."),
    ("slug", "Cairo", "lowercase letters a to z"),
    ("slug", "ab", "lowercase letters a to z"),
    ("slug", "cairo--north", "lowercase letters a to z"),
    ("slug", "recife", "This address is taken."),
    ("zone", "Africa/Atlantis", "Choose a time zone from the list."),
    ("zone", "", "Choose a time zone from the list."),
    ("currency", "XXL", "three-letter code of a currency"),
    ("working_week", [], "Choose the chapter’s working days."),
    ("working_week", ["9"], "Choose days from the list."),
    ("languages", [], "Choose at least one language."),
    ("languages", ["tlhx"], "Choose languages from the list."),
]


def test_what_cannot_be_entered_is_said_at_its_field_and_nothing_typed_is_lost(reporting, as_person):
    dana = as_person(reporting.world.dana)
    for field, value, sentence in REFUSALS:
        answer = enter(dana, **{field: value})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, (field, value)
        at_field = re.search(rf'<div id="{field}-error">.*?</div>', page, re.DOTALL)
        assert at_field, (field, value)
        assert sentence in at_field.group(0)
        for name in ("name", "campaign_name", "slug"):
            expected_value = {**CAIRO, field: value}[name]
            assert f'value="{expected_value}"' in page, (field, name)
    with reporting.opened(NobodyScope()) as session:
        assert session.get(ChapterSlug, "cairo") is None


def test_a_field_that_follows_the_name_is_not_spoken_of_while_the_name_is_missing(reporting, as_person):
    page = enter(as_person(reporting.world.dana), name="", slug="").get_data(as_text=True)
    assert "There is a problem" in page
    assert "slug-error" not in page


def test_an_arabic_name_without_an_address_asks_for_one(reporting, as_person):
    answer = enter(as_person(reporting.world.dana), slug="")
    assert answer.status_code == 422
    assert "lowercase letters a to z" in answer.get_data(as_text=True)


def test_a_latin_name_makes_its_own_address(reporting, as_person):
    dana = as_person(reporting.world.dana)
    assert enter(dana, name="HeForShe São Tomé", slug="").status_code == 302
    with reporting.opened(NobodyScope()) as session:
        assert session.get(ChapterSlug, "heforshe-sao-tome") is not None


def test_the_same_form_sent_twice_enters_one_chapter(reporting, as_person):
    dana = as_person(reporting.world.dana)
    assert enter(dana).status_code == 302
    assert enter(dana).status_code == 422
    assert names_of(dana.get("/desk/chapters").get_data(as_text=True)).count(str(CAIRO["name"])) == 1


def test_a_country_desk_enters_chapters_in_her_country_alone(reporting, as_person):
    with reporting.world.app.app_context():
        rosa = desk_person("Rosa", DeskRole.COUNTRY_DESK, ("EG",))
    client = as_person(rosa)
    assert "Egypt" in client.get(NEW).get_data(as_text=True)
    assert client.get(f"{NEW}?country=BR").status_code == 404
    assert post(client, NEW, form=f"{NEW}?country=EG", **{**CAIRO, "country": "BR"}).status_code == 404
    assert enter(client).status_code == 302


def test_a_viewer_reads_and_enters_nothing(reporting, as_person):
    with reporting.world.app.app_context():
        viewer = desk_person("Vera", DeskRole.VIEWER, ("BR",))
    client = as_person(viewer)
    page = client.get("/desk/chapters").get_data(as_text=True)
    assert "ElesPorElas Recife" in page
    assert NEW not in page
    assert client.get(NEW).status_code == 404
    page = client.get(f"/desk/chapters/{reporting.world.recife.id}").get_data(as_text=True)
    assert "/people/" not in page


def test_the_list_is_sorted_by_name_whatever_accents_and_case(reporting, as_person):
    dana = as_person(reporting.world.dana)
    for slug, name in (("aba", "Ábaco"), ("abb", "abba"), ("zeb", "Zebra")):
        enter(dana, name=name, slug=slug)
    names = names_of(dana.get("/desk/chapters").get_data(as_text=True))
    assert names == ["Ábaco", "abba", "ElesPorElas Recife", "HeForShe Huye", "Zebra"]


def test_the_list_is_filtered_by_area_country_and_state(reporting, as_person):
    dana = as_person(reporting.world.dana)
    enter(dana)

    def listed(query: str) -> list[str]:
        return names_of(dana.get(f"/desk/chapters?{query}").get_data(as_text=True))

    assert listed("area=americas") == ["ElesPorElas Recife"]
    assert listed("country=RW") == ["HeForShe Huye"]
    assert listed("state=signed") == [CAIRO["name"]]
    assert listed("area=americas&country=RW") == []
    assert listed("area=&country=&state=active") == ["ElesPorElas Recife", "HeForShe Huye"]
    for nonsense in (
        "area=atlantis",
        "country=ZZ",
        "state=merry",
        "after=recife",
        f"after={reporting.world.dana.user_id}",
    ):
        assert dana.get(f"/desk/chapters?{nonsense}").status_code == 404


def test_the_list_is_searched_by_names_and_places(reporting, as_person):
    dana = as_person(reporting.world.dana)
    enter(dana, latin_name="HeForShe Élan Cairo", campaign_name="هو من أجلها")
    cairo = f"{CAIRO['name']} (HeForShe Élan Cairo)"

    def listed(search: str) -> list[str]:
        return names_of(dana.get("/desk/chapters", query_string={"search": search}).get_data(as_text=True))

    for search in ("القاهرة", "elan", "CAIRO heforshe", "Egypt", "arab states", "هو من أجلها", " Africa/Cairo "):
        assert listed(search) == [cairo], search
    assert listed("huye") == listed("Rwanda") == listed("kigali") == ["HeForShe Huye"]
    assert listed("recife egypt") == []
    assert listed("alice") == [], "people are not searched"
    assert listed("100% _ \\ '") == []
    assert len(listed("")) == len(listed("\u200b")) == 3
    page = dana.get("/desk/chapters?search=%3Cb%3E").get_data(as_text=True)
    assert 'value="&lt;b&gt;"' in page
    assert "No chapters match your search" in page


def test_chapters_are_found_by_the_roles_that_are_filled(reporting, as_person):
    world, dana = reporting.world, as_person(reporting.world.dana)

    def listed(role: str) -> list[str]:
        return names_of(dana.get(f"/desk/chapters?role={role}").get_data(as_text=True))

    assert listed("no-deputy") == listed("focal-point") == [world.recife.name, world.huye.name]
    assert listed("no-focal-point") == listed("deputy") == []
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        bob = session.scalars(select(Membership.id).where(Membership.user_id == world.bob.user_id)).one()
        appoint(session, choice=Choice(bob), rank=Rank.DEPUTY, actor_id=world.alice.user_id, at=clock.now())
    assert listed("deputy") == [world.recife.name]
    assert listed("no-deputy") == [world.huye.name]
    assert dana.get("/desk/chapters?role=nurse").status_code == 404
    assert 2 < statements_of(dana, "/desk/chapters?role=deputy") <= 12


def test_a_search_takes_no_more_statements_than_the_list(reporting, as_person):
    dana = as_person(reporting.world.dana)
    assert 2 < statements_of(dana, "/desk/chapters?search=recife") <= 12


def test_every_chapter_is_on_exactly_one_page_of_the_list(reporting, as_person):
    for number in range(103):
        reporting.onboard(f"chapter-{number:03}", "UG", active=False)
    dana = as_person(reporting.world.dana)
    address: str | None = "/desk/chapters?country=UG"
    pages: list[str] = []
    seen: list[str] = []
    while address:
        page = dana.get(address).get_data(as_text=True)
        pages.append(address)
        seen += names_of(page)
        next_link = re.search(r'rel="next" href="([^"]+)"', page)
        address = next_link.group(1).replace("&amp;", "&") if next_link else None
    assert len(pages) == 3
    assert seen == [f"HeForShe chapter-{number:03}" for number in range(103)]
    previous_link = re.search(r'rel="prev" href="([^"]+)"', page)
    assert previous_link
    assert names_of(dana.get(previous_link.group(1).replace("&amp;", "&")).get_data(as_text=True)) == seen[50:100]
