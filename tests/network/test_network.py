"""Connections: what is checked, where they really go, how long they may take."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from runner.errors import ConfigError, NetworkError
from runner.network import Network, Policy
from runner.network.fetch import Reply, fetch
from tests.servers.authority import Authority
from tests.servers.proxy import Proxy
from tests.servers.web import Answer, WebServer, redirect

LOOPBACK = Network(Policy.parse("127.0.0.1"))


def named(*addresses: str, allow: str = "127.0.0.1", **more: Any) -> Network:
    """A network in which every name has ``addresses``."""
    return Network(Policy.parse(allow), resolve=lambda host, port: list(addresses), **more)


def get(network: Network, url: str, *, method: str = "GET", limit: int = 1000, **client: Any) -> Reply:
    with network.client(**client) as opened:
        return fetch(opened, opened.build_request(method, url), limit=limit)


def fault(network: Network, url: str, **settings: Any) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        get(network, url, **settings)
    return caught.value


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1"])
def test_loopback_is_refused_however_it_is_written(host: str, web: WebServer) -> None:
    error = fault(Network(), web.url("/", host))
    assert (error.code, error.transient, error.sent) == ("network.refused", False, False)
    assert "network_allow" in str(error.hint)
    assert web.saw == []


def test_a_name_that_leads_inside_is_refused(web: WebServer) -> None:
    error = fault(named("127.0.0.1", allow="10.0.0.1"), web.url("/", "nice.example"))
    assert "nice.example (127.0.0.1) is a private" in error.message
    assert web.saw == []


def test_the_connection_goes_to_the_address_that_was_checked(web: WebServer) -> None:
    """A name that answers differently the second time changes nothing (rebinding)."""
    answers = [["127.0.0.1"], ["10.9.9.9"]]
    network = Network(Policy.parse("127.0.0.1"), resolve=lambda host, port: answers.pop(0))
    assert get(network, web.url("/", "rebind.test")).status == 200
    assert web.saw[0].header("Host") == f"rebind.test:{web.port}"
    assert answers == [["10.9.9.9"]]


def test_of_several_addresses_only_the_allowed_ones_are_used(web: WebServer) -> None:
    assert get(named("10.0.0.1", "127.0.0.1"), web.url("/", "two.test")).status == 200


def test_the_next_address_is_tried_when_one_does_not_answer(web: WebServer) -> None:
    assert get(named("::1", "127.0.0.1", allow="::1, 127.0.0.1"), web.url("/", "two.test")).status == 200


def test_a_redirect_inside_is_refused(web: WebServer) -> None:
    network = Network(Policy.parse("outside.test"), resolve=lambda host, port: ["127.0.0.1"])
    web.on("/go", redirect(f"http://inside.test:{web.port}/secret"))
    error = fault(network, web.url("/go", "outside.test"), follow_redirects=True)
    assert error.code == "network.refused"
    assert "inside.test" in error.message
    assert [request.target for request in web.saw] == ["/go"]


def test_certificates_are_checked_by_name_though_the_address_is_connected_to(
    secure_web: WebServer, authority: Authority
) -> None:
    network = named("127.0.0.1", authorities=authority.certificates)
    assert get(network, secure_web.url("/", "secure.test")).status == 200
    error = fault(network, secure_web.url("/", "wrong.test"))
    assert (error.code, error.transient) == ("network.certificate", False)
    assert "wrong.test" in error.message


def test_an_unknown_authority_is_not_trusted_unless_told(secure_web: WebServer) -> None:
    error = fault(LOOPBACK, secure_web.url())
    assert (error.code, error.transient) == ("network.certificate", False)
    assert "network_authorities" in str(error.hint)
    assert get(LOOPBACK, secure_web.url(), verify=False).status == 200


def test_a_server_without_tls_is_a_passing_fault(web: WebServer) -> None:
    error = fault(LOOPBACK, web.url().replace("http:", "https:"))
    assert (error.code, error.transient) == ("network.tls", True)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_authorities_that_cannot_be_used_is_named(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigError, match=r"network_authorities: .*authority\.pem cannot be used"):
        Network(authorities=file).tls()


def test_a_name_without_an_address_is_a_passing_fault() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    error = fault(Network(resolve=unknown), "http://no.such.host/")
    assert (error.code, error.transient, error.message) == (
        "network.unreachable",
        True,
        "no.such.host has no address",
    )


def test_a_name_that_can_be_none_is_a_lasting_fault() -> None:
    with pytest.raises(NetworkError) as caught:
        Network().check("x" * 300 + ".example", 80)
    assert not caught.value.transient


def test_a_closed_port_is_a_passing_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = fault(LOOPBACK, f"http://127.0.0.1:{port}/")
    assert (error.code, error.transient, error.sent) == ("network.unreachable", True, False)
    assert error.message == "127.0.0.1 refused the connection"


def test_a_server_that_stays_silent_is_given_up(deaf: int) -> None:
    error = fault(LOOPBACK, f"http://127.0.0.1:{deaf}/", total=0.2)
    assert (error.code, error.transient, error.sent) == ("network.timeout", True, True)


def test_a_reply_that_drips_ends_with_the_time_for_the_whole(web: WebServer) -> None:
    """Each byte comes in time; all of them do not."""
    error = fault(LOOPBACK, web.on("/slow", Answer(body=bytes(100), drip=0.05)), total=0.4)
    assert error.code == "network.timeout"


def test_redirects_do_not_start_the_time_anew(web: WebServer) -> None:
    url = web.on("/a", Answer(302, b"12345", (("Location", "/a"),), drip=0.05))
    assert fault(LOOPBACK, url, follow_redirects=True, total=0.6).code == "network.timeout"
    assert len(web.saw) < 6


@pytest.mark.parametrize("answer", [Answer(drop=True), Answer(cut=True)])
def test_a_reply_that_breaks_off_is_a_passing_fault(answer: Answer, web: WebServer) -> None:
    error = fault(LOOPBACK, web.on("/", answer))
    assert (error.code, error.transient, error.sent) == ("network.lost_reply", True, True)


def test_a_large_reply_is_refused_by_its_announcement(web: WebServer) -> None:
    """200 MB: not a byte of it is read."""
    error = fault(LOOPBACK, web.on("/", Answer(announce=200_000_000)), limit=20 * 1024 * 1024)
    assert (error.code, error.transient) == ("network.too_large", False)
    assert "larger than 20 MB (200,000,000 bytes)" in error.message


def test_a_large_reply_without_an_announcement_is_given_up_at_the_limit(web: WebServer) -> None:
    error = fault(LOOPBACK, web.on("/", Answer(stream=200_000_000)), limit=1024 * 1024)
    assert error.code == "network.too_large"
    assert web.sent < 50_000_000


@pytest.mark.parametrize(("size", "passes"), [(1000, True), (1001, False)])
def test_the_limit_is_exact(size: int, passes: bool, web: WebServer) -> None:
    url = web.on("/", Answer(body=bytes(size)))
    if passes:
        assert len(get(LOOPBACK, url).content) == size
    else:
        assert fault(LOOPBACK, url).code == "network.too_large"


def test_a_reply_to_head_announces_a_length_it_does_not_have(web: WebServer) -> None:
    assert get(LOOPBACK, web.on("/", Answer(body=bytes(5000))), method="HEAD").content == b""


@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
@pytest.mark.parametrize("target", ["web", "secure_web"])
def test_a_proxy_with_a_password_passes_calls_on(
    scheme: str, target: str, proxy: Proxy, authority: Authority, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue(target)
    network = Network(Policy.parse("127.0.0.1"), authorities=authority.certificates)
    assert get(network, server.url(), proxy=proxy.url(scheme)).content == b"ok"
    assert len(proxy.passed) == 1


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_refuses_is_a_passing_fault(scheme: str, proxy: Proxy, secure_web: WebServer) -> None:
    error = fault(LOOPBACK, secure_web.url(), proxy=proxy.url(scheme, "proxyuser:wrong@"))
    assert (error.code, error.transient) == ("network.proxy", True)
    assert "wrong" not in error.message


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_an_internal_proxy_is_refused(scheme: str, proxy: Proxy) -> None:
    error = fault(Network(), "http://example.com/", proxy=proxy.url(scheme))
    assert error.code == "network.refused"
    assert proxy.passed == []


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_an_internal_target_behind_an_allowed_proxy_is_refused(scheme: str, proxy: Proxy, web: WebServer) -> None:
    network = Network(Policy.parse("proxy.test"), resolve=lambda host, port: ["127.0.0.1"])
    url = proxy.url(scheme).replace("127.0.0.1", "proxy.test")
    assert fault(network, web.url("/", "inside.test"), proxy=url).code == "network.refused"
    assert web.saw == []


def test_several_threads_may_use_one_client(web: WebServer) -> None:
    replies: list[int] = []
    with LOOPBACK.client() as client:

        def work() -> None:
            replies.extend(fetch(client, client.build_request("GET", web.url())).status for _ in range(5))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert replies == [200] * 20


def test_the_environment_sends_nothing_elsewhere(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert get(LOOPBACK, web.url()).status == 200


def test_a_socket_goes_to_the_checked_address(deaf: int) -> None:
    with named("127.0.0.1").connect("mail.test", deaf, timeout=5) as opened:
        assert opened.getpeername() == ("127.0.0.1", deaf)
    with pytest.raises(NetworkError, match=r"mail\.test"):
        Network(resolve=lambda host, port: ["127.0.0.1"]).connect("mail.test", deaf)


def test_check_gives_the_first_allowed_address() -> None:
    assert named("10.0.0.1", "127.0.0.1").check("two.test", 25) == "127.0.0.1"


def test_trusted_hosts_are_those_of_the_operator_alone() -> None:
    network = Network(resolve=lambda host, port: ["127.0.0.1"]).trusting("smtp.lan")
    assert network.check("smtp.lan", 25) == "127.0.0.1"
    with pytest.raises(NetworkError):
        network.check("other.lan", 25)


def test_httpx_still_lets_its_connections_be_replaced() -> None:
    """The one thing of httpx's inside that is relied on."""
    with LOOPBACK.client() as client:
        transport = client._transport
        assert isinstance(transport, httpx.HTTPTransport)
        assert transport._pool._network_backend is transport._connections  # type: ignore[attr-defined]
