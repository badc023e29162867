"""email, against a real SMTP server: what it received, byte for byte (actions.md 3.3)."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from runner.actions import Outcome, Tools
from runner.actions.base import Services
from runner.actions.email import EmailAction
from runner.errors import ActionError
from runner.files import Files
from runner.mail.account import Account, Server
from runner.mail.post import Mail
from runner.mail.templates import Templates
from tests.servers.mail import MailServers
from tests.servers.web import Answer, WebServer

EMAIL = EmailAction()
USUAL = {"to": "pat@example.com", "subject": "Your order", "body": "<p>Thanks, <b>Pat</b></p>"}
SHOP = {"name": "Prints & Co", "email": "owner@shop.test"}
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

Perform = Callable[..., Outcome]


@pytest.fixture
def perform(tools: Callable[..., Tools], outside: Services, mail_servers: MailServers, tmp_path: Path) -> Perform:
    """Performs options; ``account`` replaces the plain one, ``more`` are attributes of the mail service."""

    def act(options: dict[str, Any], account: Account | None = None, **more: Any) -> Outcome:
        mail = Mail(
            account or mail_servers.account(),
            templates=Templates(tmp_path / "templates", SHOP),
            network=outside.network,
            shop=SHOP,
            folder=tmp_path,
        )
        made = tools(services=replace(outside, mail=replace(mail, **more)))
        return EMAIL.perform(EMAIL.validate(options), made)

    return act


def received(servers: MailServers) -> Any:
    (got,) = servers.plain.got
    return got


def test_the_usual_message_arrives_with_a_text_beside_its_html(perform: Perform, mail_servers: MailServers) -> None:
    outcome = perform(USUAL)
    assert (outcome.ok, outcome.error) == (True, None)
    got = received(mail_servers)
    message = got.message
    assert (got.sender, got.recipients) == ("orders@shop.test", ["pat@example.com"])
    assert (message["from"], message["to"]) == ("Prints & Co <orders@shop.test>", "pat@example.com")
    assert (message["subject"], message["message-id"]) == ("Your order", "<run-1@shop.test>")
    assert message["cc"] is message["bcc"] is message["reply-to"] is None
    assert parsedate_to_datetime(message["date"]).year == 2026
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert message.get_body(("plain",)).get_content() == "Thanks, Pat\r\n"
    assert message.get_body(("html",)).get_content().strip() == USUAL["body"]
    assert got.greeting == "shop.test"


def test_the_result_tells_who_got_what(perform: Perform) -> None:
    outcome = perform(
        {**USUAL, "to": ["Pat <pat@example.com>", "no one"], "cc": "c@example.com", "bcc": "b@example.com"}
    )
    assert outcome.result == {
        "message_id": "run-1@shop.test",
        "to": ["Pat <pat@example.com>"],
        "cc": ["c@example.com"],
        "bcc": ["b@example.com"],
        "subject": "Your order",
        "accepted": ["pat@example.com", "c@example.com", "b@example.com"],
        "rejected": {"no one": "not an address"},
    }


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("a@example.com", ["a@example.com"]),
        ("a@example.com, b@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com;b@example.com,", ["a@example.com", "b@example.com"]),
        ("a@example.com,\n  b@example.com\n", ["a@example.com", "b@example.com"]),
        (
            ["a@example.com", None, "", "b@example.com, c@example.com"],
            ["a@example.com", "b@example.com", "c@example.com"],
        ),
        ("A <a@example.com>, A@example.com", ["a@example.com"]),
        ('"Doe, Jane" <jane@example.com>, x@example.com', ["jane@example.com", "x@example.com"]),
        ("Doe, Jane <jane@example.com>, x@example.com", ["jane@example.com", "x@example.com"]),
        ("jörg@example.com", ["jörg@example.com"]),
        ("info@münchen.example", ["info@xn--mnchen-3ya.example"]),
        ("o'neil+tag@sub.example.co", ["o'neil+tag@sub.example.co"]),
        ('"a b"@example.com', ['"a b"@example.com']),
    ],
)
def test_recipients_are_read_as_people_write_them(
    to: Any, expected: list[str], perform: Perform, mail_servers: MailServers
) -> None:
    assert perform({**USUAL, "to": to}).ok
    assert received(mail_servers).recipients == expected


def test_names_of_any_script_and_with_commas_come_through(perform: Perform, mail_servers: MailServers) -> None:
    perform({**USUAL, "to": '"Döe, Jäne" <j@example.com>, 株式会社 <k@example.com>', "from_display_name": 'A "B", 店'})
    message = received(mail_servers).message
    assert [each.display_name for each in message["to"].addresses] == ["Döe, Jäne", "株式会社"]
    assert (message["from"].addresses[0].display_name, message["from"].addresses[0].addr_spec) == (
        'A "B", 店',
        "orders@shop.test",
    )


def test_blind_copies_get_the_message_and_stand_nowhere_in_it(perform: Perform, mail_servers: MailServers) -> None:
    perform({**USUAL, "cc": "c@example.com", "bcc": ["hidden@example.com", "c@example.com"]})
    got = received(mail_servers)
    assert got.recipients == ["pat@example.com", "c@example.com", "hidden@example.com"]
    assert b"hidden" not in got.content
    assert got.message["cc"] == "c@example.com"


@pytest.mark.parametrize("blank", [None, "", "  ", []])
def test_blank_options_are_absent_ones(blank: Any, perform: Perform, mail_servers: MailServers) -> None:
    names = ("cc", "bcc", "reply_to", "from_display_name", "headers", "template", "attachments")
    options = {**USUAL, **{name: blank for name in names if blank != [] or name in ("cc", "bcc")}}
    assert perform(options).ok
    assert received(mail_servers).message["from"] == "Prints & Co <orders@shop.test>"


def test_reply_to_and_further_headers_are_sent(perform: Perform, mail_servers: MailServers) -> None:
    long = f"<https://example.com/{'u' * 400}>"
    headers = {"X-Order": 1001, "List-Unsubscribe": long, "X-Ü": None, "X-Name": "Jörg"}
    headers.pop("X-Ü")
    perform({**USUAL, "reply_to": "Help <help@example.com>", "headers": headers})
    message = received(mail_servers).message
    assert (message["reply-to"], message["x-order"], message["x-name"]) == ("Help <help@example.com>", "1001", "Jörg")
    assert message["list-unsubscribe"] == long
    assert long.encode() in received(mail_servers).content, "long words are not encoded"


def test_a_subject_of_several_lines_is_one_line_and_no_header(perform: Perform, mail_servers: MailServers) -> None:
    perform(
        {**USUAL, "subject": "\n  Order\r\nBcc: evil@example.com\t1 ", "from_display_name": "A\r\nBcc: x@example.com"}
    )
    got = received(mail_servers)
    assert got.message["subject"] == "Order Bcc: evil@example.com 1"
    assert got.message["bcc"] is None
    assert got.recipients == ["pat@example.com"]


def test_long_and_foreign_texts_come_through_unchanged(perform: Perform, mail_servers: MailServers) -> None:
    body = "<p>" + "x" * 5000 + "</p>\n.\n..dots\n<p>日本語 é 😀 \ud800</p>"
    subject = "Bestellung für 日本 " + "ö" * 200
    perform({**USUAL, "body": body, "subject": subject})
    got = received(mail_servers)
    assert got.message["subject"] == subject
    html = got.message.get_body(("html",)).get_content().replace("\r\n", "\n").rstrip("\n")
    assert html == body.replace("\ud800", html[-5])
    assert max(map(len, got.content.split(b"\r\n"))) <= 998
    assert b"\n" not in got.content.replace(b"\r\n", b"")


def test_attachments_of_every_kind_arrive_byte_for_byte(perform: Perform, mail_servers: MailServers) -> None:
    binary = bytes(range(256)) * 20
    files = {
        "rechnung für 1001.csv": "id;ü\n1\n",
        "any.bin": {"base64": base64.b64encode(binary).decode()},
        "m.eml": "x",
    }
    assert perform({**USUAL, "attachments": files}).ok
    message = received(mail_servers).message
    found = {part.get_filename(): part for part in message.iter_attachments()}
    assert list(found) == list(files)
    assert found["rechnung für 1001.csv"].get_payload(decode=True) == "id;ü\n1\n".encode()
    assert found["any.bin"].get_payload(decode=True) == binary
    assert all(part.get_content_disposition() == "attachment" for part in found.values())
    assert message.get_content_type() == "multipart/mixed"


def test_files_of_every_generator_can_be_attached(
    tools: Callable[..., Tools], outside: Services, mail_servers: MailServers, web: WebServer
) -> None:
    web.on("/terms.txt", Answer(200, b"terms"))
    files = {
        "plain.csv": "id\n1\n",
        "coded.bin": {"base64": "AP8="},
        "terms.txt": {"url": web.url("/terms.txt")},
        "all.zip": {"zip": {"files": {"inner.txt": "inside"}}},
        "invoice.pdf": {"pdf": {"html": "<h1>Invoice</h1>"}},
    }
    mail = Mail(mail_servers.account(), network=outside.network)
    services = replace(outside, mail=mail, files=Files(outside.network))
    outcome = EMAIL.perform(EMAIL.validate({**USUAL, "attachments": files}), tools(services=services))
    assert outcome.ok, outcome.error
    found = {part.get_filename(): part for part in received(mail_servers).message.iter_attachments()}
    content = {name: part.get_payload(decode=True) for name, part in found.items()}
    assert list(content) == list(files)
    assert (content["plain.csv"], content["coded.bin"], content["terms.txt"]) == (b"id\n1\n", b"\x00\xff", b"terms")
    assert zipfile.ZipFile(io.BytesIO(content["all.zip"])).read("inner.txt") == b"inside"
    assert content["invoice.pdf"].startswith(b"%PDF-")
    assert [found[name].get_content_type() for name in files] == [
        "text/csv",
        "application/octet-stream",
        "text/plain",
        "application/zip",
        "application/pdf",
    ]


def test_images_by_cid_and_as_data_travel_inside_the_message(perform: Perform, mail_servers: MailServers) -> None:
    data = base64.b64encode(PNG).decode()
    body = f"<img src=\"cid:logo.png\"><img alt='x' src='data:image/png;base64,{data}'><img src='https://x.test/a.png'>"
    perform({**USUAL, "body": body, "attachments": {"logo.png": {"base64": data}, "terms.txt": "t"}})
    message = received(mail_servers).message
    related = next(part for part in message.walk() if part.get_content_type() == "multipart/related")
    html, *images = related.iter_parts()
    text = html.get_content()
    assert len(images) == 2
    for image in images:
        assert image.get_payload(decode=True) == PNG
        assert f"cid:{image['content-id'][1:-1]}" in text
        assert image.get_content_disposition() == "inline"
    assert "data:" not in text
    assert "https://x.test/a.png" in text
    assert [part.get_filename() for part in message.iter_attachments()] == ["terms.txt"]


def test_styles_go_into_the_elements_and_media_queries_stay(perform: Perform, mail_servers: MailServers) -> None:
    body = (
        "<style>p.a { color: red } @media (max-width: 9px) { p { color: blue } }</style>"
        '<link rel="stylesheet" href="https://x.test/a.css"><p class="a">Hi</p>'
    )
    perform({**USUAL, "body": body})
    html = received(mail_servers).message.get_body(("html",)).get_content()
    assert 'style="color: red' in html
    assert "@media (max-width: 9px)" in html
    assert received(mail_servers).message.get_body(("plain",)).get_content() == "Hi\r\n"


def test_two_attempts_make_the_same_bytes(perform: Perform, mail_servers: MailServers) -> None:
    options = {**USUAL, "attachments": {"a.txt": "a"}}
    perform(options)
    perform(options)
    first, second = mail_servers.plain.got
    assert first.content == second.content


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": None}, '"to" is missing or blank'),
        ({"to": " "}, '"to" is missing or blank'),
        ({"to": []}, '"to" is missing or blank'),
        ({"to": [None]}, '"to" is missing or blank'),
        ({"to": "nobody"}, '"to" holds no address: "nobody" is none'),
        ({"to": "a@b"}, "holds no address"),
        ({"to": "a b@example.com"}, "holds no address"),
        ({"to": "a@example.com\nBcc: evil@example.com"}, "holds no address"),
        ({"to": "a@exa mple.com"}, "holds no address"),
        ({"to": 5}, '"to" is neither text nor an array'),
        ({"to": [5]}, 'an address in "to" is not text'),
        ({"to": {"a": 1}}, '"to" is neither'),
        ({"cc": 5}, '"cc" is neither'),
        ({"subject": None}, '"subject" is missing or blank'),
        ({"subject": " \n"}, '"subject" is missing or blank'),
        ({"subject": ["x"]}, '"subject" is an array'),
        ({"body": 5}, '"body" is the number 5'),
        ({"reply_to": "nobody"}, '"reply_to" is not one address'),
        ({"reply_to": "a@example.com, b@example.com"}, '"reply_to" is not one address'),
        ({"headers": "x"}, '"headers" is text, not an object'),
        ({"headers": {"X-A": "a\r\nBcc: evil@example.com"}}, "holds a line break"),
        ({"headers": {"X-A\r\nBcc": "evil@example.com"}}, "is no header's name"),
        ({"headers": {"X A": "a"}}, "is no header's name"),
        ({"headers": {"From": "x@example.com"}}, 'the header "From" cannot be set'),
        ({"headers": {"subject": "x"}}, 'the header "subject" cannot be set'),
        ({"headers": {"TO": "x"}}, 'the header "TO" cannot be set'),
        ({"headers": {"Content-Type": "text/plain"}}, "cannot be set"),
        ({"headers": {"X-A": {"b": 1}}}, 'the header "X-A" is not text'),
        ({"attachments": "x"}, '"attachments" is text, not an object'),
        ({"attachments": ["x"]}, '"attachments" is an array'),
        ({"template": 5}, '"template" is the number 5'),
    ],
)
def test_wrong_options_are_refused_before_any_network(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ActionError) as raised:
        EMAIL.validate({**USUAL, **change})
    assert words in str(raised.value)
    assert (raised.value.code, raised.value.transient) == ("action.invalid_options", False)
    assert raised.value.hint


@pytest.mark.parametrize("options", [None, "x", [], 5])
def test_options_that_are_no_object_are_refused(options: Any) -> None:
    with pytest.raises(ActionError, match="not an object"):
        EMAIL.validate(options)


def test_unknown_options_are_no_error(perform: Perform) -> None:
    assert perform({**USUAL, "colour": "red", "account": "any"}).ok


def test_without_a_body_and_a_template_the_action_fails(perform: Perform, mail_servers: MailServers) -> None:
    with pytest.raises(ActionError, match="no template makes it"):
        perform({"to": "a@example.com", "subject": "x"})
    assert mail_servers.plain.connections == 0


def test_without_a_mail_server_the_error_says_how_to_name_one(tools: Callable[..., Tools]) -> None:
    with pytest.raises(ActionError) as raised:
        EMAIL.perform(EMAIL.validate(USUAL), tools())
    assert (raised.value.code, "email_server" in str(raised.value.hint)) == ("email.not_set_up", True)


def test_other_accounts_are_chosen_by_name_once_there_are_any(perform: Perform, mail_servers: MailServers) -> None:
    others = {"billing": mail_servers.account(sender="Billing <billing@shop.test>")}
    perform({**USUAL, "account": "billing"}, others=others)
    got = received(mail_servers)
    assert (got.sender, got.message["from"]) == ("billing@shop.test", "Billing <billing@shop.test>")
    assert got.message["message-id"] == "<run-1@shop.test>"
    with pytest.raises(ActionError) as raised:
        perform({**USUAL, "account": "sales"}, others=others)
    assert (raised.value.code, "billing" in str(raised.value.hint)) == ("email.not_set_up", True)


def test_an_outbox_keeps_messages_as_files_that_can_be_opened(perform: Perform, tmp_path: Path) -> None:
    account = Account(Server("outbox", folder="out"), perform_sender())
    outcome = perform({**USUAL, "bcc": "hidden@example.com"}, account)
    (file,) = (tmp_path / "out").iterdir()
    assert file.suffix == ".eml"
    assert "your-order" in file.name
    assert b"Bcc: hidden@example.com" in file.read_bytes()
    assert outcome.response == str(file)


def perform_sender() -> Any:
    from runner.mail.addresses import read_mailbox

    return read_mailbox("orders@shop.test")


def test_an_outbox_that_cannot_be_written_is_named(perform: Perform, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ActionError) as raised:
        perform(USUAL, Account(Server("outbox", folder="out"), perform_sender()))
    assert (raised.value.code, raised.value.transient) == ("email.outbox", True)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (USUAL, '"Your order" to pat@example.com'),
        ({**USUAL, "to": ["a@example.com", "b@example.com"]}, '"Your order" to a@example.com and 1 more'),
        ({**USUAL, "attachments": {"a.csv": "1"}}, '"Your order" to pat@example.com, with a.csv'),
        ({**USUAL, "to": None}, '"Your order" to nobody'),
        ({"to": "nonsense"}, '"" to nonsense'),
        (None, '"" to nobody'),
    ],
)
def test_the_summary_is_one_line_also_of_wrong_options(options: Any, line: str) -> None:
    assert EMAIL.summary(options) == line


def test_placeholders_of_secrets_stay_text(perform: Perform, mail_servers: MailServers) -> None:
    from runner.model.secret import Secrets

    options = {**USUAL, "body": "__mechanic_secret__token__0123456789abcdef__"}
    assert EMAIL.with_secrets(options, Secrets({"token": "value"})) == options
