"""A certificate authority of the tests' own, and certificates for loopback."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme


@dataclass(frozen=True)
class Authority:
    """``certificates`` is its PEM file, for ``network_authorities``; ``chain`` a server's key and certificate file."""

    issuer: trustme.CA
    certificates: Path
    chain: Path

    def server_context(self, *names: str) -> ssl.SSLContext:
        """How a server with a certificate for ``names`` speaks TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.issuer.issue_cert(*names).configure_cert(context)
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("authority")
    issuer = trustme.CA()
    issuer.cert_pem.write_to_path(folder / "authority.pem")
    issuer.issue_cert("127.0.0.1", "localhost", "files.test").private_key_and_cert_chain_pem.write_to_path(
        folder / "chain.pem"
    )
    return Authority(issuer, folder / "authority.pem", folder / "chain.pem")
