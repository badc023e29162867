"""The orders and draft orders of a seed, made as checkouts make them.

::

    orders:
      - lines:
        - {sku: MUG-B, quantity: 2, price: 25.00, location: Gallery, properties: {For: Pat}}
        - {title: Fee, price: 3}
        customer: pat@shop.test       # an address of the customers above; or email alone, phone
        id, number, note, tags, attributes {name: text}, source (web), pickup (false), gateway, metafields
        created: 2026-02-01T09:00:00-05:00      # else when the shop's time starts
        payment: paid                 # authorized, pending, none
        shipping: {title: Standard, price: 5.00}
        discount: {code: SPRING, percent: 10}   # or title, amount; on: shipping
        tax: {title: VAT, rate: 0.2}
        address: {address1: 9 Low Rd, city: York, country_code: GB}     # else the customer's; billing likewise
        fulfilled, delivered, refunded, cancelled …      # what became of it: see seed_order_care.py
        risk: high                    # medium, low
        company: Harbour Hotels       # bought for it by the customer, one of its contacts; po_number
        ip, user_agent, landing, referrer, locale, tip, accepts_marketing, tax_exempt, taxes_included, test
        store: Gallery                # sold there (with source: pos); staff: Jane Doe, who did it
        visits: [{source: google, landing: /cups, referrer, campaign, medium, content, term}]
        count: 10                     # so many alike; {n} in email and note is the number
    draft_orders:
      - {lines, customer, company, staff, email, note, tags, attributes, discount, shipping, created,
         status: invoice_sent}

``levels`` of the seed are what is available after these orders; what they have not sent is committed besides.
"""

from __future__ import annotations

from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.customers import by_contact
from runner.simulator.graph import Graph, Node, gid
from runner.simulator.mutations import drafts, orders
from runner.simulator.seed_catalog import add_metafields
from runner.simulator.seed_collections import given_id
from runner.simulator.seed_order_care import happen
from runner.simulator.seed_past import past, placed
from runner.simulator.seed_reader import Table, nearest
from runner.simulator.verbs.orders import TRACES, buy, discount_of, purchase_for

_PAYMENTS = ("paid", "authorized", "pending", "none")
_RISKS = ("HIGH", "MEDIUM", "LOW")
_FLAGS = {
    "accepts_marketing": "customerAcceptsMarketing",
    "tax_exempt": "taxExempt",
    "taxes_included": "taxesIncluded",
    "test": "test",
}
_VISIT = {
    "landing": "landingPage",
    "referrer": "referrerUrl",
    **{name: name for name in ("campaign", "content", "medium", "source", "term")},
}
_DRAFTS = ("open", "invoice_sent", "completed")
_ADDRESS = (
    "first_name",
    "last_name",
    "company",
    "address1",
    "address2",
    "city",
    "province",
    "province_code",
    "country",
    "country_code",
    "zip",
    "phone",
)


def add_orders(root: Table, graph: Graph) -> None:
    """Create everything under ``orders`` and ``draft_orders``."""
    start = graph.clock.now()
    with past(graph) as context:
        for table in root.tables("orders"):
            for number in range(1, table.integer("count", 1, minimum=1) + 1):
                context.clock.set(table.moment("created", start) or start)
                _add_order(context, table, number)
            table.finish()
        for table in root.tables("draft_orders"):
            context.clock.set(table.moment("created", start) or start)
            _add_draft(context, table)
            table.finish()


def _add_order(context: Context, table: Table, number: int) -> None:
    given = {**_buyer(context, table, number), **_terms(table)}
    rows = _lines(context, table)
    if not rows:
        table.refuse("an order needs lines", "lines", "for example [{sku: MUG-B, quantity: 2}]")
    payment = table.choice("payment", _PAYMENTS, "paid")
    node_id = given_id(table, context.graph, "Order") if number == 1 else None
    if number > 1 and "id" in table:
        node_id = gid("Order", table.integer("id") + number - 1)
    fixed = _fixed(context, table)
    if "number" in table:
        fixed["number"] = table.integer("number", minimum=1) + number - 1
    with placed(table):
        order = buy(context, {**given, "payment": payment}, rows, fixed=fixed, node_id=node_id, before=True)
    add_metafields(table, context.graph, order.id)
    risk = table.choice("risk", _RISKS, "") if "risk" in table else None
    if risk:
        row: dict[str, Any] = {"level": risk, "facts": [], "provider": None}
        orders.set_risk(context, order, [row])
    _sign(context, table, order)
    happen(context, table, order)


def _fixed(context: Context, table: Table) -> dict[str, Any]:
    """What is written down of an order as it is: where it came from, who bought for whom."""
    fixed: dict[str, Any] = {ours: table.text(theirs) for theirs, ours in TRACES.items() if theirs in table}
    fixed |= {ours: table.boolean(theirs, False) for theirs, ours in _FLAGS.items() if theirs in table}
    if "tip" in table:
        fixed["_tip"] = table.money("tip")
    visits = []
    for inner in table.tables("visits"):
        visits.append({ours: inner.text(theirs) for theirs, ours in _VISIT.items() if theirs in inner})
        inner.finish()
    if visits:
        fixed["_journey"] = visits
        first = {"landingPageUrl": visits[0].get("landingPage"), "referrerUrl": visits[0].get("referrerUrl")}
        fixed = {**first, **fixed}
    name = table.text("store")
    if name is not None:
        location = context.graph.first("Location", "name", name)
        if location is None:
            known = [str(each["name"]) for each in context.graph.of_type("Location")]
            table.refuse(f"there is no location {name!r}", "store", nearest(name, known))
        fixed["retailLocation"] = location.id
    return {**fixed, **_purchase(context, table)}


def _purchase(context: Context, table: Table) -> dict[str, Any]:
    """For which company its customer bought."""
    customer = by_contact(context.graph, "email", table.text("customer") or "")
    with placed(table, "company"):
        return purchase_for(context, table.text("company"), customer)


def _sign(context: Context, table: Table, subject: Node) -> None:
    """Put the name of who did it into the timeline, instead of the owner's."""
    name, owner = table.text("staff"), str(context.shop["_owner"])
    for event in context.graph.find("BasicEvent", "_subject", subject.id) if name else ():
        context.graph.update(event.id, message=event["message"].replace(owner, name), author=name)


def _buyer(context: Context, table: Table, number: int) -> dict[str, Any]:
    name = table.text("customer")
    if name is not None and by_contact(context.graph, "email", name) is None:
        known = [each["email"] for each in context.graph.of_type("Customer") if each["email"]]
        table.refuse(f"there is no customer {name!r}", "customer", nearest(name, known))
    given: dict[str, Any] = {"customer": name} if name is not None else {}
    for key in ("email", "note"):
        text = table.text(key)
        if text is not None:
            given[key] = text.replace("{n}", str(number))
    given |= {key: table.text(key) for key in ("phone", "source", "gateway") if key in table}
    for key in ("address", "billing"):
        inner = table.table(key)
        if inner is not None:
            given[key] = {field: inner.text(field) for field in _ADDRESS if field in inner}
            inner.finish()
    return given


def _terms(table: Table) -> dict[str, Any]:
    """What else is said of an order: tags, attributes, shipping, discount, tax."""
    given: dict[str, Any] = {"tags": table.texts("tags"), "pickup": table.boolean("pickup", False)}
    attributes = _pairs(table, "attributes")
    if attributes:
        given["attributes"] = attributes
    shipping = table.table("shipping")
    if shipping is not None:
        given["shipping"] = {"title": shipping.text("title", "Standard"), "price": shipping.money("price", "0.00")}
        shipping.finish()
    inner = table.table("discount")
    if inner is not None:
        given["discount"] = {
            key: inner.text(key) for key in ("code", "title", "percent", "amount", "on") if key in inner
        }
        inner.finish()
    tax = table.table("tax")
    if tax is not None:
        given["tax"] = {"title": tax.text("title", "Tax"), "rate": _rate(tax)}
        tax.finish()
    return given


def _rate(tax: Table) -> float:
    text = tax.required("rate")
    try:
        return float(text)
    except ValueError:
        tax.refuse(f"expected a rate such as 0.2, found {text!r}", "rate")


def _pairs(table: Table, key: str) -> dict[str, str]:
    inner = table.table(key)
    return {name: inner.text(name) or "" for name in inner.names()} if inner is not None else {}


def _lines(context: Context, table: Table) -> list[dict[str, Any]]:
    rows = []
    for inner in table.tables("lines", short="sku"):
        row: dict[str, Any] = {"quantity": inner.integer("quantity", 1, minimum=1)}
        for key in ("sku", "title", "location"):
            if key in inner:
                row[key] = inner.text(key)
        if "price" in inner:
            row["price"] = inner.money("price")
        properties = _pairs(inner, "properties")
        if properties:
            row["properties"] = properties
        if "sku" in row and not context.graph.find("ProductVariant", "sku", row["sku"]):
            known = [each["sku"] for each in context.graph.of_type("ProductVariant") if each["sku"]]
            inner.refuse(f"there is no SKU {row['sku']!r}", "sku", nearest(row["sku"], known))
        inner.finish()
        rows.append(row)
    return rows


def _add_draft(context: Context, table: Table) -> None:
    graph = context.graph
    buyer, terms = _buyer(context, table, 1), _terms(table)
    rows = []
    for row in _lines(context, table):
        wanted: dict[str, Any] = {"quantity": row["quantity"], "title": row.get("title")}
        if "sku" in row:
            wanted["variantId"] = graph.find("ProductVariant", "sku", row["sku"])[0].id
        wanted["originalUnitPrice"] = row.get("price")
        pairs = (row.get("properties") or {}).items()
        wanted["customAttributes"] = [{"key": name, "value": value} for name, value in pairs]
        rows.append(wanted)
    customer = by_contact(graph, "email", buyer["customer"]) if buyer.get("customer") else None
    document: dict[str, Any] = {
        "lineItems": rows,
        "customerId": customer.id if customer is not None else None,
        "useCustomerDefaultAddress": customer is not None,
        "note": buyer.get("note"),
        "tags": terms["tags"],
        "customAttributes": [{"key": key, "value": value} for key, value in (terms.get("attributes") or {}).items()],
        "shippingLine": terms.get("shipping"),
    }
    if buyer.get("email"):
        document["email"] = buyer["email"]
    status = table.choice("status", _DRAFTS, "open")
    with placed(table):
        if terms.get("discount"):
            row = discount_of(terms["discount"])
            found = {"title": row["title"], "value": float(row["value"]), "valueType": row["value_type"]}
            document["appliedDiscount"] = found
        draft, errors = drafts.make(context, document)
    if draft is None:
        table.refuse("; ".join(error["message"] for error in errors))
    add_metafields(table, graph, draft.id)
    graph.update(draft.id, _purchase(context, table))
    _sign(context, table, draft)
    if status == "invoice_sent":
        drafts.save(context, draft, {"status": "INVOICE_SENT", "invoiceSentAt": graph.now()})
    elif status == "completed":
        drafts.complete(context, {"id": draft.id})
