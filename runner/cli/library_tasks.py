"""What ``runner library`` does: opening the library, and telling what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from runner.cli.output import Output, brief
from runner.cli.samples import sample_event
from runner.cli.task_places import project_root
from runner.clock import SystemClock
from runner.config import Settings, load_settings
from runner.errors import ConfigError, NetworkError, RunnerError
from runner.library.entry import Entry
from runner.library.search import Found, Wanted, near_words, search
from runner.library.shelf import Shelf, handle_of, is_address, kept_folder, open_shelf

_SHOWN_TAGS = 4


def search_tasks(output: Output, wanted: Wanted, *, limit: int) -> bool:
    """Print the tasks that fit; False when none does."""
    shelf = _open(output)
    entries = _entries(output, shelf)
    with output.working("Looking"):
        found = search(entries, wanted)
        needs_preview = bool(wanted.actions or wanted.scopes)
        shown = [
            {**each.entry.to_dict(previewed=needs_preview or output.as_json), "score": each.score}
            for each in found[:limit]
        ]
    output.document({"library": shelf.to_dict(), "found": len(found), "tasks": shown})
    if not found:
        output.note("No task fits.")
        near = near_words(entries, wanted.words)
        if near:
            output.note(f"Did you mean {', '.join(near)}?")
        return False
    output.table(("handle", "name", "tags"), [_row(each) for each in found[:limit]])
    if len(found) > limit:
        output.say(f"{len(found) - limit} more; --limit {len(found)} shows all.")
    output.say(f"`runner library show {found[0].entry.handle}` tells more, `runner library add HANDLE` copies it.")
    return True


def _row(found: Found) -> tuple[str, str, str]:
    tags = found.entry.tags
    more = ", …" if len(tags) > _SHOWN_TAGS else ""
    return found.entry.handle, found.entry.task.name, ", ".join(tags[:_SHOWN_TAGS]) + more


def show_task(output: Output, word: str, *, script: bool) -> None:
    """Print what there is to know of one task."""
    shelf = _open(output)
    handle = handle_of(word)
    entry = Entry(handle, shelf.task(handle), cache(sample_event), SystemClock())
    if script and not output.as_json:
        output.say(entry.task.script.rstrip("\n"))
        return
    output.document({"library": shelf.to_dict(), "task": {**entry.to_dict(), "script": entry.task.script}})
    if output.as_json:
        return
    output.say(entry.task.name, style="bold")
    output.say(_origin(shelf), style="dim")
    output.say()
    output.say((entry.task.docs or "").strip() or "It has no documentation.")
    output.say()
    for label, values in (
        ("Tags", entry.tags),
        ("Topics", entry.topics),
        ("Actions", entry.actions),
        ("Scopes", entry.scopes),
    ):
        output.say(f"{label + ':':<9} {', '.join(values) or 'none'}")
    output.say(f"Script:   {len(entry.task.script.splitlines())} lines; --script prints it")
    if entry.options:
        output.say()
        stored = entry.task.options
        rows = [(each.key, brief(stored.get(each.key), compact=True, limit=60)) for each in entry.options]
        output.table(("option", "value"), rows)
    output.say()
    output.say(f"`runner library add {handle}` copies it to tasks/.")


def add_tasks(output: Output, words: Sequence[str], *, force: bool) -> None:
    """Copy exports into the project, all of them or none."""
    from runner.model.option_errors import validate
    from runner.model.options import discover, stored_values
    from runner.task_folder import is_task_folder
    from runner.whole_files import write_files

    shelf, root = _open(output), project_root()
    handles = list(dict.fromkeys(handle_of(word) for word in words))
    files = {root / "tasks" / f"{handle}.json": shelf.content(handle) for handle in handles}
    tasks = {handle: shelf.task(handle) for handle in handles}  # one that cannot be read is not to be copied either
    written = write_files(files, force=force)
    for path in files:
        output.say(f"{_shown(path, root)}: {'written' if path in written else 'there already, the same'}")
    for handle, task in tasks.items():
        for wrong in validate(discover(task), stored_values(task)):
            output.say(f"{handle}: {wrong.message}", style="yellow")
        if is_task_folder(root / "tasks" / handle):
            output.note(f"Warning: the folder tasks/{handle}/ counts before this file", style="yellow")
    output.say(f"Next: runner preview {handles[0]}")
    rows = [{"task": path.stem, "file": str(path), "changed": path in written} for path in files]
    output.document({"library": shelf.to_dict(), "tasks": rows})


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def list_tags(output: Output) -> None:
    """Print all tags with how many tasks have them."""
    shelf = _open(output)
    counts = Counter(tag for entry in _entries(output, shelf) for tag in entry.tags)
    rows = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    output.table(("tag", "tasks"), [(tag, str(count)) for tag, count in rows], numbers=(1,))
    output.document({"library": shelf.to_dict(), "tags": dict(rows)})


def update(output: Output) -> None:
    """Fetch the newest commit, and say what there is now."""
    settings = load_settings()
    if not is_address(settings.library):
        shelf = open_shelf(settings)
        folder = shelf.origin if shelf else settings.library
        raise ConfigError(
            f"the library is a folder of your own: {folder}",
            hint="update it there, for example with `git pull`, or take the setting `library` out",
            code="library.folder",
        )
    shelf, is_new = _fetch(output, settings)
    output.say(_origin(shelf) + ("." if is_new else "; it was the newest already."))
    output.document({"library": shelf.to_dict(), "changed": is_new})


# Opening


def _open(output: Output) -> Shelf:
    """The library at hand; fetched, where it is not there yet."""
    settings = load_settings()
    shelf = open_shelf(settings)
    if shelf is not None:
        return shelf
    output.note(f"Fetching the task library from {settings.library} …")
    return _fetch(output, settings)[0]


def _fetch(output: Output, settings: Settings) -> tuple[Shelf, bool]:
    from runner.library.repository import fetch
    from runner.services import load_network

    folder = kept_folder(settings)
    with output.working("Fetching the task library"), _told(settings):
        return fetch(
            settings.library, settings.library_ref, folder, network=load_network(settings), clock=SystemClock()
        )


@contextmanager
def _told(settings: Settings) -> Iterator[None]:
    """Adds to what went wrong on the way what can be done without that way."""
    try:
        yield
    except NetworkError as fault:
        with_copy = _kept(settings)
        if with_copy is not None:
            rest = f"what was fetched before stays in use ({_origin(with_copy)})"
        else:
            rest = f"or get a checkout some other way (git clone {settings.library}), and set `library:` to its folder"
        raise NetworkError(
            f"the task library was not fetched: {fault.message}",
            hint="; ".join(each.rstrip(".") for each in (fault.hint, rest) if each),
            code=fault.code,
            transient=fault.transient,
        ) from fault


def _kept(settings: Settings) -> Shelf | None:
    try:
        return open_shelf(settings)
    except RunnerError:
        return None


def _entries(output: Output, shelf: Shelf) -> list[Entry]:
    """All tasks; one that cannot be read is left out, with a word on stderr."""
    sample, clock = cache(sample_event), SystemClock()
    found = []
    for handle in shelf.handles:
        try:
            found.append(Entry(handle, shelf.task(handle), sample, clock))
        except RunnerError as fault:
            output.note(f"Warning: {handle} is left out: {fault.message}", style="yellow")
    return found


def _origin(shelf: Shelf) -> str:
    if shelf.commit is None:
        return f"Library: {shelf.origin}, {len(shelf.handles)} tasks"
    fetched = (shelf.fetched or "")[:10]
    return (
        f"Library: {shelf.origin} of {(shelf.date or '')[:10]} (commit {shelf.commit[:10]}, fetched {fetched}), "
        f"{len(shelf.handles)} tasks"
    )
