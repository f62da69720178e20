"""`solidarity explain figure` prints a number and the rows that it sums, from the world down to the log."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from harness.processes import environment_of
from harness.reporting import LAST, NOON, Reporting
from sqlalchemy import create_engine, select, update

from solidarity.cli.compiling import compile_waiting
from solidarity.cli.main import main
from solidarity.demonstration import simulate
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.indicators import CORE
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.funding import budgets
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import TransactionKind
from tenants.action_kit.funding.rates import load_rates
from tenants.action_kit.funding.services import approve_expense, record_transaction, reverse_transaction
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.models import TallyKind
from tenants.action_kit.launch.services import plan_event, record_tally
from tenants.action_kit.reports.services import TypedValue
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import new_id, opened, see_one_moment
from tenants.figures.models import CompiledReport, Figure
from tenants.rollups.addresses import UnknownFigure, address_of, figure_of
from tenants.rollups.explanation import explain as explain_figure
from tenants.scope import DeskScope

WOMEN, MEN = (Sex.WOMEN, AgeBand.FROM_18_TO_24), (Sex.MEN, AgeBand.FROM_25_TO_59)
PARTICIPATIONS = "participations/2025-Q4"


@pytest.fixture
def sample_reporting(reporting: Reporting) -> Reporting:
    """Two chapters of Brazil and one of Rwanda that have reported, one that has not, and one correction since."""
    olinda, salvador = reporting.onboard("olinda", "BR"), reporting.onboard("salvador", "BR")
    reporting.expect(salvador)
    activity_id = reporting.log(reporting.world.recife, {WOMEN: 10, MEN: 4})
    with reporting.inside(reporting.world.recife) as session:
        actor, day = reporting.world.alice.user_id, datetime(2025, 11, 3, 18, tzinfo=UTC)
        event = plan_event(session, actor_id=actor, at=NOON, entry=EventEntry("Festa", "Praça", "", "UTC", day, None))
        record_tally(
            session, actor_id=actor, at=NOON, event_id=event.id, kind=TallyKind.ATTENDANCE, counts={WOMEN: 100}, seen=0
        )
    values = {
        "facilitators_trained": TypedValue(3),
        "workplaces_with_policy": TypedValue(2),
        "would_speak_up": TypedValue(8, 10),
    }
    reporting.report(reporting.world.recife, {MEN: 6}, values=values)
    reporting.report(
        olinda, {WOMEN: 20}, values={"facilitators_trained": TypedValue(4), "would_speak_up": TypedValue(30, 100)}
    )
    reporting.report(reporting.world.huye, {MEN: 5})
    reporting.revise(reporting.world.recife, activity_id, {WOMEN: 9, MEN: 4})
    reporting.compile()
    return reporting


def explain(reporting: Reporting, address: str) -> Result:
    """Run the command over the world's database."""
    return CliRunner().invoke(main, ["explain", "figure", address], env=environment_of(reporting.world.settings))


def rows(result: Result) -> list[list[str]]:
    """Return the rows of the table without heads, split at two spaces."""
    table = result.output.split("\n\n")[-1].splitlines()
    return [re.split(r" {2,}", line.strip()) for line in table[1:]]


def test_the_world_is_the_sum_of_its_areas(sample_reporting):
    result = explain(sample_reporting, f"{PARTICIPATIONS}/world/world")
    assert result.exit_code == 0, result.output
    assert "Participations: World, 2025-Q4" in result.output
    assert "Everyone present at a logged activity" in result.output
    assert re.search(r"^Value +145$", result.output, re.MULTILINE)
    assert "3 reported, 0 carried forward, 4 expected" in result.output
    assert "2026-02-12 12:00:00 UTC" in result.output
    assert rows(result) == [
        ["140", "area/americas", "2", "0", "3", "Americas and the Caribbean"],
        ["5", "area/east_southern_africa", "1", "0", "1", "East and Southern Africa"],
        ["145", "sum of 2"],
    ]


def test_an_area_is_the_sum_of_its_countries_and_a_country_of_its_chapters(sample_reporting):
    assert rows(explain(sample_reporting, f"{PARTICIPATIONS}/area/americas"))[0] == [
        "140",
        "country/BR",
        "2",
        "0",
        "3",
        "Brazil",
    ]
    assert rows(explain(sample_reporting, f"{PARTICIPATIONS}/country/BR")) == [
        ["120", "chapter/recife", "BR", "own", "ElesPorElas Recife"],
        ["20", "chapter/olinda", "BR", "own", "HeForShe olinda"],
        ["no value", "chapter/salvador", "BR", "not reported", "HeForShe salvador"],
        ["140", "sum of 3"],
    ]


@pytest.mark.parametrize("by_id", [False, True])
def test_a_chapter_is_the_sum_of_what_it_logged_in_the_revision_read(sample_reporting, by_id):
    place = str(sample_reporting.world.recife.id) if by_id else "recife"
    result = explain(sample_reporting, f"{PARTICIPATIONS}/chapter/{place}")
    assert result.exit_code == 0, result.output
    sources = [[row[0], row[1].split("/")[0], *row[2:]] for row in rows(result)[:-1]]
    assert sorted(sources) == [
        ["100", "attendance", "2025-11-03", "1", "Festa"],
        ["14", "activity", "2025-12-11", "1", "corrected", "Barbershop dialogue"],
        ["6", "activity", "2025-12-11", "1", "Barbershop dialogue"],
    ]
    assert rows(result)[-1] == ["120", "sum of 3"]


@pytest.mark.parametrize(
    ("place", "value", "gives"),
    [
        ("world/world", "130", ["130"]),
        ("country/BR", "130", ["110", "20"]),
        ("chapter/recife", "110", ["10", "100"]),
    ],
)
def test_a_cell_is_taken_apart_like_the_whole(sample_reporting, place, value, gives):
    result = explain(sample_reporting, f"{PARTICIPATIONS}/{place}/women.18_24")
    assert result.exit_code == 0, result.output
    assert re.search(rf"^Value +{value}$", result.output, re.MULTILINE)
    assert sorted(row[0] for row in rows(result)[:-1]) == sorted(gives)
    assert rows(result)[-1][0] == value


def test_a_ratio_is_pooled_and_what_a_chapter_wrote_itself_has_no_rows(sample_reporting):
    result = explain(sample_reporting, "would_speak_up/2025-Q4/country/BR")
    assert [row[0] for row in rows(result)] == ["8 of 10", "30 of 100", "no value", "38 of 110"]
    chapter_result = explain(sample_reporting, "would_speak_up/2025-Q4/chapter/recife")
    assert chapter_result.exit_code == 0
    assert "The chapter wrote the number in its report of 2025-Q4" in chapter_result.output


def test_a_stock_carried_forward_says_from_which_period(sample_reporting):
    later = LAST.following
    sample_reporting.expect(sample_reporting.world.recife, period=later)
    sample_reporting.compile()
    result = explain(sample_reporting, f"workplaces_with_policy/{later.code}/country/BR")
    assert rows(result)[0] == ["2", "chapter/recife", "BR", "carried from 2025-Q4", "ElesPorElas Recife"]
    assert "0 reported, 1 carried forward, 1 expected" in result.output


def test_unique_people_have_no_sum_and_the_chapters_are_listed(sample_reporting):
    result = explain(sample_reporting, "facilitators_trained/2025-Q4/world/world")
    assert result.exit_code == 0
    assert "no total: Two chapters can know the same person" in result.output
    assert [row[0] for row in rows(result)] == ["3", "no value", "4", "no value"]
    assert "sum of" not in result.output


def test_money_is_told_in_dollars_and_cents_a_transaction_a_row(reporting):
    recife, actor = reporting.world.recife, {"actor_id": reporting.world.alice.user_id, "at": NOON}
    engine = create_engine(reporting.world.settings.database("owner"))
    with engine.begin() as owner:
        load_rates(owner, ["currency,starts_on,per_usd\n", "BRL,2025-01-01,5\n"])
    engine.dispose()
    with reporting.inside(recife) as session:
        line = budgets.add_budget_line(session, **actor, title="Launch event", amount_minor=100_000).id
        for amount in (1_000, 51_205):
            entry = TransactionEntry(TransactionKind.EXPENSE, amount, "BRL", LAST.ends_on, "Sound", budget_line_id=line)
            transaction_id = record_transaction(session, **actor, form_key=new_id(), entry=entry).id
            approve_expense(
                session, actor_id=reporting.world.dana.user_id, at=NOON, transaction_id=transaction_id, is_desk=True
            )
    reporting.report(recife, {MEN: 6})
    reporting.compile()
    result = explain(reporting, "spent/2025-Q4/chapter/recife")
    assert result.exit_code == 0, result.output
    assert [[row[0], row[1].split("/")[0], *row[2:]] for row in rows(result)] == [
        ["2.00", "transaction", "2025-12-31", "1"],
        ["102.41", "transaction", "2025-12-31", "1"],
        ["104.41", "sum of 2"],
    ]
    assert rows(explain(reporting, "spent/2025-Q4/world/world"))[-1][0] == "104.41"


def test_a_quarter_that_got_back_more_than_it_spent_is_less_than_nothing_and_stops_no_figure(reporting):
    recife, before, within = reporting.world.recife, LAST.previous, datetime(2025, 12, 15, 12, tzinfo=UTC)
    actor = {"actor_id": reporting.world.alice.user_id, "at": NOON}
    with reporting.inside(recife) as session:
        line = budgets.add_budget_line(session, **actor, title="Launch event", amount_minor=100_000).id
        entry = TransactionEntry(TransactionKind.EXPENSE, 1_000, "USD", before.ends_on, "Sound", budget_line_id=line)
        transaction_id = record_transaction(session, **actor, form_key=new_id(), entry=entry).id
        approve_expense(
            session, actor_id=reporting.world.dana.user_id, at=NOON, transaction_id=transaction_id, is_desk=True
        )
    reporting.report(recife, {MEN: 6}, before)
    with reporting.inside(recife) as session:
        reverse_transaction(session, **actor | {"at": within}, transaction_id=transaction_id)
    reporting.report(recife, {MEN: 6})
    reporting.compile()
    assert reporting.total("world", "world", "spent", before)[0] == 1_000
    assert reporting.total("world", "world", "spent")[0] == -1_000
    assert not reporting.check()


def test_rows_that_do_not_add_up_end_with_exit_1(sample_reporting):
    with sample_reporting.as_compiler() as session:
        session.execute(
            update(Figure)
            .where(Figure.indicator == "participations", Figure.level == "world", Figure.cell == "all")
            .values(numerator=146)
        )
    result = explain(sample_reporting, f"{PARTICIPATIONS}/world/world")
    assert result.exit_code == 1
    assert "WRONG: the rows come to 145, 3 reported, 0 carried, 4 expected, the figure says 146" in result.output


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("participations", "Write indicator/period/level/place"),
        ("cheers/2025-Q4/world/world", "There is no indicator “cheers”. There are activities_held,"),
        ("participations/2025-Q5/world/world", "“2025-Q5” is no period"),
        ("participations/2025-Q4/planet/world", "“planet” is no level"),
        ("participations/2025-Q4/country/br", "There is no country “br”"),
        ("participations/2025-Q4/area/atlantis", "There is no area “atlantis”"),
        ("participations/2025-Q4/chapter/atlantis", "There is no chapter “atlantis”"),
        ("participations/2019-Q4/world/world", "Nothing is compiled there for 2019-Q4"),
        ("participations/2019-Q4/chapter/recife", "was not asked for a report of 2019-Q4"),
        ("participations/2025-Q4/world/world/cats", "in the cell “cats”"),
    ],
)
def test_an_unknown_figure_is_told_in_words_with_exit_2(sample_reporting, address, words):
    result = explain(sample_reporting, address)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_the_address_of_the_desks_page_is_understood():
    figure = figure_of("/desk/figures/participations/2026-Q3/country/BR")
    assert (figure.indicator.code, figure.period.code, figure.place) == ("participations", "2026-Q3", "BR")
    with pytest.raises(UnknownFigure):
        figure_of("/desk/figures/")


def test_every_figure_of_the_demonstration_is_the_sum_of_what_is_behind_it(app, settings):
    simulate(settings, chapters=3)
    compile_waiting(settings)
    with app.app_context(), opened(DeskScope(ALL_COUNTRIES)) as session:
        see_one_moment(session)
        addresses = [
            address_of(
                indicator=row.indicator, period=Period(row.period_on), level=row.level, place=row.place, cell=row.cell
            )
            for row in session.scalars(select(Figure))
        ]
        compiled_reports = session.execute(select(CompiledReport.chapter_id, CompiledReport.period_on))
        addresses += [
            address_of(indicator=indicator.code, period=Period(day), level="chapter", place=str(chapter_id))
            for chapter_id, day in compiled_reports.all()
            for indicator in CORE
        ]
        explanations = {address: explain_figure(session, figure_of(address)) for address in addresses}
    assert {
        address: explanation for address, explanation in explanations.items() if explanation.added != explanation.total
    } == {}
    assert sum(bool(explanation.sources) for explanation in explanations.values()) > 5
    assert sum(bool(explanation.places) for explanation in explanations.values()) > 50
