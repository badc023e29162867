"""Postmark's API: a stand-in that answers in its documented shapes (actions.md 3.3)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from runner.actions.base import Services
from runner.errors import ActionError, NetworkError
from runner.mail.account import Account, Server
from runner.mail.delivery import Delivery
from runner.mail.html import Attached
from runner.mail.postmark import PostmarkTransport
from tests.mail.letters import LETTER, letter, people
from tests.servers.web import Answer, WebServer, json_answer

TOKEN = "server-token-1"
SENT = {
    "To": "pat@example.com",
    "SubmittedAt": "2026-11-28T09:30:00.123-05:00",
    "MessageID": "b7bc2f4a-e38e-4336-af7d-e6c392c2f817",
    "ErrorCode": 0,
    "Message": "OK",
}


def answer(document: Any, status: int = 200) -> Answer:
    return json_answer(json.dumps(document).encode(), status, "application/json; charset=utf-8")


@pytest.fixture
def send(outside: Services, web: WebServer) -> Any:
    web.on("/email", answer(SENT))

    def act(what: Any = LETTER, **more: Any) -> Delivery:
        server = Server("postmark+http", "127.0.0.1", web.port)
        return PostmarkTransport(Account(server, LETTER.sender, password=TOKEN), outside.network, **more).send(
            what, b""
        )

    return act


def test_the_request_is_the_documented_one(send: Any, web: WebServer) -> None:
    whole = letter(
        to=people("Pat <pat@example.com>", '"Döe, J" <j@example.com>'),
        cc=people("c@example.com"),
        bcc=people("b@example.com"),
        reply_to=people("help@example.com")[0],
        headers=(("X-Order", "1"),),
        images=(Attached("logo.png", b"\x89PNG", "image/png", "logo@shop.test"),),
        files=(Attached("a.csv", b"1\n", "text/csv"),),
    )
    assert send(whole).accepted == ("pat@example.com", "j@example.com", "c@example.com", "b@example.com")
    (got,) = web.saw
    assert (got.method, got.target) == ("POST", "/email")
    assert (got.header("X-Postmark-Server-Token"), got.header("Content-Type")) == (TOKEN, "application/json")
    assert json.loads(got.body) == {
        "From": "Shop <orders@shop.test>",
        "To": 'Pat <pat@example.com>, "Döe, J" <j@example.com>',
        "Cc": "c@example.com",
        "Bcc": "b@example.com",
        "ReplyTo": "help@example.com",
        "Subject": "Your order",
        "HtmlBody": "<p>Thanks</p>",
        "TextBody": "Thanks\n",
        "Headers": [
            {"Name": "Message-ID", "Value": "<run-1@shop.test>"},
            {"Name": "X-PM-KeepID", "Value": "true"},
            {"Name": "X-Order", "Value": "1"},
        ],
        "Attachments": [
            {
                "Name": "logo.png",
                "Content": base64.b64encode(b"\x89PNG").decode(),
                "ContentType": "image/png",
                "ContentID": "cid:logo@shop.test",
            },
            {"Name": "a.csv", "Content": "MQo=", "ContentType": "text/csv"},
        ],
    }


def test_what_is_not_given_is_not_sent(send: Any, web: WebServer) -> None:
    send()
    assert set(json.loads(web.saw[0].body)) == {"From", "To", "Subject", "HtmlBody", "TextBody", "Headers"}


@pytest.mark.parametrize(
    ("status", "document", "code", "transient"),
    [
        (401, {"ErrorCode": 10, "Message": "The Server Token you provided is not valid."}, "email.login", False),
        (422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'x'."}, "email.refused", False),
        (422, {"ErrorCode": 400, "Message": "The sender signature is not defined."}, "email.refused", False),
        (422, {"ErrorCode": 406, "Message": "All recipients are inactive."}, "email.refused", False),
        (429, {"ErrorCode": 429, "Message": "Rate limit exceeded."}, "email.refused", True),
        (500, {"ErrorCode": 1, "Message": "Internal error"}, "email.refused", True),
        (503, "no JSON of theirs", "email.refused", True),
        (404, {}, "email.refused", False),
    ],
)
def test_errors_say_what_postmark_said(
    status: int, document: Any, code: str, transient: bool, send: Any, web: WebServer
) -> None:
    web.on("/email", answer(document, status))
    with pytest.raises(ActionError) as raised:
        send()
    assert (raised.value.code, raised.value.transient) == (code, transient)
    assert str(status) in str(raised.value)
    if isinstance(document, dict) and document:
        assert document["Message"] in str(raised.value)
    assert TOKEN not in str(raised.value)


def test_inactive_recipients_beside_others_are_told(send: Any, web: WebServer) -> None:
    words = "Message OK, but will not deliver to these inactive addresses: b@example.com, c@example.com."
    web.on("/email", answer({**SENT, "Message": words}))
    delivery = send(letter(to=people("a@example.com", "b@example.com", "c@example.com")))
    assert (delivery.accepted, list(delivery.rejected)) == (("a@example.com",), ["b@example.com", "c@example.com"])
    assert delivery.rejected["b@example.com"].startswith("406 ")


@pytest.mark.parametrize("reply", [Answer(drop=True), Answer(200, b"<html>hello</html>"), Answer(200, b'{"a": 1')])
def test_without_a_reply_worth_the_name_nobody_knows(reply: Answer, send: Any, web: WebServer) -> None:
    web.on("/email", reply)
    with pytest.raises(NetworkError) as raised:
        send()
    assert (raised.value.transient, raised.value.sent) == (True, True)


def test_no_connection_is_tried_again(outside: Services, web: WebServer) -> None:
    account = Account(Server("postmark+http", "127.0.0.1", 1), LETTER.sender, password=TOKEN)
    with pytest.raises(NetworkError) as raised:
        PostmarkTransport(account, outside.network).send(LETTER, b"")
    assert (raised.value.code, raised.value.transient, raised.value.sent) == ("network.unreachable", True, False)


def test_its_limits_are_kept_before_anything_is_sent(send: Any, web: WebServer) -> None:
    with pytest.raises(ActionError, match="51 recipients"):
        send(letter(to=people(*(f"p{n}@example.com" for n in range(51)))))
    with pytest.raises(ActionError) as raised:
        send(letter(files=(Attached("a.bin", bytes(8 * 1024 * 1024), "application/octet-stream"),)))
    assert raised.value.code == "email.too_large"
    assert web.saw == []
