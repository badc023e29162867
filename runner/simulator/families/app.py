"""Apps: the one that calls with its installation and access scopes, and those of the sales channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.shopify.schema import load
from runner.simulator.auth import every_scope
from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.answers import constant
from runner.simulator.families.events import APP
from runner.simulator.graph import Node, gid

OWN = 1
"""The number of the app that calls, and of its installation."""
_PLAIN: Mapping[str, Any] = {
    "appStoreAppUrl": None,
    "appStoreDeveloperUrl": None,
    "description": None,
    "embedded": False,
    "failedRequirements": [],
    "features": [],
    "feedback": None,
    "installUrl": None,
    "isPostPurchaseAppInUse": False,
    "navigationItems": [],
    "optionalAccessScopes": [],
    "previouslyInstalled": True,
    "pricingDetails": None,
    "pricingDetailsSummary": "",
    "privacyPolicyUrl": None,
    "screenshots": [],
    "uninstallMessage": "",
    "uninstallUrl": None,
}
"""What every app of a simulated shop answers alike."""


def own_app(context: Context) -> Node:
    """The app that calls."""
    return Node("App", gid("App", OWN), {"title": APP, "handle": "simulated-app"}, 0)


def _is_own(app: Node | Mapping[str, Any]) -> bool:
    """Whether it calls; one that is no object of its own, as what made a metaobject, does."""
    return not isinstance(app, Node) or app.number == OWN


def _scopes(context: Context) -> list[dict[str, Any]]:
    held = every_scope(load(context.api_version)) if context.scopes is None else context.scopes
    return [{"handle": scope, "description": scope.replace("_", " ").capitalize()} for scope in sorted(held)]


def _installation(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    """The installation of the app that calls; it sees no other."""
    node_id = gid("AppInstallation", OWN)
    return Node("AppInstallation", node_id, {}, 0) if args.get("id") in (None, node_id) else None


def _app(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    wanted = args.get("id")
    if wanted in (None, gid("App", OWN)):
        return own_app(context)
    return context.graph.get(wanted, "App")


def _by_handle(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    apps = [own_app(context), *context.graph.of_type("App")]
    return next((app for app in apps if app["handle"] == args["handle"]), None)


def _image(app: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    url = f"{_address(app, context)}/icon.png"
    return {"id": None, "url": url, "src": url, "originalSrc": url, "altText": None, "width": None, "height": None}


def _address(app: Node, context: Context) -> str:
    return f"https://{context.shop['myshopifyDomain']}/admin/apps/{app['handle']}"


def _url(app: Node, context: Context, args: Mapping[str, Any]) -> str:
    return _address(app, context)


FIELDS: Fields = {
    "App": {
        **{name: constant(value) for name, value in _PLAIN.items()},
        "apiKey": lambda app, context, args: f"{app.number:032x}",
        "availableAccessScopes": lambda app, context, args: _scopes(context) if _is_own(app) else [],
        "banner": _image,
        "channels": lambda app, context, args: context.graph.find("Channel", "app", app.id),
        "developerName": lambda app, context, args: None if _is_own(app) else "Shopify",
        "developerType": lambda app, context, args: "MERCHANT" if _is_own(app) else "SHOPIFY",
        "developerUrl": _url,
        "icon": _image,
        "installation": lambda app, context, args: _installation(None, context, {}) if _is_own(app) else None,
        "launchUrl": _url,
        "publicCategory": lambda app, context, args: "CUSTOM" if _is_own(app) else "PUBLIC",
        "published": lambda app, context, args: not _is_own(app),
        "requestedAccessScopes": lambda app, context, args: _scopes(context) if _is_own(app) else [],
        "shopifyDeveloped": lambda app, context, args: not _is_own(app),
        "webhookApiVersion": lambda app, context, args: context.api_version,
    },
    "AppInstallation": {
        **dict.fromkeys(("activeSubscriptions", "subscriptions"), constant([])),
        **dict.fromkeys(
            ("allSubscriptions", "credits", "oneTimePurchases", "revenueAttributionRecords"),
            lambda installation, context, args: Listing([]),
        ),
        **dict.fromkeys(("channel", "publication", "uninstallUrl"), constant(None)),
        "accessScopes": lambda installation, context, args: _scopes(context),
        "app": lambda installation, context, args: own_app(context),
        "launchUrl": lambda installation, context, args: _address(own_app(context), context),
    },
    "QueryRoot": {
        "app": _app,
        "appByHandle": _by_handle,
        "appInstallation": _installation,
        "appInstallations": lambda source, context, args: Listing([_installation(None, context, {})]),
        "currentAppInstallation": _installation,
    },
}
