"""The blueprint of the pages about accounts. Every module of views in this package adds to it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
