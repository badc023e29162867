"""What the parts of the simulator promise each other. Read this before adding a family.

A **family** is a group of resources with its own modules, each exporting plain tables, complete at import:

* ``families/<family>.py``: ``FIELDS: Fields`` = ``{type: {field: resolver}}``, what is computed when read;
  ``INDEXES`` = ``{type: (field, …)}``, by what the graph looks its nodes up; ``families/__init__.py`` merges them.
* ``mutations/<family>.py``: ``MUTATIONS: dict[str, Mutation]``; ``mutations/__init__.py`` merges them.
* ``rest/<resource>.py``: ``ROUTES: tuple[Route, ...]``; ``rest/__init__.py`` joins them.
* ``verbs/<family>.py``: ``VERBS: dict[str, Verb]`` for ``POST /_sim/do/<verb>``; ``verbs/__init__.py`` merges them.

**Resolver** ``(source, context, args) -> value``. ``source`` is a ``Node`` (or the mapping another resolver returned;
None for ``QueryRoot``). The value may be JSON, a ``Node``, a gid (text, where the type is an object), a mapping (an
object without identity: ``MoneyV2``, ``Count``), a list of these, or for a connection the *whole* list of nodes, or a
``Listing`` when it can be sorted or searched; the executor does first/last/after/before/reverse/sortKey/query.
A mapping for an abstract type carries ``__typename``. Without a resolver the executor answers, in this order: the
stored field; ``id``, ``legacyResourceId``; at ``QueryRoot`` ``thing(id:)``, a connection of things, ``thingsCount``;
then a guess, which is recorded: null or, where that may not be, a neutral value (simulator.md 2).

**Mutation** ``(context, args) -> payload``. ``args`` are coerced: enums are their names, absent input fields are
absent, null is None. It runs in a transaction. A payload holding a non-empty ``…userErrors`` list undoes every change
and webhook made, unless it is a ``Partial``. Missing payload keys are null. Raise ``Refusal`` for a top-level error.
Before the call, ``idempotency.guard`` sees ``context.idempotency_key``.

**Webhooks**: ``context.emit("inventory_levels/update", payload)`` inside a transaction is sent after it commits.

**Seeded fields** (``seed.py`` and ``seed_catalog.py`` write them, families read them):

* ``Shop`` (``graph.get(SHOP_ID)``): name, email, contactEmail, myshopifyDomain, currencyCode, ianaTimezone, weightUnit,
  ``_domain``, ``_owner``, ``_phone``, ``_address`` {address1, address2, city, province, provinceCode, country,
  countryCode, zip, phone}, ``_primary_location`` gid, ``_plan``, createdAt, updatedAt.
* ``Location``: name, isActive, fulfillsOnlineOrders, shipsInventory, ``_address`` as above, createdAt, updatedAt.
* ``Product``: title, handle, productType, vendor, tags [text], status (``ACTIVE``…), descriptionHtml, templateSuffix,
  createdAt, updatedAt, publishedAt. ``ProductOption``: product, name, position, ``_values`` [text].
* ``ProductVariant``: product, position, title, sku, barcode, price ``"120.00"``, compareAtPrice, inventoryPolicy,
  taxable, inventoryItem, selectedOptions [{name, value}], createdAt, updatedAt.
* ``InventoryItem``: variant, sku, tracked, requiresShipping, ``_cost`` (money text or null), countryCodeOfOrigin,
  provinceCodeOfOrigin, harmonizedSystemCode, createdAt, updatedAt.
* ``InventoryLevel`` (id = ``level_gid(location, item)``): item, location, isActive, ``_quantities`` {available,
  committed, reserved, damaged, safety_stock, quality_control, incoming}, createdAt, updatedAt.
* ``Customer``, ``MailingAddress``, ``Segment``: see ``families/customers.py``.
* ``Metafield``: ``_owner`` gid, ownerType, namespace, key, type, value (text), createdAt, updatedAt.
* ``BulkOperation``: type, query, createdAt, ``_ends_at``, ``_outcome``, errorCode, ``_result`` (JSONL text or null),
  ``_partial``, objectCount, rootObjectCount. ``StagedUpload``: ``_key``, ``_content``.
* ``WebhookSubscription``: topic ``INVENTORY_LEVELS_UPDATE``, uri (null: kept to be taken), format, filter,
  includeFields, metafieldNamespaces, ``_by_api``, createdAt, updatedAt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from runner.errors import RunnerError
from runner.simulator.clock import VirtualClock
from runner.simulator.graph import Graph, Node, gid

if TYPE_CHECKING:
    from runner.simulator.bulk import Shape

SHOP_ID = gid("Shop", 1)


class Emitter(Protocol):
    """Takes webhooks; ``webhooks.Webhooks`` in a running shop."""

    def emit(self, topic: str, payload: Mapping[str, Any], *, event_id: str, after: float = 0.0) -> None:
        """Queue one delivery per subscription to ``topic`` (``inventory_levels/update``), due ``after`` so many
        seconds."""

    def wanted(self, topic: str) -> bool:
        """Whether anybody listens to ``topic``."""

    def withdraw(self, topic: str, gid: str) -> None:
        """Take back what has not been sent of ``topic`` about the object ``gid``."""


class Documents(Protocol):
    """Runs GraphQL documents inside of a call: what bulk operations are made of."""

    def refusal(self, text: str) -> str | None:
        """Why the shop refuses a document as such; None when it does not."""

    def shape(self, text: str) -> Shape:
        """What a document that is not refused selects."""

    def answer(self, context: Context, text: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The body of the reply to a document, whatever it costs."""


def _no_documents() -> Documents:
    raise RunnerError("this call runs no documents")


@dataclass(slots=True)
class Context:
    """One call as the families see it.

    ``scopes`` None means every scope. ``event_id`` is shared by all webhooks of the call. ``search_warnings`` become
    ``extensions.search``. ``denied`` says which access is missing for mutations whose scopes depend on their arguments.
    ``guesses`` are ``Type.field`` that had no true answer. ``unpaged``: connections are read whole. ``base_url`` is the
    shop's address as its caller knows it; ``documents`` runs further documents.
    """

    graph: Graph
    clock: VirtualClock
    webhooks: Emitter
    api_version: str
    cause: str
    event_id: str
    scopes: frozenset[str] | None = None
    strict: bool = False
    idempotency_key: str | None = None
    denied: str | None = None
    guesses: dict[str, None] = field(default_factory=dict)
    search_warnings: list[dict[str, Any]] = field(default_factory=list)
    unpaged: bool = False
    base_url: str = ""
    documents: Callable[[], Documents] = _no_documents

    @property
    def shop(self) -> Node:
        """The shop record."""
        shop = self.graph.get(SHOP_ID)
        if shop is None:
            raise KeyError(SHOP_ID)
        return shop

    def emit(self, topic: str, payload: Mapping[str, Any], *, after: float = 0.0) -> None:
        """Send a webhook, ``after`` so many seconds, when the surrounding transaction has committed.

        ``payload`` is the REST resource.
        """
        body = dict(payload)
        self.graph.after_commit(lambda: self.webhooks.emit(topic, body, event_id=self.event_id, after=after))

    def tell(self, topic: str, render: Callable[[Node, Context], Mapping[str, Any]], node: Node) -> None:
        """``emit`` what ``render`` makes of ``node`` now. What nobody listens to is not rendered, which is most of the
        work of many calls."""
        if self.webhooks.wanted(topic):
            self.emit(topic, render(node, self))


Resolver = Callable[[Any, Context, Mapping[str, Any]], Any]
Fields = Mapping[str, Mapping[str, Resolver]]
Mutation = Callable[[Context, dict[str, Any]], Mapping[str, Any]]
Verb = Callable[[Context, dict[str, Any]], Any]
"""Arguments as posted; returns JSON. Raise ``InputError`` (message, hint) for what cannot be done."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A connection's nodes with what can be asked of them.

    ``sorts`` maps a ``sortKey`` to a key of a node (text, number or None; None sorts first); ``search`` names the
    connection in ``search.py``'s tables, None when it has no ``query`` argument. ``searched``: the resolver itself has
    heeded ``query``.
    """

    nodes: Sequence[Any]
    sorts: Mapping[str, Callable[[Node], Any]] = field(default_factory=dict)
    search: str | None = None
    searched: bool = False


class Partial(dict[str, Any]):
    """A mutation payload whose changes stay although it lists user errors."""


class Refusal(Exception):
    """A top-level GraphQL error: ``{"message", "locations", "path", "extensions": {"code", …}}``."""

    def __init__(self, message: str, code: str, **extensions: Any) -> None:
        super().__init__(message)
        self.message = message
        self.extensions = {"code": code, **extensions}


def user_error(field_path: Sequence[str] | None, message: str, code: str | None = None) -> dict[str, Any]:
    """One entry of ``userErrors``; ``code`` is left out of the answer where the type has none."""
    return {"field": None if field_path is None else list(field_path), "message": message, "code": code}


@dataclass(frozen=True, slots=True)
class RestCall:
    """A REST request: numbers from the path by name, query parameters (last one wins), and the JSON body."""

    method: str
    path: str
    ids: Mapping[str, int]
    query: Mapping[str, str]
    body: Any = None


@dataclass(frozen=True, slots=True)
class RestReply:
    """A REST answer. ``body`` None is an empty body."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class RestError(Exception):
    """A REST refusal: ``status`` and the value of ``errors`` (text, or messages by field)."""

    def __init__(self, status: int, errors: Any) -> None:
        super().__init__(str(errors))
        self.status = status
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Route:
    """``Route("PUT", "products/{id}/variants/{variant_id}", call, "write_products")``, without ``/admin/…`` and
    ``.json``.

    ``{name}`` matches digits. ``call(context, rest_call)`` runs in a transaction and may raise ``RestError``. A page is
    cut by the route itself (``Link`` header).
    """

    method: str
    pattern: str
    call: Callable[[Context, RestCall], RestReply]
    scope: str | None = None


def merged(*tables: Mapping[str, Any]) -> dict[str, Any]:
    """One table of several; a name given twice is a mistake of ours (``RunnerError``)."""
    result: dict[str, Any] = {}
    for table in tables:
        twice = result.keys() & table.keys()
        if twice:
            raise RunnerError(f"defined twice in the simulator: {', '.join(sorted(twice))}")
        result.update(table)
    return result


def merged_fields(*tables: Fields) -> dict[str, dict[str, Resolver]]:
    """``FIELDS`` tables of several families as one; two families may add fields to the same type."""
    result: dict[str, dict[str, Resolver]] = {}
    for table in tables:
        for type_name, fields in table.items():
            result[type_name] = merged(result.get(type_name, {}), fields)
    return result
