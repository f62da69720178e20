"""Parsers for the figures on the pages of the desk."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from flask.testing import FlaskClient

from tenants.action_kit.cells import AgeBand, Sex

WOMEN, MEN = (Sex.WOMEN, AgeBand.FROM_18_TO_24), (Sex.MEN, AgeBand.FROM_25_TO_59)
PARTICIPATIONS = "/desk/figures/participations/2025-Q4"


class Table(HTMLParser):
    """The rows of a table of a page as text, found by its caption. The last row is its foot.

    A last column of bars, which has no text, is left out.
    """

    def __init__(self, page: str, caption: str = "What makes up this figure") -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self._in_cell = False
        start = page.index(f"{caption}</caption>")
        self.feed(page[start : page.index("</table>", start)])
        if self.rows[0][-1] == "Share":
            self.rows = [row[:-1] for row in self.rows]

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True
        elif tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data):
        if self._in_cell:
            self.rows[-1][-1] += data.strip()

    def numbers(self) -> list[int]:
        """Return the numbers of the last column, without head and foot; other text is skipped."""
        return [int(row[-1].replace(",", "")) for row in self.rows[1:-1] if row[-1].replace(",", "").isdigit()]

    @property
    def foot(self) -> str:
        return self.rows[-1][-1]


def read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return answer.get_data(as_text=True)


def heading(page: str) -> str:
    match = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert match
    return re.sub(r"<[^>]+>", "", match.group(1)).strip()


def words(page: str) -> str:
    """Return the text of a page's main part, without tags."""
    text = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
    return re.sub(r"\s+", " ", html.unescape(text))


def card(page: str, title: str) -> str:
    """Return the text of the card of one indicator on the first page."""
    match = re.search(rf'<div class="fig"><[^/]*class="fig-label">{title} .*?</div>', page, re.DOTALL)
    assert match, title
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", match.group()))


def periods_of(page: str) -> dict[str, str]:
    """Return the values on a figure's page by period: name -> value. The year to date is included."""
    heads, values = Table(page, "The same figure in other periods").rows[:2]
    year = re.search(r"(\d{4} up to this period:) <b[^>]*><bdi>(.*?)</bdi>", page)
    assert year
    return {**dict(zip(heads[1:], values[1:], strict=True)), year.group(1): year.group(2)}
