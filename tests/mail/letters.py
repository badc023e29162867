"""Messages for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from runner.mail.addresses import Mailbox, read_mailbox
from runner.mail.letter import Letter, letter_bytes

LETTER = Letter(
    sender=Mailbox("Shop", "orders", "shop.test"),
    to=(Mailbox("Pat", "pat", "example.com"),),
    subject="Your order",
    html="<p>Thanks</p>",
    text="Thanks\n",
    message_id="run-1@shop.test",
    date=datetime(2026, 11, 28, 9, 30, tzinfo=UTC),
)


def people(*texts: str) -> tuple[Mailbox, ...]:
    found = [read_mailbox(text) for text in texts]
    assert all(found)
    return tuple(each for each in found if each is not None)


def letter(**changes: Any) -> Letter:
    return replace(LETTER, **changes)


def content(of: Letter) -> bytes:
    return letter_bytes(of, lambda name: f"=={name}==")
