"""Staff: the owner of the shop, and whoever a seed gives as ``StaffMember`` objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.answers import stored
from runner.simulator.graph import Node, gid


def owner(context: Context) -> Node:
    """The owner of the shop, who is staff number 1 unless the seed gives one with that number."""
    node_id = gid("StaffMember", 1)
    given = context.graph.get(node_id)
    if given is not None:
        return given
    first, _, last = str(context.shop["_owner"] or context.shop["name"]).partition(" ")
    fields = {"firstName": first, "lastName": last, "email": context.shop["email"], "isShopOwner": True}
    return Node("StaffMember", node_id, {**fields, "phone": context.shop["_phone"]}, 0)


def staff(context: Context) -> list[Node]:
    """The owner, then the others."""
    first = owner(context)
    return [first, *(each for each in context.graph.of_type("StaffMember") if each.id != first.id)]


def name_of(member: Node) -> str:
    """First and last name."""
    return " ".join(part for part in (member["firstName"], member["lastName"]) if part)


def _member(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    wanted = args.get("id") or owner(context).id
    return next((each for each in staff(context) if each.id == wanted), None)


def _avatar(member: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    url = f"https://{context.shop['myshopifyDomain']}/admin/avatars/{member.number}.png"
    return {"id": None, "url": url, "src": url, "originalSrc": url, "altText": None, "width": None, "height": None}


def _private(member: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    url = f"https://{context.shop['myshopifyDomain']}/admin/settings/account/{member.number}"
    return {"accountSettingsUrl": url, "createdAt": context.shop["createdAt"], "permissions": []}


def _sorted(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(
        staff(context),
        sorts={
            "EMAIL": lambda member: member["email"],
            "FIRST_NAME": lambda member: member["firstName"],
            "LAST_NAME": lambda member: member["lastName"],
        },
    )


FIELDS: Fields = {
    "StaffMember": {
        **stored(None, ("firstName", "lastName", "phone")),
        **stored("", ("email",)),
        **stored(True, ("active", "exists")),
        **stored("en", ("locale",)),
        "accountType": lambda member, context, args: member["accountType"] or "REGULAR",
        "avatar": _avatar,
        "initials": lambda member, context, args: [part[0].upper() for part in name_of(member).split()],
        "isShopOwner": lambda member, context, args: bool(member["isShopOwner"]),
        "name": lambda member, context, args: name_of(member),
        "privateData": _private,
    },
    "QueryRoot": {
        "currentStaffMember": lambda source, context, args: None,
        "staffMember": _member,
        "staffMembers": _sorted,
    },
    "Shop": {
        "accountOwner": lambda shop, context, args: owner(context),
        "staffMembers": lambda shop, context, args: Listing(staff(context)),
    },
}
