"""The command line: readable help, and plain messages for errors."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from harness.processes import run_command
from pydantic import SecretStr

from solidarity.cli.doctor import examine
from solidarity.cli.main import main
from solidarity.settings import Settings
from tenants.chapters.codes import ZONES

COMMANDS = ("up", "web", "worker", "beat", "sink", "migrate", "demo", "compile", "remind", "doctor", "health", "user")
KEY = "k" * 40


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with only these settings."""
    plain = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "SOLIDARITY_VAR": "/nonexistent"}
    return run_command(*arguments, environment={**plain, **environment})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert command in result.output
    explanation = result.output.splitlines()[2].strip()
    assert len(explanation) > 20


def test_each_missing_setting_is_one_sentence_and_no_traceback() -> None:
    result = run("migrate")
    assert result.returncode == 1
    assert "DATABASE_URL is not set." in result.stderr
    assert "SECRET_KEY is not set." in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"SECRET_KEY": "hush-hush"}, "SECRET_KEY needs at least 32 characters"),
        ({"DATABASE_URL": "hush-hush"}, "DATABASE_URL is not an address like postgresql://"),
        ({"SECRET_KEY_FILE": "/nonexistent/key"}, "/nonexistent/key: No such file or directory"),
        ({"QUIET_WEEKS": "0"}, "QUIET_WEEKS is wrong"),
        ({"DATABASE_URL": "postgresql://solidarity_owner:hush-hush@127.0.0.1:1/x"}, "The database cannot be used"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_kept_quiet(settings: dict[str, str], sentence: str) -> None:
    result = run("migrate", **{"DATABASE_URL": "postgresql://127.0.0.1:1/x", "SECRET_KEY": KEY, **settings})
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "hush-hush" not in result.stderr
    assert "Traceback" not in result.stderr


def doctored(settings: Settings) -> dict[str, str]:
    """Return the problems that the doctor finds, by subject."""
    return {result.subject: result.words for result in examine(settings) if not result.well}


def test_the_doctor_finds_only_worker_and_beat_missing_in_a_fresh_database(settings: Settings) -> None:
    assert doctored(settings).keys() == {"worker", "beat"}


def test_the_doctor_names_a_wrong_password_and_how_to_mend_it(settings: Settings) -> None:
    wrong = doctored(settings.model_copy(update={"desk_db_password": SecretStr("wrong")}))
    assert "DESK_DB_PASSWORD" in wrong["login solidarity_desk"]


def test_the_doctor_goes_on_when_the_database_is_away(settings: Settings) -> None:
    wrong = doctored(Settings(database_url="postgresql://127.0.0.1:1/x", redis_url="redis://127.0.0.1:1/0"))
    assert wrong.keys() == {"database", "broker"}
    assert "start PostgreSQL" in wrong["database"]


def test_the_doctor_names_the_time_zones_that_the_machine_lacks(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("solidarity.cli.doctor.available_timezones", lambda: ZONES - {"Africa/Kigali"})
    assert doctored(settings)["time zones"].startswith("unknown: Africa/Kigali.")


def test_the_doctor_ends_with_exit_code_1_when_anything_is_wrong(tmp_path: Path) -> None:
    result = run("--var", str(tmp_path), "doctor", DATABASE_URL="postgresql://127.0.0.1:1/x", SECRET_KEY=KEY)
    assert result.returncode == 1
    assert "WRONG  database" in result.stdout
