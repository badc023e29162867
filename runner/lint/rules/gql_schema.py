"""``gql.schema``: GraphQL that Shopify refuses."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.documents import faults
from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """What stands in the script first; of what previews send only what is not told already.

    The latter is a warning where options are not filled in: they may be a part of it.
    """
    told = set()
    version = subject.schema.version
    for document in subject.static_documents:
        if document.error is not None and not document.has_gaps:
            yield Found(f"GraphQL: {document.error}", SCRIPT, document.offset(document.position))
            told.add(document.error)
        for message, position in faults(document, subject.version):
            told.add(message)
            yield Found(f"GraphQL, version {version}: {message}", SCRIPT, document.offset(position), _HINT)
    complete = subject.preview is subject.filled
    for document in subject.documents:
        for message, _ in faults(document, subject.version) if document.is_rendered else ():
            if message not in told:
                told.add(message)
                words = f"GraphQL, version {version}, as rendered for {document.topic}: {message}"
                yield Found(words, hint=_HINT, severity=None if complete else Severity.WARNING)


_HINT = "Shopify refuses the whole document, each time the task runs."

RULE = Rule(
    "gql.schema",
    Severity.ERROR,
    "A GraphQL document that is not valid for the task's version of the Admin API.",
    "Shopify refuses it, so the query gives errors instead of data, or the action fails, in every run. Previews on the "
    "platform take any text.",
    Example("{% capture query %}query { shop { nme } }{% endcapture %}{% assign result = query | shopify %}"),
    Example("{% capture query %}query { shop { name } }{% endcapture %}{% assign result = query | shopify %}"),
    "tooling.md 7, L3",
    check,
)
