"""The gallery shows every component in every state and both directions, only on the machine itself."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from harness.browser.contexts import Contexts, serving
from harness.browser.page_checks import PAGE_BYTES, PageChecker
from harness.people import World
from jinja2 import Environment, nodes

from solidarity.charts import rows
from solidarity.labels.steps import STATE_WORDS, STATES
from solidarity.public.gallery import PARTS, SAMPLE_CALL, names_in

TEMPLATES = Path(rows.__file__).parents[1] / "templates"
FRAME = {"sprite"}  # every page of a shell contains these


@pytest.fixture(scope="module")
def module_world(worlds: Callable[[], AbstractContextManager[World]]) -> Iterator[World]:
    with worlds() as world:
        yield world


@pytest.fixture
def visitor(module_world: World) -> FlaskClient:
    return module_world.app.test_client()


def parsed(path: Path, app: Flask) -> nodes.Template:
    return app.jinja_env.parse(path.read_text(encoding="utf-8"))


def macros_of(template: nodes.Template) -> dict[str, set[str]]:
    """Return the macros of a file, each with the names that it calls."""
    return {macro.name: called(macro) for macro in template.find_all(nodes.Macro) if not macro.name.startswith("_")}


def called(node: nodes.Node) -> set[str]:
    return {call.node.name for call in node.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}


def drawings(app: Flask) -> set[str]:
    """Return the drawings that every template may use."""
    callables = {name: thing for name, thing in app.jinja_env.globals.items() if callable(thing)}
    return {
        name
        for name, thing in callables.items()
        if getattr(thing, "__module__", "").startswith("solidarity.charts")
        and name not in {"step_sentence", "timeline"}
    }


def shown_in_the_gallery(app: Flask) -> set[str]:
    """Return the names that the gallery's parts call, directly or through other components."""
    components: dict[str, set[str]] = {}
    for path in (TEMPLATES / "components").glob("*.html"):
        components |= macros_of(parsed(path, app))
    names: set[str] = set()
    new = {name for part in PARTS for name in called(parsed(TEMPLATES / "gallery" / f"{part}.html", app))}
    while new:
        names |= new
        new = {inner for name in new for inner in components.get(name, ())} - names
    return names


def test_every_macro_is_shown(module_world: World) -> None:
    macro_names = {
        name for path in (TEMPLATES / "components").glob("*.html") for name in macros_of(parsed(path, module_world.app))
    }
    assert "st" in macro_names
    assert macro_names - shown_in_the_gallery(module_world.app) - FRAME == set()


def test_every_drawing_is_shown(module_world: World) -> None:
    drawing_names = drawings(module_world.app)
    assert {"wheel", "tile_map"} <= drawing_names
    assert drawing_names - shown_in_the_gallery(module_world.app) - {"ring_symbols"} == set()


def test_a_macro_that_nothing_calls_would_be_found() -> None:
    template = Environment(autoescape=True).parse(
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro c() %}{% endmacro %}{{ a() }}"
    )
    assert macros_of(template) == {"a": {"b"}, "c": set()}
    assert called(template) == {"a", "b"}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_speaks_both_directions_and_is_light(visitor: FlaskClient, part: str) -> None:
    page = visitor.get(f"/gallery/{part}")
    assert page.status_code == 200
    assert len(gzip.compress(page.data)) < PAGE_BYTES
    assert names_in(part)
    blocks = page.text.split('<section class="sec shown"')[1:]
    assert len(blocks) == len(names_in(part))
    for block in blocks:
        left, right = block.split('<div lang="ar" dir="rtl">')
        assert '<div lang="en" dir="ltr">' in left
        assert re.search("[\u0600-\u06ff]", right) or "<svg" in right, block[:80]
        in_own_script = re.sub(r"<a [^>]*hreflang=.*?</a>", "", left)  # the names of languages
        assert not re.search("[\u0600-\u06ff]", in_own_script), block[:80]


def test_states_are_shown_with_their_words_and_shapes(visitor: FlaskClient) -> None:
    page = visitor.get("/gallery/states").text
    for state in STATES:
        assert f'<span class="st st-{state}">' in page
        assert f'href="#g-{state[0] if state != "none" else "o"}"' in page
        assert str(STATE_WORDS[state]) in page


def test_the_index_leads_to_every_component(visitor: FlaskClient) -> None:
    index = visitor.get("/gallery").text
    for part in PARTS:
        page = visitor.get(f"/gallery/{part}").text
        for anchor in re.findall(rf'href="/gallery/{part}#([^"]+)"', index):
            assert f'id="{anchor}"' in page
        assert index.count(f'href="/gallery/{part}#') == len(names_in(part))


def test_names_are_read_from_the_templates() -> None:
    assert SAMPLE_CALL.findall('{% call(s) show("st", \'st("late")\') %}') == ["st"]


def test_there_is_no_other_part(visitor: FlaskClient) -> None:
    assert visitor.get("/gallery/secrets").status_code == 404


@pytest.mark.parametrize("address", ["/gallery", "/gallery/states"])
def test_elsewhere_there_is_no_gallery(visitor: FlaskClient, address: str) -> None:
    assert visitor.get(address).status_code == 200
    assert visitor.get(address, headers={"Host": "solidarity.example"}).status_code == 400, "an unknown host"
    assert visitor.get(address, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404


def test_the_gallery_holds_its_form_in_a_browser(module_world: World, contexts: Contexts) -> None:
    """Check it at 320, 390 and 1280 px, light and dark, with axe and our own rules, like every other page."""
    with serving(module_world.app) as address:
        checker = PageChecker.open(contexts, address)
        faults = [fault for part in ("", *PARTS) for fault in checker.visit(f"/gallery/{part}".rstrip("/"))]
        contexts.close()
    assert not faults, "\n".join(faults)
