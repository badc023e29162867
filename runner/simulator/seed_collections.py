"""The sales channels and collections of a seed.

::

    publications: [Online Store, Point of Sale]      # or {name, id, auto_publish (true)}; absent: these two
    collections:
      - title: Cups
        handle, id, description, template_suffix, published (true), created (a time), metafields
        sort: manual              # alpha_asc, alpha_desc, best_selling, created, created_desc, price_asc, price_desc
        products: [mug, bowl]         # handles, in order
      - title: Sale
        any: false                    # true: one rule is enough
        rules: [tag equals sale, variant_price less_than 20]
"""

from __future__ import annotations

from typing import Any

from runner.simulator.families.collection_rules import RELATIONS
from runner.simulator.families.publications import ONLINE_STORE, add_publication
from runner.simulator.graph import Graph, gid
from runner.simulator.seed_catalog import add_metafields
from runner.simulator.seed_past import at
from runner.simulator.seed_reader import Table, nearest

SORTS = ("ALPHA_ASC", "ALPHA_DESC", "BEST_SELLING", "CREATED", "CREATED_DESC", "MANUAL", "PRICE_ASC", "PRICE_DESC")
DEFAULT_CHANNELS = (ONLINE_STORE, "Point of Sale")


def add_publications(root: Table, graph: Graph) -> None:
    """Create what stands under ``publications``, or the two that every shop has."""
    if "publications" not in root:
        for name in DEFAULT_CHANNELS:
            add_publication(graph, name)
        return
    for table in root.tables("publications", short="name"):
        name, auto = table.required("name"), table.boolean("auto_publish", True)
        add_publication(graph, name, auto=auto, node_id=given_id(table, graph, "Publication"))
        table.finish()


def add_collections(root: Table, graph: Graph) -> None:
    """Create everything under ``collections``; the products are there already."""
    for table in root.tables("collections", short="title"):
        with at(graph, table.moment("created")):
            _add_collection(table, graph)
        table.finish()


def _add_collection(table: Table, graph: Graph) -> None:
    title = table.required("title")
    handle = table.text("handle") or "-".join(title.lower().split())
    if graph.first("Collection", "handle", handle) is not None:
        table.refuse(f"there are two collections with the handle {handle!r}", "handle")
    now = graph.now()
    rules = _rules(table)
    fields: dict[str, Any] = {
        "title": title,
        "handle": handle,
        "descriptionHtml": table.text("description", ""),
        "sortOrder": table.choice("sort", SORTS, "BEST_SELLING"),
        "templateSuffix": table.text("template_suffix"),
        "seo": None,
        "_image": None,
        "_rules": rules,
        "_products": _products(table, graph, rules is not None),
        "publishedAt": now if table.boolean("published", True) else None,
        "createdAt": now,
        "updatedAt": now,
    }
    collection = graph.create("Collection", fields, id=given_id(table, graph, "Collection"))
    add_metafields(table, graph, collection.id)


def given_id(table: Table, graph: Graph, type_name: str) -> str | None:
    """The gid of the number under ``id``; None without one. Refused when it is taken."""
    if "id" not in table:
        return None
    node_id = gid(type_name, table.integer("id", minimum=1))
    if graph.get(node_id):
        table.refuse(f"the id {table.text('id')} is taken already", "id")
    return node_id


def _products(table: Table, graph: Graph, smart: bool) -> list[str]:
    handles = table.texts("products")
    if handles and smart:
        table.refuse("a collection has rules or products, not both", "products")
    found = []
    for handle in handles:
        product = graph.first("Product", "handle", handle)
        if product is None:
            known = [str(node["handle"]) for node in graph.of_type("Product")]
            table.refuse(f"there is no product {handle!r}", "products", nearest(handle, known))
        found.append(product.id)
    return found


def _rules(table: Table) -> dict[str, Any] | None:
    any_of, lines = table.boolean("any", False), table.texts("rules")
    if not lines:
        return None
    rules = []
    for line in lines:
        column, relation, condition = (*line.split(None, 2), "", "", "")[:3]
        column, relation = column.upper(), relation.upper()
        if column not in RELATIONS:
            table.refuse(f"there is no column {column.lower()!r}", "rules", nearest(column, RELATIONS))
        if relation not in RELATIONS[column]:
            words = ", ".join(each.lower() for each in RELATIONS[column])
            table.refuse(f"{column.lower()} has no relation {relation.lower()!r}: expected one of {words}", "rules")
        rules.append({"column": column, "relation": relation, "condition": condition, "conditionObjectId": None})
    return {"appliedDisjunctively": any_of, "rules": rules}
