"""``runner tasks new``, ``bundle``, ``unbundle`` and ``status``: the files of tasks (tooling.md 1.1, tasks.md 6.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runner.cli.output import ExitCode, Output
from runner.cli.task_places import TaskPlace, check_handle, project_root, task_place, task_places
from runner.errors import InputError, TaskError
from runner.model.task import Task
from runner.task_folder import HEAD, PARTS, bundle, folder_files, is_task_folder
from runner.whole_files import write_file, write_files

DEFAULT_TOPIC = "mechanic/user/trigger"


def new(output: Output, handle: str, *, name: str | None, topic: str, force: bool) -> None:
    """Write a starter task, as JSON and as a helper folder."""
    from runner.model.topic import check_topic

    check_handle(handle)
    note = check_topic(topic)
    if note is not None and note.fatal:
        raise InputError(note.message, code="input.topic", hint=note.hint)
    if note is not None:
        output.note(f"Warning: {note.message} {note.hint or ''}".rstrip(), style="yellow")
    root = project_root()
    place = TaskPlace(handle, root / "tasks" / f"{handle}.json")
    task = Task.from_json(Task.from_json(_starter(handle, name, topic)).canonical_json(), file=str(place.file))
    parts = folder_files(task)
    files = {place.file: task.to_json().encode(), **{place.folder / part: text for part, text in parts.items()}}
    written = write_files(files, force=force, gone=_left_over(place, parts))
    for path in written:
        output.say(f"  {_shown(path, root)}")
    output.say(f"Edit {_shown(place.folder, root)}/script.liquid, then: runner preview {handle}")
    output.document({"task": handle, "file": str(place.file), "written": [str(path) for path in written]})


def _starter(handle: str, name: str | None, topic: str) -> dict[str, Any]:
    from runner.model.topic import subject_variable
    from runner.project import find_sample
    from runner.shopify.schema import DEFAULT_VERSION

    subject = subject_variable(topic)
    known = f"The event is `event`; its subject is `{subject}`." if subject else "The event is `event`."
    seen = f", id: {subject}.admin_graphql_api_id" if subject and topic.startswith("shopify/") else ""
    script = (
        f"{{% comment %}}\n  {known}\n  What the script reads as an option, people can set: `runner docs options`.\n"
        f"{{% endcomment %}}\n\n{{% log topic: event.topic{seen} %}}\n"
    )
    bare = topic.startswith("user/") and find_sample(topic) is None
    example = {"description": "An example", "event_attributes": {"topic": topic, "data": {}}}
    return {
        "name": name or handle.replace("-", " ").capitalize(),
        "docs": "Says in one paragraph what this task is for.\n\nThen what has to be set up, and its limits.\n",
        "options": {},
        "script": script,
        "subscriptions": [topic],
        "subscriptions_template": f"{topic}\n",
        "shopify_api_version": DEFAULT_VERSION,
        "perform_action_runs_in_sequence": False,
        "halt_action_run_sequence_on_error": False,
        "online_store_javascript": None,
        "order_status_javascript": None,
        "preview_event_definitions": [example] if bare else [],
        "tags": [],
    }


def unbundle_task(output: Output, word: str, *, force: bool) -> None:
    """Split a task's JSON into its helper folder."""
    root = project_root()
    place = task_place(word, root)
    if not place.file.is_file():
        raise InputError(
            f"{place.file} does not exist; there is only the folder",
            code="input.missing",
            hint=f"`runner tasks bundle {place.handle}` makes it",
        )
    from runner.project import load_stored

    parts = folder_files(load_stored(place.file))
    files = {place.folder / name: content for name, content in parts.items()}
    if is_task_folder(place.folder) and place.standing()[0] == "ready":
        files = {}  # whatever its layout, it says what the file says
    written = write_files(files, force=force, gone=_left_over(place, parts) if files else ())
    for path in written:
        output.say(f"  {_shown(path, root)}")
    if not written:
        output.say(f"{place.handle} is split already, and nobody edited it.")
    output.document({"task": place.handle, "folder": str(place.folder), "written": [str(path) for path in written]})


def _left_over(place: TaskPlace, parts: Mapping[str, bytes]) -> list[Path]:
    """Parts in the folder that the task does not have: they would come back with the next bundling."""
    return [place.folder / name for name in (*PARTS, HEAD) if name not in parts]


def bundle_tasks(output: Output, words: Sequence[str]) -> int:
    """Join helper folders into JSON files: those named, or all of the project that have edits."""
    root = project_root()
    places = [task_place(word, root) for word in words]
    for place in places:
        if not is_task_folder(place.folder):
            raise InputError(
                f"{place.handle} has no helper folder",
                code="input.missing",
                hint=f"`runner tasks unbundle {place.handle}` makes one; {place.file} is whole as it is",
            )
    chosen = places or [place for place in task_places(root) if is_task_folder(place.folder)]
    if not chosen:
        raise InputError("no task here has a helper folder", code="input.missing", hint="runner tasks unbundle TASK")
    rows: list[dict[str, Any]] = []
    made = {place.file: (place, _text(place)) for place in chosen}
    for file, (place, content) in made.items():
        changed = write_file(file, content)
        rows.append({"task": place.handle, "file": str(file), "changed": changed})
        output.say(f"{place.handle}: {'written' if changed else 'unchanged'}")
    output.document({"tasks": rows})
    return ExitCode.DONE


def _text(place: TaskPlace) -> bytes:
    task = bundle(place.folder)
    # Without a file whose layout it could keep, the task gets the form the library publishes.
    text = task.to_json() if place.file.is_file() else task.canonical_json()
    return text.encode("utf-8", "surrogatepass")


def status(output: Output, words: Sequence[str]) -> int:
    """Whether each task's JSON says what its helper folder says. Exit code 1 for one that does not, 2 for invalid."""
    root = project_root()
    places = [task_place(word, root) for word in words] or task_places(root)
    if not places:
        raise TaskError(f"there is no task in {root / 'tasks'}", code="task.missing", hint="runner tasks new my-task")
    standings = [(place, *place.standing()) for place in places]
    rows = [
        (place.handle, state, "folder" if is_task_folder(place.folder) else "", place.linked or "")
        for place, state, _ in standings
    ]
    output.table(("task", "state", "edited as", "linked to"), rows)
    for place, _, fault in standings:
        if fault is not None:
            output.note(f"{place.handle}: {fault}", style="red")
    if any(state == "needs bundling" for _, state, _ in standings):
        output.say("`runner tasks bundle` writes the JSON files; preview, lint and test read the folders as they are.")
    output.document({"tasks": [_document(place, state, fault) for place, state, fault in standings]})
    states = {state for _, state, _ in standings}
    return ExitCode.INVALID if "invalid" in states else ExitCode.FAILED if "needs bundling" in states else ExitCode.DONE


def _document(place: TaskPlace, state: str, fault: Any) -> dict[str, Any]:
    document = {
        "task": place.handle,
        "file": str(place.file),
        "folder": str(place.folder) if is_task_folder(place.folder) else None,
        "state": state,
        "linked": place.linked,
    }
    return document | ({"error": fault.to_dict()} if fault is not None else {})


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
