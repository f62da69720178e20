"""Loading exchange rates from the command line, with the owner's login: only it may write them."""

from __future__ import annotations

from pathlib import Path

from solidarity.database.engines import unpooled_engine
from solidarity.settings import Settings
from tenants.action_kit.funding.rates import WrongRates, load_rates


def load_file(settings: Settings, file: Path) -> int:
    """Store all rates of a CSV file in UTF-8, or none, and return their number. Raises WrongRates for a wrong file."""
    try:
        lines = file.read_text("utf-8-sig").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongRates(f"{file} cannot be read as UTF-8 text.") from error
    with unpooled_engine(settings, "owner").begin() as owner:
        return load_rates(owner, lines)
