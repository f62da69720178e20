"""Keyboard navigation: a test presses keys and reads which control has the focus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

ENOUGH = 150  # more controls than any page has before the wanted one
# Returns the focused control and how it is shown, or null if the focus has left the page.
FOCUS_SCRIPT = """(named) => {
    const e = document.activeElement;
    if (!e || e === document.body || e === document.documentElement) return null;
    const shown = e.matches("[type=radio], [type=checkbox]") && e.labels[0] ? e.labels[0] : e;
    const box = shown.getBoundingClientRect();
    const rings = [e, e.nextElementSibling, ...(e.labels ?? [])].filter(Boolean).map((part) => getComputedStyle(part));
    const isRinged = rings.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
    const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
    const over = document.elementFromPoint(x, box.y + Math.min(box.height / 2, 40));
    const bar = over?.closest(".bottombar, .savebar, .lost");
    const seen = (window.passed ??= []);
    const last = seen.at(-1);
    // Where the sheet turns a row around, the focus goes as the eye does (reading-flow).
    const turned = e.closest(".due-a");
    const isBeside = Boolean(last && turned?.contains(last)) && box.x > last.getBoundingClientRect().x;
    const isLater = !last || isBeside || Boolean(last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (named === "pass") seen.push(e);
    return {
        name: (e.ariaLabel || [...(e.labels ?? [])].map((l) => l.textContent).join(" ") || e.textContent || "")
            .replace(/\\s+/g, " ").trim(),
        mark: e.outerHTML.replace(/\\s+/g, " ").slice(0, 100),
        isRinged, isLater,
        isHidden: Boolean(bar && !bar.contains(e)) || box.bottom < 0 || box.top > innerHeight || box.width < 1,
    };
}"""


@dataclass(frozen=True)
class Keyboard:
    """The keyboard of one page."""

    page: Page

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def focused(self, purpose: str = "look") -> dict[str, Any] | None:
        """Return the focused control and how it is shown, or None if none has the focus."""
        focus: dict[str, Any] | None = self.page.evaluate(FOCUS_SCRIPT, purpose)
        return focus

    def tab_to(self, name: str) -> None:
        """Press Tab until a control has the focus whose name begins with `name`."""
        names = list[str]()
        for _ in range(ENOUGH):
            self.press("Tab")
            focus = self.focused()
            if focus is not None and focus["name"].startswith(name):
                return
            names.append(focus["name"] if focus else "(nothing)")
        raise AssertionError(f"no way by keyboard to “{name}”; passed: {names}")

    def write(self, text: str) -> None:
        """Type `text`."""
        self.page.keyboard.type(text)

    def enter(self) -> None:
        """Press Enter, and wait until the next page is loaded."""
        self.press("Enter")
        self.page.wait_for_load_state("load")
