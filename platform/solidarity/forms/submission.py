"""Handle a submitted form or a pressed button. Every page that changes something uses these functions.

A form::

    form = ItemForm()
    page = partial(render_template, "launch/item.html", form=form)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        services.add_item(db.session(), **actor_now(), title=text_of(form.title))
    return finish(_("Added to the checklist."), url_for(".show", chapter=chapter))

A button::

    step_url = url_for(".show", chapter=chapter)
    with one_click(step_url):
        services.approve_expense(db.session(), **actor_now(), transaction_id=transaction_id)
    return finish(_("Approved. It counts now."), step_url)

A form that creates something is a `KeyedForm`. Sent again, it leads to the same page and creates nothing more.

A refusal ends the request inside the `with` block, and nothing is committed. error_pages handles `AlreadyDecided` and
`ChapterClosed` for all pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from flask import abort, make_response, redirect, request
from werkzeug.wrappers import Response

from solidarity.access.binding import signed_in_person
from solidarity.forms.base import ServiceForm
from solidarity.forms.form_keys import KeyedForm, answer_repeated, keep_location
from solidarity.forms.problems import warn_of
from solidarity.forms.undo_flash import flash_done
from solidarity.http.unsaved_input import RESTORE_FIELD
from tenants import clock
from tenants.errors import Refused, VersionConflict

Answer = str | Response | tuple[str, int]
"""The return type of a view with a form."""


class ActorNow(TypedDict):
    """The actor and the time, as arguments of services."""

    actor_id: UUID
    at: datetime


def actor_now() -> ActorNow:
    """Return the signed-in person and the current time."""
    return {"actor_id": signed_in_person().user_id, "at": clock.now()}


@contextmanager
def submission(
    form: ServiceForm,
    page: Callable[..., str],
    *,
    conflict: Callable[[], object] | None = None,
    changed: Callable[[], Answer] | None = None,
) -> Iterator[None]:
    """Check `form`, then run the block. If either fails, answer 422 with `page()`, which keeps what was typed.

    A form that is only filled in again, with the field `restored`, is shown and not run (http/unsaved_input.py).

    `conflict` is for a form with a field `seen`. If another person saved first, the answer is 409 with
    `page(conflict=conflict())`: both texts, and a form that replaces what was saved if it is sent again.

    `changed` answers a keyed form that was saved before with other values. Without it, the form is shown again.
    """
    if RESTORE_FIELD in request.form:
        abort(make_response(page()))
    if isinstance(form, KeyedForm):
        answer_repeated(form, changed or page)
    if form.validate():
        try:
            with form.show_refusals():
                yield
                return
        except VersionConflict as first:
            if conflict is None:
                raise
            form["seen"].data = str(first.current)
            abort(make_response(page(conflict=conflict()), 409))
    abort(make_response(page(), 422))


@contextmanager
def one_click(to: str, *, field_name: str | None = None) -> Iterator[None]:
    """Run the block. If it is refused, redirect to `to` and show the reason there.

    With `field_name`, this handles only refusals that name that field; others are raised again.
    """
    try:
        yield
    except Refused as error:
        if field_name is not None and field_name not in error.errors:
            raise
        warn_of(error)
        abort(redirect(to))


def finish(words: str, to: str) -> Response:
    """Flash `words`, with an Undo button if the change can be undone, and redirect to `to`."""
    keep_location(to)
    flash_done(str(words))
    return redirect(to)
