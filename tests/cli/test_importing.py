"""``runner import`` and ``runner export``: tasks.md 6.1 and 6.2."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, Ran

WEBHOOK = {"name": "Hook", "shopify_topic": "orders/create", "event_topic": "user/orders/mine", "filter": "id:*"}


def export(folder: Path, name: str, script: str = "{% log 1 %}", **keys: Any) -> Path:
    """A file as the platform gives it, outside the project's ``tasks/``."""
    path = folder / "from" / f"{name.lower().replace(' ', '-')}.json"
    path.parent.mkdir(exist_ok=True)
    document = {"name": name, "script": script, "subscriptions_template": "user/a/b", "options": {}, **keys}
    path.write_text(json.dumps(document, indent=4), encoding="utf-8")
    return path


def tasks(home: Path) -> dict[str, bytes]:
    return {str(each.relative_to(home / "tasks")): each.read_bytes() for each in (home / "tasks").rglob("*.*")}


def actions(ran: Ran) -> list[tuple[str, str]]:
    assert ran.code == 0, ran.err
    return [(each["task"], each["action"]) for each in ran.document["tasks"]]


def test_a_task_is_taken_in_as_it_is_and_disabled(run: Command, tmp_path: Path) -> None:
    source = export(tmp_path, "Tag orders")
    ran = run("import", source, "--json")
    assert actions(ran) == [("tag-orders", "create")]
    assert ran.document["tasks"][0]["preview"] == "ok"
    assert tasks(tmp_path) == {"tag-orders.json": source.read_bytes()}
    assert run("tasks", "list", "--json").document["tasks"][0]["enabled"] is False
    assert actions(run("import", source, "--json")) == [("tag-orders", "unchanged")]


def test_what_has_to_be_set_first_is_said(run: Command, tmp_path: Path) -> None:
    source = export(tmp_path, "Mail", "{% log options.recipient__email_required %}")
    ran = run("import", source)
    assert 'mail: before it can be enabled, set "Recipient"' in ran.err


def test_another_version_is_a_new_task_unless_it_goes_over_the_old_one(run: Command, tmp_path: Path) -> None:
    first = export(tmp_path, "Tag orders")
    old = first.read_bytes()
    run("import", first)
    run("tasks", "enable", "tag-orders")
    new = export(tmp_path, "Tag orders", "{% log 2 %}")
    ran = run("import", new, "--json")
    assert actions(ran) == [("tag-orders-2", "create")]
    assert "--over" in ran.document["tasks"][0]["note"]
    assert tasks(tmp_path)["tag-orders.json"] == old
    (tmp_path / "tasks" / "tag-orders-2.json").unlink()

    assert actions(run("import", new, "--over", "--dry-run", "--json")) == [("tag-orders", "update")]
    assert tasks(tmp_path) == {"tag-orders.json": old}
    assert actions(run("import", new, "--over", "--json")) == [("tag-orders", "update")]
    assert tasks(tmp_path) == {"tag-orders.json": new.read_bytes()}
    assert run("tasks", "list", "--json").document["tasks"][0]["enabled"] is True


@pytest.mark.parametrize(
    ("incoming", "expected"),
    [
        ("Tag orders", ("renamed", "update")),
        ("tag orders", ("tag-orders", "create")),
        ("Tag  orders", ("tag--orders", "create")),
        ("Renamed", ("renamed", "update")),
    ],
)
def test_over_goes_by_the_exact_name_then_by_the_handle(
    run: Command, tmp_path: Path, incoming: str, expected: tuple[str, str]
) -> None:
    run("import", export(tmp_path, "Tag orders"))
    (tmp_path / "tasks" / "tag-orders.json").rename(tmp_path / "tasks" / "renamed.json")
    source = export(tmp_path, incoming, "{% log 2 %}")
    handle, action = actions(run("import", source, "--over", "--json"))[0]
    assert (handle.replace("--", "-"), action) == (expected[0].replace("--", "-"), expected[1])


def test_two_of_one_name_replace_none(run: Command, tmp_path: Path) -> None:
    run("import", export(tmp_path, "Tag"))
    old = tasks(tmp_path)["tag.json"]
    both = [{"name": "Tag", "script": text, "subscriptions": ["user/a/b"]} for text in ("1", "2")]
    (tmp_path / "both.json").write_text(json.dumps(both))
    ran = run("import", "both.json", "--over", "--json")
    assert actions(ran) == [("tag-2", "create"), ("tag-3", "create")]
    assert all("several" in each["note"] for each in ran.document["tasks"])
    assert tasks(tmp_path)["tag.json"] == old


def test_a_name_that_several_tasks_have_is_not_guessed_at(run: Command, tmp_path: Path) -> None:
    for name in ("a", "b"):
        source = export(tmp_path, "Tag", f"{{% log '{name}' %}}")
        run("import", source.rename(source.with_name(f"{name}.json")))
    before = tasks(tmp_path)
    ran = run("import", export(tmp_path, "Tag", "{% log 3 %}"), "--over")
    assert ran.code == 2
    assert "--into" in ran.err
    assert tasks(tmp_path) == before
    assert actions(run("import", "from/tag.json", "--into", "b", "--json")) == [("b", "update")]
    assert tasks(tmp_path)["a.json"] == before["a.json"]


def test_edits_in_a_helper_folder_are_not_lost(run: Command, tmp_path: Path) -> None:
    run("import", export(tmp_path, "Tag", docs="Docs"))
    run("tasks", "unbundle", "tag")
    new = export(tmp_path, "Tag", "{% log 2 %}")
    assert actions(run("import", new, "--over", "--json")) == [("tag", "update")]
    assert tasks(tmp_path)["tag/script.liquid"] == b"{% log 2 %}"
    assert "tag/docs.md" not in tasks(tmp_path)
    assert run("tasks", "status").code == 0

    (tmp_path / "tasks/tag/script.liquid").write_text("{% log 'mine' %}")
    before = tasks(tmp_path)
    newer = export(tmp_path, "Tag", "{% log 3 %}")
    ran = run("import", newer, "--over")
    assert ran.code == 2
    assert "not bundled" in ran.err
    assert tasks(tmp_path) == before
    assert actions(run("import", newer, "--over", "--force", "--json")) == [("tag", "update")]
    assert tasks(tmp_path)["tag/script.liquid"] == b"{% log 3 %}"


def test_nothing_is_written_when_one_of_many_is_no_task(run: Command, tmp_path: Path) -> None:
    good = export(tmp_path, "Good")
    (tmp_path / "bad.json").write_text('{"name": "Bad"')
    for words in ((good, "bad.json"), ("bad.json", good), (good, "nope.json"), ()):
        assert run("import", *words).code == 2
    assert not (tmp_path / "tasks").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("from/tag.json", "--into", "x"), "there is no task"),
        (("from", "--into", "x"), "takes one task"),
        (("from/tag.json", "--into", "x", "--over"), "exclude"),
    ],
)
def test_misuse_is_said(run: Command, tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    export(tmp_path, "Tag")
    export(tmp_path, "Other")
    ran = run("import", *words)
    assert ran.code == 2
    assert message in ran.err


def test_a_task_comes_from_standard_input(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = export(tmp_path, "Tag orders").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert actions(run("import", "-", "--json")) == [("tag-orders", "create")]


def test_custom_webhooks_join_those_of_the_project(run: Command, tmp_path: Path) -> None:
    (tmp_path / "custom_webhooks.json").write_text(json.dumps({**WEBHOOK, "name": "Old", "filter": "id:1"}))
    (tmp_path / "hook.json").write_text(json.dumps(WEBHOOK))
    assert run("import", "hook.json", "--json").document["webhooks"] == [{"name": "Hook", "action": "create"}]
    kept = json.loads((tmp_path / "custom_webhooks.json").read_text())
    assert [each["name"] for each in kept] == ["Old", "Hook"]
    assert run("import", "hook.json", "--json").document["webhooks"] == [{"name": "Hook", "action": "unchanged"}]
    (tmp_path / "hook.json").write_text(json.dumps({**WEBHOOK, "filter": "id:2"}))
    assert run("import", "hook.json").code == 2
    assert json.loads((tmp_path / "custom_webhooks.json").read_text()) == kept
    assert run("import", "hook.json", "--over").code == 0
    assert json.loads((tmp_path / "custom_webhooks.json").read_text())[1]["filter"] == "id:2"


@pytest.mark.library
@pytest.mark.parametrize("vintage", ["current", "vintage-2021"])
def test_every_export_of_the_library_goes_in_and_comes_out_byte_by_byte(
    run: Command, library: Path, vintage: str, tmp_path: Path
) -> None:
    originals = {each.name: each.read_bytes() for each in sorted((library / vintage).glob("*.json"))}
    ran = run("import", library / vintage, "--json")
    assert {action for _, action in actions(ran)} == {"create"}
    assert tasks(tmp_path) == originals
    for target in ("out/", "out.zip"):
        assert run("export", "--all", "--output", target).code == 0
    assert {each.name: each.read_bytes() for each in (tmp_path / "out").iterdir()} == originals
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == originals
    assert run("export", "--all", "--output", "list.json").code == 0
    again = run("import", "list.json", "out.zip", "--dry-run", "--over", "--json")
    assert again.code == 0
    if vintage == "current":
        assert run("export", "--all", "--library", "--output", "published/").code == 0
        assert {each.name: each.read_bytes() for each in (tmp_path / "published").iterdir()} == originals


def test_one_task_is_printed_as_its_file(run: Command, tmp_path: Path) -> None:
    source = export(tmp_path, "Tag", docs="a\r\nb")
    run("import", source)
    process = subprocess.run(
        [sys.executable, "-m", "runner", "export", "tag"], cwd=tmp_path, capture_output=True, check=True
    )
    assert process.stdout == source.read_bytes()


def test_several_tasks_are_a_list_that_can_be_imported(run: Command, tmp_path: Path) -> None:
    run("import", export(tmp_path, "A"), export(tmp_path, "B", extra_key=[1.5]))
    assert run("export", "a", "b", "--output", "both.json").code == 0
    found = json.loads((tmp_path / "both.json").read_text())
    assert [each["name"] for each in found] == ["A", "B"]
    assert found[1]["extra_key"] == [1.5]
    assert actions(run("import", "both.json", "--json")) == [("a", "unchanged"), ("b", "unchanged")]


def test_an_export_replaces_nothing_by_itself(run: Command, tmp_path: Path) -> None:
    run("import", export(tmp_path, "A"))
    (tmp_path / "a.json").write_text("mine")
    assert run("export", "a", "--output", "a.json").code == 2
    assert (tmp_path / "a.json").read_text() == "mine"
    assert run("export", "a", "--output", "a.json", "--force").code == 0
    assert (tmp_path / "a.json").read_bytes() == tasks(tmp_path)["a.json"]


def test_the_form_of_the_library_has_its_keys_only(run: Command, tmp_path: Path) -> None:
    run("import", export(tmp_path, "A", shopify_api_version="2026-04", liquid_profiling=True, mine=1))
    run("export", "a", "--library", "--output", "a.json")
    text = (tmp_path / "a.json").read_text()
    assert list(json.loads(text)) == ["docs", "name", "options", "script", "subscriptions_template"]
    assert text.endswith("}\n")


def test_a_value_that_looks_like_a_credential_is_warned_about(run: Command, tmp_path: Path) -> None:
    script = "{{ options.api_key__required }}{{ options.token__secret }}{{ options.my_token }}{{ options.monkey }}"
    options = {"api_key__required": "k3y", "token__secret": "name", "my_token": "{{ shop.id }}", "monkey": "x"}
    run("import", export(tmp_path, "A", script, options=options))
    ran = run("export", "a", "--output", "a.json")
    assert ran.err.count("credential") == 1
    assert "API key" in ran.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "name tasks"),
        (("a", "--all"), "name tasks"),
        (("--all",), "no task"),
        (("nope",), 'no task "nope"'),
        (("keep-inventory-levels-in-sync-within-products", "--output", "x"), "neither"),
        (("keep-inventory-levels-in-sync-within-products", "--json"), "--output"),
    ],
)
def test_an_export_that_cannot_be_is_refused(
    run: Command, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    ran = run("export", *words)
    assert ran.code == 2
    assert message in ran.err or message in ran.out


def test_an_import_that_is_killed_leaves_whole_files_and_can_be_repeated(run: Command, tmp_path: Path) -> None:
    many = {f"task-{number}.json": export(tmp_path, f"Task {number}", docs="x" * 50_000) for number in range(60)}
    with subprocess.Popen(
        [sys.executable, "-m", "runner", "import", "from"],
        cwd=tmp_path,
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while not (tmp_path / "tasks" / "task-10.json").exists():
            assert process.poll() in (None, 0)
        process.send_signal(signal.SIGKILL)
    left = {name: content for name, content in tasks(tmp_path).items() if not name.startswith(".")}
    assert left
    assert all(content == many[name].read_bytes() for name, content in left.items())
    assert run("import", "from").code == 0
    whole = {name: content for name, content in tasks(tmp_path).items() if not name.startswith(".")}
    assert whole == {name: file.read_bytes() for name, file in many.items()}
