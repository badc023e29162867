"""``runner serve`` as a process: a webhook of a simulated store becomes a change in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from runner.cli.handover import running_server
from runner.simulator.server import RunningShop, simulator
from runner.store import Store
from runner.web.inbound import PATH
from tests.cli.conftest import Command
from tests.cli.made import TOPIC, task_file

TAG = """{% action "shopify" %}
  mutation { tagsAdd(id: "gid://shopify/Product/80000001", tags: ["seen"]) { userErrors { field message } } }
{% endaction %}"""


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunningShop]:
    (tmp_path / "tasks").mkdir()
    task_file(tmp_path / "tasks", TAG)
    with simulator("prints") as running:
        monkeypatch.setenv("SHOPIFY_SHOP", running.url)
        monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", running.token)
        monkeypatch.setenv("SHOPIFY_CLIENT_SECRET", running.secret)
        monkeypatch.setenv("RUNNER_MODE", "live")
        yield running


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """The command in a process of its own; the document it printed, and the process."""
    with running(folder, "serve", "--json", "--port", "0", "--api-port", "0", *words) as begun:
        yield begun


@contextmanager
def running(folder: Path, *words: str) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """A command that goes on, in a process of its own; the first document it printed, and the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        assert process.stdout is not None
        lines = ""
        while not lines.endswith("\n}\n"):
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            lines += line
        yield json.loads(lines), process
    finally:
        process.kill()
        process.communicate()


def until(is_so: Any) -> None:
    """Waits for another process; fails after half a minute."""
    ends = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < ends, "it did not come about"


def tags(shop: RunningShop) -> Any:
    return shop.state()["objects"]["Product"]["gid://shopify/Product/80000001"]["tags"]


def test_a_webhook_becomes_a_change_and_a_signal_ends_it_well(shop: RunningShop, run: Command, tmp_path: Path) -> None:
    assert run("tasks", "enable", "made").code == 0
    with serving(tmp_path) as (served, process):
        assert (served["mode"], served["enabled"]) == ("live", ["made"])
        assert served["webhooks"] == served["inbound"] + PATH
        assert "public_url" in served["warnings"][0], "others cannot read files, and nobody was told"
        shop.subscribe(TOPIC, served["webhooks"])
        shop.do("sell", sku="HD-OAK", location="Workshop", quantity=1)
        until(lambda: "seen" in tags(shop))
        until(lambda: httpx.get(f"{served['api']}/status").json()["runs"] == {"succeeded": 3})
        status = httpx.get(f"{served['api']}/status").json()
        assert (status["events"], status["due"], status["intake"]) == (1, 0, {"shopify": {"kept": 1}})
        assert httpx.get(f"{served['api']}/healthz").json()["ok"] is True
        metrics = httpx.get(f"{served['api']}/metrics").text
        assert 'runner_runs{kind="action",state="succeeded"} 1' in metrics
        assert 'runner_intake_total{address="shopify",outcome="kept"} 1' in metrics
        assert ("runner_workers 1\n" in metrics, "runner_shop_points" in metrics) == (True, True), metrics
        assert httpx.post(f"{served['api']}/events", json={"topic": TOPIC}).status_code == 401
        assert httpx.get(f"{served['inbound']}/status").status_code == 404
        with Store(f"sqlite:///{tmp_path}/.runner/runner.db") as store:
            server = running_server(store)
        assert server is not None
        given: dict[str, Any] = {
            "headers": {"Authorization": f"Bearer {server.token}"},
            "json": {"topic": "user/a/b", "data": 1},
        }
        assert httpx.post(f"{server.url}/events", **given).json()["id"]
        until(lambda: httpx.get(f"{served['api']}/status").json()["runs"] == {"succeeded": 4})
        assert run("serve", "--port", "0", "--api-port", "0").code == 2
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=40)
        assert (process.returncode, "stopped" in err, "Traceback" in err) == (0, True, False), err


def test_a_task_that_was_not_enabled_does_not_run(shop: RunningShop, tmp_path: Path) -> None:
    with serving(tmp_path) as (served, _):
        shop.subscribe(TOPIC, served["webhooks"])
        shop.do("sell", sku="HD-OAK", location="Workshop", quantity=1)
        until(lambda: httpx.get(f"{served['api']}/status").json()["runs"] == {"succeeded": 1})
    assert "seen" not in tags(shop)


def test_tasks_are_listed_with_their_state_and_switched(run: Command, tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    task_file(tmp_path / "tasks", TAG)
    states = []
    for word in ("list", "enable", "list", "disable", "list"):
        ran = run("tasks", word, *(["made"] if word != "list" else []), "--json")
        assert ran.code == 0
        if word == "list":
            states.append([(task["handle"], task["enabled"]) for task in ran.document["tasks"]])
    assert states == [[("made", False)], [("made", True)], [("made", False)]]


def test_an_unknown_task_cannot_be_enabled(run: Command, tmp_path: Path) -> None:
    ran = run("tasks", "enable", "nothing")
    assert (ran.code, "input.missing" in ran.err) == (2, True)


def test_a_task_that_cannot_be_used_is_not_enabled(run: Command, tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    task_file(tmp_path / "tasks", TAG, subscriptions_template="no topic")
    assert run("tasks", "enable", "made").code == 2
