"""The Compose file has all that production needs, and no secret in plain text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from solidarity.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
APPLICATION = ("web", "worker", "beat")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return parsed


def test_everything_that_stays_running_has_a_health_check(compose: dict[str, Any]) -> None:
    unchecked_services = {name for name, service in compose["services"].items() if "healthcheck" not in service}
    assert unchecked_services == {"migrate"}


@pytest.mark.parametrize("name", APPLICATION)
def test_migrations_come_before_the_application(compose: dict[str, Any], name: str) -> None:
    needs = compose["services"][name]["depends_on"]
    assert needs["migrate"]["condition"] == "service_completed_successfully"
    assert compose["services"]["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


@pytest.mark.parametrize("name", APPLICATION)
def test_the_application_does_not_know_the_password_of_the_owner(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["environment"]["DATABASE_URL"] == "postgresql://solidarity_owner@postgres/solidarity"
    assert "database_url" not in service["secrets"]


def test_every_setting_given_is_one_we_read_and_every_secret_comes_from_a_file(compose: dict[str, Any]) -> None:
    setting_names = {name.upper() for name in Settings.model_fields}
    variable_names = {name.removesuffix("_FILE") for name in compose["services"]["migrate"]["environment"]}
    assert variable_names <= setting_names
    secret = {name for name, value in compose["services"]["migrate"]["environment"].items() if "_FILE" in name}
    assert {"SECRET_KEY_FILE", "REDIS_URL_FILE", "WEB_DB_PASSWORD_FILE", "DATABASE_URL_FILE"} <= secret
    for service in compose["services"].values():
        assert set(service.get("secrets", [])) <= compose["secrets"].keys()


def test_only_the_proxy_can_be_reached_from_outside(compose: dict[str, Any]) -> None:
    assert {name for name, service in compose["services"].items() if "ports" in service} == {"proxy"}


def test_the_image_takes_only_what_its_recipe_copies(compose: dict[str, Any]) -> None:
    recipe = compose["services"]["web"]["build"]["dockerfile_inline"]
    copied_names = {word for line in recipe.splitlines() if line.startswith("COPY") for word in line.split()[1:-1]}
    ignore_patterns = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {f"!{name}" for name in copied_names} == {name for name in ignore_patterns if name.startswith("!")}
    assert all((ROOT / name).exists() for name in copied_names)
