"""The languages of a chapter, and how its texts appear to readers of other languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from flask_babel import force_locale
from harness.people import Person, World, post
from sqlalchemy import select
from sqlalchemy.orm import Session

from solidarity.i18n import chapter_language as written
from tenants import clock
from tenants.audit import AuditEntry
from tenants.chapter_life.languages import change_languages
from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.errors import Refused, VersionConflict
from tenants.scope import ChapterScope

Browse = Callable[[Person], FlaskClient]
ADDRESS = "/c/recife/languages"


@contextmanager
def inside(world: World) -> Iterator[Session]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        yield session


def languages_of(world: World) -> list[str]:
    with inside(world) as session:
        return list(session.scalars(select(Chapter.languages)).one())


def test_alice_lets_the_chapter_write_in_another_language(world: World, as_person: Browse) -> None:
    alice = as_person(world.alice)
    html = alice.get(ADDRESS).get_data(as_text=True)
    assert "Portuguese" in html
    answer = post(alice, ADDRESS, seen="pt", writing="en", languages=["pt"], other_language="tpi")
    assert answer.status_code == 302
    assert languages_of(world) == ["en", "pt", "tpi"]
    with inside(world) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "chapter.languages_changed")).all()
        assert [entry.details for entry in entries] == [{"languages": "en pt tpi"}]
    assert "Changed the chapter’s languages" in alice.get("/c/recife/trail").get_data(as_text=True)


def test_of_two_at_once_the_second_sees_the_first_and_keeps_what_she_chose(world: World, as_person: Browse) -> None:
    alice = as_person(world.alice)
    post(alice, ADDRESS, seen="pt", writing="pt", languages=["en"])
    late = post(alice, ADDRESS, seen="pt", writing="es", languages=["pt"])
    page = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "They are now: Portuguese and English." in page
    assert '<option selected value="es">' in page
    assert languages_of(world) == ["pt", "en"]
    assert post(alice, ADDRESS, seen="pt en", writing="es", languages=["pt"]).status_code == 302
    assert languages_of(world) == ["es", "pt"]


def test_what_is_no_language_is_refused_and_changes_nothing(world: World, as_person: Browse) -> None:
    for writing, languages in (("", []), ("xx-nowhere", []), ("pt", [f"a{letter}" for letter in "abcefghijklmn"])):
        answer = post(as_person(world.alice), ADDRESS, seen="pt", writing=writing, languages=languages)
        assert answer.status_code == 422
    assert languages_of(world) == ["pt"]


def test_who_may_not_manage_people_does_not_find_the_page(world: World, as_person: Browse) -> None:
    assert as_person(world.bob).get(ADDRESS).status_code == 404
    assert as_person(world.charlie).get(ADDRESS).status_code == 404
    assert ADDRESS not in as_person(world.bob).get("/c/recife/people").get_data(as_text=True)
    assert ADDRESS in as_person(world.alice).get("/c/recife/people").get_data(as_text=True)
    assert as_person(world.dana).get(ADDRESS).status_code == 200


def test_the_service_refuses_what_the_page_would(world: World) -> None:
    act: dict[str, Any] = {"actor_id": world.alice.user_id, "at": clock.now()}
    with inside(world) as session:
        with pytest.raises(Refused):
            change_languages(session, languages=[], seen=["pt"], **act)
        with pytest.raises(VersionConflict):
            change_languages(session, languages=["en"], seen=["es"], **act)
        change_languages(session, languages=["pt", "pt"], seen=["es"], **act)
        assert session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("chapter.lang%"))).all() == []


def test_bob_reads_in_english_what_the_chapter_writes_in_portuguese(world: World, as_person: Browse) -> None:
    alice = as_person(world.alice)
    form = alice.get("/c/recife/activities/new").get_data(as_text=True)
    assert "The chapter writes in Portuguese." in form
    assert 'lang="pt"' in form
    alice.set_cookie("language", "ar")
    form = alice.get("/c/recife/activities/new").get_data(as_text=True)
    assert '<html lang="ar" dir="rtl">' in form
    assert "البرتغالية" in form


def test_who_reads_in_the_chapter_s_own_language_is_told_nothing(world: World, as_person: Browse) -> None:
    alice = as_person(world.alice)
    post(alice, ADDRESS, seen="pt", writing="en", languages=["pt"])
    form = alice.get("/c/recife/activities/new").get_data(as_text=True)
    assert "The chapter writes in" not in form
    assert 'lang="en"' not in form.replace('<html lang="en"', "").replace('lang="en" hreflang', "")


@pytest.mark.parametrize(
    ("languages", "page", "words", "attributes"),
    [
        (("pt", "en"), "en", ' dir="auto" lang="pt"', {"dir": "auto", "lang": "pt"}),
        (("pt",), "ar", ' dir="auto" lang="pt"', {"dir": "auto", "lang": "pt"}),
        (("ar",), "en", ' dir="auto" lang="ar"', {"dir": "rtl", "lang": "ar"}),
        (("ar",), "ar", ' dir="auto"', {"dir": "rtl"}),
        (("umb",), "en", ' dir="auto" lang="umb"', {"dir": "auto", "lang": "umb"}),
        ((), "en", ' dir="auto"', {}),
    ],
)
def test_direction_and_language_of_what_a_chapter_writes(
    app: Flask, languages: tuple[str, ...], page: str, words: str, attributes: dict[str, str]
) -> None:
    with app.test_request_context("/health"), force_locale(page):
        g.chapter_languages = languages
        assert written.own_words() == words
        assert written.own_input() == attributes


def test_scripts_that_run_from_right_to_left() -> None:
    assert all(map(written.is_right_to_left, ["ar", "he", "fa", "ur", "dv", "pa_Arab"]))
    assert not any(map(written.is_right_to_left, ["pt", "hi", "zh", "pa", "umb", "nowhere"]))
