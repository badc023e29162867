"""Random GraphQL documents made from the schema: ``python -m tests.simulator.random_documents --seconds 300 --seed 1``.

Queries and mutations with nested selections, aliases, fragments, directives and variables, whose values fit more often
than not; and documents with single characters and words changed. The same seed makes the same documents. Run as a
program it asks a shop with them, and with the calls of ``random_calls.py``, as long as told, and prints what
``fuzzing.py`` finds wrong, each kind of mistake once, with the request.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

from runner.simulator.families import FIELDS
from runner.simulator.mutations import MUTATIONS
from tests.simulator.random_values import Values, literal

_WORDS = ("query", "mutation", "fragment", "on", "...", "{", "}", "(", ")", "$x", "@include(if: true)", "!", ":",
"null",
          '"', '"""', "#", "\ufeff", "é", "\x00", "{}", "()", "[", "1e", "-", "__typename", "@idempotent", "first: 251",
          "subscription", "nodes", "\\u", "&", "999999999999999999999", "__schema { types { name } }")  # fmt: skip


@dataclass(slots=True)
class Asked:
    """One request: what is posted to ``graphql.json``. ``sound``: every part fits, so the data must as well."""

    query: str
    variables: Any = field(default_factory=dict)
    operation: str | None = None
    sound: bool = True

    def body(self) -> bytes:
        """As it is posted."""
        document = {"query": self.query, "variables": self.variables}
        if self.operation is not None:
            document["operationName"] = self.operation
        return json.dumps(document).encode()


class Documents:
    """Makes documents for one schema."""

    def __init__(self, values: Values, schema: GraphQLSchema) -> None:
        self.values = values
        self.random = values.random
        self.schema = schema
        self._variables: dict[str, tuple[str, Any]] = {}
        self._fragments: list[str] = []
        self._budget = 0

    def any(self) -> Asked:
        """A query or a mutation, as generated or with something changed in its text."""
        asked = self.mutation() if self.values.chance(0.5) else self.query()
        if self.values.chance(0.12):
            asked.query, asked.sound = self._spoiled(asked.query), False
        if self.values.chance(0.02):
            asked.variables = self.random.choice(([], None, "x", {"a": 1}, 1))
        if self.values.chance(0.03):
            asked.operation = self.random.choice(("Fuzz", "Other", ""))
        return asked

    def query(self, names: Sequence[str] = ()) -> Asked:
        """One to three root fields; ``names``: of these."""
        fields = self.schema.query_type.fields if self.schema.query_type else {}
        known = names or [*FIELDS["QueryRoot"], *FIELDS["QueryRoot"], *fields]
        chosen = [
            name for name in self.random.choices(list(known), k=self.random.choice((1, 1, 1, 2, 3))) if name in fields
        ]
        return self._document("query", self.schema.query_type, chosen or ["shop"])

    def mutation(self, names: Sequence[str] = ()) -> Asked:
        """One mutation, seldom two; ``names``: of these."""
        root = self.schema.mutation_type
        fields = root.fields if root else {}
        known = names or (list(fields) if self.values.chance(0.02) else [name for name in MUTATIONS if name in fields])
        chosen = self.random.choices(list(known), k=self.random.choice((1, 1, 1, 1, 2)))
        return self._document("mutation", root, chosen)

    def _document(self, word: str, root: GraphQLObjectType | None, names: Sequence[str]) -> Asked:
        assert root is not None
        self._variables, self._fragments, self._budget = {}, [], self.random.choice((3, 8, 20, 40))
        selections = []
        for place, name in enumerate(names):
            alias = f"a{place}: " if place else ""
            directive = ' @idempotent(key: "k")' if word == "mutation" and self.values.chance(0.5) else ""
            selections.append(alias + self._field(root, name, root.fields[name], 0, directive))
        declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in self._variables.items())
        head = f"{word} Fuzz{f'({declared})' if declared else ''}" if declared or self.values.chance(0.5) else word
        text = "\n".join([f"{head} {{ {' '.join(selections)} }}", *self._fragments])
        variables = {name: value for name, (_, value) in self._variables.items() if not self.values.chance(0.02)}
        return Asked(text, variables)

    def _field(self, parent: Any, name: str, kind: GraphQLField, depth: int, directive: str = "") -> str:
        arguments = self._arguments(parent.name, name, kind)
        inner = self._selection(get_named_type(kind.type), depth + 1)
        if not directive and depth and self.values.chance(0.03):
            directive = self.random.choice((" @include(if: true)", " @skip(if: false)", " @skip(if: true)"))
        return f"{name}{arguments}{directive}{inner}"

    def _arguments(self, parent: str, name: str, kind: GraphQLField) -> str:
        found = self.values.facts.field(parent, name)
        facts = found.args if found is not None else {}
        made = []
        for key, argument in kind.args.items():
            if not self._wanted(key, argument, parent):
                continue
            value = self._argument_value(key, argument, facts[key].gid_types if key in facts else ())
            made.append(f"{key}: {self._written(key, argument, value)}")
        return f"({', '.join(made)})" if made else ""

    def _wanted(self, key: str, argument: GraphQLArgument, parent: str) -> bool:
        if isinstance(argument.type, GraphQLNonNull):
            return not self.values.chance(0.01)
        if key in ("first", "last"):
            return self.values.chance(0.97 if key == "first" else 0.03)
        return self.values.chance(0.8 if parent == "Mutation" else 0.25)

    def _argument_value(self, key: str, argument: GraphQLArgument, gids: Sequence[str]) -> Any:
        if key in ("first", "last") and not self.values.chance(0.03):
            return self.random.choice((1, 2, 3, 5, 10))
        return self.values.of(argument.type, key, gids=gids)

    def _written(self, key: str, argument: GraphQLArgument, value: Any) -> str:
        if not self.values.chance(0.4):
            return literal(value, argument.type)
        name = f"{key}{len(self._variables)}"
        kind = (
            str(argument.type)
            if not self.values.chance(0.01)
            else self.random.choice(("ID", "String!", "[Int]", "Nope"))
        )
        self._variables[name] = (kind, value)
        return f"${name}"

    # selections

    def _selection(self, kind: Any, depth: int) -> str:
        if is_leaf_type(kind):
            return ""
        self._budget -= 1
        if is_abstract_type(kind):
            return f" {{ {self._abstract(kind, depth)} }}"
        fields = self._inside(kind, depth)
        if self.values.chance(0.05):
            name = f"F{len(self._fragments)}"
            self._fragments.append(f"fragment {name} on {kind.name} {{ {' '.join(fields)} }}")
            return f" {{ ...{name} }}"
        return f" {{ {' '.join(fields)} }}"

    def _inside(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> list[str]:
        names = list(kind.fields)
        if kind.name.endswith("Connection"):
            names = [name for name in ("nodes", "edges", "pageInfo") if name in names]
        composite = [name for name in names if not is_leaf_type(get_named_type(kind.fields[name].type))]
        leaves = [name for name in names if name not in composite]
        chosen = self.random.sample(leaves, min(len(leaves), self.random.choice((1, 2, 4, 8))))
        room = self._budget > 0 and depth < 7
        if composite and (room or not chosen):
            chosen += self.random.sample(
                composite, min(len(composite), self.random.choice((1, 1, 2, 3)) if room else 1)
            )
        if not chosen or depth > 12:
            return ["__typename"]
        made = [self._field(kind, name, kind.fields[name], depth) for name in chosen]
        if self.values.chance(0.05):
            made[0] = f"again: {made[0]}"
        return made

    def _abstract(self, kind: GraphQLInterfaceType | GraphQLUnionType, depth: int) -> str:
        possible = self.schema.get_possible_types(kind)
        chosen = self.random.sample(list(possible), min(len(possible), 3))
        held = [each for each in possible if self.values.graph.count(each.name)]
        if held:
            chosen = list(dict.fromkeys([*chosen[:2], self.random.choice(held)]))
        parts = ["__typename"]
        if isinstance(kind, GraphQLInterfaceType) and self.values.chance(0.5):
            leaves = [name for name, each in kind.fields.items() if is_leaf_type(get_named_type(each.type))]
            parts += [self._field(kind, name, kind.fields[name], depth) for name in leaves[:2]]
        for place, each in enumerate(chosen):
            # Two types may give one name to fields of two types: each gets names of its own.
            fields = [f"t{place}_{number}: {text}" if ": " not in text.split("(")[0].split("{")[0] else text
                      for number, text in enumerate(self._inside(each, depth + 1))]  # fmt: skip
            parts.append(f"... on {each.name} {{ {' '.join(fields)} }}")
        return " ".join(parts)

    def _spoiled(self, text: str) -> str:
        """``text`` with a few places changed."""
        for _ in range(self.random.choice((1, 1, 2, 3))):
            place = self.random.randrange(len(text) + 1)
            match self.random.randrange(5):
                case 0:
                    text = text[:place] + text[place + self.random.choice((1, 1, 3, 20)) :]
                case 1:
                    text = text[:place] + self.random.choice(_WORDS) + text[place:]
                case 2:
                    end = place + self.random.choice((1, 5, 30))
                    text = text[:end] + text[place:end] + text[end:]
                case 3:
                    text = text[:place]
                case 4:
                    words = text.split(" ")
                    one, two = self.random.randrange(len(words)), self.random.randrange(len(words))
                    words[one], words[two] = words[two], words[one]
                    text = " ".join(words)
        return text


def main() -> int:
    """Look for mistakes as long as told."""
    from tests.simulator.fuzzing import Fuzz

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shop", default="prints", help="the seed of the shop that is asked")
    parser.add_argument("--version", default="2026-04", help="of the Admin API")
    given = parser.parse_args()
    fuzz = Fuzz(random.Random(given.seed), given.shop, given.version)
    found = 0
    for finding in fuzz.findings(seconds=given.seconds):
        found += 1
        print(f"--- {finding}\n", flush=True)
    print(f"{fuzz.asked} requests, {fuzz.answered} of them answered without errors; {found} kinds of mistakes")
    print("most common refusals:", *(f"\n  {count} {words}" for words, count in fuzz.refusals.most_common(12)))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
