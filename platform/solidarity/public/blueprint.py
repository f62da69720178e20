"""The blueprint of the public pages; each module of views beside this one adds to it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("public", __name__)
