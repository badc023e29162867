"""Event filters of a project under ``runner serve``: they act at once, and a bad one loses nothing."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from runner.cli.project_filters import ProjectFilters
from runner.config import load_settings
from tests.cli.conftest import Command
from tests.cli.made import task_file
from tests.cli.test_serve import serving, shop, until  # noqa: F401  a fixture


def test_filters_are_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    filters = ProjectFilters(load_settings(tmp_path, environment={}))
    assert (filters.load(), filters.fingerprint()) == ((), ())
    folder = tmp_path / "event_filters"
    folder.mkdir()
    (folder / "b.liquid").write_text("false", encoding="utf-8")
    (folder / "a.liquid").write_text("{% if %}", encoding="utf-8")
    (folder / "notes.txt").write_text("false", encoding="utf-8")
    before = filters.fingerprint()
    assert [each.name for each in filters.load()] == ["a", "b"]
    assert ['"a"' in str(fault) for fault in filters.faults()] == [True]
    (folder / "b.liquid").write_text("true!", encoding="utf-8")
    assert filters.fingerprint() != before


@pytest.mark.usefixtures("shop")
def test_a_bad_filter_makes_error_events_and_a_server_takes_its_correction_up(run: Command, tmp_path: Path) -> None:
    folder = tmp_path / "event_filters"
    folder.mkdir()
    bad = folder / "quiet.liquid"
    bad.write_text("{% if event.data.quiet %}false", encoding="utf-8")
    script = '{% action "cache", "set", "told", error.message %}'
    task_file(tmp_path / "tasks", script, name="reporter", subscriptions_template="mechanic/errors/event")
    run("tasks", "enable", "reporter")
    hook = run("webhooks", "secret", "create", "user/form/sent", "--json").document["address"]
    told = run("webhooks", "secret", "create", "--cache", "told", "--json").document["address"]
    with serving(tmp_path) as (served, process):

        def runs() -> dict[str, int]:
            return dict(httpx.get(f"{served['api']}/status").json()["runs"])

        assert httpx.post(served["inbound"] + hook, json={"quiet": True}).status_code == 204
        until(lambda: "quiet" in str(httpx.get(served["inbound"] + told).json()))
        assert runs()["failed"] == 1
        bad.write_text("{% if event.data.quiet %}false{% endif %}", encoding="utf-8")

        def is_stopped() -> bool:
            failed = runs()["failed"]
            httpx.post(served["inbound"] + hook, json={"quiet": True})
            until(lambda: httpx.get(f"{served['api']}/status").json()["due"] == 0)
            return runs()["failed"] == failed

        until(is_stopped)
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert ("no event gets past this" in err, "Traceback" in err) == (True, False), err
