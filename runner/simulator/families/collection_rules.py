"""Rules of smart collections: which relations a column allows (published), and whether a product fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from runner.simulator.families.metafields import find_metafield
from runner.simulator.families.quantities import available_of_item
from runner.simulator.graph import Graph, Node

_TEXT = ("EQUALS", "NOT_EQUALS", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "NOT_CONTAINS")
_NUMBER = ("EQUALS", "NOT_EQUALS", "GREATER_THAN", "LESS_THAN")
_METAFIELD = ("EQUALS", "GREATER_THAN", "LESS_THAN")
RELATIONS: dict[str, tuple[str, ...]] = {
    "IS_PRICE_REDUCED": ("IS_SET", "IS_NOT_SET"),
    "PRODUCT_CATEGORY_ID": ("EQUALS",),
    "PRODUCT_CATEGORY_ID_WITH_DESCENDANTS": ("EQUALS",),
    "PRODUCT_METAFIELD_DEFINITION": _METAFIELD,
    "PRODUCT_TAXONOMY_NODE_ID": ("EQUALS",),
    "TAG": ("EQUALS",),
    "TITLE": _TEXT,
    "TYPE": _TEXT,
    "VARIANT_COMPARE_AT_PRICE": (*_NUMBER, "IS_SET", "IS_NOT_SET"),
    "VARIANT_INVENTORY": ("EQUALS", "GREATER_THAN", "LESS_THAN"),
    "VARIANT_METAFIELD_DEFINITION": _METAFIELD,
    "VARIANT_PRICE": _NUMBER,
    "VARIANT_TITLE": _TEXT,
    "VARIANT_WEIGHT": _NUMBER,
    "VENDOR": _TEXT,
}


def fits(product: Node, rules: Mapping[str, Any], graph: Graph) -> bool:
    """Whether a product belongs to a collection with the rules {appliedDisjunctively, rules: […]}."""
    answers = (_holds(product, rule, graph) for rule in rules["rules"])
    return any(answers) if rules["appliedDisjunctively"] else all(answers)


def _holds(product: Node, rule: Mapping[str, Any], graph: Graph) -> bool:
    relation, wanted = rule["relation"], rule["condition"]
    values = [value for value in _values(product, rule, graph) if value is not None]
    if relation in ("IS_SET", "IS_NOT_SET"):
        return bool(values) is (relation == "IS_SET")
    if relation in ("NOT_EQUALS", "NOT_CONTAINS") and rule["column"] in ("TITLE", "TYPE", "VENDOR"):
        return all(_COMPARE[relation](value, wanted) for value in values)
    return any(_COMPARE[relation](value, wanted) for value in values)


def _values(product: Node, rule: Mapping[str, Any], graph: Graph) -> Sequence[Any]:
    column = rule["column"]
    if column in _OF_PRODUCT:
        value = _OF_PRODUCT[column](product)
        return value if isinstance(value, list) else [value]
    variants = graph.find("ProductVariant", "product", product.id)
    if column == "PRODUCT_METAFIELD_DEFINITION":
        return [_metafield(product, rule, graph)]
    if column == "VARIANT_METAFIELD_DEFINITION":
        return [_metafield(variant, rule, graph) for variant in variants]
    return [_OF_VARIANT[column](variant, graph) for variant in variants]


def _metafield(owner: Node, rule: Mapping[str, Any], graph: Graph) -> Any:
    definition = graph.get(rule.get("conditionObjectId"))
    if definition is None:
        return None
    found = find_metafield(graph, owner.id, definition["namespace"], definition["key"])
    return found["value"] if found is not None else None


def _category(product: Node) -> str | None:
    return (product["category"] or {}).get("id") if isinstance(product["category"], Mapping) else product["category"]


def _reduced(variant: Node, graph: Graph) -> bool | None:
    before = variant["compareAtPrice"]
    return True if before is not None and Decimal(before) > Decimal(variant["price"]) else None


def _weight(variant: Node, graph: Graph) -> Any:
    item = graph.get(variant["inventoryItem"])
    return ((item["_weight"] if item is not None else None) or {"value": 0})["value"]


_OF_PRODUCT: dict[str, Callable[[Node], Any]] = {
    "PRODUCT_CATEGORY_ID": _category,
    "PRODUCT_CATEGORY_ID_WITH_DESCENDANTS": _category,
    "PRODUCT_TAXONOMY_NODE_ID": _category,
    "TAG": lambda product: list(product["tags"] or []),
    "TITLE": lambda product: product["title"],
    "TYPE": lambda product: product["productType"] or "",
    "VENDOR": lambda product: product["vendor"] or "",
}
_OF_VARIANT: dict[str, Callable[[Node, Graph], Any]] = {
    "IS_PRICE_REDUCED": _reduced,
    "VARIANT_COMPARE_AT_PRICE": lambda variant, graph: variant["compareAtPrice"],
    "VARIANT_INVENTORY": lambda variant, graph: available_of_item(graph, variant["inventoryItem"]),
    "VARIANT_PRICE": lambda variant, graph: variant["price"],
    "VARIANT_TITLE": lambda variant, graph: variant["title"],
    "VARIANT_WEIGHT": _weight,
}


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _equal(value: Any, wanted: str) -> bool:
    left, right = _number(value), _number(wanted)
    if left is not None and right is not None:
        return left == right
    return str(value).casefold() == wanted.casefold()


def _ordered(test: Callable[[Decimal, Decimal], bool]) -> Callable[[Any, str], bool]:
    def compare(value: Any, wanted: str) -> bool:
        left, right = _number(value), _number(wanted)
        return left is not None and right is not None and test(left, right)

    return compare


_COMPARE: dict[str, Callable[[Any, str], bool]] = {
    "CONTAINS": lambda value, wanted: wanted.casefold() in str(value).casefold(),
    "ENDS_WITH": lambda value, wanted: str(value).casefold().endswith(wanted.casefold()),
    "EQUALS": _equal,
    "GREATER_THAN": _ordered(lambda left, right: left > right),
    "LESS_THAN": _ordered(lambda left, right: left < right),
    "NOT_CONTAINS": lambda value, wanted: wanted.casefold() not in str(value).casefold(),
    "NOT_EQUALS": lambda value, wanted: not _equal(value, wanted),
    "STARTS_WITH": lambda value, wanted: str(value).casefold().startswith(wanted.casefold()),
}
