"""The style sheet: both directions, sufficient contrast and small size. Pages are small too."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment
from playwright.sync_api import Browser

from solidarity.assets.folders import BUILD_FOLDER, SHEET
from solidarity.assets.style_sheet import LAYERS, style_files, style_sheet

PRODUCT = Path(__file__).resolve().parents[2] / "platform" / "solidarity"
CSS = re.sub(r"/\*.*?\*/", "", style_sheet(), flags=re.DOTALL)
FIRST_VISIT_BYTES = 75_000
PAGE_BYTES = 15_000
ONE_SIDED = {"padding", "margin", "inset", "border-width"}
PHYSICAL = re.compile(
    r"^(?:(?:min-|max-)?(?:width|height)|(?:padding|margin|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom).*"
    r"|left|right|top|bottom)$"
)

TEXT_PAIRS = [
    "ink/ground",
    "ink-2/ground",
    "ink-3/ground",
    "ink/paper",
    "ink-2/paper",
    "ink-3/paper",
    "ink-2/sunk",
    "ink/line-2",
    "accent/ground",
    "accent/paper",
    "accent-2/ground",
    "on-accent/accent",
    "on-accent/accent-2",
    "done/ground",
    "prog/ground",
    "att/ground",
    "late/ground",
    "ink/done-tint",
    "ink-2/done-tint",
    "done/done-tint",
    "ink/late-tint",
    "ink/accent-tint",
    "prog/prog-tint",
    "ground/done",
    "ground/late",
    "ground/prog",
    "ground/ink",
    "on-att/att-fill",
    "on-bar/bar",
    "on-bar-2/bar",
    "bar-accent/bar",
    "ink/sunk",
]
SHAPE_PAIRS = [
    "field/paper",
    "field/ground",
    "none/ground",
    "none/paper",
    "att/ground",
    "late/late-tint",
    "prog/prog-tint",
    "d3/ground",
    "d4/ground",
    "ink-3/ground",
    "accent/accent-tint",
    "att/sunk",
]
# Each declaration with its selector and the rules around it, as the browser parsed them.
UNDERSTOOD = r"""css => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const text = (style, name) => `${name}: ${style.getPropertyValue(name)} ${style.getPropertyPriority(name)}`;
    const declarations = ({ style }, around) =>
        [...style].map(name => `${around} ${text(style, name)}`.replace(/\s*,\s*/g, ","));
    const read = (rules, around) => [...rules].flatMap(rule => {
        const name = rule.name ?? rule.conditionText ?? rule.nameList?.join() ?? rule.keyText ?? "";
        const inside = `${around} ${rule.constructor.name} ${name}`;
        const selectors = rule.selectorText?.split(", ") ?? [""];
        return [
            ...(rule.style ? selectors.flatMap(selector => declarations(rule, `${inside} ${selector}`)) : [inside]),
            ...read(rule.cssRules ?? [], inside),
        ];
    });
    return read(sheet.cssRules, "");
}"""


def declarations(css: str = CSS) -> list[tuple[str, str]]:
    return re.findall(r"(?:^|[{;])\s*([a-z-]+)\s*:\s*([^;{}]+)", css)


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-fA-F]{3,6})", block))


LIGHT = tokens(CSS[: CSS.index("prefers-color-scheme: dark")])
DARK = LIGHT | tokens(CSS[CSS.index("prefers-color-scheme: dark") : CSS.index("forced-colors: active")])


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = (int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4))
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(pair: str, scheme: dict[str, str]) -> float:
    """Return the contrast ratio of two tokens by the formula of WCAG 2."""
    darker, lighter = sorted(luminance(scheme[name]) for name in pair.split("/"))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_formula_gives_the_known_extremes() -> None:
    scheme = {"black": "#000", "white": "#ffffff", "grey": "#777777"}
    assert contrast("black/white", scheme) == pytest.approx(21)
    assert contrast("grey/white", scheme) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("need", "pairs"), [(4.5, TEXT_PAIRS), (3.0, SHAPE_PAIRS)], ids=["text", "shapes"])
def test_contrast_of_the_tokens(scheme: dict[str, str], need: float, pairs: list[str]) -> None:
    poor = {pair: round(contrast(pair, scheme), 2) for pair in pairs if contrast(pair, scheme) < need}
    assert not poor


def test_no_property_knows_left_from_right() -> None:
    faults = [f"{name}: {value}" for name, value in declarations() if PHYSICAL.match(name)]
    faults += [
        f"{name}: {value}"
        for name, value in declarations()
        if name in {"text-align", "float", "clear", "caption-side"} and re.search(r"left|right", value)
    ]
    for name, value in declarations():
        sides = re.findall(r"(?:[^\s()]|\([^()]*(?:\([^()]*\))*[^()]*\))+", value)
        if name in ONE_SIDED and len(sides) == 4 and sides[1] != sides[3]:
            faults.append(f"{name}: {value}")
    assert not faults


def test_every_file_lies_in_the_layer_of_its_name() -> None:
    layers = {path: path.parent.name if path.parent.name in LAYERS else path.stem for path in style_files()}
    assert set(layers) == set((PRODUCT / "styles").rglob("*.css"))
    stray = [
        path.name
        for path, layer in layers.items()
        if not re.match(rf"(?s)(/\*.*?\*/\s*)?@layer {layer} {{", path.read_text())
    ]
    assert not stray


def test_minifying_changes_nothing(chromium: Browser) -> None:
    minified_css = (BUILD_FOLDER / SHEET).read_text(encoding="utf-8")
    page = chromium.new_page()
    source_rules, minified_rules = page.evaluate(UNDERSTOOD, CSS), page.evaluate(UNDERSTOOD, minified_css)
    page.close()
    assert len(source_rules) > 1000
    assert minified_rules == source_rules
    # Declarations that this browser does not support are kept for other browsers.
    assert {name for name, _ in declarations(minified_css)} == {name for name, _ in declarations()}


def test_every_token_is_defined_and_used_and_nothing_shouts() -> None:
    defined = set(re.findall(r"(--[\w-]+)\s*:", CSS))
    used_tokens = set(re.findall(r"var\((--[\w-]+)", CSS))
    assert not used_tokens - defined - {"--cols", "--focus"}
    assert "!important" not in CSS


def test_first_visit_and_later_pages_are_light(bare_app: Flask) -> None:
    """The plainest shell. Other tests measure the pages of the application."""
    client = bare_app.test_client()
    page = client.get("/nowhere", headers={"Accept-Language": "ar"}).data
    first = [page, (BUILD_FOLDER / SHEET).read_bytes(), (PRODUCT / "static" / "favicon.svg").read_bytes()]
    assert len(gzip.compress(page)) < PAGE_BYTES
    assert sum(len(gzip.compress(part)) for part in first) < FIRST_VISIT_BYTES


def test_every_class_of_the_templates_has_a_rule() -> None:
    """A class without a rule is a typing error or a missing style."""
    templates = PRODUCT / "templates"
    styled_classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", CSS))
    unstyled_classes = {
        f"{path.relative_to(templates)}: {name}"
        for path in templates.rglob("*.html")
        for value in re.findall(r'class="([^"{}]*)"', path.read_text(encoding="utf-8"))
        for name in value.split()
        if name not in styled_classes
    }
    assert not unstyled_classes


def classes_worn() -> str:
    """Return all text that may hold a class: class attributes, and the strings of code that writes them."""
    attribute, string = re.compile(r'class="([^"]*)"|body_class %\}([^{]*)'), {"string"}
    parts: list[str] = []
    for path in (PRODUCT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        parts += [value for values in attribute.findall(text) for value in values]
        parts += [value.strip("\"'") for _line, kind, value in Environment(autoescape=True).lex(text) if kind in string]
    makers = [*(PRODUCT / "charts").glob("*.py"), *(PRODUCT / "scripts").glob("*.js")]
    return " ".join([*parts, *(path.read_text(encoding="utf-8") for path in makers)])


def test_every_rule_has_a_class_that_something_wears() -> None:
    """A rule is dead weight if no template, drawing or script uses its class."""
    styled_classes = {
        name for rule in re.findall(r"([^{}]+)\{", CSS) for name in re.findall(r"\.([a-zA-Z][\w-]*)", rule)
    }
    text = classes_worn()
    used_classes = set(re.findall(r"[a-zA-Z][\w-]*", text))
    prefixes = tuple(
        set(re.findall(r"(?<![\w-])([a-z][\w-]*-)(?=\{|' ~|\s|$)", text))
    )  # `f-{{ fill }}`, `note-` ~ tone
    numbered_classes = set(re.findall(r"(?<![\w-])([a-z]+)(?=\{\{)", text))  # `l{{ depth }}`
    assert {"w-", "f-", "wl-"} <= set(prefixes)
    dead = {
        name
        for name in styled_classes - used_classes
        if not name.startswith(prefixes) and name.rstrip("0123456789") not in numbered_classes
    }
    assert not dead
