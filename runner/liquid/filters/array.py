"""Filters of lists (liquid.md 3.5), and those that take a list, a hash or a text."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Callable
from typing import Any, Final

from runner.errors import LiquidError
from runner.liquid.filters import hash as hashes
from runner.liquid.filters.arguments import MAX_PADDING, bounded, bounded_list, is_list, items, property_of, whole
from runner.liquid.limits import MAX_ELEMENTS, extent, refuse_large, too_large
from runner.liquid.objects.base import LiquidCollection, LiquidObject
from runner.liquid.objects.bulk_operation import BulkObjects
from runner.liquid.state import RenderState
from runner.liquid.values import Binary, argument_text, elements, equals, lookup, shown, truthy


def map_(value: Any, key: Any) -> list[Any]:
    """The value under ``key`` of every element, nil where there is none."""
    # differs: Ruby raises for an element that is a number; nil lets the rest of the list through.
    return [property_of(item, key) for item in elements(value)]


def where(value: Any, key: Any, wanted: Any = None) -> list[Any] | BulkObjects:
    """The elements whose value under ``key`` equals ``wanted``; without ``wanted``, those where it is truthy."""

    def fits(item: Any) -> bool:
        found = property_of(item, key)
        return truthy(found) if wanted is None else equals(found, wanted)

    if isinstance(value, BulkObjects):
        return value.where(key, wanted, fits)
    return [item for item in elements(value) if fits(item)]


def sort(value: Any, key: Any = None) -> list[Any]:
    """Ascending, stable, nil last. LiquidError unless all are numbers or all are texts."""
    keyed = [(item, _sort_value(item, key)) for item in elements(value)]
    present = [pair for pair in keyed if pair[1] is not None]
    kinds = {_kind(sortable) for _, sortable in present}
    if len(present) > 1:
        if len(kinds) > 1 or "other" in kinds:
            least = present[0][1]
            odd = next((other for _, other in present[1:] if _kind(other) != _kind(least)), present[1][1])
            raise LiquidError(f"sort: cannot order {shown(least)} against {shown(odd)}")
        present.sort(key=lambda pair: pair[1])
    return [item for item, _ in present] + [item for item, sortable in keyed if sortable is None]


def sort_natural(value: Any, key: Any = None) -> list[Any]:
    """By text without regard to the case of ASCII letters, stable, nil last."""
    found = elements(value)
    refuse_large(found, "sort_natural")
    keyed = [(item, _sort_value(item, key)) for item in found]
    present = sorted((pair for pair in keyed if pair[1] is not None), key=lambda pair: _fold(argument_text(pair[1])))
    return [item for item, _ in present] + [item for item, sortable in keyed if sortable is None]


def _fold(text: str) -> str:
    return text.lower() if text.isascii() else re.sub("[A-Z]+", lambda found: found.group().lower(), text)


def _sort_value(item: Any, key: Any) -> Any:
    return item if key is None else property_of(item, key)


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else "other"


_TOKEN: Final = re.compile(r"[-\w]+")
_Part = int | str


def sort_naturally(value: Any, key: Any = None) -> list[Any]:
    """In human order, ``a9`` before ``a10``, nil and empty texts first (liquid.md 3.5)."""
    found = elements(value)
    refuse_large(found, "sort_naturally")
    keyed = [(item, _tokens(argument_text(_sort_value(item, key)))) for item in found]
    order = functools.cmp_to_key(_compare_token_lists)
    return [item for item, _ in sorted(keyed, key=lambda pair: order(pair[1]))]


def _tokens(text: str) -> list[list[_Part]]:
    return [_token(found.group()) for found in _TOKEN.finditer(text.replace("_", ""))]


def _token(token: str) -> list[_Part]:
    if token.isdecimal():
        return [_digits(token)]
    head = token.rstrip("".join({c for c in token if c.isdecimal()}))
    if head != token and head.isalpha():
        return [head, _digits(token[len(head) :])]
    tail = token.lstrip("".join({c for c in token if c.isdecimal()}))
    if tail != token and tail.isalpha():
        return [_digits(token[: len(token) - len(tail)]), tail]
    return [token]


def _digits(token: str) -> _Part:
    return int(token) if len(token) <= 4000 else token


def _compare_token_lists(left: list[list[_Part]], right: list[list[_Part]]) -> int:
    return _compare_lists(left, right, _compare_tokens)


def _compare_tokens(left: list[_Part], right: list[_Part]) -> int:
    return _compare_lists(left, right, _compare_parts)


def _compare_parts(left: _Part, right: _Part) -> int:
    if isinstance(left, int) and isinstance(right, int):
        return (left > right) - (left < right)
    return (str(left) > str(right)) - (str(left) < str(right))


def _compare_lists(left: list[Any], right: list[Any], compare: Callable[[Any, Any], int]) -> int:
    for a, b in zip(left, right, strict=False):
        order = compare(a, b)
        if order:
            return order
    return (len(left) > len(right)) - (len(left) < len(right))


def reverse(value: Any) -> list[Any]:
    """The elements from last to first."""
    return elements(value)[::-1]


def uniq(value: Any, key: Any = None) -> list[Any]:
    """First occurrences; 1, 1.0, ``"1"`` and true all differ, hashes compare by content."""
    found = elements(value)
    if key is None and all(type(item) is str for item in found):
        return list(dict.fromkeys(found))
    if extent(found, MAX_ELEMENTS) > MAX_ELEMENTS:
        raise too_large(f"uniq: the list has more than {MAX_ELEMENTS:,} elements inside of it")
    first: dict[Any, Any] = {}
    for item in found:
        first.setdefault(_identity(_sort_value(item, key)), item)
    return list(first.values())


def _identity(value: Any) -> Any:
    """A hashable stand-in, equal exactly for values that Ruby's ``eql?`` holds equal."""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return ("list", tuple([_identity(item) for item in value]))
    if isinstance(value, dict):
        return ("hash", frozenset([(key, _identity(item)) for key, item in value.items()]))
    if isinstance(value, (bool, int, float, Binary, range)) or value is None:
        return (type(value), value)
    return (type(value), id(value))


def compact(value: Any, key: Any = None) -> Any:
    """Without nil; with ``key``, without elements that have nil there. A hash loses its nil values."""
    if isinstance(value, dict) and key is None:
        return hashes.compact(value)
    return [item for item in elements(value) if _sort_value(item, key) is not None]


def concat(value: Any, other: Any) -> list[Any]:
    """The input's elements, then the argument's. LiquidError when the argument is no list, nil included."""
    if not is_list(other):
        raise LiquidError(
            f"concat: the argument must be a list, not {shown(other)}", hint="Give it `| default: array` first."
        )
    joined = elements(value) + items("concat", other)
    bounded_list("concat", len(joined))
    return joined


def join(value: Any, separator: Any = " ") -> str:
    """The texts of the elements with ``separator`` between them; nil elements are empty texts."""
    found, glue = elements(value), argument_text(separator)
    refuse_large(found, "join")
    parts = [argument_text(item) for item in found]
    bounded("join", sum(map(len, parts)) + len(glue) * len(parts))
    return glue.join(parts)


def first(value: Any) -> Any:
    """First element, pair or character; nil when there is none."""
    if isinstance(value, dict):
        return next(([key, item] for key, item in value.items()), None)
    return lookup(value, "first") if isinstance(value, str) or is_list(value) else None


def last(value: Any) -> Any:
    """Last element or character; nil when there is none."""
    return lookup(value, "last") if isinstance(value, str) or is_list(value) else None


def size(value: Any) -> int:
    """Characters, elements or keys; 0 for nil, booleans and numbers."""
    # differs: Ruby answers the bytes of an integer, 8, which no script can mean.
    if isinstance(value, (str, list, tuple, dict, range, LiquidCollection, Binary)):
        return len(value)
    return sum(1 for _ in value) if isinstance(value, LiquidObject) else 0


def push(value: Any, added: Any, *more: Any) -> list[Any]:
    """A new list with the values at the end, a list among them kept as one element."""
    return [*_extensible("push", value), added, *more]


def unshift(value: Any, added: Any, *more: Any) -> list[Any]:
    """A new list with the values in front, a list among them kept as one element."""
    return [added, *more, *_extensible("unshift", value)]


def _extensible(name: str, value: Any) -> list[Any]:
    if value is None:
        raise LiquidError(f"{name}: the input is nil", hint="Give it `| default: array` first.")
    found = items(name, value)
    bounded_list(name, len(found))
    return found


def except_(value: Any, excluded: Any, *more: Any) -> Any:
    """A list without the elements equal to an argument, or a hash without the keys given."""
    if isinstance(value, dict):
        return hashes.except_(value, excluded, *more)
    unwanted = (excluded, *more)
    if isinstance(value, list) and all(type(item) is str for item in unwanted):
        unwanted_texts = frozenset(unwanted)
        return [item for item in value if not (isinstance(item, str) and item in unwanted_texts)]
    found = items("except", value)
    if len(found) * len(unwanted) > MAX_ELEMENTS:
        raise too_large(f"except: {len(unwanted):,} values cannot be looked for among {len(found):,} elements")
    return [item for item in found if not any(equals(item, other) for other in unwanted)]


def slice_(value: Any, offset: Any, *more: Any) -> Any:
    """Part of a text or list from ``offset`` (negative: from the end), or the given keys of a hash.

    The length is 1 when not given; length 1 of a list is the element itself (liquid.md 3.2, 3.5, 3.6).
    """
    if isinstance(value, dict):
        return hashes.slice_(value, offset, *more)
    if len(more) > 1:
        raise LiquidError(f"slice: wrong number of arguments (given {len(more) + 1}, expected 1 or 2)")
    length = 1 if not more or more[0] is None or more[0] is False else whole("slice", more[0])
    source: Any = items("slice", value) if is_list(value) else argument_text(value)
    start = whole("slice", offset)
    start = start + len(source) if start < 0 else start
    if is_list(value) and length == 1:
        return source[start] if 0 <= start < len(source) else None
    if start < 0 or length < 0:
        return source[:0]
    return source[start : start + length]


def in_groups_of(value: Any, size: Any, *, fill_with: Any = None) -> list[list[Any]]:
    """Consecutive groups of ``size``, the last one padded with ``fill_with``; false pads nothing."""
    found, width = items("in_groups_of", value), whole("in_groups_of", size)
    if width < 1:
        raise LiquidError(f"in_groups_of: the size must be at least 1, not {width}")
    groups = [found[start : start + width] for start in range(0, len(found), width)]
    if groups and fill_with is not False:
        missing = width - len(groups[-1])
        bounded_list("in_groups_of", missing, MAX_PADDING)
        groups[-1] += [fill_with] * missing
    return groups


def in_groups(value: Any, count: Any, *, fill_with: Any = None) -> list[list[Any]]:
    """Exactly ``count`` groups whose sizes differ by at most one, shorter ones padded; false pads nothing."""
    found, groups = items("in_groups", value), whole("in_groups", count)
    if groups < 1:
        raise LiquidError(f"in_groups: the count must be at least 1, not {groups}")
    bounded_list("in_groups", groups, MAX_PADDING)
    width, longer = divmod(len(found), groups)
    made, start = [], 0
    for index in range(groups):
        end = start + width + (1 if index < longer else 0)
        padding = [fill_with] if fill_with is not False and longer and index >= longer else []
        made.append(found[start:end] + padding)
        start = end
    return made


def index_by(value: Any, key: Any) -> dict[str, Any]:
    """A hash from the text of each element's value under ``key`` to the element; later ones win."""
    found = items("index_by", value)
    refuse_large(found, "index_by")
    return {argument_text(property_of(item, key)): item for item in found}


def sample(value: Any, count: Any = None, *, state: RenderState) -> Any:
    """A random element, or a list of ``count`` different ones. Equal renders draw alike."""
    found = items("sample", value)
    state.draws += 1
    source = random.Random(f"{state.now.isoformat()} {state.draws}")
    if count is None:
        return source.choice(found) if found else None
    wanted = whole("sample", count)
    if wanted < 0:
        raise LiquidError(f"sample: the count must not be negative: {wanted}")
    return source.sample(found, min(wanted, len(found)))


FILTERS: dict[str, Callable[..., Any]] = {
    "compact": compact,
    "concat": concat,
    "except": except_,
    "first": first,
    "in_groups": in_groups,
    "in_groups_of": in_groups_of,
    "index_by": index_by,
    "join": join,
    "last": last,
    "map": map_,
    "push": push,
    "reverse": reverse,
    "sample": sample,
    "size": size,
    "slice": slice_,
    "sort": sort,
    "sort_natural": sort_natural,
    "sort_naturally": sort_naturally,
    "uniq": uniq,
    "unshift": unshift,
    "where": where,
}
