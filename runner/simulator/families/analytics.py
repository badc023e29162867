"""``shopifyqlQuery``: answers stored beforehand, by what the text of a query holds (simulator.md 3).

``ShopifyqlAnswer`` (a type of the simulator's own): ``_match``, a text found in the query, spaces not counted;
``_columns`` [{name, dataType}], ``_rows``, ``_errors``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Refusal
from runner.simulator.graph import Graph

TYPE = "ShopifyqlAnswer"


def add_answer(graph: Graph, match: str, rows: list[Any], columns: list[dict[str, str]] | None = None) -> None:
    """Store the answer to queries that hold ``match``; columns follow from the first row when they are not given."""
    named = columns
    if named is None:
        first = rows[0] if rows and isinstance(rows[0], Mapping) else {}
        named = [{"name": str(name), "dataType": "STRING"} for name in first]
    graph.create(TYPE, {"_match": match, "_rows": rows, "_columns": named})


def _squeezed(text: str) -> str:
    return " ".join(text.split()).lower()


def _answer(source: Any, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    query = _squeezed(args["query"])
    if not query.startswith("from "):
        return {"tableData": None, "parseErrors": ["Line 1 Column 1: a query begins with FROM."]}
    for node in context.graph.of_type(TYPE):
        if _squeezed(node["_match"]) in query:
            columns = [
                {
                    "name": each["name"],
                    "displayName": each["name"].replace("_", " ").capitalize(),
                    "subType": None,
                    "dataType": each["dataType"],
                }
                for each in node["_columns"]
            ]
            return {"tableData": {"columns": columns, "rows": node["_rows"]}, "parseErrors": []}
    raise Refusal(
        f"the simulator has no stored answer for the ShopifyQL query {query!r}: give one under shopifyql in the seed",
        "SIMULATOR_NOT_IMPLEMENTED",
    )


FIELDS: Fields = {"QueryRoot": {"shopifyqlQuery": _answer}}
