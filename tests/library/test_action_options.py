"""Every action that previews of the public exports render has options its type takes; those it refuses are listed."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from runner.actions import ACTION_TYPES, action_type
from runner.errors import ActionError
from tests.library.sweep import VARIANTS

pytestmark = pytest.mark.library

SNAPSHOTS = Path(__file__).parent / "snapshots"
"""What `test_previews.py` proves to be the previews of today."""

REFUSED: dict[tuple[str, str, str], tuple[str, str]] = {
    ("filled", "email", "no address"): (
        "the option that names the people has no flag email, so that it was filled with a word",
        """
        current/auto-approve-return-requests
        current/backup-scheduled-inventory-exports-in-shopifys-csv-format
        current/email-someone-when-certain-product-purchased
        current/email-when-variant-purchased
        current/error-reporter
        current/fulfillment-failure-email
        current/report-toaster-deliver-report-pdf-via-email-or-slack
        current/send-an-email-alert-when-an-incoming-canadian-order-has-an-unsupported-fsa
        current/send-an-email-when-a-products-price-goes-below-its-cost
        current/send-email-alerts-by-event-topic
        current/send-email-notification-when-items-are-returned
        current/send-email-when-a-discount-is-created
        vintage-2021/backup-scheduled-inventory-exports-in-shopifys-csv-format
        vintage-2021/email-someone-when-certain-product-purchased
        vintage-2021/email-when-variant-purchased
        """,
    ),
    ("filled", "http", "does not begin"): (
        "the option that holds the address was filled with a word",
        """
        current/report-toaster-deliver-report-pdf-via-email-or-slack
        current/send-a-message-to-slack
        """,
    ),
    ("filled", "shopify", "is not an id"): (
        "the sample has nothing that the option picks, or the resource is read live only: there is no id",
        """
        current/send-an-email-when-a-specific-product-is-shipped
        """,
    ),
    ("stored", "airtable", '"account"'): (
        "the option that names the account is unset",
        """
        current/demonstration-create-and-update-a-table-in-airtable
        """,
    ),
    ("stored", "email", '"subject"'): (
        "the option that holds the subject is unset",
        """
        current/product-order-email
        """,
    ),
    ("stored", "email", '"to" is missing'): (
        "the option that names the people is unset",
        """
        current/abandoned-checkout-emails
        current/catalog-update-email
        current/customer-signup-email
        current/demonstration-web-fonts-in-pdfs
        current/download-and-email-a-file-to-a-customer-when-purchased
        current/email-a-csv-export-of-orders
        current/email-a-csv-export-of-products
        current/email-a-report-of-pick-up-orders-for-the-next-x-days
        current/email-a-summary-of-all-products-and-quantities-ordered
        current/email-someone-specific-based-on-a-new-orders-customer-tags
        current/email-someone-when-certain-product-purchased
        current/email-when-variant-purchased
        current/export-a-csv-of-order-shipping-addresses
        current/forward-incoming-email-to-another-address
        current/fulfillment-failure-email
        current/receive-a-nightly-out-of-stock-report
        current/send-a-staff-notification-email-for-each-delivery
        current/send-an-email-alert-if-a-new-collection-has-no-orders-after-x-days
        current/send-an-email-alert-when-a-fulfillment-is-cancelled
        current/send-an-email-alert-when-an-incoming-canadian-order-has-an-unsupported-fsa
        current/send-an-email-when-a-products-price-goes-below-its-cost
        current/send-email-alerts-by-event-topic
        current/send-email-notification-when-items-are-returned
        current/send-email-when-a-discount-is-created
        current/send-follow-up-emails-after-sending-a-draft-order-invoice
        vintage-2021/customer-signup-email
        vintage-2021/email-a-csv-export-of-orders
        vintage-2021/email-a-report-of-pick-up-orders-for-the-next-x-days
        vintage-2021/email-someone-specific-based-on-a-new-orders-customer-tags
        vintage-2021/email-someone-when-certain-product-purchased
        vintage-2021/email-when-variant-purchased
        """,
    ),
    ("stored", "ftp", '"host"'): (
        "the option that names the server is unset",
        """
        current/export-all-products-to-sftp-as-a-shopify-friendly-csv
        """,
    ),
    ("stored", "google_drive", '"account"'): (
        "the option that names the account is unset",
        """
        current/demonstration-upload-files-to-google-drive
        """,
    ),
    ("stored", "google_sheets", '"account"'): (
        "the option that names the account is unset",
        """
        current/demonstration-add-new-orders-to-google-sheet
        """,
    ),
    ("stored", "http", '"url" is missing'): (
        "the option that holds the address is unset",
        """
        current/send-a-message-to-slack
        """,
    ),
    ("stored", "shopify", "is not an id"): (
        "the sample has nothing that the option picks, or the resource is read live only: there is no id",
        """
        current/delete-cancelled-orders-after-48-hours
        vintage-2021/delete-cancelled-orders-after-48-hours
        vintage-2021/delete-variants-having-a-metafield-date-that-has-passed
        """,
    ),
    ("stored", "slack", '"account"'): (
        "the option that names the account is unset",
        """
        current/demonstration-post-to-a-slack-channel
        """,
    ),
}
"""(variant, type, part of the message) -> (why that is the preview's own doing, the exports)."""


def actions() -> list[tuple[str, str, dict[str, Any]]]:
    """(export, variant, action) of all previews; a filled one that is as stored is left out."""
    found = []
    for path in sorted(SNAPSHOTS.rglob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        for variant in VARIANTS:
            for preview in document[variant]["previews"]:
                rendered = preview["rendered"]
                listed = [] if rendered == "as stored" else rendered["actions"]
                found += [(f"{path.parent.name}/{path.stem}", variant, action) for action in listed]
    return found


def test_the_previews_use_types_that_there_are() -> None:
    assert {action["type"] for _, _, action in actions()} <= set(ACTION_TYPES)


def test_types_refuse_what_is_listed_and_nothing_else() -> None:
    refused: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for export, variant, action in actions():
        try:
            action_type(action["type"]).validate(action["options"])
        except ActionError as error:
            key = next((key for key in REFUSED if key[:2] == (variant, action["type"]) and key[2] in str(error)), None)
            refused[key or (variant, action["type"], str(error))].add(export)
    assert refused == {key: set(exports.split()) for key, (_, exports) in REFUSED.items()}


def test_every_action_can_be_summed_up_and_shown() -> None:
    for export, _, action in actions():
        kind = action_type(action["type"])
        summary = kind.summary(action["options"])
        assert summary, export
        assert "\n" not in summary, export
        kind.shown(action["options"])
