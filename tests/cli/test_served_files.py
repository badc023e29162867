"""Files of tasks, read through `runner serve` as a process (actions.md 3.5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from runner.model.run import RunKind
from runner.store import Store
from tests.cli.conftest import Command
from tests.cli.made import task_file
from tests.cli.test_serve import serving, shop, until

__all__ = ["shop"]

TASK = '{% action "files" %}{"Café.csv": "id\\n1\\n"}{% endaction %}'
PUBLIC = "https://hooks.example.com/runner"


def url(folder: Path) -> str | None:
    """The address of what the action run made; None until then."""
    with Store(f"sqlite:///{folder}/.runner/runner.db") as store:
        done: list[Any] = [run.result for run in store.runs.all(kind=RunKind.ACTION) if run.result]
    return str(done[0]["Café.csv"]["url"]) if done else None


@pytest.mark.usefixtures("shop")
def test_a_file_is_read_at_the_public_address(run: Command, tmp_path: Path) -> None:
    task_file(tmp_path / "tasks", TASK, subscriptions_template="user/a/b")
    assert run("tasks", "enable", "made").code == 0
    assert run("send", "user/a/b").code == 0
    with serving(tmp_path, "--public-url", PUBLIC, "--no-register") as (served, _):
        assert served["warnings"] == []
        until(lambda: url(tmp_path))
        address = url(tmp_path) or ""
        assert address.startswith(f"{PUBLIC}/file/")
        assert address.endswith("/Caf%C3%A9.csv")
        # As a tunnel hands it on: the host as others know it, the path after the one it is reached by.
        path = address.removeprefix(PUBLIC)
        for host, status in (("hooks.example.com", 200), ("127.0.0.1", 200), ("evil.example.com", 421)):
            reply = httpx.get(served["inbound"] + path, headers={"Host": host})
            assert (reply.status_code, reply.content == b"id\n1\n") == (status, status == 200)
        assert httpx.get(served["api"] + path).status_code == 404
