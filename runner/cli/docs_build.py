"""``runner docs build``: pages of the project's tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.output import ExitCode, Output
from runner.errors import InputError, Where

if TYPE_CHECKING:
    from runner.model.task import Task
    from runner.task_pages import Wording


@click.command("build")
@click.argument("tasks", nargs=-1, metavar="[TASK...]")
@click.option("--output", "target", metavar="FOLDER", help="Where the pages go; default: docs/ of the project.")
@click.option("--library", metavar="FOLDER", help="Build the pages of this checkout of the task library, in its words.")
@click.option("--check", is_flag=True, help="Write nothing; fail when a page is out of date.")
@click.option("--force", is_flag=True, help="Replace pages that were not generated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    tasks: tuple[str, ...], target: str | None, library: str | None, check: bool, force: bool, as_json: bool
) -> int:
    """Write a page for each task: README.md with the code beside it, and an index by tags.

    TASK is a handle or a file; without any, all tasks and the index. `runner import docs/TASK` makes the task of its
    page again, byte by byte; pages of the task library leave out what its own do.

    Exit code: 0 done, 1 with --check a page is out of date.
    """
    from runner.cli.task_places import project_root
    from runner.whole_files import refuse_to_replace, write_files

    output = Output(as_json=as_json)
    root = Path(library) if library is not None else project_root()
    folder = Path(target) if target is not None else root / "docs"
    found = _load(root, tasks)
    wording = _library_words(root, found) if library is not None else None
    files = _files(found, folder, wording, whole=not tasks)
    changed = [path for path, content in files.items() if not (path.is_file() and path.read_bytes() == content)]
    if check:
        for path in changed:
            output.say(f"out of date: {path}")
    else:
        if not force:
            refuse_to_replace(path for path in changed if path.exists() and not _is_made(path))
        write_files(files, force=True)
        output.say(f"{len(found)} task{'' if len(found) == 1 else 's'}, {len(changed)} files written to {folder}")
    key = "out_of_date" if check else "written"
    output.document({"tasks": list(found), key: [str(path) for path in changed]})
    return ExitCode.FAILED if check and changed else ExitCode.DONE


def _load(root: Path, words: Sequence[str]) -> dict[str, Task]:
    from runner.cli.task_places import task_place, task_places
    from runner.project import load_task

    places = [task_place(word, root) for word in words] or task_places(root)
    if not places:
        raise InputError(f"there is no task in {root / 'tasks'}", code="input.missing", hint="runner tasks new my-task")
    return {place.handle: load_task(place.file if place.file.is_file() else place.folder) for place in places}


def _files(found: Mapping[str, Task], folder: Path, wording: Wording | None, *, whole: bool) -> dict[Path, bytes]:
    from runner.task_pages import OURS, index, pages

    words = wording or OURS
    files = {
        folder / handle / name: content
        for handle, task in found.items()
        for name, content in reversed(pages(task, handle, words).items())
    }
    if whole:
        files[folder / "README.md"] = index(found, words).encode("utf-8", "surrogatepass")
    return files


def _library_words(root: Path, found: Mapping[str, Task]) -> Wording:
    from runner.lint.checkout import read_checkout
    from runner.task_pages import ADVANCED

    checkout = read_checkout(root)
    if checkout is None:
        hint = "it has docs/README.md and docs/<task>/README.md"
        raise InputError("this is no checkout of the task library", where=Where(file=str(root)), hint=hint)
    advanced = next((handle for handle, task in found.items() if ADVANCED in task.tags), None)
    if advanced is not None and not checkout.words.notice:
        raise InputError(
            f"no page there shows the notice of advanced tasks, which {advanced} needs",
            where=Where(file=str(root)),
            hint="get back the page of an advanced task, for example with `git checkout docs`",
        )
    return checkout.words


def _is_made(path: Path) -> bool:
    """Whether a file may be replaced: a page that was generated, or code beside one."""
    from runner.task_pages import is_made

    page = path if path.suffix == ".md" else path.with_name("README.md")
    return page.is_file() and is_made(_text(page))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as fault:
        hint = "it was not made here; --force replaces it"
        raise InputError("the page is not UTF-8", where=Where(file=str(path)), hint=hint) from fault
