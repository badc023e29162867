"""Webhook subscriptions of the app in a shop: which there are, which are needed, and how to get from one to the other.

Sources: engine.md 5.1, 7. A subscription is *ours* when its address ends with our path, wherever it leads, and it has
no filter; all others belong to somebody else and are left alone.
"""

from __future__ import annotations

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

_FIELDS = "id topic uri format filter includeFields apiVersion { handle }"
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
class Subscribed:
    """One subscription in the shop. ``topic`` as GraphQL names it (``ORDERS_CREATE``), ``version`` of its payloads."""

    id: str
    topic: str
    uri: str
    format: str = "JSON"
    filter: str | None = None
    trimmed: bool = False
    version: str | None = None

    def is_ours(self, path: str) -> bool:
        """Whether its address ends with ``path`` and it is for everything that happens."""
        return not self.filter and urlsplit(self.uri).path.rstrip("/").endswith(path)


@dataclass(frozen=True, slots=True)
class Step:
    """One topic's subscription: its ``state``, what there is (``found``), and the tasks that need it."""

    state: State
    topic: str
    found: Subscribed | None = None
    needed_by: tuple[str, ...] = ()

    @property
    def event_topic(self) -> str:
        """The topic as tasks write it, ``shopify/orders/create``."""
        return event_topic(self.topic)

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
            if self.found.filter:
                document["filter"] = self.found.filter
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


def plan(
    existing: Iterable[Subscribed], needed: Mapping[str, Iterable[str]], *, uri: str | None, path: str
) -> tuple[Step, ...]:
    """How ``existing`` stands to one whole, unfiltered JSON subscription at ``uri`` for each topic of ``needed``.

    ``needed`` gives the tasks by topic (``shopify/orders/create``). ``uri`` None: any address of ours is right.
    By topic, those that are needed first.
    """
    by_topic: dict[str, list[Subscribed]] = {}
    others: list[Step] = []
    for each in existing:
        if each.is_ours(path):
            by_topic.setdefault(each.topic, []).append(each)
        else:
            others.append(Step(State.FOREIGN, each.topic, each))
    steps: list[Step] = []
    for topic in sorted(needed):
        name, tasks = topic_name(topic), tuple(needed[topic])
        ours = sorted(by_topic.pop(name, []), key=lambda each: not _is_right(each, uri))
        if not ours:
            steps.append(Step(State.MISSING, name, None, tasks))
            continue
        steps.append(Step(State.RIGHT if _is_right(ours[0], uri) else State.WRONG, name, ours[0], tasks))
        others += [Step(State.SUPERFLUOUS, name, each) for each in ours[1:]]
    others += [Step(State.SUPERFLUOUS, name, each) for name, found in by_topic.items() for each in found]
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
    given = {"uri": uri, "format": "JSON"}
    for step in steps:
        found = step.found
        if step.state is State.MISSING:
            field, query = "webhookSubscriptionCreate", _CREATE
            variables: dict[str, Any] = {"topic": step.topic, "subscription": given}
        elif step.state is State.WRONG and found is not None:
            field, query = "webhookSubscriptionUpdate", _UPDATE
            whole: dict[str, Any] = {"includeFields": []} if found.trimmed else {}
            variables = {"id": found.id, "subscription": given | whole}
        elif step.state is State.SUPERFLUOUS and found is not None and prune:
            field, query, variables = "webhookSubscriptionDelete", _DELETE, {"id": found.id}
        else:
            continue
        words = _problem(client, query, variables, field)
        if words is None:
            taken.append(step)
        else:
            refused.append(
                Refusal(step.topic, words, _PROTECTED if "protected customer data" in words.lower() else None)
            )
    return tuple(taken), tuple(refused)


def granted_scopes(client: ShopifyClient) -> frozenset[str]:
    """The access scopes that the shop says this app has. Raises ``ShopifyError`` when it does not tell."""
    installation = _data(client, _SCOPES, None)["currentAppInstallation"]
    return frozenset(scope["handle"] for scope in installation["accessScopes"])


def _is_right(each: Subscribed, uri: str | None) -> bool:
    return uri in (None, each.uri) and each.format == "JSON" and not each.trimmed


def _read(node: Mapping[str, Any]) -> Subscribed:
    return Subscribed(
        id=node["id"],
        topic=node["topic"],
        uri=node["uri"] or "",
        format=node["format"],
        filter=node["filter"] or None,
        trimmed=bool(node["includeFields"]),
        version=(node["apiVersion"] or {}).get("handle"),
    )


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
