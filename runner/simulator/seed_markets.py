"""The markets of a seed.

::

    markets:
      - {name: Europe, id: 2, countries: [DE, FR], currency: EUR, status: active}      # besides the primary one

The primary market is that of the shop's own country.
"""

from __future__ import annotations

from typing import Any

from runner.simulator.contract import SHOP_ID
from runner.simulator.graph import Graph, gid
from runner.simulator.seed_collections import given_id
from runner.simulator.seed_reader import Table


def add_markets(root: Table, graph: Graph) -> None:
    """Create the primary market and everything under ``markets``."""
    from babel import Locale

    names = Locale("en").territories
    shop = graph.get(SHOP_ID)
    code = ((shop["_address"] if shop is not None else None) or {}).get("countryCode") or "US"
    primary = _fields(graph, names.get(code, code), [code])
    graph.create("Market", {**primary, "_primary": True}, id=gid("Market", 1))
    for table in root.tables("markets", short="name"):
        name, countries = table.required("name"), [each.upper() for each in table.texts("countries")]
        for country in countries:
            if country not in names:
                table.refuse(f"there is no country {country!r}: expected codes such as DE", "countries")
            if any(country in (node["_countries"] or []) for node in graph.of_type("Market")):
                table.refuse(f"the country {country} is in another market", "countries")
        fields = {**_fields(graph, name, countries), "_currency": table.text("currency")}
        fields["status"] = table.choice("status", ("ACTIVE", "DRAFT"), "ACTIVE")
        graph.create("Market", fields, id=given_id(table, graph, "Market"))
        table.finish()


def _fields(graph: Graph, name: str, countries: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "handle": "-".join(name.lower().split()),
        "status": "ACTIVE",
        "type": "REGION" if countries else "NONE",
        "_countries": countries,
        "_currency": None,
        "_primary": False,
        "createdAt": graph.now(),
        "updatedAt": graph.now(),
    }
