"""The entries behind a number on another page, as the log shows them, and the way back to that page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from flask import abort, g, request, url_for
from flask_babel import gettext as _

from solidarity.lookup import or_404, uuid_or_404
from tenants.action_kit.activities.queries import EntryChoice
from tenants.action_kit.evaluation.indicators import BY_CODE
from tenants.action_kit.plan.queries import find_planned
from tenants.db import db

ALL_ENTRIES = EntryChoice()
OF_FIGURE = {
    "activities_held": ALL_ENTRIES,
    "participations": EntryChoice(is_counted=True),
    "first_time": EntryChoice(is_asked=True),
}


@dataclass(frozen=True)
class ChosenEntries:
    """Which entries the list shows. `title` says which; `back` is the URL of the number. All entries have neither."""

    choice: EntryChoice = ALL_ENTRIES
    url_args: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    back: str | None = None
    back_words: str = ""
    has_event_counts: bool = False


def chosen_entries() -> ChosenEntries:
    """Return what the URL asks for: `?planned=` a line of the plan, or `?figure=` and `?year=` of the first page."""
    line_id, figure = request.args.get("planned"), request.args.get("figure")
    if line_id:
        return _of_plan(line_id)
    return _of_figure(figure, request.args.get("year", "")) if figure else ChosenEntries()


def _of_plan(text: str) -> ChosenEntries:
    row = or_404(find_planned(db.session(), uuid_or_404(text)))
    return ChosenEntries(
        EntryChoice(plan_line_id=row.line.id),
        {"planned": text},
        row.line.title,
        url_for("plan.show", chapter=g.chapter.slug, _anchor=f"s-{row.line.id}"),
        str(_("Plan")),
    )


def _of_figure(code: str, year: str) -> ChosenEntries:
    if code not in OF_FIGURE or not (year.isascii() and year.isdigit() and len(year) == 4 and year > "2000"):
        abort(404)
    return ChosenEntries(
        replace(OF_FIGURE[code], year=int(year)),
        {"figure": code, "year": year},
        str(_("%(figure)s in %(year)s", figure=BY_CODE[code].title, year=year)),
        url_for("chapter.home", chapter=g.chapter.slug),
        str(_("Home")),
        has_event_counts=code == "participations",
    )
