"""Faults of a catalogue: missing or partial messages, and placeholders that differ from the source."""

from __future__ import annotations

import re

from babel.messages.catalog import Message

PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?([sd%])")


def texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())  # type: ignore[call-overload]


def placeholders(text: str) -> set[str]:
    return {f"{name}{kind}" for name, kind in PLACEHOLDER.findall(text) if kind != "%"}


def faults(message: Message | None, source: Message, plurals: int) -> list[str]:
    """Return the faults of the translation of `source` in a language with `plurals` plural forms."""
    if message is None:
        return [f"missing: {source.id!r}"]
    translations = texts(message.string)
    problems = [f"fuzzy: {source.id!r}"] if message.fuzzy else []
    if not all(text.strip() for text in translations) or len(translations) != (plurals if source.pluralizable else 1):
        return [*problems, f"not translated: {source.id!r}"]
    source_placeholders = set.union(*(placeholders(text) for text in texts(source.id)))
    for number, text in enumerate(translations):
        # A small number may be a word: "two steps" needs no %(num)s.
        spelled_out = source.pluralizable and number < plurals - 1
        text_placeholders = placeholders(text)
        if not text_placeholders <= source_placeholders or len(source_placeholders - text_placeholders) > int(
            spelled_out
        ):
            problems.append(f"placeholders differ: {source.id!r} and {text!r}")
    return problems
