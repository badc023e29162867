"""Puts a task export together from its parts, and tells what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from runner.cli.samples import sample_event, sample_shop
from runner.cli.task_places import handle_of
from runner.errors import RunnerError
from runner.liquid.render import render_subscriptions
from runner.model.json_write import JSONStyle, write_json
from runner.model.options import discover
from runner.model.task import Task
from runner.preview import preview_task
from runner.shopify.schema import DEFAULT_VERSION


def build(
    name: str,
    script: str,
    options: Mapping[str, Any],
    parts: Mapping[str, Any],
    *,
    subscriptions: Sequence[str] | None,
    template: str | None,
) -> dict[str, Any]:
    """The export, the text of its file, and what is wrong with it, JSON-ready.

    ``parts`` are further keys of an export. Of subscriptions and template, each is made of the other where it is None.
    ``TaskError`` when the parts make no export.
    """
    text = template if template is not None else "".join(f"{line}\n" for line in subscriptions or ())
    document: dict[str, Any] = {
        "name": name,
        "docs": parts["docs"],
        "options": dict(options),
        "script": script,
        "subscriptions": list(subscriptions or ()),
        "subscriptions_template": text,
        "shopify_api_version": parts["shopify_api_version"] or DEFAULT_VERSION,
        "perform_action_runs_in_sequence": False,
        "halt_action_run_sequence_on_error": False,
        "online_store_javascript": None,
        "order_status_javascript": None,
        "preview_event_definitions": list(parts["preview_event_definitions"]),
        "tags": list(parts["tags"]),
    }
    known = [option.key for option in discover(Task.from_json(document))]
    document["options"] = {key: options.get(key) for key in known} | dict(options)
    rendered = _rendered(Task.from_json(document))
    warnings = []
    if rendered is not None:
        if subscriptions is not None and list(subscriptions) != rendered:
            warnings.append(
                f"the template gives {rendered}, not the subscriptions that were given; the template counts"
            )
        document["subscriptions"] = rendered
    task = Task.from_json(document)
    checked = preview_task(task, sample=cache(sample_event), shop=sample_shop())
    faults = [fault.to_dict() for fault in checked.faults]
    warnings += [f"the script does not read the option {key}" for key in options if key not in known]
    return {
        "ok": not faults and not checked.option_errors,
        "file": f"tasks/{handle_of(name) or 'task'}.json",
        "json": write_json(document, JSONStyle()),
        "export": document,
        "errors": [*faults, *(error.to_dict() for error in checked.option_errors)],
        "warnings": [*warnings, *checked.warnings],
    }


def _rendered(task: Task) -> list[str] | None:
    """The lines of the template; None when it does not render, which is told as an error of the task."""
    try:
        return [line.strip() for line in render_subscriptions(task).splitlines() if line.strip()]
    except RunnerError:
        return None
