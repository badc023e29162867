"""Seeds: what they make, and what a mistake in one is told (simulator.md 2)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.errors import InputError
from runner.simulator.clock import VirtualClock
from runner.simulator.contract import SHOP_ID
from runner.simulator.graph import Graph, Node
from runner.simulator.seed import SECRET, TOKEN, Seeds, load_seed, parse_seed


def made(text: str) -> Graph:
    seed = parse_seed(text, "shop.yml")
    return seed.graph(VirtualClock(seed.start), {})


def only(graph: Graph, type_name: str) -> Node:
    (node,) = graph.of_type(type_name)
    return node


def test_an_empty_seed_is_a_shop_without_products() -> None:
    seed = parse_seed("", "empty")
    graph = seed.graph(VirtualClock(seed.start), {})
    assert graph.types() == ["App", "AppCatalog", "Channel", "DeliveryProfile", "Market", "Publication", "Shop"]
    assert (seed.token, seed.secret, seed.scopes) == (TOKEN, SECRET, None)


def test_the_prints_shop_has_framing_variants_at_two_locations() -> None:
    seed = load_seed("prints")
    graph = seed.graph(VirtualClock(seed.start), {})
    assert [node["name"] for node in graph.of_type("Location")] == ["Workshop", "Gallery"]
    harbour = graph.find("Product", "title", "Harbour at Dawn")[0]
    variants = graph.find("ProductVariant", "product", harbour.id)
    assert [node["title"] for node in variants] == ["Unframed", "Oak frame", "Black frame"]
    levels = graph.find("InventoryLevel", "item", variants[0]["inventoryItem"])
    assert [level["_quantities"]["available"] for level in levels] == [30, 12]
    types = {node["productType"] for node in graph.of_type("Product")}
    assert len(types) > 1


def test_the_large_shop_has_a_product_with_more_than_one_group_of_variants() -> None:
    seed = load_seed("prints-large")
    graph = seed.graph(VirtualClock(seed.start), {})
    assert len(graph.find("ProductVariant", "product", graph.of_type("Product")[0].id)) == 300


def test_the_same_seed_makes_the_same_state() -> None:
    graphs = [load_seed("prints").graph(VirtualClock(datetime(2026, 3, 2, tzinfo=UTC)), {}) for _ in range(2)]
    assert graphs[0].dump() == graphs[1].dump()


def test_scalars_stay_as_they_are_written() -> None:
    graph = made("products: [{title: 1984, sku: 0012, price: 20, vendor: NO}]")
    product, variant = only(graph, "Product"), only(graph, "ProductVariant")
    assert (product["title"], product["vendor"]) == ("1984", "NO")
    assert (variant["sku"], variant["price"]) == ("0012", "20.00")


def test_a_product_without_options_has_one_default_variant() -> None:
    variant = only(made("products: [Mug]"), "ProductVariant")
    assert variant["title"] == "Default Title"
    assert variant["selectedOptions"] == [{"name": "Title", "value": "Default Title"}]


def test_without_variants_every_combination_of_options_is_made() -> None:
    graph = made("products: [{title: T, options: {Size: [S, L], Color: [Red, Blue]}, sku: 'T-{n}'}]")
    assert [(node["title"], node["sku"]) for node in graph.of_type("ProductVariant")] == [
        ("S / Red", "T-1"),
        ("S / Blue", "T-2"),
        ("L / Red", "T-3"),
        ("L / Blue", "T-4"),
    ]


def test_a_variant_overrides_what_its_product_says() -> None:
    graph = made(
        "locations: [A]\n"
        "products:\n"
        "  - title: T\n"
        "    price: 5.00\n"
        "    levels: {A: 3}\n"
        "    options: {F: [x, y]}\n"
        "    variants: [{F: x}, {F: y, price: 7.5, levels: {A: {available: 1, committed: 2}}}]\n"
    )
    assert [node["price"] for node in graph.of_type("ProductVariant")] == ["5.00", "7.50"]
    quantities = [node["_quantities"] for node in graph.of_type("InventoryLevel")]
    assert [(each["available"], each["committed"]) for each in quantities] == [(3, 0), (1, 2)]


def test_products_of_the_same_title_get_handles_of_their_own() -> None:
    graph = made("products: [{title: 'P', count: 2}, P]")
    assert [node["handle"] for node in graph.of_type("Product")] == ["p", "p-1", "p-2"]


def test_the_number_of_a_repeated_product_is_in_its_title_and_sku() -> None:
    graph = made("products: [{title: 'Print {n}', sku: 'P-{n}', count: 3}]")
    assert [node["title"] for node in graph.of_type("Product")] == ["Print 1", "Print 2", "Print 3"]
    assert [node["sku"] for node in graph.of_type("ProductVariant")] == ["P-1", "P-2", "P-3"]


def test_given_ids_are_kept() -> None:
    graph = made("locations: [{name: A, id: 5}]\nproducts: [{title: T, id: 8001}]")
    assert only(graph, "Location").id == "gid://shopify/Location/5"
    assert only(graph, "Product").number == 8001


def test_the_clock_starts_where_the_seed_says() -> None:
    assert parse_seed("clock: 2026-05-01T08:00:00+02:00", "s").start == datetime(2026, 5, 1, 6, tzinfo=UTC)


def test_the_primary_location_is_the_first_unless_named() -> None:
    shop = made("locations: [A, B]").get(SHOP_ID)
    other = made("shop: {primary_location: B}\nlocations: [A, B]")
    assert shop is not None
    assert shop["_primary_location"] is not None
    assert other.get(SHOP_ID)["_primary_location"] == other.find("Location", "name", "B")[0].id  # type: ignore[index]


def test_metafields_have_an_owner_and_a_type() -> None:
    graph = made("products: [{title: T, metafields: {a.b: x, c.d: {type: number_integer, value: 5}}}]")
    product = only(graph, "Product")
    assert [
        (node["_owner"], node["ownerType"], node["type"], node["value"]) for node in graph.of_type("Metafield")
    ] == [
        (product.id, "PRODUCT", "single_line_text_field", "x"),
        (product.id, "PRODUCT", "number_integer", "5"),
    ]


def test_any_object_of_the_schema_can_be_seeded() -> None:
    graph = made("objects: [{type: Customer, id: 7001, firstName: Pat, tags: [vip]}]")
    customer = graph.get("gid://shopify/Customer/7001")
    assert customer is not None
    assert (customer["firstName"], customer["tags"]) == ("Pat", ["vip"])


def test_a_mapping_is_as_good_as_a_file() -> None:
    seed = load_seed({"products": [{"title": "T"}], "app": {"token": "t", "scopes": ["read_products"]}})
    assert (seed.token, seed.scopes) == ("t", frozenset({"read_products"}))


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("shpo: {}", "shpo, line 1, column 1", "unknown key shpo", "'shop'"),
        ("- a", "line 1, column 1", "expected a mapping", None),
        ("a: [", "line 2, column 1", "not YAML", None),
        ("shop: {domain: x.test}", "shop.domain, line 1, column 16", "myshopify.com", None),
        ("shop: {timezone: Mars/Base}", "shop.timezone, line 1", "expected a time zone", None),
        ("shop: {plan: plsu}", "shop.plan", "expected one of basic", "'plus'"),
        ("clock: noon", "clock, line 1, column 8", "expected a time", None),
        ("locations: [A, A]", "locations[1].name", "two locations named 'A'", None),
        ("locations: {A: 1}", "locations, line 1", "expected a list", None),
        ("shop: {primary_location: Ware}\nlocations: [Warm]", "shop.primary_location", "no location 'Ware'", "'Warm'"),
        ("products:\n  - tilte: T", "products[0]", "title is missing", None),
        ("products:\n  - title: T\n    pirce: 3", "products[0].pirce, line 3, column 5", "unknown key", "'price'"),
        ("products:\n  - title: T\n    price: dear", "products[0].price, line 3", "found 'dear'", None),
        ("products:\n  - {title: T, price: 1.234}", "products[0].price", "expected an amount", None),
        ("products:\n  - {title: T, count: 0}", "products[0].count", "expected 1 or more", None),
        ("products:\n  - {title: T, tracked: maybe}", "products[0].tracked", "expected true or false", None),
        ("products:\n  - {title: T, title: U}", "products[0].title", "stands here twice", None),
        ("products:\n  - {title: T, status: SOLD}", "products[0].status", "expected one of ACTIVE", None),
        ("products:\n  - {title: T, options: {F: [a]}, variants: [{F: b}]}", "variants[0].F", "F is one of a", None),
        ("products:\n  - {title: T, options: {F: [a]}, variants: [{}]}", "variants[0].F", "F is missing", None),
        (
            "products:\n  - {title: T, options: {F: [a]}, variants: [{F: a}, {F: a}]}",
            "variants[1]",
            "two variants",
            None,
        ),
        ("products:\n  - {title: T, options: {F: [a], G: [], }}", "options.G", "at least one value", None),
        ("locations: [Hall]\nproducts:\n  - {title: T, levels: {Hal: 1}}", "levels", "no location 'Hal'", "'Hall'"),
        ("locations: [A]\nproducts:\n  - {title: T, levels: {A: some}}", "levels.A", "found 'some'", None),
        ("locations: [A]\nproducts:\n  - {title: T, levels: {A: {availble: 1}}}", "levels.A", "unknown", "'available'"),
        ("products:\n  - {title: T, id: 5}\n  - {title: U, id: 5}", "products[1].id", "taken", None),
        ("products:\n  - {title: T, metafields: {bare: 1}}", "metafields.bare", "custom.edition", None),
        ("webhooks: [order/create]", "webhooks[0].topic", "no webhook topic", "'ORDERS_CREATE'"),
        ("objects: [{type: Custmer}]", "objects[0].type", "no object type", "'Customer'"),
        ("objects: [{type: Customer, fistName: P}]", "objects[0].fistName", "no field", "'firstName'"),
        ("app: {tokne: x}", "app.tokne", "unknown key", "'token'"),
    ],
)
def test_a_mistake_names_file_line_key_and_what_was_expected(
    text: str, place: str, message: str, hint: str | None
) -> None:
    with pytest.raises(InputError) as caught:
        parse_seed(text, "shop.yml")
    assert str(caught.value).startswith("shop.yml, ")
    assert place in str(caught.value)
    assert message in caught.value.message
    assert hint is None or hint in (caught.value.hint or "")


def test_an_unknown_seed_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_seed("pritns")
    assert "'prints'" in (caught.value.hint or "")


def test_a_seed_that_is_not_there_names_its_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"away\.yml"):
        load_seed(tmp_path / "away.yml")


@pytest.mark.parametrize(
    ("type_name", "where"),
    [("Order", "`orders`"), ("LineItem", "`orders`"), ("DraftOrder", "`draft_orders`"), ("Return", "request-return")],
)
def test_what_has_parts_is_not_taken_without_them(type_name: str, where: str) -> None:
    """An order without lines, sums and payments could be neither told of nor answered about."""
    with pytest.raises(InputError, match="does not stand alone") as caught:
        load_seed({"objects": [{"type": type_name, "id": 5}]})
    assert where in str(caught.value.hint)


def test_a_seed_is_read_again_only_when_its_file_has_changed(tmp_path: Path) -> None:
    seeds, path = Seeds(), tmp_path / "shop.yml"
    path.write_text("shop: {name: One}")
    first = seeds.load(path)
    assert seeds.load(str(path)) is first
    path.write_text("shop: {name: Another}")
    (shop,) = (node for node in seeds.load(path).objects.nodes if node.type == "Shop")
    assert shop["name"] == "Another"
