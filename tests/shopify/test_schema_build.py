"""The script that makes the compact data: from a small introspection, and from Shopify's when it is at hand."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from runner.errors import InputError
from runner.shopify.schema import DATA, Schema
from runner.shopify.schema_build import compact, main, read_introspection, type_text, write
from runner.shopify.schema_graphql import build

SOURCES = Path(os.environ.get("SHOPIFY_SCHEMAS", Path(__file__).parents[2].parent / "shared" / "shopify"))
SOURCE = SOURCES / "admin_2026-04.json.gz"
needs_source = pytest.mark.skipif(not SOURCE.exists(), reason="needs ../shared/shopify or SHOPIFY_SCHEMAS")

ID = {"kind": "NON_NULL", "name": None, "ofType": {"kind": "SCALAR", "name": "ID", "ofType": None}}
INT = {"kind": "SCALAR", "name": "Int", "ofType": None}


def field(name: str, description: str = "", args: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "description": description, "args": args or [], "type": ID, "isDeprecated": False, **more}


def argument(name: str, description: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": description, "type": INT, "defaultValue": None, **more}


def introspection(*query: dict[str, Any], mutation: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    types = [
        {"kind": "OBJECT", "name": "Query", "fields": list(query), "interfaces": []},
        {"kind": "OBJECT", "name": "Mutation", "fields": list(mutation), "interfaces": []},
        {"kind": "SCALAR", "name": "ID", "fields": None},
        {"kind": "OBJECT", "name": "__Type", "fields": [field("name")], "interfaces": []},
    ]
    for row in types:
        row.setdefault("inputFields", None)
    schema = {"queryType": {"name": "Query"}, "mutationType": {"name": "Mutation"}, "types": types, "directives": []}
    return {"data": {"__schema": schema}}


@pytest.mark.parametrize(
    ("description", "argument_text", "expected"),
    [
        ("A list.", "How many.", {}),
        ("The maximum page size is 1000.", "", {"any": 1000}),
        ("", "The maximum page size is **5,000** tags.", {"any": 5000}),
        ("If querying a single thing at the root, you can fetch up to 2048 things.", "", {"root": 2048}),
        ("", "At most 2500 can be fetched at once.", {"any": 2500}),
        ("Limited to a maximum of 10000 by default.", "", {}),
        ("Ids such as 1234.", "", {}),
    ],
)
def test_page_sizes_are_read_from_descriptions(description, argument_text, expected) -> None:
    rows = field("things", description, [argument("first", argument_text)])
    assert compact(introspection(rows), "2026-04")["pages"] == ({"Query.things": expected} if expected else {})


def test_page_sizes_count_only_where_pages_are() -> None:
    rows = field("count", "The maximum page size is 1000.", [argument("limit")])
    assert compact(introspection(rows), "2026-04")["pages"] == {}


@pytest.mark.parametrize(
    ("description", "accepts", "requires"),
    [
        ("Does a thing.", False, False),
        (
            "As of version `2026-01`, supports an optional idempotency key using the `@idempotent` directive.",
            True,
            False,
        ),
        (
            "> As of 2026-01, this supports an optional idempotency key using the `@idempotent` directive.\n"
            "> As of 2026-04, the idempotency key is required and given by `@idempotent`.",
            True,
            True,
        ),
        ("As of 2026-07, the idempotency key is required and given by `@idempotent`.", False, False),
        ("Takes an idempotencyKey argument.", False, False),
    ],
)
def test_the_directive_is_read_from_descriptions_by_version(description, accepts, requires) -> None:
    schema = Schema(compact(introspection(mutation=(field("act", description),)), "2026-04"), "2026-04")
    assert ("act" in schema.idempotent_mutations, "act" in schema.idempotency_required) == (accepts, requires)


def test_descriptions_and_introspection_types_are_left_out() -> None:
    data = compact(introspection(field("a", "Secret words.")), "2026-04")
    assert "Secret" not in json.dumps(data)
    assert set(data["types"]) == {"ID", "Mutation", "Query"}


def test_id_types_are_kept_once_and_in_order() -> None:
    rows = field("a", args=[argument("id", gidTypes=["Product", "Order", "Product"])])
    row = compact(introspection(rows), "2026-04")["types"]["Query"]["fields"]["a"]
    assert row["args"]["id"]["gid"] == ["Product", "Order"]


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (INT, "Int"),
        (ID, "ID!"),
        ({"kind": "LIST", "ofType": ID}, "[ID!]"),
        ({"kind": "NON_NULL", "ofType": {"kind": "LIST", "ofType": ID}}, "[ID!]!"),
    ],
)
def test_types_are_written_as_graphql_does(reference, text) -> None:
    assert type_text(reference) == text


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = write(compact(introspection(field("b"), field("a")), "2026-04"), tmp_path / "a")
    second = write(compact(introspection(field("a"), field("b")), "2026-04"), tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes()[4:8] == b"\0\0\0\0"


@pytest.mark.parametrize("packed", [True, False])
def test_the_command_reads_plain_and_packed_files(tmp_path: Path, packed: bool, capsys) -> None:
    path = tmp_path / "store_2026-07.json"
    raw = json.dumps(introspection(field("a"))["data"]).encode()
    path.write_bytes(gzip.compress(raw) if packed else raw)
    assert main([str(path), "--out", str(tmp_path)]) == 0
    assert (tmp_path / "admin_2026-07.json.gz").exists()
    assert "wrote" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "does not exist"), (b"{", "not JSON"), (b"\x1f\x8bzz", "not JSON"), (b"[]", "no introspection")],
)
def test_the_command_refuses_other_files(tmp_path: Path, content, message, capsys) -> None:
    path = tmp_path / "admin_2026-04.json.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_introspection(path)
    assert main([str(path), "--out", str(tmp_path)]) == 2
    assert str(path) in capsys.readouterr().err


@needs_source
def test_the_committed_data_are_what_the_script_makes(tmp_path: Path) -> None:
    made = write(compact(read_introspection(SOURCE), "2026-04"), tmp_path)
    assert gzip.decompress(made.read_bytes()) == gzip.decompress((DATA / made.name).read_bytes())
    assert made.stat().st_size < 200_000


@needs_source
def test_nothing_of_the_introspection_but_prose_is_lost() -> None:
    """Every field, argument, input and enum value, with type, default and deprecation, against the compact data."""
    schema = Schema(json.loads(gzip.decompress((DATA / "admin_2026-04.json.gz").read_bytes())), "2026-04")
    for row in read_introspection(SOURCE)["data"]["__schema"]["types"]:
        name = row["name"]
        if name.startswith("__"):
            continue
        assert schema.kind(name) == row["kind"]
        for each in row["fields"] or ():
            known = schema.field(name, each["name"])
            assert known is not None
            assert (known.type, bool(known.deprecated)) == (type_text(each["type"]), each["isDeprecated"])
            given = {arg["name"]: (type_text(arg["type"]), arg["defaultValue"]) for arg in each["args"]}
            assert {arg.name: (arg.type, arg.default) for arg in known.args.values()} == given
        inputs = {arg["name"]: (type_text(arg["type"]), arg["defaultValue"]) for arg in row["inputFields"] or ()}
        assert {arg.name: (arg.type, arg.default) for arg in schema.input_fields(name).values()} == inputs
        assert list(schema.enum_values(name)) == [value["name"] for value in row["enumValues"] or ()]
        if row["kind"] in ("INTERFACE", "UNION"):
            # Shopify's list names three types that are hidden from the introspection itself.
            members = {member["name"] for member in row["possibleTypes"]}
            assert set(schema.possible_types(name)) == {member for member in members if member in schema}


@needs_source
@pytest.mark.parametrize("path", sorted(SOURCES.glob("admin_*.json.gz")), ids=lambda path: path.name)
def test_a_full_schema_can_be_built_of_every_file(path: Path) -> None:
    schema = build(compact(read_introspection(path), "2026-04"))
    assert validate(schema, parse("{ shop { id name } }")) == []


@needs_source
def test_every_published_scope_is_in_the_rules() -> None:
    """Scopes that Shopify lists beside a rule appear in it, but for those of one optional use (after "Also:")."""
    document = read_introspection(SOURCE)
    schema = Schema(compact(document, "2026-04"), "2026-04")
    for row in document["offline_scopes"]["items"]:
        name, member = row["typeName"], row.get("fieldName")
        if not row["offlineScopes"]:
            continue
        known = schema.field(name, member) if member else None
        access = known.access if known else schema.type_access(name)
        assert access is not None
        found = {scope for group in access.scopes for scope in group}
        lost = set(row["offlineScopes"]) - found
        main_words = row["requiredAccess"].partition(" Also:")[0]
        assert not [scope for scope in lost if f"`{scope}`" in main_words and "for mutations" not in main_words]
        assert found <= set(row["offlineScopes"])
