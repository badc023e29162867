"""A checkout laid out as the public repository is: its pages are built, compared and kept up to date (tasks.md 7, 8).

The exports are the library's own. What its pages say beside them is vendor text that is not at hand, so sentences of
our own stand for it: everything else of a page follows from the task.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner import load_task
from runner.model.task import Task
from runner.task_pages import index, pages
from tests.cli.conftest import Command, clean_environment, run
from tests.library.sweep import exports
from tests.test_task_pages import THEIRS

__all__ = ["clean_environment", "run"]

pytestmark = pytest.mark.library


@pytest.fixture(scope="module")
def made(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout; nothing in it is changed but by tests that put it back."""
    root = tmp_path_factory.mktemp("checkout")
    tasks: dict[str, Task] = {}
    for folder in ("tasks", "docs", "lib"):
        (root / folder).mkdir()
    for vintage, path in exports(library):
        if vintage == "current":
            (root / "tasks" / path.name).write_bytes(path.read_bytes())
            tasks[path.stem] = load_task(path)
    for handle, task in tasks.items():
        (root / "docs" / handle).mkdir()
        for name, content in pages(task, handle, THEIRS).items():
            (root / "docs" / handle / name).write_bytes(content)
    (root / "docs" / "README.md").write_text(index(tasks, THEIRS), encoding="utf-8")
    tags = sorted({tag for task in tasks.values() for tag in task.tags})
    schema = {"properties": {"tags": {"type": "array", "items": {"type": "string", "enum": tags}}}}
    (root / "lib" / "task_schema.json").write_text(json.dumps(schema))
    return root


def everything(root: Path) -> dict[str, bytes]:
    return {str(each.relative_to(root)): each.read_bytes() for each in sorted(root.rglob("*")) if each.is_file()}


def test_pages_that_are_gone_are_built_again_byte_for_byte(made: Path, run: Command) -> None:
    """A page that has all blocks, one of an advanced task and the index are enough to know the sentences."""
    assert run("docs", "build", "--library", made, "--check").code == 0
    before = everything(made)
    folders = sorted(each for each in (made / "docs").iterdir() if each.is_dir())
    whole = next(each for each in folders if all(head in _page(each) for head in (b"## Default", b"## Subscr")))
    advanced = next(each for each in folders if THEIRS.notice.encode() in _page(each))
    for folder in folders:
        for each in folder.iterdir() if folder not in (whole, advanced) else ():
            each.unlink()
    notice = _page(advanced)
    (advanced / "README.md").unlink()
    refused = run("docs", "build", "--library", made)
    assert (refused.code, "the notice of advanced tasks" in refused.err) == (2, True)
    (advanced / "README.md").write_bytes(notice)
    ran = run("docs", "build", "--library", made)
    assert ran.code == 0, ran.err
    assert everything(made) == before


def _page(folder: Path) -> bytes:
    return (folder / "README.md").read_bytes()


def test_a_task_that_was_edited_breaks_the_rules_until_its_pages_are_built(made: Path, run: Command) -> None:
    words = ("lint", "--library", "--rule", "lib", "--brief")
    clean = run(*words, made / "tasks")
    assert (clean.code, clean.out.splitlines()[0]) == (0, "243 tasks: 0 errors, 0 warnings, 0 advice."), clean.out
    file = made / "tasks" / "auto-tag-cancelled-orders.json"
    before, pages_before = file.read_bytes(), everything(made / "docs")
    document = json.loads(before)
    document |= {"name": "Auto-tag orders that were cancelled", "tags": ["orders", *document["tags"]]}
    file.write_text(json.dumps(document, indent=2) + "\n")
    (made / "tasks" / "notes.txt").write_text("mine")
    try:
        found = run(*words, made / "tasks", "--json")
        assert found.code == 1
        assert {(each["rule"], each["message"]) for each in found.document["findings"]} == {
            ("lib.docs", "docs/auto-tag-cancelled-orders/README.md is out of date"),
            ("lib.docs", "the index docs/README.md does not list the task"),
            ("lib.tags", 'the library has no tag "orders"'),
            ("lib.file", "tasks/notes.txt is no task"),
        }
        assert run("docs", "build", "--library", made).code == 0
        after = run(*words, file, "--json").document["findings"]
        assert {each["rule"] for each in after} == {"lib.tags"}
    finally:
        file.write_bytes(before)
        (made / "tasks" / "notes.txt").unlink()
    assert run("docs", "build", "--library", made).code == 0
    assert everything(made / "docs") == pages_before
