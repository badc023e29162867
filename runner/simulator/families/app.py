"""The app that calls: its installation in the shop, and the access scopes of its token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.shopify.schema import load
from runner.simulator.auth import every_scope
from runner.simulator.contract import Context, Fields
from runner.simulator.graph import gid


def _installation(source: Any, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    held = every_scope(load(context.api_version)) if context.scopes is None else context.scopes
    scopes = [{"handle": scope, "description": scope.replace("_", " ").capitalize()} for scope in sorted(held)]
    return {"id": gid("AppInstallation", 1), "accessScopes": scopes}


FIELDS: Fields = {
    "QueryRoot": {"currentAppInstallation": _installation},
    "AppInstallation": {"accessScopes": lambda source, context, args: source["accessScopes"]},
}
