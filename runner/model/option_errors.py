"""What is wrong with option values, in words (tasks.md 3.7).

Here are the rules that need nothing but keys and values, and the names of globals and secrets; Liquid inside values and
errors rendered by the script are checked where those are known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from runner.model.option_key import Kind, Option, Range
from runner.model.option_number import to_number

PICKER_TYPES: Mapping[str, str] = MappingProxyType(
    {"product": "Product", "variant": "ProductVariant", "collection": "Collection"}
)
"""Resources a picker supports, and the type their ids carry."""

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class OptionError:
    """One finding: a stable ``code``, the option, a sentence; ``item`` is the element (from 1) or the pair's key."""

    code: str
    key: str
    label: str
    message: str
    item: int | str | None = None

    def to_dict(self) -> dict[str, object]:
        """JSON-ready, without ``item`` where there is none."""
        document: dict[str, object] = {"code": self.code, "key": self.key, "label": self.label, "message": self.message}
        if self.item is not None:
            document["item"] = self.item
        return document


Finding = tuple[str, str, int | str | None]
"""Code, message, item."""


def validate(
    options: Iterable[Option],
    values: Mapping[str, Any],
    *,
    now: datetime | None = None,
    globals: Collection[str] | None = None,
    secrets: Collection[str] | None = None,
) -> list[OptionError]:
    """Everything wrong with the stored ``values`` (before coercion) of ``options``, in their order; empty when fine.

    ``now`` is the present in the shop's time zone; without it ``futureonly`` is not checked, which belongs to saving
    only. ``globals`` and ``secrets`` are the keys the shop has; None: not known, so that nothing is said about them.
    """
    known = {Kind.GLOBAL: globals, Kind.SECRET: secrets}
    errors = []
    for option in options:
        value = values.get(option.key)
        found = [*_findings(option, value, now), *_reference_findings(option, value, known.get(option.kind))]
        errors += [OptionError(code, option.key, option.label, message, item) for code, message, item in found]
    return errors


def _reference_findings(option: Option, value: Any, known: Collection[str] | None) -> Iterator[Finding]:
    is_key = isinstance(value, str)
    if known is None or value is None or value == "" or (is_key and value in known):
        return
    near = get_close_matches(value, sorted(known), n=1) if is_key else []
    hint = f' Did you mean "{near[0]}"?' if near else ""
    yield "option.reference", f'No {option.kind} named "{value}" in this shop.{hint}', None


def _findings(option: Option, value: Any, now: datetime | None) -> Iterator[Finding]:
    key_findings = list(_key_findings(option))
    yield from key_findings
    if option.required and _is_missing(option, value):
        yield "option.required", f'"{option.label}" is required.', None
        return
    if key_findings or value is None or value == "":
        return
    check = _CHECKS.get(option.kind)
    if check is None:
        return
    for element, item in _elements(option, value):
        named = f'"{option.label}"' + _item_words(item)
        for code, message in check(option, element, named, now):
            yield code, message, item


def _key_findings(option: Option) -> Iterator[Finding]:
    if option.invalid:
        code = "option.choice" if option.kind in (Kind.SELECT, Kind.CHOICE, Kind.MULTISELECT) else "option.key"
        yield code, f'The option key "{option.key}" is not valid: {option.invalid}.', None
    if option.kind is Kind.SECRET and option.userform:
        yield "option.secret_userform", "A secret cannot be asked for on the run form.", None
    if option.kind is Kind.PICKER and option.resource not in PICKER_TYPES:
        message = f'Pickers support product, variant and collection, not "{option.resource or ""}".'
        yield "option.picker", message, None
    if option.range is not None:
        reason = _range_fault(option.range)
        if reason:
            yield "option.range", f'The option key "{option.key}" is not valid: {reason}.', None


def _range_fault(bounds: Range) -> str | None:
    if bounds.minimum is None or bounds.maximum is None:
        return "a range needs a min and a max, as in range_min0_max23"
    if bounds.minimum > bounds.maximum:
        return "min is greater than max"
    return "step is zero" if bounds.step == 0 else None


def _is_missing(option: Option, value: Any) -> bool:
    if option.kind is Kind.BOOLEAN:
        return False  # an unset boolean is false, which is a value
    if option.container == "keyval" and isinstance(value, Mapping):
        return not any(str(key).strip() for key in value)
    if isinstance(value, str):
        return not value.strip()
    return value is None or value == [] or value == {}


def _elements(option: Option, value: Any) -> Iterator[tuple[Any, int | str | None]]:
    """The values to check, each with its place: number in a list, key in a hash, None when it is the only one."""
    if option.container == "keyval" and isinstance(value, Mapping):
        yield from ((element, str(key)) for key, element in value.items())
    elif isinstance(value, list | tuple) and (option.container == "array" or option.kind is Kind.MULTISELECT):
        yield from ((element, index) for index, element in enumerate(value, start=1))
    else:
        yield value, None


def _item_words(item: int | str | None) -> str:
    if item is None:
        return ""
    return f", item {item}" if isinstance(item, int) else f', "{item}"'


Check = Callable[[Option, Any, str, datetime | None], Iterator[tuple[str, str]]]


def _check_text(option: Option, value: Any, named: str, now: datetime | None) -> Iterator[tuple[str, str]]:
    if not option.email or _has_liquid(value) or value is None:
        return
    if not isinstance(value, str) or not _EMAIL.fullmatch(value):
        yield "option.email", f'{named}: "{value}" is not an email address.'


def _check_number(option: Option, value: Any, named: str, now: datetime | None) -> Iterator[tuple[str, str]]:
    if value is not None and value != "" and not _has_liquid(value) and to_number(value) is None:
        yield "option.number", f'{named} must be a number, not "{value}".'


def _check_range(option: Option, value: Any, named: str, now: datetime | None) -> Iterator[tuple[str, str]]:
    bounds = option.range or Range(None, None)
    low, high = bounds.minimum or 0, bounds.maximum or 0  # a key without both was reported before
    number = to_number(value)
    inside = number is not None and low <= number <= high
    if number is None or not inside or (number - low) % bounds.step:
        steps = f" in steps of {bounds.step}" if inside or bounds.step != 1 else ""
        yield "option.range", f"{named} must be between {low} and {high}{steps}."


def _check_choice(option: Option, value: Any, named: str, now: datetime | None) -> Iterator[tuple[str, str]]:
    if value not in option.choices:
        yield "option.choice", f"{named} must be one of {', '.join(option.choices)}."


def _check_picker(option: Option, value: Any, named: str, now: datetime | None) -> Iterator[tuple[str, str]]:
    kind = PICKER_TYPES[option.resource or ""]
    if not isinstance(value, str) or not re.fullmatch(rf"gid://shopify/{kind}/[0-9]+", value):
        yield "option.picker", f'{named} must be a {option.resource} id like gid://shopify/{kind}/1, not "{value}".'


def _check_date(option: Option, value: Any, named: str, now: datetime | None) -> Iterator[tuple[str, str]]:
    day = _read_day(value)
    if day is None:
        yield "option.date", f'{named} must be a date like 2026-01-31, not "{value}".'
    elif option.future_only and now is not None and day < now.date():
        yield "option.date", f"{named} must be in the future."


def _check_datetime(option: Option, value: Any, named: str, now: datetime | None) -> Iterator[tuple[str, str]]:
    moment = _read_moment(value)
    if moment is None:
        yield "option.date", f'{named} must be a date and time like 2026-01-31T09:30, not "{value}".'
    elif option.future_only and now is not None and moment < now.replace(tzinfo=None):
        yield "option.date", f"{named} must be in the future."


def _check_time(option: Option, value: Any, named: str, now: datetime | None) -> Iterator[tuple[str, str]]:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        yield "option.date", f'{named} must be a time like 09:30, not "{value}".'


def _check_color(option: Option, value: Any, named: str, now: datetime | None) -> Iterator[tuple[str, str]]:
    if not isinstance(value, str) or not _COLOR.fullmatch(value):
        yield "option.color", f'{named} must be a colour like #1a2b3c, not "{value}".'


def _read_day(value: Any) -> date | None:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:  # the 31st of February
        return None


def _read_moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _has_liquid(value: Any) -> bool:
    return isinstance(value, str) and ("{{" in value or "{%" in value)


_CHECKS: Mapping[Kind, Check] = MappingProxyType(
    {
        Kind.TEXT: _check_text,
        Kind.NUMBER: _check_number,
        Kind.RANGE: _check_range,
        Kind.SELECT: _check_choice,
        Kind.CHOICE: _check_choice,
        Kind.MULTISELECT: _check_choice,
        Kind.PICKER: _check_picker,
        Kind.DATE: _check_date,
        Kind.DATETIME: _check_datetime,
        Kind.TIME: _check_time,
        Kind.COLOR: _check_color,
    }
)
