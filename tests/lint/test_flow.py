"""The data flow of scripts: what is found to be missing, and above all what is not (tooling.md 7, L1)."""

from __future__ import annotations

import pytest

from tests.lint.asking import ask

QUERY = """{% capture query %}
  query { order(id: 1) { id name lineItems(first: 5) { nodes { sku } } customer { tags } } }
{% endcapture %}
{% assign result = query | shopify %}
"""


def missing(script: str) -> list[str]:
    """The paths that are told never to be there."""
    return [finding.message.partition(" is never there")[0] for finding in ask("gql.unselected", script)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("{{ result.data.order.name }}", []),
        ("{{ result.data.order.email }}", ['"email" of result.data.order.email']),
        ("{{ result.order.name }}", ['"order" of result.order.name']),
        ("{{ result.data.orders }}", ['"orders" of result.data.orders']),
        ("{{ result.errors.first.message }}", []),
        ("{{ result.data.order['email'] }}", ["\"email\" of result.data.order['email']"]),
        ("{% assign order = result.data.order %}{{ order.email }}", ['"email" of order.email']),
        ("{% for item in result.data.order.lineItems.nodes %}{{ item.title }}{% endfor %}", ['"title" of item.title']),
        ("{% for item in result.data.order.lineItems.nodes %}{{ item.sku }}{% endfor %}", []),
        (
            "{{ result.data.order.lineItems.nodes.first.title }}",
            ['"title" of result.data.order.lineItems.nodes.first.title'],
        ),
        ("{{ result.data.order.lineItems.nodes[0].title }}", ['"title" of result.data.order.lineItems.nodes[0].title']),
        ("{{ result.data.order.lineItems.nodes.size }}", []),
        ("{{ result.data.order.lineItems.nodes.sku }}", ['"sku" of result.data.order.lineItems.nodes.sku']),
        ("{{ result.data.order.lineItems.nodes | map: 'title' | join }}", ['"title" of map: title']),
        ("{{ result.data.order.lineItems.nodes | where: 'title', 'a' | size }}", ['"title" of where: title']),
        ("{{ result.data.order.lineItems.nodes | sort: 'sku' | reverse | first | json }}", []),
        ("{{ result.data.order.name.id }}", ['"id" of result.data.order.name.id']),
        ("{{ result.data.order.name.size }}", []),
        ("{% if result.data.order.email == blank %}{% endif %}", ['"email" of result.data.order.email']),
        ("{% action 'echo', a: result.data.order.email %}", ['"email" of result.data.order.email']),
        ("{% unless result.data.order.email %}{% endunless %}", ['"email" of result.data.order.email']),
        ("{% case result.data.order.email %}{% when 'a' %}{% endcase %}", ['"email" of result.data.order.email']),
        ("{% liquid\n assign x = result.data.order.email\n%}", ['"email" of result.data.order.email']),
    ],
)
def test_reads_of_a_result(script: str, expected: list[str]) -> None:
    assert missing(QUERY + script) == expected


@pytest.mark.parametrize(
    "script",
    [
        # Something else may be there.
        "{% if options.x %}{% assign result = hash %}{% endif %}{{ result.data.order.email }}",
        "{% assign order = options.y__code | parse_json | default: result.data.order %}{{ order.email }}",
        "{% for x in (1..2) %}{{ order.email }}{% assign order = event.data %}{% endfor %}",
        # The script puts it there itself, or may do so.
        "{% assign order = result.data.order %}{% assign order['email'] = 'x' %}{{ order.email }}",
        "{% assign order = result.data.order %}{% assign b = order %}{% assign b['email'] = 1 %}{{ order.email }}",
        "{% assign order = result.data.order %}{% assign key = 'email' %}{% assign order[key] = 1 %}{{ order.email }}",
        # It is not an element that is looked at, but a pair.
        "{{ result.data.first.last.email }}",
        "{% for pair in result.data %}{{ pair.first }}{{ pair.last.email }}{% endfor %}",
        # The key is only known when the script runs.
        "{{ result.data.order[options.key] }}",
        # Only previews go there.
        "{% if event.preview %}{{ result.data.order.email }}{% endif %}",
        "{% if event.preview and options.x %}{{ result.data.order.email }}{% endif %}",
        "{% unless event.preview != true %}{{ result.data.order.email }}{% endunless %}",
        # Nothing is there at all.
        "{% assign other = nil %}{{ other.email }}",
        # The text of the query is not known.
        "{% assign other = options.query__code | shopify %}{{ other.data.order.email }}",
        "{% assign q = query | replace: 'name', 'email' %}{% assign r = q | shopify %}{{ r.data.order.email }}",
    ],
)
def test_what_may_be_there_is_left_alone(script: str) -> None:
    assert missing(QUERY + script) == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("{% if event.preview %}{% assign result = hash %}{% endif %}{{ result.data.order.email }}", 1),
        ("{% if event.preview %}x{% else %}{{ result.data.order.email }}{% endif %}", 1),
        ("{% unless event.preview %}{{ result.data.order.email }}{% endunless %}", 1),
        ("{% if event.preview or options.x %}{{ result.data.order.email }}{% endif %}", 1),
        ("{% if event.preview == nil %}{{ result.data.order.email }}{% endif %}", 1),
    ],
)
def test_branches_of_previews_do_not_hide_what_live_runs_lack(script: str, expected: int) -> None:
    assert len(missing(QUERY + script)) == expected


SPLIT = """{%% capture query %%}query { %s }{%% endcapture %%}
{%% assign result = query | shopify %%}
{{ result.data.order.email }}"""


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("order(id: 1) { id {% if options.x %}email{% endif %} }", 0),
        ("order(id: 1) { id {% if options.x %}name{% else %}email{% endif %} }", 0),
        ("order(id: 1) { id {{ options.fields__multiline }} }", 0),
        ("order(id: 1) { id {% for i in (1..3) %} a{{ i }}: name {% endfor %} }", 0),
        ("order(id: {{ order.admin_graphql_api_id | json }}) { id }", 1),
        ('order(id: "gid://shopify/Order/{{ order.id }}") { id }', 1),
        ("order(id: 1) { ...F } } fragment F on Order { id email", 0),
        ("order(id: 1) { ...F } } fragment F on Order { id", 1),
        ("order: node(id: 1) { ... on Order { id email } }", 0),
        ("order: node(id: 1) { ... on Order { id } }", 1),
        ("order(id: 1) { email: name }", 0),
        ("{% if options.x %}order{% else %}draftOrder{% endif %}(id: 1) { id }", 0),
        ("orders(first: {% if options.x %}1{% else %}2{% endif %}) { nodes { id } } order(id: 1) { id }", 1),
    ],
)
def test_selections_that_liquid_builds(document: str, expected: int) -> None:
    assert len(missing(SPLIT % document)) == expected


def test_parts_of_a_query_are_followed_through_variables() -> None:
    parts = "{% assign fields = 'id email' %}" + SPLIT % "order(id: 1) { {{ fields }} }"
    assert missing(parts) == []
    assert len(missing(parts.replace("id email", "id name"))) == 1


def test_a_query_that_is_put_together_by_append_is_followed() -> None:
    script = (
        "{% assign query = 'query { order(id: 1) { id ' | append: 'name } }' %}"
        "{% assign result = query | shopify %}{{ result.data.order.name }}{{ result.data.order.email }}"
    )
    assert missing(script) == ['"email" of result.data.order.email']


def test_lists_that_are_joined_hold_the_elements_of_both() -> None:
    script = QUERY + (
        "{% assign all = array %}{% for x in (1..3) %}"
        "{% assign all = all | concat: result.data.order.lineItems.nodes %}{% endfor %}"
        "{% for item in all %}{{ item.sku }}{{ item.title }}{% endfor %}"
    )
    assert missing(script) == ['"title" of item.title']


def test_elements_that_are_pushed_count() -> None:
    script = QUERY + (
        "{% assign all = array %}{% assign all = all | push: result.data.order %}"
        "{% assign all = all | push: event.data %}{% for each in all %}{{ each.email }}{% endfor %}"
    )
    assert missing(script) == []


def test_a_list_that_is_changed_in_place_may_hold_anything_but_its_elements_are_what_they_were() -> None:
    script = QUERY + (
        "{% assign found = array %}{% assign order = result.data.order %}"
        "{% assign found[0] = order %}{{ order.email }}{{ found[0].email }}"
    )
    assert missing(script) == ['"email" of order.email']


def test_a_finding_points_at_the_key() -> None:
    script = QUERY + "{% log a: result.data.order.email %}"
    (finding,) = ask("gql.unselected", script)
    assert finding.where.line == 5
    assert finding.where.source is not None
    assert finding.where.column == finding.where.source.index("email") + 1


def test_a_near_name_is_proposed() -> None:
    (finding,) = ask("gql.unselected", QUERY + "{{ result.data.order.custmer }}")
    assert finding.hint == 'Did you mean "customer"?'


def test_a_script_that_builds_its_query_in_rounds_comes_to_an_end() -> None:
    script = (
        "{% assign query = 'query { shop { name } }' %}"
        "{% for n in (1..50) %}{% assign query = query | append: query %}{% endfor %}"
        "{% assign result = query | shopify %}{{ result.data.shop.nme }}"
    )
    assert missing(script) == []


BULK = """{% if event.topic == "mechanic/user/trigger" %}
  {% capture bulk_operation_query %}
    query {
      orders {
        edges { node { __typename id name customer { id } lineItems { edges { node { __typename id sku } } } } }
      }
    }
  {% endcapture %}
  {% action "shopify" %}
    mutation {
      bulkOperationRunQuery(query: {{ bulk_operation_query | json }}) { userErrors { field message } }
    }
  {% endaction %}
{% elsif event.topic == "mechanic/shopify/bulk_operation" %}
  {% if event.preview %}
    {% assign bulkOperation = hash %}
    {% assign bulkOperation["objects"] = array %}
    {% assign bulkOperation["email"] = 1 %}
  {% endif %}
  {% assign orders = bulkOperation.objects | where: "__typename", "Order" %}
  {% for order in orders %}READS{% endfor %}
{% endif %}"""


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        ("{{ order.name }} {{ order.customer.id }} {{ order.sku }}", []),
        ("{{ order.__parentId }} {{ order.__parent.email }}", []),
        ("{{ order.email }}", ['"email" of order.email']),
        ("{{ order.lineItems.edges.size }}", ['"lineItems" of order.lineItems.edges.size']),
        ("{{ bulkOperation.status }} {{ bulkOperation.objectCount }}", []),
    ],
)
def test_lines_of_a_bulk_operation_are_what_its_query_selects(reads: str, expected: list[str]) -> None:
    assert missing(BULK.replace("READS", reads)) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{{ bulk_operation_query | json }}", "{{ options.query__code | json }}"),
        ("{{ bulk_operation_query | json }}", "{{ bulk_operation_query | replace: 'sku', 'email' | json }}"),
        ("bulkOperationRunQuery(query: {{ bulk_operation_query | json }})", "bulkOperationRunMutation(mutation: 1)"),
        ('where: "__typename", "Order"', 'where: "__typename", "Order" | index_by: "id"'),
    ],
)
def test_lines_of_a_query_that_is_not_known_may_hold_anything(old: str, new: str) -> None:
    assert old in BULK
    assert missing(BULK.replace(old, new).replace("READS", "{{ order.email }}")) == []


def test_a_bulk_query_written_into_the_mutation_is_read_there() -> None:
    inner = '"{ orders { edges { node { id } } } }"'
    script = BULK.replace("{{ bulk_operation_query | json }}", inner).replace("READS", "{{ order.name }}{{ order.id }}")
    assert missing(script) == ['"__typename" of where: __typename', '"name" of order.name']
