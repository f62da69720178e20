"""What a view declares about its callers. A view that declares nothing is never served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask

from tenants.people.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """What a view declares about its callers."""

    kind: Literal["public", "signed_in", "link", "requires"]
    permission: Permission | None = None
    reason: str = ""


def public(reason: str) -> Callable[[View], View]:
    """Declare a view open to everybody; the reason is for the reader and for the route matrix."""
    return _declare(Access("public", reason=reason))


def signed_in(reason: str) -> Callable[[View], View]:
    """Declare a view for any signed-in person, about herself alone."""
    return _declare(Access("signed_in", reason=reason))


def link(reason: str) -> Callable[[View], View]:
    """Declare a view reached by a signed link: the view checks the link, then opens the scope the link names."""
    return _declare(Access("link", reason=reason))


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare the permission a view needs: in the chapter of its address, else at the desk."""
    return _declare(Access("requires", permission=permission))


def declared_access(app: Flask, endpoint: str) -> Access | None:
    """Return what an endpoint declares; `app.extensions["access"]` holds it for views that libraries bring."""
    library_access: dict[str, Access] = app.extensions["access"]
    access: Access | None = getattr(app.view_functions.get(endpoint), "access", None)
    return access or library_access.get(endpoint)


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark
