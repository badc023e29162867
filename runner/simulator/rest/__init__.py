"""REST resources: ``ROUTES`` of all of them (contract.py). Literal paths come before those with numbers."""

from __future__ import annotations

from runner.simulator.rest import customers, inventory, locations, metafields, products, shop

ROUTES = (*shop.ROUTES, *inventory.ROUTES, *locations.ROUTES, *customers.ROUTES, *products.ROUTES, *metafields.ROUTES)
