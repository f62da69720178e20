"""The cases of accounts and of public pages."""

from __future__ import annotations

from collections.abc import Mapping

from isolation.entry_points.cases import ALL_VISITORS, SIGNED_IN, Case
from isolation.entry_points.matrix_world import Reader, Side


def invited(_: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name an invitation by its signed link."""
    return {"token": rows.token}


ACCOUNT_CASES: tuple[Case, ...] = (
    Case("accounts.me", "GET", SIGNED_IN),
    Case("accounts.change_language", "POST", SIGNED_IN, fields=lambda _: {"language": "ar"}, answer=302, writes=True),
    Case("accounts.change_zone", "POST", SIGNED_IN, fields=lambda _: {"zone": "Asia/Tokyo"}, answer=302, writes=True),
    Case("accounts.change_name", "GET", SIGNED_IN),
    Case("accounts.change_name", "POST", SIGNED_IN, fields=lambda _: {"name": "New"}, answer=302, writes=True),
    Case("accounts.change_telephone", "GET", SIGNED_IN),
    Case(
        "accounts.change_telephone",
        "POST",
        SIGNED_IN,
        fields=lambda _: {"telephone": "+250788123456", "shown": "y"},
        answer=302,
        writes=True,
    ),
    Case("accounts.change_address", "GET", SIGNED_IN),
    Case("accounts.change_address", "POST", SIGNED_IN, fields=lambda _: {"email": "", "current": ""}, answer=422),
    Case("accounts.confirm_address", "GET", (), invited, unasked=410),
    Case("accounts.confirm_address", "POST", (), invited, unasked=410),
    Case("accounts.change_password", "GET", SIGNED_IN),
    Case(
        "accounts.change_password", "POST", SIGNED_IN, fields=lambda _: {"current": "wrong", "password": ""}, answer=422
    ),
    Case(
        "accounts.end_one_session",
        "POST",
        (Reader.FOCAL_POINT,),
        lambda at, rows: {"session_id": rows.session},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("accounts.end_other_sessions", "POST", SIGNED_IN, answer=302, writes=True),
    Case("accounts.sign_in", "GET", (Reader.ANONYMOUS,), unasked=302),
    Case("accounts.sign_in", "POST", ALL_VISITORS, fields=lambda _: {"email": "", "password": "x"}, answer=422),
    Case("accounts.sign_out", "POST", ALL_VISITORS, answer=302, writes=True),
    Case("accounts.forgot", "GET", ALL_VISITORS),
    Case("accounts.forgot", "POST", ALL_VISITORS, fields=lambda _: {"email": ""}, answer=422),
    Case("accounts.reset", "GET", (), invited, unasked=410, anonymous=410),
    Case("accounts.reset", "POST", (), invited, unasked=410, anonymous=410),
    Case("accounts.accept_invitation", "GET", ALL_VISITORS, invited, by_link=True),
    Case("accounts.accept_invitation", "POST", ALL_VISITORS, invited, answer=422, by_link=True),
    Case("public.front", "GET", (Reader.ANONYMOUS,), unasked=302),
    Case("public.help", "GET", ALL_VISITORS),
    Case("language.choose", "GET", ALL_VISITORS, lambda at, rows: {"code": "ar"}, answer=303),
    Case("public.gallery", "GET", ALL_VISITORS),
    Case("public.gallery_part", "GET", ALL_VISITORS, lambda at, rows: {"part": "states"}),
    Case("public.outbox", "GET", ALL_VISITORS),
    Case("public.outbox_mail", "GET", (), lambda at, rows: {"name": "20260101-none.eml"}, anonymous=404),
    Case("public.outbox_html", "GET", (), lambda at, rows: {"name": "20260101-none.eml"}, anonymous=404),
)
