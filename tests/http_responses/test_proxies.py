"""Headers of proxies and the name of the host are believed only as the settings say."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request, url_for
from harness.people import World
from harness.processes import running_product
from pydantic import ValidationError

from solidarity.http.proxies import believe_proxies
from solidarity.http.request_log import HEADER
from solidarity.settings import Settings

PROXY, STRANGER = "10.1.0.7", "203.0.113.9"
HEADERS = {
    "Forwarded": "for=198.51.100.1;proto=https;host=evil.example",
    "X-Forwarded-For": "192.0.2.66, 198.51.100.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil",
    "X-Real-IP": "198.51.100.1",
    "X-Script-Name": "/evil",
    HEADER: "proxy-0123456789",
}
BELIEVED = {"address": "198.51.100.1", "scheme": "https", "host": "localhost", "link": "/seen", "id": HEADERS[HEADER]}


def seen(peer: str, *, environ: dict[str, str] | None = None, **changes: Any) -> dict[str, str]:
    """Return what an application believes of a request with all headers of proxies that comes from `peer`."""
    app = Flask("seen")
    app.add_url_rule(
        "/seen",
        view_func=lambda: {
            "address": request.remote_addr,
            "scheme": request.scheme,
            "host": request.host,
            "link": url_for("seen"),
            "id": request.headers.get(HEADER, ""),
        },
        endpoint="seen",
    )
    believe_proxies(app, Settings().model_copy(update=changes))
    answer = app.test_client().get("/seen", headers=HEADERS, environ_overrides={"REMOTE_ADDR": peer, **(environ or {})})
    values: dict[str, str] = answer.get_json()
    return values


def plain(peer: str) -> dict[str, str]:
    return {"address": peer, "scheme": "http", "host": "localhost", "link": "/seen", "id": ""}


def test_by_default_nobody_is_believed() -> None:
    assert seen("127.0.0.1") == plain("127.0.0.1")
    assert seen(PROXY) == plain(PROXY)


def test_a_configured_proxy_is_believed_and_a_stranger_is_not() -> None:
    proxies: dict[str, Any] = {"trusted_proxies": 1, "proxy_networks": "10.1.0.0/16 fd00::/8"}
    assert seen(PROXY, **proxies) == BELIEVED
    assert seen("fd00::7", **proxies) == BELIEVED
    for peer in (STRANGER, "127.0.0.1", "10.2.0.7", "fe80::1"):
        assert seen(peer, **proxies) == plain(peer)


@pytest.mark.parametrize("peer", ["", "unix:", "10.1.0", "nobody"])
def test_a_peer_without_an_address_is_no_proxy(peer: str) -> None:
    assert seen(peer, trusted_proxies=1, proxy_networks="0.0.0.0/0 ::/0")["scheme"] == "http"


def test_the_site_is_at_the_root_of_its_host_whatever_the_server_says() -> None:
    proxies: dict[str, Any] = {"trusted_proxies": 1, "proxy_networks": "10.1.0.0/16"}
    assert seen(PROXY, environ={"SCRIPT_NAME": "/evil"}, **proxies)["link"] == "/seen"


@pytest.mark.parametrize("networks", ["10.0.0.0/33", "10.0.0.1/8", "proxy.example", "10.0.0.0/8,::1/128"])
def test_a_setting_that_names_no_network_is_refused(networks: str) -> None:
    with pytest.raises(ValidationError):
        Settings(proxy_networks=networks)


def test_hosts_are_that_of_the_base_url_this_machine_and_the_trusted_ones() -> None:
    settings = Settings(base_url="https://chapters.example.org:8443/", trusted_hosts="web proxy.example")
    assert settings.hosts == {"chapters.example.org", "localhost", "127.0.0.1", "::1", "web", "proxy.example"}


@pytest.fixture
def address(world: World, tmp_path: Path) -> Iterator[str]:
    with running_product(world.settings, tmp_path, parts=("web",)) as live:
        yield live.address.removeprefix("http://")


def test_the_web_server_believes_nobody_not_even_this_machine(address: str) -> None:
    for headers in (
        {"SCRIPT_NAME": "/sign-in"},
        {"PATH_INFO": "/nowhere"},
        HEADERS,
        {"X-Forwarded-Protocol": "ssl"},
        {"X-Forwarded-Ssl": "on"},
    ):
        connection = http.client.HTTPConnection(address, timeout=20)
        connection.request("GET", "/sign-in", headers=headers)
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Strict-Transport-Security")) == (200, None), headers
        assert 'href="/evil' not in answer.read().decode()
        connection.close()
