"""Paths of resources (actions.md 4.1)."""

from __future__ import annotations

import pytest

from runner.actions.shopify_rest import plural


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("order", "orders"),
        ("draft_order", "draft_orders"),
        ("metafield", "metafields"),
        ("inventory_level", "inventory_levels"),
        ("country", "countries"),
        ("gateway", "gateways"),
        ("address", "addresses"),
        ("y", "ys"),
    ],
)
def test_plurals(name: str, path: str) -> None:
    assert plural(name) == path
