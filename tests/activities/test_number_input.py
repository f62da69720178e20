"""Parsing of numbers as people type them. Entries of every shape are stored as typed, and their cells add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from babel import Locale
from babel.numbers import format_decimal
from flask import Flask
from harness.people import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from solidarity.chapter.activities.forms import LogForm, form_data
from solidarity.forms.people_field import NotPeople, read_people
from tenants.action_kit.activities.entries import ActivityEntry, cell_name, tidy_activity
from tenants.action_kit.activities.models import TITLE_LENGTH, ActivityKind, HeadCount
from tenants.action_kit.activities.queries import head_counts, revisions_of
from tenants.action_kit.activities.services import activity_entry, log_activity
from tenants.action_kit.cells import CELLS
from tenants.db import new_id
from tenants.scope import ChapterScope, Scope
from tenants.texts import one_line, plain_text, text_problem

TODAY = date(2026, 2, 12)
NO_NUMBER, NOT_WHOLE = "Enter a number, such as 12.", "Enter a whole number, such as 12."
TWO_WAYS = "This number can be read in two ways."
TOO_MANY = "Enter no more than 1,000,000 people."
SCRIPTS = {"ascii": "0123456789", "arabic": "٠١٢٣٤٥٦٧٨٩", "persian": "۰۱۲۳۴۵۶۷۸۹", "devanagari": "०१२३४५६७८९"}
LANGUAGES = ("en", "ar", "fr", "es", "ru", "zh", "pt")

people = st.integers(0, 1_000_000)
scripts = st.sampled_from(sorted(SCRIPTS))


def in_script(text: str, script: str) -> str:
    return text.translate(str.maketrans(SCRIPTS["ascii"], SCRIPTS[script]))


@settings(deadline=None)
@given(people, scripts, st.sampled_from(LANGUAGES), st.sampled_from(["", " ", "\u00a0", "\u202f"]), st.booleans())
def test_a_number_is_read_whatever_its_digits_spaces_and_separators(
    count: int, script: str, language: str, space: str, is_isolated: bool
) -> None:
    locale = Locale.parse(language)
    forms = [str(count), format_decimal(count, locale=locale), f"{count:,}".replace(",", space)]
    forms += [f"{count:,}".replace(",", "٬")] if script != "ascii" else []
    for form in forms:
        text = f" \u200f{in_script(form, script)}\u200e " if is_isolated else in_script(form, script)
        assert read_people(text, locale) == count


@settings(deadline=None)
@given(text=st.text(max_size=30), language=st.sampled_from(LANGUAGES))
def test_anything_else_is_told_and_never_breaks(text: str, language: str, app_of_words: Flask) -> None:
    with app_of_words.test_request_context():
        sentence = outcome(text, language)
        assert sentence in {"read", NO_NUMBER, NOT_WHOLE, TOO_MANY} or sentence.startswith(TWO_WAYS)


def test_what_is_no_whole_number_in_english_is_not_guessed(app_of_words: Flask) -> None:
    no_numbers = ["", "-", "twelve", "12 people", "1 2", "½", "²", "Ⅻ", "0x1F", "1_000", "∞", "1e3", "NaN", "+5"]
    no_numbers += ["1,20,00", "12,0000", "1,2.3,4", "1.000.0"]
    no_whole_numbers = ["1,2", "1.5", "1,200.5", "0.500"]
    with app_of_words.test_request_context():
        assert {outcome(text, "en") for text in no_numbers} == {NO_NUMBER}
        assert {outcome(text, "en") for text in no_whole_numbers} == {NOT_WHOLE}
        assert outcome("9" * 5000, "en") == TOO_MANY
        assert outcome("1.000", "en") == f"{TWO_WAYS} Enter 1,000 or 1."


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("12.0", 12),
        ("12,00", 12),
        ("0.000", 0),
        ("1,200.00", 1200),
        ("1,00,000", 100_000),
        ("1,20,000", 120_000),
        ("1.200.000", 1_200_000),
        ("1’200", 1200),
        ("1\u202f200", 1200),
        ("1\t200", 1200),
        ("\ufeff1\u200d2\u00ad0\u200b", 120),
        ("\u2066120\u2069\u00a0", 120),
        ("\uff11\uff12", 12),
    ],
)
def test_what_spreadsheets_copies_and_other_countries_write_is_read(text: str, count: int) -> None:
    assert read_people(text, Locale.parse("en")) == count


def outcome(text: str, language: str) -> str:
    try:
        read_people(text, Locale.parse(language))
    except NotPeople as error:
        return str(error)
    return "read"


def test_a_point_is_thousands_where_the_language_says_so(app_of_words: Flask) -> None:
    assert read_people("1.200", Locale.parse("pt")) == 1200
    with app_of_words.test_request_context(), pytest.raises(NotPeople):
        read_people("1,200", Locale.parse("pt"))


@pytest.fixture(scope="module")
def app_of_words() -> Flask:
    """An application in English without a database."""
    from flask_babel import Babel

    app = Flask("words")
    app.config.update(SECRET_KEY="k" * 32, WTF_CSRF_ENABLED=False)
    Babel(app)
    return app


def is_blank_or_visible(text: str) -> bool:
    return text_problem(text, 300) is None


@st.composite
def entries(draw: st.DrawFn) -> ActivityEntry:
    """Draw a valid, tidied entry: not counted, a count of 0, or any cells with shares that add up."""
    seen = st.characters(exclude_categories=("Cc", "Cs"))
    line = st.text(seen, max_size=100).map(one_line).filter(is_blank_or_visible)
    counts = draw(st.none() | st.dictionaries(st.sampled_from(CELLS), st.integers(1, 1_000_000)))
    total = None if counts is None else sum(counts.values())
    first = None if total is None else draw(st.integers(0, total))
    before = None if total is None or first is None else draw(st.integers(0, total - first))
    return ActivityEntry(
        kind=draw(st.sampled_from(ActivityKind)),
        title=draw(line.filter(lambda text: text_problem(text, TITLE_LENGTH, empty="blank") is None)),
        held_on=draw(st.dates(date(2014, 9, 20), TODAY)),
        place=draw(line),
        narrative=draw(st.text(seen, max_size=300).map(plain_text).filter(is_blank_or_visible)),
        counts=counts,
        first_time=first,
        came_before=before,
        not_sure=None if total is None or first is None or before is None else total - first - before,
    )


@settings(deadline=None)
@given(entry=entries(), script=scripts)
def test_an_entry_typed_into_the_form_is_read_as_it_was_meant(
    entry: ActivityEntry, script: str, app_of_words: Flask
) -> None:
    fields = {
        name: in_script(str(value), script) if isinstance(value, int) else str(value)
        for name, value in form_data(entry).items()
        if value is not None and name != "not_counted"
    }
    if entry.counts is None:
        fields["not_counted"] = "y"
    with app_of_words.test_request_context(method="POST"):
        form = LogForm(MultiDict(fields), today=TODAY)
        assert form.validate(), form.errors
        assert tidy_activity(form.entry()) == entry


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entry=entries())
def test_what_is_logged_is_what_is_stored_and_cells_add_up(
    entry: ActivityEntry, world: World, in_one_transaction: Session
) -> None:
    session, at = in_one_transaction, datetime(2026, 2, 12, 12, 0, tzinfo=UTC)
    activity = log_activity(session, actor_id=world.alice.user_id, at=at, form_key=new_id(), entry=entry)
    (row,) = revisions_of(session, activity.id)
    revision = row.revision
    assert activity_entry(revision, head_counts(session, revision.id)) == entry
    cells = session.scalar(select(func.sum(HeadCount.people)).where(HeadCount.revision_id == revision.id)) or 0
    assert cells == (revision.people or 0)
    if revision.people is not None:
        assert revision.people == (revision.first_time or 0) + (revision.came_before or 0) + (revision.not_sure or 0)


@pytest.fixture
def in_one_transaction(world: World, rolled_back: Callable[[Scope], Session]) -> Session:
    with world.app.app_context():
        return rolled_back(ChapterScope(world.recife.id))


def test_cells_have_names_of_their_own() -> None:
    assert len({cell_name(*cell) for cell in CELLS}) == 20
