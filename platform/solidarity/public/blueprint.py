"""The blueprint of the public pages; each module beside this one adds its views."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("public", __name__)
