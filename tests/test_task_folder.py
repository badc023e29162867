"""Helper folders and READMEs with code: tasks.md 6.3."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.errors import TaskError
from runner.model.task import Task
from runner.task_folder import PARTS, bundle, folder_files, is_task_folder, read_bytes, read_folder

SOURCE = {
    "name": "Tag new orders",
    "options": {"tag": "x"},
    "script": "{% log 1 %}\n",
    "subscriptions": ["user/a/b"],
    "docs": "Docs without newline",
    "subscriptions_template": "user/a/b",
    "online_store_javascript": None,
    "order_status_javascript": "alert()",
    "tags": [],
}


def unbundle(folder: Path, *, beside: bool = True) -> bytes:
    """The task above as the vendor's tool lays it out; the bytes of its JSON file."""
    source = (json.dumps(SOURCE, indent=4) + "\n").encode()
    folder.mkdir()
    if beside:
        folder.with_name(folder.name + ".json").write_bytes(source)
    rest = {key: value for key, value in SOURCE.items() if key not in PARTS.values()}
    (folder / "task.json").write_text(json.dumps(rest))
    for name, key in PARTS.items():
        if SOURCE[key] is not None:
            (folder / name).write_bytes(str(SOURCE[key]).encode())
    return source


def test_an_unedited_folder_gives_the_bytes_of_the_file_beside_it(tmp_path: Path) -> None:
    source = unbundle(tmp_path / "tag")
    task = read_folder(tmp_path / "tag")
    assert task.to_json().encode() == source
    assert task.handle == "tag"


def test_a_folder_alone_is_a_task(tmp_path: Path) -> None:
    unbundle(tmp_path / "tag", beside=False)
    assert read_folder(tmp_path / "tag") == Task.from_json(SOURCE)


def test_an_edit_in_the_folder_keeps_the_files_layout(tmp_path: Path) -> None:
    source = unbundle(tmp_path / "tag")
    (tmp_path / "tag" / "script.liquid").write_text("{% log 2 %}\n")
    head = json.loads((tmp_path / "tag" / "task.json").read_text())
    (tmp_path / "tag" / "task.json").write_text(json.dumps({**head, "mine": 1}))
    text = read_folder(tmp_path / "tag").to_json()
    assert text == source.decode().replace("log 1", "log 2").replace("\n}\n", ',\n    "mine": 1\n}\n')


@pytest.mark.parametrize(
    ("part", "written", "script"),
    [
        ("script.liquid", "{% log 1 %}", "{% log 1 %}\n"),
        ("script.liquid", "{% log 1 %}\n", "{% log 1 %}\n"),
        ("script.liquid", "{% log 2 %}", "{% log 2 %}"),
        ("docs.md", "Docs without newline\n", "Docs without newline"),
        ("docs.md", "Other\n", "Other\n"),
    ],
)
def test_a_final_newline_alone_is_no_edit(tmp_path: Path, part: str, written: str, script: str) -> None:
    unbundle(tmp_path / "tag")
    (tmp_path / "tag" / part).write_bytes(written.encode())
    assert read_folder(tmp_path / "tag").to_dict()[PARTS[part]] == script


@pytest.mark.parametrize(("name", "key"), [("docs.md", "docs"), ("subscriptions.liquid", "subscriptions_template")])
def test_a_part_that_was_deleted_is_gone(tmp_path: Path, name: str, key: str) -> None:
    unbundle(tmp_path / "tag")
    (tmp_path / "tag" / name).unlink()
    assert read_folder(tmp_path / "tag").to_dict()[key] is None


def test_javascript_that_has_no_file_is_kept(tmp_path: Path) -> None:
    """Other tools may name that file otherwise; its text must not be lost."""
    unbundle(tmp_path / "tag")
    (tmp_path / "tag" / "order_status_javascript.js.liquid").unlink()
    assert read_folder(tmp_path / "tag").order_status_javascript == "alert()"


def write_parts(folder: Path, task: Task) -> None:
    folder.mkdir()
    for name, content in folder_files(task).items():
        (folder / name).write_bytes(content)


@pytest.mark.parametrize("indent", [None, 2, 4])
@pytest.mark.parametrize("extra", [{}, {"docs": None}, {"docs": ""}, {"subscriptions_template": None}, {"mine": [1.0]}])
def test_a_folder_made_of_a_task_gives_its_bytes_again(
    tmp_path: Path, extra: dict[str, object], indent: int | None
) -> None:
    source = (json.dumps({**SOURCE, **extra}, indent=indent) + "\n").encode()
    (tmp_path / "tag.json").write_bytes(source)
    write_parts(tmp_path / "tag", Task.from_json(source))
    assert bundle(tmp_path / "tag").to_json().encode() == source


def test_a_folder_whose_file_is_lost_gives_the_whole_task(tmp_path: Path) -> None:
    task = Task.from_json({**SOURCE, "docs": "", "subscriptions": ["user/other/topic"], "mine": None})
    write_parts(tmp_path / "tag", task)
    assert bundle(tmp_path / "tag").canonical_json() == task.canonical_json()


def test_the_parts_hold_every_character_of_the_task(tmp_path: Path) -> None:
    task = Task.from_json({**SOURCE, "script": "  a\r\nb\tc\u2028"})
    assert folder_files(task)["script.liquid"] == "  a\r\nb\tc\u2028".encode()
    assert list(folder_files(task))[-1] == "task.json"


@pytest.mark.parametrize(
    ("head", "template", "lines"),
    [
        ({}, "user/a/b", ["user/a/b"]),
        ({}, "user/c/d\n\nuser/{{ options.tag }}/y+1.day\n", ["user/c/d", "user/x/y+1.day"]),
        ({"options": {"tag": "z"}}, "user/{{ options.tag }}/b", ["user/z/b"]),
    ],
)
def test_bundling_renders_the_subscriptions_that_an_edit_changes(
    tmp_path: Path, head: dict[str, object], template: str, lines: list[str]
) -> None:
    unbundle(tmp_path / "tag")
    given = json.loads((tmp_path / "tag" / "task.json").read_text())
    (tmp_path / "tag" / "task.json").write_text(json.dumps({**given, **head}))
    (tmp_path / "tag" / "subscriptions.liquid").write_text(template)
    assert bundle(tmp_path / "tag").subscriptions == lines


def test_bundling_leaves_a_stale_list_of_subscriptions_that_nobody_touched(tmp_path: Path) -> None:
    task = Task.from_json({**SOURCE, "subscriptions": ["user/stale/topic"]})
    (tmp_path / "tag.json").write_text(task.to_json())
    write_parts(tmp_path / "tag", task)
    (tmp_path / "tag" / "script.liquid").write_text("{% log 2 %}")
    assert bundle(tmp_path / "tag").subscriptions == ["user/stale/topic"]


def test_bundling_refuses_a_line_that_is_no_subscription(tmp_path: Path) -> None:
    unbundle(tmp_path / "tag")
    (tmp_path / "tag" / "subscriptions.liquid").write_text("user/a/b\norders create")
    with pytest.raises(TaskError) as caught:
        bundle(tmp_path / "tag")
    assert caught.value.where is not None
    assert caught.value.where.line == 2


@pytest.mark.library
@pytest.mark.parametrize("vintage", ["current", "vintage-2021"])
def test_every_export_of_the_library_comes_back_byte_by_byte(library: Path, vintage: str, tmp_path: Path) -> None:
    changed, files = [], sorted((library / vintage).glob("*.json"))
    assert files
    for file in files:
        source = file.read_bytes()
        (tmp_path / file.name).write_bytes(source)
        write_parts(tmp_path / file.stem, Task.from_json(source))
        if bundle(tmp_path / file.stem).to_json().encode() != source:
            changed.append(file.name)
    assert changed == []


@pytest.mark.library
def test_the_published_form_needs_the_folder_alone(library: Path, tmp_path: Path) -> None:
    changed = []
    for file in sorted((library / "current").glob("*.json")):
        write_parts(tmp_path / file.stem, Task.from_json(file.read_bytes()))
        if bundle(tmp_path / file.stem).canonical_json().encode() != file.read_bytes():
            changed.append(file.name)
    assert changed == []


def test_line_ends_of_parts_are_not_translated(tmp_path: Path) -> None:
    unbundle(tmp_path / "tag", beside=False)
    (tmp_path / "tag" / "docs.md").write_bytes(b"a\r\nb\n")
    assert read_folder(tmp_path / "tag").docs == "a\r\nb\n"


def test_a_readme_with_code_is_a_task(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Old task\n\n## Subscriptions\n\n```liquid\nuser/a/b\n```\n")
    assert not is_task_folder(tmp_path)
    (tmp_path / "script.liquid").write_text("{% log 1 %}")
    assert is_task_folder(tmp_path)
    task = read_folder(tmp_path)
    assert (task.name, task.script, task.template) == ("Old task", "{% log 1 %}", "user/a/b")


def test_a_folder_without_script_says_so(tmp_path: Path) -> None:
    (tmp_path / "task.json").write_text('{"name": "t"}')
    with pytest.raises(TaskError, match=r"no script\.liquid"):
        read_folder(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("task.json", b"{", "ends inside"),
        ("task.json", b"[]", "not a JSON object"),
        ("script.liquid", b"a\n\xff", "not UTF-8"),
    ],
)
def test_a_broken_part_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    unbundle(tmp_path / "tag", beside=False)
    (tmp_path / "tag" / name).write_bytes(content)
    with pytest.raises(TaskError, match=words) as caught:
        read_folder(tmp_path / "tag")
    assert caught.value.where is not None
    assert str(caught.value.where.file).endswith(name)


def test_what_the_system_refuses_to_read_is_worded(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match=r"cannot be read: .+\.") as caught:
        read_bytes(tmp_path)
    assert caught.value.code == "task.unreadable"


def test_texts_that_are_not_saved_count_for_their_files(tmp_path: Path) -> None:
    folder = tmp_path / "tag"
    unbundle(folder)
    unsaved = {folder / "script.liquid": "{% log 2 %}", folder / "docs.md": "New", tmp_path / "elsewhere.md": "x"}
    task = read_folder(folder, unsaved=unsaved)
    assert (task.script, task.docs, task.template) == ("{% log 2 %}", "New", "user/a/b")
    assert read_folder(folder).script == "{% log 1 %}\n"


def test_a_folder_may_exist_in_an_editor_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    task = read_folder(folder, unsaved={folder / "task.json": '{"name": "N"}', folder / "script.liquid": "x"})
    assert (task.name, task.script, task.file) == ("N", "x", str(folder))
