"""Delivery profiles, themes and stored analytics of a seed.

::

    delivery_profiles: [{name: Fragile, id: 5, products: [mug]}]     # besides the general one, which is always there
    themes:
      - {name: Dawn, id: 1, role: main, files: {templates/index.json: "{}"}}     # role: unpublished by default
    shopifyql:
      - {match: "FROM sales", rows: [{product_id: 11, total_sales: "20.00"}]}   # for queries that hold the text
"""

from __future__ import annotations

from runner.simulator.families.analytics import add_answer
from runner.simulator.families.delivery_profiles import GENERAL
from runner.simulator.families.themes import write_file
from runner.simulator.graph import Graph, gid
from runner.simulator.seed_collections import given_id
from runner.simulator.seed_reader import Table, nearest

_ROLES = ("MAIN", "UNPUBLISHED", "DEVELOPMENT", "DEMO")


def add_store(root: Table, graph: Graph) -> None:
    """Create everything under the three keys; the products are there already."""
    graph.create("DeliveryProfile", {"name": GENERAL, "default": True}, id=gid("DeliveryProfile", 1))
    for table in root.tables("delivery_profiles"):
        _add_profile(table, graph)
        table.finish()
    for table in root.tables("themes", short="name"):
        _add_theme(table, graph)
        table.finish()
    for table in root.tables("shopifyql"):
        rows = table.value("rows")
        if not isinstance(rows, list):
            table.refuse("expected a list of rows", "rows")
        add_answer(graph, table.required("match"), rows)
        table.finish()


def _add_profile(table: Table, graph: Graph) -> None:
    fields = {"name": table.required("name"), "default": False}
    profile = graph.create("DeliveryProfile", fields, id=given_id(table, graph, "DeliveryProfile"))
    for handle in table.texts("products"):
        product = graph.first("Product", "handle", handle)
        if product is None:
            known = [str(node["handle"]) for node in graph.of_type("Product")]
            table.refuse(f"there is no product {handle!r}", "products", nearest(handle, known))
        for variant in graph.find("ProductVariant", "product", product.id):
            graph.update(variant.id, _delivery_profile=profile.id)


def _add_theme(table: Table, graph: Graph) -> None:
    now = graph.now()
    fields = {
        "name": table.required("name"),
        "role": table.choice("role", _ROLES, "UNPUBLISHED"),
        "createdAt": now,
        "updatedAt": now,
    }
    theme = graph.create("OnlineStoreTheme", fields, id=given_id(table, graph, "OnlineStoreTheme"))
    files = table.table("files")
    for key in files.names() if files is not None else ():
        write_file(graph, theme, key, files.text(key, "") if files is not None else "")
