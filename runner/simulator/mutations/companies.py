"""Companies and their contacts: made, changed, deleted, given roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families.companies import ROLES, contacts_of, orders_of_company, render_company, render_contact
from runner.simulator.families.customers import by_contact
from runner.simulator.graph import Node
from runner.simulator.mutations.company_locations import add_location, location_errors, remove_location
from runner.simulator.mutations.customer_input import field_errors
from runner.simulator.mutations.customers import add_customer, change

NAME_LIMIT = 255
_PLAIN = ("name", "externalId", "note", "customerSince")
Errors = list[dict[str, Any]]


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add a company, with its first contact and location when they are given."""
    given = args["input"]
    errors = company_errors(context, given["company"], None, ("input", "company"))
    contact, location = given.get("companyContact"), given.get("companyLocation")
    if location is not None:
        errors += location_errors(location, ("input", "companyLocation"))
    if errors:
        return {"company": None, "userErrors": errors}
    company = add_company(context, given["company"])
    place = add_location(context, company, location or {"name": company["name"]})
    if contact is not None:
        node, errors = add_contact(context, company, contact, ("input", "companyContact"))
        if node is None:
            return {"company": None, "userErrors": errors}
        context.graph.update(company.id, _main_contact=node.id)
        assign(context, node, context.graph.find("CompanyContactRole", "_company", company.id)[0], place)
    context.emit("companies/create", render_company(company, context))
    return {"company": company, "userErrors": []}


def add_company(context: Context, given: Mapping[str, Any]) -> Node:
    """Store a company with the roles every one has; nothing is sent."""
    now = context.graph.now()
    fields = {**dict.fromkeys(_PLAIN), **{name: given[name] for name in _PLAIN if name in given}}
    times = {"createdAt": now, "updatedAt": now}
    company = context.graph.create("Company", {**fields, "_main_contact": None, **times})
    for name in ROLES:
        context.graph.create("CompanyContactRole", {"_company": company.id, "name": name, "note": None})
    return company


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change a company. Sends ``companies/update``."""
    company = find(context, args["companyId"], "Company")
    if company is None:
        return {"company": None, "userErrors": [missing("companyId")]}
    errors = company_errors(context, args["input"], company, ("input",))
    if errors:
        return {"company": None, "userErrors": errors}
    save(context, company, {name: args["input"][name] for name in _PLAIN if name in args["input"]})
    return {"company": company, "userErrors": []}


def save(context: Context, company: Node, fields: Mapping[str, Any]) -> None:
    """Store ``fields``, bump ``updatedAt`` and send ``companies/update``."""
    context.graph.update(company.id, {**fields, "updatedAt": context.graph.now()})
    context.emit("companies/update", render_company(company, context))


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete a company without orders; its customers stay."""
    company = find(context, args["id"], "Company")
    if company is None:
        return {"deletedCompanyId": None, "userErrors": [missing("id")]}
    if orders_of_company(context.graph, company):
        error = user_error(("id",), "Company has orders and can't be deleted.", "FAILED_TO_DELETE")
        return {"deletedCompanyId": None, "userErrors": [error]}
    _remove(context, company)
    return {"deletedCompanyId": company.id, "userErrors": []}


def delete_many(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``companiesDelete``: nothing is kept when one of them cannot go."""
    deleted, errors = [], []
    for index, node_id in enumerate(args["companyIds"]):
        answer = delete(context, {"id": node_id})
        errors += [{**each, "field": ["companyIds", str(index)]} for each in answer["userErrors"]]
        deleted.append(node_id)
    return {"deletedCompanyIds": None if errors else deleted, "userErrors": errors}


def _remove(context: Context, company: Node) -> None:
    graph = context.graph
    for contact in contacts_of(graph, company):
        _remove_contact(context, contact)
    for location in graph.find("CompanyLocation", "company", company.id):
        remove_location(context, location)
    for kind, field in (("CompanyContactRole", "_company"), ("Metafield", "_owner"), ("BasicEvent", "_subject")):
        for node in graph.find(kind, field, company.id):
            graph.delete(node.id)
    graph.delete(company.id)
    context.emit("companies/delete", {"admin_graphql_api_id": company.id})


def create_contact(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``companyContactCreate``: a customer of that address becomes the contact, else a new one."""
    company = find(context, args["companyId"], "Company")
    if company is None:
        return {"companyContact": None, "userErrors": [missing("companyId")]}
    contact, errors = add_contact(context, company, args["input"], ("input",))
    return {"companyContact": contact, "userErrors": errors}


def add_contact(
    context: Context, company: Node, given: Mapping[str, Any], path: tuple[str, ...]
) -> tuple[Node | None, Errors]:
    """Store a contact of a company and send ``company_contacts/create``; what is wrong with it otherwise."""
    wanted = {name: given[name] for name in ("email", "firstName", "lastName", "phone", "locale") if given.get(name)}
    customer = by_contact(context.graph, "email", given.get("email") or "")
    if customer is None:
        errors = field_errors(context, wanted, None)
        if errors:
            return None, [{**each, "field": [*path, *(each["field"] or [])]} for each in errors]
        customer = add_customer(context, wanted)
    return _contact(context, company, customer, given, path)


def _contact(
    context: Context, company: Node, customer: Node, given: Mapping[str, Any], path: tuple[str, ...]
) -> tuple[Node | None, Errors]:
    if any(contact["customer"] == customer.id for contact in contacts_of(context.graph, company)):
        return None, [user_error(path, "Customer is already associated with a company contact.", "TAKEN")]
    now = context.graph.now()
    fields = {"company": company.id, "customer": customer.id, "title": given.get("title")}
    times = {"locale": given.get("locale") or customer["locale"], "createdAt": now, "updatedAt": now}
    contact = context.graph.create("CompanyContact", {**fields, **times})
    context.emit("company_contacts/create", render_contact(contact, context))
    return contact, []


def assign_customer(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``companyAssignCustomerAsContact``."""
    company, customer = find(context, args["companyId"], "Company"), find(context, args["customerId"], "Customer")
    if company is None or customer is None:
        return {"companyContact": None, "userErrors": [missing("companyId" if company is None else "customerId")]}
    contact, errors = _contact(context, company, customer, {}, ("customerId",))
    return {"companyContact": contact, "userErrors": errors}


def update_contact(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``companyContactUpdate``: the customer's own fields change with it."""
    contact, given = find(context, args["companyContactId"], "CompanyContact"), args["input"]
    if contact is None:
        return {"companyContact": None, "userErrors": [missing("companyContactId")]}
    customer = context.graph.get(contact["customer"])
    wanted = {name: given[name] for name in ("email", "firstName", "lastName", "phone") if name in given}
    errors = change(context, customer, wanted) if customer is not None and wanted else []
    if errors:
        errors = [{**each, "field": ["input", *(each["field"] or [])]} for each in errors]
        return {"companyContact": None, "userErrors": errors}
    fields = {name: given[name] for name in ("title", "locale") if name in given}
    context.graph.update(contact.id, {**fields, "updatedAt": context.graph.now()})
    context.emit("company_contacts/update", render_contact(contact, context))
    return {"companyContact": contact, "userErrors": []}


def _delete_contact(argument: str, key: str) -> Mutation:
    def call(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        contact = find(context, args[argument], "CompanyContact")
        if contact is None:
            return {key: None, "userErrors": [missing(argument)]}
        _remove_contact(context, contact)
        return {key: contact.id, "userErrors": []}

    return call


def _remove_contact(context: Context, contact: Node) -> None:
    for assignment in context.graph.find("CompanyContactRoleAssignment", "companyContact", contact.id):
        context.graph.delete(assignment.id)
    company = context.graph.get(contact["company"])
    if company is not None and company["_main_contact"] == contact.id:
        context.graph.update(company.id, _main_contact=None)
    context.graph.delete(contact.id)
    context.emit("company_contacts/delete", {"admin_graphql_api_id": contact.id})


def _main(make: bool) -> Mutation:
    def call(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        company = find(context, args["companyId"], "Company")
        contact = find(context, args["companyContactId"], "CompanyContact") if make else None
        if company is None or (make and (contact is None or contact["company"] != company.id)):
            return {"company": None, "userErrors": [missing("companyId" if company is None else "companyContactId")]}
        save(context, company, {"_main_contact": contact.id if contact is not None else None})
        return {"company": company, "userErrors": []}

    return call


def assign_role(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``companyContactAssignRole``: one role a contact and location."""
    contact = find(context, args["companyContactId"], "CompanyContact")
    role = find(context, args["companyContactRoleId"], "CompanyContactRole")
    location = find(context, args["companyLocationId"], "CompanyLocation")
    for name, node in (("companyContactId", contact), ("companyContactRoleId", role), ("companyLocationId", location)):
        if node is None:
            return {"companyContactRoleAssignment": None, "userErrors": [missing(name)]}
    if contact is None or role is None or location is None or contact["company"] != location["company"]:
        error = user_error(
            ("companyLocationId",), "Location does not belong to the contact's company.", "INVALID_INPUT"
        )
        return {"companyContactRoleAssignment": None, "userErrors": [error]}
    held: Sequence[Node] = context.graph.find("CompanyContactRoleAssignment", "companyContact", contact.id)
    if any(each["companyLocation"] == location.id for each in held):
        message = "Company contact has already been assigned a role in that company location."
        return {
            "companyContactRoleAssignment": None,
            "userErrors": [user_error(("companyContactId",), message, "LIMIT_REACHED")],
        }
    return {"companyContactRoleAssignment": assign(context, contact, role, location), "userErrors": []}


def assign(context: Context, contact: Node, role: Node, location: Node) -> Node:
    """Give a contact a role at a location, and send ``company_contact_roles/assign``."""
    now = context.graph.now()
    node = context.graph.create(
        "CompanyContactRoleAssignment",
        {
            "company": contact["company"],
            "companyContact": contact.id,
            "companyLocation": location.id,
            "role": role.id,
            "createdAt": now,
            "updatedAt": now,
        },
    )
    payload = {"contact": render_contact(contact, context), "role": {"name": role["name"], "note": role["note"]}}
    context.emit("company_contact_roles/assign", {**payload, "admin_graphql_api_id": node.id})
    return node


def revoke_role(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``companyContactRevokeRole``."""
    node = find(context, args["companyContactRoleAssignmentId"], "CompanyContactRoleAssignment")
    if node is None or node["companyContact"] != args["companyContactId"]:
        error = missing("companyContactRoleAssignmentId")
        return {"revokedCompanyContactRoleAssignmentId": None, "userErrors": [error]}
    context.graph.delete(node.id)
    context.emit("company_contact_roles/revoke", {"admin_graphql_api_id": node.id})
    return {"revokedCompanyContactRoleAssignmentId": node.id, "userErrors": []}


def company_errors(context: Context, given: Mapping[str, Any], company: Node | None, path: tuple[str, ...]) -> Errors:
    """What is wrong with a company's own fields."""
    errors: Errors = []
    name = given.get("name")
    if (company is None or "name" in given) and not (name or "").strip():
        errors.append(user_error((*path, "name"), "Name can't be blank", "BLANK"))
    elif len(name or "") > NAME_LIMIT:
        message = f"Name is too long (maximum is {NAME_LIMIT} characters)"
        errors.append(user_error((*path, "name"), message, "TOO_LONG"))
    if given.get("externalId"):
        other = context.graph.first("Company", "externalId", given["externalId"])
        if other is not None and other is not company:
            errors.append(user_error((*path, "externalId"), "External id has already been taken.", "TAKEN"))
    return errors


def find(context: Context, node_id: str, kind: str) -> Node | None:
    """The object of a gid, when it is of that type."""
    return context.graph.get(node_id, kind)


def missing(argument: str) -> dict[str, Any]:
    """The error for an object that is not there."""
    return user_error((argument,), "Resource requested does not exist.", "RESOURCE_NOT_FOUND")


MUTATIONS: dict[str, Mutation] = {
    "companiesDelete": delete_many,
    "companyAssignCustomerAsContact": assign_customer,
    "companyAssignMainContact": _main(True),
    "companyContactAssignRole": assign_role,
    "companyContactCreate": create_contact,
    "companyContactDelete": _delete_contact("companyContactId", "deletedCompanyContactId"),
    "companyContactRemoveFromCompany": _delete_contact("companyContactId", "removedCompanyContactId"),
    "companyContactRevokeRole": revoke_role,
    "companyContactUpdate": update_contact,
    "companyCreate": create,
    "companyDelete": delete,
    "companyRevokeMainContact": _main(False),
    "companyUpdate": update,
}
