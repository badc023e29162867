"""What can go wrong on the way: each cause has its code, its hint, and its answer to "may it work later?"."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import httpx
import pytest

from runner.errors import ShopifyError
from runner.shopify.client import ShopifyClient

QUERY = "{ shop { id } }"
TOKEN = "shpat_0123456789abcdef"


def fails(call: Callable[[], object]) -> ShopifyError:
    with pytest.raises(ShopifyError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "transient", "hint"),
    [
        (400, "shopify.refused", False, "answer"),
        (401, "shopify.unauthorized", False, "SHOPIFY_ACCESS_TOKEN"),
        (402, "shopify.frozen", False, "balance"),
        (403, "shopify.forbidden", False, "access scope"),
        (404, "shopify.not_found", False, "SHOPIFY_SHOP"),
        (423, "shopify.locked", False, "support"),
        (430, "shopify.refused", False, "support"),
        (500, "shopify.unavailable", True, "again"),
        (502, "shopify.unavailable", True, "again"),
        (503, "shopify.unavailable", True, "again"),
        (504, "shopify.unavailable", True, "again"),
    ],
)
def test_each_status_has_a_code_and_a_hint(shop, connect, reply, status, code, transient, hint) -> None:
    shop.script(reply(status, {"errors": "[API] sorry"}))
    error = fails(lambda: connect().graphql(QUERY))
    assert (error.code, error.transient, error.status) == (code, transient, status)
    assert hint in str(error.hint)
    assert "sorry" in error.message
    assert len(shop.saw) == 1


@pytest.mark.parametrize("status", [401, 402, 403, 423, 500, 503])
def test_rest_raises_when_the_caller_is_refused_or_the_shop_is_down(shop, connect, reply, status) -> None:
    shop.script(reply(status, b"<html>oops</html>", {"Content-Type": "text/html"}))
    error = fails(lambda: connect().rest("GET", "/admin/shop.json"))
    assert (error.status, error.transient) == (status, status >= 500)
    assert "<html>" not in error.message


@pytest.mark.parametrize(
    ("location", "hint"), [("https://x.example/password", "password page"), ("https://x.example/", "myshopify.com")]
)
def test_redirects_are_not_followed(shop, connect, reply, location, hint) -> None:
    shop.script(reply(302, b"", {"Location": location}))
    error = fails(lambda: connect().graphql(QUERY))
    assert (error.code, error.transient, len(shop.saw)) == ("shopify.redirected", False, 1)
    assert hint in str(error.hint)


def test_a_web_page_is_no_answer(shop, connect, reply) -> None:
    shop.script(reply(200, b"<!DOCTYPE html><p>Sign in</p>", {"Content-Type": "text/html"}))
    error = fails(lambda: connect().graphql(QUERY))
    assert (error.code, error.transient) == ("shopify.not_json", False)


@pytest.mark.parametrize("body", [b'{"data": {"shop": {"id": "gid://sh', b"", b"[]", b'"text"'])
def test_an_answer_cut_short_may_have_taken_effect(shop, connect, reply, body) -> None:
    shop.script(reply(200, body))
    error = fails(lambda: connect().graphql(QUERY))
    assert (error.code, error.transient, len(shop.saw)) == ("shopify.lost_reply", True, 1)


@pytest.mark.parametrize("how", [{"cut": True}, {"drop": True}])
def test_a_connection_dropped_after_the_request_is_a_lost_reply_and_never_sent_again(shop, connect, reply, how) -> None:
    shop.script(reply(200, {"data": {}}, **how))
    error = fails(lambda: connect().graphql("mutation { shopUpdate { id } }"))
    assert (error.code, error.transient, len(shop.saw)) == ("shopify.lost_reply", True, 1)
    assert "may have taken effect" in str(error.hint)


def request_on(connection: socket.socket) -> bytes:
    """One request, read to the end of its JSON body."""
    received = b""
    while not received.endswith(b"}"):
        received += connection.recv(65536)
    return received


def test_an_idle_connection_that_the_shop_drops_on_the_next_call_is_a_lost_reply(clock, http) -> None:
    """The server answers once, keeps the connection open, and closes it when the second request has arrived."""
    requests: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            requests.append(request_on(connection))
            body = b'{"data": {}}'
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            requests.append(request_on(connection))

    thread = threading.Thread(target=serve)
    thread.start()
    client = ShopifyClient("x", TOKEN, http=http, clock=clock, base_url=f"http://127.0.0.1:{listener.getsockname()[1]}")
    client.graphql(QUERY)
    error = fails(lambda: client.graphql("mutation { shopUpdate { id } }"))
    thread.join()
    listener.close()
    assert (error.code, error.transient) == ("shopify.lost_reply", True)
    assert [request[:4] for request in requests] == [b"POST", b"POST"]


def test_a_closed_port_says_that_nothing_listens(clock, http) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = ShopifyClient("x", TOKEN, http=http, clock=clock, base_url=f"http://127.0.0.1:{port}")
    error = fails(lambda: client.graphql(QUERY))
    assert (error.code, error.transient) == ("shopify.unreachable", True)
    assert "refused the connection" in error.message
    assert "runner shop serve" in str(error.hint)


def test_a_server_without_tls_is_named_as_such(shop, clock, http) -> None:
    client = ShopifyClient("x", TOKEN, http=http, clock=clock, base_url=shop.url.replace("http:", "https:"))
    error = fails(lambda: client.graphql(QUERY))
    assert (error.code, error.transient) == ("shopify.unreachable", True)
    assert "secure connection" in error.message


def test_a_name_without_address_points_at_the_spelling(clock) -> None:
    def nowhere(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("lookup failed") from socket.gaierror(-2, "Name or service not known")

    with httpx.Client(transport=httpx.MockTransport(nowhere)) as http:
        error = fails(lambda: ShopifyClient("no-such-shop", TOKEN, http=http, clock=clock).graphql(QUERY))
    assert (error.code, error.transient) == ("shopify.unreachable", True)
    assert "no-such-shop.myshopify.com has no address" in error.message
    assert "SHOPIFY_SHOP" in str(error.hint)


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (httpx.ConnectTimeout, "shopify.unreachable"),
        (httpx.PoolTimeout, "shopify.unreachable"),
        (httpx.ReadTimeout, "shopify.timeout"),
        (httpx.WriteTimeout, "shopify.timeout"),
        (httpx.ReadError, "shopify.lost_reply"),
        (httpx.WriteError, "shopify.lost_reply"),
        (httpx.ProxyError, "shopify.unreachable"),
        (httpx.DecodingError, "shopify.lost_reply"),
    ],
)
def test_the_code_says_whether_the_request_may_have_arrived(clock, failure, code) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise failure("broken")

    with httpx.Client(transport=httpx.MockTransport(broken)) as http:
        error = fails(lambda: ShopifyClient("x", TOKEN, http=http, clock=clock).graphql(QUERY))
    assert (error.code, error.transient) == (code, True)


def test_a_failed_call_gives_its_points_back_and_is_counted(shop, connect, reply, records) -> None:
    shop.script(reply(drop=True))
    client = connect()
    fails(lambda: client.graphql(QUERY))
    assert (client.usage().graphql_requests, records[0].status, records[0].outcome) == (1, None, "shopify.lost_reply")
    assert client.throttle.hold() == 0.0


def test_the_token_is_in_no_error(shop, connect, reply) -> None:
    said = {"errors": "token shpat_0123456789abcdef is bad", "shpat_0123456789abcdef": ["shpat_0123456789abcdef"]}
    for scripted in (reply(401, said), reply(500, said), reply(200, b"<p>shpat_0123456789abcdef")):
        shop.script(scripted)
        error = fails(lambda: connect().graphql(QUERY))
        assert "shpat_" not in f"{error} {error.hint} {error.body} {error.to_dict()}"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/admin/orders.json",
        "//evil.example/admin/orders.json",
        "/orders.json",
        "admin/orders.json",
        "/admin/../orders.json",
        "/admin/%2e%2e/orders.json",
        "/admin/orders/%2E%2E/1.json",
        "/admin/\\evil.example",
        "/admin/orders.json\r\nX-A: b",
        "/admin/orders.json?a=\nb",
        "/admin/orders.json#top",
        "/admin/or ders.json",
        "/administration.json",
        "",
    ],
)
def test_paths_outside_the_admin_api_are_refused_unsent(shop, connect, path) -> None:
    error = fails(lambda: connect().rest("GET", path))
    assert (error.code, error.transient, shop.saw) == ("shopify.path", False, [])
