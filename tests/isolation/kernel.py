"""A Flask application that has only the product's sessions and engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from harness.databases import disconnect

from solidarity.database.engines import LOGINS
from solidarity.settings import Settings
from tenants.db import db


@contextmanager
def kernel(settings: Settings, *, pool_size: int = 2) -> Iterator[Flask]:
    """Yield the application, inside its context.

    Each login may hold `pool_size` connections. A request for one more waits, and fails after two seconds.
    """
    app = Flask("kernel")
    app.config["SQLALCHEMY_BINDS"] = {
        login: {"url": settings.database(login), "pool_size": pool_size, "max_overflow": 0, "pool_timeout": 2}
        for login in LOGINS
    }
    db.init_app(app)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            disconnect(app)
