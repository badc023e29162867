"""The GraphQL documents of a task: those in its script, and those that its previews send; and how they are checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    FieldNode,
    FieldsOnCorrectTypeRule,
    GraphQLError,
    KnownArgumentNamesRule,
    KnownDirectivesRule,
    KnownFragmentNamesRule,
    KnownTypeNamesRule,
    NoUndefinedVariablesRule,
    OperationDefinitionNode,
    OperationType,
    PossibleFragmentSpreadsRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    ValuesOfCorrectTypeRule,
    parse,
    validate,
)

from runner.lint.flow.document import parsed
from runner.lint.flow.text import GAP, Written
from runner.shopify.schema import graphql_schema

if TYPE_CHECKING:
    from runner.lint.subject import Subject

_OF_VALUES = re.compile(r"not to include unknown field|does not exist in .\w+. enum")
_REQUIRED = re.compile(r"is required, but it was not provided")


class _Values(ValuesOfCorrectTypeRule):
    """Reports values that are wrong whatever the data are: previews often lack an id, which says nothing."""

    def report_error(self, error: GraphQLError) -> None:
        if _OF_VALUES.search(error.message):
            super().report_error(error)


_STATIC = (
    FieldsOnCorrectTypeRule,
    KnownArgumentNamesRule,
    KnownDirectivesRule,
    KnownFragmentNamesRule,
    KnownTypeNamesRule,
    PossibleFragmentSpreadsRule,
    ScalarLeafsRule,
    _Values,
)
"""What holds whatever Liquid puts into the gaps (tooling.md 7)."""
_RENDERED = (*_STATIC, NoUndefinedVariablesRule, ProvidedRequiredArgumentsRule)
"""What holds of a whole document."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document. ``offset`` finds the place in the script of a position in its text; None for a rendered one.

    ``error`` says why it does not parse; ``has_gaps`` that outputs stand in it.
    """

    node: DocumentNode | None
    text: str
    written: Written | None
    has_gaps: bool = False
    error: str | None = None
    position: int = 0
    topic: str | None = None

    @property
    def is_rendered(self) -> bool:
        """Whether it comes from a preview."""
        return self.written is None

    def offset(self, position: int) -> int | None:
        """The place in the script of a position in the text."""
        return self.written.source(position) if self.written is not None else None

    def operations(self) -> Iterator[OperationDefinitionNode]:
        """Its queries and mutations."""
        for node in self.node.definitions if self.node is not None else ():
            if isinstance(node, OperationDefinitionNode):
                yield node

    def mutations(self) -> Iterator[FieldNode]:
        """The fields at the root of its mutations."""
        for operation in self.operations():
            if operation.operation is OperationType.MUTATION:
                yield from (each for each in operation.selection_set.selections if isinstance(each, FieldNode))


def static(subject: Subject) -> Iterator[Document]:
    """The documents that stand in the script, outputs replaced."""
    for text in subject.analysis.documents:
        read = parsed(text)
        yield Document(read.document, read.written.text, read.written, text.has_gaps, read.error, read.position)


def rendered(subject: Subject) -> Iterator[Document]:
    """The documents that the previews send, each once: by the filter, by actions, and inside bulk operations."""
    seen = set()
    for preview in subject.previews:
        texts = [*preview.rendering.queries]
        for action in preview.rendering.actions:
            text = _query(action.options) if action.type == "shopify" else None
            texts += [text] if text is not None else []
        for text in texts:
            if text not in seen:
                seen.add(text)
                node, error, position = _read(text)
                yield Document(node, text, None, False, error, position, preview.topic)


def _query(options: Any) -> str | None:
    found = options.get("query") if isinstance(options, Mapping) else options
    return found if isinstance(found, str) and "{" in found else None


@lru_cache(maxsize=512)
def _read(text: str) -> tuple[DocumentNode | None, str | None, int]:
    try:
        return parse(text), None, 0
    except GraphQLError as error:
        return None, error.message, next(iter(error.positions or (0,)))
    except RecursionError:
        return None, "it is nested too deeply", 0


def faults(document: Document, version: str) -> list[tuple[str, int]]:
    """(message, position in the text) of what the schema of ``version`` has against a document."""
    if document.node is None:
        return []
    return list(_faults(document.text, document.is_rendered, version))


@lru_cache(maxsize=1024)
def _faults(text: str, is_rendered: bool, version: str) -> tuple[tuple[str, int], ...]:
    node, _, _ = _read(text)
    if node is None:
        return ()
    rules = _RENDERED if is_rendered else _STATIC
    found = [each for each in validate(graphql_schema(version), node, rules) if GAP not in each.message]
    # An argument that is missing is often the one that another fault says is misspelt.
    found = [each for each in found if not _REQUIRED.search(each.message)] or found
    return tuple((_words(error), next(iter(error.positions or (0,)))) for error in found)


def _words(error: GraphQLError) -> str:
    """The message, without the whole value that graphql-core quotes at its end."""
    return re.sub(r"[,.?] [Ff]ound: \{.*", ".", error.message, flags=re.DOTALL)
