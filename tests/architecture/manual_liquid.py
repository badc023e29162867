"""The sections of ``runner/docs/liquid.md`` that are made from the code, and the examples that stand on that page.

Signatures and descriptions come from the code; examples are written on the page itself, below the entry they belong to,
and stay there when it is made again: a line ``  - `{{ template }}` → `text` ``. They are rendered by a test.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from types import ModuleType
from typing import Any

from runner.liquid import limits
from runner.liquid.filters import all_filters, deprecated
from runner.liquid.objects.listing import Listing
from runner.liquid.objects.relation import ByName, Many, MetafieldsAt, Relation
from runner.liquid.objects.resources import RESOURCES, SHOP_LISTINGS
from runner.liquid.tags import TAGS
from runner.model.topic import MECHANIC_TOPICS, subject_variable
from tests.architecture.sources import PACKAGE

LIQUID_PAGE = PACKAGE / "docs" / "liquid.md"

_SECTION = re.compile(r"(<!-- from the code: (\w+) -->\n)(.*?)(<!-- end -->\n)", re.DOTALL)
_ENTRY = re.compile(r"- \*\*`([^`:]+)")
_CITATION = re.compile(r" \((?:see )?(?:liquid|engine|actions|tasks)\.md [^)]*\)")
_UNNAMED = {"content": None, "illegal": None, "output": "{{ }}"}
"""Entries of the table of tags that have no name of their own: what they are called on the page, None: not at all."""
EXAMPLE = re.compile(r"^ *- `(?P<source>[^`]+)` → (?:`(?P<text>[^`]+)`|(?P<nothing>nothing)|error: (?P<error>.+))$")
NEWLINE = "⏎"
"""How the page shows a line end in an example."""


@dataclass(frozen=True)
class Example:
    """A template and the text it writes, or a part of the error with which it ends."""

    source: str
    text: str
    error: str | None = None


def examples(page: str) -> Iterator[Example]:
    """All examples of the page."""
    for line in page.splitlines():
        if found := EXAMPLE.match(line):
            text = (found["text"] or "").replace(NEWLINE, "\n")
            yield Example(found["source"].replace(NEWLINE, "\n"), text, found["error"])


def examples_by_entry(section: str) -> dict[str, list[str]]:
    """The lines of examples below each entry of a section, by the entry's name."""
    found: dict[str, list[str]] = defaultdict(list)
    name = ""
    for line in section.splitlines():
        if entry := _ENTRY.match(line):
            name = entry[1]
        elif EXAMPLE.match(line):
            found[name].append(line)
    return found


def liquid_page() -> str:
    """The page as it should be: its own text and examples, everything else from the code."""

    def remade(section: re.Match[str]) -> str:
        return section[1] + SECTIONS[section[2]](section[3]) + section[4]

    return _SECTION.sub(remade, LIQUID_PAGE.read_text(encoding="utf-8"))


def prose(docstring: str | None) -> str:
    """A docstring for somebody who writes tasks: one paragraph, without references into the specification."""
    text = " ".join((inspect.cleandoc(docstring or "")).split()).replace("``", "`")
    text = _CITATION.sub("", text)
    text = re.sub(r"(^|[.:] )Li(?:quid|mit)Error", r"\1An error", text)
    return re.sub(r"Li(?:quid|mit)Error", "an error", text).replace(": An error", ": an error")


def _entry(shown: str, description: str, kept: list[str]) -> str:
    return "\n".join([f"- **`{shown}`** {description}", *kept]) + "\n"


# Tags


def _tags(old: str) -> str:
    kept = examples_by_entry(old)
    made = []
    for key, tag in TAGS.items():
        name = _UNNAMED.get(key, key)
        if name is not None:
            made.append(_entry(name, prose(tag.__doc__), kept[name]))
    return "".join(made)


# Filters


def _filters(old: str) -> str:
    kept = examples_by_entry(old)
    functions = all_filters()
    families: dict[str, list[str]] = {name: [] for name in _FAMILIES}
    for name, function in functions.items():
        families.setdefault(_family(name, function), []).append(name)
    parts = []
    for family, names in families.items():
        title, _, rest = inspect.cleandoc(sys.modules[f"runner.liquid.filters.{family}"].__doc__ or "").partition(
            "\n\n"
        )
        parts.append(f"### {_title(title)}\n\n" + (f"{prose(rest)}\n\n" if rest else ""))
        for name in names:
            shown, description = signature(name, functions[name]), _description(name, functions[name])
            parts.append(_entry(shown, description, kept[name]))
        parts.append("\n")
    return "".join(parts).removesuffix("\n")


_FAMILIES = (
    *("string", "array", "hash", "math", "money", "date", "notation", "table", "xml", "codec", "crypto", "regex"),
    *("phone", "browser", "shopify", "deprecated"),
)
"""Modules of filters in the order of the page; one that is missing here comes last."""


def _family(name: str, function: Callable[..., Any]) -> str:
    return "deprecated" if name in deprecated.FILTERS else function.__module__.rpartition(".")[2]


def _title(docstring: str) -> str:
    return re.split(r"[:,(.]", prose(docstring))[0].strip()


def _description(name: str, function: Callable[..., Any]) -> str:
    """The function's docstring, or the name of the filter it is another name of."""
    own = function.__name__.rstrip("_")
    return prose(function.__doc__) if own == name else f"The same as `{own}`."


def signature(name: str, function: Callable[..., Any]) -> str:
    """``slice: offset, [more …]``: optional arguments in brackets, named ones with a colon."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    shown = [text for parameter in parameters if (text := _parameter(parameter))]
    return f"{name}: {', '.join(shown)}" if shown else name


def _parameter(parameter: inspect.Parameter) -> str:
    if parameter.name == "state":
        return ""
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return f"[{parameter.name} …]"
    named = parameter.kind is inspect.Parameter.KEYWORD_ONLY
    if parameter.default is inspect.Parameter.empty:
        return f"{parameter.name}:" if named else parameter.name
    default = "" if parameter.default is None else _literal(parameter.default)
    if named:
        return f"[{parameter.name}:{' ' if default else ''}{default}]"
    return f"[{parameter.name}{' = ' if default else ''}{default}]"


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


# Objects


def _variables(old: str) -> str:
    """Which variable holds the subject of an event."""
    by_variable: dict[str, list[str]] = defaultdict(list)
    for topic in MECHANIC_TOPICS:
        by_variable[subject_variable(topic) or ""].append(topic)
    rows = [(", ".join(f"`{topic}`" for topic in topics), name) for name, topics in by_variable.items() if name]
    return table(("topic", "variable"), [(topics, f"`{name}`") for topics, name in rows])


def _resources(old: str) -> str:
    rows = []
    for name, kind in RESOURCES.items():
        gone = " Not served over REST any more: what the payload lacks is nil." if kind.GONE else ""
        leads = ", ".join(_relation(key, relation) for key, relation in kind.RELATIONS.items())
        rows.append((f"`{name}`", prose(kind.__doc__) + gone, leads))
    return table(("object", "holds", "leads to"), rows)


def _relation(key: str, relation: Relation) -> str:
    if isinstance(relation, Many):
        return f"`{key}` (list of `{relation.listing.kind}`)"
    if isinstance(relation, ByName):
        return f"`{key}` (also by name)"
    kind = getattr(relation, "kind", key)
    plain = isinstance(relation, MetafieldsAt) or kind in (key, key.removesuffix("s"))
    return f"`{key}`" if plain else f"`{key}` (`{kind}`)"


def _shop(old: str) -> str:
    rows = [(f"`shop.{name}`", _listed(listing), _scopes(listing)) for name, listing in SHOP_LISTINGS.items()]
    return table(("collection", "holds", "scopes"), rows)


def _listed(listing: Listing) -> str:
    more = prose(listing.form.__doc__) if listing.form else ""
    gone = "Shopify serves it no longer" if RESOURCES[listing.kind].GONE else ""
    return "; ".join(part for part in (f"`{listing.kind}`", re.sub(r"^`shop\.\w+`: ", "", more), gone) if part)


def _scopes(listing: Listing) -> str:
    default = next((name for name, params in listing.scopes.items() if params == listing.params), None)
    return ", ".join(f"`{name}`" for name in listing.scopes) + (f"; without one: `{default}`" if default else "")


# Limits


def _limits(old: str) -> str:
    """The defaults of ``Limits``, and the constants of its module with their docstrings."""
    described = dict(re.findall(r"``(\w+)``: ([^.]+)\.", inspect.cleandoc(limits.Limits.__doc__ or "")))
    budget = limits.Limits()
    rows = [(each.name, f"{getattr(budget, each.name):,}", prose(described[each.name])) for each in fields(budget)]
    rows += [(_words(name), f"{getattr(limits, name):,}", text) for name, text in _constants(limits)]
    return table(("limit", "at most", "counts"), rows)


def _words(name: str) -> str:
    return name.removeprefix("MAX_").replace("_", " ").lower()


def _constants(module: ModuleType) -> Iterator[tuple[str, str]]:
    """(name, docstring) of each public constant of a module."""
    body = ast.parse(inspect.getsource(module)).body
    for node, after in pairwise(body):
        name = node.target.id if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else "_"
        told = after.value if isinstance(after, ast.Expr) else None
        if not name.startswith("_") and isinstance(told, ast.Constant):
            yield name, prose(str(told.value))


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


SECTIONS: Mapping[str, Callable[[str], str]] = {
    "tags": _tags,
    "filters": _filters,
    "variables": _variables,
    "resources": _resources,
    "shop": _shop,
    "limits": _limits,
}
"""Section -> what makes it; each is given the section as it stands, for its examples."""
