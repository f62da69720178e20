"""Step 6: what the chapter wants to reach in a year, and how far it is by its approved reports."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from solidarity.access.binding import requires, signed_in_person
from solidarity.chapter.context import chapter_day, may
from solidarity.chapter.targets.forms import MoneyTargetForm, NumberTargetForm, reason_of, target_form
from solidarity.chapter.targets.table import shown_amount, target_rows
from solidarity.forms.conflicts import Conflict, conflict
from solidarity.forms.undo_flash import flash_done
from tenants import clock
from tenants.action_kit.evaluation.indicators import BY_CODE, Indicator
from tenants.action_kit.evaluation.periods import QUARTERS
from tenants.action_kit.targets import services
from tenants.action_kit.targets.models import FIRST_YEAR, LAST_YEAR
from tenants.action_kit.targets.progress import approved_in
from tenants.action_kit.targets.services import TargetRevision, baseline_of, history, target_of
from tenants.db import db
from tenants.errors import Refused, VersionConflict
from tenants.people.permissions import Permission

Answer = str | Response | tuple[str, int]
YEARS_AHEAD = 5

targets = Blueprint("targets", __name__, url_prefix="/c/<chapter>/targets")


@targets.get("")
@requires(Permission.READ_CHAPTER)
def list_targets(chapter: str) -> str:
    """List the core indicators with their targets for a year, this one unless another is asked for."""
    this_year = chapter_day(clock.now()).year
    asked = request.args.get("year", str(this_year))
    year = _year(int(asked) if asked.isdecimal() and len(asked) < 5 else 0)
    approved = approved_in(db.session(), year)
    return render_template(
        "targets/list.html",
        year=year,
        earlier=year - 1 if year > _first_year(this_year) else None,
        later=year + 1 if year < this_year + YEARS_AHEAD else None,
        rows=target_rows(services.targets_for(db.session(), year), approved, year, country=g.chapter.country),
        approved=len(approved.quarters),
        quarters=QUARTERS,
        may_edit=may(Permission.EDIT_REPORT),
    )


@targets.get("/<indicator>/<int:year>")
@requires(Permission.READ_CHAPTER)
def show_target(chapter: str, indicator: str, year: int) -> str:
    """Show a target with its history, and the form to set or move it to whoever may."""
    one, year = _indicator(indicator), _year(year)
    moves = history(db.session(), one, year)
    return _page(one, year, moves, target_form(one, moves[0].row if moves else None))


@targets.post("/<indicator>/<int:year>/numbers")
@requires(Permission.EDIT_REPORT)
def set_target(chapter: str, indicator: str, year: int) -> Answer:
    """Set a target, or move it with a reason; of two at once the second sees the first's and keeps what she typed."""
    one, year = _indicator(indicator), _year(year)
    form = target_form(one, None)
    seen, valid = form.seen_number(), form.validate()
    target, baseline = form.target_amount(), form.known_baseline()
    if not valid or not form.is_sound():
        return _page(one, year, history(db.session(), one, year), form), 422
    try:
        services.set_target(
            db.session(),
            indicator=one,
            year=year,
            baseline=baseline,
            target=target,
            reason=reason_of(form),
            seen=seen,
            actor_id=signed_in_person().user_id,
            at=clock.now(),
        )
    except Refused as refused:
        form.show(refused)
        return _page(one, year, history(db.session(), one, year), form), 422
    except VersionConflict as first:
        form.seen.data = str(first.current)
        moves = history(db.session(), one, year)
        saved = target_form(one, moves[0].row, formdata=None)
        found = conflict(form, saved, subject_id=moves[0].row.id, actions=("target.set", "target.moved"))
        return _page(one, year, moves, form, found=found), 409
    flash_done(_("Saved."))
    return redirect(url_for(".list_targets", chapter=chapter, year=year))


def _page(
    indicator: Indicator,
    year: int,
    moves: list[TargetRevision],
    form: MoneyTargetForm | NumberTargetForm,
    *,
    found: Conflict | None = None,
) -> str:
    return render_template(
        "targets/show.html",
        indicator=indicator,
        year=year,
        moves=[
            {
                "row": moved.row,
                "by": moved.by,
                "target": shown_amount(indicator, target_of(moved.row)),
                "baseline": shown_amount(indicator, before.amount) if (before := baseline_of(moved.row)) else "",
                "is_late": services.is_year_over(year, clock.local_day(moved.row.set_at, g.chapter.zone)),
            }
            for moved in moves
        ],
        form=form,
        conflict=found,
        is_over=services.is_year_over(year, chapter_day(clock.now())),
        may_edit=may(Permission.EDIT_REPORT),
    )


def _indicator(code: str) -> Indicator:
    found = BY_CODE.get(code)
    if found is None:
        abort(404)
    return found


def _year(year: int) -> int:
    """Return a year that can have targets; any other has no page."""
    last = min(chapter_day(clock.now()).year + YEARS_AHEAD, LAST_YEAR)
    if not FIRST_YEAR <= year <= last:
        abort(404)
    return year


def _first_year(this_year: int) -> int:
    """Return the year in which the chapter began, for the way back through the years."""
    began = g.chapter.active_since
    return clock.local_day(began, g.chapter.zone).year if began is not None else this_year
