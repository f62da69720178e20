"""The command line `solidarity`: its main commands."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from solidarity.cli.groups import explain, rates, user
from solidarity.cli.mail import bounce, remind
from solidarity.cli.options import PlainGroup, load_settings
from solidarity.embedded import commands


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
@click.option("--threads", type=click.IntRange(1, 64), default=16, show_default=True, help="Threads in each process.")
@click.pass_obj
def web(var: Path, host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages (gunicorn)."""
    load_settings(var)
    _become(commands.web(host=host, port=port, workers=workers, threads=threads))


@main.command()
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Tasks at a time.")
@click.pass_obj
def worker(var: Path, concurrency: int) -> None:
    """Run background tasks: reminders, mail, figures (Celery worker)."""
    load_settings(var)
    _become(commands.worker(concurrency=concurrency))


@main.command()
@click.option("--schedule", type=click.Path(path_type=Path), help="File that remembers when it last rang.")
@click.pass_obj
def beat(var: Path, schedule: Path | None) -> None:
    """Enqueue scheduled tasks (Celery beat). One process is enough; two do no harm."""
    load_settings(var)
    _become(commands.beat(schedule=schedule or var / "beat-schedule"))


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=1025, show_default=True, help="Port to listen on.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where mails are stored.  [default: mail in --var]")
@click.pass_obj
def sink(var: Path, port: int, folder: Path | None) -> None:
    """Accept every mail by SMTP and store it as a file; nothing leaves the machine."""
    _become(commands.sink(folder=folder or var / "mail", port=port))


@main.command()
@click.pass_obj
def migrate(var: Path) -> None:
    """Create the logins and upgrade the database to the schema of this version."""
    from solidarity.database.migrate import migrate as bring_to_head

    bring_to_head(load_settings(var))
    click.echo("The database is up to date.")


@main.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day the demonstration takes for today.")
@click.option("--chapters", type=click.IntRange(min=3), help="How many of the invented chapters.  [default: all]")
@click.pass_obj
def demo(var: Path, on: datetime | None, chapters: int | None) -> None:
    """Simulate a year of invented chapters, and print the accounts for signing in.

    An interrupted run is completed. Existing chapters stay unchanged.
    """
    from solidarity.demonstration import simulate

    day = on.date() if on else None
    for person, email, password in simulate(load_settings(var), day, chapters=chapters, tell=click.echo):
        click.echo(f"{person}: {email} / {password}")


@main.command(hidden=True)
@click.option("--sign-ins", type=click.Path(path_type=Path), required=True)
@click.pass_obj
def prepare(var: Path, sign_ins: Path) -> None:
    """Migrate, fill an empty database with the demonstration, and store its sign-ins (used by `up`)."""
    from solidarity.embedded.preparing import prepare as make_ready

    make_ready(load_settings(var), sign_ins, click.echo)


@main.command("compile")
@click.option("--full", is_flag=True, help="Recompute every figure from the approved reports.")
@click.option("--check", is_flag=True, help="Recompute every figure, compare, and change none; exit 1 if any differs.")
@click.pass_context
def compile_figures(context: click.Context, full: bool, check: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Sum approved reports into figures: those that have changed, as the worker does by itself."""
    from solidarity.cli import compiling

    if full and check:
        raise click.UsageError("--full recomputes the figures and --check compares them: choose one of the two.")
    settings = load_settings(context.obj)
    if not check:
        click.echo(compiling.compile_everything(settings) if full else compiling.compile_waiting(settings))
        return
    result = compiling.check_everything(settings)
    for line in compiling.check_lines(result):
        click.echo(line)
    context.exit(1 if result else 0)


@main.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Check settings, database, logins, broker, mail and processes, and explain what is wrong."""
    from solidarity.cli.doctor import examine

    results = list(examine(load_settings(context.obj)))
    for result in results:
        click.echo(f"{'ok   ' if result.well else 'WRONG'}  {result.subject}: {result.words}")
    wrong = sum(not result.well for result in results)
    click.echo(f"\n{len(results)} things looked at, {wrong} wrong." if wrong else "\nAll is well.")
    context.exit(1 if wrong else 0)


@main.command()
@click.argument("part", type=click.Choice(["database", "walls", "broker", "worker", "beat"]))
@click.option("--at", default="http://127.0.0.1:8000", show_default=True, help="Where the web is.")
@click.pass_context
def health(context: click.Context, part: str, at: str) -> None:
    """Ask a running web process whether PART works; exit 1 if it does not (for health checks)."""
    from solidarity.embedded.health import ask

    report = ask(at)
    state = "the web does not answer" if report is None else report.parts.get(part, "not reported")
    click.echo(f"{part}: {state}")
    context.exit(0 if state == "ok" else 1)


for command in (bounce, explain, rates, remind, user):
    main.add_command(command)


def _become(command: list[str]) -> NoReturn:
    """Replace this process by the command, so that signals reach it directly."""
    os.execv(command[0], command)  # noqa: S606 - a program of ours


if __name__ == "__main__":
    main()
