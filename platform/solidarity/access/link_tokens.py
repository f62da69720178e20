"""Tokens of mailed links leave the address at once, so that they stay out of histories, logs and referrers.

The first GET of a rule with `<token>` stores the token in a signed cookie for one address and redirects there. That
address ends with a digest of the token, so that two links can be open in two tabs. It reads and changes no rows: mail
scanners open links too. The view gets the token from the cookie, in the same argument.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, abort, current_app, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

TOKEN = "token"  # noqa: S105  (the name of the argument of a rule)
COOKIE = "link"
LONGEST_TOKEN = 512  # characters; ours have 180 at most, and a cookie holds 4,096
SIGNATURE_SIGN = "."  # in every signed token, and in no digest
KEPT_FOR = timedelta(hours=3)  # as long as a link for a new password works


def init_link_tokens(app: Flask) -> None:
    """Exchange tokens in addresses for cookies. Call it before scopes are bound, which may redirect to the sign-in."""
    app.url_value_preprocessor(_exchange)


def _exchange(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint is None or not values or TOKEN not in values:
        return
    token = values[TOKEN]
    if SIGNATURE_SIGN not in token:
        values[TOKEN] = _stored_token(token) or token
    elif len(token) <= LONGEST_TOKEN and request.method in {"GET", "HEAD"}:
        _redirect_without(token, endpoint, values)


def _redirect_without(token: str, endpoint: str, values: dict[str, Any]) -> None:
    address = url_for(endpoint, **{**values, TOKEN: _digest(token)})
    answer = redirect(address, code=303)
    answer.set_cookie(
        COOKIE,
        _serializer().dumps(token),
        max_age=KEPT_FOR,
        path=address,
        httponly=True,
        samesite="Lax",  # the link in a mail is opened from another site
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    abort(answer)


def _stored_token(digest: str) -> str | None:
    try:
        token = str(_serializer().loads(request.cookies.get(COOKIE, ""), max_age=int(KEPT_FOR.total_seconds())))
    except BadSignature:
        return None
    return token if hmac.compare_digest(_digest(token), digest) else None


def _digest(token: str) -> str:
    """Return what stands for a token in addresses. It is keyed, so that nobody can test a guess."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"solidarity.link " + token.encode(), sha256).hexdigest()[:24]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.config["SECRET_KEY"],
        salt="solidarity.link",
        signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
    )
