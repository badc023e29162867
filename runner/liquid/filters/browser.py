"""The filter that reads user agents (liquid.md 3.1), with the names that ua-parser's data uses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from runner.liquid.values import Described, argument_text

_V: Final = r"(\d+)(?:[._](\d+))?(?:[._](\d+))?"

# differs: the platform asks uap-core's thousand rules; these cover the browsers that shops see.
_BROWSERS: Final = (
    ("Googlebot", rf"Googlebot/{_V}"),
    ("bingbot", rf"bingbot/{_V}"),
    ("Facebook", rf"FBAV/{_V}"),
    ("Instagram", rf"Instagram[ /]{_V}"),
    ("Pinterest", rf"Pinterest(?:/|.*Version/){_V}"),
    ("Samsung Internet", rf"SamsungBrowser/{_V}"),
    ("Edge Mobile", rf"EdgA?(?:iOS)?/{_V}.*Mobile|(?:EdgA|EdgiOS)/{_V}"),
    ("Edge", rf"Edg(?:e)?/{_V}"),
    ("Opera Mobile", rf"OPR/{_V}.*Mobile|Mobile.*OPR/{_V}"),
    ("Opera", rf"(?:OPR|Opera)/{_V}"),
    ("Vivaldi", rf"Vivaldi/{_V}"),
    ("Yandex Browser", rf"YaBrowser/{_V}"),
    ("UC Browser", rf"UCBrowser/{_V}"),
    ("DuckDuckGo Mobile", rf"DuckDuckGo/{_V}"),
    ("Firefox iOS", rf"FxiOS/{_V}"),
    ("Firefox Mobile", rf"(?:Mobile|Tablet);.*Firefox/{_V}"),
    ("Firefox", rf"Firefox/{_V}"),
    ("Chrome Mobile iOS", rf"CriOS/{_V}"),
    ("HeadlessChrome", rf"HeadlessChrome/{_V}"),
    ("Chrome Mobile WebView", rf"; wv\).*Chrome/{_V}"),
    ("Chrome Mobile", rf"Chrome/{_V}[\d.]* Mobile"),
    ("Chrome", rf"(?:Chrome|Chromium)/{_V}"),
    ("IE", rf"MSIE {_V}|Trident/.*rv:{_V}"),
    ("Mobile Safari", rf"(?:iPhone|iPad|iPod).*Version/{_V}.*Safari/"),
    ("Android", rf"Android.*Version/{_V}.*Safari/"),
    ("Safari", rf"Version/{_V}.*Safari/"),
    ("Mobile Safari UI/WKWebView", rf"(?:iPhone|iPad|iPod).* OS {_V} like Mac OS X"),
    ("curl", rf"curl/{_V}"),
    ("Python Requests", rf"python-requests/{_V}"),
)
_SYSTEMS: Final = (
    ("Windows Phone", rf"Windows Phone (?:OS )?{_V}"),
    ("Windows", r"Windows NT (\d+\.\d+)"),
    ("iOS", rf"(?:iPhone|iPad|iPod).* OS {_V}"),
    ("Mac OS X", rf"Mac OS X {_V}"),
    ("Android", rf"Android {_V}"),
    ("Chrome OS", rf"CrOS \S+ {_V}"),
    ("Ubuntu", r"Ubuntu"),
    ("Linux", r"Linux"),
)
_WINDOWS: Final = {"10.0": "10", "6.3": "8.1", "6.2": "8", "6.1": "7", "6.0": "Vista", "5.1": "XP"}
_DEVICES: Final = (
    ("iPhone", "Apple", r"iPhone"),
    ("iPad", "Apple", r"iPad"),
    ("iPod", "Apple", r"iPod"),
    ("Mac", "Apple", r"Macintosh"),
    ("Spider", "Spider", r"[Bb]ot\b|[Ss]pider|[Cc]rawler"),
)
_ANDROID_MODEL: Final = re.compile(r"Android [\d.]+; (?:[a-z]{2}-[a-z]{2}; )?([^;)]+?)(?: Build/[^;)]*)?(?:; wv)?\)")
_ANDROID_BRANDS: Final = (("Samsung", "SM-"), ("Google", "Pixel"), ("OnePlus", "ONEPLUS"), ("Motorola", "moto"))


class BrowserPart(Described):
    """A part of a user agent: its fields by name, and the text it shows as."""

    __slots__ = ("_fields", "_shown")

    def __init__(self, shown: str, fields: dict[str, Any]) -> None:
        self._shown = shown
        self._fields = fields

    def describe(self) -> str:
        return self._shown

    def lookup(self, key: Any) -> Any:
        return self._fields.get(key) if isinstance(key, str) else None

    def plain(self) -> dict[str, Any]:
        return {name: item.plain() if isinstance(item, BrowserPart) else item for name, item in self._fields.items()}


def browser(value: Any) -> BrowserPart:
    """A user agent as ``name``, ``version``, ``os``, ``device``; the name is ``Other`` when it is not known.

    ``version`` and ``os.version`` have ``major minor patch``, ``device`` has ``name brand model``.
    """
    agent = argument_text(value)
    name, version = _first(_BROWSERS, agent)
    system, system_version = _first(_SYSTEMS, agent)
    if system == "Windows" and system_version:
        known = _WINDOWS.get(f"{system_version.lookup('major')}")
        system_version = _version([known]) if known else system_version
    fields = {
        "name": name,
        "version": version,
        "os": BrowserPart(_joined(system, system_version), {"name": system, "version": system_version}),
        "device": _device(agent),
    }
    return BrowserPart(_joined(name, version), fields)


def _first(table: tuple[tuple[str, str], ...], agent: str) -> tuple[str, BrowserPart | None]:
    for name, pattern in table:
        found = re.search(pattern, agent)
        if found:
            return name, _version([part for part in found.groups() if part])
    return "Other", None


def _version(parts: list[str]) -> BrowserPart | None:
    padded: list[str | None] = [*parts, None, None, None]
    fields = dict(zip(("major", "minor", "patch"), padded, strict=False))
    return BrowserPart(".".join(parts[:3]), fields) if parts else None


def _joined(name: str, version: BrowserPart | None) -> str:
    return f"{name} {version.describe()}" if version else name


def _device(agent: str) -> BrowserPart:
    for name, brand, pattern in _DEVICES:
        if re.search(pattern, agent):
            return BrowserPart(name, {"name": name, "brand": brand, "model": name})
    android = _ANDROID_MODEL.search(agent)
    if android:
        model = android.group(1).strip()
        brand = next((brand for brand, prefix in _ANDROID_BRANDS if model.startswith(prefix)), "Generic_Android")
        name = f"{brand} {model}" if brand in ("Samsung", "OnePlus") else model
        return BrowserPart(name, {"name": name, "brand": brand, "model": model})
    return BrowserPart("Other", {"name": "Other", "brand": None, "model": None})


FILTERS: dict[str, Callable[..., Any]] = {"browser": browser}
