"""Plausible option values from the flags of their keys, to preview a task that nobody has configured yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any

from runner.model.option_errors import PICKER_TYPES
from runner.model.option_key import Kind, Option, Range

_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "islet", "juniper", "kelp", "linden")
_PLURAL = 2
"""Elements of a list, pairs of a hash: enough to see what a task puts between them."""
_FARTHEST_DAY = 28


def fill(
    options: Iterable[Option],
    *,
    seed: int,
    now: datetime,
    stored: Mapping[str, Any] | None = None,
    only_unset: bool = True,
) -> dict[str, Any]:
    """Stored values (before coercion) by key, one for each of ``options`` that can have one.

    The same ``seed`` and key give the same value whatever the other options are. ``now`` is the present in the shop's
    time zone: dates lie within the four weeks after it. With ``only_unset``, options that have a value in ``stored``
    are left out; ``false`` is a value, a blank text or empty list is none.

    ``validate`` finds nothing wrong with the result. Left out are keys that are not valid (choices without a list, a
    range without bounds, a picker of something else), since no value fits them.
    """
    values = stored or {}
    found: dict[str, Any] = {}
    for option in options:
        if only_unset and values.get(option.key) not in (None, "", [], {}):
            continue
        value = _value(option, Random(f"{seed} {option.key}"), now)
        if value is not None:
            found[option.key] = value
    return found


def _value(option: Option, chance: Random, now: datetime) -> Any:
    if option.invalid:
        return None
    if option.container is None:
        return _single(option, chance, now)
    words = chance.sample(_WORDS, _PLURAL)
    elements = [_single(option, chance, now, word) for word in chance.sample(_WORDS, _PLURAL)]
    if None in elements:
        return None
    return elements if option.container == "array" else dict(zip(words, elements, strict=True))


def _single(option: Option, chance: Random, now: datetime, word: str | None = None) -> Any:
    make = _MAKERS.get(option.kind)
    return make(option, chance, now) if make is not None else _text(option, word or chance.choice(_WORDS), chance)


def _text(option: Option, word: str, chance: Random) -> str:
    if option.email:
        return f"{word}@example.com"
    if option.code:
        return f"<p>{word}</p>\n<p>{chance.choice(_WORDS)}</p>"
    if option.multiline:
        return f"{word}\n{chance.choice(_WORDS)}"
    return word


def _number(option: Option, chance: Random, now: datetime) -> int:
    return chance.randint(2, 20)


def _in_range(option: Option, chance: Random, now: datetime) -> int | None:
    bounds = option.range or Range(None, None)
    if bounds.minimum is None or bounds.maximum is None or bounds.step < 1 or bounds.minimum > bounds.maximum:
        return None
    return bounds.minimum + bounds.step * chance.randint(0, (bounds.maximum - bounds.minimum) // bounds.step)


def _id(option: Option, chance: Random, now: datetime) -> str | None:
    kind = PICKER_TYPES.get(option.resource or "")
    return None if kind is None else f"gid://shopify/{kind}/{chance.randint(10**9, 10**10 - 1)}"


def _later(option: Option, chance: Random, now: datetime) -> datetime:
    return now + timedelta(days=chance.randint(1, _FARTHEST_DAY))


_MAKERS: Mapping[Kind, Callable[[Option, Random, datetime], Any]] = MappingProxyType(
    {
        Kind.NUMBER: _number,
        Kind.RANGE: _in_range,
        Kind.BOOLEAN: lambda option, chance, now: True,
        Kind.SELECT: lambda option, chance, now: option.choices[0],
        Kind.CHOICE: lambda option, chance, now: option.choices[0],
        Kind.MULTISELECT: lambda option, chance, now: list(option.choices[:_PLURAL]),
        Kind.PICKER: _id,
        Kind.DATE: lambda option, chance, now: _later(option, chance, now).strftime("%Y-%m-%d"),
        Kind.DATETIME: lambda option, chance, now: _later(option, chance, now).strftime("%Y-%m-%dT%H:%M"),
        Kind.TIME: lambda option, chance, now: f"{chance.randint(0, 23):02d}:{chance.choice((0, 15, 30, 45)):02d}",
        Kind.COLOR: lambda option, chance, now: f"#{chance.randrange(0x1000000):06x}",
    }
)
"""Values of every kind but those that are words: text, and the names of globals and secrets."""
