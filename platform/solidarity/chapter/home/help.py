"""Help inside a chapter: the same texts as outside, and the contacts at UN Women."""

from __future__ import annotations

from flask import render_template

from solidarity.access.declarations import requires
from solidarity.chapter.home.views import blueprint
from solidarity.labels.glossary import GLOSSARY, HOW_TO, PRIVACY
from solidarity.labels.help import desk_contacts
from tenants.people.permissions import Permission


@blueprint.get("/help", endpoint="help")
@requires(Permission.READ_CHAPTER)
def help_page(chapter: str) -> str:
    """Show the help texts and the contacts."""
    return render_template(
        "chapter/help.html", glossary=GLOSSARY, how_to=HOW_TO, privacy=PRIVACY, contacts=desk_contacts()
    )
