"""Onboarding: UN Women adds a chapter whose joint document is signed, first its country, then the other details."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.desk.chapters.onboarding_form import OnboardingForm
from solidarity.desk.context import blueprint
from solidarity.forms.form_keys import answer_used, form_digest
from solidarity.forms.submission import Answer, actor_now, finish, submission
from tenants.chapter_life.services import onboard_chapter as enter
from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.chapters.models import Chapter
from tenants.chapters.names import area_name, by_name, country_name
from tenants.db import opened
from tenants.form_keys import use_form_key, used_key_of_chapter
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
        is_missing = "country" in request.values
        page_text = render_template("desk/onboard_country.html", countries=countries, is_missing=is_missing)
        return (page_text, 422) if is_missing else page_text
    form = OnboardingForm.for_country(country)
    page = partial(_form_page, form, country)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        chapter = _enter(form, country, page)
    words = _("%(chapter)s was added. Next, invite its people.", chapter=chapter.name)
    return finish(words, url_for("desk.show_chapter", chapter_id=chapter.id))


def _country(desk_countries: tuple[str, ...]) -> str | None:
    """Return the requested country, or the only one of the desk, or None to ask; 404 for a country of another desk."""
    code = request.values.get("country", "")
    if not code:
        return desk_countries[0] if len(desk_countries) == 1 else None
    if code not in desk_countries:
        abort(404)
    return code


def _enter(form: OnboardingForm, country: str, page: Callable[[], str]) -> Chapter:
    """Create the chapter with the key of the form as its id. A form sent again leads to the same chapter."""
    actor, form_key = actor_now(), form.key()
    with opened(ChapterScope(form_key, actor_id=actor["actor_id"])) as session:
        if used_key := used_key_of_chapter(session, form_key):
            answer_used(form, used_key, page, location=url_for("desk.show_chapter", chapter_id=form_key))
        chapter = enter(session, **actor, country=country, **form.details())
        use_form_key(session, form_key=form_key, digest=form_digest(), at=actor["at"])
        return chapter


def _form_page(form: OnboardingForm, country: str) -> str:
    area = area_name(AREA_OF_COUNTRY[country])
    return render_template("desk/onboard.html", form=form, country_name=country_name(country), area=area)
