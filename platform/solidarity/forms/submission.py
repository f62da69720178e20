"""Do what a form or a button asks, and answer. Every page that changes something does it this way.

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

What cannot be done ends the request inside the `with` block, and nothing of it is committed. `AlreadyDecided` and
`ChapterClosed` are answered for all pages in error_pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from flask import abort, make_response, redirect
from werkzeug.wrappers import Response

from solidarity.access.binding import signed_in_person
from solidarity.forms.base import ServiceForm
from solidarity.forms.problems import warn_of
from solidarity.forms.undo_flash import flash_done
from tenants import clock
from tenants.errors import Refused, VersionConflict

Answer = str | Response | tuple[str, int]
"""What a view with a form returns."""


class ActorNow(TypedDict):
    """Who acts and when, as services take it."""

    actor_id: UUID
    at: datetime


def actor_now() -> ActorNow:
    """Return the signed-in person and this moment."""
    return {"actor_id": signed_in_person().user_id, "at": clock.now()}


@contextmanager
def submission(
    form: ServiceForm, page: Callable[..., str], *, conflict: Callable[[], object] | None = None
) -> Iterator[None]:
    """Check `form`, then run the block; where either is refused, answer `page()` with the form as it was typed, 422.

    `conflict` is for a form with a field `seen`. Where somebody else saved first the answer is
    `page(conflict=conflict())`, 409: both texts, and a form that can be sent again over what was saved.
    """
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
    """Run the block; where it is refused, say why on the page `to`.

    With `only` just what is refused about that field is said there; the rest is passed on.
    """
    try:
        yield
    except Refused as error:
        if field_name is not None and field_name not in error.errors:
            raise
        warn_of(error)
        abort(redirect(to))


def finish(words: str, to: str) -> Response:
    """Say what was done, with Undo where that can be undone, and lead to the page `to`."""
    flash_done(str(words))
    return redirect(to)
