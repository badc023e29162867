"""The customers of a seed, with addresses, consents and metafields, and the segments.

::

    customers:
      - name: Pat Moss                     # or first_name, last_name
        id, email, phone, note, tags, locale, tax_exempt, verified_email (true), created (a time)
        state: enabled                     # disabled (the default), invited, enabled, declined
        email_marketing: subscribed        # not_subscribed, pending, unsubscribed; sms_marketing likewise
        orders_before: {count: 3, spent: 120.00}      # bought before the orders of this seed
        addresses: [{address1: 1 High St, city: Leeds, country_code: GB, zip: LS1 1AA, company, phone …}]
        metafields: {custom.size: M}
        count: 100                         # so many of them; {n} in name, email and phone is the number
    segments:
      - {name: VIPs, query: customer_tags CONTAINS 'vip'}

The first address is the default one.
"""

from __future__ import annotations

from typing import Any

from runner.simulator.families.addresses import REST_NAMES, SUFFIX, address_fields
from runner.simulator.graph import Graph, gid
from runner.simulator.seed_catalog import add_metafields
from runner.simulator.seed_past import at
from runner.simulator.seed_reader import Table

_STATES = ("DISABLED", "INVITED", "ENABLED", "DECLINED")
_MARKETING = ("NOT_SUBSCRIBED", "PENDING", "SUBSCRIBED", "UNSUBSCRIBED")


def add_customers(root: Table, graph: Graph) -> None:
    """Create everything under ``customers`` and ``segments``."""
    for table in root.tables("customers", short="name"):
        count = table.integer("count", 1, minimum=1)
        for number in range(1, count + 1):
            with at(graph, table.moment("created")):
                _add_customer(table, graph, number)
        table.finish()
    for table in root.tables("segments"):
        now = graph.now()
        fields = {"name": table.required("name"), "query": table.required("query")}
        graph.create(
            "Segment", {**fields, "creationDate": now, "lastEditDate": now}, id=_id(table, graph, "Segment", 1)
        )
        table.finish()


def read_address(table: Table) -> dict[str, Any]:
    """An address as stored, of its YAML form (``country_code: GB`` or ``country: United Kingdom``)."""
    given = {ours: table.text(theirs) for theirs, ours in REST_NAMES.items()}
    table.finish()
    return address_fields({name: value for name, value in given.items() if value is not None})


def _add_customer(table: Table, graph: Graph, number: int) -> None:
    first, last = _names(table, number)
    email, phone = (_numbered(table, name, number) for name in ("email", "phone"))
    if not any((first, last, email, phone)):
        table.refuse("a customer needs a name, an email or a phone")
    for name, value in (("email", email), ("phone", phone)):
        if value is not None and graph.first("Customer", name, value.lower()) is not None:
            table.refuse(f"there are two customers with the {name} {value}", name, hint="write {n} in it")
    made = graph.now()
    customer = graph.create(
        "Customer",
        {
            "firstName": first,
            "lastName": last,
            "email": email.lower() if email else None,
            "phone": phone,
            "note": table.text("note"),
            "tags": sorted(set(table.texts("tags")), key=str.lower),
            "state": table.choice("state", _STATES, "DISABLED"),
            "locale": table.text("locale", "en"),
            "taxExempt": table.boolean("tax_exempt", False),
            "taxExemptions": [],
            "verifiedEmail": table.boolean("verified_email", True),
            "defaultAddress": None,
            "_email_consent": _consent(table, "email_marketing", made),
            "_sms_consent": _consent(table, "sms_marketing", made),
            "_orders_before": _before(table),
            "createdAt": made,
            "updatedAt": made,
        },
        id=_id(table, graph, "Customer", number),
    )
    for address in table.tables("addresses"):
        fields = read_address(address)
        if fields["firstName"] is None and fields["lastName"] is None:
            fields.update(firstName=first, lastName=last)
        node_id = graph.next_id("MailingAddress") + SUFFIX
        graph.create("MailingAddress", {**fields, "_customer": customer.id}, id=node_id)
        if customer["defaultAddress"] is None:
            graph.update(customer.id, defaultAddress=node_id)
    add_metafields(table, graph, customer.id)


def _names(table: Table, number: int) -> tuple[str | None, str | None]:
    whole = _numbered(table, "name", number)
    first, last = (_numbered(table, name, number) for name in ("first_name", "last_name"))
    if whole is None:
        return first, last
    if first is not None or last is not None:
        table.refuse("give name, or first_name and last_name, not both", "name")
    head, _, tail = whole.partition(" ")
    return head, tail or None


def _numbered(table: Table, key: str, number: int) -> str | None:
    text = table.text(key)
    return text.replace("{n}", str(number)) if text else None


def _consent(table: Table, key: str, moment: str) -> dict[str, Any] | None:
    state = table.choice(key, _MARKETING, "NOT_SUBSCRIBED")
    if state == "NOT_SUBSCRIBED":
        return None
    return {
        "marketingState": state,
        "marketingOptInLevel": "SINGLE_OPT_IN",
        "consentUpdatedAt": moment,
        "sourceLocation": None,
    }


def _before(table: Table) -> dict[str, Any] | None:
    inner = table.table("orders_before")
    if inner is None:
        return None
    before = {"count": inner.integer("count", 0, minimum=0), "spent": inner.money("spent", "0.00")}
    inner.finish()
    return before


def _id(table: Table, graph: Graph, type_name: str, number: int) -> str | None:
    if "id" not in table:
        return None
    node_id = gid(type_name, table.integer("id", minimum=1) + number - 1)
    if graph.get(node_id):
        table.refuse(f"the id {table.text('id')} is taken already", "id")
    return node_id
