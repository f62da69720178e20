"""Onboarding: UN Women adds a chapter whose joint document is signed, first its country, then the other details."""

from __future__ import annotations

from functools import partial

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.desk.chapters.onboarding_form import OnboardingForm
from solidarity.desk.context import blueprint
from solidarity.forms.submission import Answer, actor_now, finish, submission
from tenants.chapter_life.services import onboard_chapter as enter
from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.chapters.models import Chapter
from tenants.chapters.names import area_name, by_name, country_name
from tenants.db import new_id, opened
from tenants.people.permissions import Permission
from tenants.scope import ChapterScope


@blueprint.route("/chapters/new", methods=["GET", "POST"])
@requires(Permission.ONBOARD_CHAPTER)
def onboard_chapter() -> Answer:
    """Ask for the country, then for the other details; add the chapter and redirect to its page."""
    desk_countries = signed_in_person().desk_countries(Permission.ONBOARD_CHAPTER)
    country = _country(desk_countries)
    if country is None:
        countries = by_name({code: country_name(code) for code in desk_countries})
        return render_template("desk/onboard_country.html", countries=countries)
    form = OnboardingForm.for_country(country)
    page = partial(_form_page, form, country)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        chapter = _enter(form, country)
    words = _("%(chapter)s was added. Next, invite its people.", chapter=chapter.name)
    return finish(words, url_for("desk.show_chapter", chapter_id=chapter.id))


def _country(desk_countries: tuple[str, ...]) -> str | None:
    """Return the requested country, or the only one of the desk, or None to ask; 404 for a country of another desk."""
    code = request.values.get("country", "")
    if not code and request.method == "GET":
        return desk_countries[0] if len(desk_countries) == 1 else None
    if code not in desk_countries:
        abort(404)
    return code


def _enter(form: OnboardingForm, country: str) -> Chapter:
    actor = actor_now()
    with opened(ChapterScope(new_id(), actor_id=actor["actor_id"])) as session:
        return enter(session, **actor, country=country, **form.details())


def _form_page(form: OnboardingForm, country: str) -> str:
    area = area_name(AREA_OF_COUNTRY[country])
    return render_template("desk/onboard.html", form=form, country_name=country_name(country), area=area)
