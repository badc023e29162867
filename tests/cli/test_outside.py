"""Actions that reach other machines, from ``runner run``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.simulator.server import simulator
from tests.cli.conftest import Command
from tests.cli.made import TOPIC, task_file
from tests.servers.web import WebServer, web, web_server

__all__ = ["web", "web_server"]


def script(url: str) -> str:
    return '{% action "http" %}' + json.dumps({"method": "get", "url": url}) + "{% endaction %}"


def test_a_simulated_store_calls_nobody_outside(run: Command, tmp_path: Path, web: WebServer) -> None:
    ran = run("run", task_file(tmp_path, script(web.url())), "--topic", TOPIC, "--shop", "prints")
    assert ran.code == 0
    assert "not sent: .runner/outbox/" in ran.out
    assert web.saw == []


@pytest.mark.parametrize(("allow", "code", "calls"), [("", 1, 0), ("10.0.0.0/8", 1, 0), ("127.0.0.1", 0, 1)])
def test_internal_addresses_are_reached_where_the_settings_say_so(
    allow: str, code: int, calls: int, run: Command, tmp_path: Path, web: WebServer, monkeypatch: Any
) -> None:
    with simulator("prints", hold_webhooks=True) as shop:
        for name, value in (("SHOPIFY_SHOP", shop.url), ("SHOPIFY_ACCESS_TOKEN", shop.token), ("RUNNER_MODE", "live")):
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("RUNNER_NETWORK_ALLOW", allow)
        ran = run("run", task_file(tmp_path, script(web.url())), "--topic", TOPIC)
    assert (ran.code, len(web.saw)) == (code, calls)
    if code:
        assert "network_allow: 127.0.0.1" in ran.out


@pytest.mark.parametrize("allow", ["http://x/", "10.0.0.0/99", ","])
def test_a_setting_that_is_no_host_is_named(allow: str, run: Command, monkeypatch: Any) -> None:
    monkeypatch.setenv("RUNNER_NETWORK_ALLOW", allow)
    ran = run("config", "show")
    assert ran.code == 2
    assert "network_allow" in ran.err
    assert "neither a host, an address nor a block" in ran.err
