"""``gql.idempotent``: mutations that Shopify takes with a key only."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Each such mutation once, where it stands first."""
    told = set()
    required = subject.schema.idempotency_required
    for document in subject.documents:
        for field in document.mutations():
            name = field.name.value
            has_key = any(each.name.value == "idempotent" for each in field.directives or ())
            if name in required and name not in told and not has_key:
                told.add(name)
                yield Found(
                    f"{name} is refused without @idempotent(key:) in {subject.schema.version}",
                    SCRIPT,
                    document.offset(field.loc.start if field.loc else 0),
                    'Write @idempotent(key: "…") behind its arguments, with a key made of the event and the data.',
                )


_MUTATION = (
    '{% action "shopify" %}mutation { locationActivate(locationId: "gid://shopify/Location/1")KEY '
    "{ locationActivateUserErrors { message } } }{% endaction %}"
)

RULE = Rule(
    "gql.idempotent",
    Severity.ERROR,
    "A mutation lacks the directive @idempotent, which Shopify demands.",
    "Shopify refuses it in this version of the Admin API, each time the task runs.",
    Example(_MUTATION.replace("KEY", "")),
    Example(_MUTATION.replace("KEY", ' @idempotent(key: "{{ event.id }}")')),
    "durability.md 6",
    check,
)
