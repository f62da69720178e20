"""Active chapters drawn as rings: their steps counted, their vacancies, and contacts that may be out of date."""

from __future__ import annotations

import re
from datetime import timedelta

from desk.page_texts import enter, page, statements_of, text_of
from harness.people import desk_person

from solidarity.desk.overview import chapters as wall
from tenants import clock
from tenants.people.permissions import DeskRole

FIRST = "/desk"


def wheels(markup: str) -> dict[str, int]:
    """Return the chapters drawn as rings: name -> number of overdue steps."""
    matches = re.findall(
        r'aria-label="([^"]*): (\d) of 6 steps done, (\d) overdue, (\d) need attention"><svg class="ring"', markup
    )
    return {name: int(late) for name, _done_count, late, _attention in matches}


def section(markup: str, name: str) -> str:
    """Return the text of a section of the page."""
    return text_of(markup.split(f'id="{name}"')[1].split("</section>", maxsplit=1)[0].partition(">")[2])


def rows_under(markup: str, caption: str) -> list[str]:
    body = markup.split(f"{caption}</caption>")[1].split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    return [text_of(row) for row in body.split("</tr>")[:-1]]


def test_dana_sees_every_active_chapter_once_as_a_ring_that_leads_to_it(world, as_person):
    enter(world, "kampala")
    markup = page(as_person(world.dana), FIRST)
    assert wheels(markup) == {"ElesPorElas Recife": 3, "HeForShe Huye": 3, "HeForShe kampala": 0}
    assert f'<a href="/desk/chapters/{world.recife.id}" aria-label="ElesPorElas Recife:' in markup
    assert 'href="#need">Skip the rings' in markup
    symbols = set(re.findall(r'<use href="#(r\d\w)"/>', markup))
    assert symbols <= set(re.findall(r' id="(r\d\w)"', markup)), "a ring refers to drawings of the page"


def test_the_counts_of_a_step_are_all_chapters(world, as_person):
    enter(world, "kampala")
    markup = page(as_person(world.dana), FIRST)
    rows = rows_under(markup, "Number of chapters by step and status")
    assert len(rows) == 6
    for row in rows:
        counts = [int(number) for number in re.findall(r"(?:Done|In progress|Nothing due): (\d+)", row)]
        late, attention = (int(number) for number in row.split()[-2:])
        assert sum(counts) + late + attention == 3, row


def test_a_chapter_in_which_something_is_late_is_named_with_what_is_stuck_since_when_and_one_way_there(
    world, as_person
):
    enter(world, "kampala")
    markup = page(as_person(world.dana), FIRST)
    rows = rows_under(markup, "Chapters that need follow-up, longest wait first")
    assert len(rows) == 2, "nothing is late in Kampala"
    recife = next(row for row in rows if row.startswith("ElesPorElas Recife Brazil"))
    assert re.search(r"No activity logged and 2 more items The chapter \d+ days See the chapter : ElesPor", recife)
    days = [int(number) for row in rows for number in re.findall(r"(\d+) days", row)]
    assert days == sorted(days, reverse=True)
    gulu = enter(world, "gulu", since=clock.now() - timedelta(days=400))
    row = rows_under(page(as_person(world.dana), FIRST), "Chapters that need follow-up, longest wait first")[0]
    assert row.startswith("HeForShe gulu Uganda")
    assert re.search(r"No focal point and \d+ more items The chapter 400 days Choose someone : HeForShe gulu$", row)
    assert f'href="/c/{gulu.slug}/focal-point"' in page(as_person(world.dana), FIRST)


def test_a_chapter_without_a_focal_point_is_a_contact_to_check(world, as_person):
    dana = as_person(world.dana)
    before = page(dana, FIRST)
    assert "2 contacts may be out of date" in before
    assert "Focal point not confirmed" in section(before, "contacts")
    enter(world, "gulu", since=clock.now() - timedelta(days=40))
    markup = page(dana, FIRST)
    assert "3 contacts may be out of date" in markup
    text = section(markup, "contacts")
    assert "HeForShe gulu" in text
    assert "No focal point" in text
    assert "Choose someone" in text


def test_more_chapters_than_a_page_looks_at_are_not_drawn_and_she_is_shown_where_they_are(
    world, as_person, monkeypatch
):
    dana = as_person(world.dana)
    statement_count = statements_of(dana, FIRST)
    monkeypatch.setattr(wall, "MOST_DRAWN", 1)
    markup = page(dana, FIRST)
    assert wheels(markup) == {}
    assert "More than 1 chapters are active here." in markup
    assert statements_of(dana, FIRST) < statement_count
    assert list(wheels(page(dana, f"{FIRST}?area=americas"))) == ["ElesPorElas Recife"], "one area is few enough"


def test_a_country_desk_sees_the_rings_and_needs_of_hers_alone(world, as_person):
    with world.app.app_context():
        rosa = desk_person("Rosa", DeskRole.COUNTRY_DESK, ("RW",))
    markup = page(as_person(rosa), FIRST)
    assert list(wheels(markup)) == ["HeForShe Huye"]
    assert "Recife" not in markup
    assert "By step, the only active chapter" in markup
