"""``SEARCHES`` of all families as one table, by the name a ``Listing`` gives in ``search``."""

from __future__ import annotations

from runner.simulator import (
    search_catalog,
    search_companies,
    search_content,
    search_customers,
    search_definitions,
    search_discounts,
    search_fields,
    search_markets,
    search_operations,
    search_orders,
)
from runner.simulator.contract import merged
from runner.simulator.search import SearchTable

SEARCHES: dict[str, SearchTable] = merged(
    search_catalog.SEARCHES,
    search_companies.SEARCHES,
    search_content.SEARCHES,
    search_customers.SEARCHES,
    search_definitions.SEARCHES,
    search_discounts.SEARCHES,
    search_fields.SEARCHES,
    search_markets.SEARCHES,
    search_operations.SEARCHES,
    search_orders.SEARCHES,
)
