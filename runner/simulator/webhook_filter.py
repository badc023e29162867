"""The filter of a webhook subscription: Shopify's search syntax over the payload (engine.md 5.2).

``:`` is equality, names are dotted paths, a list matches by any member, a path that is not there never matches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from runner.simulator.search import And, Not, Or, Query, Term, parse
from runner.simulator.search_values import Zone, matches

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


def passes(text: str | None, payload: Mapping[str, Any], zone_name: str | None, now: datetime) -> bool:
    """Whether a webhook with ``payload`` is sent to a subscription with the filter ``text`` (blank: always)."""
    if not text or not text.strip():
        return True
    return _holds(parse(text), payload, Zone.of(zone_name, now))


def _holds(query: Query, payload: Mapping[str, Any], zone: Zone) -> bool:
    match query:
        case Not(inner=inner):
            return not _holds(inner, payload, zone)
        case And(parts=parts):
            return all(_holds(part, payload, zone) for part in parts)
        case Or(parts=parts):
            return any(_holds(part, payload, zone) for part in parts)
        case Term(field=field):
            # A word without a field has nothing to be compared with.
            return field is not None and any(_fits(value, query, zone) for value in _at(payload, field.split(".")))


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for member in value:
            yield from _at(member, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


def _fits(value: Any, term: Term, zone: Zone) -> bool:
    if value is None:
        return False
    if term.value == "*" and not term.quoted and term.comparator is None:
        return True
    return matches(_kind(value, term), value, term.value, term.quoted, term.comparator, zone)


def _kind(value: Any, term: Term) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if term.comparator and _NUMBER.fullmatch(str(value)):
        return "number"
    return "time" if _DATED.match(str(value)) and (term.comparator or _DATED.match(term.value)) else "exact"
