"""The languages of a chapter: which one it writes in, and which others it works in."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField

from solidarity.access.declarations import requires
from solidarity.forms.base import ServiceForm, boxes
from solidarity.forms.submission import Answer, actor_now, finish, submission
from solidarity.i18n.locale import format_list
from tenants.chapter_life.languages import change_languages
from tenants.chapters import names
from tenants.chapters.codes import LANGUAGES
from tenants.chapters.models import Chapter
from tenants.db import db
from tenants.people.permissions import Permission

blueprint = Blueprint("languages", __name__, url_prefix="/c/<chapter>")


class LanguagesForm(ServiceForm):
    """The language of the chapter's texts and its other languages. `seen` holds the codes when the form was opened."""

    seen = HiddenField()
    writing = SelectField(_l("Language the chapter writes in"), validate_choice=False)
    languages = boxes(_l("Languages the chapter works in"))
    other_language = SelectField(_l("Another language"), validate_choice=False)

    @classmethod
    def of(cls, chapter: Chapter) -> LanguagesForm:
        """Return the form with what was posted, else with the chapter's current languages."""
        languages = list(chapter.languages)
        form: LanguagesForm = cls(
            data={"seen": " ".join(languages), "writing": languages[0], "languages": languages, "other_language": ""}
        )
        codes = [form.writing.data or languages[0], *languages, *(form.languages.data or [])]
        near = list(dict.fromkeys([*codes, *names.languages_of(chapter.country)]))
        rest = {code: names.language_name(code) for code in LANGUAGES - set(near)}
        form.writing.choices = form.languages.choices = [(code, names.language_name(code)) for code in near]
        form.other_language.choices = [("", _l("None")), *names.by_name(rest)]
        return form

    def wanted(self) -> list[str]:
        """Return the codes that were chosen, the one of the chapter's texts first."""
        codes = [self.writing.data, *(self.languages.data or []), self.other_language.data]
        return [code for code in codes if code]

    def opened_with(self) -> list[str]:
        """Return the codes the chapter had when the form was opened."""
        return (self.seen.data or "").split()


@blueprint.route("/languages", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def change(chapter: str) -> Answer:
    """Show or change the chapter's languages. If another person saved first, show what they saved."""
    form = LanguagesForm.of(g.chapter)
    page = partial(render_template, "calendar/languages.html", form=form)
    if not form.is_submitted():
        return page()
    with submission(form, page, conflict=_languages_now):
        change_languages(
            db.session(), **actor_now(), languages=form.wanted(), seen=form.opened_with(), is_desk=g.is_desk
        )
    return finish(_("Saved."), url_for(".change", chapter=chapter))


def _languages_now() -> str:
    return format_list(names.language_name(code) for code in g.chapter.languages)
