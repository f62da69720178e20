"""Real services, a migrated template, a clone a test.

The xdist controller starts PostgreSQL, Valkey and a mail sink once, and migrates the database that every test's own
is cloned from. The fixtures are in the modules of `harness` that are named below.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
import structlog
from argon2 import PasswordHasher

from solidarity.database.migrate import migrate
from solidarity.settings import Settings
from tenants.people import passwords

# In this order, none is imported by another before pytest has prepared its assertions.
pytest_plugins = [
    "harness.bare_apps",
    "harness.mail_sink",
    "harness.mail_server",
    "harness.databases",
    "harness.browser.contexts",
    "harness.deliveries",
]

# What takes long begins first, so that no process waits for it at the end.
LONG = (
    "tests/storm/",
    "tests/pages/test_pages_in_browser.py",
    "tests/pages/test_refusals_in_browser.py",
    "tests/embedded/test_up.py",
    "tests/isolation/database/test_mutations.py",
    "tests/faults/",
    "tests/end_to_end/",
    "tests/background_tasks/",
)


def pytest_configure(config: pytest.Config) -> None:
    """Start the services in the controller; workers find them in the environment."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # every test signs somebody in
    # The default prints the locals of each frame, which may ask a database that a test has stopped.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    from harness.services import running_services

    stack = ExitStack()
    config.add_cleanup(stack.close)
    services = stack.enter_context(running_services())
    os.environ.update(services.environment, SUPERUSER_URL=services.superuser_url, SERVICES_DIR=str(services.folder))
    migrate(Settings())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long ones first, after the order was shuffled; every process does so alike."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests have recorded, such as how many mutations were found."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "figure":
                    terminalreporter.write_line(str(value))


@pytest.fixture(scope="session")
def superuser_url() -> str:
    """The server's superuser, for what only an administrator may do."""
    return os.environ["SUPERUSER_URL"]


@pytest.fixture(scope="session")
def services_dir() -> Path:
    """Where the services of this run keep their files; the sink's mails are in `mail`."""
    return Path(os.environ["SERVICES_DIR"])
