"""Refusals of GraphQL documents and variables in Shopify's own words (simulator.md 2).

Shopify's Admin API runs on graphql-ruby, so its messages, codes and paths are that library's, not graphql-core's.
Order of use: :func:`parse_document`, :func:`select_operation`, :func:`static_problems`, :func:`variable_problems`; each
gives :class:`Problem` values, whose ``to_json()`` are the members of ``errors`` of a reply with HTTP status 200 and no
``data``.

Marks in the code: *seen* is wording found in published replies of the live API; *by analogy* is graphql-ruby's wording
of the rule, or ours in its style, not yet seen from Shopify.
"""

from __future__ import annotations

from runner.simulator.validation.document import select_operation, static_problems
from runner.simulator.validation.problem import Problem
from runner.simulator.validation.runtime import (
    DOCUMENT_LIMIT,
    INPUT_LIST_LIMIT,
    document_too_long,
    input_list_problems,
    valid_gid,
)
from runner.simulator.validation.syntax import parse_document
from runner.simulator.validation.times import with_utc_times
from runner.simulator.validation.variables import variable_problems

__all__ = [
    "DOCUMENT_LIMIT",
    "INPUT_LIST_LIMIT",
    "Problem",
    "document_too_long",
    "input_list_problems",
    "parse_document",
    "select_operation",
    "static_problems",
    "valid_gid",
    "variable_problems",
    "with_utc_times",
]
