"""Targets are set and changed, never overwritten. Progress is computed by `measures` from approved reports alone."""

from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, Literal

import pytest
from psycopg import errors as refused_by
from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from targets.conftest import NOW, YEAR, AsPerson, TargetWorld

from tenants.action_kit.evaluation.indicators import BY_CODE
from tenants.action_kit.evaluation.models import ReportState
from tenants.action_kit.targets.models import IndicatorTarget
from tenants.action_kit.targets.progress import NoProgress, approved_in, how_far, so_far
from tenants.action_kit.targets.services import Amount, Baseline, history, targets_for
from tenants.audit import AuditEntry
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import opened
from tenants.errors import Refused, VersionConflict
from tenants.figures.measures import Parts, Refusal, RefusalReason
from tenants.scope import ChapterScope, DeskScope


def _reached(target_world: TargetWorld, code: str, year: int = YEAR) -> Parts | Refusal:
    with target_world.inside() as session:
        return so_far(BY_CODE[code], approved_in(session, year).claims.get(code, []), year).parts


def _gone(target_world: TargetWorld, code: str) -> Fraction | NoProgress | Refusal:
    with target_world.inside() as session:
        row = targets_for(session, YEAR)[code]
    figure = _reached(target_world, code)
    return figure if isinstance(figure, Refusal) else how_far(BY_CODE[code], row, figure)


def test_a_target_of_20_with_three_reports_is_20(target_world: TargetWorld) -> None:
    target_world.set("activities_held", 20)
    for month in (1, 4, 7):
        target_world.report(month, {"activities_held": Amount(5), "participations": Amount(50)})
    with target_world.inside() as session:
        assert [row.target_numerator for row in targets_for(session, YEAR).values()] == [20]
    assert _reached(target_world, "activities_held") == Parts(numerator=15, reported=3, expected=3)
    assert _gone(target_world, "activities_held") == Fraction(15, 20)


def test_a_moved_target_counts_and_the_earlier_ones_stay_readable(target_world: TargetWorld) -> None:
    target_world.set("activities_held", 100, baseline=12)
    target_world.set(
        "activities_held", 500, seen=1, reason="A second city joined.", actor_id=target_world.world.bob.user_id
    )
    with target_world.inside() as session:
        assert targets_for(session, YEAR)["activities_held"].target_numerator == 500
        versions = [
            (
                version.row.number,
                version.row.target_numerator,
                version.row.reason,
                version.by,
                version.row.set_at.date(),
            )
            for version in history(session, BY_CODE["activities_held"], YEAR)
        ]
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("target.%")).order_by(AuditEntry.id))
        assert [(entry.action, entry.details["number"]) for entry in entries] == [
            ("target.set", 1),
            ("target.moved", 2),
        ]
    assert versions == [
        (2, 500, "A second city joined.", "Bob", NOW.date()),
        (1, 100, "", "Alice", NOW.date()),
    ]


@pytest.mark.parametrize("reason", ["", " \n\t ", "\x00", "x" * 1001])
def test_it_does_not_move_without_a_reason_that_fits(target_world: TargetWorld, reason: str) -> None:
    target_world.set("activities_held", 100)
    with pytest.raises(Refused) as error:
        target_world.set("activities_held", 90, seen=1, reason=reason)
    assert set(error.value.errors) == {"reason"}
    assert len(target_world.rows()) == 1


def test_targets_of_other_years_and_indicators_stand_alone(target_world: TargetWorld) -> None:
    target_world.set("activities_held", 100)
    target_world.set("activities_held", 200, year=YEAR + 1)
    target_world.set("participations", 300)
    with target_world.inside() as session:
        assert {code: row.target_numerator for code, row in targets_for(session, YEAR).items()} == {
            "activities_held": 100,
            "participations": 300,
        }
        assert targets_for(session, YEAR - 1) == {}


def test_a_year_that_is_over_takes_a_target_with_a_reason(target_world: TargetWorld) -> None:
    with pytest.raises(Refused) as error:
        target_world.set("activities_held", 10, year=YEAR - 1)
    assert set(error.value.errors) == {"reason"}
    target_world.set("activities_held", 10, year=YEAR - 1, reason="It was agreed on paper.")
    # New Year in Recife is three hours after UTC's: it is still 2026 there.
    target_world.set("participations", 10, at=datetime(YEAR + 1, 1, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("code", "changes", "fields"),
    [
        ("activities_held", {"target": None}, {"target"}),
        ("activities_held", {"target": -1}, {"target"}),
        ("activities_held", {"target": 10**12 + 1}, {"target"}),
        ("activities_held", {"target": 5, "baseline": 6}, {"target"}),
        ("activities_held", {"target": 5, "baseline": -6}, {"baseline"}),
        ("activities_held", {"target": Amount(5, 6)}, {"target"}),
        ("activities_held", {"target": 5, "year": 2013}, {"year", "reason"}),
        ("activities_held", {"target": 5, "year": 2101}, {"year"}),
        ("would_speak_up", {"target": 5}, {"target"}),
        ("would_speak_up", {"target": Amount(7, 6)}, {"target"}),
        ("would_speak_up", {"target": Amount(0, 0)}, {"target_of"}),
        ("would_speak_up", {"target": Amount(1, 2), "baseline": Amount(51, 100)}, {"target"}),
        ("would_speak_up", {"target": Amount(1, 2), "baseline": Amount(1, 0)}, {"baseline_of"}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    target_world: TargetWorld, code: str, changes: dict[str, Any], fields: set[str]
) -> None:
    with pytest.raises(Refused) as error:
        target_world.set(code, **changes)
    assert set(error.value.errors) == fields
    assert target_world.rows() == []


def test_a_baseline_of_tomorrow_and_a_move_to_the_same_are_refused(target_world: TargetWorld) -> None:
    tomorrow = Baseline(Amount(1), NOW.date() + timedelta(days=1))
    with pytest.raises(Refused) as error:
        target_world.set("activities_held", 5, baseline=tomorrow)
    assert set(error.value.errors) == {"baseline_on"}
    target_world.set("activities_held", 5, baseline=1)
    with pytest.raises(Refused) as error:
        target_world.set("activities_held", 5, baseline=1, seen=1, reason="Again")
    assert set(error.value.errors) == {"target"}
    target_world.set("activities_held", 5, baseline=2, seen=1, reason="The baseline was counted anew.")


@pytest.mark.parametrize("seen", [0, 2])
def test_whoever_comes_second_is_told(target_world: TargetWorld, seen: int) -> None:
    target_world.set("activities_held", 100)
    with pytest.raises(VersionConflict) as conflict:
        target_world.set("activities_held", 90, seen=seen, reason="Mine")
    assert (conflict.value.seen, conflict.value.current) == (seen, 1)
    assert len(target_world.rows()) == 1


@pytest.mark.parametrize("seen", [0, 1])
def test_of_two_at_once_one_moves_it(target_world: TargetWorld, seen: int) -> None:
    if seen:
        target_world.set("activities_held", 100)
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def move(target: int) -> None:
        try:
            with target_world.inside() as session:
                barrier.wait()
                target_world.set_in(session, "activities_held", target, seen=seen, reason="Mine")
                outcomes.append("done")
        except VersionConflict as conflict:
            outcomes.append(f"sees {conflict.current}")

    threads = [threading.Thread(target=move, args=(target,)) for target in (200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", f"sees {seen + 1}"]
    assert [row.number for row in target_world.rows()] == list(range(1, seen + 2))


@pytest.mark.parametrize("state", [ReportState.SUBMITTED, ReportState.DRAFT])
def test_what_is_not_approved_counts_nowhere(target_world: TargetWorld, state: ReportState) -> None:
    target_world.report(1, {"activities_held": Amount(5)})
    target_world.report(4, {"activities_held": Amount(50)}, state=state)
    assert _reached(target_world, "activities_held") == Parts(numerator=5, reported=1, expected=1)


def test_the_submission_that_was_approved_counts_and_those_before_do_not(target_world: TargetWorld) -> None:
    target_world.report(1, {"activities_held": Amount(5)}, number=3)
    assert _reached(target_world, "activities_held") == Parts(numerator=5, reported=1, expected=1)


def test_another_years_reports_and_another_chapters_count_nowhere(target_world: TargetWorld) -> None:
    target_world.report(1, {"activities_held": Amount(5)}, place=target_world.world.huye)
    target_world.set("activities_held", 77, place=target_world.world.huye)
    assert _reached(target_world, "activities_held") == Parts()
    target_world.report(1, {"activities_held": Amount(7)})
    assert _reached(target_world, "activities_held", YEAR - 1) == Parts()
    with target_world.inside() as session:
        assert targets_for(session, YEAR) == {}


def test_values_of_another_version_of_the_indicator_count_nowhere(target_world: TargetWorld) -> None:
    target_world.report(1, {"activities_held": Amount(5)})
    target_world.set("activities_held", 20)
    engine = create_engine(target_world.world.settings.database("owner"))
    with engine.begin() as owner:
        owner.execute(text("update report_values set version = 2"))
        owner.execute(text("update indicator_targets set version = 2"))
    engine.dispose()
    assert _reached(target_world, "activities_held") == Parts()
    with target_world.inside() as session:
        assert targets_for(session, YEAR) == {}


def test_each_kind_is_read_as_the_algebra_says(target_world: TargetWorld) -> None:
    target_world.set("signups_tallied", 400)
    target_world.set("would_speak_up", Amount(1, 2), baseline=Amount(1, 4))
    target_world.set("workplaces_with_policy", 4, baseline=2)
    target_world.set("facilitators_trained", 4)
    target_world.set("spent", 0)
    values = {
        "would_speak_up": (Amount(8, 10), Amount(30, 100)),
        "signups_tallied": (Amount(100), Amount(250)),
        "workplaces_with_policy": (Amount(3), Amount(2)),
        "facilitators_trained": (Amount(1), Amount(1)),
        "spent": (Amount(1), Amount(1)),
    }
    for place, month in enumerate((1, 4)):
        target_world.report(month, {code: amounts[place] for code, amounts in values.items()})
    assert _gone(target_world, "signups_tallied") == Fraction(250, 400), "to date, so the latest and no sum"
    assert _gone(target_world, "would_speak_up") == (Fraction(38, 110) - Fraction(1, 4)) * 4, (
        "pooled, no mean of shares"
    )
    assert _gone(target_world, "workplaces_with_policy") == 0, "as it stood last"
    refusal = _gone(target_world, "facilitators_trained")
    assert isinstance(refusal, Refusal)
    assert refusal.reason is RefusalReason.PEOPLE_OVER_PERIODS
    assert _gone(target_world, "spent") is NoProgress.SAME_AS_BASELINE, "from nought to nought there is no way"


def test_unique_people_of_one_quarter_are_a_number(target_world: TargetWorld) -> None:
    target_world.set("facilitators_trained", 4)
    target_world.report(1, {"facilitators_trained": Amount(3)})
    target_world.report(4, {"facilitators_trained": None})
    assert _gone(target_world, "facilitators_trained") == Fraction(3, 4)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ("indicator = 'Nothing like it'", "indicator_is_a_code"),
        ("version = 0", "indicator_is_a_code"),
        ("year = 2013", "year_sane"),
        ("number = 0", "number_positive"),
        ("number = 2", "reason_to_move"),
        ("target_numerator = -1", "target_sane"),
        ("baseline_numerator = null, baseline_on = null, target_denominator = 4", "target_part_of_the_whole"),
        ("baseline_denominator = 3, target_numerator = 0, target_denominator = 0", "target_part_of_the_whole"),
        ("baseline_numerator = null", "baseline_dated"),
        ("baseline_on = null", "baseline_dated"),
        ("baseline_numerator = -1", "baseline_sane"),
        ("baseline_denominator = 1, target_denominator = 50", "baseline_part_of_the_whole"),
        ("baseline_numerator = null, baseline_on = null, baseline_denominator = 1", "baseline_part_of_the_whole"),
        ("target_denominator = 50", "both_ratios_or_none"),
        ("baseline_denominator = 50", "both_ratios_or_none"),
    ],
)
def test_the_database_refuses_what_cannot_be(target_world: TargetWorld, changes: str, constraint: str) -> None:
    target_world.set("activities_held", 20, baseline=3)
    engine = create_engine(target_world.world.settings.database("owner"))
    try:
        with pytest.raises(IntegrityError, match=constraint) as error, engine.begin() as owner:
            owner.execute(text(f"update indicator_targets set {changes}"))
    finally:
        engine.dispose()
    assert isinstance(error.value.orig, refused_by.CheckViolation)


@pytest.mark.parametrize("login", ["web", "worker"])
def test_nobody_changes_a_target_that_was_set(target_world: TargetWorld, login: Literal["web", "worker"]) -> None:
    target_world.set("activities_held", 20)
    scope = ChapterScope(target_world.world.recife.id, login=login)
    with target_world.world.app.app_context():
        for act in (update(IndicatorTarget).values(target_numerator=1), delete(IndicatorTarget)):
            with pytest.raises(ProgrammingError, match="permission denied"), opened(scope) as session:
                session.execute(act)


def test_un_women_reads_the_numbers_of_her_countries_and_no_reason(target_world: TargetWorld) -> None:
    target_world.set("activities_held", 20)
    target_world.set("activities_held", 21, place=target_world.world.huye)
    read = select(IndicatorTarget.target_numerator)
    with target_world.world.app.app_context():
        with opened(DeskScope(("BR",))) as session:
            assert session.scalars(read).all() == [20]
        with opened(DeskScope(ALL_COUNTRIES)) as session:
            assert sorted(session.scalars(read)) == [20, 21]
        for column in (IndicatorTarget.reason, IndicatorTarget.set_by):
            with pytest.raises(ProgrammingError, match="permission denied"), opened(DeskScope(("BR",))) as session:
                session.scalars(select(column)).all()


def test_the_trail_tells_who_moved_a_target(target_world: TargetWorld, as_person: AsPerson) -> None:
    target_world.set("activities_held", 20)
    target_world.set("activities_held", 30, seen=1, reason="zz-why")
    page = as_person(target_world.world.alice).get("/c/recife/trail").get_data(as_text=True)
    assert re.search(r"Changed a target.*Set a target", page, re.DOTALL)
    assert "zz-why" not in page
    assert date(2025, 12, 31) not in [row.baseline_on for row in target_world.rows()], "no baseline was given"
