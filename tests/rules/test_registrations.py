"""Every kind of obligation, route, table, task, language, indicator and undoable act has all its entries."""

from __future__ import annotations

import pytest
from flask import Flask
from rules import registrations
from rules.registrations import CHECKS

from tenants.action_kit.focal_point.obligations import VACANCY


def missing(app: Flask) -> list[str]:
    return sorted({line for check in CHECKS for line in check(app)})


def test_nothing_is_missing(app: Flask) -> None:
    lines = missing(app)
    assert not lines, "\n".join([f"{len(lines)} missing; docs/growing.md says what to write:", *lines])


def test_all_that_is_missing_is_listed_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove an entry from each registry. Each gap must be reported with the file to edit."""
    for registry, removed_key in (
        ("WORDS", VACANCY),
        ("UNDO_KINDS", "plan.submit"),
        ("ACT_WORDS", "plan.submitted"),
        ("FACTORIES", "plan_lines"),
        ("TASKS", "workers.reminders.tick"),
    ):
        entries = getattr(registrations, registry)
        monkeypatch.setattr(registrations, registry, {key: entries[key] for key in entries if key != removed_key})
    monkeypatch.setattr(registrations, "ABSENCES", ())
    for registry in ("REQUESTS", "CASES", "FEATURES"):
        monkeypatch.setattr(registrations, registry, getattr(registrations, registry)[1:])
    monkeypatch.delitem(app.view_functions, "activities.log_activity")
    monkeypatch.delattr(app.view_functions["people.invite"], "access")
    assert {line.partition(":")[0] for line in missing(app)} >= {
        "platform/solidarity/labels/obligations/focal_point.py",
        "platform/solidarity/labels/obligations/activities.py",
        "platform/solidarity/labels/history.py",
        "platform/solidarity/chapter/people/views.py",
        "tenants/overview/waiting.py",
        "tenants/undoing/kinds.py",
        "tests/isolation/entry_points/chapter_cases.py",
        "tests/isolation/entry_points/test_tasks.py",
        "tests/isolation/rows.py",
        "tests/isolation/sessions/test_absences.py",
        "tests/undoing/route_tables.py",
    }
