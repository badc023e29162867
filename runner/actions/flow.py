"""flow: data for Shopify Flow, by triggers of the operator's own app (actions.md 5.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from runner.actions.base import ActionType, Outcome, Tools
from runner.actions.reading import in_order
from runner.actions.shopify import GraphQLCall, ShopifyAction
from runner.actions.wanted import Wanted
from runner.errors import ActionError
from runner.model.json import JSON, without_surrogates

KINDS: Mapping[str, str] = {"customer": "customer_id", "product": "product_id", "order": "order_id"}
"""Kinds of triggers by the option that asks for them; the fourth is ``general``."""
DEFAULTS: Mapping[str, JSON] = {
    "user_boolean": False,
    "user_email": "hey@mechanic.invalid",
    "user_number": 0,
    "user_string": "",
    "user_url": "https://mechanic.invalid/",
}
"""Sent whether a task says them or not."""
_MUTATION = (
    "mutation flowTriggerReceive($handle: String, $payload: JSON) "
    "{ flowTriggerReceive(handle: $handle, payload: $payload) { userErrors { field message } } }"
)
_EXAMPLE = '{"order_id": 1234567890, "user_string": "…"}.'
_LARGEST_ID = 10**20


@dataclass(frozen=True, slots=True)
class FlowCall:
    """Checked options: the kind of trigger, and what it is given."""

    kind: str
    payload: Mapping[str, JSON]


class FlowAction(ActionType):
    """Starts the workflows of Shopify Flow that begin with the trigger."""

    name = "flow"
    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "properties": {
            **{
                option: {
                    "type": ["integer", "string"],
                    "description": f"a number or its digits: the {kind} of the trigger",
                }
                for kind, option in KINDS.items()
            },
            **{
                name: {"type": kind, "default": DEFAULTS[name], "description": "always sent"}
                for name, kind in (
                    ("user_boolean", "boolean"),
                    ("user_email", "string"),
                    ("user_number", "number"),
                    ("user_string", "string"),
                    ("user_url", "string"),
                )
            },
        },
    }

    def validate(self, options: JSON) -> FlowCall:
        wanted = Wanted(self.name, {} if options is None else options, _EXAMPLE)
        found = {kind: wanted.value(option) for kind, option in KINDS.items() if wanted.value(option) is not None}
        if len(found) > 1:
            given = ", ".join(KINDS[kind] for kind in found)
            raise wanted.fault(f"{given} are given, and at most one may be", "Use one action for each.")
        payload: dict[str, JSON] = {}
        for kind, value in found.items():
            payload[KINDS[kind]] = _resource_id(wanted, KINDS[kind], value)
        payload |= _data(wanted)
        return FlowCall(next(iter(found), "general"), payload)

    def perform(self, options: FlowCall, tools: Tools) -> Outcome:
        handle = tools.services.flow_triggers.get(options.kind)
        if handle is None:
            raise ActionError(
                f"flow: no {options.kind} trigger is set up",
                hint="Shopify Flow takes data by triggers of your own app only: `runner docs integrations` gives their "
                f"definitions. Then set flow_triggers: {options.kind}=HANDLE.",
                code="flow.not_set_up",
            )
        payload = {
            **options.payload,
            "mechanic_task_id": tools.task_id,
            "mechanic_event_topic": tools.event.topic,
            # There is no page of ours that all can reach: the address names the event, and leads nowhere.
            "mechanic_event_inspector_url": f"{DEFAULTS['user_url']}events/{tools.event.id}",
        }
        call = GraphQLCall(_MUTATION, {"handle": handle, "payload": payload})
        return replace(ShopifyAction().perform(call, tools), events=())

    def summary(self, options: JSON) -> str:
        given = options if isinstance(options, Mapping) else {}
        for kind, option in KINDS.items():
            if given.get(option) not in (None, ""):
                return f"to Shopify Flow: {kind} {given[option]}"
        return "to Shopify Flow"

    def shown(self, options: JSON) -> JSON:
        """The trigger first."""
        if not isinstance(options, Mapping):
            return options
        kind = next((kind for kind, option in KINDS.items() if options.get(option) not in (None, "")), "general")
        return {"trigger": kind, **in_order(options, tuple(KINDS.values()))}

    def resendable(self, options: FlowCall) -> bool:
        return False


def _resource_id(wanted: Wanted, name: str, value: Any) -> int:
    """An id as a number; also given as digits."""
    digits = value.strip() if isinstance(value, str) else value
    if isinstance(digits, float) and digits.is_integer():
        digits = int(digits)
    if isinstance(digits, str) and digits.isascii() and digits.isdigit():
        digits = int(digits[:30])
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 < digits < _LARGEST_ID:
        raise wanted.fault(
            f'"{name}" is not a number',
            "Give the numeric id, such as 1234567890, not gid://shopify/….",
        )
    return digits


def _data(wanted: Wanted) -> dict[str, JSON]:
    data = dict(DEFAULTS)
    data["user_boolean"] = wanted.truth("user_boolean", False)
    number = wanted.value("user_number")
    if number is not None:
        number = _number(number) if isinstance(number, str) else number
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise wanted.fault('"user_number" is not a number', "Write it without quotes, and with a point.")
        data["user_number"] = number
    for name in ("user_email", "user_url"):
        text = wanted.text(name)
        if text is not None:
            data[name] = str(without_surrogates(text))
    text = wanted.raw("user_string")
    if text is not None:
        if not isinstance(text, str | int | float):
            raise wanted.fault('"user_string" is not text', 'Write "user_string": "…".')
        shown = str(text).lower() if isinstance(text, bool) else str(text)
        data["user_string"] = str(without_surrogates(shown))
    return data


def _number(text: str) -> float | int | None:
    """The number that a text spells in digits; None for any other text."""
    digits = text.strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,300}(\.[0-9]+)?", digits):
        return None
    return float(digits) if "." in digits else int(digits)
