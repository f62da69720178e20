"""The blueprint of the pages about a person; each module of views beside this one adds to it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
