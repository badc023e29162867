"""Redirects of addresses, and menus with their items.

``UrlRedirect``: path, target. ``Menu``: title, handle, ``_items`` [{title, type, url, resourceId, tags, items}].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, Fields
from runner.simulator.families.answers import every
from runner.simulator.graph import Node

INDEXES = {"Menu": ("handle",), "UrlRedirect": ("path",)}
DEFAULT_MENUS = ("main-menu", "footer")


def _items(menu: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _numbered(menu["_items"] or [], f"{menu.number}")[: args.get("limit")]


def _numbered(rows: Sequence[Mapping[str, Any]], prefix: str) -> list[dict[str, Any]]:
    """Items with ids that follow from their place."""
    return [
        {
            **row,
            "id": f"gid://shopify/MenuItem/{prefix}{place:02d}",
            "tags": list(row.get("tags") or []),
            "items": _numbered(row.get("items") or [], f"{prefix}{place:02d}"),
        }
        for place, row in enumerate(rows, 1)
    ]


def render_redirect(redirect: Node, context: Context) -> dict[str, Any]:
    """A redirect as REST gives it."""
    return {"id": redirect.number, "path": redirect["path"], "target": redirect["target"]}


FIELDS: Fields = {
    "Menu": {
        "isDefault": lambda menu, context, args: menu["handle"] in DEFAULT_MENUS,
        "items": _items,
        "translations": lambda menu, context, args: [],
    },
    "QueryRoot": {"menus": every("Menu", "menus"), "urlRedirects": every("UrlRedirect", "urlRedirects")},
}
