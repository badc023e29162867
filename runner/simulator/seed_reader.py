"""YAML (or JSON) read with its line numbers, so that every refusal says file, line, key and what was expected.

A ``Table`` is one mapping. Each ``text``, ``integer``, … reads a key; ``finish`` refuses the keys nobody has read,
with the
nearest known one. Scalars keep the text as written: ``sku: 0012`` stays ``0012``, ``price: 20.00`` stays ``20.00``, and
``country: NO`` is Norway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import yaml

from runner.errors import InputError, Where

INVALID = "seed.invalid"
_MONEY = re.compile(r"-?\d+(\.\d{1,2})?")
_WHOLE = re.compile(r"[+-]?\d[\d_]*")
_NULL = "tag:yaml.org,2002:null"
_TEXT = "tag:yaml.org,2002:str"
_PLAIN = "!plain"
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Leaves open what a plain scalar is: tables say it by what they read it as. Half of the time of the usual one."""

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:
        """The tag of a node that has none."""
        if kind is not yaml.ScalarNode:
            return "tag:yaml.org,2002:map" if kind is yaml.MappingNode else "tag:yaml.org,2002:seq"
        if not implicit[0]:
            return _TEXT
        return _NULL if value in _NULLS else _PLAIN


class Source:
    """A document: its name for errors, the code they carry, and its lines."""

    def __init__(self, text: str, name: str, code: str = INVALID) -> None:
        self.name = name
        self.code = code
        self.lines = text.splitlines()

    def refuse(self, node: yaml.Node, part: str, message: str, hint: str | None = None) -> NoReturn:
        """Raise ``InputError`` at the place of ``node``; ``part`` is the path of keys."""
        line = node.start_mark.line
        text = self.lines[line] if line < len(self.lines) else None
        where = Where(self.name, part=part or None, line=line + 1, column=node.start_mark.column + 1, source=text)
        raise InputError(message, where=where, hint=hint, code=self.code)


def read_table(text: str, name: str, code: str = INVALID) -> Table:
    """The mapping at the top of a document. ``InputError`` of that code when it is no YAML or no mapping."""
    source = Source(text, name, code)
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Where(name, line=mark.line + 1, column=mark.column + 1) if mark else Where(name)
        raise InputError(
            f"not YAML: {error.problem or error.context}",
            where=place,
            hint="check the indentation and quotes",
            code=code,
        ) from error
    except yaml.YAMLError as error:
        raise InputError(
            f"not YAML: {str(error).splitlines()[0]}", where=Where(name), hint="is it a text file?", code=code
        ) from error
    if root is None:
        root = yaml.MappingNode("tag:yaml.org,2002:map", [], yaml.Mark(name, 0, 0, 0, None, 0))
    return Table(source, root, "")


def read_file(path: Path) -> str:
    """The text of a seed file; ``InputError`` when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"the seed is not UTF-8 (byte {error.start})", where=Where(str(path)), hint="save it as UTF-8", code=INVALID
        ) from error
    except OSError as error:
        hint = "check its permissions"
        raise InputError(
            f"the seed cannot be read: {error.strerror}", where=Where(str(path)), hint=hint, code=INVALID
        ) from error


class Table:
    """One mapping of a document. Reading a key marks it as known."""

    def __init__(self, source: Source, node: yaml.Node, path: str) -> None:
        self.source = source
        self.node = node
        self.path = path
        self._known: list[str] = []
        self._values: dict[str, yaml.Node] = {}
        self._keys: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            found = _words(node)
            source.refuse(node, path, f"expected a mapping of keys to values, found {found}", "one `key: value` a line")
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not name:
                source.refuse(key, path, "expected a word as key")
            if name in self._values:
                source.refuse(key, self._part(name), f"the key {name} stands here twice")
            self._values[name], self._keys[name] = value, key

    def __contains__(self, key: str) -> bool:
        return self._value(key) is not None

    def names(self) -> list[str]:
        """All keys, in the order of the file."""
        return list(self._values)

    def refuse(self, message: str, key: str | None = None, hint: str | None = None) -> NoReturn:
        """Raise ``InputError`` at the value of ``key``, or at this table."""
        node = self._values.get(key or "", self.node)
        self.source.refuse(node, self._part(key) if key else self.path, message, hint)

    def text(self, key: str, default: str | None = None) -> str | None:
        """The scalar as written."""
        node = self._value(key)
        return default if node is None else self._scalar(node, key, "text")

    def required(self, key: str) -> str:
        """The scalar as written; refused when it is missing or blank."""
        value = self.text(key)
        if not value:
            self._missing(key, "text")
        return value

    def integer(self, key: str, default: int = 0, minimum: int | None = None) -> int:
        """A whole number."""
        node = self._value(key)
        if node is None:
            return default
        text = self._scalar(node, key, "a whole number")
        if not _WHOLE.fullmatch(text):
            self.refuse(f"expected a whole number, found {text!r}", key)
        number = int(text)
        if minimum is not None and number < minimum:
            self.refuse(f"expected {minimum} or more, found {number}", key)
        return number

    def boolean(self, key: str, default: bool) -> bool:
        """``true`` or ``false`` (also yes, no, on, off)."""
        node = self._value(key)
        if node is None:
            return default
        text = self._scalar(node, key, "true or false").lower()
        if text not in _WORDS:
            self.refuse(f"expected true or false, found {text!r}", key)
        return _WORDS[text]

    def money(self, key: str, default: str | None = None) -> str | None:
        """An amount with two decimals, as text: ``20`` is ``20.00``."""
        node = self._value(key)
        if node is None:
            return default
        text = self._scalar(node, key, "an amount such as 20.00")
        if not _MONEY.fullmatch(text):
            self.refuse(f"expected an amount such as 20.00, found {text!r}", key)
        whole, _, cents = text.partition(".")
        return f"{whole}.{cents:0<2}"

    def moment(self, key: str, default: datetime | None = None) -> datetime | None:
        """An instant in ISO 8601; without an offset it is UTC."""
        node = self._value(key)
        if node is None:
            return default
        text = self._scalar(node, key, "a time such as 2026-03-02T10:00:00-05:00")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.refuse(f"expected a time such as 2026-03-02T10:00:00-05:00, found {text!r}", key)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """One of some words, in any case; given back as in ``allowed``."""
        text = self.text(key)
        if text is None:
            return default
        words = {word.lower(): word for word in allowed}
        if text.lower() not in words:
            self.refuse(f"expected one of {', '.join(allowed)}, found {text!r}", key, nearest(text, allowed))
        return words[text.lower()]

    def texts(self, key: str) -> list[str]:
        """A list of scalars, or one text with commas."""
        node = self._value(key)
        if node is None:
            return []
        if isinstance(node, yaml.ScalarNode):
            return [part.strip() for part in node.value.split(",") if part.strip()]
        if not isinstance(node, yaml.SequenceNode):
            self.refuse(f"expected a list of texts, found {_words(node)}", key)
        return [self._scalar(item, f"{key}[{position}]", "text") for position, item in enumerate(node.value)]

    def table(self, key: str) -> Table | None:
        """A mapping inside this one; None when it is missing."""
        node = self._value(key)
        return None if node is None else Table(self.source, node, self._part(key))

    def tables(self, key: str, short: str | None = None) -> Iterator[Table]:
        """A list of mappings. An item that is plain text ``x`` stands for ``{short: x}`` when ``short`` is given."""
        node = self._value(key)
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            self.refuse(f"expected a list, each item beginning with '- ', found {_words(node)}", key)
        for position, item in enumerate(node.value):
            wrapped = item
            if short and isinstance(item, yaml.ScalarNode):
                pair = (yaml.ScalarNode("tag:yaml.org,2002:str", short, item.start_mark, item.end_mark), item)
                wrapped = yaml.MappingNode("tag:yaml.org,2002:map", [pair], item.start_mark, item.end_mark)
            yield Table(self.source, wrapped, f"{self._part(key)}[{position}]")

    def is_table(self, key: str) -> bool:
        """Whether the value is a mapping."""
        return isinstance(self._value(key), yaml.MappingNode)

    def value(self, key: str) -> Any:
        """Whatever YAML makes of the value, JSON-ready."""
        node = self._value(key)
        return None if node is None else _plain(node)

    def know(self, *keys: str) -> None:
        """Mark keys as known that are read elsewhere."""
        self._known.extend(keys)

    def finish(self) -> None:
        """Refuse keys that nothing has read."""
        for name, key in self._keys.items():
            if name not in self._known:
                known = sorted(set(self._known))
                self.source.refuse(
                    key,
                    self._part(name),
                    f"unknown key {name}: expected one of {', '.join(known)}",
                    nearest(name, known) or "`runner docs simulator` shows examples",
                )

    def _value(self, key: str) -> yaml.Node | None:
        self._known.append(key)
        node = self._values.get(key)
        return None if node is None or node.tag == _NULL else node

    def _part(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _missing(self, key: str, expected: str) -> NoReturn:
        self.source.refuse(self._values.get(key, self.node), self._part(key), f"{key} is missing: expected {expected}")

    def _scalar(self, node: yaml.Node, key: str, expected: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.source.refuse(node, self._part(key), f"expected {expected}, found {_words(node)}")
        return str(node.value)


def nearest(word: str, known: Any) -> str | None:
    """``did you mean price?``, or None when nothing is near."""
    lowered = {str(name).lower(): str(name) for name in known}
    close = get_close_matches(word.lower(), list(lowered), n=1, cutoff=0.6)
    return f"did you mean {lowered[close[0]]!r}?" if close else None


def _words(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return f"{node.value!r}" if node.value else "nothing"


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    loader = yaml.SafeLoader("")
    if node.tag == _PLAIN:
        tag = loader.resolve(yaml.ScalarNode, node.value, (True, False))  # type: ignore[no-untyped-call]
        node = yaml.ScalarNode(tag, node.value)
    value: Any = loader.construct_object(node)
    return value if isinstance(value, bool | int | float | str) or value is None else str(node.value)
