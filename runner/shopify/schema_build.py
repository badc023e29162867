"""Makes the compact schema data of one Admin API version out of Shopify's introspection file.

::

    python -m runner.shopify.schema_build PATH/admin_2026-04.json.gz

The input is a standard introspection result, plain or gzipped, with Shopify's additions when it has them
(``requiredAccess``, ``gidTypes``, ``offline_scopes``); a store's own introspection works too, without scopes. The
output, ``runner/shopify/data/admin_<version>.json.gz``, keeps names, types, defaults, deprecations and access rules and
drops all descriptions. Two facts that Shopify states only in descriptions are read from them first: page sizes other
than 250 and which mutations take ``@idempotent``. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.errors import InputError
from runner.shopify.access_rules import access_rule

DATA = Path(__file__).parent / "data"

_PAGE_SIZE = re.compile(
    r"maximum page size is \**([\d,]+)|[Aa]t most \**([\d,]+)\** can be fetched|you can fetch up to \**([\d,]+)"
)
_SINCE = re.compile(
    r"As of (?:version )?`?(\d{4}-\d{2})`?,[^.\n]*?(optional idempotency key|idempotency key is required)"
)
_DIRECTIVE = "@idempotent"
_KEY_ARGUMENT = "idempotencyKey"


def read_introspection(path: Path) -> dict[str, Any]:
    """The parsed introspection document at ``path``; ``InputError`` when it is not one."""
    try:
        raw = path.read_bytes()
        document = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist", hint="pass the path of an introspection file") from error
    except (OSError, EOFError, ValueError) as error:
        raise InputError(f"{path} is not JSON or gzipped JSON: {error}") from error
    data = document.get("data", document) if isinstance(document, dict) else None
    if not isinstance(data, dict) or "__schema" not in data:
        raise InputError(f"{path} holds no introspection result: the key __schema is missing")
    return document if "data" in document else {"data": document}


def compact(document: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The compact form of an introspection ``document`` (``{"data": {"__schema"}, "offline_scopes"}``).

    Its shape is described at ``runner.shopify.schema.Schema``.
    """
    schema = document["data"]["__schema"]
    types = _by_name(row for row in schema["types"] if not row["name"].startswith("__"))
    names = frozenset(row["name"] for row in types)
    access = _AccessTable(document.get("offline_scopes", {}).get("items", ()))
    mutation = (schema.get("mutationType") or {}).get("name")
    return {
        "version": version,
        "query": schema["queryType"]["name"],
        "mutation": mutation,
        "types": {row["name"]: _type(row, access, mutation, names) for row in types},
        "directives": {row["name"]: _directive(row) for row in _by_name(schema["directives"])},
        "access": access.rows,
        "pages": dict(_pages(types)),
        "idempotent": dict(_idempotent(types, mutation)),
        "idempotency_arguments": dict(_idempotency_arguments(types, mutation)),
    }


def write(document: Mapping[str, Any], folder: Path) -> Path:
    """Write compact data into ``folder`` and return the file's path. Equal data give equal bytes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    path = folder / f"admin_{document['version']}.json.gz"
    packed = bytearray(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    packed[9] = 255  # the header names the operating system that wrote it: say "unknown" everywhere
    path.write_bytes(packed)
    return path


class _AccessTable:
    """The distinct access rules, in order of first use; types and fields refer to them by position."""

    def __init__(self, offline: Iterable[Mapping[str, Any]]) -> None:
        self.rows: list[dict[str, Any]] = []
        self._positions: dict[str, int] = {}
        self._offline = {(row["typeName"], row.get("fieldName")): row for row in offline}

    def position(self, words: str | None, type_name: str, field: str | None, *, mutation: bool) -> int | None:
        """Where the rule of a type or field stands; None when Shopify states none."""
        published = self._offline.get((type_name, field), {})
        words = words or published.get("requiredAccess") or ""
        if not words:
            return None
        row = {"words": words, "scopes": access_rule(words, published.get("offlineScopes", ()), mutation=mutation)}
        key = json.dumps(row, sort_keys=True)
        if key not in self._positions:
            self._positions[key] = len(self.rows)
            self.rows.append(row)
        return self._positions[key]


def _type(row: Mapping[str, Any], access: _AccessTable, mutation: str | None, names: frozenset[str]) -> dict[str, Any]:
    name, kind = row["name"], row["kind"]
    entry: dict[str, Any] = {"kind": kind}
    position = access.position(row.get("requiredAccess"), name, None, mutation=False)
    if position is not None:
        entry["access"] = position
    if kind in ("OBJECT", "INTERFACE"):
        entry["fields"] = {field["name"]: _field(field, name, access, mutation) for field in _by_name(row["fields"])}
        interfaces = sorted(parent["name"] for parent in row["interfaces"] or ())
        entry |= {"interfaces": interfaces} if interfaces else {}
    elif kind == "UNION":
        # Some members are hidden from the introspection itself.
        entry["possible"] = sorted(member["name"] for member in row["possibleTypes"] if member["name"] in names)
    elif kind == "ENUM":
        # Order matters: the first value of an enum is what the simulator answers when it has to guess.
        entry["values"] = {value["name"]: _deprecation(value) for value in row["enumValues"]}
    elif kind == "INPUT_OBJECT":
        entry["input"] = {value["name"]: _argument(value) for value in row["inputFields"]}
        entry |= {"one_of": True} if row.get("isOneOf") else {}
    return entry


def _by_name(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(rows, key=lambda row: str(row["name"]))


def _field(row: Mapping[str, Any], parent: str, access: _AccessTable, mutation: str | None) -> Any:
    entry: dict[str, Any] = {}
    if row["args"]:
        entry["args"] = {argument["name"]: _argument(argument) for argument in row["args"]}
    if row.get("isDeprecated"):
        entry["deprecated"] = _deprecation(row)
    position = access.position(row.get("requiredAccess"), parent, row["name"], mutation=parent == mutation)
    if position is not None:
        entry["access"] = position
    reference = type_text(row["type"])
    return {"type": reference, **entry} if entry else reference


def _argument(row: Mapping[str, Any]) -> Any:
    entry: dict[str, Any] = {}
    if row.get("defaultValue") is not None:
        entry["default"] = row["defaultValue"]
    if row.get("isDeprecated"):
        entry["deprecated"] = _deprecation(row)
    if row.get("gidTypes"):
        entry["gid"] = list(dict.fromkeys(row["gidTypes"]))
    reference = type_text(row["type"])
    return {"type": reference, **entry} if entry else reference


def _directive(row: Mapping[str, Any]) -> dict[str, Any]:
    entry = {
        "locations": sorted(row["locations"]),
        "args": {argument["name"]: _argument(argument) for argument in row["args"]},
    }
    return entry | ({"repeatable": True} if row.get("isRepeatable") else {})


def _deprecation(row: Mapping[str, Any]) -> str | None:
    if not row.get("isDeprecated"):
        return None
    return row.get("deprecationReason") or "No longer supported"


def type_text(reference: Mapping[str, Any]) -> str:
    """An introspected type reference as GraphQL writes it: ``[Order!]!``."""
    if reference["kind"] == "NON_NULL":
        return type_text(reference["ofType"]) + "!"
    if reference["kind"] == "LIST":
        return f"[{type_text(reference['ofType'])}]"
    return str(reference["name"])


def _pages(types: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, int]]]:
    """Page sizes other than 250, stated in the description of a field that takes ``first`` or of its arguments.

    A sentence that says "at the root" limits the size to a parent object that is itself queried at the root.
    """
    for row in types:
        for field in row["fields"] or ():
            if not any(argument["name"] == "first" for argument in field["args"]):
                continue
            sizes: dict[str, int] = {}
            for text in (field["description"], *(argument["description"] for argument in field["args"])):
                for sentence in re.split(r"(?<=\.)\s", text or ""):
                    if match := _PAGE_SIZE.search(sentence):
                        number = next(group for group in match.groups() if group)
                        sizes["root" if "at the root" in sentence else "any"] = int(number.replace(",", ""))
            if sizes:
                yield f"{row['name']}.{field['name']}", sizes


def _idempotent(types: Iterable[Mapping[str, Any]], mutation: str | None) -> Iterator[tuple[str, dict[str, str]]]:
    """Since which version each mutation takes, and needs, the directive: ``{"accepts": v, "requires": v}``."""
    for field in _mutations(types, mutation):
        text = field["description"] or ""
        if _DIRECTIVE not in text:
            continue
        since = {("requires" if "required" in rule else "accepts"): version for version, rule in _SINCE.findall(text)}
        yield field["name"], since or {"accepts": "2026-01"}


def _idempotency_arguments(types: list[Mapping[str, Any]], mutation: str | None) -> Iterator[tuple[str, str]]:
    """Mutations that take the key as an argument, or as a field of an input argument, and its path."""
    inputs = {row["name"]: row["inputFields"] for row in types if row["kind"] == "INPUT_OBJECT"}
    for field in _mutations(types, mutation):
        for argument in field["args"]:
            members = inputs.get(type_text(argument["type"]).strip("[]!"), ())
            if argument["name"] == _KEY_ARGUMENT:
                yield field["name"], _KEY_ARGUMENT
            elif any(member["name"] == _KEY_ARGUMENT for member in members):
                yield field["name"], f"{argument['name']}.{_KEY_ARGUMENT}"


def _mutations(types: Iterable[Mapping[str, Any]], mutation: str | None) -> list[Mapping[str, Any]]:
    return [field for row in types if row["name"] == mutation for field in row["fields"]]


def main(arguments: list[str] | None = None) -> int:
    """The command: 0 when written, 2 when the input cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m runner.shopify.schema_build", description=__doc__.split("\n")[0])
    parser.add_argument("path", type=Path, help="an introspection file, such as admin_2026-04.json.gz")
    parser.add_argument("--version", help="the API version, when the file's name does not say it")
    parser.add_argument("--out", type=Path, default=DATA, help="the folder to write into (default: the package's)")
    options = parser.parse_args(arguments)
    named = re.search(r"\d{4}-\d{2}|unstable", options.path.name)
    version = options.version or (named.group() if named else None)
    if version is None:
        parser.error(f"{options.path.name} does not name an API version: add --version YYYY-MM")
    try:
        written = write(compact(read_introspection(options.path), version), options.out)
    except InputError as error:
        sys.stderr.write(f"{error}\n" + (f"{error.hint}\n" if error.hint else ""))
        return 2
    sys.stderr.write(f"wrote {written} ({written.stat().st_size:,} bytes)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
