"""The tables of ``runner/docs/options.md`` whose right-hand columns are worked out by the code.

The left-hand columns, option keys and stored values, are written on the page itself and stay there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from runner import Event, FixedClock, render
from runner.model.option_key import Option, parse_key
from runner.model.options import validate
from runner.model.task import Task
from runner.preview import SAMPLE_SHOP
from tests.architecture.manual_liquid import table
from tests.architecture.sources import PACKAGE

OPTIONS_PAGE = PACKAGE / "docs" / "options.md"
NOW = datetime(2026, 3, 4, 20, 6, tzinfo=UTC)

_SECTION = re.compile(r"(<!-- from the code: (\w+) -->\n)(.*?)(<!-- end -->\n)", re.DOTALL)
_GLOBALS = {"motto": "Ars longa"}
_SECRETS = {"api_token": None}


def options_page() -> str:
    """The page as it should be: its own text, keys and stored values, and what the code makes of them."""

    def remade(section: re.Match[str]) -> str:
        head, row = SECTIONS[section[2]]
        return section[1] + table(head, [row(*cells) for cells in rows(section[3], row)]) + section[4]

    return _SECTION.sub(remade, OPTIONS_PAGE.read_text(encoding="utf-8"))


def rows(section: str, row: Callable[..., Any]) -> Iterator[tuple[str, ...]]:
    """The cells that are written by hand, of each row of a table: as many as ``row`` takes."""
    written = row.__code__.co_argcount
    for line in section.splitlines()[2:]:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        yield tuple(cell.strip("`").replace("\\|", "|") for cell in cells[:written])


def _key(key: str) -> tuple[str, ...]:
    """What a key declares."""
    option = parse_key(key)
    return _code(key), option.label, _kind(option), _said(option)


def _kind(option: Option) -> str:
    kind = "–" if option.invalid else str(option.kind)
    kind += f" {', '.join(option.choices)}" if option.choices else ""
    kind += f" {option.resource}" if option.resource else ""
    bounds = option.range
    kind += f" {bounds.minimum} to {bounds.maximum}, step {bounds.step}" if bounds else ""
    held = {"array": "list of ", "keyval": "hash of "}[option.container] if option.container else ""
    names = ("required", "userform", "email", "multiline", "code", "future_only")
    modifiers = [name.replace("_", " ") for name in names if getattr(option, name)]
    return ", ".join([held + kind, *modifiers])


def _said(option: Option) -> str:
    """What is wrong with the key, in words."""
    return "; ".join([f"invalid: {option.invalid}"] * bool(option.invalid) + list(option.warnings))


def _value(key: str, stored: str) -> tuple[str, ...]:
    """What a script sees of a stored value."""
    task = Task("t", script=f"{{% log value: options.{key} %}}", options={key: json.loads(stored)})
    event = Event("mechanic/user/trigger")
    rendering = render(task, event, shop=SAMPLE_SHOP, clock=FixedClock(NOW), globals=_GLOBALS, secrets=_SECRETS)
    (log,) = rendering.logs
    assert isinstance(log, dict)
    return _code(key), _code(stored), _json(log["value"])


def _finding(key: str, stored: str) -> tuple[str, ...]:
    """What is said about a stored value."""
    found = validate(
        [parse_key(key)], {key: json.loads(stored)}, now=NOW.replace(tzinfo=None), globals=_GLOBALS, secrets=_SECRETS
    )
    codes = ", ".join(dict.fromkeys(_code(error.code) for error in found))
    return _code(key), _code(stored), codes or "–", " ".join(error.message for error in found)


def _form(key: str, saved: str, sent: str) -> tuple[str, ...]:
    """What ``input`` holds when a form is sent."""
    script = f"{{% comment %}}options.{key}{{% endcomment %}}{{% log input %}}"
    task = Task("t", script=script, options={key: json.loads(saved)})
    (log,) = render(task, Event("mechanic/user/form", json.loads(sent)), clock=FixedClock(NOW)).logs
    return _code(key), _code(saved), _code(sent), _json(log)


def _json(value: Any) -> str:
    return _code(json.dumps(value, ensure_ascii=False))


def _code(text: str) -> str:
    return f"`{text}`"


SECTIONS: Mapping[str, tuple[tuple[str, ...], Callable[..., tuple[str, ...]]]] = {
    "keys": (("key", "label", "is", "remarks"), _key),
    "values": (("key", "stored", "a script sees"), _value),
    "findings": (("key", "stored", "code", "message"), _finding),
    "form": (("key", "saved", "sent", "`input`"), _form),
}
"""Section -> the head of its table, and what makes a row of the cells that are written by hand."""
