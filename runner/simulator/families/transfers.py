"""Stock on its way from one location to another: transfers and their shipments.

``InventoryTransfer``: name (``#T0001``), status, ``_origin`` and ``_destination`` (gids or null), note, referenceName,
tags, dateCreated. ``InventoryTransferLineItem``: ``_transfer``, inventoryItem, totalQuantity.
``InventoryShipment``: ``_transfer``, name (``#T0001-1``), status, barcode, ``_tracking``, dateCreated, dateShipped,
dateReceived. ``InventoryShipmentLineItem``: ``_shipment``, inventoryItem, quantity, ``_accepted``, ``_rejected``.
What a transfer that is ready holds back is ``reserved`` at its origin; what is under way is ``incoming`` at its
destination.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.answers import count_of, stored
from runner.simulator.families.locations import address_of
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Graph, Node, number_of

INDEXES = {
    "InventoryTransferLineItem": ("_transfer",),
    "InventoryShipment": ("_transfer",),
    "InventoryShipmentLineItem": ("_shipment",),
}


def lines_of(graph: Graph, transfer: Node) -> list[Node]:
    """The lines of a transfer."""
    return graph.find("InventoryTransferLineItem", "_transfer", transfer.id)


def shipments_of(graph: Graph, transfer: Node) -> list[Node]:
    """The shipments of a transfer."""
    return graph.find("InventoryShipment", "_transfer", transfer.id)


def parts_of(graph: Graph, shipment: Node) -> list[Node]:
    """The lines of a shipment."""
    return graph.find("InventoryShipmentLineItem", "_shipment", shipment.id)


def amount_in(graph: Graph, transfer: Node, item_id: str, *, sent: bool) -> int:
    """Units of an item in the shipments of a transfer that have been sent, or that are drafts."""
    found = [each for each in shipments_of(graph, transfer) if (each["status"] != "DRAFT") == sent]
    parts = [part for shipment in found for part in parts_of(graph, shipment) if part["inventoryItem"] == item_id]
    return sum(int(part["quantity"] or 0) for part in parts)


def left_of(part: Node) -> int:
    """Units of a line of a shipment that were not received yet."""
    return int((part["quantity"] or 0) - (part["_accepted"] or 0) - (part["_rejected"] or 0))


def render_transfer(transfer: Node, context: Context) -> dict[str, Any]:
    """The payload of ``inventory_transfers/…``."""
    return {
        "id": transfer.number,
        "admin_graphql_api_id": transfer.id,
        "name": transfer["name"],
        "reference_name": transfer["referenceName"],
        "status": transfer["status"].lower(),
        "note": transfer["note"],
        "tags": list(transfer["tags"] or []),
        "origin_location_id": number_of(transfer["_origin"]) if transfer["_origin"] else None,
        "destination_location_id": number_of(transfer["_destination"]) if transfer["_destination"] else None,
        "created_at": shop_time(transfer["dateCreated"], context),
        "line_items": [
            {
                "admin_graphql_api_id": line.id,
                "inventory_item_id": number_of(line["inventoryItem"]),
                "total_quantity": line["totalQuantity"],
            }
            for line in lines_of(context.graph, transfer)
        ],
    }


def render_shipment(shipment: Node, context: Context) -> dict[str, Any]:
    """The payload of ``inventory_shipments/…``."""
    return {
        "id": shipment.number,
        "admin_graphql_api_id": shipment.id,
        "name": shipment["name"],
        "status": shipment["status"].lower(),
        "barcode": shipment["barcode"],
        "tracking": shipment["_tracking"],
        "transfer_id": number_of(shipment["_transfer"]),
        "created_at": shop_time(shipment["dateCreated"], context),
        "shipped_at": shop_time(shipment["dateShipped"], context),
        "received_at": shop_time(shipment["dateReceived"], context),
        "line_items": [
            {
                "admin_graphql_api_id": part.id,
                "inventory_item_id": number_of(part["inventoryItem"]),
                "quantity": part["quantity"],
                "accepted_quantity": part["_accepted"],
                "rejected_quantity": part["_rejected"],
            }
            for part in parts_of(context.graph, shipment)
        ],
    }


def _place(name: str) -> Any:
    """A location as it was when the transfer was made, which here is as it is."""

    def read(transfer: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
        location = context.graph.get(transfer[name])
        if location is None:
            return None
        known = {"location": location, "name": location["name"], "address": address_of(location)}
        return {**known, "snapshottedAt": transfer["dateCreated"] or context.graph.now()}

    return read


def _title(line: Node, context: Context, args: Mapping[str, Any]) -> str | None:
    item = context.graph.get(line["inventoryItem"])
    variant = context.graph.get(item["variant"]) if item is not None else None
    product = context.graph.get(variant["product"]) if variant is not None else None
    return product["title"] if product is not None else None


def _amount(count: Callable[[Graph, Node, Node], int]) -> Any:
    """A number of units of a line, worked out from its transfer."""

    def read(line: Node, context: Context, args: Mapping[str, Any]) -> int:
        transfer = context.graph.get(line["_transfer"])
        return count(context.graph, transfer, line) if transfer is not None else 0

    return read


def _drafted(graph: Graph, transfer: Node, line: Node) -> int:
    return amount_in(graph, transfer, line["inventoryItem"], sent=False)


def _sent(graph: Graph, transfer: Node, line: Node) -> int:
    return amount_in(graph, transfer, line["inventoryItem"], sent=True)


def _free(graph: Graph, transfer: Node, line: Node) -> int:
    return int(line["totalQuantity"] or 0) - _drafted(graph, transfer, line) - _sent(graph, transfer, line)


def _received(transfer: Node, context: Context, args: Mapping[str, Any]) -> int:
    found = [part for each in shipments_of(context.graph, transfer) for part in parts_of(context.graph, each)]
    return sum(int((part["_accepted"] or 0) + (part["_rejected"] or 0)) for part in found)


def _sum(*names: str) -> Any:
    return lambda shipment, context, args: sum(
        int(part[name] or 0) for part in parts_of(context.graph, shipment) for name in names
    )


FIELDS: Fields = {
    "InventoryShipment": {
        **stored(None, ("barcode", "dateReceived", "dateShipped")),
        "lineItemTotalQuantity": _sum("quantity"),
        "lineItems": lambda shipment, context, args: Listing(parts_of(context.graph, shipment)),
        "lineItemsCount": lambda shipment, context, args: count_of(len(parts_of(context.graph, shipment))),
        "totalAcceptedQuantity": _sum("_accepted"),
        "totalReceivedQuantity": _sum("_accepted", "_rejected"),
        "totalRejectedQuantity": _sum("_rejected"),
        "tracking": lambda shipment, context, args: shipment["_tracking"],
    },
    "InventoryShipmentLineItem": {
        "acceptedQuantity": lambda part, context, args: part["_accepted"] or 0,
        "rejectedQuantity": lambda part, context, args: part["_rejected"] or 0,
        "unreceivedQuantity": lambda part, context, args: left_of(part),
    },
    "InventoryTransfer": {
        **stored(None, ("note", "referenceName")),
        **stored([], ("tags",)),
        "destination": _place("_destination"),
        "events": lambda transfer, context, args: Listing([]),
        "hasTimelineComment": lambda transfer, context, args: False,
        "lineItems": lambda transfer, context, args: Listing(lines_of(context.graph, transfer)),
        "lineItemsCount": lambda transfer, context, args: count_of(len(lines_of(context.graph, transfer))),
        "origin": _place("_origin"),
        "receivedQuantity": _received,
        "shipments": lambda transfer, context, args: Listing(shipments_of(context.graph, transfer)),
        "totalQuantity": lambda transfer, context, args: sum(
            int(line["totalQuantity"] or 0) for line in lines_of(context.graph, transfer)
        ),
    },
    "InventoryTransferLineItem": {
        "pickedForShipmentQuantity": _amount(_drafted),
        "processableQuantity": _amount(_free),
        "shippableQuantity": _amount(_free),
        "shippedQuantity": _amount(_sent),
        "title": _title,
    },
    "QueryRoot": {
        "inventoryShipments": lambda source, context, args: Listing(context.graph.of_type("InventoryShipment")),
        "inventoryTransfers": lambda source, context, args: Listing(
            context.graph.of_type("InventoryTransfer"), sorts={"NAME": lambda node: node["name"]}
        ),
    },
}
