"""Correct what a chapter was onboarded with: its names, and its country, web address and currency."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.conflicts import Conflict, conflict_between
from solidarity.forms.submission import Answer, actor_now, finish, submission
from tenants.chapter_life.corrections import (
    change_names,
    correct_place,
    has_amounts,
    has_members,
    names_seen,
)
from tenants.chapters.models import Chapter
from tenants.chapters.names import by_name, country_name
from tenants.db import db
from tenants.people.permissions import Permission
from tenants.texts import code_text

blueprint = Blueprint("details", __name__, url_prefix="/c/<chapter>")


class NameFields(ServiceForm):
    """The fields of a chapter's names."""

    name = StringField(_l("Chapter name"), description=_l("In any script, as the chapter writes it."))
    latin_name = StringField(
        _l("Name in Latin letters"),
        description=_l("For readers who do not read the script of the name."),
    )
    campaign_name = StringField(
        _l("Local name of the campaign"),
        description=_l(
            "The name people know, such as ElesPorElas. Leave it empty if it is the same as the name of the chapter."
        ),
    )


class NamesForm(NameFields):
    """The names of a chapter. `seen` holds them as they were when the page was made."""

    seen = HiddenField()

    @classmethod
    def of(cls, chapter: Chapter, **options: Any) -> NamesForm:
        """Return the form. It shows the current names if nothing was posted, or with `formdata=None`."""
        names = {"name": chapter.name, "latin_name": chapter.latin_name or "", "campaign_name": chapter.campaign_name}
        return cls(data={"seen": names_seen(chapter), **names}, **options)


class PlaceForm(ServiceForm):
    """The country, web address and currency of a chapter."""

    country = SelectField(_l("Country"))
    slug = StringField(_l("Web address"))
    currency = StringField(_l("Currency"), description=_l("Three-letter code, such as BRL."))

    @classmethod
    def of(cls, chapter: Chapter) -> PlaceForm:
        """Return the form, with the countries in which the reader may manage chapters."""
        form: PlaceForm = cls(data={"country": chapter.country, "slug": chapter.slug, "currency": chapter.currency})
        codes = signed_in_person().desk_countries(Permission.MANAGE_CHAPTER)
        form.country.choices = by_name({code: country_name(code) for code in codes})
        return form


@blueprint.route("/names", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def rename(chapter: str) -> Answer:
    """Show or change the chapter's names. If another person saved first, show both versions."""
    form = NamesForm.of(g.chapter)
    page = partial(_names_page, form)
    if not form.is_submitted():
        return page()
    with submission(form, page, conflict=partial(_names_conflict, form)):
        change_names(
            db.session(),
            **actor_now(),
            name=text_of(form.name),
            campaign_name=text_of(form.campaign_name) or text_of(form.name),
            latin_name=text_of(form.latin_name),
            is_desk=g.is_desk,
            seen=form.seen.data,
        )
    return finish(_("Saved."), url_for(".rename", chapter=chapter))


@blueprint.route("/place", methods=["GET", "POST"])
@requires(Permission.MANAGE_CHAPTER)
def correct(chapter: str) -> Answer:
    """Correct the country and web address until someone has joined, and the currency until an amount is recorded."""
    form = PlaceForm.of(g.chapter)
    page = partial(_place_page, form)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        corrected_chapter = correct_place(
            db.session(),
            **actor_now(),
            country=form.country.data,
            slug=code_text(text_of(form.slug)),
            currency=code_text(text_of(form.currency)).upper(),
        )
    return finish(_("Saved."), url_for("desk.show_chapter", chapter_id=corrected_chapter.id))


def _names_page(form: NamesForm, *, conflict: Conflict | None = None) -> str:
    return render_template("calendar/names.html", form=form, conflict=conflict)


def _names_conflict(form: NamesForm) -> Conflict:
    saved_form = NamesForm.of(g.chapter, formdata=None)
    return conflict_between(form, saved_form, subject_id=g.chapter.id, actions=("chapter.renamed",))


def _place_page(form: PlaceForm) -> str:
    is_fixed, has_money = has_members(db.session()), has_amounts(db.session())
    return render_template("calendar/place.html", form=form, is_fixed=is_fixed, has_money=has_money)
