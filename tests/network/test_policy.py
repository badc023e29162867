"""Which addresses are refused, and what the setting allows."""

from __future__ import annotations

import pytest

from runner.network import Policy


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.1.2", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
        *("198.18.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
        # IPv4 addresses in the clothes of IPv6
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1"),
    ],
)
def test_an_internal_address_is_refused(address: str) -> None:
    assert not Policy().allows("example.com", address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1"]
)
def test_a_public_address_is_allowed(address: str) -> None:
    assert Policy().allows("example.com", address)


@pytest.mark.parametrize(
    ("allow", "host", "address", "expected"),
    [
        ("10.0.0.0/8", "a.example", "10.1.2.3", True),
        ("10.0.0.0/8", "a.example", "192.168.0.1", False),
        ("10.0.0.0/8", "a.example", "::ffff:10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.4", "10.1.2.4", False),
        ("::1", "localhost", "::1", True),
        ("[fd00::1]", "a.example", "fd00::1", True),
        ("Files.LAN", "files.lan", "192.168.0.9", True),
        ("files.lan", "FILES.lan.", "192.168.0.9", True),
        ("files.lan", "other.lan", "192.168.0.9", False),
        ("files.lan", "files.lan.evil.com", "192.168.0.9", False),
        ("*.lan", "a.b.lan", "192.168.0.9", True),
        ("*.lan", "lan", "192.168.0.9", False),
        ("*.lan", "evillan", "192.168.0.9", False),
        ("x.lan, 10.0.0.0/8\n127.0.0.1", "localhost", "127.0.0.1", True),
        ("0.0.0.0/0, ::/0", "x", "169.254.169.254", True),
    ],
)
def test_the_setting_allows_hosts_and_blocks(allow: str, host: str, address: str, expected: bool) -> None:
    assert Policy.parse(allow).allows(host, address) is expected


@pytest.mark.parametrize("text", ["10.0.0.0/33", "http://x.lan", "10.0.0.1/8", "a b..c", "256.1.1.1", "*", "x_/y"])
def test_what_is_neither_host_nor_block_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is neither a host, an address nor a block"):
        Policy.parse(text)


def test_hosts_of_the_operators_own_settings_are_allowed_beside_the_rest() -> None:
    policy = Policy.parse("10.0.0.0/8").with_hosts("Mail.Local.")
    assert policy.allows("mail.local", "127.0.0.1")
    assert policy.allows("x", "10.0.0.1")
    assert not policy.allows("x", "127.0.0.1")
