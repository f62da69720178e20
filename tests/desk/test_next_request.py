"""After a decision, the reader is led to the next request that waits for them, or back to the list."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from funding.money import DAY, FUNDING, Money
from harness.people import World, post
from harness.reporting import LAST, Reporting

REPORT = f"reports/{LAST.code}"


def flash(client: FlaskClient, address: str) -> tuple[str, str]:
    """Return the text of the flash on a page, and the URL of its link."""
    match = re.search(r'<div class="flash".*?<span>(.*?)</span>', client.get(address).text, re.DOTALL)
    assert match is not None
    link = re.search(r'href="([^"]+)"', match[1])
    assert link is not None
    return re.sub(r"<[^>]+>", "", match[1]).replace("\xa0", " "), link[1]


def test_dana_approves_one_report_after_the_other(world: World) -> None:
    reporting = Reporting(world)
    for place in (world.recife, world.huye):
        reporting.log(place, None)
        reporting.send(place)
    dana = world.browser_of(world.dana)
    answer = post(dana, f"/c/recife/{REPORT}/approval", form="/c/recife/people", number="1")
    assert answer.location == f"/c/recife/{REPORT}"
    text, url = flash(dana, answer.location)
    assert text == "Approved and locked. Next: Report, October to December 2025, HeForShe Huye"
    assert url == f"/c/huye/{REPORT}"
    answer = post(dana, f"{url}/return", reason="Nothing is counted.", number="1")
    text, url = flash(dana, answer.location)
    assert text.endswith("Nothing else is waiting for you. Back to: Approvals")
    assert url == "/desk/approvals"


def test_frida_decides_on_one_expense_after_the_other(world: World) -> None:
    money = Money(world)
    frida = world.browser_of(money.second())
    first, second = money.spend(1_000, what="Bus <hire>"), money.spend(2_000, what="Sound & light")
    page = frida.get(f"{FUNDING}/transactions/{first}").text
    assert "Bus &lt;hire&gt;" in page
    assert "BRL\xa010" in page
    assert "Alice" in page
    assert "Yes, approve" in page
    answer = post(frida, f"{FUNDING}/transactions/{first}/approval", form=FUNDING)
    text, url = flash(frida, answer.location)
    assert "Next: Review the expense “Sound &amp; light”" in text
    assert url == f"{FUNDING}/transactions/{second}"
    answer = post(frida, f"{url}/refusal", reason="No receipt")
    assert answer.location == url
    text, url = flash(frida, answer.location)
    assert "Nothing else is waiting for you." in text
    assert url == "/c/recife/"


def test_frida_is_not_led_to_her_own_request(world: World) -> None:
    money = Money(world)
    frida = money.second()
    browser = world.browser_of(frida)
    fields = {"kind": "expense", "side": str(money.line), "what": "Food", "amount": "4", "currency": "BRL"}
    post(browser, f"{FUNDING}/transactions/new", **fields, dated_on=DAY.isoformat())
    expense = money.spend(1_000, what="By Alice")
    answer = post(browser, f"{FUNDING}/transactions/{expense}/approval", form=FUNDING)
    assert "Nothing else is waiting for you." in flash(browser, answer.location)[0]
