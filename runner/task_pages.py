"""A page for each task, with its code beside it, and an index by tags: the form of the task library (tasks.md 7)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.errors import InputError
from runner.model.json_write import JSONStyle, write_json
from runner.model.readme import NO_TAGS, read_readme
from runner.model.task import Task

CODE: Mapping[str, str] = {
    "script": "script.liquid",
    "online_store_javascript": "online_store_javascript.js.liquid",
    "order_status_javascript": "order_status_javascript.js.liquid",
}
"""Key -> file of its code, in the order of the page."""
ADVANCED = "Advanced"
UNCATEGORIZED = "Uncategorized"
_MADE = "Made by `runner docs build`"
_INSTALLING = "## Installing this task"
_SPACE = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
"""What JavaScript trims."""
_HANDLE = "\x00"
"""Stands for the handle in a wording."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The fixed sentences of pages and index. ``exact``: code as it is and all settings, so that pages read back."""

    notice: str
    links: str
    options: str
    subscriptions: str
    ending: str
    index: str
    exact: bool = False


OURS = Wording(
    notice="**This task asks for more than options: read its documentation before you enable it.**",
    links=f"* Task file: [{_HANDLE}.json](../../tasks/{_HANDLE}.json)\n* Preview it: `runner preview {_HANDLE}`",
    options="What each key means: `runner docs options`.",
    subscriptions="The events that the task responds to: `runner docs tasks`.",
    ending=(
        f"{_INSTALLING}\n\n`runner import` takes this folder, or the task file.\n\n"
        f"## Contributions\n\nEdit the task, not this page, and build it again.\n\n"
        f"## About this page\n\n{_MADE}."
    ),
    index=f"Every task of this project. {_MADE}.",
    exact=True,
)


def pages(task: Task, handle: str, wording: Wording = OURS) -> dict[str, bytes]:
    """File name -> content of the task's folder: README.md, script.liquid, and JavaScript where there is some.

    With ``wording.exact``, ``read_folder`` makes the same task of them; without, they are those of the task library,
    where the white space around code, preview events and the order of actions are not kept.
    """
    files = {}
    for key, name in CODE.items():
        text = getattr(task, key) or ""
        if key == "script" or text:
            trimmed = text.strip(_SPACE)
            files[name] = text if wording.exact else trimmed + "\n" if trimmed else ""
    readme = _readme(task, handle, wording, {})
    if wording.exact:
        readme = _readme(task, handle, wording, _not_read_back(task, readme, files))
    return {
        "README.md": readme.encode("utf-8", "surrogatepass"),
        **{name: text.encode("utf-8", "surrogatepass") for name, text in files.items()},
    }


def _not_read_back(task: Task, readme: str, files: Mapping[str, str]) -> dict[str, Any]:
    """The keys that page and code do not tell yet."""
    told = read_readme(readme) | {key: files[name] for key, name in CODE.items() if name in files}
    absent = object()
    return {
        key: value
        for key, value in task.to_dict().items()
        if json.dumps(told.get(key, absent), default=str) != json.dumps(value)
    }


def _readme(task: Task, handle: str, wording: Wording, settings: Mapping[str, Any]) -> str:
    code = [CODE[key] for key in CODE if getattr(task, key)]
    docs = task.docs or ""
    summary = re.split(r"(?:\r?\n){2,}", docs, maxsplit=1)[0]
    parts = [f"# {task.name}\n"]
    if ADVANCED in task.tags:
        parts.append(f"\n{wording.notice}\n")
    if not wording.exact or "tags" in task.to_dict():
        parts.append(f"\nTags: {', '.join(task.tags) or NO_TAGS}\n")
    if summary:
        parts.append(f"\n{summary}\n")
    parts.append("\n" + wording.links.replace(_HANDLE, handle))
    if code:
        parts.append("\n* Preview task code:" + (f" {_link(code[0])}" if len(code) == 1 else _bullets(code)))
    if task.options:
        options = write_json(dict(task.options), JSONStyle())
        parts.append(f"\n\n## Default options\n\n```json\n{options}\n```\n\n{wording.options}")
    if task.template.strip():
        parts.append(f"\n\n## Subscriptions\n\n```liquid\n{task.template}\n```\n\n{wording.subscriptions}")
    if settings:
        parts.append(f"\n\n## Other settings\n\n```json\n{write_json(dict(settings), JSONStyle())}\n```")
    if docs.strip():
        parts.append(f"\n\n## Documentation\n\n{docs}")
    return "".join(parts) + "\n\n" + wording.ending.replace(_HANDLE, handle) + "\n"


def _link(name: str) -> str:
    return f"[{name}](./{name})"


def _bullets(names: Iterable[str]) -> str:
    return "".join(f"\n  * {_link(name)}" for name in names)


def index(tasks: Mapping[str, Task], wording: Wording = OURS) -> str:
    """The page that lists all tasks, by handle, and again by tags (tasks.md 7.2)."""
    entries = {handle: f"* [{task.name}](./{handle})" for handle, task in tasks.items()}
    by_tag: dict[str, list[str]] = {}
    for handle, task in tasks.items():
        listed = task.tags if "tags" in task.to_dict() else (UNCATEGORIZED,)
        for tag in dict.fromkeys(listed):
            by_tag.setdefault(tag, []).append(entries[handle])
    groups = "".join(f"\n### {tag}\n\n" + _lines(by_tag[tag]) for tag in _sorted(by_tag))
    head = f"# Task documentation index\n\n{wording.index}\n\n{_lines(entries.values())}"
    return f"{head}\n\n## Tasks grouped by tags\n{groups}"


def _lines(entries: Iterable[str]) -> str:
    return "".join(f"{entry}\n" for entry in _sorted(entries))


def _sorted(texts: Iterable[str]) -> list[str]:
    """As JavaScript sorts: by UTF-16 code units."""
    return sorted(texts, key=lambda text: text.encode("utf-16-be", "surrogatepass"))


def is_made(text: str) -> bool:
    """Whether a page was generated, by us or by the task library: such a page may be replaced."""
    return _MADE in text or _INSTALLING in text or text.startswith("# Task documentation index")


def library_wording(readmes: Sequence[tuple[str, str]], index_page: str) -> Wording:
    """The task library's own fixed sentences, out of (handle, text) of its pages and its index.

    ``InputError`` when no page shows them all. The notice of advanced tasks is empty when no page has one.
    """
    notice, found = "", None
    for handle, text in readmes:
        head = text.partition("\nTags: ")[0]
        bold = re.search(r"^\*\*.*\*\*$", head, re.MULTILINE | re.DOTALL)
        notice = notice or (bold[0] if bold else "")
        found = found or _sentences(handle, text)
    paragraph = re.match(r"# Task documentation index\n\n(.*?)\n\n\* \[", index_page, re.DOTALL)
    if found is None or paragraph is None:
        raise InputError(
            "the pages there do not show the fixed sentences of the task library",
            hint="--library takes a checkout of the library, with docs/README.md and docs/<task>/README.md",
        )
    links, options, subscriptions, ending = found
    return Wording(notice, links, options, subscriptions, ending, paragraph[1])


def _sentences(handle: str, text: str) -> tuple[str, str, str, str] | None:
    links = re.search(r"\n\n(\* [^\n]*\n\* [^\n]*)\n\* Preview task code:", text)
    options = re.search(r"^## Default options\n\n```json\n.*?\n```\n\n(.*?)\n\n## ", text, re.MULTILINE | re.DOTALL)
    lines = re.search(r"^## Subscriptions\n\n```liquid\n.*?\n```\n\n(.*?)\n\n## ", text, re.MULTILINE | re.DOTALL)
    ending = text.find(f"\n{_INSTALLING}")
    if not (links and options and lines) or ending < 0:
        return None
    return (
        links[1].replace(handle, _HANDLE),
        options[1],
        lines[1],
        text[ending + 1 :].removesuffix("\n").replace(handle, _HANDLE),
    )
