"""Sample data for the gallery: invented people, figures and texts, for each direction of writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are behind
from wtforms.widgets import CheckboxInput

from solidarity.charts.gantt import Timeline
from solidarity.charts.tile_map import Tile
from solidarity.forms.conflicts import Difference
from solidarity.labels.cells import AGE_WORDS, KIND_WORDS, SEX_WORDS
from solidarity.labels.steps import STATES

ANCHOR = "#here"
TODAY = date(2026, 2, 12)
MOMENT = datetime(2026, 2, 12, 9, 10, tzinfo=UTC)
SIX = ("done", "prog", "prog", "late", "att", "none")
SHARES = (None, 0.25, 0.8, None, None, None)
DAY_ONE = ("prog", "none", "none", "none", "none", "none")
SERIES = (90, 96, 104, 101, 118, 127, 139, 151)
COUNTS = ((19, 20, 1, None), (1, 1, None, None), (2, None, None, None))  # by age, then sex
ICONS = (*STATES, "clock", "back", "lock", "home", "steps", "plus", "menu", "down", "next", "globe", "mail")
PLAN = (  # state, first and last day, held, planned
    ("done", date(2025, 9, 10), date(2025, 11, 20), 6, 6),
    ("prog", date(2025, 10, 1), date(2026, 5, 31), 4, 10),
    ("late", date(2025, 12, 1), date(2026, 1, 31), 1, 3),
    ("att", date(2026, 2, 1), date(2026, 2, 12), 0, 1),
    ("none", date(2026, 4, 1), date(2026, 8, 31), 0, 8),
)


@dataclass(frozen=True)
class Texts:
    """Sample texts in one language."""

    person: str
    other: str
    place: str
    title: str
    task: str
    enough: str
    waits: str
    reason: str
    question: str
    remark: str
    before: str
    after: str
    why: str
    currency: str


ENGLISH = Texts(
    person="Marina Albuquerque",
    other="Thiago Nascimento",
    place="Recife",
    title="Conversation in Santo Amaro",
    task="Receipts for the sound system",
    enough="A photo is enough.",
    waits="Waits for the venue contract",
    reason="A strong quarter, thank you. Before I can approve it, two things do not match.",
    question="Film evening: 118 logged, 81 on the sheet.",
    remark="The film evening is the only entry affected.",
    before="Boys who say they would intervene when a friend insults a girl",
    after="Boys who say they would speak up when a friend insults a girl",
    why="“Intervene” was read as using force in two pilots.",
    currency="BRL",
)
ARABIC = Texts(
    person="ليلى حدّاد",
    other="سامر خوري",
    place="عمّان",
    title="حوار في جبل عمّان",
    task="إيصالات مكبّرات الصوت",
    enough="تكفي صورة واحدة.",
    waits="بانتظار عقد القاعة",
    reason="ربع قوي، شكرًا لكم. قبل الموافقة هناك أمران لا يتطابقان.",
    question="أمسية الفيلم: 118 في السجل و81 في الورقة.",
    remark="أمسية الفيلم هي القيد الوحيد المعني.",
    before="فتيان يقولون إنهم سيتدخلون إذا أهان صديق لهم فتاة",
    after="فتيان يقولون إنهم سيعترضون إذا أهان صديق لهم فتاة",
    why="فُهمت كلمة «سيتدخلون» على أنها استخدام للقوة في تجربتين.",
    currency="JOD",
)
TEXTS = {"en": ENGLISH, "ar": ARABIC}


def choices_of(words: Mapping[Any, Any]) -> list[SelectChoice]:
    """Return a choice for each member of an enumeration."""
    return [SelectChoice(member.name, word) for member, word in words.items()]


class Fields(Form):
    """Every kind of field."""

    title = StringField(_l("Title"), description=_l("In any script, as the chapter writes it."))
    email = EmailField(_l("Email address"))
    password = PasswordField(_l("Password"))
    people = IntegerField(_l("How many people came?"))
    held_on = DateField(_l("Date"))
    place = SelectField(_l("Place"))
    note = TextAreaField(_l("One thing you noticed"), description=_l("Optional. Do not include names."))
    kind = RadioField(_l("Type"), choices=choices_of(KIND_WORDS))
    sexes = SelectMultipleField(_l("Who came?"), choices=choices_of(SEX_WORDS), option_widget=CheckboxInput())
    agreed = BooleanField(_l("All of its tasks were done before it was sent."))


def fields(code: str, texts: Texts, name: str) -> Fields:
    """Return a filled form whose ids are unique on the page."""
    form = Fields(
        prefix=f"{code}-{name}-",
        data={"title": texts.title, "place": texts.place, "held_on": TODAY, "people": 44, "agreed": True},
    )
    form.place.choices = [SelectChoice(texts.place, texts.place)]
    form.kind.data, form.sexes.data = "DIALOGUE", ["WOMEN"]
    return form


def refused(form: Fields) -> Fields:
    """Add errors to a form, and return it."""
    form.title.errors = [_l("Enter a title.")]
    form.people.errors = [_l("Enter a whole number, such as 12.")]
    form.kind.errors = [_l("Choose a type.")]
    form.agreed.errors = [_l("This field is required.")]
    return form


def cell_rows(name: str) -> list[dict[str, Any]]:
    """Return a grid of head counts to fill in."""
    return [
        {
            "label": age,
            "cells": [{"name": f"{name}-{row}-{column}", "value": count} for column, count in enumerate(counts)],
        }
        for row, (age, counts) in enumerate(zip(AGE_WORDS.values(), COUNTS, strict=False))
    ]


def refused_rows(name: str) -> list[dict[str, Any]]:
    """Return a grid with an error in one cell."""
    rows = cell_rows(name)
    rows[1]["cells"][1] |= {"value": "many", "errors": [_l("Enter a whole number, such as 12.")]}
    return rows


def read_rows() -> list[dict[str, Any]]:
    """Return a read-only grid whose counts link to the entries that they sum."""
    return [
        {
            "label": age,
            "cells": [{"value": "–"} if count is None else {"value": count, "href": ANCHOR} for count in counts],
        }
        for age, counts in zip(AGE_WORDS.values(), COUNTS, strict=False)
    ]


def due(texts: Texts) -> list[SimpleNamespace]:
    """Return three obligations: overdue, due soon, and returned."""
    rows = ((date(2026, 2, 3), 3, "late"), (date(2026, 2, 13), 4, "prog"), (date(2026, 2, 16), 6, "att"))
    return [
        SimpleNamespace(
            due_on=day, step=step, state=state, title=texts.task, why=texts.enough, owners=texts.person, address=ANCHOR
        )
        for day, step, state in rows
    ]


def conflict(texts: Texts) -> SimpleNamespace:
    """Return a conflict of two people in one form: two differences, but one in Arabic, to show both cases."""
    differences = [
        Difference(str(_l("Target")), texts.before, texts.after, is_written=True),
        Difference(str(_l("Place")), "", texts.place, is_written=True),
    ]
    return SimpleNamespace(by=texts.other, moment="09:10", differences=differences[: 1 if texts is ARABIC else 2])


def reports() -> list[SimpleNamespace]:
    """Return a report in each state."""
    kinds = (("approved", None), ("submitted", None), ("draft", MOMENT), ("draft", None), (None, None))
    expected_reports = [
        SimpleNamespace(state=state, returned_at=returned_at, is_expected=True, due_on=TODAY, chapter_state="active")
        for state, returned_at in kinds
    ]
    late = {"state": None, "returned_at": None, "is_expected": True, "due_on": date(2026, 1, 31)}
    late_reports = [SimpleNamespace(**late, chapter_state=state) for state in ("active", "dormant")]
    excused_report = SimpleNamespace(**{**late, "is_expected": False}, chapter_state="active")
    return [*expected_reports, *late_reports, excused_report]


def line() -> Timeline:
    """Return the timeline of a plan's year."""
    return Timeline(date(2025, 9, 1), date(2026, 8, 31), TODAY)


def wheels() -> list[dict[str, Any]]:
    """Return the wheel of a chapter in each state."""
    return [
        {"url": ANCHOR, "label": f"{number}: {state}", "states": (state,) * 6, "is_fine": state != "late"}
        for number, state in enumerate(STATES, start=1)
    ]


def tiles() -> dict[str, Tile]:
    """Return a country in each class of the map."""
    shares = {"BR": (7, 7), "MX": (9, 11), "RW": (2, 3), "JO": (1, 2), "FJ": (0, 2), "CA": (5, 6)}
    return {
        code: Tile(
            approved_count, expected, f"{approved_count}/{expected}", f"{code}: {approved_count}/{expected}", ANCHOR
        )
        for code, (approved_count, expected) in shares.items()
    }


def sample(code: str) -> SimpleNamespace:
    """Return all samples in one language. Call it while that language is active."""
    texts = TEXTS[code]
    return SimpleNamespace(
        code=code,
        rtl=code == "ar",
        texts=texts,
        here=ANCHOR,
        today=TODAY,
        moment=MOMENT,
        six=SIX,
        shares=SHARES,
        day_one=DAY_ONE,
        series=SERIES,
        states=STATES,
        form=fields(code, texts, "right"),
        locked=fields(code, texts, "locked"),
        wrong=refused(fields(code, texts, "wrong")),
        columns=list(SEX_WORDS.values()),
        grid=cell_rows(f"{code}-cell"),
        wrong_grid=refused_rows(f"{code}-refused"),
        read_grid=read_rows(),
        due=due(texts),
        line=line(),
        conflict=conflict(texts),
        plan=PLAN,
        launch_on=date(2026, 2, 28),
        icons=ICONS,
        reports=reports(),
        contacts=[SimpleNamespace(name=texts.other, email="someone@example.org")],
        principal=SimpleNamespace(name=texts.person, memberships=(), desk_roles=()),
        wheels=wheels(),
        tiles=tiles(),
    )
