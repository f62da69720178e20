"""The blueprint that the pages about a person hang on; their endpoints are `accounts.<view>`."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("accounts", __name__)
