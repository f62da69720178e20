"""Translations keep the content of the source, leave nothing in English, and do not address the reader as one man."""

from __future__ import annotations

import pytest
from i18n.translation_checks import Pair, complaints, forms_of_one_number, pairs

from solidarity.i18n import catalogues


@pytest.mark.parametrize("language", catalogues.languages())
def test_translations_keep_what_the_english_says(language: str) -> None:
    english = catalogues.read_catalogue(catalogues.SOURCE_LANGUAGE)
    faults = [
        complaint
        for pair in pairs(catalogues.read_catalogue(language), english)
        for complaint in complaints(pair, language)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("english", "text", "complaint"),
    [
        ("%(num)s steps", "خطوات", "placeholders lost or made up"),
        ("Step", "خطوة %(num)s", "placeholders lost or made up"),
        ("See <b>all</b>", "عرض الكل", "tags differ"),
        ("Ready&nbsp;now", "جاهز الآن", "tags differ"),
        ("Language: ", "اللغة:", "space around it differs"),
        ("Saved.", "تم الحفظ", "the end is another"),
        ("Saved", "تم الحفظ.", "the end is another"),
        ("Who came?", "من حضر", "the end is another"),
        ("It works for 14 days.", "صالح 24 يومًا.", "numbers differ"),
        ("It works for 14 days.", "صالح مدة.", "numbers differ"),
        ("Open the report", "فتح report", "left in Latin letters"),
        ("Open the report", "فتح USD", "left in Latin letters"),
        ("Choose a member.", "اختر عضوًا.", "speaks to one man"),
        ("What we sent you", "ما أرسلناه إليك", "speaks to one man"),
        ("Who, and when?", "من, ومتى؟", "marks of another script"),
        ("Who came?", "من حضر?", "marks of another script"),
        ("Say “yes”", "قولوا “نعم”", "marks of another script"),
    ],
)
def test_a_careless_translation_would_be_caught(english: str, text: str, complaint: str) -> None:
    faults = complaints(Pair(english, english, text), "ar")
    assert any(sentence.startswith(complaint) for sentence in faults), faults


@pytest.mark.parametrize(
    ("english", "text"),
    [
        ("Enter three letters, such as USD.", "يرجى كتابة ثلاثة أحرف، مثل USD."),
        ("Enter an email address such as name@example.org.", "اكتبوا عنوانًا مثل name@example.org."),
        ("Such as Africa/Kigali, or ElesPorElas", "مثل Africa/Kigali أو ElesPorElas"),
        ("Choose 1 member", "اختاروا عضوًا واحدًا"),
    ],
)
def test_a_careful_one_is_let_through(english: str, text: str) -> None:
    assert complaints(Pair(english, english, text), "ar") == []


def test_only_a_form_for_one_number_may_say_it_in_a_word() -> None:
    assert forms_of_one_number(catalogues.read_catalogue("ar")) == {0, 1, 2}
    assert forms_of_one_number(catalogues.read_catalogue("en")) == {0}
    assert not complaints(Pair("%(num)s steps", "%(num)s steps", "خطوتان", may_be_a_word=True), "ar")
    assert complaints(Pair("%(num)s of %(all)s", "%(num)s of %(all)s", "خطوتان", may_be_a_word=True), "ar")
