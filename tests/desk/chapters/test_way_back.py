"""UN Women's staff find the way from every page of a chapter back to its page on the desk."""

from __future__ import annotations

import pytest
from harness.people import World

PAGES = ("", "plan", "funding", "launch", "activities", "reports", "people", "focal-point")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_a_chapter_leads_its_desk_back(world: World, page: str) -> None:
    way_back = f'<a href="/desk/chapters/{world.recife.id}">Back to the desk</a>'
    answer = world.browser_of(world.dana).get(f"/c/recife/{page}")
    assert (answer.status_code, way_back in answer.text.split("<main")[0]) == (200, True)
    assert "Back to the desk" not in world.browser_of(world.alice).get(f"/c/recife/{page}").text
