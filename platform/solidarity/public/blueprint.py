"""The blueprint of the public pages. Every module of views in this package adds to it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("public", __name__)
