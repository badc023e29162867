"""Domains, base URLs and versioned paths."""

from __future__ import annotations

import pytest

from runner.errors import ConfigError
from runner.shopify.address import checked_base_url, shop_domain, versioned_path


@pytest.mark.parametrize(
    "shop",
    [
        "prints",
        "prints.myshopify.com",
        " Prints.MyShopify.com ",
        "https://prints.myshopify.com",
        "https://prints.myshopify.com/admin/products",
        "https://admin.shopify.com/store/prints",
        "admin.shopify.com/store/prints/settings",
    ],
)
def test_a_shop_may_be_named_in_several_ways(shop: str) -> None:
    assert shop_domain(shop) == "prints.myshopify.com"


@pytest.mark.parametrize(
    "shop",
    [
        "",
        "prints.example",
        "evil.example/.myshopify.com",
        "a@b.myshopify.com",
        "-x",
        "a b",
        "prints.myshopify.com.evil.example",
    ],
)
def test_the_token_goes_to_no_other_host(shop: str) -> None:
    with pytest.raises(ConfigError, match="not a shop's domain"):
        shop_domain(shop)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9292", "http://localhost:1/", "http://[::1]:2", "https://sim.example"]
)
def test_base_urls_may_be_this_machine_or_encrypted(url: str) -> None:
    assert checked_base_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1", "http://sim.example", "127.0.0.1:80", "http://", "http://localhost?a=b"]
)
def test_other_base_urls_are_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        checked_base_url(url)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/admin/orders/1.json", "/admin/api/2026-04/orders/1.json"),
        (
            "/admin/themes/1/assets.json?asset[key]=a/b.liquid",
            "/admin/api/2026-04/themes/1/assets.json?asset[key]=a/b.liquid",
        ),
        ("/admin/api/2024-01/orders.json", "/admin/api/2024-01/orders.json"),
        ("/admin/api/unstable/orders.json", "/admin/api/unstable/orders.json"),
        ("/admin/oauth/access_scopes.json", "/admin/oauth/access_scopes.json"),
        ("/admin/orders.json?note=a b", "/admin/api/2026-04/orders.json?note=a b"),
        ("/admin/x.json?next=/../y", "/admin/api/2026-04/x.json?next=/../y"),
    ],
)
def test_the_version_is_inserted_only_where_there_is_none(path: str, expected: str) -> None:
    assert versioned_path(path, "2026-04") == expected
