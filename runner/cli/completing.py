"""What a shell is offered where a name belongs: found without the engine, since a key was just pressed.

Nothing here fails: where names cannot be found, none is offered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from runner.errors import RunnerError

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem


def complete_tasks(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Handles of the project's tasks and those that come with the package, else files."""
    from runner.project import task_handles

    try:
        return _or_files(task_handles(), begun)
    except (RunnerError, OSError):
        return _or_files((), begun)


def complete_seeds(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Names of simulated stores, else files."""
    from runner.project import seed_names

    try:
        return _or_files(seed_names(), begun)
    except (RunnerError, OSError):
        return _or_files((), begun)


def complete_library(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Handles of the library, where it is at hand."""
    from runner.config import load_settings
    from runner.library.shelf import open_shelf

    try:
        shelf = open_shelf(load_settings())
    except (RunnerError, OSError):
        return []
    return [] if shelf is None else [handle for handle in shelf.handles if handle.startswith(begun)]


def _or_files(names: Iterable[str], begun: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    found = [CompletionItem(name) for name in names if name.startswith(begun)]
    return found or [CompletionItem(begun, type="file")]
