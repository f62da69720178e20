"""Functions for all templates: charts, form problems, fingerprinted files, and a check whether a page exists."""

from __future__ import annotations

import re

from flask import Flask, current_app
from jinja2.ext import Extension
from markupsafe import Markup

from solidarity.assets.files import init_assets
from solidarity.charts import init_charts
from solidarity.forms.problems import form_problems, is_message
from solidarity.forms.word_diff import changed_words
from solidarity.http.compression import init_compression
from solidarity.http.headers import init_headers
from solidarity.http.in_place import init_in_place
from solidarity.i18n.chapter_language import init_written
from solidarity.labels.steps import STEP_PAGES
from tenants.overview.report_states import report_status
from tenants.overview.steps import IN_ORDER

BLOCKS = (
    "article|aside|body|caption|circle|col|colgroup|dd|defs|details|div|dl|dt|fieldset|figcaption|figure|footer|form|g|h[1-4]|head|"
    "header|hr|html|legend|li|line|link|main|meta|nav|ol|option|p|path|pattern|polygon|polyline|rect|script|section|style|summary|"
    "symbol|table|tbody|td|tfoot|th|thead|title|tr|ul|use"
)  # of HTML and SVG
BREAK_BEFORE_BLOCK = re.compile(rf"\s*\n\s*(?=</?(?:{BLOCKS})\b)")
BREAK_AFTER_BLOCK = re.compile(rf"(</?(?:{BLOCKS})\b[^<>]*>)\s*\n\s*")
LINE_BREAK = re.compile(r"\s*\n\s*")
HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)


class Compact(Extension):
    """Leave line breaks and indentation of HTML templates out of pages, which makes pages smaller."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the source without line breaks: removed next to block-level tags, elsewhere a space."""
        if not name or not name.endswith(".html"):
            return source
        source = BREAK_AFTER_BLOCK.sub(r"\1", BREAK_BEFORE_BLOCK.sub("", source))
        return LINE_BREAK.sub(" ", source)


def init_look(app: Flask) -> None:
    """Set up what page shells and components need: assets, charts, globals, and the headers of every answer."""
    init_compression(app)
    init_assets(app)
    init_charts(app)
    init_headers(app)
    init_in_place(app)
    init_written(app)
    app.jinja_env.add_extension(Compact)
    app.jinja_env.tests["message"] = is_message
    app.jinja_env.globals.update(
        changed_words=changed_words,
        conflict=None,  # only the page of a form that another person changed first has one
        form_problems=form_problems,
        has_endpoint=has_endpoint,
        heading_of=heading_of,
        report_status=report_status,
        step_pages=[STEP_PAGES[step] for step in IN_ORDER],
    )


def has_endpoint(name: str) -> bool:
    """Whether the application has a view of this name. Templates use it to avoid a link to a missing page."""
    return name in current_app.view_functions


def heading_of(page: str) -> str:
    """Return the text of the first h1 of a rendered page, without tags, or an empty string."""
    match = HEADING.search(page)
    return Markup(match[1]).striptags() if match else ""  # noqa: S704  (our own templates have escaped it)
