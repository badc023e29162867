"""Options: which ones a task has, and what their stored values mean at run time (tasks.md 3).

A task has an option because its text refers to it; the ``options`` hash of the file only stores values. Everything
about an option is in its key: ``parse_key`` reads it, ``coerce`` turns the stored value into the one scripts see,
``validate`` words what is wrong with it. Liquid inside values is rendered elsewhere, before ``coerce``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from runner.model.option_errors import OptionError, validate
from runner.model.option_key import Container, Kind, Option, Range, label_of, parse_key
from runner.model.option_number import to_number

if TYPE_CHECKING:
    from runner.model.task import Task

__all__ = [
    "Container",
    "Kind",
    "Option",
    "OptionError",
    "Range",
    "coerce",
    "discover",
    "discovered_keys",
    "label_of",
    "parse_key",
    "stale_keys",
    "stored_values",
    "to_number",
    "unknown_overrides",
    "unset_value",
    "validate",
]

_REFERENCE = re.compile(r"options(?<![\w.]options)\.([a-z0-9_]+)")
"""Looks behind only once the word is found: a pattern that begins with a word is searched for many times faster."""


def discovered_keys(task: Task) -> tuple[str, ...]:
    """The option keys a task's text refers to, in the order of its form (tasks.md 3.1).

    Script first, then subscriptions template, online-store and order-status JavaScript; comments, raw blocks and
    strings included.
    """
    texts = (task.script, task.template, task.online_store_javascript, task.order_status_javascript)
    found = (key for text in texts if text for key in _REFERENCE.findall(text))
    return tuple(dict.fromkeys(found))


def discover(task: Task) -> tuple[Option, ...]:
    """The options of a task in the order of its form. Stored values play no part: see ``stale_keys``."""
    return tuple(parse_key(key) for key in discovered_keys(task))


def stale_keys(task: Task) -> tuple[str, ...]:
    """Keys with a stored value that nothing reads; kept in the file, hidden in the form, worth a report."""
    known = set(discovered_keys(task))
    return tuple(key for key in task.options if key not in known)


def stored_values(task: Task, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Every option of ``task`` with its stored value; ``overrides`` win over the file.

    Stored keys first, in stored order, then the overrides', then what the text refers to and nobody set: None. So
    ``options.some_old_key`` still works (tasks.md 3.1). The values are not coerced.
    """
    values: dict[str, Any] = {**task.options, **(overrides or {})}
    for key in discovered_keys(task):
        values.setdefault(key, None)
    return values


def unknown_overrides(task: Task, overrides: Mapping[str, Any]) -> tuple[OptionError, ...]:
    """One finding for each override that the task neither stores nor reads, naming the nearest key it has."""
    known = stored_values(task)
    findings = []
    for key in overrides:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else " Its options: " + (", ".join(known) or "none") + "."
            findings.append(OptionError("option.unknown", key, label_of(key), f'The task has no option "{key}".{hint}'))
    return tuple(findings)


def unset_value(option: Option) -> bool | None:
    """What an option without a value is at run time: false for a boolean, nil for the rest (tasks.md 3.6)."""
    return False if option.kind is Kind.BOOLEAN else None


def coerce(option: Option, stored: Any) -> Any:
    """The run-time value of ``option`` for a ``stored`` one (tasks.md 3.6); never raises.

    ``stored`` is JSON, any Liquid in it already rendered. A global or secret comes back as its key: looking it up is
    the caller's. A value of a shape its option cannot have passes through unchanged, ``validate`` reports it; only
    numbers become nil then, and a single value where a list belongs becomes a list of one.
    """
    if stored is None or stored == "":
        return unset_value(option)
    if option.container == "keyval":
        return _coerce_pairs(option, stored)
    if option.container == "array" or option.kind is Kind.MULTISELECT:
        elements = stored if isinstance(stored, list | tuple) else [stored]
        return [_coerce_element(option, element) for element in elements]
    if option.kind is Kind.BOOLEAN:
        return _to_boolean(stored)
    if option.kind in (Kind.NUMBER, Kind.RANGE):
        return to_number(stored)
    return stored


def _coerce_pairs(option: Option, stored: Any) -> Any:
    if not isinstance(stored, Mapping):
        return stored
    return {key: _coerce_element(option, value) for key, value in stored.items()}


def _coerce_element(option: Option, element: Any) -> Any:
    """Elements keep their blanks: two scripts export the empty values of a hash."""
    return to_number(element) if option.kind is Kind.NUMBER else element


def _to_boolean(stored: Any) -> bool:
    if isinstance(stored, str):
        return stored.strip().lower() == "true"
    return bool(stored)
