"""The way out for messages: accounts by name, templates, and what carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from runner.errors import ActionError
from runner.mail.account import Account
from runner.mail.delivery import Delivery
from runner.mail.letter import Letter
from runner.mail.templates import Templates
from runner.network import Network

NOT_SET_UP = "Set email_server and email_from: `runner docs email`."


class Transport(Protocol):
    """What carries messages of one account."""

    def send(self, letter: Letter, content: bytes) -> Delivery:
        """Hand in ``letter``, whose bytes are ``content``. Raises ActionError or NetworkError."""


@dataclass(frozen=True, slots=True)
class Mail:
    """``account`` sends what names no other of ``others``. ``shop`` is the REST shop record; ``folder`` the project's,
    which an outbox counts from."""

    account: Account | None = None
    others: Mapping[str, Account] = field(default_factory=lambda: MappingProxyType({}))
    templates: Templates = field(default_factory=Templates)
    network: Network = field(default_factory=Network)
    shop: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    folder: Path = field(default_factory=Path)

    def chosen(self, name: str | None) -> Account:
        """The account ``name``, or the usual one. Raises ActionError for one that is not set up."""
        if name is None and self.account is not None:
            return self.account
        if name is not None and name in self.others:
            return self.others[name]
        if name is None:
            raise ActionError("no mail server is set up", hint=NOT_SET_UP, code="email.not_set_up")
        raise ActionError(
            f'there is no email account "{name}"',
            hint=f"There are: {', '.join(sorted(self.others))}. Without `account` the usual one is taken.",
            code="email.not_set_up",
        )

    def transport(self, account: Account) -> Transport:
        """What carries the messages of ``account``."""
        server = account.server
        if server.kind == "outbox":
            from runner.mail.outbox import OutboxTransport

            return OutboxTransport(self.folder / Path(server.folder).expanduser())
        if server.is_postmark:
            from runner.mail.postmark import PostmarkTransport

            return PostmarkTransport(account, self.network)
        from runner.mail.smtp import SmtpTransport

        return SmtpTransport(account, self.network)
