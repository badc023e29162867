"""Tasks as folders: the helper folder of the vendor's command line, the library's README with code (tasks.md 6.3).

The JSON file is the truth; a folder is for editing. Reading a folder that nobody edited gives the same bytes as the
JSON file beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runner.errors import TaskError, Where
from runner.model.json_text import read_json
from runner.model.json_write import JSONStyle, write_json
from runner.model.readme import read_readme
from runner.model.task import Task
from runner.model.task_check import KEYS, RECORD_KEYS

HEAD = "task.json"
README = "README.md"
PARTS: Mapping[str, str] = MappingProxyType(
    {
        "script.liquid": "script",
        "docs.md": "docs",
        "subscriptions.liquid": "subscriptions_template",
        "online_store_javascript.js.liquid": "online_store_javascript",
        "order_status_javascript.js.liquid": "order_status_javascript",
    }
)
"""File to key. ``task.json`` holds everything else."""


def is_task_folder(folder: Path) -> bool:
    """True for a helper folder, and for a README with code beside it."""
    if (folder / HEAD).is_file():
        return True
    return (folder / README).is_file() and any((folder / part).is_file() for part in PARTS)


def read_folder(folder: Path, *, unsaved: Mapping[Path, str] = MappingProxyType({})) -> Task:
    """The task whose parts lie in ``folder``; its handle is the folder's name. Texts in ``unsaved`` count for files.

    Where ``<folder>.json`` exists, key order and layout are that file's, and a part that differs from it by a final
    newline only, as editors add it, counts as unchanged. ``TaskError`` when a part is not readable or there is no
    script.
    """
    document = _read_head(folder, unsaved)
    beside = folder.parent / f"{folder.name}.json"
    original = Task.from_json(_content(beside, unsaved), file=str(beside)) if _there(beside, unsaved) else None
    stored = original.to_dict() if original else {}
    for name, key in PARTS.items():
        if _there(folder / name, unsaved):
            text = _read_text(folder / name, unsaved)
            document[key] = _without_editors_newline(text, stored.get(key))
    if "script" not in document and not document.get("online_store_javascript"):
        hint = "Put the task's Liquid code into script.liquid there."
        raise TaskError("The folder has no script.liquid.", hint=hint, where=Where(file=str(folder)))
    if original is None:
        return Task.from_json(document, file=str(folder))
    if _there(folder / HEAD, unsaved):
        # A part that was deleted is gone from the task. What holds JavaScript may have another name in other tools.
        gone = [
            key for key in ("docs", "subscriptions_template") if key not in document and (stored.get(key) or "").strip()
        ]
        document |= dict.fromkeys(gone)
    known = {key: value for key, value in document.items() if key in KEYS}
    extra = {key: value for key, value in document.items() if key not in KEYS}
    return Task.from_json(original.edited(**known, extra=extra).to_json(), file=str(folder))


def folder_files(task: Task) -> dict[str, bytes]:
    """File name -> content of the helper folder that ``read_folder`` makes this task of again, ``task.json`` last.

    No byte is added to or taken from a part. A part that is absent, null or empty gets no file, and stays in
    ``task.json`` as it is; the script always has one.
    """
    head = {key: value for key, value in task.to_dict().items() if key not in RECORD_KEYS}
    files = {}
    for name, key in PARTS.items():
        text = head.get(key)
        if key == "script" or text:
            files[name] = (text or "").encode("utf-8", "surrogatepass")
            head.pop(key, None)
    return {**files, HEAD: (write_json(head, JSONStyle()) + "\n").encode()}


def bundle(folder: Path) -> Task:
    """The task in a helper folder as its JSON file is to hold it: ``read_folder``, with the list of subscriptions.

    That is rendered anew where the template or the options differ from those of the file beside the folder; one that
    does not render, or has a line that is no subscription, is a ``TaskError`` or ``LiquidError``.
    """
    from runner.liquid.render import render_subscriptions
    from runner.model.subscription import read_subscriptions

    task, beside = read_folder(folder), folder.parent / f"{folder.name}.json"
    stored = Task.from_json(read_bytes(beside), file=str(beside)) if beside.is_file() else None
    if stored is not None and (stored.template, stored.options) == (task.template, task.options):
        return task
    if stored is None and task.subscriptions:
        return task
    lines, wrong = read_subscriptions(render_subscriptions(task))
    if wrong:
        raise wrong[0]
    return task.edited(subscriptions=[str(each) for each in lines])


def _there(path: Path, unsaved: Mapping[Path, str]) -> bool:
    return path in unsaved or path.is_file()


def _content(path: Path, unsaved: Mapping[Path, str]) -> str | bytes:
    return unsaved[path] if path in unsaved else read_bytes(path)


def _read_head(folder: Path, unsaved: Mapping[Path, str]) -> dict[str, Any]:
    head, readme = folder / HEAD, folder / README
    if not _there(head, unsaved):
        return read_readme(_read_text(readme, unsaved), file=str(readme))
    document = read_json(_content(head, unsaved), file=str(head), error=TaskError).value
    if not isinstance(document, dict):
        raise TaskError("The file is not a JSON object.", hint="It holds name, options, …", where=Where(file=str(head)))
    return document


def _without_editors_newline(text: str, original: Any) -> str:
    if isinstance(original, str) and text.removesuffix("\n") == original.removesuffix("\n"):
        return original
    return text


def _read_text(path: Path, unsaved: Mapping[Path, str]) -> str:
    if path in unsaved:
        return unsaved[path]
    source = read_bytes(path)
    try:
        return source.decode()
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        hint = "Save it again as UTF-8."
        raise TaskError("The file is not UTF-8.", hint=hint, where=Where(file=str(path), line=line)) from error


def read_bytes(path: Path) -> bytes:
    """The content of a task's file; ``TaskError`` in words when the system refuses."""
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"The file cannot be read: {error.strerror or error}."
        hint = "It must be a file that you may read."
        raise TaskError(message, where=Where(file=str(path)), code="task.unreadable", hint=hint) from error
