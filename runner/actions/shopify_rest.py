"""The two REST styles of the shopify action: a resource and its ids, or a path (actions.md 4.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from runner.errors import ActionError
from runner.model.json import JSON

RESOURCEFUL: Mapping[str, str] = {"create": "POST", "update": "PUT", "delete": "DELETE"}
EXPLICIT = ("get", "post", "put", "delete")

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ID = re.compile(r"[A-Za-z0-9_-]+")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_ENDS_LIKE_A_HISS = ("s", "x", "ch", "sh")
_SETS = ("/set.json", "/close.json", "/open.json")


@dataclass(frozen=True, slots=True)
class RestCall:
    """A checked REST call. ``path`` starts with ``/admin/``, may lack the version, and may hold a query string."""

    method: str
    path: str
    body: JSON = None
    params: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path.removeprefix('/admin/')}"

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does the same as once (durability.md 6.2): all but POST, and POSTs that set."""
        return self.method != "POST" or self.path.partition("?")[0].endswith(_SETS)


def rest_call(options: Sequence[Any]) -> RestCall:
    """The call that an array of options means. Raises ActionError.

    ``delete`` belongs to both styles: a second element that starts with ``/`` makes it a path.
    """
    verb = options[0].lower() if options and isinstance(options[0], str) else None
    target = options[1] if len(options) > 1 else None
    if verb is not None and verb in EXPLICIT and (verb not in RESOURCEFUL or _is_path(target)):
        return _explicit(verb, options)
    if verb is not None and verb in RESOURCEFUL:
        return _resourceful(verb, options)
    raise invalid(
        f"{options[0]!r} is not a verb" if options else "the array is empty",
        f"Verbs are {', '.join(RESOURCEFUL)} with a resource, {', '.join(EXPLICIT)} with a path.",
    )


def plural(name: str) -> str:
    """The path form of a resource name: ``order`` → ``orders``, ``country`` → ``countries``.

    Names that end like ``address`` get ``es``, since that is Shopify's path; the rule of the platform is not published.
    """
    if name.endswith("y") and name[-2:-1] not in ("a", "e", "i", "o", "u", ""):
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(_ENDS_LIKE_A_HISS) else "s")


def invalid(message: str, hint: str) -> ActionError:
    """An error about the options of a shopify action."""
    return ActionError(f"shopify: {message}", hint=hint, code="action.invalid_options")


def _is_path(target: Any) -> bool:
    return isinstance(target, str) and target.startswith("/")


def _explicit(verb: str, options: Sequence[Any]) -> RestCall:
    if not 2 <= len(options) <= 3:
        raise invalid(
            f'"{verb}" takes a path and a body, not {len(options) - 1} arguments', '["put", "/admin/x.json", {…}]'
        )
    path = _path(options[1])
    extra = options[2] if len(options) == 3 else None
    if verb != "get":
        return RestCall(verb.upper(), path, body=extra)
    if extra is not None and not isinstance(extra, Mapping):
        raise invalid(f"the parameters of {path} are no object", 'Write ["get", path, {"limit": 50}].')
    return RestCall("GET", path, params=extra or None)


def _path(value: Any) -> str:
    """The path as given, when it stays inside this shop's Admin API."""
    if not isinstance(value, str) or not value.startswith("/admin/"):
        raise invalid(f"{value!r} is not a path of the Admin API", "It starts with /admin/ and names no host.")
    bare = unquote(value.partition("?")[0])
    if ".." in bare.split("/") or "//" in bare or "#" in value or _FORBIDDEN.search(bare):
        raise invalid(f"the path {value!r} is not plain", "Leave out .., //, #, backslashes and white space.")
    if bare.startswith("/admin/oauth"):
        raise invalid("paths under /admin/oauth are not allowed", "They hand out access tokens.")
    return value


def _resourceful(verb: str, options: Sequence[Any]) -> RestCall:
    example = {
        "create": '["create", "customer", {…}]',
        "update": '["update", ["order", 1], {…}]',
        "delete": '["delete", ["order", 1]]',
    }[verb]
    if len(options) > 3 or len(options) < (2 if verb == "delete" else 3):
        raise invalid(f'"{verb}" has {len(options) - 1} arguments', f"Write {example}.")
    attributes = options[2] if len(options) == 3 and verb != "delete" else None
    if verb != "delete" and not isinstance(attributes, Mapping):
        raise invalid(f'"{verb}" needs an object of attributes', f"Write {example}.")
    names, ids = _resource(options[1], example)
    own_id = ids[-1]
    if verb == "update" and own_id is None and attributes is not None:
        own_id = _id(attributes.get("id"), example) if attributes.get("id") is not None else None
    if verb != "create" and own_id is None:
        raise invalid(f'"{verb}" does not say which {names[-1]}', f"Give its id: {example}.")
    if verb == "create" and own_id is not None:
        raise invalid(f"a {names[-1]} to be created has no id yet", f"Leave it out: {example}.")
    parts = [part for name, number in zip(names, [*ids[:-1], own_id], strict=True) for part in (plural(name), number)]
    path = "/admin/" + "/".join(part for part in parts if part is not None) + ".json"
    body = None if attributes is None else {names[-1]: attributes}
    return RestCall(RESOURCEFUL[verb], path, body=body)


def _resource(value: Any, example: str) -> tuple[list[str], list[str | None]]:
    """Names and ids of ``"customer"`` or ``["order", 1, "fulfillment", 2]``; only the last id may be missing."""
    flat = [value] if isinstance(value, str) else value
    if not isinstance(flat, Sequence) or not flat:
        raise invalid(f"{value!r} is not a resource", f"Write {example}.")
    names: list[str] = []
    for name in flat[::2]:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise invalid(f"{name!r} is not the name of a resource", f"Names and ids take turns: {example}.")
        names.append(name)
    ids: list[str | None] = [_id(number, example) for number in flat[1::2]]
    return names, ids + [None] * (len(names) - len(ids))


def _id(value: Any, example: str) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise invalid(f"{value!r} is not an id", f"Ids are numbers: {example}.")
    return text
