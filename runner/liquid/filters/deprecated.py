"""Filters that the platform deprecated and tasks still use (liquid.md 3.7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from runner.liquid.filters import codec
from runner.liquid.filters.arguments import is_list, items
from runner.liquid.filters.string import split
from runner.liquid.limits import refuse_large
from runner.liquid.objects.base import LiquidObject
from runner.liquid.values import argument_text, lookup


def add_tag(value: Any, tag: Any) -> Any:
    """The tags with ``tag`` at the end, unless it is there. Comma text in, comma text out; list in, list out."""
    return _retag(value, None if tag is None else [tag], keep=True)


def add_tags(value: Any, tags: Any) -> Any:
    """The tags with those of a list or comma text at the end."""
    return _retag(value, tags, keep=True)


def remove_tag(value: Any, tag: Any) -> Any:
    """The tags without ``tag``. Comma text in, comma text out; list in, list out."""
    return _retag(value, None if tag is None else [tag], keep=False)


def remove_tags(value: Any, tags: Any) -> Any:
    """The tags without those of a list or comma text."""
    return _retag(value, tags, keep=False)


def _retag(value: Any, changed: Any, *, keep: bool) -> Any:
    if changed is None:
        return "" if value is None else value
    tags, others = _tags(value), _tags(changed)
    unwanted = frozenset(others)
    result = _unique(tags + others) if keep else [tag for tag in _unique(tags) if tag not in unwanted]
    return result if is_list(value) else ", ".join(result)


def _tags(value: Any) -> list[str]:
    listed = items("tags", value) if is_list(value) else split(value, ",")
    refuse_large(listed, "tags")
    return [tag for tag in (argument_text(item).strip() for item in listed) if tag]


def _unique(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


_EXTENSION: Final = re.compile(r"(\.[A-Za-z0-9]+)?([?#].*)?\Z", re.DOTALL)


def img_url(value: Any, size: Any = "small") -> str:
    """The URL of an image with ``_size`` in front of its extension; takes a URL or an object with ``src``."""
    if isinstance(value, (dict, LiquidObject)):
        value = lookup(value, "src")
    url, wanted = argument_text(value), argument_text(size)
    if not url or not wanted:
        return url
    end = _EXTENSION.search(url)
    at = end.start() if end else len(url)
    return f"{url[:at]}_{wanted}{url[at:]}"


FILTERS: dict[str, Callable[..., Any]] = {
    "add_tag": add_tag,
    "add_tags": add_tags,
    "base64": codec.base64_encode,
    "base64url": codec.base64_url_safe_encode,
    "decode_base64": codec.base64_decode,
    "decode_base64url": codec.base64_url_safe_decode,
    "img_url": img_url,
    "remove_tag": remove_tag,
    "remove_tags": remove_tags,
}
