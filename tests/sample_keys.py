"""What sample events must hold, as the specification lists it."""

from __future__ import annotations

NEEDED = """
orders/create products/update products/create inventory_levels/update customers/create orders/paid customers/update
orders/updated draft_orders/create refunds/create orders/fulfilled orders/cancelled fulfillment_events/create
draft_orders/update fulfillments/create fulfillments/update collections/create collections/update products/delete
checkouts/create checkouts/update customers/enable discounts/create inventory_levels/connect orders/edited
returns/request returns/close
"""
"""Topics whose data scripts of the library read without bringing their own (tasks.md 4.3, engine.md 11.1)."""

ORDER_KEYS = """
id admin_graphql_api_id app_id browser_ip buyer_accepts_marketing cancel_reason cancelled_at cart_token checkout_id
checkout_token client_details closed_at company confirmation_number confirmed contact_email created_at currency
current_subtotal_price current_subtotal_price_set current_total_discounts current_total_discounts_set
current_total_price current_total_price_set current_total_tax current_total_tax_set customer_locale device_id
discount_codes discount_applications duties_included email estimated_taxes financial_status fulfillment_status
landing_site landing_site_ref location_id merchant_of_record_app_id name note note_attributes number order_number
order_status_url original_total_duties_set payment_gateway_names payment_terms phone po_number presentment_currency
processed_at reference referring_site source_identifier source_name source_url subtotal_price tags tax_exempt tax_lines
taxes_included test token total_discounts total_line_items_price total_outstanding total_price total_tax
total_tip_received total_weight updated_at user_id billing_address shipping_address customer fulfillments line_items
refunds shipping_lines
"""
KEYS = {
    "order": ORDER_KEYS,
    "order.client_details": "accept_language browser_height browser_ip browser_width session_hash user_agent",
    "order.shipping_lines": (
        "id code title price discounted_price source carrier_identifier tax_lines discount_allocations"
    ),
    "line_item": """
        id admin_graphql_api_id attributed_staffs current_quantity fulfillable_quantity fulfillment_service
        fulfillment_status gift_card grams name price price_set product_exists product_id properties quantity
        requires_shipping sku taxable title total_discount total_discount_set variant_id variant_inventory_management
        variant_title vendor tax_lines duties discount_allocations""",
    "address": """
        first_name last_name name company address1 address2 city province province_code country country_code zip phone
        latitude longitude""",
    "customer": """
        id admin_graphql_api_id email first_name last_name phone state note verified_email multipass_identifier
        tax_exempt tax_exemptions currency created_at updated_at default_address addresses tags orders_count total_spent
        last_order_id last_order_name email_marketing_consent sms_marketing_consent""",
    "product": """
        id admin_graphql_api_id title body_html vendor product_type handle status tags template_suffix published_scope
        created_at updated_at published_at options images image media variant_gids has_variants_that_requires_components
        category variants""",
    "variant": """
        id admin_graphql_api_id product_id title price compare_at_price sku barcode position option1 option2 option3
        inventory_item_id inventory_policy inventory_quantity old_inventory_quantity taxable image_id created_at
        updated_at""",
    "inventory_level": "inventory_item_id location_id available updated_at admin_graphql_api_id",
    "draft_order": """
        id admin_graphql_api_id name status email note note_attributes tags currency presentment_currency customer
        billing_address shipping_address line_items applied_discount shipping_line tax_lines tax_exempt taxes_included
        payment_terms invoice_url invoice_sent_at order_id subtotal_price total_price total_tax created_at updated_at
        completed_at""",
    "fulfillment": """
        id admin_graphql_api_id order_id name status shipment_status service location_id email destination
        origin_address line_items tracking_company tracking_number tracking_numbers tracking_url tracking_urls receipt
        created_at updated_at""",
    "fulfillment_event": """
        id admin_graphql_api_id fulfillment_id order_id status message happened_at estimated_delivery_at address1 city
        province zip country latitude longitude shop_id created_at updated_at""",
    "refund": """
        id admin_graphql_api_id order_id created_at processed_at note user_id restock duties total_duties_set return
        order_adjustments transactions refund_line_items""",
    "refund_line_item": "id line_item_id location_id quantity restock_type subtotal total_tax line_item",
    "order_edit": (
        "id app_id created_at notify_customer order_id staff_note user_id line_items discounts shipping_lines"
    ),
    "checkout": """
        id token cart_token email phone created_at updated_at completed_at currency customer customer_locale
        abandoned_checkout_url line_items note note_attributes discount_codes shipping_address billing_address
        shipping_lines subtotal_price total_price total_tax source_name""",
    "checkout_line": ("key product_id variant_id title variant_title quantity price line_price sku vendor properties"),
    "collection": """
        id admin_graphql_api_id title handle body_html sort_order template_suffix published_at published_scope
        updated_at""",
    "discount": "admin_graphql_api_id title status created_at updated_at",
    "email": """
        attachments cc cc_full date from from_full from_name headers html_body message_id reply_to stripped_text_reply
        subject text_body to to_full""",
    "attachment": "name content content_type content_length content_id",
    "run": """
        id ok error result result_meta run_at enqueued_at started_at stopped_at elapsed_time_ms attempts""",
}
"""The keys of a whole payload by what it is (engine.md 11.4, 1.2, 6.3)."""

WHOLE = {
    "order": [f"orders/{verb}" for verb in ("create", "paid", "updated", "fulfilled", "partially_fulfilled")]
    + ["orders/cancelled"],
    "customer": [f"customers/{verb}" for verb in ("create", "update", "enable", "disable")],
    "product": ["products/create", "products/update"],
    "variant": ["variants/in_stock", "variants/out_of_stock"],
    "inventory_level": ["inventory_levels/update", "inventory_levels/connect"],
    "draft_order": ["draft_orders/create", "draft_orders/update"],
    "fulfillment": ["fulfillments/create", "fulfillments/update"],
    "fulfillment_event": ["fulfillment_events/create"],
    "refund": ["refunds/create"],
    "checkout": ["checkouts/create", "checkouts/update"],
    "collection": ["collections/create", "collections/update"],
    "discount": ["discounts/create", "discounts/update"],
}

READ = {
    "orders/create": """
        admin_graphql_api_id name id order_number number checkout_token source_name tags financial_status created_at
        processed_at email note note_attributes.0.name note_attributes.0.value total_price subtotal_price
        total_discounts total_line_items_price discount_codes.0.code line_items.0.quantity line_items.0.title
        line_items.0.sku line_items.0.vendor line_items.0.price line_items.0.product_id line_items.0.variant_id
        line_items.0.id line_items.0.admin_graphql_api_id line_items.0.name line_items.0.product_exists
        line_items.0.total_discount shipping_address.city shipping_address.country_code shipping_address.address1
        shipping_address.first_name shipping_address.last_name shipping_address.phone shipping_address.zip
        shipping_address.address2 shipping_address.company shipping_address.country shipping_address.province_code
        billing_address.first_name billing_address.address1 billing_address.city billing_address.province
        billing_address.country billing_address.zip customer.admin_graphql_api_id customer.tags customer.first_name
        customer.id customer.email customer.note customer.last_name customer.last_order_id customer.orders_count
        customer.email_marketing_consent.state shipping_lines.0.title""",
    "orders/fulfilled": """
        fulfillment_status fulfillments.0.id fulfillments.0.admin_graphql_api_id fulfillments.0.name
        fulfillments.0.tracking_company fulfillments.0.tracking_number fulfillments.0.tracking_url
        fulfillments.0.shipment_status""",
    "orders/cancelled": "cancelled_at closed_at cancel_reason",
    "orders/edited": "order_edit.order_id",
    "customers/create": "admin_graphql_api_id email first_name id last_name note phone state",
    "customers/update": "admin_graphql_api_id tags email first_name id last_name note phone state",
    "customer/tags_added": "customerId tags.0 occurredAt",
    "products/create": (
        "admin_graphql_api_id tags id product_type vendor handle created_at published_at variants.0.id"
    ),
    "products/update": (
        "admin_graphql_api_id tags id product_type vendor handle created_at published_at variants.0.id"
    ),
    "products/delete": "id",
    "inventory_levels/update": "admin_graphql_api_id inventory_item_id location_id available",
    "inventory_levels/connect": "admin_graphql_api_id inventory_item_id location_id available",
    "draft_orders/create": "admin_graphql_api_id email customer.admin_graphql_api_id customer.id id status",
    "draft_orders/update": "admin_graphql_api_id email customer.id id invoice_sent_at status",
    "fulfillments/create": """
        id order_id status tracking_number tracking_numbers.0 admin_graphql_api_id line_items.0.product_id name
        tracking_company""",
    "fulfillment_events/create": "status message order_id fulfillment_id",
    "refunds/create": """
        admin_graphql_api_id order_id refund_line_items.0.line_item.product_id refund_line_items.0.quantity
        refund_line_items.0.line_item.sku""",
    "returns/request": "admin_graphql_api_id order.id",
    "returns/close": "id order_id admin_graphql_api_id",
    "discounts/create": "admin_graphql_api_id",
    "collections/create": "admin_graphql_api_id title handle",
    "collections/update": "id",
    "checkouts/create": """
        token email abandoned_checkout_url line_items.0.title line_items.0.quantity line_items.0.variant_id
        line_items.0.variant_title""",
}
"""What scripts read of each payload (engine.md 11.1), as paths that must not end in null."""

STATES: dict[str, dict[str, object]] = {
    "orders/create": {"cancelled_at": None, "closed_at": None, "fulfillment_status": None, "fulfillments": []},
    "orders/paid": {"financial_status": "paid", "total_outstanding": "0.00"},
    "orders/fulfilled": {"fulfillment_status": "fulfilled"},
    "orders/partially_fulfilled": {"fulfillment_status": "partial"},
    "orders/cancelled": {"financial_status": "refunded", "current_total_price": "0.00"},
    "customers/enable": {"state": "enabled"},
    "customers/disable": {"state": "disabled"},
    "customers/create": {"orders_count": 0},
    "draft_orders/create": {"status": "open", "invoice_sent_at": None, "completed_at": None},
    "draft_orders/update": {"status": "invoice_sent"},
    "fulfillments/update": {"shipment_status": "delivered"},
    "fulfillment_events/create": {"status": "delivered"},
    "locations/deactivate": {"active": False},
    "returns/request": {"status": "requested"},
    "returns/close": {"status": "closed"},
    "themes/publish": {"role": "main"},
    "variants/out_of_stock": {"inventory_quantity": 0},
    "checkouts/create": {"completed_at": None},
}
"""What the topic says about the state of its resource."""
