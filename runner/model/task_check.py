"""Whether a JSON document is a task, and the words when it is not.

``is_task`` is a quick check by hand, run on every load. Only when it fails is the JSON Schema of the file
(``task_schema.json``) and its library loaded, to say which key is wrong and what belongs there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.errors import TaskError
from runner.model.json_text import JSONText, KeyPath, path_words

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

SCHEMA_FILE = Path(__file__).with_name("task_schema.json")

TEXT_KEYS = ("script", "subscriptions_template", "docs", "online_store_javascript", "order_status_javascript")
FLAG_KEYS = ("perform_action_runs_in_sequence", "halt_action_run_sequence_on_error", "liquid_profiling")
LIST_KEYS = ("subscriptions", "tags")
KEYS = (
    "name",
    "options",
    "script",
    "subscriptions",
    "online_store_javascript",
    "order_status_javascript",
    "docs",
    "subscriptions_template",
    "shopify_api_version",
    "liquid_profiling",
    "perform_action_runs_in_sequence",
    "halt_action_run_sequence_on_error",
    "preview_event_definitions",
    "tags",
)
"""The keys of a task file, in the order of a complete export (tasks.md 1.1)."""

RECORD_KEYS = frozenset(
    ("id", "enabled", "created_at", "updated_at", "event_topics", "shopify_access_scopes_required", "run")
)
"""Keys of the task record inside error events, which people paste as if it were an export: ignored."""

_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}|unstable")
_SCRIPTS = ("script", "online_store_javascript")


def is_task(document: Any) -> bool:
    """True when ``document`` can be read as a task; agrees with the schema."""
    if not isinstance(document, dict):
        return False
    name, version = document.get("name"), document.get("shopify_api_version")
    return (
        isinstance(name, str)
        and bool(name.strip())
        and any(key in document for key in _SCRIPTS)
        and all(_is_text(document.get(key)) for key in TEXT_KEYS)
        and all(_is_flag(document.get(key)) for key in FLAG_KEYS)
        and all(_is_text_list(document.get(key)) for key in LIST_KEYS)
        and isinstance(document.get("options"), dict | None)
        and (version is None or (isinstance(version, str) and _VERSION.fullmatch(version) is not None))
        and _are_previews(document.get("preview_event_definitions"))
    )


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def _is_text_list(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value))


def _are_previews(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(_is_preview(each) for each in value))


def _is_preview(value: Any) -> bool:
    if not isinstance(value, dict) or not _is_text(value.get("description")):
        return False
    attributes = value.get("event_attributes")
    return isinstance(attributes, dict) and isinstance(attributes.get("topic"), str)


def task_error(source: JSONText) -> TaskError:
    """The error for a document that failed ``is_task``: something else than a task, or a task with a wrong key."""
    other = _something_else(source.value)
    if other is not None:
        message, hint = other
        return TaskError(message, hint=hint, where=source.where(()))
    problems = _schema_errors(source.value)
    path, message, hint = _words(problems[0], source.value)
    if len(problems) > 1:
        others = [path_words(tuple(each.absolute_path)) or "the file" for each in problems[1:]]
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        message += f" Also wrong: {', '.join(others[:3])}{more}."
    return TaskError(message, hint=hint, where=source.where(path))


def _something_else(document: Any) -> tuple[str, str | None] | None:
    """Message and hint for other JSON that people drop in (tasks.md 6.1)."""
    if isinstance(document, list):
        tasks = sum(1 for each in document if isinstance(each, dict) and "script" in each)
        if tasks:
            return f"This is a list of {tasks} tasks; a task file holds one.", "Put each task into a file of its own."
        return "This is a list, not a task.", "A task file is one object with name and script."
    if not isinstance(document, dict):
        return f"This is {_type_words(document)}, not a task.", "A task file is one object with name and script."
    if any(key in document for key in _SCRIPTS):
        return None
    for signs, message, hint in _OTHER_DOCUMENTS:
        if all(sign in document for sign in signs):
            return message, hint
    return None


_OTHER_DOCUMENTS: tuple[tuple[tuple[str, ...], str, str | None], ...] = (
    (("tasks",), "This is a bundle of tasks; a task file holds one.", "Put each task into a file of its own."),
    (("topic", "data"), "This is an event, not a task.", "Give it as the event: --event FILE."),
    (("event_attributes",), "This is a preview event definition, not a task.", None),
    (("event",), "This is a fixture, not a task.", "Fixtures belong to fixtures/<handle>/; name the task's own file."),
    (("actions", "logs"), "This is the rendering of a task, not a task.", None),
    (("shopify_topic", "event_topic"), "This is a custom Shopify webhook, not a task.", None),
    (("kind", "resources"), "This is a recipe, not a task.", "Its tasks stand in resources, as config."),
    (("admin_graphql_api_id",), "This is a Shopify resource, not a task.", "As an event's data it belongs into a file "
        'like {"topic": "shopify/orders/create", "data": {…}}.'),
)  # fmt: skip


def _schema_errors(document: Any) -> Sequence[ValidationError]:
    from jsonschema import Draft202012Validator

    schema = json.loads(SCHEMA_FILE.read_bytes())
    found = sorted(Draft202012Validator(schema).iter_errors(document), key=lambda each: [str(s) for s in each.path])
    if not found:
        raise AssertionError("the quick check of a task refused what its schema accepts")
    return found


def _words(problem: Any, document: Any) -> tuple[KeyPath, str, str | None]:
    """Path, sentence and hint for one finding of the schema (a ``ValidationError``)."""
    path: KeyPath = tuple(problem.absolute_path)
    here = path_words(path) or "The file"
    if problem.validator == "required":
        missing = next(key for key in problem.validator_value if key not in problem.instance)
        expected = problem.schema["properties"][missing]
        return path, f'"{missing}" is missing; it is {expected["description"]}.', _hint(missing, expected, problem)
    if problem.validator == "anyOf":
        near = get_close_matches("script", list(document), n=1, cutoff=0.6)
        hint = f'Did you mean "script" by "{near[0]}"?' if near else "Add the task's Liquid code as script."
        return path, '"script" is missing; a task has that, or online_store_javascript.', hint
    expected = problem.schema
    given = _type_words(problem.instance)
    if problem.validator == "pattern":
        given = json.dumps(problem.instance, ensure_ascii=False)
    return path, f'"{here}" must be {expected["description"]}, not {given}.', _hint(str(path[-1]), expected, None)


def _hint(key: str, expected: Mapping[str, Any], problem: Any) -> str | None:
    if problem is not None:
        near = [each for each in get_close_matches(key, list(problem.instance), n=1) if each not in KEYS]
        if near:
            return f'Did you mean "{key}" by "{near[0]}"?'
    if "examples" not in expected:
        return None
    return f'For example: "{key}": {json.dumps(expected["examples"][0])}'


def _type_words(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return "text" if value else "empty text"
    return "a list" if isinstance(value, list) else "an object"
