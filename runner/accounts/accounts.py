"""Tokens that are in force, for the accounts of a book."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from threading import Lock
from types import MappingProxyType
from urllib.parse import urlsplit

from runner.accounts.account import Account
from runner.accounts.book import AccountBook
from runner.accounts.provider import PROVIDERS
from runner.accounts.session import Session
from runner.accounts.tokens import renewed
from runner.clock import Clock
from runner.errors import ActionError, ConfigError
from runner.network import Network

_NO_PLACES: Mapping[str, str] = MappingProxyType({})

logger = logging.getLogger(__name__)


class Accounts:
    """What actions ask for accounts. May be used by several threads, and by several processes on one book.

    ``places`` are addresses by provider that stand in for all of its own, for tests and gateways: ``address`` replaces
    scheme and host by them. ``clock`` tells when tokens expire. ``book`` None: no file is known for accounts.
    """

    def __init__(
        self,
        book: AccountBook | None,
        network: Network,
        clock: Clock,
        *,
        places: Mapping[str, str] = _NO_PLACES,
    ) -> None:
        self._book = book
        self._clock = clock
        self._places = places
        hosts = (urlsplit(place).hostname for place in places.values())
        self.network = network.trusting(*(host for host in hosts if host))
        self._lock = Lock()
        self._unkept: dict[tuple[str, str], tuple[Account, Account]] = {}

    def session(self, provider: str, name: str) -> Session:
        """Calls for the account called ``name``; a context manager. Raises as ``token``."""
        self.account(provider, name)
        return Session(self, provider, name)

    def account(self, provider: str, name: str) -> Account:
        """The account that a task calls ``name``. Raises ActionError for an unknown one, ConfigError for a bad file."""
        kept = None if self._book is None else self._book.find(provider, name)
        if kept is None:
            raise self._unknown(provider, name)
        former, present = self._unkept.get((provider, kept.name), (None, kept))
        return present if former == kept else kept

    def token(self, provider: str, name: str, *, refused: str | None = None) -> str:
        """A token in force for an account; another one than ``refused``, where there can be another.

        A new one is bought by one thread of one process at a time, and kept for the others. Raises ActionError for an
        unknown account and for one whose right has ended; NetworkError when the provider does not answer.
        """
        account = self.account(provider, name)
        token = account.token_at(self._clock.now())
        if token is not None and (token != refused or account.token):
            return token
        assert self._book is not None, "an account was found, so there is a book"
        with self._lock, self._book.locked(reading=True):
            account = self.account(provider, name)
            token = account.token_at(self._clock.now())
            if token is not None and token != refused:
                return token
            return self._buy(self._book, provider, account)

    def address(self, provider: str, usual: str) -> str:
        """``usual``, or the same path at the place that stands in for the provider."""
        place = self._places.get(provider)
        if place is None:
            return usual
        parts = urlsplit(usual)
        return place.rstrip("/") + usual.partition(f"//{parts.netloc}")[2]

    def _buy(self, book: AccountBook, provider: str, kept: Account) -> str:
        address = self.address(provider, PROVIDERS[provider].token)
        bought = renewed(PROVIDERS[provider], kept, address=address, network=self.network, now=self._clock.now())
        try:
            book.write(provider, bought)
        except ConfigError as fault:
            # A file that cannot be written must not stop work that can be done: this process goes on with it.
            logger.warning('the new token of the %s account "%s" was not kept: %s', provider, kept.name, fault)
            stored = book.find(provider, kept.name)
            self._unkept[(provider, kept.name)] = (stored or kept, bought)
        token = bought.access_token
        assert token is not None, "renewed gives a token"
        return token

    def _unknown(self, provider: str, name: str) -> ActionError:
        names = [] if self._book is None else list(self._book.accounts(provider))
        near = [each for each in names if each.casefold() == name.strip().casefold()]
        if near:
            return ActionError(
                f'{provider}: the account "{name}" may be any of {", ".join(near)}',
                hint="They differ in capital letters alone: write one exactly.",
                code="account.unknown",
            )
        command = f"`runner connect {provider}`"
        hint = f"Connected are {', '.join(names)}; {command} adds one." if names else f"None is connected: {command}."
        return ActionError(f'{provider}: there is no account "{name}"', hint=hint, code="account.unknown")
