"""Catalogues: every message of the sources is in every language, whole, with the same placeholders."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.support import Translations
from flask import Flask
from flask_babel import force_locale, ngettext

from solidarity.i18n import catalogues

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?([sd%])")
LANGUAGES = catalogues.languages()


@cache
def sources() -> Catalog:
    return catalogues.extract(ROOT)


def texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())  # type: ignore[call-overload]


def placeholders(text: str) -> set[str]:
    return {f"{name}{kind}" for name, kind in PLACEHOLDER.findall(text) if kind != "%"}


def faults(message: Message | None, source: Message, plurals: int) -> list[str]:
    if message is None:
        return [f"missing: {source.id!r}"]
    written = texts(message.string)
    found = [f"fuzzy: {source.id!r}"] if message.fuzzy else []
    if not all(text.strip() for text in written) or len(written) != (plurals if source.pluralizable else 1):
        return [*found, f"not translated: {source.id!r}"]
    wanted = set.union(*(placeholders(text) for text in texts(source.id)))
    for number, text in enumerate(written):
        # A small number may be a word: "two steps" needs no %(num)s.
        spelled_out = source.pluralizable and number < plurals - 1
        used = placeholders(text)
        if not used <= wanted or len(wanted - used) > int(spelled_out):
            found.append(f"placeholders differ: {source.id!r} and {text!r}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_whole(language: str) -> None:
    catalogue = catalogues.read_catalogue(language)
    found = [
        fault
        for source in sources()
        if source.id
        for fault in faults(catalogue.get(source.id, source.context), source, catalogue.num_plurals)
    ]
    found += [f"no longer used: {m.id!r}" for m in catalogue if m.id and sources().get(m.id, m.context) is None]
    found += [f"obsolete: {key!r}" for key in catalogue.obsolete]
    assert not found, "\n".join(["Run `make messages`, then translate:", *found])


def test_a_broken_catalogue_would_be_caught() -> None:
    """The check itself: each kind of fault is seen."""
    source = Message("%(n)s people of %(place)s")
    assert faults(None, source, 6)
    assert faults(Message(source.id, ""), source, 6)
    assert faults(Message(source.id, "%(m)s", flags={"fuzzy"}), source, 6)
    assert faults(Message(source.id, "%(n)s of %(places)s"), source, 6)
    plural = Message(("%(num)s step", "%(num)s steps"))
    assert faults(Message(plural.id, ("a", "b")), plural, 6)
    assert not faults(Message(plural.id, ("0", "1", "2", "%(num)s", "%(num)s", "%(num)s")), plural, 6)


def test_arabic_uses_its_six_forms(bare_app: Flask) -> None:
    with bare_app.test_request_context("/"), force_locale("ar"):
        said = [
            ngettext("There is a problem", "There are %(num)s problems", number) for number in (0, 1, 2, 3, 11, 100)
        ]
    assert len(set(said)) == 6
    assert "3 " in said[3]


def test_an_unreviewed_catalogue_says_so(bare_app: Flask) -> None:
    unreviewed = [language for language in LANGUAGES if not catalogues.is_reviewed(language)]
    assert "ar" in unreviewed
    for language in LANGUAGES:
        page = bare_app.test_client().get("/nowhere", headers={"Accept-Language": language}).text
        assert ('class="unreviewed"' in page) == (language in unreviewed)


def test_catalogues_are_compiled_once() -> None:
    assert isinstance(catalogues.translations("ar"), Translations)
    assert catalogues.translations("ar") is catalogues.translations("ar")


def test_renewing_changes_nothing_but_the_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No churn: a catalogue that is up to date comes out as it went in, and what is new comes in empty."""
    before = catalogues.catalogue_path("ar").read_bytes()
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    catalogues.catalogue_path("ar").parent.mkdir(parents=True)
    catalogues.catalogue_path("ar").write_bytes(before)
    template = Catalog()
    for message in catalogues.read_catalogue("ar"):
        if message.id:
            template.add(message.id, context=message.context)
    assert catalogues.renew("ar", template) == 0
    assert catalogues.catalogue_path("ar").read_bytes() == before
    template.add("A new sentence")
    assert catalogues.renew("ar", template) == 1
    assert 'msgid "A new sentence"\nmsgstr ""' in catalogues.catalogue_path("ar").read_text(encoding="utf-8")
