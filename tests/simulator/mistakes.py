"""The usual mistakes with the 50 mutations that the library uses (actions.md 10.1), told as Shopify tells them.

Paths, codes and texts are those of Shopify's reference, https://shopify.dev/docs/api/admin-graphql/latest: the page
mutations/<name>, and that of the enumeration of its error's codes, enums/<type>. A row without a text (None) is one
whose text no page shows.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

NOWHERE = {name: f"gid://shopify/{name}/1" for name in ("Order", "Product", "Customer", "Collection", "DraftOrder")}
SEED: dict[str, Any] = {
    "clock": "2026-03-02T15:00:00Z",
    "locations": ["Workshop", "Gallery"],
    "publications": [{"name": "Online Store", "id": 1}],
    "products": [
        {"title": "Mug", "id": 11, "sku": "MUG", "price": "20.00", "levels": {"Workshop": 10}},
        {"title": "Bowl", "id": 12, "sku": "BOWL", "price": "35.00", "levels": {"Workshop": 3, "Gallery": 2}},
    ],
    "collections": [
        {"title": "Cups", "id": 21, "sort": "manual", "products": ["mug"]},
        {"title": "Cheap", "id": 22, "rules": ["variant_price less_than 30"], "sort": "price_asc"},
    ],
    "customers": [
        {"name": "Pat Moss", "id": 7001, "email": "pat@shop.test"},
        {"name": "Kit Reed", "id": 7002, "email": "kit@shop.test"},
    ],
    "discounts": [{"code": "SPRING", "id": 1, "percentage": 10}],
}


class Mistake(NamedTuple):
    """A call, and the one error it leads to; ``IDS`` in the call are replaced by what the shop has."""

    call: str
    field: list[str] | None
    message: str | None
    code: str | None = None
    errors: str = "userErrors"


def discount(**changes: Any) -> str:
    """A ``discountCodeBasicCreate`` that is right but for ``changes``."""
    given = {
        "title": "Ten",
        "code": "TEN",
        "startsAt": "2026-03-01T00:00:00Z",
        "context": {"all": "ALL"},
        "customerGets": {"items": {"all": True}, "value": {"percentage": 0.1}},
        **changes,
    }
    text = json.dumps(given).replace('"ALL"', "ALL")
    for name in ("title", "code", "startsAt", "endsAt", "context", "all", "customerGets", "items", "value"):
        text = text.replace(f'"{name}":', f"{name}:")
    return f"discountCodeBasicCreate(basicCodeDiscount: {text.replace(chr(34) + 'percentage' + chr(34), 'percentage')})"


def adjust(**changes: str) -> str:
    """An ``inventoryAdjustQuantities`` of one change that is right but for ``changes``."""
    given = {"reason": '"correction"', "name": '"available"', **{k: v for k, v in changes.items() if k in INPUT}}
    change = {
        "delta": "1",
        "changeFromQuantity": "null",
        "inventoryItemId": '"ITEM"',
        "locationId": '"WORKSHOP"',
        **{k: v for k, v in changes.items() if k not in INPUT},
    }
    inner = ", ".join(f"{key}: {value}" for key, value in change.items())
    outer = ", ".join(f"{key}: {value}" for key, value in given.items())
    return f'inventoryAdjustQuantities(input: {{{outer}, changes: [{{{inner}}}]}}) @idempotent(key: "KEY")'


INPUT = ("reason", "name", "referenceDocumentUri")
TAGS = 'tags: ["x"]'
LONG = "x" * 256

MISTAKES = [
    Mistake(f'tagsAdd(id: "{NOWHERE["Product"]}", {TAGS})', ["id"], "Product does not exist"),
    Mistake(f'tagsAdd(id: "{NOWHERE["Order"]}", {TAGS})', ["id"], "Order does not exist"),
    Mistake(f'tagsRemove(id: "{NOWHERE["Customer"]}", {TAGS})', ["id"], "Customer does not exist"),
    Mistake('bulkOperationRunQuery(query: "{ shop { name } }")', ["query"], None, "INVALID"),
    Mistake('bulkOperationRunQuery(query: "{ products {")', ["query"], None, "INVALID"),
    Mistake(
        f'metafieldsSet(metafields: [{{ownerId: "{NOWHERE["Product"]}", namespace: "own", key: "key", '
        'type: "boolean", value: "true"}])',
        ["metafields", "0", "ownerId"],
        "Owner does not exist.",
        "INVALID",
    ),
    Mistake(
        'metafieldsSet(metafields: [{ownerId: "MUG", namespace: "own", key: "count", type: "number_integer", '
        'value: "many"}])',
        ["metafields", "0", "value"],
        "Value must be an integer.",
        "INVALID_VALUE",
    ),
    Mistake(
        'metafieldsSet(metafields: [{ownerId: "MUG", namespace: "own", key: "x", type: "single_line_text_field", '
        'value: "v"}])',
        ["metafields", "0", "key"],
        None,
        "TOO_SHORT",
    ),
    Mistake(
        'metafieldsSet(metafields: [{ownerId: "MUG", namespace: "own", key: "count", type: "numbers", value: "1"}])',
        ["metafields", "0", "type"],
        None,
        "INCLUSION",
    ),
    Mistake(
        adjust(inventoryItemId='"gid://shopify/InventoryItem/1"'),
        ["input", "changes", "0", "inventoryItemId"],
        "The specified inventory item could not be found.",
        "INVALID_INVENTORY_ITEM",
    ),
    Mistake(
        adjust(locationId='"gid://shopify/Location/1"'),
        ["input", "changes", "0", "locationId"],
        "The specified location could not be found.",
        "INVALID_LOCATION",
    ),
    Mistake(
        adjust(name='"wished"', ledgerDocumentUri='"https://ledger.test/1"'),
        ["input", "name"],
        None,
        "INVALID_QUANTITY_NAME",
    ),
    Mistake(adjust(reason='"because"'), ["input", "reason"], None, "INVALID_REASON"),
    Mistake(
        adjust(changeFromQuantity="99"),
        ["input", "changes", "0", "changeFromQuantity"],
        None,
        "CHANGE_FROM_QUANTITY_STALE",
    ),
    Mistake(
        adjust(locationId='"GALLERY"'), ["input", "changes", "0", "locationId"], None, "ITEM_NOT_STOCKED_AT_LOCATION"
    ),
    Mistake(adjust(delta="2000000001"), ["input", "changes", "0", "delta"], None, "INVALID_QUANTITY_TOO_HIGH"),
    Mistake(adjust(delta="-2000000001"), ["input", "changes", "0", "delta"], None, "INVALID_QUANTITY_TOO_LOW"),
    Mistake(f'orderUpdate(input: {{id: "{NOWHERE["Order"]}", note: "n"}})', ["id"], "Order does not exist"),
    Mistake(
        f'orderCapture(input: {{id: "{NOWHERE["Order"]}", parentTransactionId: "gid://shopify/OrderTransaction/1",'
        ' amount: "1.00"})',
        ["id"],
        "Order does not exist",
    ),
    Mistake(
        'orderCapture(input: {id: "PAID", parentTransactionId: "gid://shopify/OrderTransaction/1", amount: "1.00"})',
        ["parentTransactionId"],
        None,
    ),
    Mistake(
        f'orderCancel(orderId: "{NOWHERE["Order"]}", reason: OTHER, restock: true)',
        ["orderId"],
        "Order does not exist",
        "NOT_FOUND",
        "orderCancelUserErrors",
    ),
    Mistake(
        'orderCancel(orderId: "SENT", reason: OTHER, restock: true)',
        ["orderId"],
        None,
        "INVALID",
        "orderCancelUserErrors",
    ),
    Mistake(f'orderMarkAsPaid(input: {{id: "{NOWHERE["Order"]}"}})', ["id"], "Order does not exist"),
    Mistake('orderMarkAsPaid(input: {id: "PAID"})', ["id"], "Order cannot be marked as paid."),
    Mistake(f'orderClose(input: {{id: "{NOWHERE["Order"]}"}})', ["id"], "Order does not exist"),
    Mistake(f'orderEditBegin(id: "{NOWHERE["Order"]}")', ["id"], None),
    Mistake(
        'orderEditAddVariant(id: "gid://shopify/CalculatedOrder/1", variantId: "VARIANT", quantity: 1)', ["id"], None
    ),
    Mistake('orderEditAddVariant(id: "EDIT", variantId: "VARIANT", quantity: 0)', ["quantity"], None),
    Mistake('orderEditCommit(id: "gid://shopify/CalculatedOrder/1")', ["id"], None),
    Mistake('orderEditCommit(id: "EDIT")', ["id"], "There are no changes to commit."),
    Mistake(
        'orderEditAddLineItemDiscount(id: "EDIT", lineItemId: "gid://shopify/CalculatedLineItem/1", '
        "discount: {percentValue: 10})",
        ["lineItemId"],
        None,
    ),
    Mistake(
        f'publishablePublish(id: "{NOWHERE["Product"]}", input: [{{publicationId: "gid://shopify/Publication/1"}}])',
        ["id"],
        None,
    ),
    Mistake(
        'publishablePublish(id: "MUG", input: [{publicationId: "gid://shopify/Publication/99"}])',
        ["input", "0", "publicationId"],
        "Publication does not exist or is not publishable",
    ),
    Mistake(
        'publishableUnpublish(id: "MUG", input: [{publicationId: "gid://shopify/Publication/99"}])',
        ["input", "0", "publicationId"],
        "Publication does not exist or is not publishable",
    ),
    Mistake(f'customerUpdate(input: {{id: "{NOWHERE["Customer"]}", note: "n"}})', ["id"], "Customer does not exist"),
    Mistake('customerUpdate(input: {id: "PAT", email: "no address"})', ["email"], "Email is invalid"),
    Mistake('customerUpdate(input: {id: "PAT", email: "kit@shop.test"})', ["email"], "Email has already been taken"),
    Mistake('customerUpdate(input: {id: "PAT", phone: "12"})', ["phone"], "Phone is invalid"),
    Mistake(
        f'customerSendAccountInviteEmail(customerId: "{NOWHERE["Customer"]}")',
        ["customerId"],
        None,
        "INVALID",
    ),
    Mistake('collectionCreate(input: {title: ""})', ["title"], "Title can't be blank"),
    Mistake(
        f'collectionUpdate(input: {{id: "{NOWHERE["Collection"]}", title: "New"}})',
        ["id"],
        "Collection does not exist",
    ),
    Mistake('collectionUpdate(input: {id: "CUPS", title: ""})', ["title"], "Title can't be blank"),
    Mistake(
        f'collectionReorderProducts(id: "{NOWHERE["Collection"]}", moves: [{{id: "MUG", newPosition: "0"}}])',
        ["id"],
        None,
        "COLLECTION_NOT_FOUND",
    ),
    Mistake(
        'collectionReorderProducts(id: "CHEAP", moves: [{id: "MUG", newPosition: "0"}])',
        ["id"],
        "Can't reorder products unless collection is manually sorted",
        "MANUALLY_SORTED_COLLECTION",
    ),
    Mistake(
        f'collectionAddProducts(id: "{NOWHERE["Collection"]}", productIds: ["MUG"])',
        ["id"],
        "Collection does not exist",
    ),
    Mistake(
        'collectionAddProducts(id: "CHEAP", productIds: ["BOWL"])',
        ["id"],
        "Can't manually add products to a smart collection",
    ),
    Mistake(
        'collectionAddProductsV2(id: "CHEAP", productIds: ["BOWL"])',
        ["id"],
        "Can't manually add products to a smart collection",
        "CANT_ADD_TO_SMART_COLLECTION",
    ),
    Mistake(
        f'collectionAddProductsV2(id: "{NOWHERE["Collection"]}", productIds: ["MUG"])',
        ["id"],
        None,
        "COLLECTION_DOES_NOT_EXIST",
    ),
    Mistake(
        f'collectionRemoveProducts(id: "{NOWHERE["Collection"]}", productIds: ["MUG"])',
        ["id"],
        "Collection does not exist",
    ),
    Mistake(f'productUpdate(product: {{id: "{NOWHERE["Product"]}", title: "New"}})', ["id"], "Product does not exist"),
    Mistake('productUpdate(product: {id: "MUG", title: ""})', ["title"], "Title can't be blank"),
    Mistake(
        f'productUpdate(product: {{id: "MUG", title: "{LONG}"}})',
        ["title"],
        "Title is too long (maximum is 255 characters)",
    ),
    Mistake(f'productDelete(input: {{id: "{NOWHERE["Product"]}"}})', ["id"], "Product does not exist"),
    Mistake(
        f'productVariantsBulkUpdate(productId: "{NOWHERE["Product"]}", variants: [{{id: "VARIANT"}}])',
        ["productId"],
        "Product does not exist",
        "PRODUCT_DOES_NOT_EXIST",
    ),
    Mistake(
        'productVariantsBulkUpdate(productId: "MUG", variants: [{id: "gid://shopify/ProductVariant/1"}])',
        ["variants", "0", "id"],
        "Product variant does not exist",
        "PRODUCT_VARIANT_DOES_NOT_EXIST",
    ),
    Mistake(
        'productVariantsBulkUpdate(productId: "MUG", variants: [{price: "1.00"}])',
        ["variants", "0", "id"],
        "Product variant is missing ID attribute",
        "PRODUCT_VARIANT_ID_MISSING",
    ),
    Mistake(
        'productVariantsBulkUpdate(productId: "MUG", variants: [{id: "VARIANT", price: "-1.00"}])',
        ["variants", "0", "price"],
        None,
        "GREATER_THAN_OR_EQUAL_TO",
    ),
    Mistake(
        'productVariantsBulkDelete(productId: "MUG", variantsIds: ["VARIANT"])',
        ["variantsIds"],
        "Cannot delete the last variant of a product",
        "CANNOT_DELETE_LAST_VARIANT",
    ),
    Mistake(
        'productVariantsBulkDelete(productId: "MUG", variantsIds: ["gid://shopify/ProductVariant/1"])',
        ["variantsIds", "0"],
        None,
        "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT",
    ),
    Mistake(
        discount(code="spring"),
        ["basicCodeDiscount", "code"],
        "Code must be unique. Please try a different code.",
        "TAKEN",
    ),
    Mistake(discount(title=""), ["basicCodeDiscount", "title"], "Title can't be blank", "BLANK"),
    Mistake(
        discount(endsAt="2026-02-01T00:00:00Z"),
        ["basicCodeDiscount", "endsAt"],
        None,
        "END_DATE_BEFORE_START_DATE",
    ),
    Mistake(
        discount(customerGets={"items": {"all": True}, "value": {"percentage": 1.5}}),
        ["basicCodeDiscount", "customerGets", "value", "percentage"],
        None,
        "VALUE_OUTSIDE_RANGE",
    ),
    Mistake('discountAutomaticBulkDelete(ids: [], search: "x")', None, None, "TOO_MANY_ARGUMENTS"),
    Mistake("discountAutomaticBulkDelete", None, None, "MISSING_ARGUMENT"),
    Mistake("discountCodeBulkDelete", None, None, "MISSING_ARGUMENT"),
    Mistake(
        'deliveryProfileUpdate(id: "gid://shopify/DeliveryProfile/99", profile: {})',
        ["id"],
        "Profile could not be found",
    ),
    Mistake(f'draftOrderComplete(id: "{NOWHERE["DraftOrder"]}")', ["id"], "Draft order does not exist"),
    Mistake('draftOrderComplete(id: "DONE")', None, "This order has been paid"),
    Mistake("draftOrderCreate(input: {lineItems: []})", None, "Add at least 1 product"),
    Mistake(
        'draftOrderCreate(input: {lineItems: [{variantId: "VARIANT", quantity: 0}]})',
        ["lineItems", "0", "quantity"],
        "Quantity must be greater than or equal to 1",
    ),
    Mistake(f'draftOrderDelete(input: {{id: "{NOWHERE["DraftOrder"]}"}})', ["id"], "Draft order does not exist"),
    Mistake(f'draftOrderInvoiceSend(id: "{NOWHERE["DraftOrder"]}")', ["id"], "Draft order does not exist"),
    Mistake(
        f'draftOrderUpdate(id: "{NOWHERE["DraftOrder"]}", input: {{note: "n"}})', ["id"], "Draft order does not exist"
    ),
    Mistake(
        'fileCreate(files: [{originalSource: "not a url", contentType: IMAGE}])',
        ["files", "0", "originalSource"],
        None,
        "INVALID_IMAGE_SOURCE_URL",
    ),
    Mistake('fulfillmentCancel(id: "gid://shopify/Fulfillment/1")', ["id"], None),
    Mistake(
        "fulfillmentCreate(fulfillment: {lineItemsByFulfillmentOrder: [{fulfillmentOrderId: "
        '"gid://shopify/FulfillmentOrder/1"}]})',
        ["fulfillment", "lineItemsByFulfillmentOrder", "0", "fulfillmentOrderId"],
        "Fulfillment order does not exist.",
    ),
    Mistake(
        'fulfillmentEventCreate(fulfillmentEvent: {fulfillmentId: "gid://shopify/Fulfillment/1", status: DELIVERED})',
        ["fulfillmentEvent", "fulfillmentId"],
        None,
    ),
    Mistake(
        "fulfillmentOrderLineItemsPreparedForPickup(input: {lineItemsByFulfillmentOrder: [{fulfillmentOrderId: "
        '"gid://shopify/FulfillmentOrder/1"}]})',
        ["input", "lineItemsByFulfillmentOrder", "0", "fulfillmentOrderId"],
        None,
        "FULFILLMENT_ORDER_INVALID",
    ),
    Mistake('fulfillmentOrderMove(id: "gid://shopify/FulfillmentOrder/1", newLocationId: "GALLERY")', ["id"], None),
    Mistake(
        'fulfillmentTrackingInfoUpdate(fulfillmentId: "gid://shopify/Fulfillment/1", trackingInfoInput: {number: "1"})',
        ["fulfillmentId"],
        "Fulfillment does not exist.",
    ),
    Mistake(
        'fulfillmentTrackingInfoUpdateV2(fulfillmentId: "gid://shopify/Fulfillment/1", trackingInfoInput: '
        '{number: "1"})',
        ["fulfillmentId"],
        "Fulfillment does not exist.",
    ),
    Mistake('inventoryItemUpdate(id: "gid://shopify/InventoryItem/1", input: {tracked: true})', ["id"], None),
    Mistake(
        'inventoryBulkToggleActivation(inventoryItemId: "ITEM", inventoryItemUpdates: [{locationId: '
        '"gid://shopify/Location/1", activate: true}])',
        ["inventoryItemUpdates", "0", "locationId"],
        None,
        "LOCATION_NOT_FOUND",
    ),
    Mistake(
        'inventoryBulkToggleActivation(inventoryItemId: "ITEM", inventoryItemUpdates: [{locationId: '
        '"WORKSHOP", activate: false}])',
        ["inventoryItemUpdates", "0", "locationId"],
        None,
        "CANNOT_DEACTIVATE_FROM_ONLY_LOCATION",
    ),
    Mistake('returnApproveRequest(input: {id: "gid://shopify/Return/1"})', ["input", "id"], None, "NOT_FOUND"),
    Mistake('segmentCreate(name: "", query: "number_of_orders > 1")', ["name"], "Name can't be blank"),
    Mistake('segmentCreate(name: "Regulars", query: "orders ? 1")', ["query"], None),
]
