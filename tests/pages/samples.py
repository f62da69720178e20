"""Sample content for the checks of pages."""

from __future__ import annotations

from contextlib import suppress

from harness.databases import owner_connection
from harness.people import World
from harness.reporting import LAST, Reporting
from harness.written_texts import NOT_TYPED, acts_of, columns
from psycopg import sql

from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.reports.services import TypedValue
from tenants.errors import AlreadyDecided, Refused

LAST_SENT = LAST.code
VILLAGE = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"  # 58 letters, in Wales
HILL = "Taumatawhakatangihangakoauauotamateaturipukakapikimaungahoronukupokaiwhenuakitanatahu"  # 85, in Aotearoa
LINK = "https://meet.example.org/j/84512345678?pwd=QWxsRm9yT25lQW5kT25lRm9yQWxsMTIzNDU2Nzg5MA.1#success-of-all-of-us"
NAMES = {
    "update memberships set name = %s, email = right(id::text, 8) || %s where chapter_id = %s": (
        HILL,
        f"@{VILLAGE.lower()}.example",
    ),
    "update invitations set email = %s where chapter_id = %s": (f"eve@{VILLAGE.lower()}.example",),
    "update chapters set name = %s, campaign_name = %s where id = %s": (VILLAGE, HILL),
}
LONG_TEXTS = {"place": LINK, "reason": f"{LINK} {HILL}", "narrative": LINK, "risk": LINK, "what_changed": LINK}


def fill(reporting: Reporting) -> Reporting:
    """Write two approved reports, a corrected entry and one without a head count, and let a report be due."""
    world = reporting.world
    write_texts(reporting)
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
    lengthen(world)
    return reporting


def write_texts(reporting: Reporting) -> None:
    """Store a text of every kind in Recife."""
    with reporting.inside(reporting.world.recife) as session:
        for act in acts_of(session, reporting.world, "Sample"):
            with suppress(Refused, AlreadyDecided), session.begin_nested():
                act()


def lengthen(world: World) -> None:
    """Replace every text, name and address of Recife and its people with a long word or link."""
    with owner_connection(world.settings, autocommit=True) as owner:
        for name, _attribute, _model in columns():
            table, column = name.split(".")
            if name not in NOT_TYPED and table != "changes":
                template = sql.SQL("update {} set {} = %s where chapter_id = %s and {} <> ''")
                names = [sql.Identifier(part) for part in (table, column, column)]
                owner.execute(template.format(*names), (LONG_TEXTS.get(column, HILL), world.recife.id))
        for statement, values in NAMES.items():
            owner.execute(statement, (*values, world.recife.id))
        owner.execute("update users set name = %s", (HILL,))
