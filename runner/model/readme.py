"""Reads a task out of the README that the library generates (tasks.md 7.3).

From 2018 to 2020 the library had no JSON at all: name, options, subscriptions and docs stood in the README, the code in
files beside it. Sequence flags, preview events and the API version cannot be recovered and get their defaults.
"""

from __future__ import annotations

import json
import re
from typing import Any

from runner.errors import TaskError
from runner.model.json_text import place

NO_TAGS = "(not tagged!)"
"""What stands in place of tags where there are none."""

_TITLE = re.compile(r"\ufeff?# (?P<name>[^\r\n]+)")
_TAGS = re.compile(r"^Tags: (?P<tags>[^\r\n]*)", re.MULTILINE)
_OPTIONS = re.compile(r"^## Default options\s*?\r?\n\s*```json\r?\n(?P<text>.*?)\r?\n```", re.MULTILINE | re.DOTALL)
_TEMPLATE = re.compile(
    r"^## Subscriptions\s*?\r?\n\s*```liquid\r?\n(?P<text>.*?)(?:\r?\n)?^```", re.MULTILINE | re.DOTALL
)
_SETTINGS = re.compile(r"^## Other settings\s*?\r?\n\s*```json\r?\n(?P<text>.*?)\r?\n```", re.MULTILINE | re.DOTALL)
_DOCS = re.compile(r"^## Documentation[ \t]*\r?\n(?:\r?\n)?", re.MULTILINE)
_AFTER_DOCS = re.compile(r"(?:\r?\n){0,2}^## (?:Installing this task|Contributions)\b", re.MULTILINE)


def read_readme(text: str, *, file: str | None = None) -> dict[str, Any]:
    """The document of a task, without its code: name, options, subscriptions_template, docs, and tags when given.

    A README of ``runner docs build`` has all other keys as well. ``TaskError`` when the text is not such a README: no
    title, or options that are not a JSON object.
    """
    title = _TITLE.match(text)
    if title is None:
        hint = "The README of a task begins with # and the task's name."
        raise TaskError(
            "This is not the README of a task: it has no title.", hint=hint, where=place(text, 0, file=file)
        )
    template = _TEMPLATE.search(text)
    document: dict[str, Any] = {
        "name": title["name"].strip(),
        "options": _read_block(_OPTIONS, "options", text, file),
        "subscriptions_template": template["text"] if template else "",
        "docs": _read_docs(text),
    }
    tags = _TAGS.search(text)
    if tags is not None:
        listed = tags["tags"].strip()
        document["tags"] = [] if listed == NO_TAGS else listed.split(", ")
    heading = _DOCS.search(text)
    settings = _read_block(_SETTINGS, "other settings", text[: heading.start()] if heading else text, file)
    return document | settings if isinstance(settings, dict) else document


def _read_block(pattern: re.Pattern[str], part: str, text: str, file: str | None) -> Any:
    fence = pattern.search(text)
    if fence is None:
        return {}
    try:
        return json.loads(fence["text"])
    except (ValueError, RecursionError) as error:
        where = place(text, fence.start("text"), file=file, part=part)
        message = f"The {part} in the README are not JSON: {error}."
        hint = f"Mend the block under {'Default options' if part == 'options' else 'Other settings'}."
        raise TaskError(message, hint=hint, where=where) from error


def _read_docs(text: str) -> str | None:
    heading = _DOCS.search(text)
    if heading is None:
        return None
    end = _AFTER_DOCS.search(text, heading.end())
    docs = text[heading.end() : end.start()] if end else text[heading.end() :].rstrip("\r\n")
    return None if docs.strip() in ("", "(none)") else docs
