"""`solidarity compile` and the nightly check: what they compile, the faults they find, and the message at the desk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner, Result
from harness.processes import environment_of
from harness.reporting import LAST, NOON, Reporting
from sqlalchemy import delete, update
from structlog.testing import capture_logs

from solidarity.cli.main import main
from tenants.action_kit.cells import AgeBand, Sex
from tenants.figures.models import CompileMark, CompileRun, Figure, RunKind
from tenants.rollups.checking import check
from workers.celery_factory import make_celery

MEN = (Sex.MEN, AgeBand.FROM_25_TO_59)
WORLD = ("world", "world")


@pytest.fixture
def figures(reporting: Reporting) -> Reporting:
    """Recife and Huye with an approved report each, compiled."""
    reporting.report(reporting.world.recife, {MEN: 6})
    reporting.report(reporting.world.huye, {MEN: 5})
    reporting.compile()
    return reporting


def compile_(reporting: Reporting, *options: str) -> Result:
    """Run the command over the world's database."""
    return CliRunner().invoke(main, ["compile", *options], env=environment_of(reporting.world.settings))


def run_of(reporting: Reporting, kind: RunKind) -> CompileRun | None:
    with reporting.as_compiler() as session:
        return session.get(CompileRun, kind)


def spoil(reporting: Reporting) -> None:
    """Change figures directly in the database."""
    with reporting.as_compiler() as session:
        world = (Figure.indicator == "participations") & (Figure.level == "world")
        session.execute(update(Figure).where(world, Figure.cell == "all").values(numerator=12))
        session.execute(delete(Figure).where(world, Figure.cell == "men.25_59"))


def forget(reporting: Reporting) -> None:
    """Reopen a report and delete its mark."""
    reporting.reopen(reporting.world.recife)
    with reporting.as_compiler() as session:
        session.execute(delete(CompileMark))


def test_it_compiles_what_waits_and_says_of_how_many(figures):
    assert compile_(figures).output == "Nothing was waiting; the figures are up to date.\n"
    figures.reopen(figures.world.recife)
    assert compile_(figures).output == "1 chapter compiled anew.\n"
    assert figures.total(*WORLD) == (5, 1, 0, 2)


def test_full_mends_whatever_was_wrong(figures):
    spoil(figures)
    result = compile_(figures, "--full")
    assert (result.exit_code, result.output) == (
        0,
        "Every figure is recomputed, from the reports of 2 chapters.\n",
    )
    assert figures.total(*WORLD) == (11, 2, 0, 2)
    assert not figures.check()


def test_check_finds_all_equal_and_keeps_that(figures):
    result = compile_(figures, "--check")
    assert result.exit_code == 0
    assert result.output.endswith(" figures, all equal.\n")
    run = run_of(figures, RunKind.CHECK)
    assert run is not None
    assert (run.differences, run.chapters) == (0, 0)


def test_check_names_each_difference_and_each_forgotten_chapter_and_mends_nothing(figures):
    spoil(figures)
    forget(figures)
    before = figures.figures()

    result = compile_(figures, "--check")

    assert result.exit_code == 1
    address = f"participations/{LAST.code}/world/world"
    assert f"{address}: stored 12 (reported 2, carried 0, expected 2), recomputed 11 (reported 2" in result.output
    assert f"{address}/men.25_59: stored no figure, recomputed 11 (reported 2, carried 0)" in result.output
    assert f"chapter {figures.world.recife.id}: its reports have changed, and no mark says so" in result.output
    assert "2 differ; 1 chapter forgotten. `solidarity compile --full` puts them right." in result.output
    assert figures.figures() == before
    run = run_of(figures, RunKind.CHECK)
    assert run is not None
    assert (run.differences, run.chapters) == (2, 1)


def test_full_and_check_together_are_refused(figures):
    result = compile_(figures, "--full", "--check")
    assert result.exit_code == 2
    assert "choose one of the two" in result.stderr


def test_an_approval_waits_for_no_check(figures):
    figures.reopen(figures.world.recife)
    figures.send(figures.world.recife)
    with ThreadPoolExecutor(1) as pool, figures.as_compiler() as session:
        check(session, at=NOON)
        pool.submit(figures.approve, figures.world.recife).result(timeout=10)
    assert figures.compile() == 1
    assert figures.total(*WORLD) == (11, 2, 0, 2)


def test_the_nightly_check_warns_with_the_number_and_is_silent_when_all_is_well(figures):
    celery = make_celery(figures.world.app)
    celery.loader.import_default_modules()
    check_figures = celery.tasks["workers.rollups.check_figures"]
    with capture_logs() as quiet:
        figure_count = check_figures()
    spoil(figures)
    with capture_logs() as log_entries:
        check_figures()

    assert figure_count > 0
    assert [entry for entry in quiet if entry["log_level"] == "warning"] == []
    (warning,) = [entry for entry in log_entries if entry["log_level"] == "warning"]
    assert (warning["event"], warning["differences"], warning["forgotten"]) == ("figures.differ", 2, 0)
    run = run_of(figures, RunKind.CHECK)
    assert run is not None
    assert run.differences == 2
