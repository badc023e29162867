"""Metafields: collections, namespaces, typed values."""

from __future__ import annotations

from typing import Any

import pytest

from runner.liquid.objects.base import FrozenHash, FrozenList
from runner.liquid.objects.metafield import typed
from runner.liquid.values import elements, is_empty, json_text, lookup
from tests.liquid.objects.recorded import Recorded, resource, walk

PATH = "customers/7/metafields.json?limit=250&since_id=0"
FIELDS = [
    {"id": 1, "namespace": "a", "key": "count", "type": "number_integer", "value": 3},
    {"id": 2, "namespace": "a", "key": "old", "type": "string", "value": "plain"},
    {"id": 3, "namespace": "b", "key": "size", "type": "single_line_text_field", "value": "XL"},
    {"id": 4, "namespace": "b", "key": "page", "type": "page_reference", "value": "gid://shopify/Page/44"},
    {"id": 5, "namespace": "b", "key": "legacy", "value_type": "json_string", "value": '{"x": [1]}'},
    {"id": 6, "namespace": "b", "key": "file", "type": "file_reference", "value": "gid://shopify/MediaImage/1"},
]


def _reads() -> Recorded:
    return Recorded({PATH: {"metafields": FIELDS}, "pages/44.json": {"page": {"id": 44, "title": "About"}}})


def _metafields(reads: Recorded | None) -> Any:
    return resource("customer", {"id": 7}, reads).lookup("metafields")


def test_the_collection_iterates_metafields_and_is_read_once() -> None:
    reads = _reads()
    found = _metafields(reads)
    assert reads.calls == []
    assert [item.lookup("key") for item in found] == ["count", "old", "size", "page", "legacy", "file"]
    assert walk(found, "a.count.value") == 3
    assert len(found) == 6
    assert reads.calls == [PATH]


def test_a_namespace_narrows_and_stays_a_list_of_metafields_with_ids() -> None:
    found = lookup(_metafields(_reads()), "a")
    assert [item.lookup("id") for item in elements(found)] == [1, 2]
    assert walk(found, "first.id") == 1
    assert walk(found, "last.id") == 2
    assert walk(found, "1.key") == "old"
    assert json_text(found) == json_text(FIELDS[:2])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.count.value", 3),
        ("a.count.type", "number_integer"),
        ("a.count.metafield.id", 1),
        ("a.count.other", None),
        ("a.old", "plain"),
        ("a.old.value", None),
        ("b.size.value", "XL"),
        ("a.size", 2),
        ("b.legacy.x.0", 1),
        ("b.page.value", "gid://shopify/Page/44"),
        ("b.page.page.title", "About"),
        ("b.page.variant", None),
        ("b.file.file", None),
        ("a.missing", None),
        ("none.missing", None),
        ("size", 6),
        ("first.key", "count"),
        ("last.key", "file"),
        ("0.key", "count"),
        ("9", None),
    ],
)
def test_lookups(path: str, expected: Any) -> None:
    assert walk(_metafields(_reads()), path) == expected


def test_a_namespace_nobody_uses_is_an_empty_list() -> None:
    assert is_empty(lookup(_metafields(_reads()), "none"))


def test_in_previews_and_without_an_id_there_are_none() -> None:
    for found in (_metafields(None), resource("customer", {"email": "x"}, _reads()).lookup("metafields")):
        assert elements(found) == []
        assert walk(found, "first") is None
        assert walk(found, "ns.key") is None
        assert walk(found, "ns.key.value") is None


def test_a_value_with_its_type_has_a_json_form() -> None:
    assert json_text(walk(_metafields(_reads()), "a.count")) == json_text(
        {"type": "number_integer", "value": 3, "metafield": FIELDS[0]}
    )


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("3", "number_integer", 3),
        ("-3", "integer", -3),
        (3, "number_integer", 3),
        ("3.50", "number_decimal", 3.5),
        ("3", "number_decimal", 3),
        ("nan", "number_decimal", "nan"),
        ("1_0", "number_integer", "1_0"),
        ("x", "number_integer", "x"),
        ("true", "boolean", True),
        ("false", "boolean", False),
        (True, "boolean", True),
        ("yes", "boolean", "yes"),
        ('{"a": 1}', "json", {"a": 1}),
        ("[1, 2]", "list.number_integer", [1, 2]),
        ('{"amount": "1.00", "currency_code": "EUR"}', "money", {"amount": "1.00", "currency_code": "EUR"}),
        ("{broken", "json", "{broken"),
        ("NaN", "json", "NaN"),
        ("[" * 100_000, "json", "[" * 100_000),
        ("[1]", "single_line_text_field", "[1]"),
        ("2026-01-01", "date", "2026-01-01"),
        ("3", "multi_line_text_field", "3"),
        ("3", "unheard_of", "3"),
        (None, "json", None),
    ],
)
def test_values_by_type(value: Any, kind: str, expected: Any) -> None:
    found = typed(value, kind)
    assert found == expected
    assert type(found) is type(expected) or isinstance(found, (FrozenHash, FrozenList))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("article", "articles/7/metafields.json"),
        ("blog", "blogs/7/metafields.json"),
        ("collection", "collections/7/metafields.json"),
        ("customer", "customers/7/metafields.json"),
        ("order", "orders/7/metafields.json"),
        ("page", "pages/7/metafields.json"),
        ("product", "products/7/metafields.json"),
        ("variant", "variants/7/metafields.json"),
    ],
)
def test_every_owner_reads_its_own_endpoint(name: str, path: str) -> None:
    reads = Recorded()
    assert list(resource(name, {"id": 7}, reads).lookup("metafields")) == []
    assert reads.calls == [f"{path}?limit=250&since_id=0"]
