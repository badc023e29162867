"""What differs between two renderings, in sentences: actions matched by type and target (tooling.md 6)."""

from __future__ import annotations

import difflib
import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.model.json import canonical

_MOST_LINES = 12
"""Lines that a change of a text may take."""
_LONGEST = 100
_OPERATION = re.compile(r"\{\s*(?:\w+\s*:\s*)?(\w+)")
_GID = re.compile(r"gid://shopify/\w+/\d+")
_TARGETS = (
    "to",
    "url",
    "url_path",
    "topic",
    "host",
    "key",
    "id",
    "order_id",
    "product_id",
    "name",
    "operation",
    "title",
)
"""Options that say what an action is aimed at, best first."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``kind`` is added, removed or changed; ``what`` says where; ``details`` are lines about it."""

    kind: str
    what: str
    details: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """For people: a sentence, then what exactly."""
        return [f"{self.what} {_WORDS[self.kind]}", *(f"  {detail}" for detail in self.details)]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"kind": self.kind, "what": self.what, "details": list(self.details)}


_WORDS = {"added": "is new", "removed": "is gone", "changed": "is different", "moved": "comes in another order"}


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What became of the rendering ``old``, both as ``Rendering.to_dict`` or a snapshot has them; empty: nothing."""
    found = [*of_actions(old.get("actions") or (), new.get("actions") or ())]
    for key, word in (("logs", "log"), ("errors", "error")):
        found += of_list(word, old.get(key) or (), new.get(key) or ())
    if old.get("liquid_error") != new.get("liquid_error"):
        found.append(of_value("the failure of the script", old.get("liquid_error"), new.get("liquid_error")))
    known = {"actions", "logs", "errors", "liquid_error"}
    for key in dict.fromkeys((*old, *new)):
        if key not in known and (old.get(key) or None) != (new.get(key) or None):
            found.append(of_value(f"`{key}`", old.get(key), new.get(key)))
    return found


def named(action: Mapping[str, Any]) -> str:
    """``shopify tagsAdd for gid://shopify/Order/1``: an action by its type and what it is aimed at."""
    return " ".join((str(action.get("type")), *target(action)))


def target(action: Mapping[str, Any]) -> tuple[str, ...]:
    """What an action is aimed at: the operation and the first resource, an address, a topic, a key."""
    options = action.get("options")
    if action.get("type") == "shopify":
        return tuple(_shopify_target(options))
    if not isinstance(options, Mapping):
        return (f'"{_short(options)}"',) if isinstance(options, str) and options else ()
    if action.get("type") == "cache" and options:
        operation, value = next(iter(options.items()))
        key = value.get("key") if isinstance(value, Mapping) else value
        return (str(operation), _short(key))
    words = [str(options["method"]).upper()] if isinstance(options.get("method"), str) else []
    aim = next((options[key] for key in _TARGETS if options.get(key) not in (None, "", [], {})), None)
    return (*words, *([_short(aim)] if aim is not None else []))


def _shopify_target(options: Any) -> Iterator[str]:
    if isinstance(options, list) and options and str(options[0]) in ("get", "post", "put", "delete"):
        yield from (_short(each) for each in options[:2])
        return
    query = options.get("query") if isinstance(options, Mapping) else options
    text = "\n".join(map(str, query)) if isinstance(query, list) else str(query or "")
    operation = _OPERATION.search(text)
    if operation:
        yield operation[1]
    variables = json.dumps(options.get("variables")) if isinstance(options, Mapping) else ""
    gid = _GID.search(text) or _GID.search(variables)
    if gid:
        yield f"for {gid[0]}"


def of_actions(old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    """Equal ones first, whatever their place; then those of one type and target, in order; the rest is new or gone."""
    left = list(enumerate(new))
    pairs: list[tuple[int, int]] = []
    rest: list[Any] = []
    for place, action in enumerate(old):
        at = next((at for at, (_, other) in enumerate(left) if canonical(other) == canonical(action)), None)
        if at is None:
            rest.append(action)
        else:
            pairs.append((place, left.pop(at)[0]))
    for action in rest:
        same = (action.get("type"), target(action))
        at = next((at for at, (_, other) in enumerate(left) if (other.get("type"), target(other)) == same), None)
        if at is None:
            yield Change("removed", f"action {named(action)}", tuple(_told(action)))
        else:
            yield Change("changed", f"action {named(action)}", tuple(_changes(action, left.pop(at)[1])))
    for _, action in left:
        yield Change("added", f"action {named(action)}", tuple(_told(action)))
    if [place for _, place in pairs] != sorted(place for _, place in pairs):
        yield Change("moved", "what is the same")


def _told(action: Mapping[str, Any]) -> Iterator[str]:
    """The options of an action that stands alone, shortened."""
    for path, value in _flat({key: each for key, each in action.items() if key != "type"}, ""):
        lines = textwrap.dedent(value.strip("\n")).rstrip().splitlines() if isinstance(value, str) else [_short(value)]
        if len(lines) > 1:
            yield f"{path}:"
            yield from (f"  {line}" for line in lines[:_MOST_LINES])
            if len(lines) > _MOST_LINES:
                yield f"  … {len(lines) - _MOST_LINES} more lines"
        else:
            yield f"{path}: {_short(value)}"


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = dict(_flat(old, "")), dict(_flat(new, ""))
    for path in dict.fromkeys((*before, *after)):
        if path not in after:
            yield f"{path}: was {_short(before[path])}, is no longer there"
        elif path not in before:
            yield f"{path}: {_short(after[path])}, was not there"
        elif canonical(before[path]) != canonical(after[path]):
            yield from _value_lines(path, before[path], after[path])


def _value_lines(path: str, old: Any, new: Any) -> Iterator[str]:
    texts = [each if isinstance(each, str) else None for each in (old, new)]
    if texts[0] is None or texts[1] is None or not ("\n" in texts[0] or "\n" in texts[1]):
        yield f"{path}: {_short(old)} → {_short(new)}"
        return
    yield f"{path}:"
    lines = list(difflib.unified_diff(texts[0].splitlines(), texts[1].splitlines(), lineterm="", n=0))[2:]
    shown = [line for line in lines if not line.startswith("@@")]
    yield from (f"  {line[0]} {line[1:].strip()}" for line in shown[:_MOST_LINES])
    if len(shown) > _MOST_LINES:
        yield f"  … {len(shown) - _MOST_LINES} more lines"


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """(dotted path, leaf) of everything in ``value``; a text in lines, as snapshots have it, is one text."""
    text = _text(value)
    if text is not None:
        yield path, text
    elif isinstance(value, Mapping) and value:
        for key, each in value.items():
            inner = f"{path}.{key}" if path else str(key)
            yield from _flat(each, inner)
    elif isinstance(value, list) and value:
        for place, each in enumerate(value):
            yield from _flat(each, f"{path}[{place}]")
    else:
        yield path, value


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and list(value) == ["lines"] and isinstance(value["lines"], list):
        return "\n".join(map(str, value["lines"]))
    if isinstance(value, list) and len(value) > 1 and all(isinstance(each, str) for each in value):
        return "\n".join(value) if any("{" in each for each in value) else None
    return None


def of_list(word: str, old: Iterable[Any], new: Iterable[Any]) -> list[Change]:
    """Logs and errors: which came, which went."""
    left = [canonical(each) for each in new]
    gone = []
    for each in old:
        if canonical(each) in left:
            left.remove(canonical(each))
        else:
            gone.append(each)
    found = [Change("removed", f"{word} {_short(each)}") for each in gone]
    return [*found, *(Change("added", f"{word} {_short(json.loads(each))}") for each in left)]


def of_value(what: str, old: Any, new: Any) -> Change:
    """Any other value that differs."""
    if old in (None, [], {}):
        return Change("added", what, tuple(_told({"value": new})) if new else ())
    if new in (None, [], {}):
        return Change("removed", what, tuple(_told({"value": old})))
    return Change("changed", what, tuple(_changes({"value": old}, {"value": new})))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
