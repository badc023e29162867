"""``runner worker`` and ``runner serve --no-work``: receiving and working apart, on one database."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest

from runner.simulator.server import RunningShop
from tests.cli.conftest import Command
from tests.cli.made import TOPIC
from tests.cli.test_serve import running, serving, shop, tags, until

__all__ = ["shop"]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_one_process_receives_and_another_works(
    database: str, shop: RunningShop, run: Command, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if database == "postgresql":
        request.getfixturevalue("monkeypatch").setenv("RUNNER_DATABASE", request.getfixturevalue("postgres_url"))
    assert run("tasks", "enable", "made").code == 0
    with serving(tmp_path, "--no-work") as (served, _):
        shop.subscribe(TOPIC, served["webhooks"])
        shop.do("sell", sku="HD-OAK", location="Workshop", quantity=1)
        until(lambda: httpx.get(f"{served['api']}/status").json()["events"] == 1)
        assert "seen" not in tags(shop)
        with running(tmp_path, "worker", "--json") as (working, process):
            assert (working["mode"], working["enabled"]) == ("live", ["made"])
            until(lambda: "seen" in tags(shop))
            until(lambda: httpx.get(f"{served['api']}/status").json()["runs"] == {"succeeded": 3})
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=40)
            assert (process.returncode, "stopped" in err, "Traceback" in err) == (0, True, False), err
        assert httpx.get(f"{served['api']}/healthz").json()["ok"] is True


def test_a_sqlite_file_has_one_worker(shop: RunningShop, run: Command, tmp_path: Path) -> None:
    with serving(tmp_path):
        ran = run("worker")
        assert (ran.code, "another worker process" in ran.err, "PostgreSQL" in ran.err) == (1, True, True), ran.err
