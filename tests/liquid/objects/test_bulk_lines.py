"""Results that are read line by line: the same answers as from a list, in bounded memory (actions.md 4.6)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from runner.errors import LiquidError
from runner.liquid.reads import NoReads
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.task import Task

ROWS: list[Any] = [
    {"__typename": "Product", "id": "p1", "title": "Oak", "tags": ["x"]},
    {"__typename": "Product", "id": "p2", "title": "Ash", "tags": []},
    {"__typename": "Variant", "id": "v1", "__parentId": "p1", "sku": "A"},
    {"__typename": "Variant", "id": "v2", "__parentId": "p2", "sku": None},
    {"__typename": "Variant", "id": "v3", "__parentId": "p1", "sku": "C"},
    {"__typename": "Level", "__parentId": "v3", "quantity": 5},
]


class Texts:
    """A result in memory, which counts how often its lines are read."""

    def __init__(self, rows: list[Any]) -> None:
        self.texts = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
        self.read = 0

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, number: int) -> bytes:
        self.read += 1
        return self.texts[number]

    def __iter__(self) -> Iterator[bytes]:
        for text in self.texts:
            self.read += 1
            yield text


class Kept(NoReads):
    """Reads that keep one result."""

    def __init__(self, rows: list[Any] | None) -> None:
        self.texts = None if rows is None else Texts(rows)

    def bulk_result(self, operation_id: str) -> Texts:
        if self.texts is None:
            raise LookupError(operation_id)
        return self.texts


OPERATION = {"id": "gid://shopify/BulkOperation/1", "status": "COMPLETED", "url": "https://results.example/1"}


def logs(script: str, rows: list[Any] | None = None, *, listed: bool = False, data: Any = None) -> list[Any]:
    """What ``script`` logs about ``rows``: ``listed`` in the event, or else kept as lines."""
    given = ROWS if rows is None else rows
    payload = {**OPERATION, **(data or {}), **({"objects": given} if listed else {})}
    task = Task.from_json({"name": "t", "script": script, "subscriptions_template": "mechanic/shopify/bulk_operation"})
    event = Event("mechanic/shopify/bulk_operation", data=payload)
    done = render(task, event, reads=NoReads() if listed else Kept(given))
    if done.error is not None:
        raise done.error
    return list(done.logs)


def log(expression: str) -> str:
    return f"{{% log {expression} %}}"


BOTH = pytest.mark.parametrize("listed", [True, False])


@BOTH
@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (log("bulkOperation.objects.size"), [6]),
        (log("bulkOperation.objects.first.title"), ["Oak"]),
        (log("bulkOperation.objects.last.quantity"), [5]),
        (log("bulkOperation.objects[1].title"), ["Ash"]),
        (log("bulkOperation.objects[-1].quantity"), [5]),
        (log("bulkOperation.objects[6]"), [None]),
        (
            '{% assign x = bulkOperation.objects | where: "__typename", "Variant" | map: "sku" %}' + log("x"),
            [["A", None, "C"]],
        ),
        ('{% assign x = bulkOperation.objects | where: "__parentId", "p1" %}' + log("x"), [[ROWS[2], ROWS[4]]]),
        ('{% assign x = bulkOperation.objects | where: "sku" %}' + log("x.size"), [2]),
        ('{% assign x = bulkOperation.objects | where: "title", "Ash" %}' + log("x.first.id"), ["p2"]),
        ('{% assign x = bulkOperation.objects | where: "__typename", "None" %}' + log("x") + log("x.size"), [[], 0]),
        (
            '{% assign x = bulkOperation.objects | where: "__typename", "None" %}{% if x == empty %}'
            + log("1")
            + "{% endif %}",
            [1],
        ),
        ('{% assign x = bulkOperation.objects | where: "__typename", 1 %}' + log("x.size"), [0]),
        (
            '{% assign v = bulkOperation.objects | where: "__typename", "Variant" %}'
            '{% assign x = v | where: "__parentId", "p1" %}' + log("x.size") + log("x[1].sku"),
            [2, "C"],
        ),
        (
            '{% assign v = bulkOperation.objects | where: "__parentId", "p1" %}'
            '{% assign x = v | where: "__typename", "Product" %}' + log("x.size"),
            [0],
        ),
        (
            '{% assign x = bulkOperation.objects | where: "__typename", "Level" | first %}'
            + log("x.__parent.sku")
            + log("x.__parent.__parent.title")
            + log("x.__parent.__parent.__parent"),
            ["C", "Oak", None],
        ),
        (
            "{% for o in bulkOperation.objects %}{% if forloop.last %}"
            + log("forloop.length")
            + "{% endif %}{% endfor %}",
            [6],
        ),
        ("{% for o in bulkOperation.objects limit: 1 offset: 4 %}" + log("o.id") + "{% endfor %}", ["v3"]),
        ("{% for o in bulkOperation.objects reversed %}" + log("o.__typename") + "{% break %}{% endfor %}", ["Level"]),
        ('{% assign x = bulkOperation.objects | sort: "title" | map: "id" | first %}' + log("x"), ["p2"]),
        (
            '{% assign x = bulkOperation.objects | where: "__typename", "Product" %}'
            "{% assign x[x.size] = 7 %}" + log("x.size") + log("x[2]") + log("bulkOperation.objects.size"),
            [3, 7, 6],
        ),
        (
            '{% assign x = bulkOperation.objects | where: "__typename", "Product" | concat: array %}' + log("x.size"),
            [2],
        ),
        ("{% assign x = bulkOperation.objects.first | json | parse_json %}" + log("x"), [ROWS[0]]),
        ("{% assign x = bulkOperation.objects | json | parse_json %}" + log("x.size"), [6]),
    ],
)
def test_scripts_see_the_same_objects_in_the_same_order(script: str, expected: list[Any], listed: bool) -> None:
    assert logs(script, listed=listed) == expected


@BOTH
@pytest.mark.parametrize("target", ["bulkOperation.objects[0]", 'bulkOperation["objects"][0]["title"]'])
def test_a_result_cannot_be_changed(target: str, listed: bool) -> None:
    bracketed = target.replace("bulkOperation.objects", "objects")
    with pytest.raises(LiquidError, match="cannot be changed"):
        logs(f"{{% assign objects = bulkOperation.objects %}}{{% assign {bracketed} = 1 %}}", listed=listed)


@pytest.mark.parametrize("url", [None, ""])
def test_an_operation_without_an_address_has_no_objects(url: str | None) -> None:
    assert logs(log("bulkOperation.objects.size") + log("bulkOperation.objects"), data={"url": url}) == [0, []]


def test_a_result_that_is_gone_is_an_error_and_no_empty_shop() -> None:
    task = Task.from_json({"name": "t", "script": log("bulkOperation.objects.size")})
    done = render(task, Event("mechanic/shopify/bulk_operation", data=OPERATION), reads=Kept(None))
    assert done.error is not None
    assert done.error.code == "liquid.bulk"
    assert not done.logs


def test_a_result_nobody_looks_at_is_not_read() -> None:
    reads = Kept(None)
    task = Task.from_json({"name": "t", "script": log("bulkOperation.status")})
    done = render(task, Event("mechanic/shopify/bulk_operation", data=OPERATION), reads=reads)
    assert (done.error, list(done.logs)) == (None, ["COMPLETED"])


def test_a_line_that_is_no_json_is_named() -> None:
    with pytest.raises(LiquidError, match=r"line 2 of the bulk operation's result is no JSON"):
        logs("{% for o in bulkOperation.objects %}" + log("o.id") + "{% endfor %}", [{"id": 1}, b'{"id":'])


def test_nested_loops_read_each_line_a_few_times_and_not_once_for_each_other() -> None:
    products = [{"__typename": "Product", "id": f"p{n}"} for n in range(300)]
    variants = [{"__typename": "Variant", "id": f"v{n}", "__parentId": f"p{n % 300}"} for n in range(900)]
    reads = Kept([*products, *variants])
    script = """
        {% assign products = bulkOperation.objects | where: "__typename", "Product" %}
        {% assign all = bulkOperation.objects | where: "__typename", "Variant" %}
        {% assign n = 0 %}
        {% for product in products %}
          {% assign variants = all | where: "__parentId", product.id %}
          {% for variant in variants %}
            {% if variant.__parent.id == product.id %}{% assign n = n | plus: 1 %}{% endif %}
          {% endfor %}
        {% endfor %}
        {% log n %}"""
    task = Task.from_json({"name": "t", "script": script})
    done = render(task, Event("mechanic/shopify/bulk_operation", data=OPERATION), reads=reads)
    assert list(done.logs) == [900]
    assert reads.texts is not None
    assert reads.texts.read < 5 * 1200
