"""``runner shop serve``: a store at an address, and what can go wrong before it is there."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Command


@contextmanager
def serving(*words: str) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """The command in a process of its own; the document it printed, and the process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RUNNER_", "SHOPIFY_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "shop", "serve", "--json", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout is not None
        lines = ""
        while not lines.endswith("}\n"):
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            lines += line
        yield json.loads(lines), process
    finally:
        process.kill()
        process.communicate()


def ask(served: dict[str, Any], query: str) -> Any:
    reply = httpx.post(
        f"{served['url']}/admin/api/2026-04/graphql.json",
        json={"query": query},
        headers={"X-Shopify-Access-Token": served["token"]},
    )
    return reply.json()


def test_it_prints_address_and_token_serves_and_ends_with_ctrl_c() -> None:
    with serving("--seed", "prints", "--port", "0") as (served, process):
        assert ask(served, "{ shop { name } }")["data"] == {"shop": {"name": "Tidewater Prints"}}
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert (process.returncode, "stopped" in err, "Traceback" in err) == (0, True, False)


def test_a_state_file_outlives_the_process(tmp_path: Path) -> None:
    words = ("--seed", "prints", "--port", "0", "--state", str(tmp_path / "shop.state"))
    add = 'mutation { tagsAdd(id: "gid://shopify/Product/80000001", tags: ["kept"]) { userErrors { message } } }'
    with serving(*words) as (served, _):
        assert "errors" not in ask(served, add)
    with serving(*words) as (served, _):
        tags = ask(served, '{ product(id: "gid://shopify/Product/80000001") { tags } }')["data"]["product"]["tags"]
    assert "kept" in tags


def test_a_port_in_use_is_told_with_a_way_out(run: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = run("shop", "serve", "--seed", "prints", "--port", str(port))
    assert ran.code == 2
    assert f"port {port}" in ran.err
    assert "--port" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--seed", "prnts"), '"prints"'),
        (("--seed", "prints", "--port", "70000"), "70000"),
        (("--seed", "prints", "--port", "many"), "many"),
        (("--seed", "prints", "--state", "nowhere/shop.state"), "nowhere"),
        ((), "--seed"),
    ],
)
def test_what_cannot_be_served_says_why(run: Command, words: tuple[str, ...], told: str) -> None:
    ran = run("shop", "serve", *words)
    assert ran.code == 2
    assert told in ran.err


def test_a_mistake_in_a_seed_has_file_line_and_key(run: Command, tmp_path: Path) -> None:
    seed = tmp_path / "mine.yml"
    seed.write_text("shop:\n  name: Mine\n  domian: mine.myshopify.com\n")
    ran = run("shop", "serve", "--seed", seed, "--port", "0")
    assert ran.code == 2
    assert "mine.yml" in ran.err
    assert "domian" in ran.err
    assert "line 3" in ran.err
