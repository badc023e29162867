"""Errors found after validation: ids, sizes, and fields that refuse their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import FieldNode

from runner.simulator.validation.problem import Path, Problem, locate

DOCUMENT_LIMIT = 50_000
"""Characters of a document, white space not counted (actions.md 4.2)."""
INPUT_LIST_LIMIT = 250
"""Members of any list in the arguments (engine.md 5.4)."""

_GID = re.compile(r"gid://[^/\s]+/[A-Za-z][A-Za-z0-9_:]*/[^\s]+\Z")
_BLANKS = re.compile(r"\s+")


def valid_gid(value: object) -> bool:
    """Whether ``value`` has the form of a global id: ``gid://app/Type/id``."""
    return isinstance(value, str) and _GID.match(value) is not None


def document_too_long(text: str) -> Problem | None:
    """The refusal of a document over :data:`DOCUMENT_LIMIT`, else None. Wording by analogy; the limit is published."""
    size = len(_BLANKS.sub("", text))
    if size <= DOCUMENT_LIMIT:
        return None
    return Problem(
        f"Query has a length of {size} characters, which exceeds the maximum of {DOCUMENT_LIMIT} (white space is not "
        "counted).",
        extensions={"code": "MAX_QUERY_LENGTH_EXCEEDED"},
    )


def input_list_problems(
    arguments: Mapping[str, Any], *, key: Path, node: FieldNode | None = None, limit: int = INPUT_LIST_LIMIT
) -> list[Problem]:
    """Lists in a field's ``arguments`` that are longer than ``limit``.

    Seen: ``The input array size of 251 is greater than the maximum allowed of 250.`` with ``MAX_INPUT_SIZE_EXCEEDED``
    and a path of the field and the names down to the list.
    """
    places = locate(node) if node is not None else ()
    return [
        Problem(
            f"The input array size of {size} is greater than the maximum allowed of {limit}.",
            locations=places,
            path=path,
            extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"},
        )
        for path, size in _lists(arguments, key)
        if size > limit
    ]


def _lists(value: Any, path: Path) -> Iterator[tuple[Path, int]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _lists(member, (*path, name))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield path, len(value)
        for index, member in enumerate(value):
            yield from _lists(member, (*path, index))
