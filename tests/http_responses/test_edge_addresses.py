"""Addresses with years, periods and cursors at the edge of the calendar, and with huge numbers, are pages or 404."""

from __future__ import annotations

from time import process_time

import pytest
from harness.people import World

HUGE = "9" * 5000
ROW = "01980000-0000-7000-8000-000000000000"
DAYS = ["0001-01-01", "9999-12-31", "10000-01-01", HUGE]
NUMBERS = ["0", "1", "0000", "0001", "2000", "2100", "9999", "10000", "-1", "1e999999", "٢٠٢٦", HUGE]
CODES = ["0001-Q1", "2000-Q1", "2099-Q4", "9999-Q4", f"{HUGE}-Q1", "2026-Q5"]
CURSORS = [
    *(f"{day}_{ROW}" for day in DAYS),
    *(f"{day}T00:00:00+00:00_{ROW}" for day in DAYS),
    f"9999-12-31T23:59:59-23:59_{ROW}",
]
ADDRESSES = [
    *(f"/c/recife/targets?year={number}" for number in NUMBERS),
    *(f"/c/recife/targets/participations/{number}" for number in NUMBERS),
    *(f"/c/recife/activities?figure=participations&year={number}" for number in NUMBERS),
    *(f"/c/recife/reports/{code}" for code in CODES),
    *(f"/desk?period={code}" for code in CODES),
    *(f"/desk/figures/participations/world/world/{code}" for code in CODES),
    *(f"/desk/chapters?page={number}&area={number}" for number in NUMBERS),
    *(f"/c/recife/{page}?{way}={cursor}" for page in ("activities", "messages", "history") for cursor in CURSORS
      for way in ("before", "after")),
    "/c/recife/activities?" + "planned=1&" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address[:60])
def test_an_address_at_the_edge_is_answered_soon(world: World, address: str) -> None:
    client = world.browser_of(world.dana if address.startswith("/desk") else world.alice)
    begun_at = process_time()
    answer = client.get(address)
    assert answer.status_code in {200, 302, 404}, answer.status
    assert process_time() - begun_at < 2
