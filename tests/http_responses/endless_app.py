"""The product with a page that computes for ever and one that asks the database, for tests of deadlines."""

from __future__ import annotations

from typing import NoReturn

from sqlalchemy import text

from solidarity.access.declarations import public
from solidarity.app import create_app
from solidarity.settings import Settings
from tenants.db import opened
from tenants.scope import NobodyScope

app = create_app(Settings())


@app.get("/endless")
@public("a page for tests")
def compute_for_ever() -> NoReturn:
    while True:
        sum(range(1000))


@app.get("/database")
@public("a page for tests")
def ask_database() -> str:
    with opened(NobodyScope()) as session:
        return str(session.scalar(text("select 1")))
