"""The gallery: every component in every state and both directions, for developers. Served on the own machine only."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from flask import Flask, abort, render_template
from flask_babel import force_locale
from markupsafe import Markup

from solidarity.access.declarations import public
from solidarity.public.blueprint import blueprint
from solidarity.public.gallery_samples import SIX, sample
from solidarity.public.local_only import ON_THIS_MACHINE, is_own_machine

PARTS = {
    "states": "States and steps",
    "figures": "Figures and their evidence",
    "work": "What is due, and what was said",
    "forms": "Forms and buttons",
    "tables": "Tables",
    "charts": "Charts",
    "page": "Parts of a page",
}
FOLDER = Path(__file__).parents[1] / "templates" / "gallery"
SAMPLE_CALL = re.compile(r'show\("([^"]+)"')


def init_gallery(app: Flask) -> None:
    """Give templates `spoken`, which the gallery uses for two languages on one page."""
    app.jinja_env.globals.update(spoken=spoken)


@blueprint.get("/gallery")
@public(ON_THIS_MACHINE)
def gallery() -> str:
    """List the components of every part."""
    _own_machine_only()
    return render_template("gallery/index.html", parts={part: (PARTS[part], names_in(part)) for part in PARTS})


@blueprint.get("/gallery/<part>")
@public(ON_THIS_MACHINE)
def gallery_part(part: str) -> str:
    """Show the components of one part."""
    _own_machine_only()
    if part not in PARTS:
        abort(404)
    return render_template(
        f"gallery/{part}.html", title=PARTS[part], parts=PARTS, part=part, names=names_in(part), step_states=SIX
    )


def spoken(code: str, caller: Callable[[SimpleNamespace], Markup]) -> Markup:
    """Return a block of a template in the language `code`, whatever the language of the page."""
    with force_locale(code):
        return caller(sample(code))


@cache
def names_in(part: str) -> tuple[str, ...]:
    """Return the names of the components in a part, as its template has them."""
    return tuple(SAMPLE_CALL.findall((FOLDER / f"{part}.html").read_text(encoding="utf-8")))


def _own_machine_only() -> None:
    if not is_own_machine():
        abort(404)
