"""``shop`` in templates."""

from __future__ import annotations

from typing import Any

import pytest

from runner.liquid.objects.resources import SHOP_LISTINGS
from runner.liquid.values import json_text
from tests.liquid.objects.recorded import Recorded, variables, walk

RECORD = {
    "id": 1,
    "name": "Prints",
    "domain": "prints.test",
    "myshopify_domain": "prints.myshopify.com",
    "customer_email": "hello@prints.test",
    "iana_timezone": "Europe/London",
    "primary_location_id": 2001,
    "address2": None,
}


def _shop(reads: Recorded | None = None, record: Any = RECORD) -> Any:
    return variables("mechanic/user/trigger", None, reads, shop=record)["shop"]


@pytest.mark.parametrize("field", sorted(RECORD))
def test_fields_are_those_of_the_record(field: str) -> None:
    reads = Recorded()
    assert _shop(reads).lookup(field) == RECORD[field]
    assert reads.calls == []


@pytest.mark.parametrize(
    ("record", "url"),
    [
        (RECORD, "https://prints.myshopify.com/admin/"),
        ({"domain": "prints.test"}, "https://prints.test/admin/"),
        ({"admin_url": "https://x/"}, "https://x/"),
        ({}, None),
    ],
)
def test_the_admin_url_ends_in_a_slash(record: Any, url: str | None) -> None:
    assert _shop(record=record).lookup("admin_url") == url


@pytest.mark.parametrize("key", ["no_such_field", "size", "first", 0, 12, True, ""])
def test_other_keys_are_nil_without_a_read(key: Any) -> None:
    reads = Recorded()
    assert _shop(reads).lookup(key) is None
    assert reads.calls == []


def test_json_is_the_rest_record() -> None:
    assert json_text(_shop()) == json_text(RECORD)
    assert [key for key, _ in _shop()] == list(RECORD)


def test_the_shop_has_all_collections_of_the_table() -> None:
    assert set(SHOP_LISTINGS) == {
        "articles",
        "blogs",
        "collections",
        "customers",
        "discount_codes",
        "draft_orders",
        "gift_cards",
        "locations",
        "orders",
        "price_rules",
        "products",
        "shipping_zones",
        "themes",
        "variants",
    }


def test_the_primary_location_is_one_read_away() -> None:
    reads = Recorded({"locations/2001.json": {"location": {"id": 2001, "name": "Studio"}}})
    shop = _shop(reads)
    assert shop.lookup("locations").lookup(shop.lookup("primary_location_id")).lookup("name") == "Studio"
    assert reads.calls == ["locations/2001.json"]


def test_reload_reads_the_shop() -> None:
    reads = Recorded({"shop.json": {"shop": {"name": "New"}}})
    assert walk(_shop(reads), "reload.name") == "New"
    assert _shop().lookup("reload") is None


def test_metafields_of_the_shop() -> None:
    reads = Recorded(
        {
            "metafields.json?limit=250&since_id=0": {
                "metafields": [{"id": 1, "namespace": "n", "key": "k", "type": "number_integer", "value": "3"}]
            }
        }
    )
    assert walk(_shop(reads), "metafields.n.k.value") == 3


def test_a_discount_code_is_found_by_its_text() -> None:
    reads = Recorded(
        {
            "discount_codes/lookup.json?code=SPRING": {
                "discount_code": {"id": 5, "price_rule_id": 6, "code": "SPRING"}
            },
            "price_rules/6.json": {"price_rule": {"id": 6, "title": "Ten"}},
        }
    )
    shop = _shop(reads)
    assert walk(shop, "discount_codes.SPRING.price_rule.title") == "Ten"
    assert walk(shop, "discount_codes.NONE") is None


def test_tags_and_authors_of_all_articles_are_lists_of_texts() -> None:
    reads = Recorded({"articles/tags.json": {"tags": ["a", "b"]}, "articles/authors.json": {"authors": ["Pat"]}})
    assert walk(_shop(reads), "articles.tags") == ["a", "b"]
    assert walk(_shop(reads), "articles.authors.first") == "Pat"
    assert walk(_shop(), "articles.tags") == []


def test_a_theme_gives_its_files_by_key() -> None:
    reads = Recorded(
        {
            "themes/9.json": {"theme": {"id": 9, "name": "Dawn"}},
            "themes/9/assets.json": {"assets": [{"key": "a.css"}, {"key": "b.js"}]},
            "themes/9/assets.json?asset[key]=a.css": {"asset": {"key": "a.css", "value": "x"}},
        }
    )
    theme = walk(_shop(reads), "themes.9")
    assert [asset.lookup("key") for asset in theme.lookup("assets")] == ["a.css", "b.js"]
    assert theme.lookup("assets").lookup("a.css").lookup("value") == "x"
    assert theme.lookup("assets").lookup("none") is None
    assert theme.lookup("assets").lookup(1).lookup("key") == "b.js"
