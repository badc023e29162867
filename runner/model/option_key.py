"""The grammar of option keys: ``name__flag_flag`` says everything about an option (tasks.md 3.2 to 3.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Literal


class Kind(StrEnum):
    """What an option asks for. Text is told apart further by ``email``, ``multiline`` and ``code``."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    RANGE = "range"
    SELECT = "select"
    CHOICE = "choice"
    MULTISELECT = "multiselect"
    PICKER = "picker"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    COLOR = "color"
    GLOBAL = "global"
    SECRET = "secret"


Container = Literal["array", "keyval"]


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of a slider, all integers; a missing bound is None and makes the key invalid (tasks.md 3.7)."""

    minimum: int | None
    maximum: int | None
    step: int = 1


@dataclass(frozen=True, slots=True)
class Option:
    """One option, as its key declares it.

    ``container`` tells lists and hashes of ``kind`` from single values. ``choices`` are the literal values of select,
    choice and multiselect. ``resource`` is the word after ``picker``, any word: unsupported ones are found by
    ``validate``. ``warnings`` are sentences for the task's author; ``invalid`` says why the key cannot be used.
    """

    key: str
    name: str
    kind: Kind = Kind.TEXT
    container: Container | None = None
    required: bool = False
    userform: bool = False
    email: bool = False
    multiline: bool = False
    code: bool = False
    future_only: bool = False
    choices: tuple[str, ...] = ()
    range: Range | None = None
    resource: str | None = None
    warnings: tuple[str, ...] = ()
    invalid: str | None = None

    @property
    def label(self) -> str:
        """The name as people read it: ``customer_ids`` is "Customer IDs"."""
        return label_of(self.name)

    @property
    def renders_liquid(self) -> bool:
        """True when its strings are Liquid: text, the elements of a list, the values of a hash (tasks.md 3.8)."""
        return self.kind is Kind.TEXT


_CHOOSERS = ("select", "choice", "multiselect")
_MODIFIERS = ("required", "userform", "email", "futureonly")
_CONTAINERS: tuple[Container, ...] = ("keyval", "array")
_KINDS_BY_RANK = ("range", "picker", "boolean", "date", "datetime", "time", "color", "global", "secret", "number")
"""Input types in the order in which the first one wins (tasks.md 3.2, steps 2 to 7)."""
_TEXT_TYPES = ("storefrontform", "code", "multiline")
FLAGS = (*_CHOOSERS, *_KINDS_BY_RANK, *_TEXT_TYPES, *_CONTAINERS, *_MODIFIERS)
"""Every word with a meaning after the double underscore."""

_KEY = re.compile(r"[a-z0-9_]+")
_ORDINAL = re.compile(r"o([0-9]{1,9})")
_BOUND = re.compile(r"(min|max|step)([0-9]{1,18})")
_RUN_TOGETHER = ("required", "boolean", "multiline", "keyval", "array", "multiselect", "userform", "futureonly")
"""Flags that hardly end a name by chance; after a single underscore they are a slip (tasks.md 3.2)."""


def parse_key(key: str) -> Option:
    """The option that ``key`` declares. Never raises: see ``Option.warnings`` and ``Option.invalid``."""
    name, border, rest = key.partition("__")
    tokens = [token for token in rest.split("_") if token]
    option = Option(key, name)
    if not _KEY.fullmatch(key):
        return replace(option, invalid="option keys hold lower-case letters, digits and underscores only")
    if not name:
        return replace(option, invalid="the name before the double underscore is empty")
    if not border:
        return replace(option, warnings=_run_together(name))
    at = next((index for index, token in enumerate(tokens) if token in _CHOOSERS), None)
    if at is not None:
        return _parse_choices(option, tokens[:at], tokens[at], tokens[at + 1 :])
    return _parse_flags(option, tokens)


def _run_together(name: str) -> tuple[str, ...]:
    for flag in _RUN_TOGETHER:
        if name.endswith("_" + flag):
            better = name.removesuffix("_" + flag) + "__" + flag
            return (f'"{flag}" is part of the name here; a flag needs two underscores: {better}',)
    return ()


def _parse_choices(option: Option, before: Sequence[str], chooser: str, after: list[str]) -> Option:
    warnings = []
    if before:
        warnings.append(f'flags belong after the choices, not before "{chooser}": {"_".join(before)}')
        warnings += _unknown(before)
        warnings += [_second_type(token, chooser) for token in before if token in (*_KINDS_BY_RANK, *_CONTAINERS)]
    modifiers = set(before)
    while after and after[-1] in ("required", "userform"):
        modifiers.add(after.pop())
    choices, invalid = _split_choices(after)
    return replace(
        option,
        kind=Kind(chooser),
        required="required" in modifiers,
        userform="userform" in modifiers,
        choices=choices,
        warnings=tuple(warnings),
        invalid=invalid,
    )


def _split_choices(tokens: Sequence[str]) -> tuple[tuple[str, ...], str | None]:
    """The values by ordinal, or none and the reason."""
    values: dict[int, list[str]] = {}
    current: list[str] | None = None
    for token in tokens:
        match = _ORDINAL.fullmatch(token)
        if match:
            ordinal = int(match[1])
            if ordinal in values:
                return (), f'"{token}" comes twice in the list of choices'
            current = values.setdefault(ordinal, [])
        elif current is None:
            return (), f'"{token}" stands before the first choice; choices look like o1_test_o2_live'
        else:
            current.append(token)
    if not values:
        return (), "the list of choices is empty; choices look like o1_test_o2_live"
    empty = next((ordinal for ordinal, words in values.items() if not words), None)
    if empty is not None:
        return (), f'"o{empty}" has no text'
    return tuple("_".join(values[ordinal]) for ordinal in sorted(values)), None


def _parse_flags(option: Option, tokens: list[str]) -> Option:
    tokens, resource = _take_resource(tokens)
    bounds, tokens = _take_bounds(tokens)
    present = [word for word in _KINDS_BY_RANK if word in tokens]
    kind = Kind(present[0]) if present else Kind.TEXT
    container = next((word for word in _CONTAINERS if word in tokens), None)
    warnings = _unknown(tokens) + _misuses(kind, tokens, present)
    if container and not _may_hold(container, kind):
        warnings.append(f'"{container}" has no meaning together with "{kind}"')
        container = None
    is_text = kind is Kind.TEXT
    return replace(
        option,
        kind=kind,
        container=container,
        required="required" in tokens,
        userform="userform" in tokens,
        email=is_text and "email" in tokens,
        multiline=is_text and "multiline" in tokens,
        code=is_text and "code" in tokens,
        future_only="futureonly" in tokens and kind in (Kind.DATE, Kind.DATETIME),
        range=bounds if kind is Kind.RANGE else None,
        resource=resource if kind is Kind.PICKER else None,
        warnings=tuple(warnings),
    )


def _may_hold(container: Container, kind: Kind) -> bool:
    return kind in (Kind.TEXT, Kind.NUMBER) or (container == "array" and kind is Kind.PICKER)


def _take_resource(tokens: list[str]) -> tuple[list[str], str | None]:
    """The word after ``picker``, taken out of the list; None when another flag or nothing follows."""
    if "picker" not in tokens:
        return tokens, None
    at = tokens.index("picker") + 1
    if at == len(tokens) or tokens[at] in FLAGS:
        return tokens, None
    return tokens[:at] + tokens[at + 1 :], tokens[at]


def _take_bounds(tokens: list[str]) -> tuple[Range, list[str]]:
    """min, max and step, wherever they stand after ``range``; the first of each counts."""
    found: dict[str, int] = {}
    rest = []
    for token in tokens:
        match = _BOUND.fullmatch(token) if "range" in rest else None
        if match and match[1] not in found:
            found[match[1]] = int(match[2])
        else:
            rest.append(token)
    return Range(found.get("min"), found.get("max"), found.get("step", 1)), rest


def _unknown(tokens: Sequence[str]) -> list[str]:
    warnings = []
    for token in tokens:
        if token not in FLAGS:
            near = get_close_matches(token, FLAGS, n=1)
            warnings.append(f'unknown flag "{token}"' + (f', did you mean "{near[0]}"?' if near else ""))
    return warnings


def _second_type(token: str, first: str) -> str:
    return f'"{token}" has no meaning together with "{first}"'


def _misuses(kind: Kind, tokens: Sequence[str], present: Sequence[str]) -> list[str]:
    """Flags that are known but do nothing here."""
    pointless = list(present[1:])
    if kind is not Kind.TEXT:
        pointless += [word for word in ("email", *_TEXT_TYPES) if word in tokens]
    if "futureonly" in tokens and kind not in (Kind.DATE, Kind.DATETIME):
        pointless.append("futureonly")
    warnings = [_second_type(word, kind) for word in pointless]
    if all(word in tokens for word in _CONTAINERS):
        warnings.append(_second_type("array", "keyval"))
    return warnings


_ACRONYMS: Mapping[str, str] = MappingProxyType(
    {
        written.lower(): written
        for written in (
            *("ID", "IDs", "SKU", "SKUs", "URL", "URLs", "API", "APIs", "SFTP", "HTML", "CSS", "POS"),
            *("CSV", "CSVs", "PDF", "PDFs", "UTM", "IP", "CC", "BCC", "HTTP", "FTP", "JSON"),
        )
    }
)


def label_of(name: str) -> str:
    """``run_every_10_minutes`` to "Run every 10 minutes", with acronyms in capitals (tasks.md 3.4)."""
    words = [_ACRONYMS.get(word, word) for word in name.split("_") if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
