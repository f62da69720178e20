"""The history page of a chapter: who did what in it, and on which days UN Women visited."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from funding.money import Money
from harness.activity_form import send
from harness.databases import owner_connection
from harness.people import Person, World, desk_person, join, post
from harness.reporting import Reporting
from harness.statements import logged

from tenants.action_kit.activities.models import ActivityKind
from tenants.action_kit.activities.services import ActivityEntry, log_activity
from tenants.action_kit.cells import AgeBand, Sex
from tenants.audit import DAY, record
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import db, new_id, opened
from tenants.membership.services import create_user, end_membership
from tenants.people.permissions import OF_DESK_ROLE, OF_ROLE, DeskRole, Permission, Role
from tenants.people.queries import present_membership
from tenants.scope import ChapterScope, NobodyScope

TRAIL = "/c/recife/trail"
MOST_STATEMENTS = 12
LATER = datetime(2026, 2, 12, 15, 30, tzinfo=UTC)
HOSTILE = """<script>alert(1)</script>"'&<b>"""
ROW = re.compile(r'<tr><th scope="row">(.*?)</th>\s*<td>(.*?)</td>\s*<td>(.*?)</td></tr>', re.DOTALL)

TALK = ActivityEntry(
    kind=ActivityKind.WORKPLACE,
    title="Talk",
    held_on=datetime(2026, 1, 20, tzinfo=UTC).date(),
    place="",
    narrative="",
    counts={(Sex.MEN, AgeBand.FROM_25_TO_59): 10},
    first_time=4,
    came_before=6,
    not_sure=0,
)

AsPerson = Callable[[Person], FlaskClient]


@pytest.fixture
def alice(world: World, as_person: AsPerson) -> FlaskClient:
    return as_person(world.alice)


def read(client: FlaskClient, address: str = TRAIL) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def rows(page: str) -> list[tuple[str, str, str]]:
    """Return the rows of a page as a person reads them: what, who, when."""
    return [(_text(action), _text(actor), _text(moment)) for action, actor, moment in ROW.findall(page)]


def _text(part: str) -> str:
    return html.unescape(" ".join(re.sub(r"</?(?:a|bdi|br|small)\b[^>]*>", " ", part).split()))


def beside(page: str, rel: str) -> str | None:
    match = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return html.unescape(match.group(1)) if match else None


def write(world: World, actor: Person | None, action: str, *, at: datetime = LATER, is_desk: bool = False) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        actor_id = actor.user_id if actor else None
        record(session, at=at, actor_id=actor_id, action=action, is_desk=is_desk)


def test_alice_reads_how_her_chapter_began(alice: FlaskClient) -> None:
    entries = [(action, actor) for action, actor, _ in rows(read(alice))]
    assert ("Set up the chapter", "UN Women") in entries
    assert ("Activated the chapter when its first focal point joined", "Solidarity (automatic)") in entries
    assert {("Joined the chapter", "Alice"), ("Joined the chapter", "Bob")} <= set(entries)


def test_alice_reads_that_dana_entered(world: World, alice: FlaskClient, as_person: AsPerson) -> None:
    with time_machine.travel(LATER, tick=False):
        dana = as_person(world.dana)
        assert dana.get("/c/recife/activities").status_code == 200
        assert dana.get("/c/recife/").status_code == 200
    page = read(alice)
    assert rows(page)[0] == ("Viewed the chapter’s pages", "Dana UN Women", "12 Feb 2026")
    assert [action for action, *_ in rows(page)].count("Viewed the chapter’s pages") == 1
    assert page.count("Times are in the time zone of Recife.") == 1


def test_alice_reads_what_she_and_bob_did_with_the_activity_one_step_away(
    world: World, alice: FlaskClient, as_person: AsPerson
) -> None:
    address = send(alice, "/c/recife/activities/new", title="Roda de conversa").location
    send(alice, f"{address}/revision", title="Roda de conversa na praça")
    post(alice, "/c/recife/people/invitation", name="Nina", email="nina@people.example", role="member", language="en")
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        own_membership = present_membership(session, user_id=world.bob.user_id)
    assert own_membership is not None
    post(as_person(world.bob), f"/c/recife/people/{own_membership.id}/departure")
    page = read(alice)
    assert [(action, actor) for action, actor, _ in rows(page)[:4]] == [
        ("Ended a membership: Bob", "Bob"),
        ("Sent an invitation: Nina", "Alice"),
        ("Corrected an activity: Roda de conversa na praça", "Alice"),
        ("Logged an activity: Roda de conversa na praça", "Alice"),
    ]
    assert page.count(f'href="{address}"') == 2
    assert alice.get(address).status_code == 200


@pytest.mark.parametrize("name", ["bob", "charlie", "dana"])
def test_others_find_no_trail_and_no_link_to_it(world: World, as_person: AsPerson, name: str) -> None:
    browser = as_person(getattr(world, name))
    assert browser.get(TRAIL).status_code == 404
    assert TRAIL not in browser.get("/c/recife/").get_data(as_text=True)


def test_who_carries_the_chapter_may_read_it_and_nobody_at_the_desk() -> None:
    readers = {role for role in Role if Permission.READ_TRAIL in OF_ROLE[role]}
    assert readers == set(Role) - {Role.MEMBER}
    assert [role for role in DeskRole if Permission.READ_TRAIL in OF_DESK_ROLE[role]] == []


def test_alice_finds_it_at_the_foot_and_in_the_menu_of_a_phone(alice: FlaskClient) -> None:
    page = read(alice, "/c/recife/")
    foot = page.partition('<footer class="foot">')[2]
    menu, _, rest = foot.partition("</nav>")
    for part in (menu, rest):
        assert re.search(rf'<a href="{TRAIL}">Activity history</a>', part)


def test_charlie_never_reads_of_recife(world: World, alice: FlaskClient, as_person: AsPerson) -> None:
    send(alice, "/c/recife/activities/new", title="Roda de conversa")
    write(world, world.dana, "desk.entered", is_desk=True)
    page = read(as_person(world.charlie), "/c/huye/trail")
    assert ("Joined the chapter", "Charlie") in [(action, actor) for action, actor, _ in rows(page)]
    assert [name for name in ("Alice", "Bob", "Dana", "Roda de conversa", "recife") if name in page] == []


def test_hostile_names_come_out_as_text(world: World, alice: FlaskClient) -> None:
    with world.app.app_context():
        email, at = "mallory@people.example", datetime(2026, 1, 13, tzinfo=UTC)
        with opened(NobodyScope()) as session:
            user = create_user(session, email=email, name=HOSTILE, language="en", password=None, at=at)
        join(world.recife, Person(HOSTILE, email, user.id), Role.MEMBER)
    send(alice, "/c/recife/activities/new", title=HOSTILE)
    page = read(alice)
    assert "<script>" not in page
    assert "<b>" not in page
    entries = [(action, actor) for action, actor, _ in rows(page)]
    assert (f"Logged an activity: {HOSTILE}", "Alice") in entries
    assert ("Joined the chapter", HOSTILE) in entries


def test_a_past_member_keeps_her_name_and_who_is_erased_has_none(
    world: World, alice: FlaskClient, as_person: AsPerson
) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        own_membership = present_membership(session, user_id=world.bob.user_id)
        assert own_membership is not None
        end_membership(session, actor_id=world.alice.user_id, at=LATER, membership_id=own_membership.id)
        record(session, at=LATER + timedelta(hours=1), actor_id=world.bob.user_id, action="activity.logged")
        record(session, at=LATER + timedelta(hours=2), actor_id=new_id(), action="activity.logged")
    assert rows(read(alice))[:3] == [
        ("Logged an activity", "Someone who has left", "12 Feb 2026, 14:30"),
        ("Logged an activity", "Bob", "12 Feb 2026, 13:30"),
        ("Ended a membership: Bob", "Alice", "12 Feb 2026, 12:30"),
    ]


def test_an_old_code_is_told_without_its_code(world: World, alice: FlaskClient) -> None:
    write(world, world.alice, "budget.folded")
    page = read(alice)
    assert rows(page)[0][:2] == ("Other action", "Alice")
    assert "budget.folded" not in page


def test_who_acts_as_un_women_is_named_so_though_she_has_a_seat(world: World, alice: FlaskClient) -> None:
    with world.app.app_context():
        join(world.recife, world.dana, Role.MEMBER)
    write(world, world.dana, "person.invited", is_desk=True)
    write(world, world.dana, "activity.logged", at=LATER + timedelta(hours=1))
    assert [actor for _, actor, _ in rows(read(alice))[:2]] == ["Dana", "Dana UN Women"]


def test_alice_reads_what_un_women_did_alone(world: World, alice: FlaskClient) -> None:
    write(world, world.dana, "desk.entered", is_desk=True)
    write(world, world.alice, "activity.logged")
    page = read(alice)
    assert f'href="{TRAIL}?by=desk">UN Women actions only</a>' in page
    desk_page = read(alice, f"{TRAIL}?by=desk")
    assert [(action, actor) for action, actor, _ in rows(desk_page)] == [
        ("Viewed the chapter’s pages", "Dana UN Women"),
        ("Set up the chapter", "UN Women"),
    ]
    assert f'href="{TRAIL}">All</a>' in desk_page


def test_a_chapter_in_which_un_women_did_nothing_is_told_so(world: World, alice: FlaskClient) -> None:
    with owner_connection(world.settings, autocommit=True) as owner:
        owner.execute("delete from audit_entries where is_desk and chapter_id = %s", [world.recife.id])
        page = read(alice, f"{TRAIL}?by=desk")
        assert "No actions by UN Women yet" in page
        assert "<table" not in page
        owner.execute("delete from audit_entries where chapter_id = %s", [world.recife.id])
    assert "No actions yet" in read(alice)


@pytest.mark.parametrize("query", ["", "?by=desk"])
def test_sixty_entries_are_read_forth_and_back_page_by_page(world: World, alice: FlaskClient, query: str) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for number in range(60):  # seven at the same moment, so that a page can end in the middle of a moment
            at = LATER + timedelta(minutes=number // 7, microseconds=7)
            record(session, at=at, actor_id=world.dana.user_id, action="report.returned", is_desk=True)
    before = ["Set up the chapter"] if query else ["Joined the chapter"] * 2
    pages, address = [], TRAIL + query
    while address:
        pages.append(read(alice, address))
        address = beside(pages[-1], "next") or ""
    page_rows = [rows(page) for page in pages]
    actions = [action for part in page_rows for action, *_ in part]
    assert [len(part) for part in page_rows[:2]] == [25, 25]
    assert actions.count("Returned a report") == actions.index(before[0]) == 60
    assert beside(pages[0], "prev") is None
    previous_page = read(alice, beside(pages[2], "prev") or "")
    assert rows(previous_page) == page_rows[1]
    first = read(alice, beside(previous_page, "prev") or "")
    assert rows(first) == page_rows[0]
    assert beside(first, "prev") is None


def test_every_entry_stands_on_one_page(world: World, alice: FlaskClient) -> None:
    titles = [f"Talk {number:02}" for number in range(30)]
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for title in titles:
            entry = replace(TALK, title=title)
            log_activity(session, actor_id=world.alice.user_id, at=LATER, form_key=new_id(), entry=entry)
    first = read(alice)
    actions = [action for page in (first, read(alice, beside(first, "next") or "")) for action, *_ in rows(page)]
    assert sorted(action for action in actions if action.startswith("Logged")) == [
        f"Logged an activity: {t}" for t in titles
    ]


def test_a_page_beyond_the_end_leads_to_the_beginning(alice: FlaskClient) -> None:
    cursor = f"after=2000-01-01T00:00:00%2B00:00_{new_id()}"
    for query, start in ((cursor, TRAIL), (f"by=desk&{cursor}", f"{TRAIL}?by=desk")):
        answer = alice.get(f"{TRAIL}?{query}")
        assert (answer.status_code, answer.location) == (302, start)


def test_a_forged_page_is_not_found(alice: FlaskClient) -> None:
    key = new_id()
    times = ("", "x", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00+23:59", "9" * 4000, "\0")
    for name in ("before", "after"):
        for cursor in (*times, *(f"{time}_{key}" for time in times), "2026-01-01T00:00:00+00:00_x"):
            assert alice.get(TRAIL, query_string={name: cursor}).status_code == 404, cursor
    for moment, status in (("0001-01-01T00:00:00+00:00", 302), ("9999-12-31T23:59:59.999999+00:00", 200)):
        assert alice.get(TRAIL, query_string={"after": f"{moment}_{key}"}).status_code == status


def test_many_entries_cost_as_many_statements_as_few(world: World, alice: FlaskClient) -> None:
    with world.app.app_context():
        engines = list(db.engines.values())
    with logged(engines) as for_few:
        read(alice)
    for _ in range(30):
        write(world, world.dana, "plan.returned", is_desk=True)
        write(world, world.bob, "activity.logged")
    with logged(engines) as for_many:
        page = read(alice)
    assert len(rows(page)) == 25
    assert len(for_many) == len(for_few)
    assert len(for_many) <= MOST_STATEMENTS, "\n".join(for_many)


def test_the_page_is_arabic_from_end_to_end(world: World, alice: FlaskClient) -> None:
    write(world, world.dana, "desk.entered", is_desk=True)
    alice.set_cookie("language", "ar")
    page = read(alice)
    assert rows(page)[0][:2] == ("الاطّلاع على صفحات الفرع", "Dana هيئة الأمم المتحدة للمرأة")
    texts = [re.sub("Alice|Bob|Dana", "", " ".join(row)) for row in rows(page)]
    assert [row for row in texts if re.search("[A-Za-z]", row)] == []


def test_views_of_un_women_are_one_line_a_day(world: World, alice: FlaskClient) -> None:
    with world.app.app_context():
        colleague = desk_person("Erika", DeskRole.VIEWER, ALL_COUNTRIES)
    evening = datetime(2026, 2, 13, 1, 0, tzinfo=UTC)  # still the 12th in Recife
    for actor, at in ((world.dana, LATER), (colleague, LATER), (world.dana, evening), (world.dana, evening + DAY)):
        write(world, actor, "desk.entered", at=at, is_desk=True)
    assert rows(read(alice))[:2] == [
        ("Viewed the chapter’s pages", "Dana UN Women", "13 Feb 2026"),
        ("Viewed the chapter’s pages", "Dana and Erika UN Women", "12 Feb 2026"),
    ]


def test_the_feeds_say_what_was_done_and_for_how_much(world: World, alice: FlaskClient) -> None:
    money, reporting = Money(world), Reporting(world)
    money.decide(money.spend(1_200_000, what="Bus hire"), world.dana, is_desk=True)
    with world.app.app_context():
        reporting.report(world.recife, {(Sex.MEN, AgeBand.FROM_25_TO_59): 10})
    sentences = {sentence for sentence, *_ in rows(read(alice))}
    quarter = "October to December 2025"
    expected = {
        "Approved an expense: Bus hire, BRL 12,000",
        "Recorded a transaction: Bus hire, BRL 12,000",
        "Added a budget line: Launch event",
        "Added a source of funding: City, BRL 60",
        f"Sent a report: {quarter}",
        f"Approved a report: {quarter}",
    }
    assert expected <= sentences
    home = html.unescape(read(alice, "/c/recife/"))
    assert "Approved an expense: <bdi>Bus hire, BRL\xa012,000</bdi>" in home
