"""Texts as they are stored: without signs that nobody sees, which a database refuses or a reader stumbles over."""

from __future__ import annotations

UNSEEN = dict.fromkeys(code for code in (*range(32), 127) if chr(code) not in "\n\t")


def visible(text: str) -> str:
    """Return a text of several lines with one sign for the end of a line, and nothing that cannot be seen."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(UNSEEN)


def one_line(text: str) -> str:
    """Return a text as one line: single spaces, none around it, nothing that cannot be seen."""
    return " ".join(text.translate(UNSEEN).split())
