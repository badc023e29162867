"""``runner tasks new``, ``bundle``, ``unbundle`` and ``status``: tasks.md 6.3, tooling.md 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.cli.made import task_file


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project with one task, as a file alone; the working directory."""
    (tmp_path / "tasks").mkdir()
    task_file(tmp_path / "tasks", "{% log 1 %}\n", name="stock", docs="Docs", online_store_javascript=None)
    return tmp_path


def everything(home: Path) -> dict[str, bytes]:
    return {str(each.relative_to(home)): each.read_bytes() for each in home.rglob("*") if each.is_file()}


@pytest.mark.parametrize(
    ("topic", "subject"),
    [
        ("shopify/orders/create", "order"),
        ("mechanic/scheduler/daily", None),
        ("mechanic/user/text", None),
        ("user/contact/form", None),
    ],
)
def test_a_new_task_previews_at_once(run: Command, tmp_path: Path, topic: str, subject: str | None) -> None:
    assert run("tasks", "new", "order-tagger", "--topic", topic).code == 0
    assert sorted(everything(tmp_path)) == [
        "tasks/order-tagger.json",
        *(f"tasks/order-tagger/{name}" for name in ("docs.md", "script.liquid", "subscriptions.liquid", "task.json")),
    ]
    seen = run("preview", "order-tagger", "--json")
    assert seen.code == 0
    assert [each["topic"] for each in seen.document["previews"]] == [topic]
    assert len(seen.document["previews"][0]["logs"]) == 1
    assert seen.document["task"]["name"] == "Order tagger"
    assert subject is None or f"`{subject}`" in (tmp_path / "tasks/order-tagger/script.liquid").read_text()
    assert run("tasks", "status").code == 0
    assert run("lint", "--strict").code == 0


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("Order Tagger!",), "cannot be the name", "order-tagger"),
        (("x", "--topic", "orders/create"), "has two parts", "shopify/orders/create"),
        (("x", "--topic", "mechanic/user/trigge"), "no topic", "mechanic/user/trigger"),
        (("stock",), "already", "--force"),
    ],
)
def test_a_new_task_that_cannot_be_is_refused(
    run: Command, home: Path, words: tuple[str, ...], message: str, hint: str
) -> None:
    before = everything(home)
    ran = run("tasks", "new", *words)
    assert ran.code == 2
    assert message in ran.err
    assert hint in ran.err
    assert everything(home) == before


def test_force_begins_again(run: Command, home: Path) -> None:
    assert run("tasks", "new", "stock", "--force").code == 0
    assert json.loads((home / "tasks/stock.json").read_text())["name"] == "Stock"


def test_a_task_comes_back_from_its_folder_unchanged(run: Command, home: Path) -> None:
    before = everything(home)
    assert run("tasks", "unbundle", "stock").code == 0
    assert (home / "tasks/stock/script.liquid").read_bytes() == b"{% log 1 %}\n"
    assert run("tasks", "unbundle", "stock").out == "stock is split already, and nobody edited it.\n"
    assert run("tasks", "bundle", "stock").out == "stock: unchanged\n"
    assert everything(home).items() >= before.items()


def test_an_edit_shows_in_previews_and_status_and_is_written_by_bundling(run: Command, home: Path) -> None:
    run("tasks", "unbundle", "stock")
    (home / "tasks/stock/script.liquid").write_text("{% log 2 %}")
    for word in ("stock", "tasks/stock.json", "tasks/stock"):
        assert run("preview", word, "--json").document["previews"][0]["logs"] == [2]
    status = run("tasks", "status", "--json")
    assert status.code == 1
    assert [(each["task"], each["state"]) for each in status.document["tasks"]] == [("stock", "needs bundling")]
    assert "log 1" in (home / "tasks/stock.json").read_text()
    assert run("tasks", "bundle").out == "stock: written\n"
    assert json.loads((home / "tasks/stock.json").read_text())["script"] == "{% log 2 %}"
    assert run("tasks", "status").code == 0


def test_unbundling_never_throws_edits_away(run: Command, home: Path) -> None:
    run("tasks", "unbundle", "stock")
    (home / "tasks/stock/script.liquid").write_text("{% log 2 %}")
    (home / "tasks/stock/order_status_javascript.js.liquid").write_text("alert()")
    before = everything(home)
    ran = run("tasks", "unbundle", "stock")
    assert ran.code == 2
    assert "script.liquid" in ran.err
    assert "order_status_javascript.js.liquid" in ran.err
    assert everything(home) == before
    assert run("tasks", "unbundle", "stock", "--force").code == 0
    assert run("tasks", "status").code == 0
    assert not (home / "tasks/stock/order_status_javascript.js.liquid").exists()


def test_a_folder_alone_becomes_a_file(run: Command, home: Path) -> None:
    run("tasks", "unbundle", "stock")
    (home / "tasks/stock.json").unlink()
    assert run("tasks", "status").code == 1
    assert run("tasks", "unbundle", "stock").code == 2
    assert run("tasks", "bundle", "tasks/stock").code == 0
    made = json.loads((home / "tasks/stock.json").read_text())
    assert (made["script"], made["docs"], made["online_store_javascript"]) == ("{% log 1 %}\n", "Docs", None)
    assert list(made) == sorted(made)


def test_one_broken_folder_keeps_bundle_from_writing_any(run: Command, home: Path) -> None:
    task_file(home / "tasks", "{% log 1 %}", name="other")
    run("tasks", "unbundle", "stock")
    run("tasks", "unbundle", "other")
    (home / "tasks/other/script.liquid").write_text("{% log 2 %}")
    (home / "tasks/stock/task.json").write_text('{"name": ')
    before = everything(home)
    assert run("tasks", "bundle").code == 2
    assert everything(home) == before
    status = run("tasks", "status", "--json")
    assert status.code == 2
    assert [each["state"] for each in status.document["tasks"]] == ["needs bundling", "invalid"]
    assert "task.json" in status.document["tasks"][1]["error"]["where"]["file"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("bundle", "stok"), 'did you mean "stock"'),
        (("bundle", "stock"), "has no helper folder"),
        (("bundle",), "no task here has a helper folder"),
        (("unbundle", "nope.json"), "there is no task"),
        (("status", "nope"), "there is no task"),
    ],
)
def test_what_there_is_not_is_said(run: Command, home: Path, words: tuple[str, ...], message: str) -> None:
    ran = run("tasks", *words)
    assert ran.code == 2
    assert message in ran.err


@pytest.mark.parametrize(
    "links",
    [
        {"tasks/stock.json": "id-7"},
        {"tasks": {"tasks/stock.json": {"id": "id-7", "content_hash": "x"}}},
        {"links": [{"path": "tasks/stock.json", "task_id": "id-7"}]},
        {"id-7": "tasks/stock.json"},
        {"version": 1, "tasks": {"id-7": {"path": "tasks/stock.json", "hash": "x"}}},
    ],
)
def test_the_id_on_the_platform_names_a_task_and_is_never_written(run: Command, home: Path, links: object) -> None:
    """The form of the file is not published (tooling.md 9)."""
    (home / ".mechanic").mkdir()
    (home / ".mechanic/links.json").write_text(json.dumps(links))
    (home / "mechanic.json").write_text('{"shop": "a.myshopify.com", "other": [1]}')
    before = everything(home)
    assert [each["linked"] for each in run("tasks", "status", "--json").document["tasks"]] == ["id-7"]
    assert run("tasks", "unbundle", "id-7").code == 0
    assert run("tasks", "bundle", "id-7").code == 0
    assert everything(home).items() >= before.items()


def test_what_runs_is_the_file_until_the_folder_is_bundled(run: Command, home: Path) -> None:
    run("tasks", "unbundle", "stock")
    (home / "tasks/stock/subscriptions.liquid").write_text("user/other/topic")
    assert run("tasks", "list", "--json").document["tasks"][0]["subscriptions"] == ["shopify/inventory_levels/update"]
    run("tasks", "bundle")
    assert run("tasks", "list", "--json").document["tasks"][0]["subscriptions"] == ["user/other/topic"]
    assert json.loads((home / "tasks/stock.json").read_text())["subscriptions"] == ["user/other/topic"]
