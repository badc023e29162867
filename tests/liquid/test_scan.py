"""Static facts of a task: read from its text, without rendering."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.liquid.scan import TaskFacts, permission_scopes, scan
from runner.model.task import Task
from runner.project import load_task


def facts(script: str = "", template: str = "") -> TaskFacts:
    return scan(Task("T", script, subscriptions_template=template))


# Permissions (liquid.md 2.6)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            "{% permissions %} read_orders, write_products\nread_customers {% endpermissions %}",
            "read_orders write_products read_customers",
        ),
        ("{%- permissions -%}read_orders{%- endpermissions -%}", "read_orders"),
        ("{% if false %}{% permissions %}read_orders{% endpermissions %}{% endif %}", "read_orders"),
        ("{% break %}{% permissions %}read_orders{% endpermissions %}", "read_orders"),
        ("{% permissions %}{% endpermissions %}", ""),
        ("{% comment %}{% permissions %}read_orders{% endpermissions %}{% endcomment %}", ""),
        ("{% raw %}{% permissions %}read_orders{% endpermissions %}{% endraw %}", ""),
        ("{% permissions %}read_orders", ""),
        ("permissions read_orders", ""),
        ("", ""),
    ],
)
def test_the_scopes_of_the_tag_are_read_wherever_it_stands(script: str, expected: str) -> None:
    found = facts(script)
    assert found.permissions == permission_scopes(script) == tuple(expected.split())
    assert found.faults == ()


@pytest.mark.parametrize(
    ("script", "words", "line", "column"),
    [
        ("{% permissions %}\nread_orders\nread_orders\n{% endpermissions %}", "listed twice", 3, 1),
        ("{% permissions %}\n  read_order\n{% endpermissions %}", 'no access scope "read_order"', 2, 3),
        ("{% permissions %}\n  {{ shop.name }}\n{% endpermissions %}", "not the name", 2, 3),
        ("{% permissions %}{% if x %}{% endif %}{% endpermissions %}", "not the name", 1, 18),
        ("{% permissions %}customer_read_orders{% endpermissions %}", "cannot be asked for", 1, 18),
        (
            "{% permissions %}read_orders{% endpermissions %}\n\n {% permissions %}read_products{% endpermissions %}",
            "one on line 1 already",
            3,
            5,
        ),
    ],
)
def test_what_keeps_the_task_from_being_saved_has_its_place(script: str, words: str, line: int, column: int) -> None:
    (fault,) = facts(script).faults
    assert words in fault.message
    assert fault.hint
    assert fault.code == "liquid.permissions"
    assert fault.where is not None
    assert (fault.where.part, fault.where.line, fault.where.column) == ("script", line, column)


def test_two_tags_ask_for_the_scopes_of_both() -> None:
    script = "{% permissions %}read_orders{% endpermissions %}{% permissions %}read_products{% endpermissions %}"
    assert permission_scopes(script) == ("read_orders", "read_products")


# Topics


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("shopify/orders/create\r\n  mechanic/user/trigger  \n", "shopify/orders/create mechanic/user/trigger"),
        ("shopify/orders/create+{{ options.days__number }}.days", "shopify/orders/create"),
        ("shopify/orders/create+1.hour\nshopify/orders/create", "shopify/orders/create"),
        (
            "{% if options.x %}shopify/orders/paid{% else %}shopify/orders/create{% endif %}",
            "shopify/orders/paid shopify/orders/create",
        ),
        ("mechanic/scheduler/{{ options.often }}", ""),
        ("mechanic/scheduler/{% if options.x %}daily{% endif %}", ""),
        ("{{ options.domain }}/orders/create", ""),
        ("{{ options.topic }}\nuser/a/b", "user/a/b"),
        ("{% comment %}shopify/orders/create{% endcomment %}", ""),
        ("see shopify/orders/create", ""),
        ("", ""),
    ],
)
def test_topics_that_stand_whole_in_the_template_are_known(template: str, expected: str) -> None:
    assert facts(template=template).topics == tuple(expected.split())


def test_without_a_template_the_stored_subscriptions_are_it() -> None:
    assert scan(Task("T", subscriptions=["shopify/orders/create+1.hour"])).topics == ("shopify/orders/create",)


# Words of the script


def test_tags_filters_and_variables_of_the_script() -> None:
    found = facts(
        """{% assign x = order.tags | split: ", " | where: "a", shop.name %}{% comment %}{{ no | md5 }}{% endcomment %}
        {% for item in x reversed limit: options.n %}{{ item[cache.k].size | default: nil }}{% endfor %}
        {% raw %}{{ neither | sha1 }}{% endraw %}{% if a contains b and c == blank %}{% elsif d %}{% endif %}
        {% liquid
          assign y = z | plus: 1
          comment
          log hidden | times: 2
          endcomment
          echo y | minus: 1
        %}{% action "echo", value: w | json %}{% # note | round %}"""
    )
    assert found.tags == {"assign", "comment", "for", "raw", "if", "elsif", "liquid", "echo", "action", "#"}
    assert found.filters == {"split", "where", "default", "plus", "minus", "json"}
    assert found.variables == {*"abcdwxyz", "order", "shop", "item", "options", "cache"}


def test_literals_are_words_that_stand_for_a_value_and_no_properties_names_or_filters() -> None:
    source = """{% assign a = array | push: nil, hash %}{% if a == blank or a.empty == true %}{{ newline }}{% endif %}
    {% comment %}{{ false }}{% endcomment %}{% log null: a, b: "empty" %}"""
    assert scan(Task.from_json({"name": "t", "script": source})).literals == {
        *("array", "nil", "hash", "blank", "true", "newline"),
    }


def test_the_options_are_those_of_the_form() -> None:
    task = Task("T", "{{ options.b__number }}", subscriptions_template="{{ options.a }}")
    assert [option.key for option in scan(task).options] == ["b__number", "a"]


# GraphQL documents

NESTED = "{% capture q %}{{% capture f %}a{% endcapture %}}{% endcapture %}"


@pytest.mark.parametrize(
    ("script", "source", "text", "line", "static"),
    [
        ('{% action "shopify" %}\nmutation { x }\n{% endaction %}', "action", "\nmutation { x }\n", 1, True),
        ('\n{% action "shopify" %}{ a(id: {{ i }}) }{% endaction %}', "action", "{ a(id: {{ i }}) }", 2, False),
        ('{% action "shopify" %}{"query": "{ a }", "variables": {}}{% endaction %}', "action", "{ a }", 1, True),
        ('{% action "shopify" %}"{ a }"{% endaction %}', "action", "{ a }", 1, True),
        ('{% action %}{"type": "shopify", "options": "{ a }"}{% endaction %}', "action", "{ a }", 1, True),
        ('{% action %}{"type": "shopify", "options": {"query": "{ a }"}}{% endaction %}', "action", "{ a }", 1, True),
        ("{% capture q %}{ a }{% endcapture %}{% assign r = q | shopify %}", "filter", "{ a }", 1, True),
        ("{% capture q %}{ {{ x }} }{% endcapture %}{% assign r = q | shopify %}", "filter", "{ {{ x }} }", 1, False),
        (NESTED + "{{ q | strip | shopify }}", "filter", "{{% capture f %}a{% endcapture %}}", 1, False),
        ("\n\n{% assign r = '{ a }' | shopify %}", "filter", "{ a }", 3, True),
        ("{% assign q = '{ a }' %}", "", "", 0, False),
        ("{% capture q %}{ a }{% endcapture %}", "", "", 0, False),
        ('{% action "shopify" %}["delete", ["order", 1]]{% endaction %}', "", "", 0, False),
        ('{% action "shopify" %}  {% endaction %}', "", "", 0, False),
        ('{% action "echo" %}{ a }{% endaction %}', "", "", 0, False),
        ('{% action "shopify", query %}', "", "", 0, False),
        ('{% action %}{"type": "echo", "options": "{ a }"}{% endaction %}', "", "", 0, False),
        ("{% action %}{{ x }}{% endaction %}", "", "", 0, False),
    ],
)  # fmt: skip
def test_documents_are_seen_where_they_stand(script: str, source: str, text: str, line: int, static: bool) -> None:
    found = [(each.source, each.text, each.line, each.static) for each in facts(script).documents]
    assert found == ([(source, text, line, static)] if source else [])


# Nothing fails


@pytest.mark.parametrize(
    "script",
    [
        "{{",
        "{% if",
        "{% if x %}{{ 'open }}",
        "{% action \"shopify\" %}{ a",
        "{% permissions",
        "{% capture %}{% endcapture %}{{ | shopify }}",
        "{{ shopify | shopify }}{{ | | shopify }}{{ 'a' | shopify | shopify }}",
        "{% capture q %}{{ q | shopify }}",
        "{% liquid %}{% liquid\n\n# x\n%}",
        "{% action \"shopify\" %}" + "[" * 100_000 + "{% endaction %}",
        "{% endcapture %}{% endaction %}{% endpermissions %}{% unknown x %}",
        "{{ § }}{% for %}",
    ],
)  # fmt: skip
def test_a_text_that_does_not_parse_has_facts_too(script: str) -> None:
    assert isinstance(facts(script, script), TaskFacts)


@pytest.mark.library
def test_every_task_of_the_library_can_be_scanned(library: Path) -> None:
    for path in sorted(library.glob("*/*.json")):
        task = load_task(str(path))
        found = scan(task)
        assert found.faults == ()
        assert len([each for each in found.documents if each.source == "action"]) <= task.script.count("endaction")
