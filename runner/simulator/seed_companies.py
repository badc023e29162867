"""The companies of a seed.

::

    companies:
      - name: Harbour Hotels
        id, external_id, note, since (a time)
        contacts: [pat@shop.test]                 # addresses of customers; the first is the main contact
        locations: [{name: Leeds, id: 1, address: {address1: 1 High St, city: Leeds, country_code: GB}}]
        metafields: {custom.tier: gold}
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from runner.simulator.families.companies import ROLES
from runner.simulator.graph import Graph, Node
from runner.simulator.seed_catalog import add_metafields
from runner.simulator.seed_collections import given_id
from runner.simulator.seed_reader import Table, nearest


def add_companies(root: Table, graph: Graph) -> None:
    """Create everything under ``companies``; the customers are there already."""
    for table in root.tables("companies", short="name"):
        since = table.moment("since")
        now = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if since else graph.now()
        times = {"createdAt": now, "updatedAt": now}
        fields = {
            "name": table.required("name"),
            "externalId": table.text("external_id"),
            "note": table.text("note"),
            "customerSince": now,
            "_main_contact": None,
            **times,
        }
        company = graph.create("Company", fields, id=given_id(table, graph, "Company"))
        roles = [
            graph.create("CompanyContactRole", {"_company": company.id, "name": name, "note": None}) for name in ROLES
        ]
        places = [_add_location(inner, graph, company, times) for inner in table.tables("locations", short="name")]
        _add_contacts(table, graph, company, places, roles[0])
        add_metafields(table, graph, company.id)
        table.finish()


def _add_location(table: Table, graph: Graph, company: Node, times: dict[str, str]) -> Node:
    inner = table.table("address")
    address = _add_address(inner, graph, company, times) if inner is not None else None
    fields = {
        "name": table.required("name"),
        "externalId": table.text("external_id"),
        "note": table.text("note"),
        "phone": table.text("phone"),
        "locale": None,
        "company": company.id,
        "shippingAddress": address,
        "billingAddress": address,
        "_tax": None,
        "_buying": None,
        **times,
    }
    location = graph.create("CompanyLocation", fields, id=given_id(table, graph, "CompanyLocation"))
    table.finish()
    return location


def _add_address(table: Table, graph: Graph, company: Node, times: dict[str, str]) -> str:
    fields: dict[str, Any] = {
        "address1": table.text("address1", ""),
        "address2": table.text("address2"),
        "city": table.text("city"),
        "countryCode": table.text("country_code", "US"),
        "firstName": None,
        "lastName": None,
        "phone": table.text("phone"),
        "recipient": None,
        "zip": table.text("zip"),
        "zoneCode": table.text("province_code"),
        "companyName": company["name"],
        **times,
    }
    table.finish()
    return graph.create("CompanyAddress", fields).id


def _add_contacts(table: Table, graph: Graph, company: Node, places: list[Node], role: Node) -> None:
    times = {"createdAt": graph.now(), "updatedAt": graph.now()}
    for email in table.texts("contacts"):
        customer = graph.first("Customer", "email", email.lower())
        if customer is None:
            known = [str(node["email"]) for node in graph.of_type("Customer")]
            table.refuse(f"there is no customer {email!r}", "contacts", nearest(email, known))
        fields = {"company": company.id, "customer": customer.id, "title": None, "locale": customer["locale"], **times}
        contact = graph.create("CompanyContact", fields)
        if company["_main_contact"] is None:
            graph.update(company.id, _main_contact=contact.id)
        for place in places:
            row = {"company": company.id, "companyContact": contact.id, "companyLocation": place.id, "role": role.id}
            graph.create("CompanyContactRoleAssignment", {**row, **times})
