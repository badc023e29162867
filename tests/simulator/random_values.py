"""Random values for arguments, inputs and bodies: mostly of the right type, now and then of no sensible one."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
)

from runner.shopify.schema import Schema
from runner.simulator.graph import Graph

WRONG = 0.005
"""The share of values that are of no matter which type."""
_NAME = re.compile(r"[_A-Za-z]\w*", re.ASCII)
_TEXTS = (
    "", " ", "a", "limited", "Mug", "  padded  ", "0", "-1", "12", "1e400", "NaN", "true", "null", "HD-OAK", "custom",
    "edition", "prints", "Workshop", "pat@shop.test", "not an address", "+15550100", "Ünïcode ✓ 🖼", "\x00", "a\nb",
    "\ud800", "<script>alert(1)</script>", "{{ 'x' }}", "%s %d {0}", "../../etc/passwd", "x" * 300, "x" * 5000,
    "a,b,,c",
    "single_line_text_field", "number_integer", "list.single_line_text_field", "json", "metaobject_reference",
    "US", "GB", "ZZ", "USD", "en", "products/update", "https://shop.test/x?y=1", "https://", "ftp://h", "data:,x",
    "tag:limited", "tag:limited AND (price:>10 OR -vendor:'x", "created_at:>=2026-01-01", "id:1", "status:ACTIVE,DRAFT",
    "customer_tags CONTAINS 'vip'", "number_of_orders > 2 AND", "FROM sales SHOW total_sales", "((((", ":", "a:*", "-",
    "{ products { edges { node { id title variants { edges { node { sku } } } } } } }", "{ shop { name } }",
    "mutation m($input: ProductInput!) { productUpdate(input: $input) { product { id } } }", "tmp/1/bulk/x.jsonl",
    "eyJsYXN0X2lkIjoxLCJsYXN0X3ZhbHVlIjoiMSJ9", "eyJsYXN0X2lkIjp7fSwibGFzdF92YWx1ZSI6W119", "W10=", "bnVsbA==", "e30=",
)  # fmt: skip
_NUMBERS = (0, 1, 2, 3, 5, 10, -1, 50, 100, 250, 251, 1000, 2**31 - 1, -(2**31))
_FLOATS = (0.0, 1.0, -1.0, 0.5, 10.25, 100.0, 101.0, 1e-9, 1e20, 1e308, -1e308)
_AMOUNTS = ("0", "0.00", "1.00", "12.50", "-3.00", "0.001", "99999999999999.99", "100", "5.5")
_NO_AMOUNTS = ("1e3", "1e400", "NaN", "Infinity", "abc", "", "12,5", "sNaN", "-0", "1_0", " 1", "٣")
_MOMENTS = (
    "2026-03-02T15:00:00Z", "2026-03-02T10:00:00-05:00", "2026-02-28", "2025-12-31T23:59:59.999Z",
    "2030-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00",
    "2026-03-02T15:00:00", "2026-03-08T02:30:00",
)  # fmt: skip
_NO_MOMENTS = (
    "2026-13-45T99:00:00Z",
    "yesterday",
    "",
    "1970-01-01T00:00:00+99:99",
    "0000-00-00",
    "20260302",
    "2026-W10",
)
_URLS = ("https://images.test/a.jpg", "http://127.0.0.1:9/x", "https://shop.test/x?y=1#z", "https://shop.test")
_NO_URLS = ("https://", "not a url", "", "//x", "https://[::1", "https://h:99999/", "http://a b", "https://\ud800/")
_JSONS: tuple[Any, ...] = ({}, [], {"a": [1, {"b": None}]}, "text", 1, None, '{"a": 1}', "[", {"": ""})
_SCALARS: Mapping[str, Sequence[Any]] = {
    "Int": _NUMBERS,
    "Float": _FLOATS,
    "Boolean": (True, False),
    "Money": _AMOUNTS,
    "Decimal": _AMOUNTS,
    "UnsignedInt64": ("0", "1", "20000001", "18446744073709551615"),
    "BigInt": ("0", "1", "-1", "99999999999999999999"),
    "DateTime": _MOMENTS,
    "Date": ("2026-03-02", "0001-01-01", "9999-12-31"),
    "URL": _URLS,
    "JSON": _JSONS,
    "Color": ("#fff", "#00ff00"),
    "UtcOffset": ("+01:00", "-05:00"),
    "ARN": ("arn:aws:events:us-east-1::event-source/aws.partner/shopify.com/1/x",),
}
_NO_SCALARS: Mapping[str, Sequence[Any]] = {
    "Int": (1.5, "1", 2**31, True),
    "Float": ("1.5", True, 10**400),
    "Money": _NO_AMOUNTS,
    "Decimal": _NO_AMOUNTS,
    "UnsignedInt64": ("-1", "18446744073709551616", "x", 7),
    "DateTime": _NO_MOMENTS,
    "Date": ("2026-02-30", "", "x", "2026-03-02T15:00:00Z"),
    "URL": _NO_URLS,
}
_ANYTHING: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "x",
    "",
    [],
    {},
    [[]],
    [None],
    {"a": 1},
    {"id": None},
    [1, "a"],
)


class Values:
    """Makes values with ``random``; ids are those of the objects in ``graph``."""

    def __init__(self, source: random.Random, facts: Schema, graph: Graph) -> None:
        self.random = source
        self.facts = facts
        self.graph = graph

    def chance(self, share: float) -> bool:
        """True in so many cases of one."""
        return self.random.random() < share

    def of(self, kind: GraphQLInputType, name: str, *, gids: Sequence[str] = (), depth: int = 0) -> Any:
        """A value for ``name``, JSON-ready. ``gids``: the types whose ids the schema says belong there."""
        if self.chance(WRONG):
            return self.random.choice(_ANYTHING)
        if isinstance(kind, GraphQLNonNull):
            return self.of(kind.of_type, name, gids=gids, depth=depth)
        if isinstance(kind, GraphQLList):
            size = self.random.choice((0, 1, 1, 1, 2, 2, 3, 4)) if depth < 5 else 0
            return [self.of(kind.of_type, name, gids=gids, depth=depth + 1) for _ in range(size)]
        if isinstance(kind, GraphQLInputObjectType):
            return self._input(kind, depth)
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(list(kind.values)) if not self.chance(WRONG) else "NO_SUCH_VALUE"
        if kind.name == "ID":
            return self.id(gids, name)
        table = _NO_SCALARS if kind.name in _NO_SCALARS and self.chance(WRONG) else _SCALARS
        return self.random.choice(table.get(kind.name) or (self.text(name),))

    def id(self, gids: Sequence[str], name: str) -> str:
        """Mostly the id of an object there is, of a type that belongs there."""
        types = [each for each in gids if self.graph.count(each)] or self._guessed(name)
        if types and self.chance(0.9):
            return self.random.choice(self.graph.of_type(self.random.choice(types))).id
        if self.chance(0.8):
            return self.random.choice(self.graph.of_type(self.random.choice(self.graph.types()))).id
        kind = self.random.choice([*gids, "Product", "Order", "NoSuchType"])
        return self.random.choice(
            (f"gid://shopify/{kind}/1", f"gid://shopify/{kind}/x", f"gid://shopify/{kind}/99999999999999999999", "",
            "1",
             "gid://shopify/", "gid://other/Product/1", f"gid://shopify/{kind}/0?a=b", f"gid://shopify/{kind}/٣")
        )  # fmt: skip

    def text(self, name: str) -> str:
        """A text; often one that some object holds under that name."""
        if self.chance(0.4):
            nodes = self.graph.of_type(self.random.choice(self.graph.types()))
            held = self.random.choice(nodes)[name]
            if isinstance(held, str):
                return held
        return self.random.choice(_TEXTS)

    def anything(self, depth: int = 0) -> Any:
        """Any JSON at all."""
        if depth > 2 or self.chance(0.6):
            return self.random.choice(
                (
                    *_ANYTHING,
                    *_TEXTS,
                    *_NUMBERS,
                    *_AMOUNTS,
                    *_NO_AMOUNTS,
                    *_MOMENTS,
                    *_NO_MOMENTS,
                    *_FLOATS,
                    float("nan"),
                    float("inf"),
                )
            )
        if self.chance(0.5):
            return [self.anything(depth + 1) for _ in range(self.random.randrange(3))]
        return {self.random.choice(("id", "title", "a", "value", "")): self.anything(depth + 1)}

    def _input(self, kind: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        fields = self.facts.input_fields(kind.name)
        names = list(kind.fields)
        if self.facts.one_of(kind.name):
            names = [self.random.choice(names)] if not self.chance(0.05) else names[:2]
        share = self.random.choice((0.1, 0.3, 0.6)) if depth < 4 else 0.05
        made = {}
        for name in names:
            field = kind.fields[name]
            needed = isinstance(field.type, GraphQLNonNull) and not self.chance(0.03)
            if needed or len(names) == 1 or self.chance(share):
                if not needed and self.chance(0.05):
                    made[name] = None
                    continue
                gids = fields[name].gid_types if name in fields else ()
                made[name] = self.of(field.type, name, gids=gids, depth=depth + 1)
        return made

    def _guessed(self, name: str) -> list[str]:
        """The types that a name such as ``productIds`` means."""
        wanted = re.sub(r"Ids?$", "", name).lower()
        return [each for each in self.graph.types() if wanted and each.lower().endswith(wanted)]


def literal(value: Any, kind: GraphQLInputType | None) -> str:
    """``value`` as it is written in a document, where ``kind`` is expected."""
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(value, list):
        item = bare.of_type if isinstance(bare, GraphQLList) else bare
        return f"[{', '.join(literal(each, item) for each in value)}]"
    if isinstance(value, dict):
        fields = bare.fields if isinstance(bare, GraphQLInputObjectType) else {}
        pairs = [
            f"{key or '_'}: {literal(each, fields[key].type if key in fields else None)}" for key, each in value.items()
        ]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, str):
        named = get_named_type(bare) if bare is not None else None
        return value if isinstance(named, GraphQLEnumType) and _NAME.fullmatch(value) else json.dumps(value)
    return json.dumps(value)
