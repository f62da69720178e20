"""Boxes for days: each form refuses what is out of bounds, and keeps what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import DateField, DateTimeField, DateTimeLocalField, Form, MonthField, WeekField
from wtforms.fields.core import UnboundField

import solidarity.app  # noqa: F401  (defines all forms)
from solidarity.chapter.launch.forms import ClockField
from solidarity.forms.base import ServiceForm
from solidarity.forms.parts import DayField
from tenants.clock import TOO_EARLY, TOO_LATE, day_problem, now


class OneDayForm(Form):
    day = DayField("Day")


def fields_of(form: type[Form]) -> Iterator[UnboundField[Any]]:
    yield from (value for value in vars(form).values() if isinstance(value, UnboundField))
    for subclass in form.__subclasses__():
        yield from fields_of(subclass)


def test_every_day_of_every_form_has_the_same_bounds() -> None:
    days = [field.field_class for field in fields_of(ServiceForm)]
    dates = (DateField, DateTimeField, DateTimeLocalField, MonthField, WeekField)
    assert days.count(DayField) >= 9
    assert [field for field in days if issubclass(field, dates) and field not in {DayField, ClockField}] == []


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("0206-01-01", TOO_EARLY),
        ("2014-09-19", TOO_EARLY),
        ("2014-09-20", None),
        ("2036-02-12", None),
        ("2036-02-13", TOO_LATE),
        ("9999-12-31", TOO_LATE),
    ],
)
@time_machine.travel("2026-02-12T12:00Z", tick=False)
def test_a_day_out_of_bounds_is_refused_and_what_was_typed_stays(
    bare_app: Flask, typed: str, problem: str | None
) -> None:
    with bare_app.test_request_context():
        form = OneDayForm(MultiDict({"day": typed}))
        assert form.validate() is (problem is None)
        assert list(form.day.errors) == ([] if problem is None else [str(problem)])
        assert f'value="{typed}"' in form.day()
        assert (form.day.data is None) is (problem is not None)


@settings(deadline=None, max_examples=200)
@given(
    text=st.text(max_size=12) | st.dates().map(str) | st.integers().map(str) | st.sampled_from(["9" * 5000, "1e999999"])
)
def test_any_text_is_a_day_within_the_bounds_or_is_refused(text: str, bare_app: Flask) -> None:
    with bare_app.test_request_context():
        form = OneDayForm(MultiDict({"day": text}))
        if form.validate():
            assert form.day.data is not None
            assert day_problem(form.day.data, now().date()) is None
        else:
            assert form.day.data is None
