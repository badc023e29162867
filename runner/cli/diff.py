"""``runner diff``: what another version of a task would do differently, then how its text differs."""

from __future__ import annotations

import difflib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.output import ExitCode, Output
from runner.errors import InputError, RunnerError

if TYPE_CHECKING:
    from runner.cli.diff_cases import Compared
    from runner.cli.task_places import TaskPlace
    from runner.model.task import Task

_DIFFERS = 2
_SECONDS = 30
_TEXTS = ("script", "subscriptions_template", "docs", "online_store_javascript", "order_status_javascript")


@click.command("diff")
@click.argument("task")
@click.argument("other", default="HEAD", metavar="[REV|FILE]")
@click.option("--events", default=20, show_default=True, help="How many stored events to try; 0: none.")
@click.option("--actions-only", is_flag=True, help="Leave out how the text differs; it does not count either.")
@click.option("--exit-code", "by_code", is_flag=True, help="Exit with 0: the same, 1: an error, 2: different.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(task: str, other: str, events: int, actions_only: bool, by_code: bool, as_json: bool) -> int:
    """Compare what two versions of TASK do, over its fixtures, previews and stored events; then their text.

    The other version is a revision of Git (default: HEAD, the last commit) or a file; - is what it says, + what the
    task says now. Actions are matched by type and by what they are aimed at. Nothing is performed.

    Exit code: 0, whether they differ or not; see --exit-code.
    """
    output = Output(as_json=as_json)
    try:
        return _diff(output, task, other, events=events, actions_only=actions_only, by_code=by_code)
    except RunnerError as fault:
        if not by_code:
            raise
        output.error(fault)
        return ExitCode.FAILED


def _diff(output: Output, word: str, other: str, *, events: int, actions_only: bool, by_code: bool) -> int:
    from runner.cli.diff_cases import cases_of, compare, stored_events, subscriptions
    from runner.cli.task_places import project_root, task_place
    from runner.config import load_settings
    from runner.project import load_task

    root = project_root()
    place = task_place(word, root)
    new = load_task(place.file if place.file.is_file() else place.folder)
    old = other_version(place, other)
    topics = list(dict.fromkeys(each.topic for version in (old, new) for each in subscriptions(version)))
    stored = stored_events(load_settings(), topics, events) if events > 0 else []
    with output.working("Comparing"):
        compared = list(compare(cases_of(root, place.handle, old, new, stored), old, new))
    text = [] if actions_only else list(_text(old, new))
    different = [each for each in compared if each.changes]
    _show(output, compared, different, text)
    output.document(
        {
            "task": place.handle,
            "other": other,
            "same": not (different or text),
            "cases": [each.to_dict() for each in compared],
            "text": text,
        }
    )
    return _DIFFERS if by_code and (different or text) else ExitCode.DONE


def _show(output: Output, compared: list[Compared], different: list[Compared], text: list[str]) -> None:
    for each in different:
        output.say(f"{each.name} ({each.source})", style="bold")
        for change in each.changes:
            for line in change.lines():
                output.say(f"  {line}")
        output.say()
    number = f"{len(compared)} case{'' if len(compared) == 1 else 's'}"
    if different:
        output.say(f"It does something else in {len(different)} of {number}.", style="bold")
    else:
        output.say(f"It does the same in {number}.", style="bold")
    if text:
        output.say()
    for line in text:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        output.say(line, style=style)


def _text(old: Task, new: Task) -> Iterator[str]:
    """Unified diffs: of each part that is text, and of everything else as JSON."""
    from runner.model.json_write import JSONStyle, write_json

    pairs = [(key, *(str(each.to_dict().get(key) or "") for each in (old, new))) for key in _TEXTS]
    heads = [{key: value for key, value in sorted(each.to_dict().items()) if key not in _TEXTS} for each in (old, new)]
    pairs.append(("task.json", *(write_json(head, JSONStyle()) for head in heads)))
    for name, before, after in pairs:
        if before != after:
            lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="")
            shown = list(lines)
            yield from shown or [f"{name}: only line ends differ"]


def other_version(place: TaskPlace, word: str) -> Task:
    """The version in a file, or in a revision of Git. ``InputError`` for neither, ``TaskError`` for what is no task."""
    from runner.model.task import Task
    from runner.project import load_task

    if Path(word).exists():
        return load_task(word)
    if word.endswith(".json") or ("/" in word and Path(word).parent.exists()):
        return load_task(word)  # says that there is no such file, and which come near
    content = _git("show", "--end-of-options", f"{_revision(place, word)}:./{place.file.name}", place=place)
    return Task.from_json(content, file=f"{word}:{place.file}")


def _revision(place: TaskPlace, word: str) -> str:
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{word}^{{commit}}", place=place)
    return found.decode().strip().splitlines()[-1]


def _git(*words: str, place: TaskPlace) -> bytes:
    folder = place.file.parent
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as fault:
        hint = "name a file to compare with: runner diff TASK FILE"
        raise InputError(f"Git cannot be asked: {fault}", code="input.missing", hint=hint) from fault
    if done.returncode:
        raise InputError(_failed(words, done.stderr.decode(errors="replace"), place), code="input.missing", hint=_HINT)
    return done.stdout


_HINT = "the other version is a file, or a revision such as HEAD~1, main or a tag"


def _failed(words: tuple[str, ...], said: str, place: TaskPlace) -> str:
    if "not a git repository" in said:
        return f"{place.file.parent} is in no Git repository"
    if words[0] == "rev-parse":
        return f'there is no file and no revision "{words[-1].removesuffix("^{commit}")}"'
    if "does not exist" in said or "exists on disk, but not in" in said:
        return f"{place.file.name} is not in that revision"
    return f"Git says: {said.strip() or 'nothing'}"
