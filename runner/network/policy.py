"""Which addresses may be connected to: public ones, and those the operator named."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Block = ipaddress.IPv4Network | ipaddress.IPv6Network

_NOT_PUBLIC: tuple[Block, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        # Python's own table lacked parts of these in earlier patch releases.
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/128", "::1/128", "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
        # The platform services of Azure's virtual machines: a public address that only they can reach.
        "168.63.129.16/32",
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_HOST = re.compile(r"(\*\.)?(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be reached beside public addresses: ``hosts`` by name (``*.name`` for all below it), ``blocks`` of
    addresses. The default allows public addresses alone."""

    hosts: frozenset[str] = frozenset()
    blocks: tuple[Block, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Policy:
        """The policy for names, addresses and CIDR blocks, separated by commas or spaces. ``ValueError`` for others."""
        hosts: set[str] = set()
        blocks: list[Block] = []
        for entry in re.split(r"[\s,]+", text.strip()):
            try:
                blocks.append(ipaddress.ip_network(entry.strip("[]")))
            except ValueError:
                name = plain_host(entry)
                if not _HOST.fullmatch(name) or re.fullmatch(r"[\d.]+", name):
                    raise ValueError(
                        f'"{entry}" is neither a host, an address nor a block of addresses; expected such as '
                        "files.example.internal, 10.1.2.3, 10.0.0.0/8"
                    ) from None
                hosts.add(name)
        return cls(frozenset(hosts), tuple(blocks))

    def with_hosts(self, *hosts: str) -> Policy:
        """This policy and ``hosts``, by name or address: those that the operator's own settings name."""
        return Policy(self.hosts | {plain_host(host) for host in hosts}, self.blocks)

    def allows(self, host: str, address: str) -> bool:
        """Whether a connection to ``address``, found for ``host``, may be made."""
        name = plain_host(host)
        if name in self.hosts or any(f"*.{parent}" in self.hosts for parent in _parents(name)):
            return True
        found = list(_meanings(ipaddress.ip_address(address.partition("%")[0])))
        return all(is_public(meaning) for meaning in found) or any(
            meaning in block for meaning in found for block in self.blocks
        )


def plain_host(host: str) -> str:
    """``host`` as names are compared: lower case, no brackets around an address, no closing dot."""
    return host.strip("[]").rstrip(".").lower()


def is_public(address: Address) -> bool:
    """Whether ``address`` is one of the internet at large, and none that means this machine, its network or cloud."""
    if address.is_multicast or not address.is_global:
        return False
    return not any(address in block for block in _NOT_PUBLIC)


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.partition(".")[2]
        yield name


def _meanings(address: Address) -> Iterator[Address]:
    """The address itself, or the IPv4 addresses that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address.sixtofour is not None:
        yield address.sixtofour
    elif address.teredo is not None:
        yield from address.teredo
    elif address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    else:
        yield address
