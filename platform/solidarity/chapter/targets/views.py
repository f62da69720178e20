"""Step 6: the chapter's targets for a year, and its progress by approved reports."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, abort, g, render_template, request, url_for
from flask_babel import gettext as _

from solidarity.access.declarations import requires
from solidarity.chapter.context import chapter_day, chapter_today, may
from solidarity.chapter.targets.forms import MoneyTargetForm, NumberTargetForm, reason_of, target_form
from solidarity.chapter.targets.table import shown_amount, target_rows
from solidarity.forms.conflicts import Conflict, conflict_between
from solidarity.forms.submission import Answer, actor_now, finish, submission
from solidarity.lookup import or_404
from tenants.action_kit.evaluation.indicators import BY_CODE, Indicator
from tenants.action_kit.evaluation.periods import QUARTERS
from tenants.action_kit.targets import services
from tenants.action_kit.targets.models import FIRST_YEAR, LAST_YEAR
from tenants.action_kit.targets.progress import approved_in
from tenants.action_kit.targets.services import TargetRevision, baseline_of, history, target_of
from tenants.db import db
from tenants.people.permissions import Permission

TargetForm = MoneyTargetForm | NumberTargetForm
YEARS_AHEAD = 5

blueprint = Blueprint("targets", __name__, url_prefix="/c/<chapter>/targets")


@blueprint.get("")
@requires(Permission.READ_CHAPTER)
def list_targets(chapter: str) -> str:
    """List the core indicators with their targets for a year, by default the current one."""
    this_year = chapter_today().year
    year_text = request.args.get("year", str(this_year))
    year = _year(int(year_text) if year_text.isdecimal() and len(year_text) < 5 else 0)
    approved_reports = approved_in(db.session(), year)
    return render_template(
        "targets/list.html",
        year=year,
        earlier=year - 1 if year > _first_year(this_year) else None,
        later=year + 1 if year < this_year + YEARS_AHEAD else None,
        rows=target_rows(services.targets_for(db.session(), year), approved_reports, year, country=g.chapter.country),
        approved=len(approved_reports.quarters),
        quarters=QUARTERS,
        may_edit=may(Permission.EDIT_REPORT),
    )


@blueprint.get("/<indicator>/<int(fixed_digits=4):year>")
@requires(Permission.READ_CHAPTER)
def show_target(chapter: str, indicator: str, year: int) -> str:
    """Show a target with its history and, if the reader may edit it, the form to set or change it."""
    core_indicator, year = or_404(BY_CODE.get(indicator)), _year(year)
    revisions = history(db.session(), core_indicator, year)
    return _page(core_indicator, year, revisions, target_form(core_indicator, revisions[0].row if revisions else None))


@blueprint.post("/<indicator>/<int(fixed_digits=4):year>/numbers")
@requires(Permission.EDIT_REPORT)
def set_target(chapter: str, indicator: str, year: int) -> Answer:
    """Set a target, or change it with a reason. If another person saved first, show both versions."""
    core_indicator, year = or_404(BY_CODE.get(indicator)), _year(year)
    form = target_form(core_indicator, None)
    with submission(
        form,
        partial(_target_page, core_indicator, year, form),
        conflict=partial(_target_conflict, core_indicator, year, form),
    ):
        services.set_target(
            db.session(),
            **actor_now(),
            indicator=core_indicator,
            year=year,
            baseline=form.known_baseline(),
            target=form.target_amount(),
            reason=reason_of(form),
            seen=form.seen_number(),
        )
    return finish(_("Saved."), url_for(".list_targets", chapter=chapter, year=year))


def _target_conflict(indicator: Indicator, year: int, form: TargetForm) -> Conflict:
    latest = history(db.session(), indicator, year)[0].row
    saved_form = target_form(indicator, latest, formdata=None)
    return conflict_between(form, saved_form, subject_id=latest.id, actions=("target.set", "target.moved"))


def _target_page(indicator: Indicator, year: int, form: TargetForm, *, conflict: Conflict | None = None) -> str:
    return _page(indicator, year, history(db.session(), indicator, year), form, conflict=conflict)


def _page(
    indicator: Indicator,
    year: int,
    revisions: list[TargetRevision],
    form: TargetForm,
    *,
    conflict: Conflict | None = None,
) -> str:
    return render_template(
        "targets/show.html",
        indicator=indicator,
        year=year,
        revisions=[
            {
                "row": revision.row,
                "by": revision.by,
                "target": shown_amount(indicator, target_of(revision.row)),
                "baseline": shown_amount(indicator, before.amount) if (before := baseline_of(revision.row)) else "",
                "is_late": services.is_year_over(year, chapter_day(revision.row.set_at)),
            }
            for revision in revisions
        ],
        form=form,
        conflict=conflict,
        is_over=services.is_year_over(year, chapter_today()),
        may_edit=may(Permission.EDIT_REPORT),
    )


def _year(year: int) -> int:
    """Return a year that can have targets; 404 for any other."""
    last = min(chapter_today().year + YEARS_AHEAD, LAST_YEAR)
    if not FIRST_YEAR <= year <= last:
        abort(404)
    return year


def _first_year(this_year: int) -> int:
    """Return the year in which the chapter became active, the earliest one that the page links to."""
    active_since = g.chapter.active_since
    return chapter_day(active_since).year if active_since is not None else this_year
