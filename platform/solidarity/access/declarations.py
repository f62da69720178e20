"""Declarations of who may call a view. A view without a declaration is never served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask

from tenants.people.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """Who may call a view."""

    kind: Literal["public", "signed_in", "link", "requires"]
    permission: Permission | None = None
    reason: str = ""


def public(reason: str) -> Callable[[View], View]:
    """Declare a view that needs no sign-in. The reason is for readers of the code and for the route matrix."""
    return _declare(Access("public", reason=reason))


def signed_in(reason: str) -> Callable[[View], View]:
    """Declare a view for any signed-in person that shows only their own data."""
    return _declare(Access("signed_in", reason=reason))


def link(reason: str) -> Callable[[View], View]:
    """Declare a view behind a signed link. The view checks the link, then opens the scope that the link names."""
    return _declare(Access("link", reason=reason))


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare the permission that a view needs: in the chapter of its address, or at the desk if it has none."""
    return _declare(Access("requires", permission=permission))


def declared_access(app: Flask, endpoint: str) -> Access | None:
    """Return the declaration of an endpoint. Those of views in libraries are in `app.extensions["access"]`."""
    library_access: dict[str, Access] = app.extensions["access"]
    access: Access | None = getattr(app.view_functions.get(endpoint), "access", None)
    return access or library_access.get(endpoint)


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark
