"""A printable tally sheet with the boxes of the log form, for counting on paper."""

from __future__ import annotations

from flask import g, render_template, request
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from solidarity.access.declarations import requires
from solidarity.chapter.activities.views import blueprint
from solidarity.i18n import catalogues
from solidarity.i18n.locale import current_locale, language_choices
from solidarity.labels.cells import AGE_WORDS, KIND_WORDS, SEX_WORDS
from tenants.chapters.names import language_name
from tenants.people.permissions import Permission


@blueprint.get("/tally-sheet")
@requires(Permission.READ_CHAPTER)
def tally_sheet(chapter: str) -> str:
    """Show a tally sheet to print, in a language of the people who count. The page around it is in the reader's."""
    code = _language()
    with force_locale(code):
        sheet = Markup(  # noqa: S704  # a template of ours, escaped already
            render_template(
                "activities/sheet.html",
                code=code,
                direction=current_locale().text_direction,
                works_in=[language_name(language) for language in g.chapter.languages],
                kinds=list(KIND_WORDS.values()),
                columns=list(SEX_WORDS.values()),
                ages=list(AGE_WORDS.values()),
            )
        )
        heading = str(_("Tally sheet"))
    choices = [choice for choice in language_choices() if choice["code"] != code]
    return render_template("activities/tally_sheet.html", sheet=sheet, heading=heading, others=choices)


def _language() -> str:
    """Return the language asked for, else the chapter's first language with a catalogue, else the reader's."""
    candidates = (request.args.get("language", ""), *g.chapter.languages)
    return next((code for code in candidates if code in catalogues.languages()), current_locale().language)
