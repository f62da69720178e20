"""UN Women makes a chapter dormant, reactivates it or closes it, each with a reason that the chapter can read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from solidarity.access.declarations import requires
from solidarity.enqueue import enqueue_after_commit
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.submission import Answer, actor_now, finish, submission
from tenants.chapter_life import states as services
from tenants.chapters.models import ChapterState
from tenants.db import db
from tenants.people.permissions import Permission

blueprint = Blueprint("life", __name__, url_prefix="/c/<chapter>")


class LifeForm(ServiceForm):
    """The reason for the change."""

    reason = TextAreaField(_l("Reason"), description=_l("The chapter will see what you write here."))


@blueprint.route("/dormancy", methods=["GET", "POST"])
@requires(Permission.MANAGE_CHAPTER)
def make_dormant(chapter: str) -> Answer:
    """Show the consequences and ask for the reason, then make the chapter dormant."""
    return _move(services.make_dormant, _("The chapter is dormant now."), ChapterState.ACTIVE)


@blueprint.route("/awakening", methods=["GET", "POST"])
@requires(Permission.MANAGE_CHAPTER)
def reactivate(chapter: str) -> Answer:
    """Show the consequences and ask for the reason, then reactivate the chapter."""
    return _move(services.reactivate, _("The chapter is active again."), ChapterState.DORMANT)


@blueprint.route("/closure", methods=["GET", "POST"])
@requires(Permission.MANAGE_CHAPTER)
def close(chapter: str) -> Answer:
    """Show the consequences, ask for the reason and a confirmation, then close the chapter. This cannot be undone."""
    if request.method == "POST" and not request.form.get("sure"):
        return _ask_once_more()
    return _move(services.close_chapter, _("The chapter is closed."), ChapterState.ACTIVE, ChapterState.DORMANT)


def _move(act: Callable[..., object], words: str, *fitting: ChapterState) -> Answer:
    """Show the form if the chapter's state is one of `fitting`; run `act` when the form is sent."""
    form = LifeForm()
    if not form.is_submitted():
        return _page(form) if g.chapter.state in fitting else redirect(_desk_url())
    with submission(form, partial(_page, form)):
        act(db.session(), **actor_now(), reason=text_of(form.reason))
    enqueue_after_commit("workers.rollups.compile_figures", queue="rollups")
    return finish(words, _desk_url())


def _ask_once_more() -> Answer:
    form = LifeForm()
    with submission(form, partial(_page, form)):
        reason = services.clean_reason(text_of(form.reason))
    return render_template("life/sure.html", reason=reason, desk_url=_desk_url())


def _page(form: LifeForm) -> str:
    return render_template("life/move.html", form=form, act=request.endpoint, desk_url=_desk_url())


def _desk_url() -> str:
    return url_for("desk.show_chapter", chapter_id=g.chapter.id)
