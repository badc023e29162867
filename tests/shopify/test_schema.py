"""The compact schema data: look-ups, the schema made of it, and its agreement with Shopify's introspection."""

from __future__ import annotations

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, parse, validate

from runner.errors import ConfigError
from runner.shopify.schema import KNOWN_VERSIONS, Access, graphql_schema, load, named_type

SCHEMA = load()


def test_the_default_version_is_known() -> None:
    assert "2026-04" in KNOWN_VERSIONS
    assert (SCHEMA.version, SCHEMA.requested, SCHEMA.note) == ("2026-04", "2026-04", None)


def test_a_field_has_type_arguments_and_id_types() -> None:
    field = SCHEMA.field("QueryRoot", "order")
    assert field is not None
    assert (field.type, field.args["id"].type, field.args["id"].required) == ("Order", "ID!", True)
    assert field.args["id"].gid_types == ("Order",)


def test_an_argument_with_a_default_is_not_required() -> None:
    field = SCHEMA.field("Product", "variants")
    assert field is not None
    assert (field.args["reverse"].default, field.args["reverse"].required) == ("false", False)


def test_deprecations_carry_their_reason() -> None:
    field = SCHEMA.field("ProductVariant", "image")
    assert field is not None
    assert field.deprecated
    assert SCHEMA.field("ProductVariant", "id").deprecated is None


def test_unknown_names_give_nothing() -> None:
    assert SCHEMA.field("Order", "nope") is None
    assert SCHEMA.field("Nope", "id") is None
    assert SCHEMA.kind("Nope") is None
    assert SCHEMA.field_names("Nope") == SCHEMA.possible_types("Nope") == SCHEMA.interfaces("Nope") == ()
    assert SCHEMA.type_access("Nope") is None
    assert "Nope" not in SCHEMA
    assert "Order" in SCHEMA


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Order", "OBJECT"),
        ("Node", "INTERFACE"),
        ("DiscountCode", "UNION"),
        ("OrderSortKeys", "ENUM"),
        ("MetafieldsSetInput", "INPUT_OBJECT"),
        ("DateTime", "SCALAR"),
    ],
)
def test_types_have_their_kind(name: str, kind: str) -> None:
    assert SCHEMA.kind(name) == kind


def test_interfaces_and_unions_know_their_members() -> None:
    assert "Order" in SCHEMA.possible_types("Node")
    assert SCHEMA.possible_types("DiscountCode") == (
        "DiscountCodeApp",
        "DiscountCodeBasic",
        "DiscountCodeBxgy",
        "DiscountCodeFreeShipping",
    )
    assert SCHEMA.possible_types("Order") == ("Order",)
    assert "Node" in SCHEMA.interfaces("Order")


def test_inputs_and_enums_list_what_they_take() -> None:
    assert SCHEMA.input_fields("MetafieldsSetInput")["ownerId"].type == "ID!"
    assert "PROCESSED_AT" in SCHEMA.enum_values("OrderSortKeys")
    assert SCHEMA.one_of("ProductIdentifierInput")
    assert not SCHEMA.one_of("MetafieldsSetInput")


@pytest.mark.parametrize(
    ("parent", "field", "root", "size"),
    [
        ("Product", "variants", True, 2048),
        ("Product", "variants", False, 250),
        ("QueryRoot", "products", True, 250),
        ("QueryRoot", "productTags", False, 5000),
        ("QueryRoot", "productVendors", False, 1000),
        ("QueryRoot", "customerSegmentMembers", True, 1000),
        ("OnlineStoreTheme", "files", False, 2500),
        ("Nope", "nope", True, 250),
    ],
)
def test_page_sizes(parent: str, field: str, root: bool, size: int) -> None:
    assert SCHEMA.max_page(parent, field, root=root) == size


def test_idempotency_keys_are_required_on_seventeen_mutations_since_2026_04() -> None:
    assert len(SCHEMA.idempotency_required) == 17
    assert {"inventoryAdjustQuantities", "refundCreate", "locationActivate"} <= SCHEMA.idempotency_required
    assert "inventoryBulkToggleActivation" not in SCHEMA.idempotent_mutations
    earlier = load("2026-01")
    assert (earlier.idempotency_required, earlier.idempotent_mutations) == (frozenset(), SCHEMA.idempotent_mutations)
    assert load("2025-10").idempotent_mutations == frozenset()
    assert load("unstable").idempotency_required == load(KNOWN_VERSIONS[-1]).idempotency_required


def test_some_mutations_take_the_key_as_an_argument() -> None:
    assert SCHEMA.idempotency_arguments == {
        "appUsageRecordCreate": "idempotencyKey",
        "orderCreateMandatePayment": "idempotencyKey",
        "subscriptionBillingAttemptCreate": "subscriptionBillingAttemptInput.idempotencyKey",
    }


def test_another_version_is_answered_by_the_nearest_and_says_so() -> None:
    other = load("2026-01")
    assert (other.version, other.requested) == ("2026-04", "2026-01")
    assert "2026-01" in str(other.note)


@pytest.mark.parametrize("version", ["", "2026", "2026-02", "latest", "2026-04 ", "../2026-04"])
def test_a_version_that_cannot_exist_is_refused(version: str) -> None:
    with pytest.raises(ConfigError):
        load(version)


@pytest.mark.parametrize(("reference", "name"), [("Order", "Order"), ("[Order!]!", "Order"), ("[[ID]]", "ID")])
def test_a_reference_names_one_type(reference: str, name: str) -> None:
    assert named_type(reference) == name


@pytest.mark.parametrize(
    ("scopes", "held", "granted"),
    [
        ((), set(), True),
        ((("read_orders",),), {"read_orders"}, True),
        ((("read_orders",),), {"write_orders"}, True),
        ((("write_orders",),), {"read_orders"}, False),
        ((("read_orders", "read_quick_sale"),), {"read_quick_sale"}, True),
        ((("read_returns",), ("read_orders",)), {"read_orders"}, False),
        ((("read_returns",), ("read_orders",)), {"read_orders", "write_returns"}, True),
    ],
)
def test_access_needs_one_scope_of_every_group(scopes, held, granted) -> None:
    assert Access("", scopes).granted(frozenset(held)) is granted


def test_the_full_schema_validates_documents() -> None:
    schema = graphql_schema()
    good = """query($id: ID!) { product(id: $id) { variants(first: 2048) { nodes { id inventoryItem { id } } } } }"""
    assert validate(schema, parse(good)) == []
    bad = validate(schema, parse('{ order(id: "x") { qqqqqqqq } }'))
    assert [error.message for error in bad] == ["Cannot query field 'qqqqqqqq' on type 'Order'."]
    directive = 'mutation { refundCreate(input: {orderId: "x"}) @idempotent(key: "k") { userErrors { field } } }'
    assert validate(schema, parse(directive)) == []


def test_the_full_schema_has_defaults_enums_one_of_and_deprecations() -> None:
    schema = graphql_schema()
    root = schema.query_type
    assert root is not None
    assert root.fields["products"].args["reverse"].default_value is False
    assert root.fields["products"].args["sortKey"].default_value == "ID"
    identifier = schema.type_map["ProductIdentifierInput"]
    assert isinstance(identifier, GraphQLInputObjectType)
    assert identifier.is_one_of
    variant = schema.type_map["ProductVariant"]
    assert isinstance(variant, GraphQLObjectType)
    assert variant.fields["image"].deprecation_reason
    assert {"Order", "Product"} <= {each.name for each in schema.get_possible_types(schema.type_map["Node"])}


def test_the_full_schema_is_built_once() -> None:
    assert graphql_schema() is graphql_schema("2026-04") is graphql_schema("2026-01")
    assert load() is load("2026-04")
