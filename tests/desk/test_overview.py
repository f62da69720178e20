"""The desk's first page: each indicator with its coverage by period, waiting approvals, and the last check."""

from __future__ import annotations

import re

from desk.figure_pages import MEN, WOMEN, card, heading, read, words
from harness.reporting import LAST

from tenants.action_kit.evaluation.indicators import CORE
from tenants.action_kit.reports.services import TypedValue


def periods_to_choose(page: str) -> list[tuple[str, bool]]:
    matches = re.findall(r'<li><a href="/desk\?period=([^"]+)"( aria-current="true")?>', page)
    return [(code, bool(marker)) for code, marker in matches]


def test_dana_sees_every_indicator_apart_with_its_coverage_and_its_time(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10}, values={"would_speak_up": TypedValue(8, 10)})
    reporting.report(reporting.world.huye, {MEN: 5}, values={"would_speak_up": TypedValue(30, 100)})
    reporting.expect(reporting.onboard("dakar", "SN"))
    reporting.compile()
    page = read(as_person(reporting.world.dana), "/desk")
    labels = re.findall(r'class="fig-label">(.*?) <span', page)
    assert labels == [str(indicator.title) for indicator in CORE]
    assert " 15 " in card(page, "Participations")
    assert "2 of 3 chapters reported, as of 12 Feb 2026, 12:00 UTC" in card(page, "Participations")
    assert " 35% 38 of 110 " in card(page, "Participants who say they would speak up")
    assert "$0.00" in card(page, "Money spent")
    signups = card(page, "Sign-ups counted at events, to date")
    assert "Nobody has reported yet" in signups
    assert "0 of 3 chapters reported" in signups


def test_unique_people_have_no_total_and_the_page_says_why(reporting, as_person):
    reporting.report(reporting.world.recife, None, values={"facilitators_trained": TypedValue(3)})
    reporting.report(reporting.world.huye, None, values={"facilitators_trained": TypedValue(4)})
    reporting.compile()
    dana = as_person(reporting.world.dana)
    text = card(read(dana, "/desk"), "Facilitators trained")
    reason = "Two chapters can know the same person, so there is no total."
    assert "No total" in text
    assert reason in text
    assert "2 of 2 chapters reported" in text
    page = read(dana, "/desk/figures/facilitators_trained/2025-Q4/world/world")
    assert heading(page) == "Facilitators trained: No total"
    assert reason in words(page)
    assert " 7 " not in words(page)
    page = read(dana, f"/desk/figures/facilitators_trained/2025-Q4/chapter/{reporting.world.recife.id}")
    assert heading(page) == "Facilitators trained: 3"
    assert "The chapter enters this number directly in its report." in words(page)


def test_the_page_of_another_period_is_an_address(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    reporting.report(reporting.world.recife, {WOMEN: 3}, LAST.previous)
    reporting.compile()
    dana = as_person(reporting.world.dana)
    page = read(dana, "/desk")
    assert " 10 " in card(page, "Participations")
    assert periods_to_choose(page) == [("2025-Q4", True), ("2025-Q3", False)]
    assert " 3 " in card(read(dana, "/desk?period=2025-Q3"), "Participations")
    assert heading(read(dana, "/desk?period=2024-Q1")) == "No report is expected"
    for nonsense in ("2025-Q5", "2199-Q1", "last", "2025-Q4%00"):
        assert dana.get(f"/desk?period={nonsense}").status_code == 404, nonsense


def test_without_a_period_an_address_leads_to_the_latest(reporting, as_person):
    reporting.report(reporting.world.recife, {WOMEN: 10})
    reporting.compile()
    page = read(as_person(reporting.world.dana), "/desk/figures/participations/country/BR")
    assert heading(page) == "Participations: 10"
    assert "October to December 2025" in words(page)


def test_the_first_page_says_what_waits_and_what_the_last_check_found(reporting, as_person):
    reporting.log(reporting.world.recife, {WOMEN: 10})
    reporting.send(reporting.world.recife)
    dana = as_person(reporting.world.dana)
    page = words(read(dana, "/desk"))
    assert "1 request is waiting for UN Women" in page
    assert re.search(r"Americas and the Caribbean 1 – – \d+ days", page)
    assert "The figures have not been checked yet." in page
    reporting.approve(reporting.world.recife)
    reporting.compile()
    reporting.check()
    assert "Checked 12 Feb 2026, 12:00 UTC: the figures match the reports." in words(read(dana, "/desk"))
    with reporting.as_compiler() as session:
        session.connection().exec_driver_sql("update figures set numerator = 7 where place = 'BR' and numerator = 10")
    wrong = len(reporting.check().differences)
    assert wrong > 1
    assert f"{wrong} differences from the reports" in words(read(dana, "/desk"))
