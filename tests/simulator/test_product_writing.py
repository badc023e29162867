"""Products made, copied, set and deleted; variants, options, media and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop
from tests.simulator.asking import mutate

Ask = Callable[..., dict[str, Any]]
SEED = {
    "shop": {"name": "Kiln", "domain": "kiln.myshopify.com", "public_domain": "kiln.test"},
    "locations": ["Studio", "Shop"],
    "products": [
        {
            "title": "Mug",
            "id": 11,
            "options": {"Colour": ["Blue", "Red"]},
            "price": "20.00",
            "levels": {"Studio": "3"},
            "images": ["https://images.test/mug.jpg"],
            "category": "Home > Kitchen",
        },
        {"title": "Bowl", "id": 12, "price": "35.00", "published": False},
    ],
    "collections": [
        {"title": "Cups", "id": 1, "products": ["mug"]},
        {"title": "All", "id": 2, "rules": ["title contains o"]},
    ],
}
MUG, BOWL = "gid://shopify/Product/11", "gid://shopify/Product/12"
BLUE, RED, PLAIN = (f"gid://shopify/ProductVariant/{90000001 + place}" for place in range(3))
STUDIO, SHOP = (f"gid://shopify/Location/{20000001 + place}" for place in range(2))


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """A shop with a mug in two colours and a bowl."""
    served.reset(SEED)
    return served


def codes(payload: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [(error["field"], error["code"]) for error in payload["userErrors"]]


def variants(ask: Ask, product: str) -> list[str]:
    query = f'{{ product(id: "{product}") {{ variants(first: 20) {{ nodes {{ title }} }} }} }}'
    return [node["title"] for node in ask(query)["data"]["product"]["variants"]["nodes"]]


def test_a_product_is_read_without_a_guess(http: httpx.Client) -> None:
    query = f"""{{ product(id: "{MUG}") {{
        onlineStoreUrl onlineStorePreviewUrl templateSuffix category {{ name fullName }} requiresSellingPlan
        featuredMedia {{ mediaContentType ... on MediaImage {{ image {{ url altText }} }} }}
        images(first: 3) {{ edges {{ node {{ id url(transform: {{maxWidth: 100}}) altText }} }} }}
        media(first: 3, query: "media_type:IMAGE") {{ nodes {{ mediaContentType status alt }} }}
        compareAtPriceRange {{ maxVariantCompareAtPrice {{ amount }} }} sellingPlanGroupsCount {{ count }}
        variants(first: 1) {{ nodes {{ image {{ url }} media(first: 1) {{ nodes {{ id }} }} unitPrice {{ amount }} }} }}
    }} }}"""
    reply = http.post("/admin/api/2026-04/graphql.json", json={"query": query})
    assert "X-Simulator-Guessed" not in reply.headers
    found = reply.json()["data"]["product"]
    assert found["onlineStoreUrl"] == "https://kiln.test/products/mug"
    assert found["category"] == {"name": "Kitchen", "fullName": "Home > Kitchen"}
    (edge,) = found["images"]["edges"]
    assert edge["node"]["url"].startswith("https://kiln.test/cdn/shop/products/mug.jpg?v=")
    assert edge["node"]["url"].endswith("&width=100")
    assert found["media"]["nodes"] == [{"mediaContentType": "IMAGE", "status": "READY", "alt": "Mug"}]


def test_a_product_that_is_not_published_has_no_page(ask: Ask) -> None:
    assert ask(f'{{ product(id: "{BOWL}") {{ onlineStoreUrl }} }}')["data"]["product"] == {"onlineStoreUrl": None}


def test_a_new_product_has_one_variant_of_the_first_values(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("products/create")
    payload = mutate(
        ask,
        """productCreate(product: {title: "Mug", tags: ["new"], collectionsToJoin: ["gid://shopify/Collection/1"],
        productOptions: [{name: "Size", values: [{name: "S"}, {name: "L"}]}, {name: "Glaze", values: [{name: "Matt"}]}],
        metafields: [{namespace: "custom", key: "kind", type: "single_line_text_field", value: "x"}]},
        media: [{originalSource: "https://images.test/new.png", mediaContentType: IMAGE, alt: "A mug"}])
        { product { handle vendor status isGiftCard publishedAt options { name position values }
          variants(first: 5) { nodes { title price sku inventoryItem { tracked inventoryLevels(first: 3) { nodes {
            location { name } } } } } }
          collections(first: 2) { nodes { title } } media(first: 1) { nodes { alt status } }
          metafield(namespace: "custom", key: "kind") { value } } userErrors { field message } }""",
    )
    assert payload["userErrors"] == []
    assert payload["product"] == {
        "handle": "mug-1",
        "vendor": "Kiln",
        "status": "ACTIVE",
        "isGiftCard": False,
        "publishedAt": None,
        "options": [
            {"name": "Size", "position": 1, "values": ["S", "L"]},
            {"name": "Glaze", "position": 2, "values": ["Matt"]},
        ],
        "variants": {
            "nodes": [
                {
                    "title": "S / Matt",
                    "price": "0.00",
                    "sku": "",
                    "inventoryItem": {
                        "tracked": False,
                        "inventoryLevels": {"nodes": [{"location": {"name": "Studio"}}]},
                    },
                }
            ]
        },
        "collections": {"nodes": [{"title": "Cups"}]},
        "media": {"nodes": [{"alt": "A mug", "status": "PROCESSING"}]},
        "metafield": {"value": "x"},
    }
    (delivery,) = shop.take()
    assert delivery["payload"]["variants"][0]["title"] == "S / Matt"
    assert delivery["payload"]["images"][0]["alt"] == "A mug"


@pytest.mark.parametrize(
    ("call", "field", "message"),
    [
        ("productCreate(product: {})", ["title"], "Title can't be blank"),
        (
            'productCreate(product: {title: "x", handle: "bowl"})',
            ["handle"],
            "Handle 'bowl' already in use. Please provide a new handle.",
        ),
        (
            'productCreate(product: {title: "x", productOptions: [{name: "A", values: []}]})',
            ["productOptions", "0", "values"],
            "Option must have at least one value",
        ),
        (
            'productCreate(product: {title: "x", collectionsToJoin: ["gid://shopify/Collection/2"]})',
            ["collectionsToJoin", "0"],
            "Can't manually add or remove from a smart collection",
        ),
        (
            'productCreate(product: {title: "x"}, media: [{originalSource: "nowhere", mediaContentType: IMAGE}])',
            ["media", "0", "originalSource"],
            "Media has an invalid source URL",
        ),
    ],
)
def test_a_product_that_cannot_be_is_refused(
    ask: Ask, shop: RunningShop, call: str, field: list[str], message: str
) -> None:
    payload = mutate(ask, f"{call} {{ product {{ id }} userErrors {{ field message }} }}")
    assert payload == {"product": None, "userErrors": [{"field": field, "message": message}]}
    assert shop.shop.graph.count("Product") == 2


def test_a_deleted_product_takes_all_that_is_its_own_away(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("products/delete")
    text = f'productDelete(input: {{id: "{MUG}"}}) {{ deletedProductId userErrors {{ field message }} }}'
    assert mutate(ask, text) == {"deletedProductId": MUG, "userErrors": []}
    assert [delivery["payload"] for delivery in shop.take()] == [{"id": 11}]
    graph = shop.shop.graph
    assert [graph.count(kind) for kind in ("ProductVariant", "InventoryItem", "InventoryLevel", "ProductOption")] == [
        1,
        1,
        0,
        1,
    ]
    assert ask('{ collection(id: "gid://shopify/Collection/1") { productsCount { count } } }')["data"][
        "collection"
    ] == {"productsCount": {"count": 0}}
    assert mutate(ask, text)["userErrors"] == [{"field": ["id"], "message": "Product does not exist"}]


def test_an_asynchronous_deletion_is_an_operation(ask: Ask) -> None:
    payload = mutate(
        ask,
        f'productDelete(input: {{id: "{MUG}"}}, synchronous: false) '
        "{ deletedProductId productDeleteOperation { id status } userErrors { message } }",
    )
    assert payload["productDeleteOperation"]["status"] == "CREATED"
    node_id = payload["productDeleteOperation"]["id"]
    found = ask(
        f'{{ productOperation(id: "{node_id}") {{ status ... on ProductDeleteOperation {{ deletedProductId }} }} }}'
    )
    assert found["data"]["productOperation"] == {"status": "COMPLETE", "deletedProductId": MUG}


def test_a_copy_has_the_variants_but_not_the_stock(ask: Ask) -> None:
    payload = mutate(
        ask,
        f'productDuplicate(productId: "{MUG}", newTitle: "Mug two", newStatus: DRAFT) '
        "{ newProduct { id handle status totalInventory variants(first: 5) { nodes { title price } } "
        "} userErrors { message } }",
    )
    copy = payload["newProduct"]
    assert (copy["handle"], copy["status"], copy["totalInventory"]) == ("mug-two", "DRAFT", 0)
    assert copy["variants"]["nodes"] == [{"title": "Blue", "price": "20.00"}, {"title": "Red", "price": "20.00"}]


def test_variants_are_changed_together_and_told_once(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("products/update")
    payload = mutate(
        ask,
        f'productVariantsBulkUpdate(productId: "{MUG}", variants: [{{id: "{BLUE}", price: "22.5", '
        f"compareAtPrice: 30}}, "
        f'{{id: "{RED}", barcode: "123", inventoryItem: {{sku: "RED", cost: 4, tracked: false}}, '
        f"inventoryPolicy: CONTINUE}}]) "
        "{ productVariants { price compareAtPrice barcode sku inventoryPolicy inventoryItem { "
        "tracked unitCost { amount } } } "
        "userErrors { field message code } }",
    )
    assert payload["userErrors"] == []
    blue, red = payload["productVariants"]
    assert (blue["price"], blue["compareAtPrice"]) == ("22.50", "30.00")
    assert (red["barcode"], red["sku"], red["inventoryPolicy"]) == ("123", "RED", "CONTINUE")
    assert red["inventoryItem"] == {"tracked": False, "unitCost": {"amount": "4.00"}}
    assert len(shop.take()) == 1


@pytest.mark.parametrize(
    ("product", "variant", "field", "code"),
    [
        ("gid://shopify/Product/9", f'id: "{BLUE}"', ["productId"], "PRODUCT_DOES_NOT_EXIST"),
        (MUG, 'price: "1"', ["variants", "0", "id"], "PRODUCT_VARIANT_ID_MISSING"),
        (MUG, f'id: "{PLAIN}"', ["variants", "0", "id"], "PRODUCT_VARIANT_DOES_NOT_EXIST"),
        (MUG, f'id: "{BLUE}", price: "-1"', ["variants", "0", "price"], "GREATER_THAN_OR_EQUAL_TO"),
        (
            MUG,
            f'id: "{BLUE}", inventoryQuantities: [{{availableQuantity: 1, locationId: "{STUDIO}"}}]',
            ["variants", "0", "inventoryQuantities"],
            "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE",
        ),
        (
            MUG,
            f'id: "{BLUE}", optionValues: [{{optionName: "Colour", name: "Red"}}]',
            ["variants", "0"],
            "VARIANT_ALREADY_EXISTS",
        ),
        (
            MUG,
            f'id: "{BLUE}", optionValues: [{{optionName: "Size", name: "L"}}]',
            ["variants", "0", "optionValues", "0"],
            "OPTION_DOES_NOT_EXIST",
        ),
        (
            MUG,
            f'id: "{BLUE}", metafields: [{{namespace: "custom", key: "count", type: "number_integer", value: "x"}}]',
            ["variants", "0", "metafields", "0", "value"],
            "INVALID_INPUT",
        ),
    ],
)
def test_a_variant_that_cannot_be_is_refused(ask: Ask, product: str, variant: str, field: list[str], code: str) -> None:
    payload = mutate(
        ask,
        f'productVariantsBulkUpdate(productId: "{product}", variants: [{{{variant}}}]) {{ '
        f"productVariants {{ id }} userErrors {{ field code }} }}",
    )
    assert payload["productVariants"] is None
    assert codes(payload) == [(field, code)]


@pytest.mark.parametrize(("partial", "price"), [("false", "20.00"), ("true", "21.00")])
def test_partial_updates_keep_what_is_right(ask: Ask, partial: str, price: str) -> None:
    payload = mutate(
        ask,
        f'productVariantsBulkUpdate(productId: "{MUG}", allowPartialUpdates: {partial}, variants: '
        f'[{{id: "{BLUE}", price: "21"}}, '
        f'{{id: "{RED}", price: "-1"}}]) {{ userErrors {{ field code }} }}',
    )
    assert codes(payload) == [(["variants", "1", "price"], "GREATER_THAN_OR_EQUAL_TO")]
    assert ask(f'{{ productVariant(id: "{BLUE}") {{ price }} }}')["data"]["productVariant"] == {"price": price}


def test_new_variants_bring_new_values_and_stock(ask: Ask) -> None:
    payload = mutate(
        ask,
        f'productVariantsBulkCreate(productId: "{MUG}", variants: [{{price: "25", optionValues: '
        f'[{{optionName: "Colour", '
        f'name: "Green"}}], inventoryItem: {{sku: "GRN", tracked: true}}, inventoryQuantities: '
        f'[{{availableQuantity: 7, locationId: "{SHOP}"}}]}}]) '
        "{ product { options { values } } productVariants { title sku position inventoryQuantity } "
        "userErrors { field code } }",
    )
    assert payload["product"] == {"options": [{"values": ["Blue", "Red", "Green"]}]}
    assert payload["productVariants"] == [{"title": "Green", "sku": "GRN", "position": 3, "inventoryQuantity": 7}]
    again = mutate(
        ask,
        f'productVariantsBulkCreate(productId: "{MUG}", variants: [{{optionValues: [{{optionName: '
        f'"Colour", name: "Green"}}]}}, {{}}]) '
        "{ userErrors { field code } }",
    )
    assert codes(again) == [
        (["variants", "0"], "VARIANT_ALREADY_EXISTS"),
        (["variants", "1"], "NEED_TO_ADD_OPTION_VALUES"),
    ]


def test_new_variants_refuse_in_their_own_codes(ask: Ask) -> None:
    payload = mutate(
        ask,
        f'productVariantsBulkCreate(productId: "{MUG}", variants: [{{optionValues: [{{optionName: "X", name: "Y"}}]}}],'
        ' media: [{originalSource: "nowhere", mediaContentType: IMAGE}]) { userErrors { field code } }',
    )
    assert codes(payload) == [(["variants", "0", "optionValues", "0"], "INVALID_INPUT")]


def test_variants_are_deleted_but_the_last_one(ask: Ask) -> None:
    text = (
        'productVariantsBulkDelete(productId: "{}", variantsIds: [{}]) {{ product {{ id }} userErrors {{ '
        "field code }} }}"
    )
    assert mutate(ask, text.format(MUG, f'"{BLUE}"'))["userErrors"] == []
    assert variants(ask, MUG) == ["Red"]
    last = mutate(ask, text.format(MUG, f'"{RED}"'))
    assert codes(last) == [(["variantsIds"], "CANNOT_DELETE_LAST_VARIANT")]
    foreign = mutate(ask, text.format(MUG, f'"{PLAIN}"'))
    assert codes(foreign) == [(["variantsIds", "0"], "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT")]


def test_variants_are_put_in_order(ask: Ask) -> None:
    mutate(
        ask,
        f'productVariantsBulkReorder(productId: "{MUG}", positions: [{{id: "{RED}", position: 1}}]) '
        f"{{ userErrors {{ code }} }}",
    )
    assert variants(ask, MUG) == ["Red", "Blue"]


def test_options_are_added_changed_and_deleted_with_their_variants(ask: Ask) -> None:
    mutate(
        ask,
        f'productOptionsCreate(productId: "{MUG}", variantStrategy: CREATE, options: [{{name: "Size", '
        f'values: [{{name: "S"}}, {{name: "L"}}]}}]) '
        "{ userErrors { code } }",
    )
    assert variants(ask, MUG) == ["Blue / S", "Red / S", "Blue / L", "Red / L"]
    options = ask(f'{{ product(id: "{MUG}") {{ options {{ id name optionValues {{ id name }} }} }} }}')["data"][
        "product"
    ]["options"]
    colour, size = options
    renamed = mutate(
        ask,
        f'productOptionUpdate(productId: "{MUG}", option: {{id: "{colour["id"]}", name: "Glaze"}}, '
        f"variantStrategy: MANAGE, "
        f'optionValuesToUpdate: [{{id: "{colour["optionValues"][0]["id"]}", name: "Sky"}}], '
        f'optionValuesToDelete: ["{colour["optionValues"][1]["id"]}"]) {{ product {{ options {{ name '
        f"values }} }} userErrors {{ code }} }}",
    )
    assert renamed["product"]["options"] == [
        {"name": "Glaze", "values": ["Sky"]},
        {"name": "Size", "values": ["S", "L"]},
    ]
    assert variants(ask, MUG) == ["Sky / S", "Sky / L"]
    kept = mutate(
        ask,
        f'productOptionsDelete(productId: "{MUG}", options: ["{size["id"]}"]) {{ deletedOptionsIds '
        f"userErrors {{ field code }} }}",
    )
    assert codes(kept) == [(["options", "0"], "CANNOT_DELETE_OPTION_WITH_MULTIPLE_VALUES")]
    mutate(
        ask,
        f'productOptionsDelete(productId: "{MUG}", options: ["{size["id"]}"], strategy: POSITION) '
        f"{{ userErrors {{ code }} }}",
    )
    assert variants(ask, MUG) == ["Sky"]


def test_the_standalone_variant_takes_the_first_values_of_new_options(ask: Ask) -> None:
    mutate(
        ask,
        f'productOptionsCreate(productId: "{BOWL}", options: [{{name: "Size", values: [{{name: "S"}}, '
        f'{{name: "L"}}]}}]) {{ userErrors {{ code }} }}',
    )
    assert variants(ask, BOWL) == ["S"]


def test_product_set_makes_the_product_what_it_shall_be(ask: Ask) -> None:
    text = """productSet(identifier: {{handle: "{}"}}, input: {{title: "{}", tags: ["set"], collections: [],
        productOptions: [{{name: "Colour", values: [{{name: "Blue"}}, {{name: "Black"}}]}}],
        variants: [{{optionValues: [{{optionName: "Colour", name: "Black"}}], price: "9", sku: "BLK"}},
                   {{optionValues: [{{optionName: "Colour", name: "Blue"}}], price: "8"}}]}})
        {{ product {{ id title handle tags collections(first: 2) {{ nodes {{ title }} }}
           variants(first: 5) {{ nodes {{ id title price sku }} }} }} userErrors {{ field message code }} }}"""
    changed = mutate(ask, text.format("mug", "Cup"))
    assert changed["userErrors"] == []
    product = changed["product"]
    assert (product["id"], product["title"], product["tags"]) == (MUG, "Cup", ["set"])
    assert product["collections"]["nodes"] == []
    black, blue = product["variants"]["nodes"]
    assert (black["title"], black["price"], black["sku"]) == ("Black", "9.00", "BLK")
    assert (blue["id"], blue["price"]) == (BLUE, "8.00")
    made = mutate(ask, text.format("plate", "Plate"))
    assert (made["product"]["handle"], len(made["product"]["variants"]["nodes"])) == ("plate", 2)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ('title: ""', ["input", "title"], "INVALID_PRODUCT"),
        ('handle: "bowl"', ["input", "handle"], "INVALID_PRODUCT"),
        ("productOptions: [{values: []}], variants: []", ["input", "productOptions", "0", "name"], "INVALID_PRODUCT"),
    ],
)
def test_product_set_refuses_in_its_own_codes(ask: Ask, given: str, field: list[str], code: str) -> None:
    text = f'productSet(identifier: {{id: "{MUG}"}}, input: {{{given}}}) {{ userErrors {{ field code }} }}'
    assert (field, code) in codes(mutate(ask, text))


def test_product_set_wants_options_and_variants_together(ask: Ask) -> None:
    payload = mutate(
        ask,
        f'productSet(identifier: {{id: "{MUG}"}}, input: {{productOptions: [{{name: "A", values: '
        f'[{{name: "x"}}]}}]}}) {{ userErrors {{ field code }} }}',
    )
    assert codes(payload) == [(["input", "variants"], "VARIANTS_INPUT_MISSING")]


def test_media_are_added_ordered_and_deleted(ask: Ask) -> None:
    made = mutate(
        ask,
        f'productCreateMedia(productId: "{MUG}", media: [{{originalSource: '
        f'"https://images.test/b.png", mediaContentType: IMAGE}}]) '
        "{ media { id } mediaUserErrors { code } }",
    )
    (new,) = [node["id"] for node in made["media"]]
    mutate(
        ask,
        f'productReorderMedia(id: "{MUG}", moves: [{{id: "{new}", newPosition: "0"}}]) {{ '
        f"mediaUserErrors {{ code }} }}",
    )
    assert (
        ask(f'{{ product(id: "{MUG}") {{ featuredMedia {{ id }} }} }}')["data"]["product"]["featuredMedia"]["id"] == new
    )
    mutate(
        ask,
        f'productVariantAppendMedia(productId: "{MUG}", variantMedia: [{{variantId: "{RED}", '
        f'mediaIds: ["{new}"]}}]) {{ userErrors {{ code }} }}',
    )
    shown = ask(f'{{ productVariant(id: "{RED}") {{ image {{ url }} }} }}')["data"]["productVariant"]["image"]["url"]
    assert "/b.png?" in shown
    mutate(
        ask,
        f'productDeleteMedia(productId: "{MUG}", mediaIds: ["{new}"]) {{ deletedMediaIds mediaUserErrors {{ code }} }}',
    )
    assert ask(f'{{ productVariant(id: "{RED}") {{ image {{ url }} }} }}')["data"]["productVariant"] == {"image": None}


def test_files_are_made_found_changed_and_deleted(ask: Ask) -> None:
    made = mutate(
        ask,
        'fileCreate(files: [{originalSource: "https://files.test/a/terms.pdf", alt: "Terms"}, '
        '{originalSource: "https://files.test/x.jpg"}]) '
        "{ files { __typename id alt fileStatus fileErrors { code } ... on GenericFile { url } } userErrors { code } }",
    )
    pdf, image = made["files"]
    assert (pdf["__typename"], pdf["fileStatus"], pdf["url"]) == ("GenericFile", "PROCESSING", None)
    assert image["__typename"] == "MediaImage"
    found = ask('{ files(first: 5, query: "filename:terms.pdf") { nodes { fileStatus ... on GenericFile { url } } } }')
    (node,) = found["data"]["files"]["nodes"]
    assert node["fileStatus"] == "READY"
    assert node["url"].startswith("https://kiln.test/cdn/shop/files/terms.pdf?v=")
    changed = mutate(
        ask,
        f'fileUpdate(files: [{{id: "{image["id"]}", alt: "X", referencesToAdd: ["{BOWL}"]}}]) {{ '
        f"files {{ alt }} userErrors {{ code }} }}",
    )
    assert changed["files"] == [{"alt": "X"}]
    assert ask(f'{{ product(id: "{BOWL}") {{ mediaCount {{ count }} }} }}')["data"]["product"] == {
        "mediaCount": {"count": 1}
    }
    mutate(ask, f'fileDelete(fileIds: ["{image["id"]}"]) {{ deletedFileIds userErrors {{ code }} }}')
    assert ask(f'{{ product(id: "{BOWL}") {{ mediaCount {{ count }} }} }}')["data"]["product"] == {
        "mediaCount": {"count": 0}
    }


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ('originalSource: "not an address"', "INVALID"),
        ('originalSource: "ftp://files.test/a.jpg", contentType: IMAGE', "INVALID_IMAGE_SOURCE_URL"),
        ('originalSource: "https://files.test/a.jpg", filename: "b.png"', "MISMATCHED_FILENAME_AND_ORIGINAL_SOURCE"),
        (
            'originalSource: "https://files.test/a.jpg", duplicateResolutionMode: REPLACE',
            "MISSING_FILENAME_FOR_DUPLICATE_MODE_REPLACE",
        ),
        (f'originalSource: "https://files.test/a.jpg", alt: "{"x" * 513}"', "ALT_VALUE_LIMIT_EXCEEDED"),
        (
            'originalSource: "https://files.test/mug.jpg", filename: "mug.jpg", duplicateResolutionMode: RAISE_ERROR',
            "FILENAME_ALREADY_EXISTS",
        ),
    ],
)
def test_a_file_that_cannot_be_is_refused(ask: Ask, file: str, code: str) -> None:
    payload = mutate(ask, f"fileCreate(files: [{{{file}}}]) {{ files {{ id }} userErrors {{ field code }} }}")
    assert [error["code"] for error in payload["userErrors"]] == [code]
