"""Definitions of metafields, metaobjects and their definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runner.errors import InputError
from runner.simulator.seed import load_seed
from runner.simulator.server import RunningShop
from tests.simulator.asking import mutate

Ask = Callable[..., dict[str, Any]]
SEED = {
    "metafield_definitions": [
        {"owner": "product", "name": "Size", "metafield": "custom.size", "id": 1, "collection_condition": True},
        {"owner": "customer", "name": "Level", "metafield": "custom.level", "id": 2, "type": "number_integer"},
    ],
    "metaobject_definitions": [
        {
            "type": "designer",
            "id": 1,
            "display": "name",
            "publishable": True,
            "fields": {"name": "single_line_text_field", "born": "date", "works": "list.product_reference"},
        }
    ],
    "metaobjects": [
        {"type": "designer", "handle": "mara", "id": 1, "values": {"name": "Mara Lind", "born": "1980-01-01"}}
    ],
    "products": [
        {"title": "Mug", "id": 11, "metafields": {"custom.size": "L"}},
        {"title": "Bowl", "id": 12, "metafields": {"custom.size": "S"}},
    ],
}
SIZE, MARA, DESIGNER = (
    "gid://shopify/MetafieldDefinition/1",
    "gid://shopify/Metaobject/1",
    "gid://shopify/MetaobjectDefinition/1",
)


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """A shop with two definitions of metafields and one of metaobjects."""
    served.reset(SEED)
    return served


def codes(payload: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [(error["field"], error["code"]) for error in payload["userErrors"]]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("ownerType: PRODUCT", ["Size"]),
        ("ownerType: CUSTOMER", ["Level"]),
        ('ownerType: PRODUCT, namespace: "custom", key: "size"', ["Size"]),
        ('ownerType: PRODUCT, namespace: "other"', []),
        ("ownerType: PRODUCT, pinnedStatus: PINNED", []),
        ('ownerType: CUSTOMER, query: "type:number_integer"', ["Level"]),
    ],
)
def test_definitions_are_found_by_owner_namespace_and_key(ask: Ask, arguments: str, names: list[str]) -> None:
    query = (
        f"{{ metafieldDefinitions(first: 5, {arguments}) {{ nodes {{ name type {{ name }} "
        f"useAsCollectionCondition validations {{ value }} }} }} }}"
    )
    nodes = ask(query)["data"]["metafieldDefinitions"]["nodes"]
    assert [node["name"] for node in nodes] == names


def test_a_metafield_knows_its_definition_and_the_other_way_round(ask: Ask) -> None:
    found = ask(
        '{ product(id: "gid://shopify/Product/11") { metafield(namespace: "custom", key: "size") { '
        "definition { id name } } } }"
    )
    assert found["data"]["product"]["metafield"] == {"definition": {"id": SIZE, "name": "Size"}}
    counted = ask(
        f'{{ metafieldDefinition(id: "{SIZE}") {{ metafieldsCount metafields(first: 5) {{ nodes {{ value }} }} }} }}'
    )
    assert counted["data"]["metafieldDefinition"] == {
        "metafieldsCount": 2,
        "metafields": {"nodes": [{"value": "L"}, {"value": "S"}]},
    }


def test_a_smart_collection_follows_a_metafield(ask: Ask) -> None:
    rule = f'{{column: PRODUCT_METAFIELD_DEFINITION, relation: EQUALS, condition: "L", conditionObjectId: "{SIZE}"}}'
    payload = mutate(
        ask,
        f'collectionCreate(input: {{title: "L", ruleSet: {{appliedDisjunctively: false, rules: '
        f"[{rule}]}}}}) {{ collection {{ "
        "products(first: 5) { nodes { title } } ruleSet { rules { conditionObject { ... on "
        "CollectionRuleMetafieldCondition { "
        "metafieldDefinition { name } } } } } } userErrors { message } }",
    )
    assert payload["collection"]["products"]["nodes"] == [{"title": "Mug"}]
    assert payload["collection"]["ruleSet"]["rules"] == [{"conditionObject": {"metafieldDefinition": {"name": "Size"}}}]
    used = mutate(ask, f'metafieldDefinitionDelete(id: "{SIZE}") {{ deletedDefinitionId userErrors {{ field code }} }}')
    assert codes(used) == [(["id"], "METAFIELD_DEFINITION_IN_USE")]


def test_definitions_are_made_changed_pinned_and_deleted(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("metafield_definitions/create")
    made = mutate(
        ask,
        'metafieldDefinitionCreate(definition: {name: "Glaze", namespace: "custom", key: "glaze", '
        'type: "single_line_text_field", '
        'ownerType: PRODUCT, validations: [{name: "max", value: "9"}], capabilities: '
        "{adminFilterable: {enabled: true}}}) "
        "{ createdDefinition { id validations { name value } capabilities { adminFilterable { "
        "enabled } } } userErrors { code } }",
    )["createdDefinition"]
    assert made["validations"] == [{"name": "max", "value": "9"}]
    assert made["capabilities"] == {"adminFilterable": {"enabled": True}}
    (delivery,) = shop.take()
    assert delivery["payload"]["key"] == "glaze"
    pinned = mutate(
        ask,
        f'metafieldDefinitionPin(definitionId: "{made["id"]}") {{ pinnedDefinition {{ '
        f"pinnedPosition }} userErrors {{ code }} }}",
    )
    assert pinned["pinnedDefinition"] == {"pinnedPosition": 1}
    changed = mutate(
        ask,
        'metafieldDefinitionUpdate(definition: {namespace: "custom", key: "glaze", ownerType: '
        'PRODUCT, name: "Finish"}) '
        "{ updatedDefinition { name } userErrors { code } }",
    )
    assert changed["updatedDefinition"] == {"name": "Finish"}
    gone = mutate(
        ask,
        'metafieldDefinitionDelete(identifier: {namespace: "custom", key: "glaze", ownerType: '
        "PRODUCT}) { deletedDefinitionId userErrors { code } }",
    )
    assert gone["deletedDefinitionId"] == made["id"]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ('name: "", key: "abc"', ["definition", "name"], "BLANK"),
        ('name: "A", key: "a"', ["definition", "key"], "TOO_SHORT"),
        ('name: "A", key: "a b c"', ["definition", "key"], "INVALID_CHARACTER"),
        ('name: "A", key: "size"', ["definition", "key"], "TAKEN"),
    ],
)
def test_a_definition_that_cannot_be_is_refused(ask: Ask, given: str, field: list[str], code: str) -> None:
    payload = mutate(
        ask,
        f'metafieldDefinitionCreate(definition: {{{given}, namespace: "custom", type: '
        f'"single_line_text_field", ownerType: PRODUCT}}) '
        "{ createdDefinition { id } userErrors { field code } }",
    )
    assert codes(payload) == [(field, code)]


def test_deleting_a_definition_can_take_its_metafields_along(ask: Ask, shop: RunningShop) -> None:
    mutate(
        ask, f'metafieldDefinitionDelete(id: "{SIZE}", deleteAllAssociatedMetafields: true) {{ userErrors {{ code }} }}'
    )
    assert shop.shop.graph.count("Metafield") == 0


def test_a_metaobject_is_read_field_by_field(ask: Ask) -> None:
    query = f"""{{ metaobject(id: "{MARA}") {{ handle type displayName capabilities {{ publishable {{ status }} }}
        field(key: "born") {{ value jsonValue type }} fields {{ key value references(first: 2) {{
        nodes {{ __typename }} }} }}
        definition {{ name displayNameKey metaobjectsCount fieldDefinitions {{
        key required type {{ name category }} }} }} }} }}"""
    found = ask(query)["data"]["metaobject"]
    assert (found["displayName"], found["capabilities"]["publishable"]) == ("Mara Lind", {"status": "ACTIVE"})
    assert found["field"] == {"value": "1980-01-01", "jsonValue": "1980-01-01", "type": "date"}
    values = {field["key"]: field["value"] for field in found["fields"]}
    assert values == {"name": "Mara Lind", "born": "1980-01-01", "works": None}
    assert found["definition"]["metaobjectsCount"] == 1


def test_metaobjects_are_made_changed_upserted_and_deleted(ask: Ask, shop: RunningShop) -> None:
    for topic in ("metaobjects/create", "metaobjects/update", "metaobjects/delete"):
        shop.subscribe(topic)
    made = mutate(
        ask,
        'metaobjectCreate(metaobject: {type: "designer", fields: [{key: "name", value: "Mara"}, {key: "works", '
        'value: "[\\"gid://shopify/Product/11\\"]"}]}) { metaobject { id handle capabilities { '
        "publishable { status } } "
        'field(key: "works") { references(first: 2) { nodes { ... on Product { title } } } } } userErrors { code } }',
    )["metaobject"]
    assert (made["handle"], made["capabilities"]["publishable"]) == ("mara-1", {"status": "DRAFT"})
    assert made["field"]["references"]["nodes"] == [{"title": "Mug"}]
    changed = mutate(
        ask,
        'metaobjectUpsert(handle: {type: "designer", handle: "mara"}, metaobject: {fields: [{key: '
        '"name", value: "M. Lind"}]}) '
        "{ metaobject { id displayName } userErrors { code } }",
    )
    assert changed["metaobject"] == {"id": MARA, "displayName": "M. Lind"}
    added = mutate(
        ask,
        'metaobjectUpsert(handle: {type: "designer", handle: "new"}, metaobject: {fields: []}) { '
        "metaobject { handle } userErrors { code } }",
    )
    assert added["metaobject"] == {"handle": "new"}
    mutate(ask, f'metaobjectDelete(id: "{MARA}") {{ deletedId userErrors {{ code }} }}')
    topics = [delivery["topic"].split("/")[1] for delivery in shop.take()]
    assert topics == ["create", "update", "create", "delete"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ('type: "painter"', "UNDEFINED_OBJECT_TYPE"),
        ('type: "designer", fields: [{key: "colour", value: "x"}]', "UNDEFINED_OBJECT_FIELD"),
        ('type: "designer", fields: [{key: "name", value: "x"}, {key: "name", value: "y"}]', "DUPLICATE_FIELD_INPUT"),
        ('type: "designer", fields: [{key: "born", value: "yesterday"}]', "INVALID_VALUE"),
    ],
)
def test_a_metaobject_that_cannot_be_is_refused(ask: Ask, given: str, code: str) -> None:
    payload = mutate(
        ask, f"metaobjectCreate(metaobject: {{{given}}}) {{ metaobject {{ id }} userErrors {{ field code }} }}"
    )
    assert [error["code"] for error in payload["userErrors"]] == [code]


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 1), ('fields.name:\\"Mara Lind\\"', 1), ("fields.born:2000-01-01", 0), ("display_name:lind", 1)],
)
def test_metaobjects_are_searched_by_their_fields(ask: Ask, query: str, found: int) -> None:
    body = ask(f'{{ metaobjects(type: "designer", first: 5, query: "{query}") {{ nodes {{ id }} }} }}')
    assert len(body["data"]["metaobjects"]["nodes"]) == found


def test_definitions_of_metaobjects_change_what_their_metaobjects_hold(ask: Ask) -> None:
    made = mutate(
        ask,
        'metaobjectDefinitionCreate(definition: {type: "glaze", displayNameKey: "name", '
        'fieldDefinitions: [{key: "name", '
        'type: "single_line_text_field", required: true}]}) { metaobjectDefinition { name '
        "fieldDefinitions { key required } } userErrors { code } }",
    )
    assert made["metaobjectDefinition"] == {"name": "Glaze", "fieldDefinitions": [{"key": "name", "required": True}]}
    blank = mutate(ask, 'metaobjectCreate(metaobject: {type: "glaze"}) { userErrors { field code } }')
    assert codes(blank) == [(["metaobject"], "OBJECT_FIELD_REQUIRED")]
    mutate(
        ask,
        f'metaobjectDefinitionUpdate(id: "{DESIGNER}", definition: {{fieldDefinitions: [{{delete: '
        f'{{key: "born"}}}}]}}) {{ userErrors {{ code }} }}',
    )
    left = ask(f'{{ metaobject(id: "{MARA}") {{ fields {{ key }} }} }}')["data"]["metaobject"]
    assert [field["key"] for field in left["fields"]] == ["name", "works"]
    taken = mutate(ask, 'metaobjectDefinitionCreate(definition: {type: "designer"}) { userErrors { field code } }')
    assert codes(taken) == [(["definition", "type"], "TAKEN")]
    mutate(ask, f'metaobjectDefinitionDelete(id: "{DESIGNER}") {{ deletedId userErrors {{ code }} }}')
    assert ask(f'{{ metaobject(id: "{MARA}") {{ id }} }}')["data"] == {"metaobject": None}


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        ({"metafield_definitions": [{"metafield": "size"}]}, "expected a name such as custom.size"),
        ({"metafield_definitions": [{"metafield": "a.b", "type": "nubmer_integer"}]}, "no type of metafields"),
        ({"metaobjects": [{"type": "x", "handle": "y"}]}, "no metaobject definition 'x'"),
    ],
)
def test_a_seed_with_a_wrong_definition_is_refused(seed: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_seed(seed)


def test_a_seed_names_the_choices_of_a_definition(served: RunningShop, ask: Ask) -> None:
    row = {"owner": "product", "metafield": "custom.size", "choices": ["S", "M, wide"]}
    served.reset({"metafield_definitions": [row]})
    body = ask("{ metafieldDefinitions(first: 1, ownerType: PRODUCT) { nodes { validations { name value } } } }")
    (found,) = body["data"]["metafieldDefinitions"]["nodes"]
    assert found["validations"] == [{"name": "choices", "value": '["S", "M, wide"]'}]
