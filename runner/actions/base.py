"""What an action type is, what it is given, and what it gives back (actions.md 1).

An action type never enqueues and never writes runs: it returns an ``Outcome``, and events in it.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from uuid import NAMESPACE_URL, uuid5

from runner.clock import Clock
from runner.errors import ActionError, RunnerError, ShopifyError
from runner.model.deprecation import DeprecatedCall
from runner.model.event import Event
from runner.model.json import JSON
from runner.model.secret import Secrets
from runner.network import Network

if TYPE_CHECKING:
    from runner.accounts import Accounts
    from runner.files.keeping import FileStore
    from runner.mail.post import Mail

_log = logging.getLogger(__name__)
_IDS = uuid5(NAMESPACE_URL, "mechanic-runner")


def derived_id(*parts: str) -> str:
    """The UUID that belongs to these parts: the same parts give the same id, so that a repeat makes nothing new."""
    return str(uuid5(_IDS, "\x1f".join(parts)))


class GraphQLAnswer(Protocol):
    """A reply to a GraphQL call, whatever its body says."""

    @property
    def body(self) -> Any: ...

    def failure(self) -> ShopifyError | None:
        """Top-level errors as one error, which knows whether later may help."""


class RestAnswer(Protocol):
    """A reply to a REST call, whatever its status says."""

    @property
    def status(self) -> int: ...

    @property
    def body(self) -> Any: ...

    def failure(self) -> ShopifyError | None:
        """A status of 400 or more as an error."""


class Metered(Protocol):
    """What the calls inside a ``metered()`` block used."""

    def to_meta(self) -> Mapping[str, Any]:
        """The four keys of ``result_meta`` (actions.md 1.4)."""

    @property
    def deprecated(self) -> Sequence[DeprecatedCall]:
        """The calls that were answered with a reason to change them."""


class ShopClient(Protocol):
    """The Admin API as action types and reads see it; ``runner.shopify.client`` is the real one.

    Both calls raise ``ShopifyError`` when there is no reply worth reading; ``transient`` tells whether later may help.
    """

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> GraphQLAnswer: ...

    def rest(self, method: str, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> RestAnswer: ...

    def metered(self) -> AbstractContextManager[Metered]: ...

    def at(self, version: str) -> ShopClient:
        """The same client for another API version."""

    def hold(self) -> float:
        """Seconds until both of the shop's budgets have recovered; 0 when they have (engine.md 4.1)."""


class GeneratedFile(Protocol):
    """A file made from what a task said; ``name`` is its key in the file map."""

    @property
    def name(self) -> str: ...

    @property
    def data(self) -> bytes: ...

    @property
    def mime(self) -> str: ...

    @property
    def warnings(self) -> Sequence[str]:
        """Sentences about what was asked for and left out."""


class FileMaker(Protocol):
    """Makes files from a file map; ``runner.files`` is the real one."""

    def generate(self, file_map: Mapping[str, Any]) -> Sequence[GeneratedFile]:
        """All files, in the map's order, or the error of the first that cannot be made."""


class CacheWriter(Protocol):
    """The cache, inside the transaction that records the action as done."""

    def set(self, key: str, value: Any, ttl: int) -> None: ...

    def delete(self, key: str) -> bool: ...

    def add(self, key: str, amount: int, ttl: int) -> int | float: ...


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event an action wants to exist. ``run_at`` None means now; ``targets`` None means every subscribed task."""

    id: str
    topic: str
    data: JSON = None
    run_at: datetime | None = None
    targets: frozenset[str] | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended.

    ``result`` is what tasks see, null on failure (actions.md 1.4); ``response`` is what the other side said, kept for
    people only. ``transient`` failures are tried again later. ``uncertain`` ones were sent and got no readable answer:
    the other side may have done it. ``meta`` is ``result_meta``, None when the shop was not called. ``deprecated`` are
    calls that the shop wants changed.
    """

    ok: bool
    result: JSON = None
    error: str | None = None
    transient: bool = False
    uncertain: bool = False
    events: tuple[EventDraft, ...] = ()
    meta: Mapping[str, JSON] | None = None
    response: JSON = None
    code: str | None = None
    hint: str | None = None
    deprecated: tuple[DeprecatedCall, ...] = ()

    @classmethod
    def failed(cls, error: RunnerError, *, response: JSON = None, meta: Mapping[str, JSON] | None = None) -> Outcome:
        """The outcome of an attempt that ended with ``error``."""
        return cls(
            ok=False,
            error=str(error),
            transient=error.transient,
            code=error.code,
            hint=error.hint,
            response=response,
            meta=meta,
        )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address to post to; ``token`` proves who posts, None when the address alone does."""

    url: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Services:
    """What actions reach beside the shop, built once for an engine from the settings (``runner.services``).

    A service that is None has not been set up; a type that needs it fails with an error that says how to. ``network``
    is the way to any other machine, ``files`` makes files, ``store`` keeps them for others, ``mail`` sends messages,
    ``accounts`` are those at Google, Slack and Airtable. ``flow_triggers`` are handles by kind of trigger;
    ``report_toaster`` is where its API listens.
    """

    network: Network = field(default_factory=Network)
    files: FileMaker | None = None
    store: FileStore | None = None
    mail: Mail | None = None
    accounts: Accounts | None = None
    flow_triggers: Mapping[str, str] = field(default_factory=dict)
    report_toaster: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """What an action may use while it is performed.

    ``shop`` is None when no shop is configured. ``cache`` is there for types with ``local = True`` only. ``event`` is
    the event the declaring task run answers; ``zone`` the shop's time zone.
    """

    clock: Clock
    run_id: str
    event: Event
    task_id: str
    zone: tzinfo = UTC
    shop: ShopClient | None = None
    cache: CacheWriter | None = None
    services: Services = field(default_factory=Services)

    def child_id(self, name: str) -> str:
        """The id of the thing called ``name`` that this run makes: the same on each attempt (actions.md 1.11)."""
        return derived_id(self.run_id, name)

    def generated(self, file_map: Mapping[str, Any]) -> Sequence[GeneratedFile]:
        """The files of a map, in its order (actions.md 2). Raises the error of the first that cannot be made."""
        if not file_map:
            return ()
        if self.services.files is None:
            raise ActionError(
                "files cannot be made here",
                hint="Leave the files out: what makes them is not set up in this kind of run.",
                code="action.unavailable",
            )
        made = self.services.files.generate(file_map)
        for file in made:
            for text in file.warnings:
                _log.warning('run %s: the file "%s": %s', self.run_id, file.name, text)
        return made


class ActionType(ABC):
    """One type of action. Stateless: one instance serves all runs.

    ``local`` types touch nothing but the store, and work inside the transaction that records them as done. Those with
    ``writes_whole`` have nothing to undo there when they fail. Those that are ``offline`` only write down what they
    would send: dry runs perform them too. ``schema`` describes the options for people and
    documents, in the terms of JSON Schema.
    """

    name: ClassVar[str]
    schema: ClassVar[Mapping[str, Any]]
    local: ClassVar[bool] = False
    writes_whole: ClassVar[bool] = False
    offline: ClassVar[bool] = False

    def with_secrets(self, options: JSON, secrets: Secrets) -> JSON:
        """``options`` with values in place of the placeholders of ``secrets``, where this type sends them (1.9).

        By default nowhere: placeholders are text like any other. A type that does so calls
        ``runner.model.secret.resolve`` on the parts it names, and may raise its ActionError. The result is validated
        and performed, and never kept.
        """
        return options

    @abstractmethod
    def validate(self, options: JSON) -> Any:
        """The options in the one form ``perform`` takes. Raises ActionError; never touches the network."""

    @abstractmethod
    def perform(self, options: Any, tools: Tools) -> Outcome:
        """Do it. ``options`` come from ``validate``. May raise RunnerError in place of a failed outcome."""

    @abstractmethod
    def summary(self, options: JSON) -> str:
        """One line for people, of options as the task gave them, valid or not."""

    def shown(self, options: JSON) -> JSON:
        """``options``, valid or not, as people read them in a preview: by default the same. Long texts may be cut."""
        return options

    def resendable(self, options: Any) -> bool:
        """Whether an attempt of unknown outcome may simply be made again (durability.md 6.2). ``options`` validated."""
        return True

    def announces(self) -> bool:
        """Whether the end of such an action is an event of its own, ``mechanic/actions/perform`` (actions.md 1.7)."""
        return True
