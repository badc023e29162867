"""report_toaster: reports and updates of Report Toaster, as far as its API is public (actions.md 5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from runner.actions.base import ActionType, Outcome, Tools
from runner.actions.http_body import json_bytes
from runner.actions.http_reply import reply_result
from runner.actions.reading import in_order
from runner.actions.wanted import Wanted
from runner.errors import ActionError
from runner.model.json import JSON
from runner.redact import Redactor

FORMATS = ("json", "csv", "pdf")
MOST_INLINE = 10 * 1024 * 1024
"""Bytes of a reply (actions.md 8)."""
_CHANGED = ("shipping_cost", "transaction_fees")
_EXAMPLE = '{"operation": "report", "reports": [{"id": "…", "file": {"format": "pdf"}}]}.'


@dataclass(frozen=True, slots=True)
class ToasterCall:
    """Checked options, as they are sent."""

    operation: str
    body: Mapping[str, Any]


class ReportToasterAction(ActionType):
    """One operation. Reports come back later, as events ``report_toaster/reports/create`` and ``…/fail``."""

    name = "report_toaster"
    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["operation"],
        "properties": {
            "operation": {"enum": ["report", "update"], "description": "what is wanted"},
            "reports": {
                "type": "array",
                "description": "of report: the reports to run; also called `batch`",
                "items": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {
                        "id": {"type": "string", "description": "the end of the report's address in Report Toaster"},
                        "file": {
                            "type": "object",
                            "description": "left out: no file",
                            "properties": {
                                "format": {"enum": list(FORMATS), "description": "required where `file` is given"},
                                "include_headers": {"type": "boolean", "description": "whether columns have heads"},
                            },
                        },
                        "meta": {"type": "object", "description": "comes back with the report's event"},
                    },
                },
            },
            "Order": {
                "type": "array",
                "description": "of update: objects with the `id` of an order and "
                + " or ".join(f"`{each}`" for each in _CHANGED),
            },
        },
    }

    def validate(self, options: JSON) -> ToasterCall:
        wanted = Wanted(self.name, options, _EXAMPLE)
        operation = wanted.required("operation").lower()
        if operation == "report":
            listed = wanted.value("reports") if wanted.value("reports") is not None else wanted.value("batch")
            return ToasterCall(operation, {"operation": operation, "reports": _reports(wanted, listed)})
        if operation == "update":
            return ToasterCall(operation, {"operation": operation, "Order": _orders(wanted, wanted.value("Order"))})
        raise wanted.fault(f'there is no operation "{operation[:40]}"', "Operations are report and update.")

    def perform(self, options: ToasterCall, tools: Tools) -> Outcome:
        from runner.network.fetch import fetch

        endpoint = tools.services.report_toaster
        if endpoint is None:
            raise ActionError(
                "report_toaster: its address is not known",
                hint="Report Toaster's API is private: its makers give the address to partners. "
                "With it, set report_toaster_url and, if they gave one, report_toaster_token.",
                code="report_toaster.not_set_up",
            )
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if endpoint.token is not None:
            headers["Authorization"] = f"Bearer {endpoint.token}"
        with tools.services.network.trusting(urlsplit(endpoint.url).hostname or "").client() as client:
            request = client.build_request("POST", endpoint.url, content=json_bytes(options.body), headers=headers)
            reply = fetch(client, request, limit=MOST_INLINE)
        result = Redactor([endpoint.token]).json(reply_result(reply))
        if reply.status < 400:
            return Outcome(ok=True, result=result)
        return Outcome(
            ok=False,
            error=f"report_toaster: the server answered {reply.status}",
            transient=reply.status == 429 or reply.status >= 500,
            response=result,
            code="report_toaster.refused",
            hint="What it said is kept with the attempt.",
        )

    def summary(self, options: JSON) -> str:
        given = options if isinstance(options, Mapping) else {}
        operation = str(given.get("operation") or "").strip() or "no operation"
        listed = given.get("Order") if operation == "update" else given.get("reports") or given.get("batch")
        ids = [str(each.get("id")) for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
        return f"{operation} {', '.join(ids[:3])}{' …' if len(ids) > 3 else ''}".strip()

    def shown(self, options: JSON) -> JSON:
        """The operation, then what it is about, one a line."""
        return in_order(options, ("operation",)) if isinstance(options, Mapping) else options

    def resendable(self, options: ToasterCall) -> bool:
        return options.operation == "update"


def _objects(wanted: Wanted, name: str, listed: Any, example: str) -> list[Mapping[str, Any]]:
    if not isinstance(listed, list | tuple) or not listed or not all(isinstance(each, Mapping) for each in listed):
        raise wanted.fault(f'"{name}" is not an array of objects', f'Write "{name}": [{example}].')
    return list(listed)


def _reports(wanted: Wanted, listed: Any) -> list[Mapping[str, Any]]:
    reports = _objects(wanted, "reports", listed, '{"id": "…"}')
    for report in reports:
        if not isinstance(report.get("id"), str) or not report["id"].strip():
            raise wanted.fault("a report has no id", "It is the end of the report's address in Report Toaster.")
        file, meta = report.get("file"), report.get("meta")
        if file is not None and (not isinstance(file, Mapping) or file.get("format") not in FORMATS):
            raise wanted.fault('"file" of a report has no known format', f"Formats are {', '.join(FORMATS)}.")
        if meta is not None and not isinstance(meta, Mapping):
            raise wanted.fault('"meta" of a report is not an object', 'Write "meta": {"task_id": "…"}.')
    return reports


def _orders(wanted: Wanted, listed: Any) -> list[Mapping[str, Any]]:
    orders = _objects(wanted, "Order", listed, '{"id": 1, "shipping_cost": 6.5}')
    for order in orders:
        if order.get("id") in (None, ""):
            raise wanted.fault('an object in "Order" has no id', "Give the numeric id of the order.")
        if not any(name in order for name in _CHANGED):
            raise wanted.fault('an object in "Order" changes nothing', f"Give {' or '.join(_CHANGED)}.")
    return orders
