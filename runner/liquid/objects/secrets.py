"""``secrets``, and options of the kind secret: references whose values no template sees (liquid.md 5.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runner.liquid.objects.base import FrozenHash
from runner.liquid.texts import Described
from runner.model.secret import Secrets


class SecretReference(Described):
    """One secret: truthy, without keys or items; as text and in JSON its placeholder.

    The placeholder survives ``append``, ``json`` and URL encoding; filters that change its letters (``upcase``,
    ``base64_encode``) leave a text that stands for nothing.
    """

    __slots__ = ("key", "placeholder")

    def __init__(self, key: str, placeholder: str) -> None:
        self.key = key
        self.placeholder = placeholder

    def __repr__(self) -> str:
        return f"SecretReference({self.key!r})"

    def describe(self) -> str:
        return self.placeholder

    def lookup(self, key: Any) -> Any:
        """Nothing: a secret has no parts."""
        return None

    def plain(self) -> Any:
        return self.placeholder

    def __iter__(self) -> Iterator[Any]:
        return iter(())


def secret_reference(key: Any, secrets: Secrets) -> SecretReference | None:
    """The reference to the secret ``key``; None, which is nil, when there is no such secret."""
    return SecretReference(key, secrets.placeholder(key)) if isinstance(key, str) and key in secrets else None


def secret_references(secrets: Secrets) -> FrozenHash:
    """The variable ``secrets``: a reference for each, by key; missing ones are nil."""
    return FrozenHash((key, SecretReference(key, secrets.placeholder(key))) for key in secrets.values)
