"""What the data flow of a script says, ready for rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.lint.flow.bulk import bulk_operation
from runner.lint.flow.machine import Machine
from runner.lint.flow.reading import Site
from runner.lint.flow.shape import Value
from runner.lint.flow.text import Text

if TYPE_CHECKING:
    from graphql import GraphQLSchema
    from liquid.ast import Node


@dataclass(frozen=True, slots=True)
class Stub:
    """Preview data: JSON that replaces a variable under event.preview, and what the variable holds in live runs."""

    name: str
    text: Text
    live: Value


@dataclass(frozen=True, slots=True)
class Analysis:
    """``documents`` are texts that are or look like GraphQL, ``queries`` those that go through the shopify filter.

    ``misses`` are reads that find nothing whatever happens, of all ``sites`` that read.
    """

    documents: tuple[Text, ...]
    queries: tuple[Text, ...]
    misses: tuple[Site, ...]
    sites: int
    stubs: tuple[Stub, ...]


def analyse(nodes: Sequence[Node], script: str, schema: GraphQLSchema) -> Analysis:
    """The analysis of a parsed script, whose queries are held against ``schema``."""
    machine = Machine(nodes, schema)
    machine.run(nodes)
    bulk = bulk_operation(machine.documents, machine.embedded, schema)
    if bulk is not None:
        machine = Machine(nodes, schema, {"bulkOperation": bulk})
        machine.run(nodes)
    sites = list(machine.reads.sites.values())
    misses = sorted((site for site in sites if site.is_miss), key=lambda site: site.offset)
    stubs = [Stub(*each) for each in machine.stubs]
    return Analysis(tuple(machine.documents), tuple(machine.queries), tuple(misses), len(sites), tuple(stubs))
