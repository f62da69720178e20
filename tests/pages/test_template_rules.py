"""Templates format numbers, days and times with the filters, and use no left or right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "platform" / "solidarity"
TEMPLATES = sorted((PACKAGE / "templates").rglob("*.html"))
FOR_MACHINES = "health.py"  # read by monitoring
VIEWS = sorted(
    path
    for folder in ("accounts", "chapter", "desk", "public")
    for path in (PACKAGE / folder).rglob("*.py")
    if path.name != FOR_MACHINES
)

TAG = re.compile(r"<[^<>]*>")
EXPRESSION = re.compile(r"\{\{-?\s*([^{}]+?)\s*-?\}\}")
BARE = re.compile(r"(?:[\w.\]\)]+\|(?:length|count|sum|round)(?:\([^)]*\))?|loop\.(?:index|index0|length|revindex))")
BY_HAND = re.compile(r"strftime|\.isoformat\(\)\s*\}\}\s*<|%[HMYbBd]:|\"%\.\d*f\"\|format")
SPOKEN_BY_HAND = re.compile(r"\.strftime\(|\{[^{}]*:(?:,|\.\d+f|%[HMYdbB])[^{}]*\}")
SIDES = re.compile(
    r"""\s(?:align|valign)\s*=|\bclass="[^"]*(?<![\w-])(?:[\w-]+-)?(?:left|right)(?:-[\w-]+)?(?![\w-])|[←→⇐⇒◀▶‹›]"""
)


def bare_numbers(template: str) -> list[str]:
    return [expression for expression in EXPRESSION.findall(TAG.sub("", template)) if BARE.fullmatch(expression)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE / "templates")))
def test_template_writes_numbers_as_the_language_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not bare_numbers(text), "put it through |num"
    assert not BY_HAND.search(text), "put it through |day, |hour or |num"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE / "templates")))
def test_template_knows_no_left_and_right(path: Path) -> None:
    assert not SIDES.search(path.read_text(encoding="utf-8")), "say start and end, and turn arrows by a class"


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_views_write_no_number_by_hand(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if SPOKEN_BY_HAND.search(line)]
    assert not lines, "use solidarity.i18n.locale"


def test_what_is_written_by_hand_would_be_found() -> None:
    assert bare_numbers("<td>{{ rows|length }}</td>")
    assert bare_numbers("<b>{{ loop.index }} {{ name }}</b>")
    assert not bare_numbers('<td class="c-{{ loop.index }}">{{ rows|length|num }}</td>')
    assert BY_HAND.search('<dd>{{ time.strftime("%H:%M") }}</dd>')
    assert SPOKEN_BY_HAND.search('text = f"{total:,}"')
    assert SPOKEN_BY_HAND.search('text = f"{moment:%H:%M}"')
    assert not SPOKEN_BY_HAND.search('text = f"{name}: {total}"')
    for wrong in ('<td align="right">', '<p class="muted pull-left">', '<p class="right">', "<a>Next →</a>"):
        assert SIDES.search(wrong)
    for fine in ('<p class="copyright">', '<p class="brightest">', "<p>To the right of the door</p>"):
        assert not SIDES.search(fine)
