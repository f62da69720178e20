"""Catalogues: faults in messages are found, and catalogues are read and renewed correctly."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.support import Translations
from flask import Flask
from flask_babel import force_locale, ngettext
from i18n.catalogue_faults import faults

from solidarity.i18n import catalogues

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = catalogues.languages()


def test_a_broken_catalogue_would_be_caught() -> None:
    """The check finds each kind of fault."""
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
        sentences = [
            ngettext("There is a problem", "There are %(num)s problems", number) for number in (0, 1, 2, 3, 11, 100)
        ]
    assert len(set(sentences)) == 6
    assert "3 " in sentences[3]


def test_an_unreviewed_catalogue_says_so(bare_app: Flask) -> None:
    unreviewed_languages = [language for language in LANGUAGES if not catalogues.is_reviewed(language)]
    assert "ar" in unreviewed_languages
    for language in LANGUAGES:
        page = bare_app.test_client().get("/nowhere", headers={"Accept-Language": language}).text
        assert ('class="unreviewed"' in page) == (language in unreviewed_languages)


def test_catalogues_are_compiled_once() -> None:
    assert isinstance(catalogues.translations("ar"), Translations)
    assert catalogues.translations("ar") is catalogues.translations("ar")


def test_renewing_changes_nothing_but_the_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Renewing leaves an up-to-date catalogue byte for byte as it is, and adds a new message without a translation."""
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
