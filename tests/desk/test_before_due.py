"""UN Women names nothing as missing before it is due: on no page of the desk, for no kind of obligation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from desk.page_texts import page, text_of
from harness.deliveries import make_obligation
from harness.people import World

from solidarity.desk.chapters import step_states
from solidarity.labels.obligations.wording import FOR_DESK, WORDS
from solidarity.labels.obligations.words import quarter_name
from tenants import clock
from tenants.action_kit.focal_point.obligations import ADDRESS_UNREACHED
from tenants.overview.obligation_kinds import KINDS

PAGES = ("/desk/", "/desk/chapters", "/desk/chapters/{recife}")
FACT = str(FOR_DESK[ADDRESS_UNREACHED.code])
"""Named from its first day: the address does not receive mail, whenever a correction is due."""
SetDue = Callable[[int], None]


@pytest.fixture
def set_due(world: World, monkeypatch: pytest.MonkeyPatch) -> SetDue:
    """Return a function that lets one obligation of every kind be due in some days, in Recife and nowhere else."""

    def set_days(days: int) -> None:
        due_on = clock.local_day(clock.now(), "America/Recife") + timedelta(days=days)
        titles = {kind: "2026-07-01" if WORDS[kind].subject_name is quarter_name else None for kind in KINDS}
        obligations = [make_obligation(world, kind, due_on, title=titles[kind]) for kind in KINDS]
        monkeypatch.setattr(step_states, "obligations_of", lambda *_args, **_kwargs: obligations)

    return set_days


def texts(world: World) -> str:
    dana = world.browser_of(world.dana)
    return " ".join(text_of(page(dana, address.format(recife=world.recife.id))) for address in PAGES)


def test_what_is_due_in_three_days_is_a_task_and_not_missing(world: World, set_due: SetDue) -> None:
    set_due(3)
    seen = texts(world)
    missing_words = {str(words.for_desk) for words in WORDS.values() if str(words.for_desk) != str(words.title)}
    assert [words for words in missing_words - {FACT} if words in seen] == []
    for words in ("Not started", "Not sent", "days ago"):
        assert words not in seen
    assert all(str(WORDS[kind].title) in seen for kind in KINDS)


@pytest.mark.parametrize("days", [0, -3])
def test_what_is_due_is_named_as_missing(world: World, set_due: SetDue, days: int) -> None:
    set_due(days)
    seen = texts(world)
    assert [words for words in map(str, FOR_DESK.values()) if words not in seen] == []


def test_a_new_chapter_has_nothing_due_and_is_not_called_late(world: World, set_due: SetDue) -> None:
    set_due(3)
    page_text = text_of(page(world.browser_of(world.dana), f"/desk/chapters/{world.huye.id}"))
    assert "Nothing due" in page_text
    assert "overdue" not in page_text
