"""The embedded Valkey: access and persistence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from solidarity.embedded.servers.valkey import Valkey


@pytest.fixture
def valkey(home: Path) -> Iterator[Valkey]:
    server = Valkey(home / "valkey").start()
    yield server
    server.stop()


def client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=5)


def test_nobody_gets_in_without_the_password(valkey: Valkey) -> None:
    with pytest.raises(redis.AuthenticationError), client(f"redis://127.0.0.1:{valkey.port}/0") as stranger:
        stranger.ping()


def test_the_password_stands_in_no_process_list(valkey: Valkey) -> None:
    password = valkey.url.split(":", 2)[2].split("@")[0]
    assert password not in Path(f"/proc/{valkey.pid}/cmdline").read_text(encoding="utf-8")


def test_it_listens_on_the_loopback_address_only(valkey: Valkey) -> None:
    with client(valkey.url) as connection:
        assert connection.config_get("bind") == {"bind": "127.0.0.1"}


def test_what_was_written_a_second_ago_survives_kill_9(valkey: Valkey) -> None:
    with client(valkey.url) as connection:
        connection.config_set("appendfsync", "always")
        for number in range(200):
            connection.rpush("queue", number)
    valkey.kill()
    assert not valkey.alive()
    valkey.start()
    with client(valkey.url) as connection:
        assert connection.llen("queue") == 200
