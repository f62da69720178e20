"""Settings and error messages of all commands."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, OperationalError

from solidarity.embedded.environment import adopt
from solidarity.embedded.errors import StartError
from solidarity.logs import configure_logging
from solidarity.settings import Settings
from tenants.errors import SolidarityError


class PlainGroup(click.Group):
    """A group whose commands print a message instead of a traceback for expected errors."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. An expected error becomes a message and exit code 1."""
        try:
            return super().invoke(ctx)
        except (StartError, SolidarityError) as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(
                f"The database cannot be used: {reason} `solidarity doctor` tells more."
            ) from error


def load_settings(var: Path) -> Settings:
    """Read the settings from the environment, or those that `up` uses in `var`, and configure the log by them.

    Only warnings are logged, because commands print their output. Raises ClickException with one sentence for each
    setting that is missing or wrong.
    """
    adopt(var)
    try:
        settings = Settings()
        settings.database("owner")
    except ValidationError as error:
        raise click.ClickException("\n".join(_in_words(problem) for problem in error.errors())) from error
    except ArgumentError as error:
        raise click.ClickException(
            "DATABASE_URL is not an address like postgresql://user:password@host/name."
        ) from error
    except OSError as error:
        raise click.ClickException(f"A setting's file cannot be read: {error.filename}: {error.strerror}.") from error
    configure_logging(settings.log_format, level=logging.WARNING)
    return settings


def _in_words(problem: Any) -> str:
    """Describe the problem of one setting, without its value, which may be secret."""
    name = "_".join(str(part) for part in problem["loc"]).upper() or "A setting"
    if problem["type"] == "missing":
        return f"{name} is not set. Set it, or run `solidarity up`, which makes all settings itself."
    return f"{name} is wrong: {problem['msg'].removeprefix('Value error, ')}"
