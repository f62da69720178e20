"""The acts of the history in words: what was done, to what, and for how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from solidarity.forms.undo_flash import about_change
from solidarity.i18n.locale import current_locale, format_quarter, list_comma
from solidarity.labels.history import act_words
from solidarity.labels.people import role_names
from tenants.action_kit.evaluation.indicators import CORE
from tenants.action_kit.funding.money import format_money
from tenants.audit import TrailEntry
from tenants.db import db
from tenants.overview.act_subjects import ActSubject
from tenants.people.permissions import Role
from tenants.undoing.queries import ChangeStatus, act_facts


@dataclass(frozen=True)
class ActLine:
    """An act for a page: its words, what it was about, the page of that, and its change if it can be undone."""

    act: TrailEntry
    words: str
    about: str
    address: str | None
    status: ChangeStatus | None


def act_lines(acts: Sequence[TrailEntry]) -> list[ActLine]:
    """Return the acts of this request's chapter for a page. Needs one statement for all of them."""
    facts = act_facts(db.session(), [act.entry for act in acts])
    return [_line(act, facts[act.entry.id].subject, facts[act.entry.id].status) for act in acts]


def _line(act: TrailEntry, subject: ActSubject | None, status: ChangeStatus | None) -> ActLine:
    is_activity = subject is not None and subject.is_activity
    address = (
        url_for("activities.show_activity", chapter=g.chapter.slug, activity_id=act.entry.subject_id)
        if is_activity
        else None
    )
    return ActLine(act, act_words(act.entry.action), _about(act, subject, status), address, status)


def _about(act: TrailEntry, subject: ActSubject | None, status: ChangeStatus | None) -> str:
    """Return what an act concerned: a title with its amount, a period, an indicator, or a person."""
    details: dict[str, Any] = act.entry.details
    if act.entry.action == "change.undone":
        return act_words(details["kind"])
    if status and act.entry.action.startswith("launch.item"):
        return about_change(status.change)
    if subject is not None:
        return _named(subject)
    if "indicator" in details:
        return _target(details)
    if status and about_change(status.change):
        return about_change(status.change)
    return _person(act)


def _person(act: TrailEntry) -> str:
    if act.entry.action == "person.role_changed" and act.about:
        role = role_names()[Role(act.entry.details["role"])]
        return str(_("%(name)s, %(role)s", name=act.about, role=role))
    return (act.about or "") if act.entry.action != "person.joined" else ""


def _named(subject: ActSubject) -> str:
    if subject.period_on:
        return format_quarter(subject.period_on, g.chapter.country)
    if subject.amount_minor is None or subject.currency is None:
        return subject.title or ""
    money = format_money(subject.amount_minor, subject.currency, current_locale())
    return f"{subject.title}{list_comma()} {money}"


def _target(details: dict[str, Any]) -> str:
    titles = {indicator.code: indicator.title for indicator in CORE}
    title = titles.get(details["indicator"], "")
    return str(_("%(what)s, %(year)s", what=title, year=details["year"])) if title else ""
