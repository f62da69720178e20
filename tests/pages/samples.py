"""What the pages show while they are judged."""

from __future__ import annotations

from books import LAST, Books

from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.reports.services import Said

LAST_SENT = LAST.code


def fill(books: Books) -> Books:
    """Write two approved reports, an entry corrected since, one not counted, and let a report be due."""
    world = books.world
    books.expect(books.onboard("amman", "JO"))
    first = books.log(world.recife, {(Sex.WOMEN, AgeBand.UNDER_18): 1200, (Sex.MEN, AgeBand.UNDER_18): 25})
    books.log(world.recife, None)
    said = {"workplaces_with_policy": Said(3), "would_speak_up": Said(31, 38), "facilitators_trained": Said(9)}
    books.send(world.recife, said=said)
    books.approve(world.recife)
    books.revise(world.recife, first, {(Sex.WOMEN, AgeBand.UNDER_18): 1200, (Sex.MEN, AgeBand.FROM_18_TO_24): 26})
    books.report(world.huye, {(Sex.UNKNOWN, AgeBand.UNKNOWN): 310})
    books.compile()
    return books
