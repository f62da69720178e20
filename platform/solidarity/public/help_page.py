"""The help page: how-to texts, privacy, and the glossary of words and figures."""

from __future__ import annotations

from flask import render_template

from solidarity.access.declarations import public
from solidarity.labels.glossary import GLOSSARY, HOW_TO, PRIVACY
from solidarity.public.blueprint import blueprint


@blueprint.get("/help", endpoint="help")
@public("words of ours, the same for everybody")
def help_page() -> str:
    """Show the help page."""
    return render_template("help/show.html", glossary=GLOSSARY, how_to=HOW_TO, privacy=PRIVACY)
