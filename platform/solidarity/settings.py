"""Every setting, read from the environment once, typed and frozen.

Each setting may be given as a file: `SECRET_KEY_FILE=/run/secrets/key` reads the file and wins over `SECRET_KEY`.
Nothing here opens a connection. `solidarity doctor` does, and reports what is wrong.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import URL, make_url

Login = Literal["owner", "web", "worker", "desk", "compiler", "backup"]
LogFormat = Literal["json", "text"]

LOGIN_PREFIX = "solidarity_"
SECRET_MINIMUM = 32  # characters; shorter keys can be guessed


class Settings(BaseSettings):
    """The settings of one process. `Settings()` reads `os.environ`; keyword arguments win over it."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_file=None)

    database_url: SecretStr = Field(description="the owner's address, used by `solidarity migrate`")
    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    smtp_url: SecretStr = SecretStr("smtp://127.0.0.1:1025")
    secret_key: SecretStr
    base_url: str = "http://127.0.0.1:8000"
    mail_from: str = "Solidarity <reminders@solidarity.example>"
    files_dir: Path = Path("var/files")
    outbox_dir: Path | None = Field(
        default=None, description="where our own mail sink stores mail; unset means a real relay"
    )
    web_db_password: SecretStr = SecretStr("")
    worker_db_password: SecretStr = SecretStr("")
    desk_db_password: SecretStr = SecretStr("")
    compiler_db_password: SecretStr = SecretStr("")
    backup_db_password: SecretStr = SecretStr("")
    quiet_weeks: int = Field(
        default=4, ge=1, le=52, description="weeks without a logged activity before a chapter is quiet"
    )

    log_format: LogFormat = Field(default="json", description="how lines of the log are written; `up` sets text")
    demo_chapters: int | None = Field(
        default=None, ge=3, description="how many invented chapters `up` begins with; unset means all"
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="proxies of ours in front, whose X-Forwarded-For and -Proto are believed"
    )

    proxy_networks: str = Field(
        default="127.0.0.0/8 ::1/128",
        description="networks of those proxies, separated by spaces; others are not believed",
    )
    request_seconds: float = Field(
        default=20, gt=0, le=600, description="seconds after which a request is ended and answered with 503"
    )
    trusted_hosts: str = Field(
        default="", description="more host names under which the site is requested, such as those of health checks"
    )

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, values: Mapping[str, object]) -> dict[str, object]:
        read = dict(values)
        for name in cls.model_fields:
            path = os.environ.get(f"{name.upper()}_FILE")
            if path:
                read[name] = Path(path).read_text(encoding="utf-8").strip()
        return read

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < SECRET_MINIMUM:
            raise ValueError(
                f"SECRET_KEY needs at least {SECRET_MINIMUM} characters; "
                'make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return value

    @field_validator("proxy_networks")
    @classmethod
    def _only_networks(cls, value: str) -> str:
        for network in value.split():
            ip_network(network)
        return value

    @property
    def networks_of_proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks whose peers are proxies of ours."""
        return tuple(ip_network(network) for network in self.proxy_networks.split())

    @property
    def hosts(self) -> frozenset[str]:
        """The host names that a request may name: that of BASE_URL, this machine, and TRUSTED_HOSTS."""
        own_host = urlsplit(self.base_url).hostname or ""
        return frozenset({own_host, "localhost", "127.0.0.1", "::1", *self.trusted_hosts.split()})

    @property
    def served_on_loopback(self) -> bool:
        """Whether the site is reachable from this machine only, which /outbox requires."""
        host = self.base_url.split("://", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0]
        return host in {"127.0.0.1", "localhost", "[::1]"}

    def database(self, login: Login) -> URL:
        """Return the URL of the database for one login.

        The owner's is DATABASE_URL itself. The others connect to the same database as `solidarity_<login>`.
        """
        owner = make_url(self.database_url.get_secret_value()).set(drivername="postgresql+psycopg")
        if login == "owner":
            return owner
        password: SecretStr = getattr(self, f"{login}_db_password")
        return owner.set(username=f"{LOGIN_PREFIX}{login}", password=password.get_secret_value() or None)
