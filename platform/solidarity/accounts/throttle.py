"""The throttle of sign-ins and reset mail, as pages use it (tenants/people/throttle.py)."""

from __future__ import annotations

from math import ceil
from typing import Any

import structlog
from flask import current_app, make_response, render_template, request
from flask_babel import ngettext
from werkzeug.wrappers import Response

from solidarity.settings import Settings
from tenants import clock
from tenants.db import opened
from tenants.people.throttle import Keys, TooManyTries, count_attempt, keys_for
from tenants.scope import NobodyScope

SIGN_IN = "sign-in"
MAIL = "mail"
ADDRESS = "address"

log = structlog.get_logger(__name__)


def keys_of(account: str, *, purpose: str = SIGN_IN) -> Keys:
    """Return the keys that an attempt of this request on `account` counts against."""
    settings: Settings = current_app.extensions["settings"]
    secret_key = settings.secret_key.get_secret_value()
    return keys_for(secret_key, purpose=purpose, account=account, address=request.remote_addr)


def count(keys: Keys) -> None:
    """Count an attempt and commit it, even if the request fails. Raises TooManyTries while throttled."""
    with opened(NobodyScope()) as session:
        count_attempt(session, keys, clock.now())


def please_wait(template: str, error: TooManyTries, **context: Any) -> Response:
    """Answer 429 with the page and the time to wait."""
    log.warning("sign_in.braked", seconds=ceil(error.wait.total_seconds()), endpoint=request.endpoint)
    answer = make_response(render_template(template, wait=_in_words(error), **context), 429)
    answer.headers["Retry-After"] = str(ceil(error.wait.total_seconds()))
    return answer


def _in_words(error: TooManyTries) -> str:
    seconds = ceil(error.wait.total_seconds())
    if seconds <= 90:
        return str(ngettext("%(num)s second", "%(num)s seconds", seconds))
    return str(ngettext("%(num)s minute", "%(num)s minutes", ceil(seconds / 60)))
