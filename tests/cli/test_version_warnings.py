"""API versions that Shopify does not serve are told when a server starts (engine.md 5.5)."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from runner.cli.project_tasks import ProjectTasks
from runner.cli.target import configured_target
from runner.cli.working import open_engine
from runner.config import load_settings
from runner.engine.matching import EnabledTask
from runner.engine.observe import no_observer
from runner.model.deprecation import DeprecatedCall
from runner.project import load_task
from runner.simulator.server import simulator
from runner.store import Store
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


def test_deprecated_calls_of_enabled_tasks_are_listed_until_they_are_switched_off(run: Command, tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    path = task_file(tmp_path / "tasks", "{% log 1 %}", name="old")
    run("tasks", "enable", "old")
    task = EnabledTask.prepare(load_task(path))
    with Store(str(tmp_path / ".runner" / "runner.db")) as store, store.write() as tx:
        call = DeprecatedCall("GET /products.json", "2025-10", "use GraphQL")
        store.deprecations.note(tx, "prints.myshopify.com", task.id, task.task.content_hash, [call, call])
    listed = run("tasks", "list")
    assert "Warning: old: GET /products.json in 2025-10, 2 time(s), last on " in listed.out
    assert ": use GraphQL" in listed.out
    [found] = run("tasks", "list", "--json").document["tasks"]
    assert [(each["request"], each["count"]) for each in found["deprecations"]] == [("GET /products.json", 2)]
    run("tasks", "disable", "old")
    run("tasks", "enable", "old")
    assert "Warning" not in run("tasks", "list").out
