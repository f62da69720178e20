"""Forms that create something: each has a key, made with its page, and is saved once however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, NoReturn
from urllib.parse import urlencode
from uuid import UUID

from flask import abort, flash, g, make_response, redirect, request
from flask_babel import gettext as _
from wtforms import Form, HiddenField

from tenants import clock
from tenants.db import db, new_id
from tenants.form_keys import FormKey, use_form_key

NOT_CONTENT = frozenset({"csrf_token", "form_key"})


class FormWithKey(Form):
    """A form with an idempotency key, made with the page, so that the same page sent twice is saved once."""

    form_key = HiddenField(default=lambda: str(new_id()))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields. Our pages always send a key, so anything else is answered with 400."""
        self.key()
        return bool(super().validate(extra_validators))

    def key(self) -> UUID:
        """Return the key; 400 for anything but a key."""
        try:
            return UUID(self.form_key.data or "")
        except ValueError:
            abort(400)


class KeyedForm(FormWithKey):
    """A form that creates something in the chapter of its request."""


def answer_repeated(form: KeyedForm, changed: Callable[[], Any]) -> None:
    """Use the key of `form`. If it was used before, end the request with the page that the first answer led to.

    If the values differ from those that were saved, end it with 409 and `changed()`. The form gets a new key, so that
    the person can save it as a second entry.
    """
    form_key, is_new = use_form_key(db.session(), form_key=form.key(), digest=form_digest(), at=clock.now())
    if is_new:
        g.form_key = form_key
        return
    answer_used(form, form_key, changed, location=form_key.location or request.path)


def answer_used(form: FormWithKey, form_key: FormKey, changed: Callable[[], Any], *, location: str) -> NoReturn:
    """End the request of a form whose key was used before, as `answer_repeated` does."""
    if form_key.digest == form_digest():
        flash(_("This was already saved. It counts only once."))
        abort(redirect(location))
    form.form_key.data = str(new_id())
    form.form_errors = [
        *form.form_errors,
        _("This form was already saved, with other values. Look at what was saved. To add a second entry, save again."),
    ]
    abort(make_response(changed(), 409))


def keep_location(location: str) -> None:
    """Store where the answer to the form of this request leads, if it has a key."""
    form_key: FormKey | None = g.pop("form_key", None)
    if form_key is not None:
        form_key.location = location


def form_digest() -> str:
    """Return a digest of the address and the fields that were sent."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_CONTENT]
    return sha256(f"{request.full_path} {urlencode(sorted(fields))}".encode()).hexdigest()
