"""``deliveryProfileCreate``, ``…Update``, ``…Remove``: names, and the variants of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Mutation, Refusal, user_error
from runner.simulator.families import jobs
from runner.simulator.families.delivery_profiles import default_profile
from runner.simulator.graph import Node

NAME_LIMIT = 128
_UNANSWERED = (
    "conditionsToDelete",
    "locationGroupsToCreate",
    "locationGroupsToDelete",
    "locationGroupsToUpdate",
    "methodDefinitionsToDelete",
    "profileLocationGroups",
    "sellingPlanGroupsToAssociate",
    "sellingPlanGroupsToDissociate",
    "zonesToDelete",
)
Errors = list[dict[str, Any]]


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add a profile with the variants given."""
    given = args["profile"]
    _refuse(given, "deliveryProfileCreate")
    errors = _errors(context, given, new=True)
    if errors:
        return {"profile": None, "userErrors": errors}
    profile = context.graph.create("DeliveryProfile", {"name": given["name"], "default": False})
    _assign(context, profile, given)
    context.emit("profiles/create", {"id": profile.number})
    return {"profile": profile, "userErrors": []}


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Rename a profile, and move variants into it or back to the general one."""
    given, profile = args["profile"], _profile(context, args["id"])
    _refuse(given, "deliveryProfileUpdate")
    if profile is None:
        return {"profile": None, "userErrors": [user_error(("id",), "Profile could not be found")]}
    errors = _errors(context, given, new=False)
    if errors:
        return {"profile": None, "userErrors": errors}
    if given.get("name"):
        context.graph.update(profile.id, name=given["name"])
    _assign(context, profile, given)
    context.emit("profiles/update", {"id": profile.number})
    return {"profile": profile, "userErrors": []}


def remove(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete a profile, as a job; its variants go back to the general one, which stays."""
    profile = _profile(context, args["id"])
    if profile is None:
        return {"job": None, "userErrors": [user_error(("id",), "Profile could not be found")]}
    if profile is default_profile(context.graph):
        return {"job": None, "userErrors": [user_error(("id",), "Cannot delete the default profile.")]}
    for variant in context.graph.find("ProductVariant", "_delivery_profile", profile.id):
        context.graph.update(variant.id, _delivery_profile=None)
    context.graph.delete(profile.id)
    context.emit("profiles/delete", {"id": profile.number})
    return {"job": jobs.started(context), "userErrors": []}


def _assign(context: Context, profile: Node, given: Mapping[str, Any]) -> None:
    general = default_profile(context.graph)
    for node_id in given.get("variantsToAssociate") or []:
        context.graph.update(node_id, _delivery_profile=None if profile is general else profile.id)
    for node_id in given.get("variantsToDissociate") or []:
        variant = context.graph.get(node_id)
        if variant is not None and variant["_delivery_profile"] == profile.id:
            context.graph.update(node_id, _delivery_profile=None)


def _errors(context: Context, given: Mapping[str, Any], *, new: bool) -> Errors:
    errors: Errors = []
    name = given.get("name")
    if (new or name is not None) and not (name or "").strip():
        errors.append(user_error(("profile", "name"), "Name can't be blank"))
    elif len(name or "") > NAME_LIMIT:
        message = f"Name is too long (maximum is {NAME_LIMIT} characters)"
        errors.append(user_error(("profile", "name"), message))
    for field in ("variantsToAssociate", "variantsToDissociate"):
        for node_id in given.get(field) or []:
            variant = context.graph.get(node_id)
            if variant is None or variant.type != "ProductVariant":
                errors.append(user_error(("profile", field), f"Variant {node_id} could not be found"))
    return errors


def _refuse(given: Mapping[str, Any], name: str) -> None:
    unanswered = [field for field in _UNANSWERED if given.get(field)]
    if unanswered:
        message = f"the simulator does not implement {name}({', '.join(unanswered)}:) yet"
        raise Refusal(message, "SIMULATOR_NOT_IMPLEMENTED")


def _profile(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "DeliveryProfile")


MUTATIONS: dict[str, Mutation] = {
    "deliveryProfileCreate": create,
    "deliveryProfileRemove": remove,
    "deliveryProfileUpdate": update,
}
