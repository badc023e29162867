"""Runs tasks of the Mechanic platform on your own machine.

The public names, stable from 0.1 on, described in ``runner/docs/python.md``. They are loaded on first use, so that
``runner --help`` does not pay for Liquid and HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "Action",
    "Event",
    "FixedClock",
    "Reads",
    "Rendering",
    "RunnerError",
    "SystemClock",
    "Task",
    "__version__",
    "load_task",
    "render",
]

_HOMES = {
    "Action": "runner.model.action",
    "Event": "runner.model.event",
    "FixedClock": "runner.clock",
    "Reads": "runner.liquid.reads",
    "Rendering": "runner.model.rendering",
    "RunnerError": "runner.errors",
    "SystemClock": "runner.clock",
    "Task": "runner.model.task",
    "load_task": "runner.project",
    "render": "runner.liquid.render",
}

if TYPE_CHECKING:
    from runner.clock import FixedClock, SystemClock
    from runner.errors import RunnerError
    from runner.liquid.reads import Reads
    from runner.liquid.render import render
    from runner.model.action import Action
    from runner.model.event import Event
    from runner.model.rendering import Rendering
    from runner.model.task import Task
    from runner.project import load_task


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'runner' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
