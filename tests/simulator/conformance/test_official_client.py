"""Shopify's own client libraries talk to a simulated shop and cannot tell it from Shopify."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from runner.simulator.server import RunningShop, simulator
from tests.simulator.official import told


@pytest.fixture(scope="module")
def shop() -> Iterator[RunningShop]:
    """A shop of its own: the libraries change it."""
    with simulator("prints") as running:
        yield running


@pytest.fixture(scope="module")
def heard(shop: RunningShop) -> dict[str, Any]:
    """What each step of ``official_client.mjs`` led to."""
    return told(shop)


def test_a_query_with_variables_is_answered_with_its_cost(heard: dict[str, Any]) -> None:
    said = heard["query"]
    assert said["data"]["product"] == {
        "title": "Harbour at Dawn",
        "variants": {"nodes": [{"sku": "HD-PAPER"}, {"sku": "HD-OAK"}]},
    }
    assert "errors" not in said
    assert said["cost"]["throttleStatus"]["maximumAvailable"] == 2000


def test_a_mutation_takes_effect(heard: dict[str, Any], shop: RunningShop) -> None:
    said = heard["mutation"]
    assert said["data"]["tagsAdd"]["userErrors"] == []
    assert "official" in said["data"]["tagsAdd"]["node"]["tags"]
    assert "official" in shop.state("Product")["objects"]["Product"]["gid://shopify/Product/80000001"]["tags"]


def test_user_errors_are_data_and_no_errors(heard: dict[str, Any]) -> None:
    assert heard["userErrors"] == {
        "data": {"productUpdate": {"userErrors": [{"field": ["id"], "message": "Product does not exist"}]}}
    }


def test_an_error_brings_its_extensions(heard: dict[str, Any]) -> None:
    said = heard["undefinedField"]
    (error,) = said["graphQLErrors"]
    assert error["message"] == "Field 'nam' doesn't exist on type 'Shop'"
    assert error["extensions"] == {"code": "undefinedField", "typeName": "Shop", "fieldName": "nam"}
    assert said["status"] == 200
    assert "data" not in said


def test_a_wrong_token_is_unauthorized(heard: dict[str, Any]) -> None:
    said = heard["wrongToken"]
    assert said["status"] == 401
    assert "Unauthorized" in said["message"]


def test_a_throttled_client_waits_as_it_is_told_and_is_answered(heard: dict[str, Any]) -> None:
    said = heard["throttled"]
    (error,) = said["graphQLErrors"]
    assert (error["message"], error["extensions"]["code"], said["status"]) == ("Throttled", "THROTTLED", 200)
    assert said["cost"]["actualQueryCost"] is None
    assert said["cost"]["throttleStatus"]["currentlyAvailable"] < said["cost"]["requestedQueryCost"]
    assert said["then"] > 0


def test_the_library_repeats_what_was_unavailable(heard: dict[str, Any], shop: RunningShop) -> None:
    assert heard["retried"] == {"data": {"shop": {"name": "Tidewater Prints"}}}
    statuses = [record["status"] for record in shop.requests()]
    assert 503 in statuses
    assert statuses[statuses.index(503) + 1] == 200


def test_the_version_asked_for_is_answered_or_told(heard: dict[str, Any]) -> None:
    assert heard["version"] == {"answered": "2026-01", "request": True}


def test_rest_pages_writes_and_refuses(heard: dict[str, Any]) -> None:
    said = heard["rest"]
    first, second = said["page"], said["following"]
    assert [len(first), len(second)] == [2, 2]
    assert first[1]["id"] < second[0]["id"]
    assert all(each.keys() == {"id", "title"} for each in (*first, *second))
    assert said["limit"].endswith("/40")
    assert said["saved"] == "Official"
    assert said["gone"] == {"status": 404, "body": {"errors": "Not Found"}}


def test_rest_is_repeated_after_429(heard: dict[str, Any]) -> None:
    assert heard["restRetried"] == {"refused": 429, "after": "2.0", "repeated": 200}


def test_the_library_takes_a_webhook_and_refuses_a_forged_one(heard: dict[str, Any], shop: RunningShop) -> None:
    (said,) = heard["webhook"]
    assert said["right"]["valid"] is True
    assert said["right"]["topic"] == "PRODUCTS_UPDATE"
    assert said["right"]["domain"] == shop.about()["shop"]
    assert said["right"]["apiVersion"] == "2026-04"
    assert said["forged"] == {"valid": False, "reason": "invalid_hmac"}
    assert said["payload"]["title"] == "Ünïcode"
