"""Lists of access scopes: what keeps a task from being saved (liquid.md 2.6)."""

from __future__ import annotations

import pytest

from runner.model.permissions import KNOWN_SCOPES, scope_faults, scope_names
from runner.model.topic_scopes import TOPIC_SCOPES
from runner.shopify.rest_scopes import READ_ONLY, REST_RESOURCES
from runner.shopify.schema import KNOWN_VERSIONS, load


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" read_orders, write_products \n read_customers ", ("read_orders", "write_products", "read_customers")),
        ("read_orders,write_products", ("read_orders", "write_products")),
        ("read_orders write_products", ("read_orders", "write_products")),
        ("\r\n,read_orders,\r\n,,\t\n", ("read_orders",)),
        ("", ()),
        (" ,\n", ()),
    ],
)
def test_names_are_separated_by_white_space_and_commas(text: str, expected: tuple[str, ...]) -> None:
    assert scope_names(text) == expected
    assert scope_faults(text) == ()


@pytest.mark.parametrize(
    ("text", "offset", "message", "hint"),
    [
        ("read_orders,\nread_orders", 13, '"read_orders" is listed twice', "Remove"),
        ("read_order", 0, 'no access scope "read_order"', 'Did you mean "read_orders"?'),
        ("x, write_custmers", 0, 'no access scope "x"', "look like"),
        ("read_nothing_like_it_at_all", 0, "no access scope", "look like"),
        ("write_all_orders", 0, 'no access scope "write_all_orders"', "write_orders"),
        ("Read_Orders", 0, "not the name", "separated by commas"),
        ("{{ options.scope }}", 0, '"{{" is not the name', "Liquid is not rendered"),
        ("read_orders; write_orders", 0, '"read_orders;" is not the name', "separated"),
        ("unauthenticated_read_product_listings", 0, "cannot be asked for", "another API"),
        ("customer_read_orders", 0, "cannot be asked for", "another API"),
        ("write_payment_gateways", 0, "cannot be asked for", "payment apps"),
    ],
)
def test_a_wrong_name_is_reported_where_it_stands(text: str, offset: int, message: str, hint: str) -> None:
    fault = scope_faults(text)[0]
    assert fault.offset == offset
    assert message in fault.message
    assert hint in fault.hint


def test_every_wrong_name_has_one_finding_but_liquid_only_one_in_all() -> None:
    assert len(scope_faults("x y z")) == 3
    assert len(scope_faults("read_orders read_orders read_orders")) == 2
    assert len(scope_faults("x {{ a | b }} y")) == 2


def test_every_scope_that_we_could_ask_for_is_known() -> None:
    rules = [rule for version in KNOWN_VERSIONS for rule in load(version).data["access"]]
    published = {scope for rule in rules for group in rule["scopes"] for scope in group}
    topics = {scope for scopes in TOPIC_SCOPES.values() for scope in scopes}
    names = {name for names in REST_RESOURCES.values() for name in names}
    rest = {f"read_{name}" for name in names} | {f"write_{name}" for name in names - READ_ONLY}
    assert (published | topics | rest) - KNOWN_SCOPES == set()
