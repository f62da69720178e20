"""Charts as inline SVG: pure functions from states and counts to markup. Every chart has a text beside it."""

from __future__ import annotations

from flask import Flask

from solidarity.charts.gantt import gantt_bar, timeline
from solidarity.charts.money import budget_bar, money_bar
from solidarity.charts.rows import (
    column,
    coverage_bar,
    glyph,
    plain_bar,
    progress_bar,
    sparkline,
    stack_bar,
    step_sentence,
)
from solidarity.charts.tile_map import tile_map
from solidarity.charts.wheel import ring, ring_symbols, wheel
from solidarity.labels.steps import SHORT_STEP_NAMES, STATE_WORDS, STEP_NAMES

__all__ = ["init_charts"]


def init_charts(app: Flask) -> None:
    """Register the charts and the labels of steps and states as template globals."""
    app.jinja_env.globals.update(
        wheel=wheel,
        ring=ring,
        ring_symbols=ring_symbols,
        glyph=glyph,
        column=column,
        coverage_bar=coverage_bar,
        stack_bar=stack_bar,
        plain_bar=plain_bar,
        progress_bar=progress_bar,
        money_bar=money_bar,
        budget_bar=budget_bar,
        sparkline=sparkline,
        gantt_bar=gantt_bar,
        timeline=timeline,
        tile_map=tile_map,
        step_sentence=step_sentence,
        state_words=STATE_WORDS,
        step_names=STEP_NAMES,
        short_step_names=SHORT_STEP_NAMES,
    )
