"""API versions that Shopify does not serve are told when a server starts (engine.md 5.5)."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from runner.cli.project_tasks import ProjectTasks
from runner.cli.target import configured_target
from runner.cli.working import open_engine
from runner.config import load_settings
from runner.engine.observe import no_observer
from runner.simulator.server import simulator
from runner.value_files import LiveValues
from tests.cli.conftest import Command
from tests.cli.made import task_file


def test_versions_of_the_settings_and_of_enabled_tasks_are_warned_of(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tasks").mkdir()
    for name, version in (("old", "2020-01"), ("off", "2020-04"), ("new", "unstable")):
        task_file(tmp_path / "tasks", "{% log 1 %}", name=name, shopify_api_version=version)
    with simulator("prints") as shop, ExitStack() as stack:
        monkeypatch.setenv("SHOPIFY_SHOP", shop.url)
        monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", shop.token)
        monkeypatch.setenv("SHOPIFY_API_VERSION", "2021-07")
        for name in ("old", "new"):
            assert run("tasks", "enable", name).code == 0
        settings = load_settings()
        target = stack.enter_context(configured_target(settings, dry=False))
        current = LiveValues(settings)
        tasks = ProjectTasks(settings, target.store, shop=target.record, values=current)
        said: list[str] = []
        open_engine(stack, target, tasks, current.values, no_observer, settings=settings, note=said.append, works=False)
    told = [line for line in said if "API version" in line]
    assert len(told) == 2
    assert told[0].startswith("Warning: the setting api_version: API version 2021-07: Shopify no longer serves it")
    assert told[1].startswith("Warning: old asks for API version 2020-01: Shopify no longer serves it")
