"""The tables of ``runner/docs/actions.md`` that the types of actions make: what reaches where, and all options.

The texts between them, and the examples, are written on the page itself and stay there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from runner.actions import ACTION_TYPES
from runner.actions.base import ActionType
from runner.model.secret import Secrets
from runner.outbox.kept import STAYING
from tests.architecture.manual_liquid import table
from tests.architecture.sources import PACKAGE

ACTIONS_PAGE = PACKAGE / "docs" / "actions.md"
_SECTION = re.compile(r"(<!-- from the code: (\w+) -->\n)(.*?)(<!-- end -->\n)", re.DOTALL)
_HEAD = ("option", "type", "left out", "meaning")
_KEY = "k"


def actions_page() -> str:
    """The page as it should be: its own text, and the tables that the code makes."""

    def remade(section: re.Match[str]) -> str:
        made = _overview() if section[2] == "types" else options_table(ACTION_TYPES[section[2]])
        return section[1] + made + section[4]

    return _SECTION.sub(remade, ACTIONS_PAGE.read_text(encoding="utf-8"))


def options_table(kind: ActionType) -> str:
    """Every option of a type."""
    return table(_HEAD, list(_rows(kind.schema, "")))


def documented_options(kind: ActionType) -> list[str]:
    """The names of the options of a type, nested ones with those they are in."""
    return [row[0].strip("`") for row in _rows(kind.schema, "")]


def _rows(schema: Mapping[str, Any], within: str) -> Iterator[tuple[str, str, str, str]]:
    for form in schema.get("oneOf", [schema]):
        for name, option in form.get("properties", {}).items():
            needed = name in form.get("required", ())
            yield f"`{within}{name}`", _type(option), _left_out(option, needed=needed), option["description"]
            items = option.get("items", {})
            yield from _rows(items if "properties" in items else {}, f"{within}{name}[].")
            yield from _rows(
                {key: option[key] for key in ("properties", "required") if key in option}, f"{within}{name}."
            )
        others = form.get("additionalProperties")
        if isinstance(others, Mapping):
            yield "any other", _type(others), "", others["description"]


def _type(option: Mapping[str, Any]) -> str:
    if "enum" in option:
        return ", ".join(f"`{value}`" for value in option["enum"])
    kinds = option.get("type", "any")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def _left_out(option: Mapping[str, Any], *, needed: bool) -> str:
    if needed:
        return "required"
    return f"`{json.dumps(option['default'])}`" if "default" in option else ""


def _overview() -> str:
    return table(
        ("type", "reaches", "sends secrets in", "dry and simulated runs", "event afterwards"),
        [
            (
                f"`{name}`",
                "the engine's database"
                if kind.local
                else "the shop"
                if name in {"flow", "shopify"}
                else "other machines",
                ", ".join(f"`{each}`" for each in secret_options(kind)),
                "in the outbox" if name not in STAYING else "checked; done in a simulated store",
                "yes" if kind.announces() else "no",
            )
            for name, kind in ACTION_TYPES.items()
        ],
    )


def secret_options(kind: ActionType) -> list[str]:
    """The options of a type in which placeholders of secrets become their values, found by trying each."""
    secrets = Secrets({_KEY: "value"})
    names = [row for row in documented_options(kind) if re.fullmatch(r"\w+", row)]
    return [
        name
        for name in names
        if kind.with_secrets({name: secrets.placeholder(_KEY)}, secrets) != {name: secrets.placeholder(_KEY)}
    ]
