"""Redirects and menus: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families import jobs
from runner.simulator.families.navigation import DEFAULT_MENUS
from runner.simulator.graph import Node
from runner.simulator.mutations.titles import handle_of
from runner.simulator.search import select
from runner.simulator.search_content import SEARCHES

PATH_LIMIT = 1024
DEPTH = 3
"""Levels of a menu (published)."""
_ITEM = ("title", "type", "url", "resourceId", "tags")
Errors = list[dict[str, Any]]


def create_redirect(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``urlRedirectCreate``."""
    given = args["urlRedirect"]
    errors = redirect_errors(context, {"path": None, "target": None, **given}, None)
    if errors:
        return {"urlRedirect": None, "userErrors": [{**each, "code": "CREATE_FAILED"} for each in errors]}
    fields = {"path": path_of(given["path"]), "target": given["target"]}
    return {"urlRedirect": context.graph.create("UrlRedirect", fields), "userErrors": []}


def update_redirect(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``urlRedirectUpdate``."""
    redirect, given = _redirect(context, args["id"]), args["urlRedirect"]
    if redirect is None:
        return {"urlRedirect": None, "userErrors": [_missing()]}
    errors = redirect_errors(context, given, redirect)
    if errors:
        return {"urlRedirect": None, "userErrors": [{**each, "code": "UPDATE_FAILED"} for each in errors]}
    fields = {name: given[name] for name in ("path", "target") if given.get(name)}
    if "path" in fields:
        fields["path"] = path_of(fields["path"])
    return {"urlRedirect": context.graph.update(redirect.id, fields), "userErrors": []}


def delete_redirect(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``urlRedirectDelete``."""
    redirect = _redirect(context, args["id"])
    if redirect is None:
        return {"deletedUrlRedirectId": None, "userErrors": [_missing()]}
    context.graph.delete(redirect.id)
    return {"deletedUrlRedirectId": redirect.id, "userErrors": []}


def _bulk(choose: Callable[[Context, Mapping[str, Any]], Sequence[Node]]) -> Mutation:
    def call(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        for node_id in dict.fromkeys(redirect.id for redirect in choose(context, args)):
            context.graph.delete(node_id)
        return {"job": jobs.started(context), "userErrors": []}

    return call


def _found(context: Context, args: Mapping[str, Any]) -> list[Node]:
    redirects = context.graph.of_type("UrlRedirect")
    return select(redirects, args["search"], SEARCHES, "urlRedirects", context, "search")


def path_of(text: str) -> str:
    """The path of an address or path: ``/old``."""
    parts = urlsplit(text.strip())
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    return f"{path}?{parts.query}" if parts.query else path


def redirect_errors(context: Context, given: Mapping[str, Any], redirect: Node | None) -> Errors:
    """What is wrong with a redirect's path and target."""
    errors: Errors = []
    for name in ("path", "target"):
        if name in given and not (given[name] or "").strip():
            errors.append(user_error(("urlRedirect", name), f"{name.capitalize()} can't be blank"))
        elif len(given.get(name) or "") > PATH_LIMIT:
            message = f"{name.capitalize()} is too long (maximum is {PATH_LIMIT} characters)"
            errors.append(user_error(("urlRedirect", name), message))
    if given.get("path"):
        path = path_of(given["path"])
        other = context.graph.first("UrlRedirect", "path", path)
        if other is not None and other is not redirect:
            errors.append(user_error(("urlRedirect", "path"), "Path has already been taken"))
        if path == "/" or path.startswith(("/apps/", "/cart", "/checkout", "/orders")):
            errors.append(user_error(("urlRedirect", "path"), "Path is a reserved path"))
    return errors


def create_menu(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``menuCreate``."""
    errors = _menu_errors(context, args, None)
    if errors:
        return {"menu": None, "userErrors": errors}
    fields = {"title": args["title"], "handle": handle_of(args["handle"]), "_items": _rows(args["items"])}
    return {"menu": context.graph.create("Menu", fields), "userErrors": []}


def update_menu(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``menuUpdate``: the items given are all there are."""
    menu = context.graph.get(args["id"])
    if menu is None or menu.type != "Menu":
        return {"menu": None, "userErrors": [user_error(("id",), "Menu does not exist", "NOT_FOUND")]}
    errors = _menu_errors(context, args, menu)
    if errors:
        return {"menu": None, "userErrors": errors}
    fields: dict[str, Any] = {"title": args["title"], "_items": _rows(args["items"])}
    if args.get("handle") and menu["handle"] not in DEFAULT_MENUS:
        fields["handle"] = handle_of(args["handle"])
    return {"menu": context.graph.update(menu.id, fields), "userErrors": []}


def delete_menu(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``menuDelete``, but not of the menus that every shop has."""
    menu = context.graph.get(args["id"])
    if menu is None or menu.type != "Menu":
        error = user_error(("id",), "Menu does not exist", "MENU_DOES_NOT_EXIST")
        return {"deletedMenuId": None, "userErrors": [error]}
    if menu["handle"] in DEFAULT_MENUS:
        error = user_error(("id",), "Default menu cannot be deleted", "UNABLE_TO_DELETE_DEFAULT_MENU")
        return {"deletedMenuId": None, "userErrors": [error]}
    context.graph.delete(menu.id)
    return {"deletedMenuId": menu.id, "userErrors": []}


def _rows(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**{name: row.get(name) for name in _ITEM}, "items": _rows(row.get("items") or [])} for row in items]


def _depth(items: Sequence[Mapping[str, Any]]) -> int:
    return 1 + max((_depth(row.get("items") or []) for row in items), default=0) if items else 0


def _menu_errors(context: Context, args: Mapping[str, Any], menu: Node | None) -> Errors:
    errors: Errors = []
    if not args["title"].strip():
        errors.append(user_error(("title",), "Title can't be blank"))
    if args.get("handle"):
        other = context.graph.first("Menu", "handle", handle_of(args["handle"]))
        if other is not None and other is not menu:
            errors.append(user_error(("handle",), "Handle has already been taken"))
    if _depth(args["items"]) > DEPTH:
        message = f"Menu items can't be nested more than {DEPTH} levels deep"
        errors.append(user_error(("items",), message, "NESTING_TOO_DEEP"))
    return errors


def _redirect(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "UrlRedirect")


def _missing() -> dict[str, Any]:
    return user_error(("id",), "Redirect does not exist", "DOES_NOT_EXIST")


MUTATIONS: dict[str, Mutation] = {
    "menuCreate": create_menu,
    "menuDelete": delete_menu,
    "menuUpdate": update_menu,
    "urlRedirectBulkDeleteAll": _bulk(lambda context, args: context.graph.of_type("UrlRedirect")),
    "urlRedirectBulkDeleteByIds": _bulk(
        lambda context, args: [node for each in args["ids"] if (node := _redirect(context, each)) is not None]
    ),
    "urlRedirectBulkDeleteBySearch": _bulk(_found),
    "urlRedirectCreate": create_redirect,
    "urlRedirectDelete": delete_redirect,
    "urlRedirectUpdate": update_redirect,
}
