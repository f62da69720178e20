"""The command line: `solidarity up` and everything one needs beside it."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, OperationalError

from solidarity.embedded import commands
from solidarity.embedded.environment import adopt
from solidarity.embedded.errors import StartError
from solidarity.settings import Settings
from tenants.errors import SolidarityError
from tenants.people.permissions import DeskRole


class PlainGroup(click.Group):
    """Commands that end with a plain sentence for what is wrong, never with a traceback for what we foresaw."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what we foresaw becomes a message and exit code 1."""
        try:
            return super().invoke(ctx)
        except (StartError, SolidarityError) as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(
                f"The database cannot be used: {reason} `solidarity doctor` tells more."
            ) from error


@click.group(cls=PlainGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--var",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var"),
    envvar="SOLIDARITY_VAR",
    show_default=True,
    help="Folder of a Solidarity that runs by `up`: its data, secrets, mail and logs.",
)
@click.pass_context
def main(context: click.Context, var: Path) -> None:
    """Solidarity, the chapter platform of the HeForShe solidarity movement.

    Settings come from the environment (docs/operating.md lists them). Where DATABASE_URL is not set, the
    other commands talk to the Solidarity that `up` runs in this folder.
    """
    context.obj = var


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port of the web pages.")
@click.option("--end-with-parent", is_flag=True, help="Stop when the process that started this one ends.")
@click.pass_obj
def up(var: Path, port: int, end_with_parent: bool) -> None:  # noqa: FBT001 - click passes flags by position
    """Run everything on this machine until Ctrl-C.

    PostgreSQL, Valkey and a mail sink are started too, unless DATABASE_URL, REDIS_URL or SMTP_URL name others. The
    first start fills the empty database with demonstration chapters. Only this machine can open the pages.
    """
    from solidarity.embedded.up import up as run

    run(var, port, click.echo, with_parent=end_with_parent)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Threads in each process.")
@click.pass_obj
def web(var: Path, host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages (gunicorn)."""
    load_settings(var)
    _become(commands.web(host=host, port=port, workers=workers, threads=threads))


@main.command()
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Tasks at a time.")
@click.pass_obj
def worker(var: Path, concurrency: int) -> None:
    """Do what must happen without being asked: reminders, roll-ups (Celery worker)."""
    load_settings(var)
    _become(commands.worker(concurrency=concurrency))


@main.command()
@click.option("--schedule", type=click.Path(path_type=Path), help="File that remembers when it last rang.")
@click.pass_obj
def beat(var: Path, schedule: Path | None) -> None:
    """Ring at the times of the timetable (Celery beat). One is enough; two do no harm."""
    load_settings(var)
    _become(commands.beat(schedule=schedule or var / "beat-schedule"))


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=1025, show_default=True, help="Port to listen on.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where mails are stored.  [default: mail in --var]")
@click.pass_obj
def sink(var: Path, port: int, folder: Path | None) -> None:
    """Take every mail by SMTP and store it as a file; nothing leaves the machine."""
    _become(commands.sink(folder=folder or var / "mail", port=port))


@main.command()
@click.pass_obj
def migrate(var: Path) -> None:
    """Create the logins and bring the database to the shape this version expects."""
    from solidarity.migrating import migrate as bring_to_head

    bring_to_head(load_settings(var))
    click.echo("The database is up to date.")


@main.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day the demonstration takes for today.")
@click.option("--chapters", type=click.IntRange(min=3), help="How many of the invented chapters.  [default: all]")
@click.pass_obj
def demo(var: Path, on: datetime | None, chapters: int | None) -> None:
    """Let invented chapters live through a year, and print who can sign in.

    What was interrupted is completed; what is there already stays as it is.
    """
    from solidarity.demonstration import live_through

    day = on.date() if on else None
    for who, email, password in live_through(load_settings(var), day, chapters=chapters, tell=click.echo):
        click.echo(f"{who}: {email} / {password}")


@main.command(hidden=True)
@click.option("--sign-ins", type=click.Path(path_type=Path), required=True)
@click.pass_obj
def prepare(var: Path, sign_ins: Path) -> None:
    """Migrate; fill an empty database with the demonstration and store its sign-ins (used by `up`)."""
    from solidarity.preparing import prepare as make_ready

    make_ready(load_settings(var), sign_ins, click.echo)


@main.command("compile")
@click.option("--full", is_flag=True, help="Recompute every figure from the approved reports.")
@click.option("--check", is_flag=True, help="Recompute every figure, compare, and change none; exit 1 if any differs.")
@click.pass_context
def compile_figures(context: click.Context, full: bool, check: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Sum approved reports into figures: what has changed since, as the worker does by itself."""
    from solidarity import compiling

    if full and check:
        raise click.UsageError("--full recomputes the figures and --check compares them: choose one of the two.")
    settings = load_settings(context.obj)
    if not check:
        click.echo(compiling.compile_everything(settings) if full else compiling.compile_waiting(settings))
        return
    found = compiling.check_everything(settings)
    for line in compiling.told(found):
        click.echo(line)
    context.exit(1 if found else 0)


@main.command()
@click.pass_obj
def bounce(var: Path) -> None:
    """Take a mail that came back, as a mail server pipes it in, and mark the address it could not reach.

    Reads one delivery status notification (RFC 3464) from standard input. Anything else is ignored and changes nothing.
    Exits with 75, at which mail servers try again later, while the database is away.
    """
    from solidarity.returned_mail import LARGEST, take

    settings = load_settings(var)
    raw = sys.stdin.buffer.read(LARGEST + 1)
    try:
        click.echo(take(settings, raw))
    except OperationalError:
        click.echo("The database cannot be used at the moment.", err=True)
        sys.exit(os.EX_TEMPFAIL)


@main.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Look at settings, database, logins, broker, mail and processes, and say in words what is wrong."""
    from solidarity.doctor import examine

    findings = list(examine(load_settings(context.obj)))
    for finding in findings:
        click.echo(f"{'ok   ' if finding.well else 'WRONG'}  {finding.subject}: {finding.words}")
    wrong = sum(not finding.well for finding in findings)
    click.echo(f"\n{len(findings)} things looked at, {wrong} wrong." if wrong else "\nAll is well.")
    context.exit(1 if wrong else 0)


@main.command()
@click.argument("part", type=click.Choice(["database", "broker", "worker", "beat"]))
@click.option("--at", default="http://127.0.0.1:8000", show_default=True, help="Where the web is.")
@click.pass_context
def health(context: click.Context, part: str, at: str) -> None:
    """Ask a running web whether PART works; exit 1 when it does not (for health checks)."""
    from solidarity.embedded.health import ask

    found = ask(at)
    state = "the web does not answer" if found is None else found.parts.get(part, "not reported")
    click.echo(f"{part}: {state}")
    context.exit(0 if state == "ok" else 1)


@main.group()
def explain() -> None:
    """Where numbers come from."""


@explain.command("figure")
@click.argument("address", metavar="ID")
@click.pass_context
def explain_figure(context: click.Context, address: str) -> None:
    """Print the figure ID and the rows that it is the sum of; exit 1 if they do not add up to it.

    ID is the figure's address on the desk's pages: participations/2026-Q3/world/world, .../area/americas,
    .../country/BR or .../chapter/recife; a cell such as /women.18_24 may stand at its end.
    """
    from solidarity.explaining import explained
    from tenants.rollups.addresses import UnknownFigure, figure_of

    try:
        lines, adds_up = explained(load_settings(context.obj), figure_of(address))
    except UnknownFigure as error:
        raise click.BadParameter(str(error), param_hint="ID") from error
    for line in lines:
        click.echo(line)
    context.exit(0 if adds_up else 1)


@main.group()
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
    """Give EMAIL a role at UN Women, and print the link at which she chooses her password."""
    from solidarity.desk_accounts import appoint

    settings = load_settings(var)
    link = appoint(
        settings, email=email, name=name or email.partition("@")[0], role=DeskRole(role), countries=countries
    )
    click.echo(f"{email} is {role.replace('_', ' ')} now.")
    if link:
        click.echo(f"She sets her password within three hours at\n{link}\nand later at {settings.base_url}/forgot")


@main.group()
def rates() -> None:
    """Exchange rates, by which amounts are shown in dollars."""


@rates.command("load")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def load(var: Path, file: Path) -> None:
    """Store the rates of FILE, a CSV file with the columns currency, starts_on and per_usd."""
    from solidarity.exchange_rates import load_file

    click.echo(f"{load_file(load_settings(var), file)} rates are stored.")


def load_settings(var: Path) -> Settings:
    """Read the settings from the environment, or those of the Solidarity that runs in `var`.

    Raises ClickException with one sentence for each setting that is missing or wrong.
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
    return settings


def _in_words(problem: Any) -> str:
    """Say what is wrong with one setting, without its value, which may be secret."""
    name = "_".join(str(part) for part in problem["loc"]).upper() or "A setting"
    if problem["type"] == "missing":
        return f"{name} is not set. Set it, or run `solidarity up`, which makes all settings itself."
    return f"{name} is wrong: {problem['msg'].removeprefix('Value error, ')}"


def _become(command: list[str]) -> NoReturn:
    """Turn this process into the command, so that signals reach it directly."""
    os.execv(command[0], command)  # noqa: S606 - a program of ours


if __name__ == "__main__":
    main()
