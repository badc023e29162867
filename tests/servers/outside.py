"""What actions reach beside the shop, in tests: loopback, with names of their own, and files of plain text."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from runner.actions.base import Services
from runner.errors import ActionError
from runner.network import Network, Policy
from tests.servers.authority import Authority


@dataclass(frozen=True)
class Made:
    """A file."""

    name: str
    data: bytes
    mime: str = "text/plain"
    warnings: tuple[str, ...] = ()


class PlainFiles:
    """Makes text files of texts, and others of base64."""

    def generate(self, file_map: Mapping[str, Any]) -> list[Made]:
        made = []
        for name, value in file_map.items():
            if isinstance(value, str):
                made.append(Made(name, value.encode()))
            elif isinstance(value, Mapping) and list(value) == ["base64"]:
                made.append(Made(name, base64.b64decode(value["base64"]), "application/octet-stream"))
            else:
                raise ActionError(f'the file "{name}" cannot be made', code="files.generator")
        return made


def loopback_names(host: str, port: int) -> list[str]:
    """Every name is on loopback, but for ``private.test``, which is in a private network. Addresses are themselves."""
    if host == "private.test":
        return ["10.1.2.3"]
    return [host if host[0].isdigit() else "127.0.0.1"]


@pytest.fixture
def outside(authority: Authority) -> Services:
    """Loopback by its address and every name that leads there, the tests' authority trusted."""
    network = Network(Policy.parse("127.0.0.1"), authority.certificates, loopback_names)
    return Services(network=network, files=PlainFiles())
