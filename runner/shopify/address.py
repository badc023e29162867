"""Where a shop's Admin API is: its domain, its base URL, and the paths a task may name."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from runner.errors import ConfigError, ShopifyError

_HANDLE = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
_ADMIN_URL = re.compile(r"admin\.shopify\.com/store/([a-z0-9-]+)")
_VERSIONED = re.compile(r"/admin/(?!api/|oauth/)(.+)\Z", re.DOTALL)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_FORBIDDEN_ANYWHERE = re.compile(r"[\x00-\x1f\x7f#]")


def shop_domain(shop: str) -> str:
    """The ``.myshopify.com`` domain that ``shop`` means: a domain, a handle, an admin or storefront URL of that domain.

    Raises ``ConfigError`` for anything else: the token must never go to another host.
    """
    text = shop.strip().lower()
    if match := _ADMIN_URL.search(text):
        return f"{match.group(1)}.myshopify.com"
    host = text.partition("://")[2] or text
    host = host.partition("/")[0]
    handle = host.removesuffix(".myshopify.com")
    if not _HANDLE.match(handle):
        raise ConfigError(
            f"{shop!r} is not a shop's domain",
            hint="it looks like example.myshopify.com; the admin shows it under Settings, Domains",
        )
    return f"{handle}.myshopify.com"


def checked_base_url(url: str) -> str:
    """``url`` without its last slash; ``ConfigError`` when it has a path, or would send the token in clear text."""
    parts = urlsplit(url)
    loopback = parts.hostname == "localhost" or _is_loopback(parts.hostname or "")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ConfigError(f"{url!r} is not an address such as http://127.0.0.1:9292")
    if parts.scheme == "http" and not loopback:
        raise ConfigError(
            f"{url!r} would send the access token unencrypted",
            hint="use https, or an address of this machine",
        )
    return url.rstrip("/")


def versioned_path(path: str, version: str) -> str:
    """``/admin/x.json`` with ``version`` inserted; ``/admin/api/…`` and ``/admin/oauth/…`` unchanged (actions.md 4.1).

    Raises a permanent ``ShopifyError`` for a path outside ``/admin/``, with ``..``, or naming a host.
    """
    bare = unquote(path.partition("?")[0])
    dotted = any(part in (".", "..") for part in bare.split("/"))
    odd = "//" in bare or _FORBIDDEN.search(bare) or _FORBIDDEN_ANYWHERE.search(path)
    if not path.startswith("/admin/") or dotted or odd:
        raise ShopifyError(
            f"{path!r} is not a path of the Admin API",
            hint="it must start with /admin/, for example /admin/orders/1.json, and name no host",
            code="shopify.path",
        )
    return _VERSIONED.sub(rf"/admin/api/{version}/\1", path)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
