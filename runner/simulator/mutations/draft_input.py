"""What a ``DraftOrderInput`` means and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.addresses import addresses_of
from runner.simulator.families.amounts import decimal, given_amount, text
from runner.simulator.graph import Node
from runner.simulator.mutations import orders
from runner.simulator.mutations.payment_terms import terms_problem

Errors = list[dict[str, Any]]
_SIMPLE = (
    "acceptAutomaticDiscounts",
    "allowDiscountCodesInCheckout",
    "discountCodes",
    "reserveInventoryUntil",
    "taxExempt",
    "visibleToCustomer",
)


def fresh_fields(context: Context) -> dict[str, Any]:
    """What a new draft starts with."""
    now = context.graph.now()
    last = context.graph.of_type("DraftOrder")[-1:]
    number = max((draft["number"] for draft in last), default=0) + 1
    token = sha256(f"{context.shop['myshopifyDomain']} draft {number}".encode()).hexdigest()[:32]
    return {
        "number": number,
        "name": f"#D{number}",
        "status": "OPEN",
        "tags": [],
        "customAttributes": [],
        "customer": None,
        "billingAddress": None,
        "shippingAddress": None,
        "invoiceSentAt": None,
        "_token": token,
        "createdAt": now,
        "updatedAt": now,
    }


def input_errors(context: Context, given: Mapping[str, Any]) -> Errors:
    """What is wrong with the input; a list of lines that is given but empty is wrong too."""
    errors = orders.field_errors(given)
    if given.get("lineItems") == []:
        errors.append(user_error(None, "Add at least 1 product"))
    for index, row in enumerate(given.get("lineItems") or []):
        errors += _line_errors(context, row, ("lineItems", str(index)))
    buyer = buyer_id(given)
    if buyer is not None and not _is(context, buyer, "Customer"):
        errors.append(user_error(("customerId",), "Customer does not exist"))
    problem = terms_problem(given["paymentTerms"]) if given.get("paymentTerms") else None
    if problem is not None:
        errors.append(user_error(("paymentTerms",), problem))
    return errors + _discount_errors(given.get("appliedDiscount"), ("appliedDiscount",))


def _line_errors(context: Context, row: Mapping[str, Any], path: tuple[str, ...]) -> Errors:
    if row.get("variantId"):
        if not _is(context, row["variantId"], "ProductVariant"):
            number = str(row["variantId"]).rsplit("/", 1)[-1]
            return [user_error((*path, "variantId"), f"Product with ID {number} is no longer available.")]
    elif not (row.get("title") or "").strip():
        return [user_error((*path, "title"), "Title can't be blank")]
    if row["quantity"] < 1:
        return [user_error((*path, "quantity"), "Quantity must be greater than or equal to 1")]
    return _discount_errors(row.get("appliedDiscount"), (*path, "appliedDiscount"))


def _discount_errors(row: Mapping[str, Any] | None, path: tuple[str, ...]) -> Errors:
    if not row:
        return []
    if row["value"] < 0:
        return [user_error((*path, "value"), "Value must be greater than or equal to 0")]
    if row["valueType"] == "PERCENTAGE" and row["value"] > 100:
        return [user_error((*path, "value"), "Value must be less than or equal to 100")]
    return []


def buyer_id(given: Mapping[str, Any]) -> str | None:
    """The customer that the input names, alone or as the buyer of a company."""
    entity = given.get("purchasingEntity") or {}
    found: str | None = entity.get("customerId") or given.get("customerId")
    return found


def _is(context: Context, node_id: str, kind: str) -> bool:
    node = context.graph.get(node_id)
    return node is not None and node.type == kind


def stored_fields(context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """The input's fields, lines left aside, as drafts keep them."""
    fields = orders.stored_fields(given)
    if "note" in fields:
        fields["note2"] = fields.pop("note")
    fields |= {name: given[name] for name in _SIMPLE if name in given}
    if "customerId" in given or given.get("purchasingEntity"):
        fields["customer"] = buyer_id(given)
        fields |= _of_customer(context, given, fields)
    if "appliedDiscount" in given:
        fields["_discount"] = discount_row(given["appliedDiscount"])
    if "shippingLine" in given:
        fields["_shipping"] = _shipping(given["shippingLine"])
    return fields


def _of_customer(context: Context, given: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft takes from its customer: the email, and the default address when asked."""
    customer = context.graph.get(buyer_id(given))
    if customer is None:
        return {}
    found = {} if fields.get("email") else {"email": customer["email"]}
    default = next(
        (each for each in addresses_of(context.graph, customer.id) if each.id == customer["defaultAddress"]), None
    )
    if given.get("useCustomerDefaultAddress") and default is not None:
        held = {name: value for name, value in default.fields.items() if not name.startswith("_")}
        found |= {name: held for name in ("billingAddress", "shippingAddress") if not fields.get(name)}
    return found


def discount_row(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A discount as drafts and orders keep it."""
    if not row:
        return None
    return {
        "type": "MANUAL",
        "title": row.get("title"),
        "description": row.get("description"),
        "value": str(row["value"]),
        "value_type": row["valueType"],
    }


def _shipping(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not row:
        return None
    price = given_amount(row.get("priceWithCurrency"))
    return {
        "title": row.get("title") or "Shipping",
        "price": text(price if price is not None else decimal(row.get("price"))),
        "handle": row.get("shippingRateHandle"),
        "code": "custom" if not row.get("shippingRateHandle") else row.get("title"),
        "source": "shopify",
    }


def add_lines(context: Context, draft: Node, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add lines that were found good to a draft."""
    for row in rows:
        context.graph.create("DraftOrderLineItem", {"_draft": draft.id, **_line(context, row)})


def _line(context: Context, row: Mapping[str, Any]) -> dict[str, Any]:
    graph = context.graph
    variant = graph.get(row.get("variantId"))
    product = graph.get(variant["product"]) if variant is not None else None
    item = graph.get(variant["inventoryItem"]) if variant is not None else None
    custom = given_amount(row.get("originalUnitPriceWithCurrency"))
    custom = decimal(row.get("originalUnitPrice")) if custom is None else custom
    override = given_amount(row.get("priceOverride"))
    price = custom if variant is None else override if override is not None else decimal(variant["price"])
    option = variant["title"] if variant is not None and variant["title"] != "Default Title" else None
    fields = {
        "variant": variant.id if variant is not None else None,
        "product": product.id if product is not None else None,
        "title": product["title"] if product is not None else row.get("title"),
        "variantTitle": option,
        "sku": variant["sku"] if variant is not None else row.get("sku"),
        "vendor": product["vendor"] if product is not None else None,
        "quantity": row["quantity"],
        "_price": text(price),
        "_discount": discount_row(row.get("appliedDiscount")),
        "customAttributes": [
            {"key": each["key"], "value": each.get("value") or ""} for each in row.get("customAttributes") or []
        ],
        "taxable": variant["taxable"] is not False if variant is not None else row.get("taxable") is not False,
        "requiresShipping": item["requiresShipping"] is not False
        if item is not None
        else row.get("requiresShipping") is not False,
        "isGiftCard": bool(product["isGiftCard"]) if product is not None else False,
    }
    number = len(graph.of_type("DraftOrderLineItem")) + 1
    return {**fields, "uuid": row.get("uuid") or f"00000000-0000-4000-8000-{number:012d}"}
