"""http at the wire: what the server got, byte for byte, and what the task sees of the reply (actions.md 3.7)."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable
from typing import Any

import pytest

from runner.actions import Outcome
from runner.actions.base import Services
from runner.actions.http import HttpAction
from runner.errors import ActionError, NetworkError
from tests.servers.proxy import Proxy
from tests.servers.web import Answer, Request, WebServer, json_answer, redirect

HTTP = HttpAction()
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Perform = Callable[..., Outcome]


@pytest.fixture
def perform(tools: Callable[..., Any], outside: Services) -> Perform:
    """Performs options; ``method`` is GET unless given."""

    def act(**options: Any) -> Outcome:
        return HTTP.perform(HTTP.validate({"method": "get"} | options), tools(services=outside))

    return act


@pytest.fixture
def send(perform: Perform, web: WebServer) -> Callable[..., Request]:
    """Performs a POST and gives what the server got."""

    def act(path: str = "/", **options: Any) -> Request:
        assert perform(**{"method": "post", "url": web.url(path)} | options).ok
        return web.saw[-1]

    return act


Send = Callable[..., Request]


def failed(perform: Perform, **options: Any) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        perform(**options)
    return caught.value


@pytest.mark.parametrize("method", ["head", "options", "get", "post", "put", "patch", "delete", "POST", "Get", " put "])
def test_a_method_is_sent_in_capitals_however_it_is_written(method: str, send: Send) -> None:
    assert send(method=method).method == method.strip().upper()


@pytest.mark.parametrize(
    ("body", "headers", "sent", "content_type"),
    [
        ({"b": 1, "a": "ü/"}, {}, '{"b":1,"a":"ü/"}', "application/json"),
        ([1, None, True], {}, "[1,null,true]", "application/json"),
        ({}, {}, "{}", "application/json"),
        ([], {}, "[]", "application/json"),
        ({"a": 1}, JSON, '{"a":1}', "application/json"),
        ({"a": 1}, {"content-TYPE": "application/json; charset=utf-8"}, '{"a":1}', "application/json; charset=utf-8"),
        ({"a": 1}, {"Content-Type": "application/vnd.api+json"}, '{"a":1}', "application/vnd.api+json"),
        ({"a": {"b": 1}, "c": [2, "x y"]}, FORM, "a%5Bb%5D=1&c%5B%5D=2&c%5B%5D=x+y", FORM["Content-Type"]),
        (
            {"n": None, "t": True, "f": 1.5, "e": [], "ü": "&="},
            FORM,
            "n=&t=true&f=1.5&%C3%BC=%26%3D",
            FORM["Content-Type"],
        ),
        ({"a": [{"b": 1}, {"b": 2}]}, FORM, "a%5B%5D%5Bb%5D=1&a%5B%5D%5Bb%5D=2", FORM["Content-Type"]),
        ("plain ü\r\n", {}, "plain ü\r\n", None),
        ('{"a": 1}', {}, '{"a": 1}', None),
        ("a=1", FORM, "a=1", FORM["Content-Type"]),
        ("half \ud800", {}, "half \ufffd", None),
        (None, {}, "", None),
        ("", {}, "", None),
        ("  ", {}, "  ", None),
    ],
)
def test_a_body_takes_the_form_its_kind_and_content_type_ask_for(
    body: Any, headers: dict[str, str], sent: str, content_type: str | None, send: Send
) -> None:
    got = send(body=body, headers=headers)
    assert (got.body.decode(), got.header("Content-Type")) == (sent, content_type)


def test_a_form_unpacks_to_what_was_meant(send: Send) -> None:
    from urllib.parse import parse_qsl

    got = send(body={"a": {"b": {"c": "1"}}, "d": ["x", "y"]}, headers=FORM)
    assert parse_qsl(got.body.decode()) == [("a[b][c]", "1"), ("d[]", "x"), ("d[]", "y")]


def test_get_may_have_a_body(send: Send) -> None:
    assert send(method="get", body={"a": 1}).body == b'{"a":1}'


def test_files_follow_the_fields_and_their_key_is_both_names(send: Send) -> None:
    """Staged uploads rely on it: fields in order, the part ``file`` last."""
    got = send(
        body={"key": "tmp/x", "policy": "p ü", "nested": {"a": [1]}},
        files={"file": "a,b\n", "other.bin": {"base64": base64.b64encode(b"\x00\xff").decode()}},
        headers={"content-type": "application/json", "X-Mine": "1"},
    )
    kind = str(got.header("Content-Type"))
    assert kind.startswith("multipart/form-data; boundary=")
    boundary = kind.partition("=")[2]
    parts = got.body.split(f"--{boundary}".encode())
    head = 'Content-Disposition: form-data; name="{}"'
    assert [part.decode("utf-8", "replace") for part in parts[1:4]] == [
        f"\r\n{head.format('key')}\r\n\r\ntmp/x\r\n",
        f"\r\n{head.format('policy')}\r\n\r\np ü\r\n",
        f"\r\n{head.format('nested[a][]')}\r\n\r\n1\r\n",
    ]
    assert (
        parts[4] == f'\r\n{head.format("file")}; filename="file"\r\nContent-Type: text/plain\r\n\r\na,b\n\r\n'.encode()
    )
    assert parts[5].endswith(b"\r\nContent-Type: application/octet-stream\r\n\r\n\x00\xff\r\n")
    assert parts[6] == b"--\r\n"
    assert got.header("X-Mine") == "1"


def test_files_without_a_body_are_parts_alone(send: Send) -> None:
    assert send(files={"f": "x"}).body.count(b"Content-Disposition") == 1


@pytest.mark.parametrize("files", [None, {}, ""])
def test_no_files_are_no_form(files: Any, send: Send) -> None:
    assert send(files=files, body={"a": 1}).header("Content-Type") == "application/json"


def test_each_attempt_sends_the_same_bytes(send: Send) -> None:
    assert send(files={"f": "x"}).body == send(files={"f": "x"}).body


def test_a_file_that_cannot_be_made_sends_nothing(perform: Perform, web: WebServer) -> None:
    with pytest.raises(ActionError, match="cannot be made"):
        perform(method="post", url=web.url(), files={"x": 5})
    assert web.saw == []


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("a", ["a"]),
        (5, ["5"]),
        (1.5, ["1.5"]),
        (True, ["true"]),
        (["a", 2], ["a", "2"]),
        ([], []),
        (None, []),
        ("", [""]),
        (" a b\n", ["a b"]),
        ("ü", ["ü"]),
    ],
)
def test_a_header_is_sent_once_for_each_value(value: Any, sent: list[str], send: Send) -> None:
    got = send(headers={"X-Mine": value})
    arrived = [text.encode("latin-1").decode() for name, text in got.headers if name.lower() == "x-mine"]
    assert arrived == sent


def test_headers_of_the_task_replace_the_usual_ones(send: Send) -> None:
    got = send(headers={"user-agent": "mine", "Accept": "text/csv", "Content-Length": "999", "Transfer-Encoding": "x"})
    assert (got.header("User-Agent"), got.header("Accept")) == ("mine", "text/csv")
    assert [name for name, _ in got.headers if name.lower() == "user-agent"] == ["user-agent"]
    assert (got.header("Content-Length"), got.header("Transfer-Encoding")) == ("0", None)


@pytest.mark.parametrize(
    ("login", "headers", "sent"),
    [
        ("user:pa%20ss", {}, b"user:pa ss"),
        ("user", {}, b"user:"),
        ("us%40er:p%3A%2F", {}, b"us@er:p:/"),
    ],
)
def test_user_and_password_of_the_address_become_a_header(
    login: str, headers: dict[str, str], sent: bytes, perform: Perform, web: WebServer
) -> None:
    perform(url=web.url("/x").replace("//", f"//{login}@"), headers=headers)
    assert web.saw[0].header("Authorization") == f"Basic {base64.b64encode(sent).decode()}"
    assert (web.saw[0].target, web.saw[0].header("Host")) == ("/x", f"127.0.0.1:{web.port}")


def test_an_authorization_header_beats_the_address(perform: Perform, web: WebServer) -> None:
    perform(url=web.url().replace("//", "//a:b@"), headers={"authorization": "Bearer t"})
    assert web.saw[0].header("Authorization") == "Bearer t"


def test_an_address_is_encoded_where_it_must_be(perform: Perform, web: WebServer) -> None:
    perform(url=f"  {web.url('/ü x')}?a=b c&d=%20&e=[1]  ")
    assert web.saw[0].target == "/%C3%BC%20x?a=b%20c&d=%20&e=[1]"


@pytest.mark.parametrize(
    ("content", "content_type", "body"),
    [
        (b'{"a": [1, "\xc3\xbc"]}', "application/json", {"a": [1, "ü"]}),
        (b"[]", "Application/JSON; charset=utf-8", []),
        (b"12", "application/json", 12),
        (b"null", "application/json", None),
        (b"\xef\xbb\xbf{}", "application/json", {}),
        ('{"a":"ü"}'.encode("latin-1"), "application/json; charset=iso-8859-1", {"a": "ü"}),
        (b"{oops", "application/json", "{oops"),
        (b"NaN", "application/json", "NaN"),
        (b"", "application/json", ""),
        (b"[" * 100_000, "application/json", "[" * 100_000),
        (b'"\\ud800"', "application/json", "\ufffd"),
        (b"{}", "application/vnd.api+json", "{}"),
        (b"{}", "text/json", "{}"),
        ("ü".encode(), "text/plain", "ü"),
        ("ü".encode("latin-1"), "text/plain; charset=ISO-8859-1", "ü"),
        ("ü".encode("latin-1"), 'text/csv; header=present; charset="iso-8859-1"', "ü"),
        (b"a\xffb", "text/plain", "a\ufffdb"),
        ("ü".encode(), "text/plain; charset=klingon", "ü"),
        (b"YQ==", "text/plain; charset=base64", "YQ=="),
        (b"\x89PNG", "image/png", "\ufffdPNG"),
    ],
)
def test_a_reply_is_json_or_text_by_what_it_says_it_is(
    content: bytes, content_type: str, body: Any, perform: Perform, web: WebServer
) -> None:
    result: Any = perform(url=web.on("/", json_answer(content, content_type=content_type))).result
    assert result["body"] == body
    assert base64.b64decode(result["body_base64"]) == content


def test_headers_of_the_reply_are_lists_under_small_letters(perform: Perform, web: WebServer) -> None:
    answer = Answer(
        201, b"", (("Set-Cookie", "a=1"), ("X-Other", "ü".encode().decode("latin-1")), ("set-cookie", "b=2"))
    )
    result: Any = perform(url=web.on("/", answer)).result
    assert result["status"] == 201
    assert result["headers"]["set-cookie"] == ["a=1", "b=2"]
    assert result["headers"]["x-other"] == ["ü"]
    assert set(result) == {"status", "headers", "body", "body_base64"}


def test_a_compressed_reply_is_unpacked(perform: Perform, web: WebServer) -> None:
    answer = Answer(
        200, gzip.compress(b'{"a":1}'), (("Content-Type", "application/json"), ("Content-Encoding", "gzip"))
    )
    assert perform(url=web.on("/", answer)).result["body"] == {"a": 1}  # type: ignore[index,call-overload]


def test_a_small_reply_that_unpacks_to_a_large_one_is_refused(perform: Perform, web: WebServer) -> None:
    bomb = gzip.compress(bytes(21 * 1024 * 1024))
    assert len(bomb) < 100_000
    answer = Answer(200, bomb, (("Content-Encoding", "gzip"),))
    assert failed(perform, url=web.on("/", answer)).code == "network.too_large"


@pytest.mark.parametrize("status", [204, 301, 304, 400, 404, 429, 500, 503])
def test_any_reply_is_a_success(status: int, perform: Perform, web: WebServer) -> None:
    outcome = perform(url=web.on("/", Answer(status, b"")))
    assert (outcome.ok, outcome.result["status"]) == (True, status)  # type: ignore[index,call-overload]


@pytest.mark.parametrize("flag", [True, "true", "TRUE"])
@pytest.mark.parametrize(("status", "ok"), [(499, True), (500, False), (503, False), (599, False)])
def test_a_failing_server_is_a_passing_error_where_the_task_says_so(
    flag: Any, status: int, ok: bool, perform: Perform, web: WebServer
) -> None:
    outcome = perform(url=web.on("/", Answer(status, b"sorry")), error_on_5xx=flag)
    assert outcome.ok is ok
    if not ok:
        assert (outcome.error, outcome.transient, outcome.result) == (f"the server answered {status}", True, None)
        assert outcome.response["body"] == "sorry"  # type: ignore[index,call-overload]


@pytest.mark.parametrize("flag", [False, "false", None, ""])
def test_a_failing_server_is_no_error_otherwise(flag: Any, perform: Perform, web: WebServer) -> None:
    assert perform(url=web.on("/", Answer(500)), error_on_5xx=flag).ok


@pytest.mark.parametrize(
    ("status", "method", "then", "body"),
    [
        (301, "POST", "GET", b""),
        (302, "POST", "GET", b""),
        (303, "POST", "GET", b""),
        (303, "PUT", "GET", b""),
        (307, "POST", "POST", b'{"x":1}'),
        (308, "POST", "POST", b'{"x":1}'),
        (307, "DELETE", "DELETE", b'{"x":1}'),
    ],
)
def test_a_redirect_changes_the_method_as_browsers_do(
    status: int, method: str, then: str, body: bytes, perform: Perform, web: WebServer
) -> None:
    perform(method=method, url=web.on("/a", redirect("/b", status)), body={"x": 1})
    last = web.saw[-1]
    assert (last.method, last.target, last.body) == (then, "/b", body)


@pytest.mark.parametrize("flag", [False, "false"])
def test_a_redirect_is_a_reply_like_any_other_where_the_task_says_so(
    flag: Any, perform: Perform, web: WebServer
) -> None:
    result: Any = perform(url=web.on("/a", redirect("/b")), follow_redirects=flag).result
    assert (result["status"], result["headers"]["location"]) == (302, ["/b"])


def test_authorization_stays_with_the_host_it_was_meant_for(perform: Perform, web: WebServer) -> None:
    web.on("/same", redirect("/end"))
    web.on("/other", redirect(web.url("/end", "outside.test")))
    for path in ("/same", "/other"):
        perform(url=web.url(path), headers={"Authorization": "Bearer t"})
    arrived = [request.header("Authorization") for request in web.saw if request.target == "/end"]
    assert arrived == ["Bearer t", None]


@pytest.mark.parametrize(("hops", "passes"), [(10, True), (11, False)])
def test_ten_redirects_are_followed(hops: int, passes: bool, perform: Perform, web: WebServer) -> None:
    for number in range(hops):
        web.on(f"/{number}", redirect(f"/{number + 1}"))
    if passes:
        assert perform(url=web.url("/0")).ok
    else:
        error = failed(perform, url=web.url("/0"))
        assert (error.code, error.transient) == ("network.redirects", False)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/"])
def test_a_redirect_to_something_else_than_the_web_is_a_lasting_error(
    target: str, perform: Perform, web: WebServer
) -> None:
    error = failed(perform, url=web.on("/", redirect(target)))
    assert (error.code, error.transient) == ("network.redirects", False)


def test_a_redirect_to_a_private_address_is_refused(perform: Perform, web: WebServer) -> None:
    error = failed(perform, url=web.on("/", redirect("http://private.test/")))
    assert (error.code, error.transient) == ("network.refused", False)


@pytest.mark.parametrize("url", ["http://private.test/", "https://private.test/", "http://10.1.2.3:9/"])
def test_a_private_address_is_refused_and_the_setting_named(url: str, perform: Perform) -> None:
    error = failed(perform, url=url)
    assert error.code == "network.refused"
    assert "network_allow" in str(error.hint)


@pytest.mark.parametrize(
    ("verify", "host", "ok"), [(True, "secure.test", True), ("false", "wrong.test", True), (None, "wrong.test", False)]
)
def test_certificates_are_checked_unless_the_task_says_otherwise(
    verify: Any, host: str, ok: bool, tools: Callable[..., Any], outside: Services, secure_web: WebServer
) -> None:
    services = Services(network=outside.network.trusting(host))
    call = HTTP.validate({"method": "get", "url": secure_web.url("/", host), "verify": verify})
    if ok:
        assert HTTP.perform(call, tools(services=services)).ok
    else:
        with pytest.raises(NetworkError) as caught:
            HTTP.perform(call, tools(services=services))
        assert (caught.value.code, caught.value.transient) == ("network.certificate", False)


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_is_used_with_its_login(scheme: str, proxy: Proxy, perform: Perform, web: WebServer) -> None:
    assert perform(url=web.url(), proxy=proxy.url(scheme)).ok
    assert len(proxy.passed) == 1
    assert web.saw[0].header("Proxy-Authorization") is None


@pytest.mark.parametrize(
    ("answer", "code", "transient"),
    [
        (Answer(drop=True), "network.lost_reply", True),
        (Answer(cut=True), "network.lost_reply", True),
        (Answer(announce=200_000_000), "network.too_large", False),
        (Answer(stream=30_000_000), "network.too_large", False),
    ],
)
def test_a_reply_that_cannot_be_used_fails_by_its_kind(
    answer: Answer, code: str, transient: bool, perform: Perform, web: WebServer
) -> None:
    error = failed(perform, url=web.on("/", answer))
    assert (error.code, error.transient) == (code, transient)
    assert error.hint
