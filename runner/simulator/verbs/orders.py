"""``sell`` and ``order``: shoppers buy. The order is real, with everything that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.addresses import REST_NAMES, address_fields, addresses_of
from runner.simulator.families.amounts import decimal, text
from runner.simulator.families.customers import by_contact
from runner.simulator.families.order_lines import lines_of
from runner.simulator.families.order_rendering import render_order
from runner.simulator.families.placing import Placement, Wanted, choose_location, place
from runner.simulator.families.quantities import quantity
from runner.simulator.graph import Node
from runner.simulator.mutations.customers import add_customer
from runner.simulator.mutations.orders import stored_fields
from runner.simulator.verbs.customers import customer_of
from runner.simulator.verbs.finding import company_of, level_of, location_of, refuse_unknown, variant_of, whole
from runner.simulator.verbs.stock import shown_line

TRACES = {
    "ip": "clientIp",
    "landing": "landingPageUrl",
    "locale": "customerLocale",
    "po_number": "poNumber",
    "referrer": "referrerUrl",
    "user_agent": "_user_agent",
}
"""What a shopper leaves behind, and the field of the order that keeps it."""
_LINE = ("sku", "variant", "quantity", "price", "properties", "location", "title", "selling_plan")
_ORDER = (
    "lines",
    "location",
    "force",
    *_LINE[:3],
    "customer",
    "email",
    "phone",
    "note",
    "tags",
    "attributes",
    "shipping",
    "discount",
    "address",
    "billing",
    "payment",
    "gateway",
    "tax",
    "source",
    "pickup",
    *TRACES,
    "company",
    "tip",
)
_PAYMENTS = ("paid", "authorized", "pending", "none")


def sell(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """One order: ``{sku | variant, quantity = 1, location}`` or ``{lines: [{sku, quantity}, …], location}``; and
    whatever ``order`` knows.

    What is sold moves from ``available`` to ``committed``, so ``on_hand`` stays until it is fulfilled. A variant that
    may not be oversold is refused when there is not enough, unless ``force`` is true; of one that is not tracked
    nothing changes. Answers with the stock of each line, and the order's gid and name.
    """
    refuse_unknown(given, _ORDER, "sell")
    location = location_of(context, given.get("location"))
    rows = [{**row, "location": location.id} for row in _rows(given, "sell")]
    placed = buy(context, given, rows)
    shown = []
    for row, line in zip(rows, lines_of(context.graph, placed), strict=True):
        variant = variant_of(context, row)
        level = level_of(context, variant, location) if line["_claimed"] else None
        shown.append(shown_line(variant, level, line["quantity"]))
    return {"location": location["name"], "lines": shown, "order": placed.id, "name": placed["name"]}


def order(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """A shopper orders: ``{lines: [{sku | variant | title, quantity, price, properties, location, selling_plan}],
    customer (email or id), email, phone, note, tags, attributes {name: value}, shipping {title, price}, discount {code,
    percent | amount}, address, billing, payment: paid | authorized | pending | none, gateway, tax {title, rate}, tip,
    source, pickup, force, company, ip, user_agent, landing, referrer, locale, po_number}``. ``company``: the customer,
    one of its contacts, buys for it.

    Answers with the order as REST has it.
    """
    refuse_unknown(given, _ORDER, "order")
    return render_order(buy(context, given, _rows(given, "order")), context)


def _rows(given: Mapping[str, Any], verb: str) -> list[dict[str, Any]]:
    single = {name: given[name] for name in ("sku", "variant", "quantity") if name in given}
    rows = [dict(row) for row in given.get("lines") or [single]]
    for row in rows:
        refuse_unknown(
            row,
            _LINE if verb == "order" else ("sku", "variant", "quantity", "price", "properties"),
            f"a line of {verb}",
        )
        if given.get("location") is not None:
            row.setdefault("location", given["location"])
    return rows


def buy(
    context: Context,
    given: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]],
    *,
    fixed: Mapping[str, Any] | None = None,
    node_id: str | None = None,
    before: bool = False,
) -> Node:
    """Place an order of ``rows``. ``fixed``: fields that are given instead of following; ``before``: it was placed
    before the shop's time starts, so what is available is without it already."""
    wanted = [_wanted(context, row, given) for row in rows]
    if not before:
        _check_stock(context, wanted, force=bool(given.get("force")))
    payment = str(given.get("payment") or "paid").lower()
    if payment not in _PAYMENTS:
        raise InputError(f"there is no payment {given['payment']!r}", hint=f"one of {', '.join(_PAYMENTS)}")
    shipping = given.get("shipping")
    placement = Placement(
        lines=wanted,
        fields={**_fields(context, given), **(fixed or {})},
        shipping=[{"taxes": _taxes(given), **shipping}] if shipping else (),
        discounts=[discount_of(given["discount"])] if given.get("discount") else (),
        payment=payment,
        gateway=given.get("gateway"),
        pickup=bool(given.get("pickup")),
        take=not before,
        node_id=node_id,
    )
    return place(context, placement)


def _wanted(context: Context, row: Mapping[str, Any], given: Mapping[str, Any]) -> Wanted:
    amount = whole(row, "quantity", 1, lowest=1)
    price = decimal(row["price"]) if row.get("price") is not None else None
    attributes = [{"key": key, "value": str(value)} for key, value in (row.get("properties") or {}).items()]
    if row.get("title") and not (row.get("sku") or row.get("variant")):
        return Wanted(amount, title=row["title"], price=price, attributes=attributes, taxes=_taxes(given))
    variant = variant_of(context, row)
    place_id = location_of(context, row["location"]).id if row.get("location") is not None else None
    place_id = place_id or choose_location(context, variant.id, amount)
    plan = {"_selling_plan": str(row["selling_plan"])} if row.get("selling_plan") else {}
    return Wanted(
        amount,
        variant,
        price=price,
        location=place_id,
        attributes=attributes,
        taxes=_taxes(given),
        more=plan,
    )


def _taxes(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    tax = given.get("tax")
    return [{"title": tax.get("title", "Tax"), "rate": float(tax["rate"])}] if tax else []


def _check_stock(context: Context, wanted: Iterable[Wanted], *, force: bool) -> None:
    taken: dict[str, int] = {}
    for each in wanted:
        item = context.graph.get(each.variant["inventoryItem"]) if each.variant is not None else None
        if each.variant is None or item is None or not item["tracked"]:
            continue
        location = location_of(context, each.location)
        level = level_of(context, each.variant, location)
        taken[level.id] = taken.get(level.id, 0) + each.quantity
        left = quantity(level, "available")
        if taken[level.id] > left and each.variant["inventoryPolicy"] != "CONTINUE" and not force:
            label = each.variant["sku"] or each.variant.id
            raise InputError(
                f"only {left} of {label} at {location['name']}, not {taken[level.id]}",
                hint='sell fewer, or force it: {"force": true}',
            )


def _fields(context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    customer = _customer(context, given)
    tags = given.get("tags") or []
    fields = stored_fields(
        {
            "email": given.get("email") or (customer["email"] if customer is not None else None),
            "phone": given.get("phone") or (customer["phone"] if customer is not None else None),
            "note": given.get("note"),
            "tags": [tags] if isinstance(tags, str) else tags,
            "customAttributes": [
                {"key": key, "value": value} for key, value in (given.get("attributes") or {}).items()
            ],
        }
    )
    address = _address(context, given.get("address"), customer)
    billing = _address(context, given.get("billing"), customer) or address
    source = {"sourceName": given["source"]} if given.get("source") else {}
    traces = {field: str(given[name]) for name, field in TRACES.items() if given.get(name) is not None}
    buyer = customer.id if customer is not None else None
    more = {**source, **traces, **purchase_for(context, given.get("company"), customer)}
    if given.get("tip") is not None:
        more["_tip"] = text(decimal(given["tip"]))
    return {**fields, "customer": buyer, "shippingAddress": address, "billingAddress": billing, **more}


def purchase_for(context: Context, name: Any, customer: Node | None) -> dict[str, Any]:
    """What an order has of the company that its customer buys for. ``InputError`` when that is no contact of it."""
    if name is None:
        return {}
    company = company_of(context, name)
    contacts = context.graph.find("CompanyContact", "company", company.id)
    contact = next((each for each in contacts if customer is not None and each["customer"] == customer.id), None)
    if contact is None:
        raise InputError(f"its customer is no contact of {name}", hint="name one of its contacts as customer")
    places = context.graph.find("CompanyLocation", "company", company.id)
    fields = {"company": company.id, "contact": contact.id, "location": places[0].id if places else None}
    return {"_purchasing": context.graph.create("PurchasingCompany", fields).id}


def _customer(context: Context, given: Mapping[str, Any]) -> Node | None:
    """Who buys: the customer named, the one of the email address, or a new one with it."""
    if given.get("customer") is not None:
        return customer_of(context, given["customer"])
    if not given.get("email"):
        return None
    known = by_contact(context.graph, "email", given["email"])
    return known or add_customer(context, {"email": given["email"]})


def _address(context: Context, given: Any, customer: Node | None) -> dict[str, Any] | None:
    if isinstance(given, Mapping):
        refuse_unknown(given, REST_NAMES, "an address")
        return address_fields({REST_NAMES[name]: value for name, value in given.items()})
    held = addresses_of(context.graph, customer.id) if customer is not None else []
    default = next((each for each in held if each.id == (customer or each)["defaultAddress"]), None)
    if default is None:
        return None
    return {name: value for name, value in default.fields.items() if not name.startswith("_")}


def discount_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """A discount as people write it, ``{code | title, percent | amount, on: shipping}``, as orders keep it."""
    refuse_unknown(given, ("code", "title", "percent", "amount", "on"), "a discount")
    if ("percent" in given) == ("amount" in given):
        raise InputError("say what it takes off: percent or amount, not both")
    return {
        "type": "CODE" if given.get("code") else "MANUAL",
        "title": given.get("code") or given.get("title"),
        "value": str(given.get("percent", given.get("amount"))),
        "value_type": "PERCENTAGE" if "percent" in given else "FIXED_AMOUNT",
        "target": "SHIPPING_LINE" if given.get("on") == "shipping" else "LINE_ITEM",
    }


VERBS = {"order": order, "sell": sell}
