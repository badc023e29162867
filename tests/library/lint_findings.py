"""What the rules find in the public library: each place, and for errors why it is none of ours (tooling.md 7).

Places are line:column of the script, else part of the task. The exports do not change, so neither may these.
"""

from __future__ import annotations

ERRORS: dict[str, dict[str, tuple[str, list[str]]]] = {
    "gql.pagination": {
        "current/delete-draft-orders-older-than-30-days": (
            "The loop tests hasNextPage, which is nil.",
            ["39:33"],
        ),
        "current/send-an-email-alert-if-a-new-collection-has-no-orders-after-x-days": (
            "The loop tests hasNextPage, which is nil: the newest 10 orders are all it sees.",
            ["59:28"],
        ),
        "current/tag-customers-on-the-anniversary-of-their-first-order": (
            "hasNextPage is nil, and the query has no after: besides.",
            ["67:46", "68:17"],
        ),
        "current/unpaid-order-reminders": (
            "The loop tests hasNextPage, which is nil: the first 100 orders.",
            ["171:30"],
        ),
        "vintage-2021/capture-all-authorized-payments": (
            "The loop tests hasNextPage, which is nil.",
            ["85:23"],
        ),
    },
    "gql.schema": {
        "current/auto-prefix-tracking-numbers-for-each-new-fulfillment": (
            "L3: the argument is called trackingInfoInput; Shopify refuses every call.",
            ["14:9"],
        ),
        "vintage-2021/auto-prefix-tracking-numbers-for-each-new-fulfillment": (
            "L3: the argument is called trackingInfoInput; Shopify refuses every call.",
            ["14:9"],
        ),
        "vintage-2021/auto-price-products-based-on-their-compare-at-prices": (
            "productVariantUpdate is gone: productVariantsBulkUpdate took its place.",
            ["168:15"],
        ),
        "vintage-2021/auto-remove-a-product-tag-x-days-after-its-added": (
            "metafieldDelete, and valueType and description of MetafieldInput, are gone.",
            ["78:17", "79:17", "132:11"],
        ),
        "vintage-2021/auto-tag-new-products-by-back-in-stock-age": (
            "metafieldDelete, and valueType of MetafieldInput, are gone.",
            ["180:17", "196:9"],
        ),
        "vintage-2021/backup-scheduled-inventory-exports-in-shopifys-csv-format": (
            "InventoryLevel.available became quantities(names:).",
            ["94:21"],
        ),
        "vintage-2021/email-customers-when-tagged": (
            "valueType of MetafieldInput became type.",
            ["128:15", "222:15"],
        ),
        "vintage-2021/maintain-inventory-for-a-product-bundle": (
            "inventoryAdjustQuantity became inventoryAdjustQuantities.",
            ["212:9", "361:9"],
        ),
        "vintage-2021/reissue-single-use-discount-codes-after-order-cancellation": (
            "codeCount became codesCount, saved searches became segments.",
            ["38:13", "121:22"],
        ),
    },
    "gql.unselected": {
        "current/auto-recurring-draft-orders": (
            "L1: the query of draft orders selects no requiresShipping of line items; only the preview data have it.",
            ["395:39", "396:56"],
        ),
        "current/auto-tag-orders-with-chargeback-or-inquiry-activity": (
            "L1: orders are asked for id, disputes and tags; the log's order link is without its id.",
            ["104:23"],
        ),
        "current/delete-draft-orders-older-than-30-days": (
            "L1: draftOrders are asked for edges only, so only the first 250 are deleted.",
            ["39:33"],
        ),
        "current/demonstration-write-to-a-customer-metafield": (
            "existing_metafield is metafield.value, a text: the mutation never gets an id.",
            ["69:41"],
        ),
        "current/keep-inventory-levels-in-sync-within-products": (
            "L1: vwariants is a slip for variants: product is nil, and the task never works live.",
            ["74:53"],
        ),
        "current/partially-auto-capture-payments-as-orders-are-fulfilled": (
            "L1: order is asked for money sets and transactions, so its guard never holds.",
            ["162:15"],
        ),
        "current/send-an-email-alert-if-a-new-collection-has-no-orders-after-x-days": (
            "L1: orders are asked for edges { node } only: neither pageInfo nor cursor.",
            ["59:28", "60:54"],
        ),
        "current/send-email-when-a-discount-is-created": (
            "L1: discount was replaced by the query's result, which has no admin_graphql_api_id.",
            ["354:123"],
        ),
        "current/tag-customers-on-the-anniversary-of-their-first-order": (
            "L1: customerSegmentMembers are asked for edges only, read twice.",
            ["67:46", "68:61"],
        ),
        "current/unpaid-order-reminders": (
            "L1: orders are asked for edges { node } only: neither pageInfo nor cursor.",
            ["171:30", "172:56"],
        ),
        "vintage-2021/capture-all-authorized-payments": (
            "result.data.pageInfo stands in result.data.orders, from where nothing is read.",
            ["85:23"],
        ),
    },
}
"""Rule -> task -> why it is true, and where. Nothing else may be called an error."""

OTHERS: dict[str, dict[str, list[str]]] = {
    "gql.deprecated": {
        "current/abandoned-checkout-emails": ["94:13"],
        "current/add-fulfillment-tracking-when-an-order-is-tagged": ["74:11"],
        "current/auto-add-products-to-a-custom-collection-when-tagged": ["66:7"],
        "current/auto-complete-new-draft-orders": ["10:7"],
        "current/email-customers-a-unique-discount-code-two-weeks-after-order-fulfillment": ["105:13", "257:13"],
        "current/export-all-products-to-sftp-as-a-shopify-friendly-csv": ["84:19", "117:19", "124:13"],
        "current/generate-a-product-discount-when-a-voucher-product-is-purchased": ["108:15"],
        "current/keep-skus-up-to-date-with-barcodes": ["104:13"],
        "current/maintain-collections-by-product-metafield-values": ["135:13", "159:13"],
        "current/reissue-single-use-discount-codes-after-order-cancellation": ["110:13", "265:13"],
        "current/send-email-notification-when-items-are-returned": ["42:19"],
        "current/send-email-when-a-discount-is-created": ["31:13", "45:13"],
        "current/tag-customers-on-the-anniversary-of-their-first-order": ["87:15"],
        "current/tag-products-with-no-images": ["11:13"],
        "vintage-2021/auto-capture-payments-when-an-order-is-created": ["11:7"],
        "vintage-2021/auto-remove-a-product-tag-x-days-after-its-added": ["71:11"],
        "vintage-2021/auto-tag-new-products-by-back-in-stock-age": ["124:11", "174:11"],
        "vintage-2021/auto-tag-orders-that-are-ready-to-ship": ["18:17"],
        "vintage-2021/auto-tag-orders-that-contain-a-matching-product": ["139:19"],
        "vintage-2021/auto-tag-products-based-on-their-publishing-status": ["11:11"],
        "vintage-2021/email-a-csv-export-of-orders": ["78:11"],
        "vintage-2021/maintain-inventory-for-a-product-bundle": ["93:11"],
        "vintage-2021/reissue-single-use-discount-codes-after-order-cancellation": ["111:13", "267:13"],
    },
    "gql.stub": {
        "current/auto-capture-payments-when-an-order-is-created": ["70:11", "82:15"],
        "current/auto-recurring-draft-orders": ["241:27"],
        "current/auto-tag-orders-with-chargeback-or-inquiry-activity": ["52:19"],
        "current/auto-tag-products-with-incoming-inventory": ["32:13"],
        "current/tag-products-by-their-price-ranges": ["67:15"],
        "vintage-2021/auto-capture-payments-when-an-order-is-created": ["58:11"],
    },
    "gql.usererrors": {
        "current/auto-invite-customers-when-tagged": ["76:7"],
        "current/demonstration-order-editing": ["22:8"],
        "current/send-account-invites-to-all-customers-in-bulk": ["61:9"],
        "vintage-2021/demonstration-order-editing": ["22:8"],
    },
    "js.script": {
        "current/create-a-draft-order-from-the-cart": ["online_store_javascript"],
        "current/schedule-a-storefront-banner": ["online_store_javascript"],
        "current/tag-orders-by-locksmith-secret-link": ["online_store_javascript"],
        "current/tag-orders-by-url-referrer": ["online_store_javascript"],
        "current/tutorial-trigger-a-task-from-a-contact-form-using-webhooks": ["online_store_javascript"],
        "vintage-2021/create-a-draft-order-from-the-cart": ["online_store_javascript"],
        "vintage-2021/schedule-a-storefront-banner": ["online_store_javascript"],
        "vintage-2021/tag-orders-by-url-referrer": ["online_store_javascript"],
    },
    "loop.update": {
        "vintage-2021/auto-tag-products-with-their-vendors": ["2:6"],
    },
    "opt.missing": {
        "current/auto-cancel-orders-with-too-many-of-a-certain-sku": ["1:55", "2:29", "3:28", "4:31", "5:33", "6:24"],
        "current/auto-tag-customers-that-accept-marketing": ["3:51"],
        "current/auto-tag-products-when-another-tag-is-added": ["2:32"],
        "current/backup-scheduled-inventory-exports-in-shopifys-csv-format": ["6:6", "7:6", "8:6", "9:6", "11:6"],
        "current/copy-product-metafields-to-each-products-tags": ["6:6", "7:6"],
        "current/generate-a-product-discount-when-a-voucher-product-is-purchased": ["3:35", "4:33"],
        "current/record-judge-me-customer-review-counts": ["1:33"],
        "vintage-2021/backup-scheduled-inventory-exports-in-shopifys-csv-format": ["6:6", "7:6", "8:6", "9:6", "11:6"],
    },
    "opt.name": {
        "current/record-judge-me-customer-review-counts": ["options.metafield_namespace_required"],
    },
    "opt.stale": {
        "current/auto-cancel-orders-with-too-many-of-a-certain-sku": [
            "options.attempt_to_refund_or_void_payment_in_full__boolean",
            "options.quantity_threshold_for_cancellation__number_required",
            "options.reason_for_cancellation__required",
            "options.send_cancellation_email_to_customer__boolean",
            "options.skus_to_watch_for__required_array",
        ],
        "current/auto-tag-customers-by-purchased-skus": ["options.enable_running_manually__boolean"],
        "current/auto-tag-customers-that-accept-marketing": ["options.tag_single_and_confirmed_opt_ins__boolean"],
        "current/auto-tag-products-when-another-tag-is-added": [
            "options.remove_tag_to_add_when_the_corresponding_tag_to_watch_for_is_removed__boolean"
        ],
        "current/backup-scheduled-inventory-exports-in-shopifys-csv-format": [
            "options.sftp_host__required",
            "options.sftp_password__required",
            "options.sftp_port__required_number",
            "options.sftp_user__required",
        ],
        "current/copy-product-metafields-to-each-products-tags": ["options.monitor_new_products__boolean"],
        "current/generate-a-product-discount-when-a-voucher-product-is-purchased": [
            "options.discount_value__number_required"
        ],
        "current/record-judge-me-customer-review-counts": ["options.metafield_namespace_required"],
        "vintage-2021/backup-scheduled-inventory-exports-in-shopifys-csv-format": [
            "options.sftp_host__required",
            "options.sftp_password__required",
            "options.sftp_port__required_number",
            "options.sftp_user__required",
        ],
    },
    "pre.dormant": {
        "current/auto-create-collections-by-product-type-or-vendor": ["preview_event_definitions[0]"],
    },
    "pre.none": {
        "current/add-option-names-as-variant-metafields-for-in-stock-variants": ["subscriptions 3:1"],
        "current/auto-tag-orders-by-originating-staff-member": ["subscriptions 1:1"],
        "current/auto-tag-orders-with-utm-parameters": ["subscriptions 1:1", "subscriptions 3:1"],
        "current/demonstration-add-new-orders-to-google-sheet": ["subscriptions 3:1"],
        "current/demonstration-order-editing": ["subscriptions 2:1"],
        "current/demonstration-upload-files-to-google-drive": ["subscriptions 2:1"],
        "current/manage-tagging-for-a-time-limited-membership-product": ["subscriptions 5:1"],
        "vintage-2021/demonstration-order-editing": ["subscriptions 2:1"],
    },
    "sub.branch": {
        "current/auto-tag-customers-with-who-have-accounts": ["57:73"],
        "current/copy-product-metafields-to-each-products-tags": ["45:70"],
        "current/maintain-discount-percentage-filters-in-variant-metafields": ["14:70"],
        "current/send-email-when-a-discount-is-created": ["4:67"],
        "current/tag-products-as-in-or-out-of-stock": ["136:73"],
    },
    "sub.stale": {
        "current/auto-remove-attributes-on-new-orders-after-x-minutes": ["subscriptions"],
        "current/auto-tag-orders-by-their-risk-level": ["subscriptions"],
        "current/auto-tag-orders-with-product-vendors": ["subscriptions"],
        "current/copy-order-tags-to-customers": ["subscriptions"],
    },
}
"""Warnings and advice of the rules that the catalogue counts hits of: rule -> task -> where."""
