"""Helper folders and READMEs with code: tasks.md 6.3."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.errors import TaskError
from runner.model.task import Task
from runner.task_folder import PARTS, is_task_folder, read_bytes, read_folder

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
