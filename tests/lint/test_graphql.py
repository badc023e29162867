"""Rules on GraphQL: the documents of scripts and of previews."""

from __future__ import annotations

import pytest

from runner.lint.engine import examine
from runner.lint.finding import Severity
from runner.lint.rules import RULES
from tests.lint.asking import around, ask, task_of


def sent(document: str) -> str:
    return "{% capture query %}" + document + "{% endcapture %}{% assign result = query | shopify %}"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("query { shop { name } }", None),
        ("query { shop { nme } }", "Cannot query field 'nme'"),
        ("query { shop }", "must have a selection"),
        ("query { order(idd: 1) { id } }", "Unknown argument 'idd'"),
        ("query { order(id: 1) { ...F } }", "Unknown fragment 'F'"),
        ("query ($x: Nonsense) { order(id: 1) { id } }", "Unknown type 'Nonsense'"),
        ("query { orders(first: 1, sortKey: NME) { nodes { id } } }", "does not exist in 'OrderSortKeys'"),
        ("query { node(id: 1) { ... on Nonsense { id } } }", "Unknown type 'Nonsense'"),
        ("query { shop { name }", "Syntax Error"),
        ("query { shop { name @nonsense } }", "Unknown directive"),
        # What Liquid fills in proves nothing.
        ("query { orders(first: {{ n }}, query: {{ q | json }}) { nodes { id } } }", None),
        ("query { order(id: {{ id | json }}) { {{ fields }} } }", None),
        ("query { orders({{ arguments }}) { nodes { id } } }", None),
        ("query { a{{ n }}: shop { name } }", None),
        ('query { orders(first: 1, query: "{% if x %}a{% else %}b{% endif %}") { nodes { id } } }', None),
        ("query { orders(first: 1 {% if c %}after: {{ c | json }}{% endif %}) { nodes { id } } }", None),
        ("query { order(id: 1) { tags{% if x %}Add{% else %}Remove{% endif %} } }", None),
        # null where an id belongs is a matter of data.
        ("query { order(id: null) { id } }", None),
    ],
)
def test_static_documents(document: str, words: str | None) -> None:
    messages = [finding.message for finding in ask("gql.schema", sent(document)) if finding.where.line]
    assert len(messages) == (words is not None)
    assert words is None or words in messages[0]


def test_a_document_that_only_a_preview_shows_is_checked_as_well() -> None:
    script = '{% assign f = "na" | append: "mme" | upcase | downcase %}' + sent("query { shop { {{ f }} } }")
    (finding,) = ask("gql.schema", script)
    assert "as rendered for mechanic/user/trigger" in finding.message
    assert finding.severity is Severity.ERROR


def test_what_a_preview_shows_with_made_up_options_is_a_warning() -> None:
    script = sent("query { shop { {{ options.field__required }} } }")
    findings = ask("gql.schema", script, options={"field__required": None})
    assert {finding.severity for finding in findings} == {Severity.WARNING}


def test_the_version_of_the_task_counts() -> None:
    script = sent("query { collection(id: 1) { ruleSet { appliedDisjunctively } } }")
    assert ask("gql.deprecated", script, shopify_api_version="2026-04") == []
    (finding,) = ask("gql.deprecated", script, shopify_api_version="2026-10")
    assert "Collection.ruleSet is deprecated in 2026-10" in finding.message


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("query { product(id: 1) { featuredImage { id } } }", "Product.featuredImage"),
        ("query { product(id: 1) { a: featuredImage { id } b: featuredImage { id } } }", "Product.featuredImage"),
        (
            "mutation { draftOrderComplete(id: 1, paymentPending: true) { userErrors { field } } }",
            "draftOrderComplete(paymentPending:)",
        ),
        (
            "mutation { discountCodeBasicCreate(basicCodeDiscount: {customerSelection: {all: true}}) "
            "{ userErrors { field } } }",
            "DiscountCodeBasicInput.customerSelection",
        ),
    ],
)
def test_deprecated_uses_are_named_once(document: str, name: str) -> None:
    findings = ask("gql.deprecated", '{% action "shopify" %}' + document + "{% endaction %}")
    assert [finding.message.partition(" is deprecated")[0] for finding in findings] == [name]
    assert findings[0].hint


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ("{ node { id } }", True),
        ("{ userErrors { message } }", False),
        ("{ mistakes: userErrors { message } }", False),
        ("{ ...F }", False),
    ],
)
def test_user_errors_are_missed_only_where_nothing_selects_them(payload: str, found: bool) -> None:
    document = 'mutation { tagsAdd(id: "gid://shopify/Order/1", tags: "a") ' + payload + " }"
    assert bool(ask("gql.usererrors", '{% action "shopify" %}' + document + "{% endaction %}")) is found


STUB = """{%% capture query %%}query { order(id: 1) { id lines: lineItems { nodes { sku } } } }{%% endcapture %%}
{%% assign result = query | shopify %%}
{%% if event.preview %%}
  {%% capture result_json %%}%s{%% endcapture %%}
  {%% assign result = result_json | parse_json %%}
{%% endif %%}"""


@pytest.mark.parametrize(
    ("stub", "keys"),
    [
        ('{"data": {"order": {"id": 1}}}', []),
        ('{"data": {"order": {"id": 1, "name": "x"}}}', ["name"]),
        ('{"data": {"order": {"lines": {"nodes": [{"sku": 1}, {"sku": 1, "title": 2}]}}}}', ["title"]),
        ('{"data": {"order": {"id": {{ order.id | json }}, "name": "a{{ b }}"}}}', ["name"]),
        ('{"data": {"order": null}, "errors": [{"message": "x"}]}', []),
        ('{"order": {"id": 1}}', ["order"]),
        ('{"data": {"order": {"lineItems": {"nodes": []}}}}', ["lineItems"]),
        ('{"data": {{ anything }}}', []),
        ('{"data": not JSON', []),
    ],
)
def test_preview_data_against_the_query(stub: str, keys: list[str]) -> None:
    findings = ask("gql.stub", STUB % stub)
    assert [finding.message.split('"')[3] for finding in findings] == keys
    assert all(finding.where.line == 4 for finding in findings)


def test_preview_data_in_the_other_branch_are_compared_too() -> None:
    script = """{% if event.preview %}
  {% assign result = '{"data": {"shop": {"email": 1}}}' | parse_json %}
{% else %}
  {% assign result = "query { shop { name } }" | shopify %}
{% endif %}"""
    (finding,) = ask("gql.stub", script)
    assert '"email" in data.shop' in finding.message


def test_a_mutation_with_a_key_demanded_is_an_error_in_the_version_that_demands_it() -> None:
    script = RULES["gql.idempotent"].wrong.script
    assert ask("gql.idempotent", script, shopify_api_version="2026-04")
    subject = task_of(script)
    assert examine(subject, [RULES["gql.idempotent"]], around(version="2026-10"))


def test_a_mutation_through_the_filter_fails_and_is_told() -> None:
    script = "{% capture m %}mutation { tagsAdd(id: {{ order.id }}, tags: 1) { userErrors { field } } }{% endcapture %}"
    assert ask("action.inline", script) == []
    assert len(ask("action.inline", script + "{% assign r = m | shopify %}")) == 1
