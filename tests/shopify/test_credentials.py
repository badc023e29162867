"""The client-credentials grant: asked for once, renewed in time, renewed once when refused."""

from __future__ import annotations

import pytest

from runner.errors import ShopifyError
from runner.shopify.client import ClientCredentials

APP = ClientCredentials("client-id-1", "shpss_secret_0123456789")
QUERY = "{ shop { id } }"


def grant(reply, token: str, life: object = 86399):
    return reply(200, {"access_token": token, "scope": "read_products", "expires_in": life})


def sent_tokens(shop) -> list[str | None]:
    return [seen.headers.get("x-shopify-access-token") for seen in shop.saw]


def test_id_and_secret_are_exchanged_as_json_before_the_first_call(shop, connect, reply) -> None:
    shop.script(grant(reply, "shpat_first_token"), reply(body={"data": {}}))
    client = connect(APP)
    client.graphql(QUERY)
    client.graphql(QUERY)
    asked = shop.saw[0]
    assert (asked.method, asked.path) == ("POST", "/admin/oauth/access_token")
    assert asked.body == {
        "client_id": "client-id-1",
        "client_secret": "shpss_secret_0123456789",
        "grant_type": "client_credentials",
    }
    assert sent_tokens(shop) == [None, "shpat_first_token", "shpat_first_token"]


@pytest.mark.parametrize(
    ("life", "still", "late"), [(86399, 86098, 86100), (3600, 3299, 3301), (100, 89, 91), (400, 359, 361)]
)
def test_a_token_is_renewed_before_it_expires(shop, connect, clock, reply, life, still, late) -> None:
    shop.script(grant(reply, "shpat_first_token", life), reply(body={"data": {}}))
    client = connect(APP)
    client.graphql(QUERY)
    clock.advance(still)
    client.graphql(QUERY)
    shop.script(grant(reply, "shpat_second_token", life), reply(body={"data": {}}))
    clock.advance(late - still)
    client.graphql(QUERY)
    assert sent_tokens(shop)[1:] == ["shpat_first_token", "shpat_first_token", None, "shpat_second_token"]


def test_a_token_without_a_life_is_kept(shop, connect, clock, reply) -> None:
    shop.script(grant(reply, "shpat_first_token", None), reply(body={"data": {}}))
    client = connect(APP)
    client.graphql(QUERY)
    clock.advance(10**7)
    client.graphql(QUERY)
    assert len(shop.saw) == 3


@pytest.mark.parametrize("how", ["graphql", "rest"])
def test_a_refused_token_is_replaced_once(shop, connect, reply, how) -> None:
    shop.script(
        grant(reply, "shpat_first_token"),
        reply(401, {"errors": "revoked"}),
        grant(reply, "shpat_second_token"),
        reply(body={"data": {}}),
    )
    client = connect(APP)
    assert (client.graphql(QUERY) if how == "graphql" else client.rest("GET", "/admin/shop.json")).status == 200
    assert sent_tokens(shop) == [None, "shpat_first_token", None, "shpat_second_token"]


def test_a_second_refusal_is_an_error(shop, connect, reply) -> None:
    refused = reply(401, {"errors": "no"})
    shop.script(grant(reply, "shpat_first_token"), refused, grant(reply, "shpat_second_token"), refused)
    with pytest.raises(ShopifyError) as caught:
        connect(APP).graphql(QUERY)
    assert (caught.value.code, len(shop.saw)) == ("shopify.unauthorized", 4)


def test_a_fixed_token_is_never_replaced(shop, connect, reply) -> None:
    shop.script(reply(401, {"errors": "no"}))
    with pytest.raises(ShopifyError):
        connect().graphql(QUERY)
    assert len(shop.saw) == 1


@pytest.mark.parametrize(
    ("status", "body", "code", "transient"),
    [
        (400, {"error": "shop_not_permitted", "error_description": "not installed"}, "shopify.grant", False),
        (401, {"error": "invalid_client"}, "shopify.grant", False),
        (503, {"errors": "down"}, "shopify.unavailable", True),
        (200, {"scope": ""}, "shopify.grant", False),
        (200, ["odd"], "shopify.grant", False),
    ],
)
def test_a_grant_that_fails_says_what_to_check(shop, connect, reply, status, body, code, transient) -> None:
    shop.script(reply(status, body))
    with pytest.raises(ShopifyError) as caught:
        connect(APP).graphql(QUERY)
    assert (caught.value.code, caught.value.transient) == (code, transient)
    assert "SHOPIFY_CLIENT_SECRET" in str(caught.value.hint) or transient


def test_neither_secret_nor_tokens_are_shown(shop, connect, reply) -> None:
    said = {"errors": "shpss_secret_0123456789 shpat_first_token shpat_second_token"}
    refused = reply(401, said)
    shop.script(grant(reply, "shpat_first_token"), refused, grant(reply, "shpat_second_token"), refused)
    with pytest.raises(ShopifyError) as caught:
        connect(APP).graphql(QUERY)
    assert "shp" not in f"{caught.value} {caught.value.body}".replace("shopify", "")
    assert "shpss" not in repr(APP)


def test_the_grant_counts_as_time_but_not_as_a_request(shop, connect, reply, records) -> None:
    shop.script(grant(reply, "shpat_first_token"), reply(body={"data": {}}))
    client = connect(APP)
    client.graphql(QUERY)
    assert [(record.kind, record.outcome) for record in records] == [("token", "ok"), ("graphql", "ok")]
    assert (client.usage().graphql_requests, client.usage().rest_requests) == (1, 0)
