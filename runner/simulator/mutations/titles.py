"""Titles and handles of products, collections and pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, user_error

TITLE_LIMIT = 255


def handle_of(text: str) -> str:
    """A text as a handle: lower case, hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def free_handle(context: Context, type_name: str, text: str) -> str:
    """A handle made of ``text`` that no object of the type has: ``cups``, ``cups-1``."""
    base = handle_of(text) or type_name.lower()
    handle, number = base, 0
    while context.graph.first(type_name, "handle", handle) is not None:
        number += 1
        handle = f"{base}-{number}"
    return handle


def title_errors(given: Mapping[str, Any], path: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """What is wrong with a ``title`` that was given."""
    if "title" not in given:
        return []
    title = given["title"] or ""
    if not title.strip():
        return [user_error((*path, "title"), "Title can't be blank", "BLANK")]
    if len(title) > TITLE_LIMIT:
        message = f"Title is too long (maximum is {TITLE_LIMIT} characters)"
        return [user_error((*path, "title"), message, "TOO_LONG")]
    return []
