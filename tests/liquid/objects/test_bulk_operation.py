"""``bulkOperation`` and its objects."""

from __future__ import annotations

from typing import Any

import pytest

from runner.liquid.objects.base import FrozenHash, FrozenList
from runner.liquid.values import json_text
from tests.liquid.objects.recorded import variables, walk

OPERATION = {
    "id": "gid://shopify/BulkOperation/1",
    "status": "COMPLETED",
    "objectCount": "4",
    "objects": [
        {"__typename": "Product", "id": "gid://p/1", "tags": ["a"]},
        {"__typename": "Variant", "id": "gid://v/1", "__parentId": "gid://p/1"},
        {"__typename": "Level", "id": "gid://l/1", "__parentId": "gid://v/1"},
        {"__typename": "Orphan", "id": "gid://o/1", "__parentId": "gid://none/1"},
    ],
}


def _operation(payload: Any = OPERATION) -> Any:
    return variables("mechanic/shopify/bulk_operation", payload)["bulkOperation"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("status", "COMPLETED"),
        ("objectCount", "4"),
        ("errorCode", None),
        ("objects.size", 4),
        ("objects.0.tags", ["a"]),
        ("objects.1.__parentId", "gid://p/1"),
        ("objects.1.__parent.id", "gid://p/1"),
        ("objects.2.__parent.__typename", "Variant"),
        ("objects.2.__parent.__parent.__typename", "Product"),
        ("objects.0.__parent", None),
        ("objects.3.__parent", None),
        ("objects.0.missing", None),
    ],
)
def test_members(path: str, expected: Any) -> None:
    assert walk(_operation(), path) == expected


def test_a_parent_may_come_after_its_child() -> None:
    lines = list(reversed(OPERATION["objects"]))
    assert walk(_operation({"objects": lines}), "objects.2.__parent.id") == "gid://p/1"


def test_parent_is_in_no_json_and_no_iteration() -> None:
    level = walk(_operation(), "objects.2")
    assert walk(level, "__parent.__parent") is not None
    assert json_text(level) == '{"__typename":"Level","id":"gid://l/1","__parentId":"gid://v/1"}'
    assert [key for key, _ in level] == ["__typename", "id", "__parentId"]
    assert json_text(_operation()) == json_text(OPERATION)


def test_an_object_that_is_its_own_parent_does_no_harm() -> None:
    line = walk(_operation({"objects": [{"id": "x", "__parentId": "x"}]}), "objects.0")
    assert walk(line, "__parent.__parent.id") == "x"
    assert json_text(line) == '{"id":"x","__parentId":"x"}'


@pytest.mark.parametrize(
    "payload", [{"id": "g", "url": None}, {"id": "g", "objects": None}, {"id": "g", "objects": []}]
)
def test_without_a_result_there_is_an_empty_list(payload: Any) -> None:
    objects = _operation(payload).lookup("objects")
    assert objects == []
    assert type(objects) is FrozenList


def test_lines_of_mutations_have_their_own_shape() -> None:
    operation = _operation({"objects": [{"data": {"a": 1}, "__lineNumber": 0}, 7]})
    assert walk(operation, "objects.0.data.a") == 1
    assert walk(operation, "objects.0.__parent") is None
    assert walk(operation, "objects.1") == 7
    assert type(walk(operation, "objects.0.data")) is FrozenHash


def test_objects_are_linked_once() -> None:
    operation = _operation()
    assert operation.lookup("objects") is operation.lookup("objects")
