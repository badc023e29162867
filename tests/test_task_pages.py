"""Pages of tasks and their index: tasks.md 7."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.errors import InputError
from runner.model.task import Task
from runner.task_folder import read_folder
from runner.task_pages import OURS, Wording, index, is_made, library_wording, pages

THEIRS = Wording(
    notice="**Take care.**",
    links="* Library: [the page](https://tasks.example/\x00)\n* JSON: [\x00.json](../../tasks/\x00.json)",
    options="[About options](https://docs.example/options)",
    subscriptions="[About subscriptions](https://docs.example/subscriptions)",
    ending="## Installing this task\n\nSearch for \x00.\n\n## Contributions\n\nYes.\n\n## Task requests\n\nAsk.",
    index="All tasks there are.",
)


def made(**keys: Any) -> Task:
    document = {
        "name": "Tag orders",
        "script": "  a\n",
        "options": {"tag__required": "é"},
        "subscriptions_template": "user/a/b",
        "docs": "Tags.\n\nMore.",
        "tags": ["Orders", "Advanced"],
        **keys,
    }
    return Task.from_json({key: value for key, value in document.items() if value is not ...})


def test_a_page_has_its_blocks_in_order() -> None:
    found = pages(made(), "tag-orders", THEIRS)
    assert found["README.md"].decode() == (
        "# Tag orders\n\n**Take care.**\n\nTags: Orders, Advanced\n\nTags.\n\n"
        "* Library: [the page](https://tasks.example/tag-orders)\n"
        "* JSON: [tag-orders.json](../../tasks/tag-orders.json)\n"
        "* Preview task code: [script.liquid](./script.liquid)\n\n"
        '## Default options\n\n```json\n{\n  "tag__required": "é"\n}\n```\n\n'
        "[About options](https://docs.example/options)\n\n"
        "## Subscriptions\n\n```liquid\nuser/a/b\n```\n\n"
        "[About subscriptions](https://docs.example/subscriptions)\n\n"
        "## Documentation\n\nTags.\n\nMore.\n\n"
        "## Installing this task\n\nSearch for tag-orders.\n\n## Contributions\n\nYes.\n\n## Task requests\n\nAsk.\n"
    )
    assert found["script.liquid"] == b"a\n"


@pytest.mark.parametrize(
    ("keys", "there", "absent"),
    [
        ({"tags": []}, "Tags: (not tagged!)\n", "**"),
        ({"tags": ...}, "Tags: (not tagged!)\n", "**"),
        ({"options": {}}, "## Subscriptions", "## Default options"),
        ({"subscriptions_template": " \n", "subscriptions": []}, "## Documentation", "## Subscriptions"),
        ({"docs": ""}, "# Tag orders\n\n**", "## Documentation"),
        ({"docs": "One\r\n\r\nTwo"}, "\n\nOne\n\n* ", "\n\nOne\r\n\r\n* "),
        (
            {"online_store_javascript": "x()"},
            "* Preview task code:\n  * [script.liquid](./script.liquid)\n  * [online_store_javascript.js.liquid](",
            "order_status",
        ),
        ({"script": "", "online_store_javascript": "x()"}, "code: [online_store", "[script.liquid]"),
    ],
)
def test_what_a_task_lacks_has_no_block(keys: dict[str, Any], there: str, absent: str) -> None:
    page = pages(made(**keys), "tag-orders", THEIRS)["README.md"].decode()
    assert there in page
    assert absent not in page


def test_the_script_always_has_a_file() -> None:
    assert pages(made(script="", online_store_javascript="x()"), "x", THEIRS)["script.liquid"] == b""
    assert set(pages(made(order_status_javascript="y()"), "x")) == {
        "README.md",
        "script.liquid",
        "order_status_javascript.js.liquid",
    }


def test_the_index_lists_all_and_groups_by_tags() -> None:
    tasks = {
        "b": made(name="banana", tags=["Cancel", "CSV"]),
        "a": made(name="Apple", tags=["Cancel"]),
        "none": made(name="No key", tags=...),
        "empty": made(name="Empty list", tags=[]),
    }
    assert index(tasks, THEIRS) == (
        "# Task documentation index\n\nAll tasks there are.\n\n"
        "* [Apple](./a)\n* [Empty list](./empty)\n* [No key](./none)\n* [banana](./b)\n"
        "\n\n## Tasks grouped by tags\n"
        "\n### CSV\n\n* [banana](./b)\n"
        "\n### Cancel\n\n* [Apple](./a)\n* [banana](./b)\n"
        "\n### Uncategorized\n\n* [No key](./none)\n"
    )


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"tags": ...},
        {"tags": ["a, b"]},
        {"options": {}},
        {"docs": None},
        {"docs": ""},
        {"docs": "A\n\n## Installing this task\n\nB\n\n## Other settings\n\n```json\n{}\n```\n"},
        {"docs": "Ends in lines\r\n\r\n\n"},
        {"docs": "(none)"},
        {"subscriptions_template": "a\n```\nb"},
        {"subscriptions_template": "user/a/b\n\n"},
        {"subscriptions_template": None, "subscriptions": ["user/a/b"]},
        {"name": " padded "},
        {"name": "two\nlines"},
        {"script": ""},
        {"script": "\r\n a \u2028"},
        {"online_store_javascript": "", "order_status_javascript": "x()"},
        {"preview_event_definitions": [{"description": "d", "event_attributes": {"topic": "user/a/b", "data": [1]}}]},
        {"perform_action_runs_in_sequence": True, "shopify_api_version": "2026-04", "mine": {"x": 1.5}},
    ],
)
def test_our_pages_read_back_as_the_very_task(keys: dict[str, Any], tmp_path: Path) -> None:
    task = made(**keys)
    for name, content in pages(task, "tag-orders").items():
        (tmp_path / name).write_bytes(content)
    assert json.loads(read_folder(tmp_path).canonical_json()) == json.loads(task.canonical_json())


@pytest.mark.library
@pytest.mark.parametrize("vintage", ["current", "vintage-2021"])
def test_every_page_of_the_library_reads_back(library: Path, vintage: str, tmp_path: Path) -> None:
    changed, files = [], sorted((library / vintage).glob("*.json"))
    assert files
    for file in files:
        task = Task.from_json(file.read_bytes())
        folder = tmp_path / file.stem
        folder.mkdir()
        for name, content in pages(task, file.stem).items():
            (folder / name).write_bytes(content)
        read = read_folder(folder).canonical_json()
        published = vintage != "current" or read.encode() == file.read_bytes()  # the form of today's library
        if read != task.canonical_json() or not published:
            changed.append(file.name)
    assert changed == []


@pytest.mark.library
def test_pages_in_the_form_of_the_library_keep_what_it_keeps(library: Path, tmp_path: Path) -> None:
    """Name, tags, options, template and docs, for 360 of 360 (tasks.md 12)."""
    keys = ("name", "tags", "options", "docs")
    for file in sorted((library / "current").glob("*.json")):
        task = Task.from_json(file.read_bytes())
        for name, content in pages(task, file.stem, THEIRS).items():
            (tmp_path / name).write_bytes(content)
        read = read_folder(tmp_path)
        assert [getattr(read, key) for key in keys] == [getattr(task, key) for key in keys], file.name
        assert read.template == task.template
        for leftover in tmp_path.iterdir():
            leftover.unlink()


def test_the_words_of_the_library_come_from_its_own_pages() -> None:
    tasks = {"tag-orders": made(), "plain": made(name="Plain", tags=["A"], options={})}
    readmes = [(handle, pages(task, handle, THEIRS)["README.md"].decode()) for handle, task in tasks.items()]
    found = library_wording(readmes, index(tasks, THEIRS))
    assert found == THEIRS
    assert library_wording(readmes[:1], index(tasks, THEIRS)) == THEIRS
    with pytest.raises(InputError, match="fixed sentences"):
        library_wording(readmes[1:], index(tasks, THEIRS))
    with pytest.raises(InputError, match="fixed sentences"):
        library_wording(readmes, "# Something else")


def test_generated_pages_are_told_from_others() -> None:
    assert is_made(pages(made(), "x")["README.md"].decode())
    assert is_made(pages(made(), "x", replace(THEIRS, notice=""))["README.md"].decode())
    assert is_made(index({"x": made()}, OURS))
    assert not is_made("# My project\n\nTags: none\n")
