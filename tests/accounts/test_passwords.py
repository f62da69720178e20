"""New passwords: those that are guessed first are refused, with the reason and the strength in words."""

from __future__ import annotations

from time import process_time

import pytest
from flask import Flask
from flask_babel import force_locale
from harness.people import PASSWORD, World, post
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.people.passwords import CHARACTERS_ESTIMATED, LONGEST, SHORTEST, password_problem

CHAPTERS = ("heforshe-recife-norte", "Réseau de Kigali")


def problem_with(app: Flask, password: str, language: str = "en") -> str | None:
    with app.test_request_context(), force_locale(language):
        problem = password_problem(password, email="mferraz@campo.example", name="Marina Ma", chapters=CHAPTERS)
        return str(problem) if problem else None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 10 characters"),
        ("x" * 129, "at most 128 characters"),
        ("password123", "(very weak). It is made of common words or passwords."),
        ("P@ssw0rd2026", "(weak). It is made of common words or passwords."),
        ("monkeydragon", "(weak). It is made of common words or passwords."),
        ("aaaaaaaaaaaaaa", "(very weak). It repeats the same characters."),
        ("abcdefghijklm", "in the order of the alphabet or of numbers."),
        ("zaq12wsxcde3", "guess"),
        ("20.11.1987", "It contains a year or a date."),
        ("marina is the best", "Do not use your name"),
        ("mferraz-in-brazil", "Do not use your name"),
        ("HeForShe forever", "Do not use your name"),
        ("we meet in RECIFE now", "Do not use your name"),
        ("kigali and the hills", "Do not use your name"),
        ("c4mp0campo", "Do not use your name"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused_with_the_reason(app: Flask, password: str, words: str) -> None:
    assert words in (problem_with(app, password) or "")


@pytest.mark.parametrize(
    "password", [PASSWORD, "ثلاث كلمات لا يعرفها أحد", "Ma is short enough", "three green umbrellas", "xkqz7wvbnpl9"]
)
def test_another_password_is_accepted(app: Flask, password: str) -> None:
    assert problem_with(app, password) is None


def test_the_reason_is_in_the_language_of_the_reader(app: Flask) -> None:
    english, arabic = (problem_with(app, "password123", language) or "" for language in ("en", "ar"))
    assert "guess" in english
    assert not any(letter.isascii() and letter.isalpha() for letter in arabic)


@given(st.text(min_size=SHORTEST, max_size=LONGEST))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_text_has_an_answer_and_a_longer_one_is_no_easier(app: Flask, password: str) -> None:
    """Only the start is estimated, so what follows changes nothing, except if it has a word of the person."""
    problem_with(app, password)
    start = password[:CHARACTERS_ESTIMATED].ljust(CHARACTERS_ESTIMATED, "7")
    assert bool(problem_with(app, start)) == bool(problem_with(app, start + "~~"))


def test_the_worst_password_takes_less_than_two_seconds(app: Flask) -> None:
    problem_with(app, PASSWORD)
    start = process_time()
    problem_with(app, ("4@8({[<369!1|70$5+%2" * 7)[:LONGEST])
    assert process_time() - start < 2


def test_the_words_of_one_person_are_not_kept_for_another(app: Flask) -> None:
    problem_with(app, "a password without such words")
    with app.test_request_context():
        assert password_problem("kigali and the hills", email="x@y.example", name="Zoe") is None


def test_alice_may_not_use_the_name_of_her_chapter(world: World) -> None:
    alice = world.browser_of(world.alice)
    answer = post(alice, "/me/password", current=PASSWORD, password="we meet in recife now")
    assert answer.status_code == 422
    assert "or the name of your chapter" in answer.get_data(as_text=True)
    charlie = world.browser_of(world.charlie)
    assert post(charlie, "/me/password", current=PASSWORD, password="we meet in recife now").status_code == 302
