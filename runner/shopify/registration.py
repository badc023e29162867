"""Webhook subscriptions of the app in a shop: which there are, which are needed, and how to get from one to the other.

Sources: engine.md 5.1, 5.2, 7. A subscription is *ours* when its address ends with our path, wherever it leads, and it
has no filter, or with our path and the id of a custom webhook; all others belong to somebody else and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from runner.errors import ShopifyError
from runner.model.topic import SHOPIFY_TOPICS
from runner.shopify.client import ShopifyClient
from runner.shopify.schema import load

BULK_FINISH = "shopify/bulk_operations/finish"
"""Tells at once that a bulk operation ended, which is otherwise found by asking (engine.md 5.6)."""

_FIELDS = """id topic uri format filter includeFields metafieldNamespaces metafields { namespace key }
    apiVersion { handle }"""
_LIST = f"""query Subscriptions($after: String) {{
  webhookSubscriptions(first: 100, after: $after) {{
    nodes {{ {_FIELDS} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}"""
_CREATE = f"""mutation Subscribe($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {{
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {{
    webhookSubscription {{ {_FIELDS} }}
    userErrors {{ field message }}
  }}
}}"""
_UPDATE = f"""mutation Correct($id: ID!, $subscription: WebhookSubscriptionInput!) {{
  webhookSubscriptionUpdate(id: $id, webhookSubscription: $subscription) {{
    webhookSubscription {{ {_FIELDS} }}
    userErrors {{ field message }}
  }}
}}"""
_DELETE = """mutation Unsubscribe($id: ID!) {
  webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
}"""
_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_SCOPES = "{ currentAppInstallation { accessScopes { handle } } }"
_PROTECTED = (
    "the topic carries protected customer data: ask for that access in the app's settings "
    "(API access, Protected customer data), then register again"
)
_WORDS = {name.removeprefix("shopify/").replace("/", "_").upper(): name for name in SHOPIFY_TOPICS}
_WORDS[BULK_FINISH.removeprefix("shopify/").replace("/", "_").upper()] = BULK_FINISH


class State(StrEnum):
    """How a subscription stands to what is needed."""

    RIGHT = "right"
    MISSING = "missing"
    WRONG = "wrong"
    """Ours and needed, but it leads elsewhere, is XML, or sends only a part of the payload."""
    SUPERFLUOUS = "superfluous"
    """Ours, and no enabled task needs it."""
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a topic is delivered: everything, unless narrowed. ``metafields`` as ``namespace.key``."""

    filter: str | None = None
    include_fields: tuple[str, ...] = ()
    metafield_namespaces: tuple[str, ...] = ()
    metafields: tuple[str, ...] = ()

    def to_input(self) -> dict[str, Any]:
        """Fields of a ``WebhookSubscriptionInput`` that say so, also where a subscription says otherwise now."""
        pairs = (each.partition(".") for each in self.metafields)
        return {
            "filter": self.filter or "",
            "includeFields": list(self.include_fields),
            "metafieldNamespaces": list(self.metafield_namespaces),
            "metafields": [{"namespace": namespace, "key": key} for namespace, _, key in pairs],
        }


WHOLE = Selection()


@dataclass(frozen=True, slots=True)
class Subscribed:
    """One subscription in the shop. ``topic`` as GraphQL names it (``ORDERS_CREATE``), ``version`` of its payloads."""

    id: str
    topic: str
    uri: str
    format: str = "JSON"
    selection: Selection = WHOLE
    version: str | None = None

    def place(self, path: str) -> str | None:
        """What its address has after ``path``: nothing, or ``/`` and the id of a custom webhook; None: not ours."""
        found = re.search(rf"{re.escape(path)}(/{_ID})?/?\Z", urlsplit(self.uri).path)
        if found is None or (found[1] is None and self.selection.filter):
            return None
        return found[1] or ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A subscription that tasks need. ``topic`` as tasks write it; ``place`` as ``Subscribed.place`` gives it."""

    topic: str
    tasks: tuple[str, ...]
    place: str = ""
    selection: Selection = WHOLE


@dataclass(frozen=True, slots=True)
class Step:
    """One topic's subscription: its ``state``, what there is (``found``), and what is needed (``wanted``)."""

    state: State
    topic: str
    found: Subscribed | None = None
    wanted: Wanted | None = None

    @property
    def needed_by(self) -> tuple[str, ...]:
        """The handles of the tasks that need it."""
        return self.wanted.tasks if self.wanted is not None else ()

    @property
    def event_topic(self) -> str:
        """The topic as tasks write it, ``shopify/orders/create``."""
        return self.wanted.topic if self.wanted is not None else event_topic(self.topic)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        document: dict[str, Any] = {"topic": self.event_topic, "state": self.state.value, "tasks": list(self.needed_by)}
        if self.found is not None:
            document |= {
                "id": self.found.id,
                "uri": self.found.uri,
                "format": self.found.format,
                "version": self.found.version,
            }
        selection = self.found.selection if self.found is not None else self.wanted.selection if self.wanted else WHOLE
        if selection.filter:
            document["filter"] = selection.filter
        return document


@dataclass(frozen=True, slots=True)
class Refusal:
    """A topic that the shop would not change, in its own words."""

    topic: str
    message: str
    hint: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        document = {"topic": event_topic(self.topic), "message": self.message}
        return {**document, "hint": self.hint} if self.hint else document


def topic_name(topic: str) -> str:
    """``ORDERS_CREATE`` of ``shopify/orders/create``."""
    return topic.removeprefix("shopify/").replace("/", "_").replace(".", "_").upper()


def event_topic(name: str) -> str:
    """``shopify/orders/create`` of ``ORDERS_CREATE``; of a topic that is not on the list, the lower-case name."""
    return _WORDS.get(name, name.lower())


def is_offered(topic: str, version: str) -> bool:
    """Whether Shopify has this topic (``shopify/orders/create``) in an API version."""
    return topic_name(topic) in load(version).enum_values("WebhookSubscriptionTopic")


def subscriptions(client: ShopifyClient) -> tuple[Subscribed, ...]:
    """All of this app's subscriptions in the shop. Raises ``ShopifyError`` when it does not tell."""
    found: list[Subscribed] = []
    after: str | None = None
    while True:
        page = _data(client, _LIST, {"after": after})["webhookSubscriptions"]
        found += [_read(node) for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return tuple(found)
        after = page["pageInfo"]["endCursor"]


def plan(existing: Iterable[Subscribed], wanted: Iterable[Wanted], *, uri: str | None, path: str) -> tuple[Step, ...]:
    """How ``existing`` stands to one JSON subscription for each of ``wanted``, at ``uri`` and its place after that.

    ``uri`` None: any address of ours is right. In the order of their topics, those that are needed first.
    """
    ours: dict[tuple[str, str], list[Subscribed]] = {}
    others: list[Step] = []
    for each in existing:
        place = each.place(path)
        if place is None:
            others.append(Step(State.FOREIGN, each.topic, each))
        else:
            ours.setdefault((each.topic, place), []).append(each)
    steps: list[Step] = []
    for want in sorted(wanted, key=lambda want: (want.topic, want.place)):
        name = topic_name(want.topic)
        found = ours.pop((name, want.place), [])
        right = [each for each in found if _is_right(each, want, uri)]
        best = next(iter(right or found), None)
        state = State.RIGHT if right else State.WRONG if found else State.MISSING
        steps.append(Step(state, name, best, want))
        others += [Step(State.SUPERFLUOUS, name, each) for each in found if each is not best]
    others += [Step(State.SUPERFLUOUS, name, each) for (name, _), found in ours.items() for each in found]
    return (*steps, *sorted(others, key=lambda step: (step.state, step.topic)))


def carry_out(
    client: ShopifyClient, steps: Iterable[Step], uri: str, *, prune: bool = False
) -> tuple[tuple[Step, ...], tuple[Refusal, ...]]:
    """Subscribe to what is missing, correct what is wrong, and with ``prune`` remove what is superfluous.

    (the steps taken, what the shop refused): one topic's refusal keeps no other from being registered. Raises
    ``ShopifyError`` when the shop does not answer.
    """
    taken: list[Step] = []
    refused: list[Refusal] = []
    for step in steps:
        change = _change(step, uri, prune=prune)
        if change is None:
            continue
        words = _problem(client, *change)
        if words is None:
            taken.append(step)
        else:
            hint = _PROTECTED if "protected customer data" in words.lower() else None
            refused.append(Refusal(step.topic, words, hint))
    return tuple(taken), tuple(refused)


def _change(step: Step, uri: str, *, prune: bool) -> tuple[str, dict[str, Any], str] | None:
    """(document, variables, its field) of what ``step`` asks for; None when nothing is to be done."""
    found, wanted = step.found, step.wanted
    given: dict[str, Any] = {"format": "JSON"}
    if wanted is not None:
        given |= {"uri": uri + wanted.place}
    if step.state is State.MISSING and wanted is not None:
        chosen = {key: value for key, value in wanted.selection.to_input().items() if value}
        return _CREATE, {"topic": step.topic, "subscription": given | chosen}, "webhookSubscriptionCreate"
    if step.state is State.WRONG and wanted is not None and found is not None:
        changed = {} if found.selection == wanted.selection else wanted.selection.to_input()
        return _UPDATE, {"id": found.id, "subscription": given | changed}, "webhookSubscriptionUpdate"
    if step.state is State.SUPERFLUOUS and found is not None and prune:
        return _DELETE, {"id": found.id}, "webhookSubscriptionDelete"
    return None


def granted_scopes(client: ShopifyClient) -> frozenset[str]:
    """The access scopes that the shop says this app has. Raises ``ShopifyError`` when it does not tell."""
    installation = _data(client, _SCOPES, None)["currentAppInstallation"]
    return frozenset(scope["handle"] for scope in installation["accessScopes"])


def _is_right(each: Subscribed, wanted: Wanted, uri: str | None) -> bool:
    address = uri is None or each.uri == uri + wanted.place
    return address and each.format == "JSON" and each.selection == wanted.selection


def _read(node: Mapping[str, Any]) -> Subscribed:
    selection = Selection(
        node["filter"] or None,
        tuple(node["includeFields"] or ()),
        tuple(node["metafieldNamespaces"] or ()),
        tuple(f"{each['namespace']}.{each['key']}" for each in node["metafields"] or ()),
    )
    version = (node["apiVersion"] or {}).get("handle")
    return Subscribed(node["id"], node["topic"], node["uri"] or "", node["format"], selection, version)


def _problem(client: ShopifyClient, query: str, variables: Mapping[str, Any], field: str) -> str | None:
    """Why the shop refused a change; None when it did not."""
    reply = client.graphql(query, variables)
    errors = reply.body.get("errors")
    if errors:
        return _said(errors)
    answer = (reply.body.get("data") or {}).get(field) or {}
    return _said(answer.get("userErrors")) if answer.get("userErrors") else None


def _data(client: ShopifyClient, query: str, variables: Mapping[str, Any] | None) -> dict[str, Any]:
    reply = client.graphql(query, variables)
    errors = reply.body.get("errors")
    data = reply.body.get("data")
    if errors or not isinstance(data, dict):
        raise ShopifyError(
            f"the shop refused to tell its webhooks: {_said(errors)}",
            code="shopify.webhook",
            hint="check the token and its scopes",
        )
    return data


def _said(errors: Any) -> str:
    """The messages of a list of errors, in one line."""
    if not isinstance(errors, list):
        return str(errors)
    return "; ".join(str(each.get("message") if isinstance(each, Mapping) else each).strip() for each in errors)
