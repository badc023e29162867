"""Received mail as tasks see it (engine.md 6.3)."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from typing import Any

import pytest

from runner.mail.received import TOPIC, read_message, read_postmark
from runner.mail.reply import stripped_reply
from tests.mail.letters import LETTER, content, letter

KEYS = {
    *("attachments", "cc", "cc_full", "date", "from", "from_full", "from_name", "headers", "html_body", "message_id"),
    *("reply_to", "stripped_text_reply", "subject", "text_body", "to", "to_full"),
}

POSTMARK: dict[str, Any] = {
    "FromName": "Pat Moss",
    "MessageStream": "inbound",
    "From": "pat@example.com",
    "FromFull": {"Email": "pat@example.com", "Name": "Pat Moss", "MailboxHash": ""},
    "To": '"Orders" <hash+1001@inbound.postmarkapp.com>',
    "ToFull": [{"Email": "hash+1001@inbound.postmarkapp.com", "Name": "Orders", "MailboxHash": "1001"}],
    "Cc": "",
    "CcFull": [],
    "OriginalRecipient": "hash+1001@inbound.postmarkapp.com",
    "Subject": "Where is it?",
    "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
    "ReplyTo": "",
    "MailboxHash": "1001",
    "Date": "Sat, 28 Nov 2026 10:00:00 +0100",
    "TextBody": "Hello",
    "HtmlBody": "<p>Hello</p>",
    "StrippedTextReply": "",
    "Tag": "",
    "Headers": [{"Name": "X-Spam-Status", "Value": "No"}, {"Name": "MIME-Version", "Value": "1.0"}],
    "Attachments": [
        {"Name": "a.csv", "Content": "MQo=", "ContentType": "text/csv", "ContentLength": 2, "ContentID": ""}
    ],
}


def mime(**headers: str) -> EmailMessage:
    message = EmailMessage()
    given = {
        "From": "Pat <pat@example.com>",
        "To": "orders@shop.test",
        "Subject": "Hi",
        "Message-ID": "<1@example.com>",
    }
    for name, value in (given | {key.replace("_", "-"): value for key, value in headers.items()}).items():
        message[name] = value
    return message


def test_postmarks_json_in_snake_case() -> None:
    mail = read_postmark(POSTMARK)
    data: Any = mail.data
    assert set(data) >= KEYS
    assert data["from_full"] == {"email": "pat@example.com", "name": "Pat Moss", "mailbox_hash": ""}
    assert data["to_full"] == [{"email": "hash+1001@inbound.postmarkapp.com", "name": "Orders", "mailbox_hash": "1001"}]
    assert data["attachments"] == [
        {"name": "a.csv", "content": "MQo=", "content_type": "text/csv", "content_length": 2, "content_id": ""}
    ]
    assert data["headers"][0] == {"name": "X-Spam-Status", "value": "No"}
    assert (data["message_id"], mail.identity) == (POSTMARK["MessageID"], POSTMARK["MessageID"])
    assert (data["html_body"], data["text_body"], data["from_name"]) == ("<p>Hello</p>", "Hello", "Pat Moss")


@pytest.mark.parametrize(
    "document", [None, [], "x", {}, {"From": "a@example.com"}, {"MessageID": "1"}, {"From": 1, "MessageID": "1"}]
)
def test_other_json_is_no_mail(document: Any) -> None:
    with pytest.raises(ValueError, match="From and MessageID"):
        read_postmark(document)


def test_what_postmark_leaves_out_is_blank() -> None:
    data = read_postmark({"From": "a@example.com", "MessageID": "1", "Attachments": None}).data
    assert {name: data[name] for name in KEYS - {"from", "message_id", "from_full"}} == {
        name: [] if name in ("attachments", "cc_full", "headers", "to_full") else ""
        for name in KEYS - {"from", "message_id", "from_full"}
    }


def test_a_message_has_the_same_keys() -> None:
    message = mime(
        Cc='"Döe, J" <j+7@example.com>, k@example.com',
        Reply_To="help@example.com",
        Date="Sat, 28 Nov 2026 10:00:00 +0100",
    )
    message.set_content("Hällo\n")
    message.add_alternative("<p>Hällo</p>", subtype="html")
    message.add_attachment(b"\x00\xff", maintype="application", subtype="pdf", filename="Rechnung für 1.pdf")
    mail = read_message(message.as_bytes())
    data: Any = mail.data
    assert set(data) == KEYS
    assert (data["from"], data["from_name"], data["to"], data["subject"]) == (
        "pat@example.com",
        "Pat",
        "orders@shop.test",
        "Hi",
    )
    assert data["from_full"] == {"email": "pat@example.com", "name": "Pat", "mailbox_hash": ""}
    assert data["cc_full"] == [
        {"email": "j+7@example.com", "name": "Döe, J", "mailbox_hash": "7"},
        {"email": "k@example.com", "name": "", "mailbox_hash": ""},
    ]
    assert (data["text_body"], data["html_body"]) == ("Hällo\n", "<p>Hällo</p>\n")
    assert data["attachments"] == [
        {
            "name": "Rechnung für 1.pdf",
            "content": base64.b64encode(b"\x00\xff").decode(),
            "content_type": "application/pdf",
            "content_length": 2,
            "content_id": "",
        }
    ]
    assert (data["date"], data["reply_to"]) == ("Sat, 28 Nov 2026 10:00:00 +0100", "help@example.com")
    assert (data["message_id"], mail.identity) == ("1@example.com", "1@example.com")
    assert {"name": "Subject", "value": "Hi"} in data["headers"]


def test_an_event_of_it_is_the_platforms() -> None:
    event = read_postmark(POSTMARK).event()
    assert (event.topic, event.source) == (TOPIC, "email") == ("mechanic/emails/received", "email")


def test_an_inline_image_is_an_attachment_with_its_id() -> None:
    message = mime()
    message.set_content("x")
    message.add_alternative("<img src='cid:a@b'>", subtype="html")
    message.get_payload()[1].add_related(b"PNG", maintype="image", subtype="png", cid="<a@b>", filename="a.png")  # type: ignore[union-attr,index]
    (attachment,) = read_message(message.as_bytes()).data["attachments"]
    assert (attachment["content_id"], attachment["name"]) == ("a@b", "a.png")


def test_a_forwarded_message_is_one_attachment_whole() -> None:
    inner = mime(Subject="inner")
    inner.set_content("inner text")
    outer = mime()
    outer.set_content("outer text")
    outer.add_attachment(inner)
    data = read_message(outer.as_bytes()).data
    (attachment,) = data["attachments"]
    assert data["text_body"] == "outer text\n"
    assert attachment["name"].endswith(".eml")
    assert b"inner text" in base64.b64decode(attachment["content"])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Subject: =?iso-8859-1?q?H=E4?= =?utf-8?b?w6Q=?=\r\n\r\nx", {"subject": "Hää"}),
        (b"Subject: folded\r\n  line\r\n\r\nx", {"subject": "folded line"}),
        (b"Subject: =?nonsense?q?x?=\r\n\r\nx", {"subject": "=?nonsense?q?x?="}),
        ("Subject: rohes ü\r\n\r\nx".encode(), {"subject": "rohes ü"}),
        (b"Content-Type: text/plain; charset=latin-1\r\n\r\n\xe4", {"text_body": "ä"}),
        (b"Content-Type: text/plain; charset=no-such\r\n\r\n\xc3\xa4", {"text_body": "ä"}),
        (b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xff", {"text_body": "\ufffd"}),
        (b"Content-Type: text/html\r\n\r\n<p>a</p>", {"html_body": "<p>a</p>", "text_body": ""}),
        (b"Content-Transfer-Encoding: base64\r\n\r\nnot base64!", {}),
        (b"Content-Type: multipart/mixed; boundary=x\r\n\r\nno parts", {"attachments": [], "text_body": "no parts"}),
        (b"", {"from": "", "subject": ""}),
        (b"\x00\x01\x02", {}),
        (b"From: broken <<>\r\nTo: a@example.com, ,b@\r\n\r\nx", {"subject": ""}),
    ],
)
def test_whatever_is_wrong_with_a_message_the_rest_is_read(raw: bytes, expected: dict[str, Any]) -> None:
    data = read_message(raw).data
    assert set(data) == KEYS
    assert {name: data[name] for name in expected} == expected


def test_a_message_without_an_id_is_known_by_its_content() -> None:
    first, second = read_message(b"Subject: a\r\n\r\nx"), read_message(b"Subject: b\r\n\r\nx")
    assert first.identity != second.identity
    assert first.identity == read_message(b"Subject: a\r\n\r\nx").identity
    assert first.dedupe("one") != first.dedupe("two")


def test_mail_of_ours_is_known_by_its_run_and_its_sender() -> None:
    sent = read_message(content(letter(headers=(("X-Mechanic-Run", "run-1"),))))
    assert (sent.run_id, sent.is_own({"orders@shop.test"}), sent.is_own({"other@shop.test"})) == ("run-1", True, False)
    assert not read_message(content(LETTER)).is_own({"orders@shop.test"}), "people write from that address too"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Yes please.\n\nOn Sat, 28 Nov 2026 at 10:00, Shop <orders@shop.test> wrote:\n> Sure?", "Yes please."),
        ("Yes.\n\nOn Sat, 28 Nov 2026 at 10:00, Shop\n<orders@shop.test> wrote:\n> Sure?", "Yes."),
        ("Ja.\n\nAm 28.11.2026 um 10:00 schrieb Shop <o@shop.test>:\n> Sicher?", "Ja."),
        ("Ok\n-----Original Message-----\nFrom: x", "Ok"),
        ("Ok\n________________________________\nFrom: Shop <o@shop.test>", "Ok"),
        ("Ok\n> quoted", "Ok"),
        ("No reply at all\nOn Monday it rained.", ""),
        ("", ""),
    ],
)
def test_the_words_of_a_reply_alone(text: str, reply: str) -> None:
    assert stripped_reply(text) == reply
