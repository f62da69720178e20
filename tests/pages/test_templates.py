"""Templates: each compiles, none has inline styles or scripts, and hostile text is escaped."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, render_template_string
from wtforms import BooleanField, Form, IntegerField, RadioField, SelectField, StringField, TextAreaField, validators
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are behind

from solidarity.i18n import catalogues

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "platform" / "solidarity" / "templates"
HOSTILE = """<script>alert(1)</script>"'&<b>"""
INLINE = re.compile(r"""\sstyle\s*=|<style|<script(?! defer src=")|\son[a-z]+\s*=|javascript:""", re.IGNORECASE)
JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


def every_template() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", every_template())
def test_template_compiles_and_has_nothing_inline(bare_app: Flask, name: str) -> None:
    bare_app.jinja_env.get_template(name)
    assert INLINE.search(JINJA.sub("", (TEMPLATES / name).read_text(encoding="utf-8"))) is None


class Everything(Form):
    title = StringField(HOSTILE, [validators.InputRequired(HOSTILE)], description=HOSTILE)
    count = IntegerField("Count")
    text = TextAreaField("Text", [validators.Length(max=3, message=HOSTILE)])
    kind = RadioField(
        "Type",
        choices=[SelectChoice("a", HOSTILE), SelectChoice("b", "B")],
        validators=[validators.InputRequired("Choose one")],
    )
    place = SelectField("Place", choices=[SelectChoice("x", HOSTILE)])
    agreed = BooleanField("Agreed")


class Typed(dict[str, str]):
    def getlist(self, name: str) -> list[str]:
        return [self[name]] if name in self else []


def render(app: Flask, source: str, **context: object) -> str:
    with app.test_request_context("/"):
        return render_template_string(source, **context)


def test_fields_keep_what_was_typed_and_escape_it(bare_app: Flask) -> None:
    form = Everything(Typed(title="", count="many", text=HOSTILE, place="x"))
    assert not form.validate()
    page = render(
        bare_app,
        """{% from "components/forms.html" import field, error_summary %}
        {{ error_summary(form) }}{% for f in form %}{{ field(f) }}{% endfor %}""",
        form=form,
    )
    assert "<script>" not in page
    assert "<b>" not in page
    assert 'value="many"' in page
    for name in ("title", "count", "text", "kind"):
        assert f'href="#{name}"' in page
        assert f'id="{name}-error"' in page
        assert f'id="{name}"' in page
    assert 'aria-describedby="title-hint title-error"' in page
    assert page.count('aria-invalid="true"') == 3
    assert 'role="alert"' in page


def test_error_stands_between_label_and_input(bare_app: Flask) -> None:
    form = Everything(Typed(text="long text"))
    form.validate()
    source = '{% from "components/forms.html" import field %}{{ field(form.text, rows=5) }}'
    page = render(bare_app, source, form=form)
    assert page.index("<label") < page.index("text-error") < page.index("<textarea")
    assert 'rows="5"' in page


def test_head_count_cells_escape_and_name_each_cell(bare_app: Flask) -> None:
    rows = [
        {
            "label": HOSTILE,
            "cells": [{"name": "c1", "value": HOSTILE, "errors": [HOSTILE]}, {"name": "c2", "value": ""}],
        }
    ]
    page = render(
        bare_app,
        '{% from "components/forms.html" import cells %}{{ cells("Who", "Age", [hostile, "B"], rows, ["1", "2"]) }}',
        rows=rows,
        hostile=HOSTILE,
    )
    assert "<script>" not in page
    assert page.count("aria-label=") == 2
    assert 'id="c1-error"' in page
    assert 'aria-describedby="c1-error"' in page


def test_other_components_escape_their_arguments(bare_app: Flask) -> None:
    page = render(
        bare_app,
        """{% from "components/page.html" import flashes, empty, pages, confirm, post_button, note %}
        {% from "components/figures.html" import fig, coverage %}
        {% from "components/states.html" import st, sbar, wheelbox %}
        {{ flashes([("message", h), ("error", h)]) }}{{ empty(h, h, h, h) }}{{ pages(h, h, h) }}
        {{ confirm(h, h, h, h, h, h, h, {h: h}) }}{{ post_button(h, h, h, h) }}{{ note(h) }}
        {{ fig(h, h, h, h, h, target=h, percent=40, coverage=(3, 0, 0, 1)) }}{{ coverage([("solid", 3, h)], h) }}
        {{ st("late", h) }}{{ sbar([{"when": "now", "word": h, "note": h}], h) }}
        {{ wheelbox(["late"] * 6, h, h, [h] * 6, [h, none, none, none, none, none]) }}""",
        h=HOSTILE,
    )
    assert "<script>" not in page
    assert "alert(1)" in page


@pytest.mark.parametrize("language", catalogues.languages())
@pytest.mark.parametrize("shell", ["chapter.html", "desk.html", "public.html"])
def test_shells_stand_alone_in_every_language(bare_app: Flask, shell: str, language: str) -> None:
    """Without a page of a feature or a signed-in person, the shell still has its landmarks, language and direction."""
    chapter = SimpleNamespace(name=HOSTILE, slug="recife", country="BR", is_invented=True)
    with bare_app.test_request_context("/", headers={"Accept-Language": language}):
        page = render_template_string(
            "{% extends shell %}{% block title %}T{% endblock %}{% block main %}<h1>H</h1>{% endblock %}",
            shell=shell,
            chapter=chapter,
            degraded=[HOSTILE],
        )
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert page.count("<h1>") == 1
    assert '<main id="main"' in page
    assert 'href="#main"' in page
    assert "<script>" not in page
    assert INLINE.search(page) is None


@pytest.mark.parametrize("shell", ["chapter.html", "desk.html", "public.html"])
def test_shells_leave_the_names_of_a_page_alone(bare_app: Flask, shell: str) -> None:
    """A name set by a shell replaces a value passed by a view, so the names of a shell begin with shell_ or sprite_."""
    sources = [TEMPLATES / name for name in ("base.html", shell)]
    names = {
        name for path in sources for name in re.findall(r"\{%-? (?:set|macro) (\w+)", path.read_text(encoding="utf-8"))
    }
    assert {name for name in names if not name.startswith(("shell_", "sprite_"))} == set()
    page = render(
        bare_app,
        "{% extends shell %}{% block main %}{{ states }} {{ here }} {{ token }} {{ current }}{% endblock %}",
        shell=shell,
        chapter=SimpleNamespace(name="Recife", slug="recife", country="BR", is_invented=False),
        states="our states",
        here="our here",
        token="our token",
        current="our current",
    )
    assert "our states our here our token our current" in page
