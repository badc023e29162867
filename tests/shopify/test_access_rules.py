"""Shopify's sentences about access, read into scopes. Wordings as they occur in its introspection data."""

from __future__ import annotations

import pytest

from runner.shopify.access_rules import access_rule


@pytest.mark.parametrize(
    ("words", "scopes"),
    [
        ("`read_orders` access scope.", [["read_orders"]]),
        ("`read_a` access scope, `read_b` access scope or `read_c` access scope.", [["read_a", "read_b", "read_c"]]),
        ("Any of `read_content`, `read_pages` access scopes.", [["read_content", "read_pages"]]),
        (
            "`read_x` access scope and (`read_y` access scope or `read_z` access scope).",
            [["read_x"], ["read_y", "read_z"]],
        ),
        (
            "`write_products` access scope as well as any of `write_own`, `write_purchase_options` access scopes.",
            [["write_products"], ["write_own", "write_purchase_options"]],
        ),
        ("`read_customers` access scope. Also: Requires `read_cards` scope.", [["read_customers"], ["read_cards"]]),
        (
            "`read_orders` access scope. Also: Requires the `read_returns` access scope or `read_market` access scope.",
            [["read_orders"], ["read_returns", "read_market"]],
        ),
        ("`read_orders` access scope. Also: The user must have fulfill_and_ship_orders permission.", [["read_orders"]]),
        (
            "`write_orders` access scope. Also: The app must have the `write_overrides` access scope to assign events.",
            [["write_orders"]],
        ),
        ("The user needs write_themes and an exemption from Shopify.", [["write_themes"]]),
        ("Any of `shipping` access scopes or `manage_delivery_settings` user permission.", [["read_shipping"]]),
        ("The user must have access to payouts.", []),
        ("access to checkout branding settings. User must have `preferences` permission to modify.", []),
        ("", []),
    ],
)
def test_sentences_become_groups_of_alternatives(words: str, scopes: list[list[str]]) -> None:
    assert access_rule(words, (), mutation=False) == scopes


@pytest.mark.parametrize(
    ("words", "query", "mutation"),
    [
        (
            "`read_markets` for queries and both `read_markets` as well as `write_markets` for mutations.",
            [["read_markets"]],
            [["read_markets"], ["write_markets"]],
        ),
        (
            "`orders` access scope, `marketplace_orders` access scope or `b_orders` access scope.",
            [["read_orders", "read_marketplace_orders", "read_b_orders"]],
            [["write_orders", "write_marketplace_orders", "write_b_orders"]],
        ),
    ],
)
def test_some_sentences_mean_another_thing_for_mutations(words, query, mutation) -> None:
    assert access_rule(words, (), mutation=False) == query
    assert access_rule(words, (), mutation=True) == mutation


def test_the_published_list_decides_when_the_words_name_no_scope() -> None:
    assert access_rule("Ask us.", ("read_a", "read_b", "read_a"), mutation=False) == [["read_a", "read_b"]]
    assert access_rule("`read_c` access scope.", ("read_a",), mutation=False) == [["read_c"]]
