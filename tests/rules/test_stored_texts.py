"""No service stores a hidden character, or a text that nobody sees, and every column of texts is reached."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from harness.people import World
from harness.written_texts import NOT_TYPED, acts_of, columns, stored_texts
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.periods import Period
from tenants.errors import AlreadyDecided, Refused
from tenants.scope import ChapterScope, Scope
from tenants.texts import FILLERS, NEEDED_SIGNS, TURNING, VISIBLE_FORMATS

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LAST_QUARTER = Period.of(NOW.date()).previous
SEEN = st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"])
HIDDEN_CHARACTERS = st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"]) | st.sampled_from(
    [*"\u00ad\u200b\u2060\u3164\u2800\ufeff", *TURNING, *NEEDED_SIGNS]
)
TEXTS = st.text(st.one_of(SEEN, HIDDEN_CHARACTERS), min_size=1, max_size=40)
NEVER_STORED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
CANARY = "Canary"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
@example(text="\u200b\u2066\u200d\u3164")
@example(text="Two\r\nlines,\ta tab, \x00 nul, \x1b escape, \x7f delete, \x85 next line, \u202e turned, \ud800 half")
def test_no_service_stores_a_character_that_nobody_sees(
    world: World, rolled_back: Callable[[Scope], Session], text: str
) -> None:
    session = rolled_back(ChapterScope(world.recife.id))
    with session.begin_nested() as point:
        stored_count = 0
        for act in acts_of(session, world, text):
            with suppress(Refused, AlreadyDecided):
                act()
                stored_count += 1
        faults = hidden_characters(session)
        point.rollback()
    assert faults == []
    assert stored_count > 0 or is_blank(text)


def test_every_column_of_texts_is_reached(world: World, rolled_back: Callable[[Scope], Session]) -> None:
    session, reached_columns = rolled_back(ChapterScope(world.recife.id)), set[str]()
    for act in acts_of(session, world, CANARY):
        act()
        reached_columns |= {name for name, value in stored_texts(session) if CANARY in value}
    assert {name for name, _key, _model in columns()} == reached_columns | NOT_TYPED


def hidden_characters(session: Session) -> list[str]:
    """Return the texts of the chapter's rows that nobody could see, or that contain a hidden character."""
    return [f"{name} holds {value!r}" for name, value in stored_texts(session) if is_hidden(value)]


def is_hidden(value: str) -> bool:
    """Whether a stored text breaks a rule of `tenants/texts.py`, computed in another way."""
    signs = set(value) - NEEDED_SIGNS - VISIBLE_FORMATS - set("\n\t")
    has_hidden_sign = any(unicodedata.category(sign) in NEVER_STORED for sign in signs)
    is_untidy = value != unicodedata.normalize("NFC", value) or value[0] in NEEDED_SIGNS or value[-1] in NEEDED_SIGNS
    return has_hidden_sign or is_untidy or value != value.strip() or is_blank(value)


def is_blank(text: str) -> bool:
    return all(sign in FILLERS or unicodedata.category(sign)[0] in "CZM" for sign in text)
