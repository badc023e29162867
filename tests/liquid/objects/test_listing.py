"""Collections: pages, laziness, look-ups, scopes, counts."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from runner.liquid.objects.listing import ResourceCollection
from runner.liquid.objects.resources import SHOP_LISTINGS
from runner.liquid.values import elements, equals, is_blank, is_empty, json_text, lookup, truthy
from tests.liquid.objects.recorded import Recorded, in_state, resource, state_of, variables, walk


def _items(first: int, last: int) -> list[dict[str, Any]]:
    return [{"id": number, "name": f"#{number}"} for number in range(first, last + 1)]


def _page(since: int, scope: str = "status=open") -> str:
    return "orders.json?" + "&".join(sorted(["limit=250", f"since_id={since}", scope]))


def _shop(count: int) -> Recorded:
    pages = {
        _page(since): {"orders": _items(since + 1, min(since + 250, count))}
        for since in range(0, count + 1, 250)
        if since <= count
    }
    return Recorded(pages)


def _orders(reads: Recorded | None) -> Any:
    return variables("mechanic/user/trigger", None, reads)["shop"].lookup("orders")


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (249, 1), (250, 2), (251, 2), (500, 3), (501, 3)])
def test_all_pages_are_read_until_one_is_not_full(count: int, pages: int) -> None:
    reads = _shop(count)
    assert [order.ident for order in _orders(reads)] == list(range(1, count + 1))
    assert reads.calls == [_page(250 * number) for number in range(pages)]


def test_a_page_is_read_only_when_the_loop_gets_there() -> None:
    reads = _shop(600)
    orders = _orders(reads)
    assert reads.calls == []
    assert len(list(islice(orders, 250))) == 250
    assert reads.calls == [_page(0)]
    assert len(list(islice(orders, 251))) == 251
    assert reads.calls == [_page(0), _page(250)]


def test_one_page_tells_whether_there_is_anything() -> None:
    reads = _shop(600)
    orders = _orders(reads)
    assert not is_empty(orders)
    assert not is_blank(orders)
    assert reads.calls == [_page(0)]


def test_a_second_loop_reads_nothing_again() -> None:
    reads = _shop(300)
    shop = variables("mechanic/user/trigger", None, reads)["shop"]
    for _ in range(3):
        assert len(elements(shop.lookup("orders"))) == 300
    assert reads.calls == [_page(0), _page(250)]


def test_an_endpoint_that_ignores_since_id_gives_every_item_once() -> None:
    """Otherwise the first full page would be asked for without end."""
    page = {"orders": _items(1, 250)}
    reads = Recorded({_page(0): page, _page(250): page})
    assert len(list(_orders(reads))) == 250


def test_items_without_ids_do_not_page_for_ever() -> None:
    reads = Recorded({_page(0): {"orders": [{"name": "x"}] * 250}})
    assert len(list(_orders(reads))) == 250
    assert reads.calls == [_page(0)]


@pytest.mark.parametrize("body", [None, {}, {"orders": None}, {"orders": {}}, [], "x"])
def test_an_answer_that_is_no_list_is_an_empty_collection(body: Any) -> None:
    orders = _orders(Recorded({_page(0): body}))
    assert list(orders) == []
    assert is_empty(orders)
    assert is_blank(orders)
    assert truthy(orders)
    assert json_text(orders) == "[]"
    assert lookup(orders, "first") is None
    assert lookup(orders, "last") is None
    assert lookup(orders, "size") == 0


def test_first_reads_one_page_and_last_all_of_them() -> None:
    reads = _shop(260)
    assert walk(_orders(reads), "first.name") == "#1"
    assert reads.calls == [_page(0)]
    assert walk(_orders(_shop(260)), "last.name") == "#260"


@pytest.mark.parametrize("key", [7, "7", "gid://shopify/Order/7"])
def test_one_resource_is_read_by_its_id_without_the_list(key: Any) -> None:
    reads = Recorded({"orders/7.json": {"order": {"id": 7, "name": "#7"}}})
    order = _orders(reads).lookup(key)
    assert order.lookup("name") == "#7"
    assert order.lookup("no_such_field") is None
    assert reads.calls == ["orders/7.json"]


@pytest.mark.parametrize("key", [0, -1, "abc", "", True, 1.5, "1/refunds/2"])
def test_keys_that_are_no_ids_find_nothing_and_read_nothing(key: Any) -> None:
    reads = _shop(3)
    assert _orders(reads).lookup(key) is None
    assert reads.calls == []


def test_an_unknown_id_is_nil() -> None:
    assert _orders(_shop(3)).lookup(99) is None


@pytest.mark.parametrize(
    ("scopes", "query"),
    [
        ([], "status=open"),
        (["any"], "status=any"),
        (["open"], "status=open"),
        (["closed"], "status=closed"),
        (["cancelled"], "status=cancelled"),
        (["any", "open"], "status=open"),
        (["any", "cancelled"], "status=cancelled"),
        (["authorized"], "financial_status=authorized&status=open"),
        (["pending"], "financial_status=pending&status=open"),
        (["paid"], "financial_status=paid&status=open"),
        (["partially_paid"], "financial_status=partially_paid&status=open"),
        (["refunded"], "financial_status=refunded&status=open"),
        (["voided"], "financial_status=voided&status=open"),
        (["partially_refunded"], "financial_status=partially_refunded&status=open"),
        (["unpaid"], "financial_status=unpaid&status=open"),
        (["shipped"], "fulfillment_status=shipped&status=open"),
        (["partial"], "fulfillment_status=partial&status=open"),
        (["unshipped"], "fulfillment_status=unshipped&status=open"),
        (["any", "paid", "unshipped"], "financial_status=paid&fulfillment_status=unshipped&status=any"),
        (["unshipped", "paid", "any"], "financial_status=paid&fulfillment_status=unshipped&status=any"),
    ],
)
def test_scopes_of_orders_chain_into_parameters(scopes: list[str], query: str) -> None:
    reads = Recorded()
    orders = _orders(reads)
    for scope in scopes:
        orders = lookup(orders, scope)
        assert isinstance(orders, ResourceCollection)
    assert list(orders) == []
    assert [sorted(call.partition("?")[2].split("&")) for call in reads.calls] == [
        sorted([*query.split("&"), "limit=250", "since_id=0"])
    ]


def test_a_scope_leaves_the_collection_it_was_asked_of_as_it_was() -> None:
    reads = Recorded()
    orders = _orders(reads)
    orders.lookup("any")
    assert list(orders) == []
    assert reads.calls == [_page(0)]


@pytest.mark.parametrize("scope", ["unknown", "published", "enabled"])
def test_a_scope_the_kind_does_not_have_is_nil(scope: str) -> None:
    assert _orders(Recorded()).lookup(scope) is None


@pytest.mark.parametrize(
    ("collection", "scope", "query"),
    [
        ("draft_orders", None, "draft_orders.json?limit=250&since_id=0&status=open"),
        ("draft_orders", "invoice_sent", "draft_orders.json?limit=250&since_id=0&status=invoice_sent"),
        ("draft_orders", "completed", "draft_orders.json?limit=250&since_id=0&status=completed"),
        ("draft_orders", "closed", "draft_orders.json?limit=250&since_id=0&status=completed"),
        ("products", None, "products.json?limit=250&since_id=0"),
        ("products", "published", "products.json?limit=250&published_status=published&since_id=0"),
        ("products", "unpublished", "products.json?limit=250&published_status=unpublished&since_id=0"),
        ("gift_cards", "enabled", "gift_cards.json?limit=250&since_id=0&status=enabled"),
        ("gift_cards", "disabled", "gift_cards.json?limit=250&since_id=0&status=disabled"),
        ("customers", None, "customers.json?limit=250&since_id=0"),
        ("variants", None, "variants.json?limit=250&since_id=0"),
        ("price_rules", None, "price_rules.json?limit=250&since_id=0"),
        ("blogs", None, "blogs.json?limit=250&since_id=0"),
        ("locations", None, "locations.json"),
        ("themes", None, "themes.json"),
        ("shipping_zones", None, "shipping_zones.json"),
    ],
)
def test_collections_of_the_shop_read_their_endpoints(collection: str, scope: str | None, query: str) -> None:
    reads = Recorded()
    found = variables("mechanic/user/trigger", None, reads)["shop"].lookup(collection)
    assert list(found if scope is None else found.lookup(scope)) == []
    assert reads.calls == [query]


@pytest.mark.parametrize("name", sorted(SHOP_LISTINGS))
@pytest.mark.parametrize("preview", [True, False])
def test_no_collection_of_the_shop_raises_when_nobody_answers(name: str, preview: bool) -> None:
    found = variables("mechanic/user/trigger", None, None, preview=preview)["shop"].lookup(name)
    assert elements(found) == []
    assert is_empty(found)
    assert lookup(found, "size") == 0
    assert lookup(found, 12345) is None
    assert lookup(found, "no such key") is None
    for scope in SHOP_LISTINGS[name].scopes:
        assert elements(lookup(found, scope)) == []


def test_a_lookup_in_a_preview_is_recorded_for_its_permissions() -> None:
    state = state_of(preview=True)
    assert list(in_state(state, "mechanic/user/trigger", None)["shop"].lookup("orders")) == []
    assert [(read.kind, read.request) for read in state.read_log] == [("rest", "orders.json")]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [({"count": 1234}, 1234), ({"count": "7"}, 3), (None, 3), ({"errors": "Not Found"}, 3)],
)
def test_size_asks_for_the_count_and_falls_back_to_counting(counts: Any, expected: int) -> None:
    reads = Recorded({_page(0): {"orders": _items(1, 3)}, "orders/count.json?status=open": counts})
    assert _orders(reads).lookup("size") == expected
    assert _orders(reads).lookup("count") == expected
    assert reads.calls[0] == "orders/count.json?status=open"
    assert expected == 3 or _page(0) not in reads.calls


def test_size_of_a_list_without_a_count_is_that_of_its_items() -> None:
    reads = Recorded({"locations.json": {"locations": [{"id": 1}, {"id": 2}]}})
    shop = variables("mechanic/user/trigger", None, reads)["shop"]
    assert [item.ident for item in shop.lookup("locations")] == [1, 2]
    assert walk(shop, "locations.size") == 2
    assert reads.calls == ["locations.json"]


def test_custom_and_smart_collections_are_one_collection() -> None:
    reads = Recorded(
        {
            "custom_collections.json?limit=250&since_id=0": {"custom_collections": [{"id": 5, "title": "A"}]},
            "smart_collections.json?limit=250&since_id=0": {"smart_collections": [{"id": 2, "title": "B"}]},
            "custom_collections/count.json": {"count": 1},
            "smart_collections/count.json": {"count": 1},
            "collections/2.json": {"collection": {"id": 2, "title": "B"}},
        }
    )
    shop = variables("mechanic/user/trigger", None, reads)["shop"]
    assert [item.lookup("title") for item in shop.lookup("collections")] == ["A", "B"]
    assert walk(shop, "collections.size") == 2
    assert walk(shop, "collections.2.title") == "B"


@pytest.mark.parametrize(
    ("key", "kind"), [(11, "A"), ("11", "A"), (12, "B"), (0, "A"), (1, "B"), (-1, "B"), (2, None), ("x", None)]
)
def test_a_short_list_below_a_resource_answers_to_ids_and_positions(key: Any, kind: str | None) -> None:
    reads = Recorded({"orders/1/risks.json": {"risks": [{"id": 11, "kind": "A"}, {"id": 12, "kind": "B"}]}})
    found = lookup(resource("order", {"id": 1}, reads).lookup("risks"), key)
    assert (None if found is None else found.lookup("kind")) == kind
    assert reads.calls == ["orders/1/risks.json"]


def test_a_full_page_of_an_endpoint_without_paging_warns() -> None:
    levels = [{"inventory_item_id": 1, "location_id": number} for number in range(250)]
    state = state_of(Recorded({"inventory_levels.json?inventory_item_ids=1&limit=250": {"inventory_levels": levels}}))
    assert len(resource("inventory_item", {"id": 1}, state=state).lookup("inventory_levels")) == 250
    assert len(state.warnings) == 1
    assert "250" in state.warnings[0]


@pytest.mark.parametrize(("body", "warned"), [(None, 1), ({"products": []}, 0)])
def test_an_empty_list_of_a_dead_kind_warns_only_when_nobody_answered(body: Any, warned: int) -> None:
    state = state_of(Recorded({"products.json?limit=250&since_id=0": body}))
    assert list(in_state(state, "mechanic/user/trigger", None)["shop"].lookup("products")) == []
    assert len(state.warnings) == warned


@pytest.mark.parametrize(
    ("name", "member", "path", "root"),
    [
        ("blog", "articles", "blogs/1/articles/5.json", "article"),
        ("price_rule", "discount_codes", "price_rules/1/discount_codes/5.json", "discount_code"),
        ("customer", "orders", "orders/5.json", "order"),
        ("collection", "products", "products/5.json", "product"),
    ],
)
def test_a_long_list_below_a_resource_reads_one_item_by_id(name: str, member: str, path: str, root: str) -> None:
    reads = Recorded({path: {root: {"id": 5, "title": "T"}}})
    found = lookup(resource(name, {"id": 1}, reads).lookup(member), 5)
    assert found.lookup("title") == "T"
    assert reads.calls == [path]


def test_collections_with_the_same_items_are_equal() -> None:
    assert equals(_orders(_shop(2)), _orders(_shop(2)))
    assert not equals(_orders(_shop(2)), _orders(_shop(3)))
    assert equals(_orders(_shop(2)), _items(1, 2))
