"""What the shop answers, to callers of the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from runner.errors import ShopifyError
from runner.shopify import failures


@dataclass(frozen=True, slots=True)
class GraphQLReply:
    """An answer to a GraphQL document. ``body`` is the whole response; ``cost`` its ``extensions.cost`` or empty.

    ``api_version`` is the version that really answered; ``ms`` includes no waiting.
    """

    body: dict[str, Any]
    cost: Mapping[str, Any]
    status: int
    api_version: str | None
    ms: int

    @property
    def errors(self) -> list[Any]:
        """Top-level errors, empty when the document was executed."""
        errors = self.body.get("errors")
        return errors if isinstance(errors, list) else [errors] if errors else []

    def failure(self) -> ShopifyError | None:
        """Top-level errors as an error (actions.md 4.3), None without any. User errors are the caller's to judge."""
        return failures.of_graphql(self.errors, self.status, self.body) if self.errors else None


@dataclass(frozen=True, slots=True)
class RestReply:
    """An answer of the REST API: ``body`` is parsed JSON, None when empty; ``headers`` have lower-case names."""

    status: int
    body: Any
    headers: Mapping[str, str]
    ms: int
    host: str = ""

    @property
    def ok(self) -> bool:
        """False for 400, 404, 422 and other refusals of this one request."""
        return self.status < 400

    @property
    def next_page(self) -> str | None:
        """Path and query of the next page, from the ``Link`` header; None on the last."""
        for link in self.headers.get("link", "").split(","):
            address, _, rest = link.strip().partition(">")
            if 'rel="next"' in rest and address.startswith("<"):
                return httpx.URL(address[1:]).raw_path.decode()
        return None

    def failure(self) -> ShopifyError | None:
        """The refusal as an error; None when ``ok``."""
        return None if self.ok else failures.of_status(self.status, self.body, self.host)


@dataclass(frozen=True, slots=True)
class Answer:
    """One complete HTTP reply: ``body`` is parsed JSON; text when the status is an error and the body is none."""

    status: int
    body: Any
    headers: Mapping[str, str]
    ms: int

    @property
    def cost(self) -> dict[str, Any]:
        """``extensions.cost`` of a GraphQL answer; empty without it."""
        extensions = self.body.get("extensions") if isinstance(self.body, dict) else None
        cost = extensions.get("cost") if isinstance(extensions, dict) else None
        return cost if isinstance(cost, dict) else {}

    @property
    def throttled(self) -> bool:
        """Refused unseen, for lack of budget: by status, or as a GraphQL error."""
        return self.status == 429 or failures.is_throttled(self.body)
