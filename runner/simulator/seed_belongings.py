"""The gift cards, checkouts and files of a seed.

::

    gift_cards:
      - {code: SUMMER20264411, value: 50.00, id, balance: 32.50, customer: pat@shop.test, note, expires: 2027-03-02,
         created (a time), deactivated (a time)}
    checkouts:                        # what shoppers began and did not end; completed: true bought it
      - {lines: [{sku: MUG-B, quantity: 2}], email, phone, note, address {address1, …}, created}
    files:
      - {url: https://files.test/size-guide.pdf, alt, name, created}
"""

from __future__ import annotations

import re
from datetime import UTC, date
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.amounts import decimal, text
from runner.simulator.families.customers import by_contact
from runner.simulator.families.files import store_file
from runner.simulator.families.gift_cards import LIMIT
from runner.simulator.graph import Graph
from runner.simulator.mutations.gift_cards import add_card
from runner.simulator.seed_collections import given_id
from runner.simulator.seed_past import at, do, past
from runner.simulator.seed_reader import Table, nearest
from runner.simulator.verbs.checkouts import check_out

_CODE = re.compile(r"[A-Za-z0-9]{8,20}")
_ADDRESS = ("first_name", "last_name", "address1", "address2", "city", "province_code", "country_code", "zip", "phone")


def add_belongings(root: Table, graph: Graph) -> None:
    """Create everything under the three keys; products, customers and orders are there already."""
    for table in root.tables("gift_cards", short="code"):
        with at(graph, table.moment("created")):
            _add_gift_card(table, graph)
        table.finish()
    start = graph.clock.now()
    with past(graph) as context:
        for table in root.tables("checkouts"):
            context.clock.set(table.moment("created", start) or start)
            _add_checkout(context, table)
            table.finish()
    for table in root.tables("files", short="url"):
        with at(graph, table.moment("created")):
            file = store_file(graph, table.required("url"), alt=table.text("alt"), name=table.text("name"))
            graph.update(file.id, _ready_at=None)
        table.finish()


def _add_gift_card(table: Table, graph: Graph) -> None:
    code = table.required("code").replace(" ", "").replace("-", "").lower()
    if not _CODE.fullmatch(code):
        table.refuse(f"expected a code of 8 to 20 letters and digits, found {code!r}", "code")
    if graph.first("GiftCard", "_code", code) is not None:
        table.refuse(f"there are two gift cards with the code {code}", "code")
    value = decimal(table.money("value"))
    balance = decimal(table.money("balance", text(value)))
    if not 0 < value <= decimal(LIMIT):
        table.refuse(f"expected a value of at most {LIMIT}", "value", "for example value: 50.00")
    if balance > value:
        table.refuse(f"expected at most its value {text(value)}", "balance")
    off = table.moment("deactivated")
    fields = {
        "expiresOn": _day(table, "expires"),
        "note": table.text("note"),
        "customer": _customer(table, graph),
        "_balance": text(balance),
        "deactivatedAt": off.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if off else None,
    }
    card = add_card(graph, code, value, fields, node_id=given_id(table, graph, "GiftCard"))
    if balance < value:
        move = {"giftCard": card.id, "_amount": text(balance - value), "note": None, "processedAt": graph.now()}
        graph.create("GiftCardDebitTransaction", move)


def _customer(table: Table, graph: Graph) -> str | None:
    email = table.text("customer")
    if email is None:
        return None
    customer = by_contact(graph, "email", email)
    if customer is None:
        known = [str(each["email"]) for each in graph.of_type("Customer") if each["email"]]
        table.refuse(f"there is no customer {email!r}", "customer", nearest(email, known))
    return customer.id


def _day(table: Table, key: str) -> str | None:
    day = table.text(key)
    try:
        return date.fromisoformat(day).isoformat() if day else None
    except ValueError:
        table.refuse(f"expected a date such as 2027-03-02, found {day!r}", key)


def _add_checkout(context: Context, table: Table) -> None:
    given: dict[str, Any] = {key: table.text(key) for key in ("email", "phone", "note") if key in table}
    rows = []
    for inner in table.tables("lines", short="sku"):
        row = {"sku": inner.required("sku"), "quantity": inner.integer("quantity", 1, minimum=1)}
        if not context.graph.find("ProductVariant", "sku", row["sku"]):
            known = [each["sku"] for each in context.graph.of_type("ProductVariant") if each["sku"]]
            inner.refuse(f"there is no SKU {row['sku']!r}", "sku", nearest(str(row["sku"]), known))
        inner.finish()
        rows.append(row)
    address = table.table("address")
    if address is not None:
        given["address"] = {name: address.text(name) for name in _ADDRESS if name in address}
        address.finish()
    do(context, table, check_out, {**given, "lines": rows, "complete": table.boolean("completed", False)})
