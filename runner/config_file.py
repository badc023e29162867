"""Reads ``runner.yml``: texts by setting, with the place of each for errors; globals, names of secrets, accounts."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.errors import ConfigError, Where

if TYPE_CHECKING:
    import yaml

GLOBALS, SECRETS, EMAIL_ACCOUNTS = "globals", "secrets", "email_accounts"
"""The keys that hold more than a text."""
ACCOUNT_KEYS = ("server", "from", "user", "password")

_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class Found:
    """A raw value and the place it stands in."""

    text: str
    origin: str
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class FileSettings:
    """What the file says: raw ``values`` by setting, ``globals`` by key, ``secret_names`` in their order.

    ``email_accounts`` are raw values by the name of the account and by ``ACCOUNT_KEYS``.
    """

    values: Mapping[str, Found] = field(default_factory=dict)
    globals: Mapping[str, Any] = field(default_factory=dict)
    secret_names: tuple[str, ...] = ()
    email_accounts: Mapping[str, Mapping[str, Found]] = field(default_factory=dict)


def read_file(file: Path, known: Collection[str]) -> FileSettings:
    """The content of ``file``, whose settings are ``known``; ``ConfigError`` with line and column for what is wrong."""
    import yaml

    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ConfigError(
            f"this file is not UTF-8 (byte {fault.start})", where=Where(file=str(file)), hint="save it as UTF-8"
        ) from fault
    except OSError as fault:
        raise ConfigError(
            f"cannot be read: {fault.strerror}", where=Where(file=str(file)), hint="it must be a file that you may read"
        ) from fault
    lines = text.splitlines()
    try:
        document = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        problem = getattr(fault, "problem", None) or str(fault).splitlines()[0]
        where = _place(file, lines, mark) if mark else Where(file=str(file))
        raise ConfigError(f"broken YAML: {problem}", where=where, hint="one `name: value` a line") from fault
    if document is None or document.tag == _NULL:
        return FileSettings()
    if not isinstance(document, yaml.MappingNode):
        raise ConfigError(
            "expected settings, one `name: value` a line",
            where=_place(file, lines, document.start_mark),
            hint="`runner docs settings` shows an example",
        )
    return _settings(file, text, document, known)


def _settings(file: Path, text: str, document: yaml.MappingNode, known: Collection[str]) -> FileSettings:
    lines = text.splitlines()
    values: dict[str, Found] = {}
    others: dict[str, Any] = {}
    for name, value, where in _pairs(file, lines, document, [*known, GLOBALS, SECRETS, EMAIL_ACCOUNTS]):
        if value.tag == _NULL:
            continue
        place = _place(file, lines, value.start_mark)
        if name == GLOBALS:
            others[name] = _globals(text, value, place)
        elif name == SECRETS:
            others[name] = _secret_names(value, place)
        elif name == EMAIL_ACCOUNTS:
            others[name] = _accounts(file, lines, value, place)
        elif isinstance(value.value, str):
            values[name] = Found(value.value, f"{file.name}:{value.start_mark.line + 1}", where)
        else:
            raise ConfigError(
                f"{name}: expected text, found a {'mapping' if _is_mapping(value) else 'list'}",
                where=place,
                hint="`runner docs settings` shows an example",
            )
    return FileSettings(values, others.get(GLOBALS, {}), others.get(SECRETS, ()), others.get(EMAIL_ACCOUNTS, {}))


def _pairs(
    file: Path, lines: list[str], document: yaml.MappingNode, known: list[str]
) -> list[tuple[str, yaml.Node, Where]]:
    """(name, value, place of the name) of each pair; ``ConfigError`` for an unknown name, or one that comes twice."""
    found: dict[str, tuple[yaml.Node, Where]] = {}
    for key, value in document.value:
        name, where = str(key.value), _place(file, lines, key.start_mark)
        if name not in known:
            near = difflib.get_close_matches(name.lower().replace("-", "_"), known, n=1, cutoff=0.6)
            raise ConfigError(
                f'unknown setting "{name}"',
                code="config.unknown",
                where=where,
                hint=f"did you mean {near[0]}?" if near else f"known settings: {', '.join(known)}",
            )
        if name in found:
            raise ConfigError(f'"{name}" is given twice, first at {file.name}:{found[name][1].line}', where=where)
        found[name] = (value, where)
    return [(name, value, where) for name, (value, where) in found.items()]


def _globals(text: str, node: yaml.Node, place: Where) -> dict[str, Any]:
    """JSON values by key."""
    import yaml

    try:
        values = yaml.safe_load(text)[GLOBALS]
    except (yaml.YAMLError, ValueError) as fault:  # an impossible date, an unknown tag
        raise ConfigError(f"globals: {fault}", where=place, hint="write it in quotes") from fault
    if not _is_mapping(node) or not all(isinstance(key, str) for key in values):
        raise ConfigError("globals: expected `key: value` lines, with text as keys", where=place)
    for key, value in values.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as fault:
            raise ConfigError(
                f"globals: the value of {key} is not JSON: {fault}",
                where=place,
                hint="text, numbers, true, false, null, lists and mappings; a date in quotes",
            ) from fault
    return dict(values)


def _secret_names(node: yaml.Node, place: Where) -> tuple[str, ...]:
    items = node.value if isinstance(node.value, list) and not _is_mapping(node) else []
    names = [each.value for each in items if isinstance(each.value, str) and each.value]
    if not names or len(names) != len(items):
        raise ConfigError(
            "secrets: expected a list of names; values never stand in this file",
            where=place,
            hint="write `secrets: [api_token]` and set RUNNER_SECRET_API_TOKEN",
        )
    return tuple(dict.fromkeys(names))


def _accounts(file: Path, lines: list[str], node: yaml.Node, place: Where) -> dict[str, dict[str, Found]]:
    """Raw values by account and key."""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(
            "email_accounts: expected accounts by name", where=place, hint="`runner docs email` shows one"
        )
    accounts: dict[str, dict[str, Found]] = {}
    for key, account in node.value:
        name, where = str(key.value), _place(file, lines, key.start_mark)
        if not isinstance(account, yaml.MappingNode):
            raise ConfigError(
                f"email_accounts: expected `key: value` lines under {name}",
                where=where,
                hint=f"keys are {', '.join(ACCOUNT_KEYS)}",
            )
        accounts[name] = {}
        for part, value, there in _pairs(file, lines, account, list(ACCOUNT_KEYS)):
            if not isinstance(value.value, str):
                raise ConfigError(f"email_accounts: {part} of {name} is not text", where=there)
            origin = f"{file.name}:{value.start_mark.line + 1}"
            accounts[name][part] = Found(value.value, origin, there)
    return accounts


def _is_mapping(node: yaml.Node) -> bool:
    import yaml

    return isinstance(node, yaml.MappingNode)


def _place(file: Path, lines: list[str], mark: yaml.Mark) -> Where:
    source = lines[mark.line] if mark.line < len(lines) else None
    return Where(file=str(file), line=mark.line + 1, column=mark.column + 1, source=source)
