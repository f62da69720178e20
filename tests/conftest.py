"""Real services, a migrated template database, and a clone of it for each test.

The xdist controller starts PostgreSQL, Valkey and a mail sink once, and migrates the template database. The fixtures
are in the modules of `harness` that are named below.
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

# In this order no module is imported by another before pytest has rewritten its assertions.
pytest_plugins = [
    "harness.bare_apps",
    "harness.mail_sink",
    "harness.mail_server",
    "harness.databases",
    "harness.browser.contexts",
    "harness.deliveries",
]

# Long tests begin first, so that no process waits for them at the end.
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
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # cheap: most tests sign in
    # The default prints the locals of each frame, which may query a database that a test has stopped.
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
    """Move the long tests to the front after the shuffling, in the same way in every process."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests have recorded, such as the number of mutations that were found."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "figure":
                    terminalreporter.write_line(str(value))


@pytest.fixture(scope="session")
def superuser_url() -> str:
    """The URL of the server's superuser, for the work of an administrator."""
    return os.environ["SUPERUSER_URL"]


@pytest.fixture(scope="session")
def services_dir() -> Path:
    """The folder with the files of this run's services; the mails of the sink are in `mail`."""
    return Path(os.environ["SERVICES_DIR"])
