"""Fulfilments, their events, fulfilment orders and returns in REST's form (engine.md 11.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.addresses import render_address
from runner.simulator.families.line_rendering import render_line
from runner.simulator.families.order_lines import parts_of
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node, number_of


def events_of(fulfillment: Node, context: Context) -> list[Node]:
    """What carriers told of a fulfilment, oldest first."""
    return context.graph.find("FulfillmentEvent", "_fulfillment", fulfillment.id)


def render_fulfillment(fulfillment: Node, context: Context) -> dict[str, Any]:
    """A fulfilment; its lines have the quantity that was sent."""
    graph = context.graph
    order = graph.get(fulfillment["_order"])
    tracking = fulfillment["_tracking"] or []
    events = events_of(fulfillment, context)
    lines = []
    for part in graph.find("FulfillmentLineItem", "_fulfillment", fulfillment.id):
        line = graph.get(part["lineItem"])
        if line is not None:
            lines.append({**render_line(line, context), "quantity": part["quantity"]})
    return {
        "id": fulfillment.number,
        "admin_graphql_api_id": fulfillment.id,
        "order_id": number_of(fulfillment["_order"]),
        "name": fulfillment["name"],
        "status": fulfillment["status"].lower(),
        "shipment_status": events[-1]["status"].lower() if events else None,
        "service": "manual",
        "location_id": number_of(fulfillment["location"]) if fulfillment["location"] else None,
        "email": order["email"] if order is not None else None,
        "destination": render_address(order["shippingAddress"])
        if order is not None and order["shippingAddress"]
        else None,
        "origin_address": None,
        "line_items": lines,
        "tracking_company": tracking[0]["company"] if tracking else None,
        "tracking_number": tracking[0]["number"] if tracking else None,
        "tracking_numbers": [each["number"] for each in tracking if each["number"]],
        "tracking_url": tracking[0]["url"] if tracking else None,
        "tracking_urls": [each["url"] for each in tracking if each["url"]],
        "receipt": {},
        "created_at": shop_time(fulfillment["createdAt"], context),
        "updated_at": shop_time(fulfillment["updatedAt"], context),
    }


def render_fulfillment_event(event: Node, context: Context) -> dict[str, Any]:
    """What a carrier told."""
    fulfillment = context.graph.get(event["_fulfillment"])
    return {
        "id": event.number,
        "admin_graphql_api_id": event.id,
        "fulfillment_id": number_of(event["_fulfillment"]),
        "order_id": number_of(fulfillment["_order"]) if fulfillment is not None else None,
        "status": event["status"].lower(),
        "message": event["message"],
        "happened_at": shop_time(event["happenedAt"], context),
        "estimated_delivery_at": shop_time(event["estimatedDeliveryAt"], context),
        "address1": event["address1"],
        "city": event["city"],
        "province": event["province"],
        "zip": event["zip"],
        "country": event["country"],
        "latitude": event["latitude"],
        "longitude": event["longitude"],
        "shop_id": context.shop.number,
        "created_at": shop_time(event["createdAt"], context),
        "updated_at": shop_time(event["createdAt"], context),
    }


def render_fulfillment_order(node: Node, context: Context) -> dict[str, Any]:
    """A fulfilment order with its lines."""
    graph = context.graph
    order, location = graph.get(node["_order"]), graph.get(node["_location"])
    place: Mapping[str, Any] = (location["_address"] or {}) if location is not None else {}
    return {
        "id": node.number,
        "shop_id": context.shop.number,
        "order_id": number_of(node["_order"]),
        "assigned_location_id": number_of(node["_location"]),
        "request_status": node["requestStatus"].lower(),
        "status": node["status"].lower(),
        "supported_actions": [action.lower() for action in supported_actions(node)],
        "destination": _destination(order) if order is not None and order["shippingAddress"] else None,
        "line_items": [_part(part, node, context) for part in parts_of(graph, node)],
        "fulfill_at": shop_time(node["fulfillAt"], context),
        "fulfill_by": shop_time(node["fulfillBy"], context),
        "international_duties": None,
        "fulfillment_holds": [
            {"reason": hold["reason"].lower(), "reason_notes": hold["reasonNotes"]} for hold in node["_holds"] or []
        ],
        "delivery_method": {"id": node.number, "method_type": node["_method"].lower()},
        "created_at": shop_time(node["createdAt"], context),
        "updated_at": shop_time(node["updatedAt"], context),
        "assigned_location": {
            "location_id": number_of(node["_location"]),
            "name": location["name"] if location is not None else None,
            "address1": place.get("address1"),
            "address2": place.get("address2"),
            "city": place.get("city"),
            "country_code": place.get("countryCode"),
            "phone": place.get("phone"),
            "province": place.get("province"),
            "zip": place.get("zip"),
        },
        "merchant_requests": [],
    }


def supported_actions(node: Node) -> list[str]:
    """What may be done with a fulfilment order in its status."""
    status = node["status"]
    if status == "OPEN":
        return ["CREATE_FULFILLMENT", "REPORT_PROGRESS", "MOVE", "HOLD", "SPLIT"]
    if status == "IN_PROGRESS":
        return ["CREATE_FULFILLMENT", "REPORT_PROGRESS", "HOLD", "SPLIT", "MARK_AS_OPEN"]
    if status == "SCHEDULED":
        return ["MARK_AS_OPEN", "MOVE"]
    return ["RELEASE_HOLD", "HOLD", "MOVE"] if status == "ON_HOLD" else []


def _destination(order: Node) -> dict[str, Any]:
    address = render_address(order["shippingAddress"])
    names = (
        "address1",
        "address2",
        "city",
        "company",
        "country",
        "first_name",
        "last_name",
        "phone",
        "province",
        "zip",
    )
    return {"id": order.number, **{name: address[name] for name in names}, "email": order["email"]}


def _part(part: Node, owner: Node, context: Context) -> dict[str, Any]:
    line = context.graph.get(part["lineItem"])
    variant = context.graph.get(line["variant"]) if line is not None else None
    return {
        "id": part.number,
        "shop_id": context.shop.number,
        "fulfillment_order_id": owner.number,
        "quantity": part["totalQuantity"],
        "line_item_id": number_of(part["lineItem"]),
        "inventory_item_id": number_of(variant["inventoryItem"]) if variant is not None else None,
        "fulfillable_quantity": part["remainingQuantity"],
        "variant_id": variant.number if variant is not None else None,
    }


def render_return(node: Node, context: Context) -> dict[str, Any]:
    """A return. The topics ``returns/request`` and ``returns/approve`` add ``order``."""
    lines = context.graph.find("ReturnLineItem", "_return", node.id)
    return {
        "id": node.number,
        "admin_graphql_api_id": node.id,
        "order_id": number_of(node["_order"]),
        "order": {"id": number_of(node["_order"]), "admin_graphql_api_id": node["_order"]},
        "name": node["name"],
        "status": node["status"].lower(),
        "return_line_items": [
            {
                "id": line.number,
                "admin_graphql_api_id": line.id,
                "quantity": line["quantity"],
                "return_reason": line["returnReason"].lower(),
                "return_reason_note": line["returnReasonNote"],
                "customer_note": line["customerNote"],
                "fulfillment_line_item": {
                    "id": number_of(line["fulfillmentLineItem"]),
                    "admin_graphql_api_id": line["fulfillmentLineItem"],
                },
            }
            for line in lines
        ],
        "total_return_line_items": sum(int(line["quantity"]) for line in lines),
    }
