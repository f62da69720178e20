"""The message catalogues: read without a build step, and renewed with `python -m solidarity.i18n.catalogues`.

A language is a folder under translations/ with LC_MESSAGES/messages.po. The header comment "Reviewed: no" means that no
native reader has checked it yet. The footer of pages then shows this.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import Translations

FOLDER = Path(__file__).parents[1] / "translations"
SOURCE_LANGUAGE = "en"
UNREVIEWED_COMMENT = "Reviewed: no"
SOURCE_FOLDERS = ("platform", "tenants", "workers")
KEYWORDS = DEFAULT_KEYWORDS | {
    "_l": None,
    "_n": (1, 2),
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "lazy_npgettext": ((1, "c"), 2, 3),
}


def catalogue_path(language: str) -> Path:
    """Return the path of the catalogue of a language."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the available languages, English first."""
    codes = sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.po"))
    return tuple(sorted(codes, key=lambda code: code != SOURCE_LANGUAGE))


def read_catalogue(language: str) -> Catalog:
    """Read a catalogue with its fuzzy and obsolete entries."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language)


@cache
def is_reviewed(language: str) -> bool:
    """Whether a native reader has checked the catalogue, by its header comment."""
    return UNREVIEWED_COMMENT not in read_catalogue(language).header_comment


@cache
def translations(language: str) -> Translations:
    """Return the catalogue of a language, compiled in memory."""
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return Translations(compiled)


def extract(root: Path) -> Catalog:
    """Collect every message of the checkout at `root`, as .babel.cfg configures it."""
    with (root / ".babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalog = Catalog(project="Solidarity", charset="utf-8")
    for folder in SOURCE_FOLDERS:
        messages = extract_from_dir(
            root / folder, method_map=methods, options_map=options, keywords=KEYWORDS, comment_tags=("L10N:",)
        )
        for _path, _line, message, comments, context in messages:
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def renew(language: str, template: Catalog) -> int:
    """Update one catalogue from the sources and return how many messages still need a translation.

    Removes unused messages. English repeats the source unless its catalogue has another wording.
    """
    catalog = read_catalogue(language)
    catalog.update(deepcopy(template), no_fuzzy_matching=True, update_creation_date=False)
    missing = 0
    for message in catalog:
        if language == SOURCE_LANGUAGE and message.id and not any(_strings(message.string)):
            message.string = message.id
        missing += not all(_strings(message.string))
    with catalogue_path(language).open("wb") as file:
        write_po(file, catalog, no_location=True, sort_output=True, ignore_obsolete=True, width=110)
    return missing


def _strings(value: str | Iterable[str] | None) -> tuple[str, ...]:
    return (value or "",) if isinstance(value, str | None) else tuple(value)


def main() -> None:
    """Renew every catalogue of this checkout, and print how many messages need a translation."""
    template = extract(Path(__file__).resolve().parents[3])
    for language in languages():
        print(f"{language}: {len(template)} messages, {renew(language, template)} to translate")  # noqa: T201  # the output of the command


if __name__ == "__main__":
    main()
