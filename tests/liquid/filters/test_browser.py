"""The filters browser and e164 (liquid.md 3.1, 3.2)."""

from __future__ import annotations

import sys

import pytest

from runner.errors import LiquidError
from runner.liquid.values import json_text, lookup, text
from tests.liquid.filters.cases import apply

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X)"
GALAXY = "Mozilla/5.0 (Linux; Android 13; SM-G991B)"

GALAXY_NAME = "Samsung SM-G991B"
MAC_OS = "Mac OS X 10.15.7"
PIXEL = "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A; wv) Version/4.0 Chrome/120.0 Mobile"
UBUNTU = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0"
CRIOS = f"{IPHONE} {WEBKIT} CriOS/120.0.6099 Mobile/15E148 Safari/604.1"
SAMSUNG = f"{GALAXY} {BLINK} SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36"
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"

AGENTS = [
    (f"{MAC} {BLINK} Chrome/120.0.1.5 Safari/537.36", "Chrome 120.0.1", MAC_OS, "Mac"),
    (f"{MAC} {WEBKIT} Version/17.1 Safari/605.1.15", "Safari 17.1", MAC_OS, "Mac"),
    (f"{IPHONE} {WEBKIT} Version/17.4 Mobile/15E148 Safari/604.1", "Mobile Safari 17.4", "iOS 17.4", "iPhone"),
    (CRIOS, "Chrome Mobile iOS 120.0.6099", "iOS 17.4", "iPhone"),
    (f"{WINDOWS} {BLINK} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210", "Edge 120.0.2210", "Windows 10", "Other"),
    ("Mozilla/5.0 (Windows NT 6.1; rv:115.0) Gecko/20100101 Firefox/115.0", "Firefox 115.0", "Windows 7", "Other"),
    (f"{GALAXY} {BLINK} Chrome/119.0.0.0 Mobile Safari/537.36", "Chrome Mobile 119.0.0", "Android 13", GALAXY_NAME),
    (SAMSUNG, "Samsung Internet 23.0", "Android 13", GALAXY_NAME),
    (PIXEL, "Chrome Mobile WebView 120.0", "Android 14", "Pixel 8"),
    (GOOGLE, "Googlebot 2.1", "Other", "Spider"),
    (UBUNTU, "Firefox 121.0", "Ubuntu", "Other"),
    ("Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko", "IE 11.0", "Windows 8.1", "Other"),
    ("curl/8.4.0", "curl 8.4.0", "Other", "Other"),
    ("something else", "Other", "Other", "Other"),
    (None, "Other", "Other", "Other"),
]


@pytest.mark.parametrize(("agent", "name", "system", "device"), AGENTS, ids=[case[1] for case in AGENTS])
def test_a_user_agent_is_recognised(agent: str, name: str, system: str, device: str) -> None:
    found = apply("browser", agent)
    assert (text(found), text(lookup(found, "os")), text(lookup(found, "device"))) == (name, system, device)


def test_the_parts_of_a_user_agent_can_be_read_one_by_one() -> None:
    found = apply("browser", AGENTS[0][0])
    version = lookup(found, "version")
    assert lookup(found, "name") == "Chrome"
    assert text(version) == "120.0.1"
    assert [lookup(version, key) for key in ("major", "minor", "patch")] == ["120", "0", "1"]
    assert lookup(lookup(lookup(found, "os"), "version"), "major") == "10"
    assert lookup(lookup(found, "device"), "brand") == "Apple"
    assert lookup(found, "unknown") is None
    assert lookup(found, 0) is None


def test_an_unknown_browser_has_no_version_and_still_json() -> None:
    found = apply("browser", "x")
    assert lookup(found, "version") is None
    assert json_text(found) == (
        '{"name":"Other","version":null,"os":{"name":"Other","version":null},'
        '"device":{"name":"Other","brand":null,"model":null}}'
    )


PHONES = [
    ("+44 20 7946 0958", "442079460958"),
    ("44 20 7946 0958", "442079460958"),
    ("+1 (212) 555-0123", "12125550123"),
    (12125550123, "12125550123"),
    ("555-0123", None),
    ("+999 1", None),
    ("nonsense", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("written", "expected"), PHONES, ids=[str(case[0]) for case in PHONES])
def test_a_telephone_number_becomes_its_digits(written: object, expected: str | None) -> None:
    assert apply("e164", written) == expected


def test_e164_without_its_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    with pytest.raises(LiquidError) as caught:
        apply("e164", "+1")
    assert "mechanic-runner[phone]" in (caught.value.hint or "")
