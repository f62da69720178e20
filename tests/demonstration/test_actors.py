"""The invented chapters are valid and varied, use real scripts, and name no real person or organisation."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.numbers import get_territory_currencies

from solidarity.demonstration.chapters.all import everybody
from solidarity.demonstration.chapters.model import Actor, Scenario
from tenants.action_kit.activities.models import NARRATIVE_LENGTH, PLACE_LENGTH, TITLE_LENGTH
from tenants.action_kit.evaluation.models import WORDS_LENGTH
from tenants.action_kit.funding.models import NAME_LENGTH
from tenants.action_kit.launch.models import HOST_LENGTH
from tenants.action_kit.launch.models import PLACE_LENGTH as EVENT_PLACE_LENGTH
from tenants.action_kit.launch.models import TITLE_LENGTH as EVENT_LENGTH
from tenants.action_kit.plan.models import TITLE_LENGTH as LINE_LENGTH
from tenants.chapters.areas import AREA_OF_COUNTRY, Area
from tenants.chapters.details import UNPRINTABLE, ChapterDetails, ChapterNames, refuse_invalid_details
from tenants.chapters.names import zones_of
from tenants.people.permissions import OF_ROLE, Permission, Role
from tenants.texts import TURNING, one_line

ACTORS = everybody()
SCRIPT_OF_LANGUAGE = {
    "ar": "ARABIC",
    "zh": "CJK",
    "ja": "CJK",
    "ru": "CYRILLIC",
    "uk": "CYRILLIC",
    "hi": "DEVANAGARI",
    "ne": "DEVANAGARI",
    "bn": "BENGALI",
}
NAMES_OF_THE_CAMPAIGN = {"HeForShe", "ElesPorElas", "Nosotros por Ellas", "El por Ella", "هو من أجلها"}
REAL = re.compile(
    r"\b(promundo|menengage|equimundo|girl up|oxfam|zonta|soroptimist|unicef|undp|unfpa|usaid|giz|sida|norad|"
    r"plan international|save the children|care international|actionaid|amnesty|mercy corps|white ribbon|rotary|"
    r"lions club|red cross|red crescent|ford foundation|gates foundation|open society|vodafone|safaricom|unilever|"
    r"coca-cola|twitter|tata|grameen|brac|kvinna till kvinna|medica mondiale|geledés|fawe|sonke)\b",
    re.IGNORECASE,
)

DEMONSTRATION_PAGE = Path(__file__).parents[2] / "docs" / "demonstration.md"

parametrize_actor = pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.slug)


def test_the_cast_is_large_and_from_everywhere():
    areas = Counter(AREA_OF_COUNTRY[actor.country] for actor in ACTORS)

    assert len(ACTORS) >= 45
    assert len({actor.country for actor in ACTORS}) >= 27
    assert set(areas) == set(Area)
    assert min(areas.values()) >= 5


def test_no_two_chapters_share_an_address_a_name_or_an_organisation():
    for attribute in ("slug", "name", "partner", "outcome", "lesson"):
        times = Counter(getattr(actor, attribute) for actor in ACTORS)
        assert max(times.values()) == 1, attribute
    funders = Counter(actor.funder for actor in ACTORS)
    assert [funder for funder, times in funders.items() if times > 1] == ["UN Women"]


def test_every_turn_of_a_year_is_played_and_most_often_a_steady_one():
    scenarios = Counter(actor.scenario for actor in ACTORS)

    assert set(scenarios) == set(Scenario)
    assert scenarios.most_common(1)[0][0] is Scenario.STEADY
    assert scenarios[Scenario.NO_RATE] == 1
    for scenario in set(Scenario) - {Scenario.NO_RATE, Scenario.DORMANT}:
        assert scenarios[scenario] >= 2, scenario


def test_the_currency_without_a_rate_is_nobody_elses():
    (alone,) = (actor.currency for actor in ACTORS if actor.scenario is Scenario.NO_RATE)
    assert [actor.currency for actor in ACTORS].count(alone) == 1


def test_languages_scripts_and_currencies_of_many_kinds_are_there():
    languages = {language for actor in ACTORS for language in actor.languages}

    assert {"ar", "zh", "ru", "fr", "es", "pt", "en", "hi", "bn", "ja", "uk", "tr", "sw", "id"} <= languages
    assert {"JPY", "CLP", "XOF", "TND", "JOD", "OMR"} <= {actor.currency for actor in ACTORS}
    assert {"Asia/Kolkata", "Asia/Kathmandu", "Australia/Adelaide"} <= {actor.zone for actor in ACTORS}
    assert {(1, 2, 3, 4, 5), (7, 1, 2, 3, 4), (7, 1, 2, 3, 4, 5)} == {actor.working_week for actor in ACTORS}


def test_the_page_that_tells_of_the_demonstration_tells_of_this_cast():
    page = DEMONSTRATION_PAGE.read_text(encoding="utf-8")
    rows = (line.strip("|").split("|") for line in page.splitlines() if line.startswith("|") and "`" in line)
    documented_slugs = {row[0].strip().replace(" ", "_"): set(re.findall(r"`([a-z-]+)`", row[1])) for row in rows}

    assert documented_slugs == {
        scenario: {actor.slug for actor in ACTORS if actor.scenario is scenario} for scenario in Scenario
    }
    countries = {actor.country for actor in ACTORS}
    languages = {actor.languages[0] for actor in ACTORS if actor.slug != "huye"}
    assert f"{len(ACTORS)} chapters in {len(countries)} countries and" in page
    assert f"in {len(languages)} languages" in page


@parametrize_actor
def test_a_chapter_would_be_taken_as_it_is_by_the_form(actor):
    refuse_invalid_details(
        ChapterDetails(
            slug=actor.slug,
            names=ChapterNames(actor.name, actor.campaign_name, actor.latin_name),
            country=actor.country,
            zone=actor.zone,
            working_week=actor.working_week,
            currency=actor.currency,
            languages=actor.languages,
        )
    )
    assert actor.campaign_name in NAMES_OF_THE_CAMPAIGN


@parametrize_actor
def test_zone_and_currency_are_those_of_the_country(actor):
    assert actor.zone in zones_of(actor.country)
    assert actor.currency in get_territory_currencies(actor.country)


@parametrize_actor
def test_a_team_is_led_from_the_first_and_can_play_its_story(actor):
    roles = [team_member.role for team_member in actor.team]
    logins = [team_member.login for team_member in actor.team]
    other_permissions = [OF_ROLE[role] for role in roles[1:]]

    assert 2 <= len(roles) <= 5
    assert roles[0] is Role.FOCAL_POINT
    assert roles.count(Role.FOCAL_POINT) == 1
    assert len(set(logins)) == len(logins)
    assert all(re.fullmatch("[a-z]+", login) for login in logins)
    assert {team_member.language for team_member in actor.team} == {"ar" if actor.languages[0] == "ar" else "en"}
    if actor.scenario is Scenario.HANDED_OVER:
        assert Role.DEPUTY in roles
    if actor.scenario is Scenario.OUTSIDE:
        assert not any(may & {Permission.APPROVE_PLAN, Permission.APPROVE_EXPENSE} for may in other_permissions)
    elif actor.scenario is not Scenario.HANDED_OVER:
        assert any(Permission.EDIT_PLAN in may for may in other_permissions)


@parametrize_actor
def test_a_year_has_enough_in_it(actor):
    assert 4 <= len(actor.planned_activities) <= 8
    assert 3 <= len(actor.planned) <= 5
    assert len({planned_activity.title for planned_activity in actor.planned_activities}) == len(
        actor.planned_activities
    )
    assert all(
        sum(planned_activity.people) > 0 and min(planned_activity.people) >= 0
        for planned_activity in actor.planned_activities
    )
    assert any(
        planned_activity.people[1] > planned_activity.people[0] for planned_activity in actor.planned_activities
    ), "men are whom the campaign asks"
    assert actor.budget > 0


@parametrize_actor
def test_no_text_is_longer_than_its_field_or_changed_when_stored(actor):
    for text, max_length in texts_of(actor):
        assert 1 <= len(text) <= max_length, text
        assert text == one_line(text), text
        assert not any(sign in TURNING or unicodedata.category(sign) in UNPRINTABLE for sign in text), text


@parametrize_actor
def test_a_chapter_writes_in_the_script_of_its_language(actor):
    script = SCRIPT_OF_LANGUAGE.get(actor.languages[0], "LATIN")
    for text in (
        *(planned_activity.title for planned_activity in actor.planned_activities),
        actor.outcome,
        *actor.outputs,
        *actor.planned,
        actor.lesson,
    ):
        assert script in scripts_of(text), text


@parametrize_actor
def test_no_word_mixes_two_scripts(actor):
    for text, _ in texts_of(actor):
        for word in re.findall(r"\w+", text):
            assert len(scripts_of(word)) <= 1, word


@parametrize_actor
def test_no_real_organisation_is_named(actor):
    for text, _ in texts_of(actor):
        assert not REAL.search(text), text
        assert "UN Women" not in text or text == actor.funder, text


def test_a_real_organisation_would_be_found():
    assert REAL.search("Fundo Oxfam do Norte")
    assert not REAL.search("Fundo Maré Alta")


def test_a_word_of_two_scripts_would_be_found():
    assert scripts_of("Пapк") == {"CYRILLIC", "LATIN"}


def texts_of(actor: Actor) -> Iterator[tuple[str, int]]:
    """Yield every text of a chapter with the maximum length of its field, in characters."""
    for planned_activity in actor.planned_activities:
        yield planned_activity.title, TITLE_LENGTH
        yield planned_activity.place, PLACE_LENGTH
        if planned_activity.narrative:
            yield planned_activity.narrative, NARRATIVE_LENGTH
    for line in (actor.outcome, *actor.outputs, *actor.planned):
        yield line, LINE_LENGTH
    for name in (actor.name, actor.funder, *(team_member.name for team_member in actor.team)):
        yield name, NAME_LENGTH
    yield actor.event, EVENT_LENGTH
    yield actor.event_place, EVENT_PLACE_LENGTH
    yield actor.partner, min(HOST_LENGTH, NAME_LENGTH)
    yield actor.lesson, WORDS_LENGTH


def scripts_of(text: str) -> set[str]:
    """Return the scripts of the letters in `text`, by the first word of their Unicode names; Japanese counts as one."""
    firsts = {unicodedata.name(sign).split()[0] for sign in text if unicodedata.category(sign).startswith("L")}
    return {"CJK" if first in {"CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC"} else first for first in firsts}
