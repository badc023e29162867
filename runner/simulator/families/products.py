"""Products, variants and options: computed fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.quantities import active, available_of_item, levels_of, product_total, quantity
from runner.simulator.families.rendering import plain
from runner.simulator.graph import Graph, Node

INDEXES = {
    "Product": ("handle",),
    "ProductVariant": ("sku", "product", "inventoryItem"),
    "ProductOption": ("product",),
}


def variants_of(graph: Graph, product_id: str) -> list[Node]:
    """The variants of a product by position."""
    return sorted(graph.find("ProductVariant", "product", product_id), key=lambda node: node["position"] or 0)


def sellable(variant: Node, graph: Graph) -> bool:
    """Whether the variant can be bought: not tracked, sold beyond stock, or in stock."""
    item = graph.get(variant["inventoryItem"])
    if item is None or not item["tracked"] or variant["inventoryPolicy"] == "CONTINUE":
        return True
    return available_of_item(graph, item.id) > 0


def _variants(product: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(variants_of(context.graph, product.id), sorts=_variant_sorts(context))


def _variant_sorts(context: Context) -> dict[str, Any]:
    graph = context.graph

    def full_title(node: Node) -> str:
        return f"{(graph.get(node['product']) or node)['title']} {node['title']}"

    def held(node: Node) -> int:
        return available_of_item(graph, node["inventoryItem"])

    return {
        "FULL_TITLE": full_title,
        "NAME": full_title,
        "INVENTORY_QUANTITY": held,
        "INVENTORY_LEVELS_AVAILABLE": held,
    }


def _tracks(product: Node, context: Context, args: Mapping[str, Any]) -> bool:
    items = [context.graph.get(variant["inventoryItem"]) for variant in variants_of(context.graph, product.id)]
    return any(item is not None and item["tracked"] for item in items)


def _price_range(product: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    prices = sorted((variant["price"] for variant in variants_of(context.graph, product.id)), key=float) or ["0.00"]
    currency = context.shop["currencyCode"]
    return {
        "minVariantPrice": {"amount": _decimal(prices[0]), "currencyCode": currency},
        "maxVariantPrice": {"amount": _decimal(prices[-1]), "currencyCode": currency},
    }


def _decimal(price: str) -> str:
    """A MoneyV2 amount, which drops trailing zeros but one: ``120.0``."""
    return str(float(price))


def _description(product: Node, context: Context, args: Mapping[str, Any]) -> str:
    text = plain(product["descriptionHtml"])
    limit = args.get("truncateAt")
    return text if limit is None or len(text) <= limit else text[: max(0, limit - 3)] + "..."


def _options(product: Node, context: Context, args: Mapping[str, Any]) -> list[Node]:
    return sorted(context.graph.find("ProductOption", "product", product.id), key=lambda node: node["position"] or 0)


def _option_values(option: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    used = {
        (chosen["name"], chosen["value"])
        for variant in context.graph.find("ProductVariant", "product", option["product"])
        for chosen in variant["selectedOptions"] or []
    }
    return [
        {
            "__typename": "ProductOptionValue",
            "id": f"gid://shopify/ProductOptionValue/{option.number}{index:04d}",
            "name": value,
            "hasVariants": (option["name"], value) in used,
            "linkedMetafieldValue": None,
            "swatch": None,
            "translations": [],
        }
        for index, value in enumerate(option["_values"] or [], 1)
    ]


def _selected(variant: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The options of a variant; ``optionValue`` is worked out only when it is asked for."""
    return [{**chosen, "_product": variant["product"]} for chosen in variant["selectedOptions"] or []]


def _selected_value(chosen: Mapping[str, Any], context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    for option in context.graph.find("ProductOption", "product", chosen["_product"]):
        if option["name"] == chosen["name"]:
            return next((each for each in _option_values(option, context, {}) if each["name"] == chosen["value"]), None)
    return None


def _cursor(node: Node, context: Context, args: Mapping[str, Any]) -> str:
    return str(node.number)


def _online_quantity(variant: Node, context: Context, args: Mapping[str, Any]) -> int:
    total = 0
    for level in levels_of(context.graph, variant["inventoryItem"]):
        location = context.graph.get(level["location"])
        if location is not None and location["fulfillsOnlineOrders"] is not False and active(level):
            total += quantity(level, "available")
    return total


def _display_name(variant: Node, context: Context, args: Mapping[str, Any]) -> str:
    product = context.graph.get(variant["product"])
    return f"{product['title'] if product else ''} - {variant['title']}"


def _products(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    graph = context.graph
    return Listing(
        graph.of_type("Product"),
        sorts={"INVENTORY_TOTAL": lambda node: product_total(graph, node.id)},
        search="products",
    )


def _all_variants(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.of_type("ProductVariant"), sorts=_variant_sorts(context), search="productVariants")


def _by_identifier(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    identifier = args["identifier"]
    if identifier.get("id") is not None:
        return context.graph.get(identifier["id"])
    if identifier.get("handle") is not None:
        return context.graph.first("Product", "handle", identifier["handle"])
    return None


def _texts(name: str) -> Any:
    """Every value of a product's text or list of texts, sorted, as a ``StringConnection``."""

    def read(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
        found: set[str] = set()
        for product in context.graph.of_type("Product"):
            value = product[name]
            found.update(value if isinstance(value, list) else [value] if value else [])
        return Listing(sorted(found, key=str.lower))

    return read


FIELDS: Fields = {
    "Product": {
        "bodyHtml": lambda product, context, args: product["descriptionHtml"],
        "description": _description,
        "descriptionPlainSummary": _description,
        "hasOnlyDefaultVariant": lambda product, context, args: (
            [variant["title"] for variant in variants_of(context.graph, product.id)] == ["Default Title"]
        ),
        "hasOutOfStockVariants": lambda product, context, args: any(
            not sellable(variant, context.graph) for variant in variants_of(context.graph, product.id)
        ),
        "hasVariantsThatRequiresComponents": lambda product, context, args: False,
        "defaultCursor": _cursor,
        "isGiftCard": lambda product, context, args: bool(product["isGiftCard"]),
        "options": _options,
        "priceRange": _price_range,
        "priceRangeV2": _price_range,
        "seo": lambda product, context, args: product["seo"] or {"title": None, "description": None},
        "totalInventory": lambda product, context, args: product_total(context.graph, product.id),
        "totalVariants": lambda product, context, args: len(variants_of(context.graph, product.id)),
        "tracksInventory": _tracks,
        "variants": _variants,
        "variantsCount": lambda product, context, args: {
            "count": len(variants_of(context.graph, product.id)),
            "precision": "EXACT",
        },
    },
    "ProductVariant": {
        "availableForSale": lambda variant, context, args: sellable(variant, context.graph),
        "displayName": _display_name,
        "inventoryQuantity": lambda variant, context, args: available_of_item(context.graph, variant["inventoryItem"]),
        "defaultCursor": _cursor,
        "requiresComponents": lambda variant, context, args: False,
        "selectedOptions": _selected,
        "sellableOnlineQuantity": _online_quantity,
    },
    "SelectedOption": {"optionValue": _selected_value},
    "ProductOption": {
        "values": lambda option, context, args: list(option["_values"] or []),
        "optionValues": _option_values,
        "linkedMetafield": lambda option, context, args: None,
    },
    "QueryRoot": {
        "products": _products,
        "productVariants": _all_variants,
        "productByHandle": lambda source, context, args: context.graph.first("Product", "handle", args["handle"]),
        "productByIdentifier": _by_identifier,
        "productTags": _texts("tags"),
        "productTypes": _texts("productType"),
        "productVendors": _texts("vendor"),
    },
}
