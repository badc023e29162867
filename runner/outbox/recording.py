"""What an action is given in place of the world: all of it writes down what it is told to send."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from runner.accounts import Account, AccountBook, Accounts
from runner.actions.base import FileMaker, GeneratedFile, Metered, ShopClient, Tools
from runner.files import check
from runner.mail.account import Account as MailAccount
from runner.mail.account import Server
from runner.mail.delivery import Delivery
from runner.mail.letter import Letter
from runner.mail.post import Mail, Transport
from runner.network import Network
from runner.outbox.folder import Entry
from runner.redact import MARKER

if TYPE_CHECKING:
    import httpx

_LEFT_OUT = (
    "Here stands what {url} answers with. Nothing is downloaded in a run that reaches nobody outside the shop.\n"
)


class Kept(Exception):
    """The action has said what it would send, and would have to wait for an answer now."""


def recording(tools: Tools, entry: Entry, *, request: str = "request.http") -> Tools:
    """``tools`` that reach nobody: what is asked of them is written into ``entry``, and then ``Kept`` is raised.

    ``request`` is the name of the file for an HTTP request.
    """
    services = tools.services
    network = RecordingNetwork(services.network.policy, entry=entry, request=request)
    mail = services.mail
    kept = replace(
        services,
        network=network,
        files=None if services.files is None else RecordingFiles(services.files, entry),
        mail=None if mail is None else RecordingMail(*_parts(mail), entry=entry),
        accounts=Accounts(_AnyAccount(), network, tools.clock),
    )
    return replace(tools, shop=RecordingShop(entry), services=kept)


@dataclass(frozen=True, slots=True)
class RecordingNetwork(Network):
    """Every request is written down as a file ``request``, and stopped."""

    entry: Entry = field(kw_only=True)
    request: str = field(kw_only=True)

    def trusting(self, *hosts: str) -> Network:
        """Itself: it reaches nobody anyway."""
        return self

    def client(self, **settings: Any) -> httpx.Client:
        """A client whose requests are written down."""
        from runner.outbox.requests import recording_client

        return recording_client(self.entry, self.request, Kept)

    def connect(self, host: str, port: int, *, timeout: float = 0.0) -> socket.socket:
        """Stop: what would be said on a connection depends on the other side."""
        raise Kept

    def addresses(self, host: str, port: int) -> list[str]:
        """Stop."""
        raise Kept


class RecordingFiles:
    """Makes files, but for downloads, and keeps each."""

    def __init__(self, files: FileMaker, entry: Entry) -> None:
        self._files = files
        self._entry = entry

    def generate(self, file_map: Mapping[str, Any]) -> Sequence[GeneratedFile]:
        """As ``FileMaker.generate``; a text takes the place of what would be downloaded."""
        check(file_map)
        made = self._files.generate(_without_downloads(file_map))
        for file in made:
            self._entry.write(file.name, file.data)
        return made


@dataclass(frozen=True, slots=True)
class RecordingMail(Mail):
    """Messages become ``message.eml``."""

    entry: Entry = field(kw_only=True)

    def chosen(self, name: str | None) -> MailAccount:
        """As ``Mail.chosen``; its server is an outbox, which shows hidden recipients too."""
        return replace(Mail.chosen(self, name), server=Server("outbox"), user=None, password=None)

    def transport(self, account: MailAccount) -> Transport:
        """What writes the message."""
        return _MessageFile(self.entry)


class _MessageFile:
    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def send(self, letter: Letter, content: bytes) -> Delivery:
        """Write the message; all its recipients have got it then."""
        self._entry.write("message.eml", content)
        return Delivery(tuple(each.address for each in letter.recipients))


class RecordingShop:
    """The Admin API for types that go through it to somebody else: the call becomes ``request.json``."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> NoReturn:
        """Write the call down, and stop."""
        document = {"query": query, "variables": variables or {}}
        self._entry.write("request.json", json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n")
        raise Kept

    def rest(self, method: str, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> NoReturn:
        """Stop."""
        raise Kept

    def metered(self) -> AbstractContextManager[Metered]:
        """There is nothing to count."""
        return nullcontext(_NothingUsed())

    def at(self, version: str) -> ShopClient:
        """Itself."""
        return self

    def hold(self) -> float:
        """Nothing holds."""
        return 0.0


class _NothingUsed:
    deprecated: Sequence[Any] = ()

    def to_meta(self) -> Mapping[str, Any]:
        """Nothing was used."""
        return {}


class _AnyAccount(AccountBook):
    """Knows an account by every name; a marker stands for its token."""

    def __init__(self) -> None:
        super().__init__(Path("accounts"))

    def find(self, provider: str, name: str) -> Account:
        """The account called ``name``."""
        return Account(name, token=MARKER)


def _parts(mail: Mail) -> tuple[Any, ...]:
    return mail.account, mail.others, mail.templates, mail.network, mail.shop, mail.folder


def _without_downloads(file_map: Any) -> Any:
    """The map with texts in place of downloads, in archives too."""
    return {name: _without_download(value) for name, value in (file_map or {}).items()}


def _without_download(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    if "url" in value:
        return _LEFT_OUT.format(url=value["url"])
    if "zip" in value:
        return {"zip": {**value["zip"], "files": _without_downloads(value["zip"]["files"])}}
    return value
