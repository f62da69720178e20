"""`solidarity remind`: the mails of a moment, shown or written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from harness.databases import owner_connection
from harness.deliveries import QUIET_SINCE, QUIET_WEEKS, deliveries
from harness.mail_sink import Mailbox
from harness.people import World, onboard, person
from harness.people import join as join_chapter
from harness.processes import environment_of
from isolation import lists
from psycopg import sql

from solidarity.cli.main import main
from tenants import clock
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.models import DeliveryState, MailKind
from tenants.people.permissions import Role
from tenants.reminders.due import process_chapter

MORNING = QUIET_SINCE.isoformat()  # nine o'clock at Recife, two in the afternoon at Huye
Remind = Callable[..., Result]


@pytest.fixture
def remind(world: World, monkeypatch: pytest.MonkeyPatch) -> Remind:
    """Return a function that runs the command over the world."""
    monkeypatch.setattr("solidarity.cli.mail.load_settings", lambda _var: world.settings)
    return lambda *arguments: CliRunner().invoke(main, ["remind", *arguments])


def output_rows(result: Result) -> list[dict[str, Any]]:
    """Return the output rows of the command, one for each mail."""
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def every_row(world: World) -> dict[str, str]:
    """Return a digest of the rows of each table, which any change of a row changes."""
    digest = sql.SQL("select count(*) || md5(string_agg(x::text, ',' order by x::text)) from {} x")
    tables = (*lists.BEHIND_THE_WALL, *lists.LOCAL, *lists.REFERENCE)
    with owner_connection(world.settings) as owner:
        return {table: str(owner.execute(digest.format(sql.Identifier(table))).fetchone()) for table in tables}


def test_a_dry_run_shows_whom_what_goes_to_and_writes_nothing(world: World, remind: Remind) -> None:
    before = every_row(world)
    mails = output_rows(remind("--dry-run", "--at", MORNING))
    assert every_row(world) == before
    assert {mail["chapter"] for mail in mails if mail["mail"] == MailKind.DIGEST} == {"recife", "huye"}
    (recife,) = [mail for mail in mails if mail.get("chapter") == "recife"]
    assert recife["local_day"] == "2026-03-02"
    assert recife["send_at"] == MORNING
    assert recife["language"] == "en"
    assert {"kind", "subject_id", "due_on", "rung", "is_new"} <= set(recife["items"][0])


def test_what_is_written_is_what_a_dry_run_showed_and_the_worker_sends_it(
    world: World, mail_sender: MailSender, remind: Remind, mailbox: Mailbox
) -> None:
    mails = output_rows(remind("--dry-run", "--at", MORNING))
    assert deliveries() == []
    assert output_rows(remind("--at", MORNING)) == mails
    assert output_rows(remind("--at", MORNING)) == [], "the clocks were not moved on"
    assert {str(row.subject_id) for row in deliveries()} == {
        mail["membership_id"] for mail in mails if mail["mail"] == MailKind.DIGEST
    }
    send_waiting(mail_sender, seconds=20)
    assert {row.state for row in deliveries()} == {DeliveryState.SENT}
    assert {"Alice <alice@people.example>", "Charlie <charlie@people.example>"} <= {m["To"] for m in mailbox.mails()}


def test_the_lines_are_what_the_tick_writes(world: World, mail_sender: MailSender, remind: Remind) -> None:
    mails = [mail for mail in output_rows(remind("--dry-run", "--at", MORNING)) if mail["mail"] == MailKind.DIGEST]
    for place in (world.recife, world.huye):
        process_chapter(place.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)
    written_mails = {(str(row.subject_id), str(row.local_day), row.next_at.isoformat()) for row in deliveries()}
    assert {(mail["membership_id"], mail["local_day"], mail["send_at"]) for mail in mails} == written_mails


def test_nobody_is_named(world: World, remind: Remind) -> None:
    output = remind("--dry-run", "--at", MORNING).output
    assert output
    for user in (world.alice, world.bob, world.charlie, world.dana):
        assert user.name not in output
        assert user.email not in output


def test_the_desk_is_told_too(world: World, remind: Remind) -> None:
    monday = QUIET_SINCE.replace(hour=9)
    before = every_row(world)
    (mail,) = [mail for mail in output_rows(remind("--dry-run", "--at", monday.isoformat())) if "user_id" in mail]
    assert every_row(world) == before
    assert mail["mail"] == MailKind.DESK_SUMMARY
    assert mail["user_id"] == str(world.dana.user_id)
    assert mail["items"]
    assert [entry for entry in output_rows(remind("--at", monday.isoformat())) if "user_id" in entry] == [mail]
    with world.app.app_context():
        assert len(deliveries(MailKind.DESK_SUMMARY)) == 1


def test_at_night_and_on_a_day_off_nothing_goes_out(world: World, remind: Remind) -> None:
    assert output_rows(remind("--dry-run", "--at", "2026-03-07T12:00Z")) == [], "a Saturday"
    assert output_rows(remind("--dry-run", "--at", "2026-03-02T23:30Z")) == [], "night at both"
    on_labour_day = output_rows(remind("--dry-run", "--at", "2026-05-01T14:00Z"))
    assert [mail for mail in on_labour_day if "chapter" in mail] == [], "a holiday in Brazil and Rwanda"


def test_a_morning_that_lies_ahead_is_shown_and_not_written(world: World, remind: Remind) -> None:
    ahead = (clock.now() + timedelta(days=200)).replace(hour=14)
    while ahead.isoweekday() > 5 or ahead.day < 8:
        ahead += timedelta(days=1)
    result = remind("--at", ahead.isoformat())
    assert result.exit_code == 2
    assert "add --dry-run" in result.output
    assert isinstance(output_rows(remind("--dry-run", "--at", ahead.isoformat())), list)


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2026-03-02T09:00", "has no zone"),
        ("2026-03-02", "has no zone"),
        ("tomorrow", "is not a moment"),
        ("2026-02-30T09:00Z", "is not a moment"),
        ("9999-12-31T23:59:59Z", "is not between the years"),
        ("0001-01-01T00:00+14:00", "is not between the years"),
    ],
)
def test_what_is_no_moment_is_said_in_a_sentence(remind: Remind, at: str, sentence: str) -> None:
    result = remind("--dry-run", "--at", at)
    assert result.exit_code == 2
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_a_chapter_that_cannot_be_done_is_named_and_the_others_are_shown(world: World, remind: Remind) -> None:
    with owner_connection(world.settings, autocommit=True) as owner:
        owner.execute("alter table chapters drop constraint ck_chapters_zone_known")
        owner.execute("update chapters set zone = 'Nowhere/Atall' where id = %s", (world.recife.id,))
    result = remind("--dry-run", "--at", MORNING)
    assert result.exit_code == 1
    assert f"The digests of chapter {world.recife.id} could not be made" in result.stderr
    assert "huye" in result.stdout
    assert "recife" not in result.stdout


def test_whoever_stops_reading_gets_no_traceback(world: World) -> None:
    with world.app.app_context():
        for number in range(12):
            place = onboard(f"many-{number}", f"Many {number}", "BR", "America/Recife", ["pt"])
            join_chapter(place, person(f"Lead{number}"), Role.FOCAL_POINT)
    command = f"{sys.executable} -P -m solidarity.cli.main remind --dry-run --at {MORNING}"
    result = subprocess.run(
        ["/bin/sh", "-c", f"{command} | head -n 1"],
        env=environment_of(world.settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert json.loads(result.stdout)["mail"] == MailKind.DIGEST
    assert result.stderr == ""


def test_chapters_are_read_some_at_a_time(world: World, remind: Remind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solidarity.cli.reminding.CHAPTERS_AT_A_TIME", 1)
    assert {mail.get("chapter") for mail in output_rows(remind("--dry-run", "--at", MORNING))} >= {"recife", "huye"}
    assert {mail.get("chapter") for mail in output_rows(remind("--at", MORNING))} >= {"recife", "huye"}
