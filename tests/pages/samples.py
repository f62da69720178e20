"""Sample content for the checks of pages."""

from __future__ import annotations

from harness.reporting import LAST, Reporting

from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.reports.services import TypedValue

LAST_SENT = LAST.code


def fill(reporting: Reporting) -> Reporting:
    """Write two approved reports, a corrected entry and one without a head count, and let a report be due."""
    world = reporting.world
    reporting.expect(reporting.onboard("amman", "JO"))
    first = reporting.log(world.recife, {(Sex.WOMEN, AgeBand.UNDER_18): 1200, (Sex.MEN, AgeBand.UNDER_18): 25})
    reporting.log(world.recife, None)
    values = {
        "workplaces_with_policy": TypedValue(3),
        "would_speak_up": TypedValue(31, 38),
        "facilitators_trained": TypedValue(9),
    }
    reporting.send(world.recife, values=values)
    reporting.approve(world.recife)
    reporting.revise(world.recife, first, {(Sex.WOMEN, AgeBand.UNDER_18): 1200, (Sex.MEN, AgeBand.FROM_18_TO_24): 26})
    reporting.report(world.huye, {(Sex.UNKNOWN, AgeBand.UNKNOWN): 310})
    reporting.compile()
    return reporting
