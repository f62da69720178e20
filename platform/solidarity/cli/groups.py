"""The command groups for figures, people and exchange rates."""

from __future__ import annotations

from pathlib import Path

import click

from solidarity.cli.options import load_settings
from tenants.people.permissions import DeskRole


@click.group()
def explain() -> None:
    """Explain published figures."""


@explain.command("figure")
@click.argument("address", metavar="ID")
@click.pass_context
def explain_figure(context: click.Context, address: str) -> None:
    """Print the figure ID and the rows that it is the sum of; exit 1 if they do not add up to it.

    ID is the figure's address on the desk's pages: participations/2026-Q3/world/world, .../area/americas,
    .../country/BR or .../chapter/recife; a cell such as /women.18_24 may follow.
    """
    from solidarity.cli.explaining import explained
    from tenants.rollups.addresses import UnknownFigure, figure_of

    try:
        lines, adds_up = explained(load_settings(context.obj), figure_of(address))
    except UnknownFigure as error:
        raise click.BadParameter(str(error), param_hint="ID") from error
    for line in lines:
        click.echo(line)
    context.exit(0 if adds_up else 1)


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("create-desk")
@click.argument("email")
@click.option("--name", help="Her name.  [default: what stands before the @]")
@click.option(
    "--role",
    type=click.Choice([role.value for role in DeskRole]),
    default="facilitator",
    show_default=True,
    help="Her role.",
)
@click.option(
    "--country", "countries", multiple=True, help="Code of a country, such as BR; may be repeated.  [default: all]"
)
@click.pass_obj
def create_desk(var: Path, email: str, name: str | None, role: str, countries: tuple[str, ...]) -> None:
    """Give EMAIL a role at UN Women, and print a link for choosing the password."""
    from solidarity.cli.desk_accounts import appoint

    settings = load_settings(var)
    link = appoint(
        settings, email=email, name=name or email.partition("@")[0], role=DeskRole(role), countries=countries
    )
    click.echo(f"{email} is {role.replace('_', ' ')} now.")
    if link:
        click.echo(f"She sets her password within three hours at\n{link}\nand later at {settings.base_url}/forgot")


@click.group()
def rates() -> None:
    """Exchange rates, by which amounts are shown in dollars."""


@rates.command("load")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def load(var: Path, file: Path) -> None:
    """Store the rates of FILE, a CSV file with the columns currency, starts_on and per_usd."""
    from solidarity.cli.exchange_rates import load_file

    click.echo(f"{load_file(load_settings(var), file)} rates are stored.")
