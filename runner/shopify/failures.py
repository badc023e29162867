"""Turns what can go wrong on the way to the shop into ``ShopifyError``: what happened, and what to do next.

Codes: ``shopify.unreachable`` (nothing was sent), ``shopify.timeout`` and ``shopify.lost_reply`` (sent, outcome
unknown), ``shopify.unavailable``, ``shopify.unauthorized``, ``shopify.frozen``, ``shopify.forbidden``,
``shopify.not_found``, ``shopify.locked``, ``shopify.refused``, ``shopify.redirected``, ``shopify.not_json``,
``shopify.throttled``, ``shopify.too_dear``, ``shopify.errors``, ``shopify.grant``, ``shopify.path``, ``shopify.input``.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from runner.errors import ShopifyError

_STATUSES: Mapping[int, tuple[str, str, str]] = {
    401: (
        "shopify.unauthorized",
        "the shop does not accept the access token",
        "check SHOPIFY_ACCESS_TOKEN: it must belong to this shop, and the app must still be installed",
    ),
    402: (
        "shopify.frozen",
        "the shop is frozen: its bill is unpaid",
        "the shop's owner must pay the outstanding balance in the admin",
    ),
    403: (
        "shopify.forbidden",
        "the access token may not do this",
        "add the missing access scope to the app, install the new version, and use its token",
    ),
    404: (
        "shopify.not_found",
        "there is no such shop, or no such path in its Admin API",
        "check SHOPIFY_SHOP: it is the .myshopify.com domain, not the shop's own; and the path, if you gave one",
    ),
    423: (
        "shopify.locked",
        "the shop is locked",
        "Shopify locks shops that exceed their limits or look compromised: its owner must contact Shopify's support",
    ),
    430: (
        "shopify.refused",
        "Shopify judged the request a threat and refused it",
        "wait, then look at what the request contains; Shopify's support can tell more",
    ),
}
_TEMPORARY_ERRORS = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})
_EXCERPT = 200


def of_transport(error: httpx.HTTPError, host: str) -> ShopifyError:
    """The error for a call that got no complete reply. All are transient (actions.md 4.3)."""
    code, message, hint = _transport_words(error, host)
    return ShopifyError(message, hint=hint, code=code, transient=True)


def _transport_words(error: httpx.HTTPError, host: str) -> tuple[str, str, str]:
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        reason = next(cause for cause in causes if isinstance(cause, ssl.SSLError))
        return (
            "shopify.unreachable",
            f"no secure connection to {host}: {reason.reason or reason}",
            "check the machine's clock and certificates, and whether a proxy stands in between",
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return (
            "shopify.unreachable",
            f"{host} has no address",
            "check the spelling of SHOPIFY_SHOP, and the network connection",
        )
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return (
            "shopify.unreachable",
            f"{host} refused the connection",
            "check that something listens there: a simulated shop is started with `runner shop serve`",
        )
    if isinstance(error, (httpx.ConnectTimeout, httpx.PoolTimeout)):
        return "shopify.unreachable", f"{host} could not be reached in time", "check the network connection, then retry"
    if isinstance(error, httpx.TimeoutException):
        return "shopify.timeout", f"{host} did not answer in time", "the call may have taken effect: check, then retry"
    if isinstance(error, (httpx.ConnectError, httpx.ProxyError, httpx.UnsupportedProtocol)):
        return "shopify.unreachable", f"{host} cannot be reached: {error}", "check the network connection and the proxy"
    return (
        "shopify.lost_reply",
        f"the connection to {host} broke before the reply was complete: {error}",
        "the call may have taken effect: check, then retry",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__ or current.__context__


def of_status(status: int, body: Any, host: str) -> ShopifyError:
    """The error for a reply with ``status`` >= 400. Only those from 500 on are transient (actions.md 4.3)."""
    said = _said(body)
    if status >= 500:
        return ShopifyError(
            f"{host} answered {status}{said}",
            hint="Shopify has a problem: try again in a minute, and see www.shopifystatus.com",
            code="shopify.unavailable",
            transient=True,
            status=status,
            body=body,
        )
    code, words, hint = _STATUSES.get(
        status, ("shopify.refused", "the shop refused the request", "read the shop's answer: it says what is wrong")
    )
    return ShopifyError(
        f"{host} answered {status}: {words}{said}", hint=hint, code=code, transient=False, status=status, body=body
    )


def of_redirect(status: int, location: str, host: str) -> ShopifyError:
    """The error for a redirect: the Admin API never sends one to a caller with the right address."""
    if "/password" in location:
        hint = "this is the shop's storefront, behind its password page: use the .myshopify.com domain of the admin"
    else:
        hint = "use the shop's own .myshopify.com domain, as the admin shows it under Settings, Domains"
    return ShopifyError(
        f"{host} redirected ({status}) to {location or 'nowhere'}", hint=hint, code="shopify.redirected", status=status
    )


def of_text(status: int, text: str, content_type: str, host: str) -> ShopifyError:
    """The error for a good status with a body that is not JSON: another server, or a reply cut short."""
    excerpt = " ".join(text.split())[:_EXCERPT]
    if "html" in content_type or text.lstrip()[:1] == "<":
        return ShopifyError(
            f"{host} answered with a web page instead of JSON: {excerpt}",
            hint="this is no Admin API: check SHOPIFY_SHOP, and whether a proxy or a sign-in page stands in between",
            code="shopify.not_json",
            status=status,
        )
    return ShopifyError(
        f"the reply of {host} breaks off or is no JSON: {excerpt or 'it is empty'}",
        hint="the call may have taken effect: check, then retry",
        code="shopify.lost_reply",
        transient=True,
        status=status,
    )


def of_graphql(errors: list[Any], status: int, body: Any) -> ShopifyError:
    """The error for a GraphQL answer with top-level ``errors``: its text is the JSON of their messages.

    Transient only when Shopify reports an inner error of its own (actions.md 4.3).
    """
    codes = {code for error in errors if (code := _code(error))}
    messages = [error.get("message") if isinstance(error, dict) else error for error in errors]
    hint = None
    if "ACCESS_DENIED" in codes:
        hint = _STATUSES[403][2]
    elif "MAX_COST_EXCEEDED" in codes:
        hint = "ask for fewer objects at a time: smaller `first`, fewer nested connections"
    return ShopifyError(
        json.dumps(messages, ensure_ascii=False),
        hint=hint,
        code="shopify.errors",
        transient=bool(codes & _TEMPORARY_ERRORS),
        status=status,
        body=body,
    )


def is_throttled(body: Any) -> bool:
    """Whether a GraphQL answer says that the budget did not suffice."""
    errors = body.get("errors") if isinstance(body, dict) else None
    return isinstance(errors, list) and any(_code(error) == "THROTTLED" for error in errors)


def gave_up(waits: int, waited: float, host: str) -> ShopifyError:
    """The error after too many waits for a budget: permanent by documentation (engine.md 4.4)."""
    return ShopifyError(
        f"{host} kept refusing for lack of API budget: gave up after {waits} waits, {waited:.0f} s in all",
        hint="other apps or tasks are using the shop's budget up: run fewer at a time, or ask for less in one query",
        code="shopify.throttled",
    )


def too_dear(requested: float, maximum: float, host: str) -> ShopifyError:
    """The error for a query that costs more than the bucket can ever hold."""
    return ShopifyError(
        f"the query asks for {requested:g} points and {host} never has more than {maximum:g}",
        hint="ask for fewer objects at a time: smaller `first`, fewer nested connections",
        code="shopify.too_dear",
    )


def _code(error: Any) -> Any:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    return extensions.get("code") if isinstance(extensions, dict) else None


def _said(body: Any) -> str:
    errors = body.get("errors", body.get("error_description", body.get("error"))) if isinstance(body, dict) else body
    if not errors:
        return ""
    text = errors if isinstance(errors, str) else json.dumps(errors, ensure_ascii=False)
    if text.lstrip()[:1] == "<":
        return " (with a web page)"
    return f" ({' '.join(text.split())[:_EXCERPT]})"
