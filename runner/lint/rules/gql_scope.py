"""``gql.scope``: scopes that the shop has not granted."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Scopes the task needs and the shop's token lacks; nothing where its scopes are not known."""
    granted = subject.surroundings.granted
    if granted is None:
        return
    for scope in subject.filled.scopes.missing(granted):
        reasons = "; ".join(scope.reasons[:2])
        yield Found(
            f"the shop has not granted {scope.name}, which is needed for: {reasons}",
            SCRIPT,
            None,
            "Grant it in the app's settings at Shopify, and name it in `scopes` of runner.yml.",
        )


RULE = Rule(
    "gql.scope",
    Severity.ERROR,
    "The task needs an access scope that the shop has not granted.",
    "Shopify refuses the call when the task runs. Known only where `scopes` is set.",
    Example("{% log shop.name %}", "shopify/orders/create", granted=("read_products",)),
    Example("{% log shop.name %}", "shopify/orders/create", granted=("read_orders",)),
    "actions.md 4.7; engine.md 7; tooling.md 7",
    check,
)
