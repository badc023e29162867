"""Received mail by webhook: what is answered, and what becomes an event (engine.md 6.3)."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from runner.engine.engine import Engine
from runner.errors import StoreError
from runner.store import Store
from runner.web.counts import Counts
from runner.web.desk import Desk
from runner.web.inbound import inbound
from runner.web.mail_hook import MailAddress, MailHook
from runner.web.requests import MAX_BODY
from tests.mail.letters import content, letter
from tests.mail.test_received import POSTMARK

SECRET = "0123456789abcdef0123"
ADDRESS = MailAddress(SECRET, {"orders@shop.test"})
MESSAGE = b"From: Pat <pat@example.com>\r\nSubject: Hi\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n"


class Web:
    """The application on a store of its own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.counts = Counts()
        self.engine: Any = Engine(store, shop={"myshopify_domain": "example.myshopify.com"})
        desk = Desk(self, self.counts, lambda: 0.0, logging.getLogger("runner.web"))
        self.fault: Exception | None = None
        self._transport = httpx.ASGITransport(app=Starlette(routes=MailHook(desk, ADDRESS).routes()))

    def accept(self, *args: Any, **more: Any) -> Any:
        if self.fault is not None:
            raise self.fault
        return self.engine.accept(*args, **more)

    def post(
        self, body: bytes, kind: str | None = "message/rfc822", secret: str = SECRET, method: str = "POST"
    ) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://localhost") as client:
                headers = {} if kind is None else {"Content-Type": kind}
                return await client.request(method, f"/email/{secret}", content=body, headers=headers)

        return asyncio.run(send())

    @property
    def subjects(self) -> list[str]:
        data: list[Any] = [event.data for event in self.store.events.all()]
        return [each["subject"] for each in data]


@pytest.fixture
def web() -> Iterator[Web]:
    with Store() as store:
        yield Web(store)


def test_postmarks_json_becomes_an_event_once(web: Web) -> None:
    body = json.dumps(POSTMARK).encode()
    replies = [web.post(body, "application/json; charset=utf-8") for _ in range(2)]
    assert [(reply.status_code, reply.text) for reply in replies] == [(200, "kept\n"), (200, "duplicate\n")]
    (event,) = web.store.events.all()
    assert (event.topic, event.source) == ("mechanic/emails/received", "email")
    data: Any = event.data
    assert (data["subject"], data["from_full"]["name"]) == ("Where is it?", "Pat Moss")
    assert web.counts.to_dict() == {"email": {"kept": 1, "duplicate": 1}}


@pytest.mark.parametrize("kind", ["message/rfc822", "application/octet-stream", "text/plain", None])
def test_a_whole_message_becomes_an_event_once(kind: str | None, web: Web) -> None:
    assert [web.post(MESSAGE, kind).status_code for _ in range(2)] == [200, 200]
    assert web.subjects == ["Hi"]


def test_mail_of_ours_starts_nothing(web: Web) -> None:
    reply = web.post(content(letter(headers=(("X-Mechanic-Run", "run-1"),))))
    assert (reply.status_code, reply.text, web.subjects) == (200, "own\n", [])


@pytest.mark.parametrize("secret", ["wrong", SECRET + "0", SECRET[:-1], "ü"])
def test_a_wrong_secret_is_no_address(secret: str, web: Web) -> None:
    assert web.post(MESSAGE, secret=secret).status_code == 404
    assert web.subjects == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 400),
        (b"not json", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"", "message/rfc822", 400),
        (b" \r\n", "message/rfc822", 400),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"<a/>", "text/xml", 415),
        (b"x" * (MAX_BODY + 1), "message/rfc822", 413),
    ],
)
def test_what_is_no_mail_is_refused(body: bytes, kind: str, status: int, web: Web) -> None:
    assert web.post(body, kind).status_code == status
    assert web.subjects == []


def test_other_methods_are_not_allowed(web: Web) -> None:
    assert web.post(b"", method="GET").status_code == 405


def test_what_could_not_be_kept_is_to_be_sent_again(web: Web) -> None:
    web.fault = StoreError("the disk is full", transient=True)
    reply = web.post(MESSAGE)
    assert (reply.status_code, "retry-after" in reply.headers) == (503, True)
    web.fault = None
    assert web.post(MESSAGE).status_code == 200
    assert web.subjects == ["Hi"]


def test_there_is_no_such_address_without_a_secret_in_the_settings(web: Web) -> None:
    def paths(mail: MailAddress | None) -> list[str]:
        return [getattr(route, "path", "") for route in inbound(web, secrets=["x"], mail=mail).routes]

    assert "/email/{secret}" in paths(ADDRESS)
    assert "/email/{secret}" not in paths(None)


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(ADDRESS)
