"""Completion in each place of a text that is being written, asked for as an editor does; ``¦`` is the cursor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor, applied, cursor

TOPICS = "shopify/orders/create\nmechanic/user/trigger"


@pytest.fixture(scope="module")
def script(editor: Editor, project: Path) -> str:
    """The address of an open script, whose task subscribes to orders."""
    folder = project / "tasks" / "completed"
    folder.mkdir()
    options = {"days__number_required": 3, "note": None}
    head = {
        "name": "T",
        "options": options,
        "subscriptions": TOPICS.split("\n"),
        "docs": "",
        "shopify_api_version": "2026-04",
    }
    (folder / "task.json").write_text(json.dumps(head), encoding="utf-8")
    (folder / "script.liquid").write_text("", encoding="utf-8")
    (folder / "subscriptions.liquid").write_text(TOPICS, encoding="utf-8")
    return editor.open(folder / "script.liquid")


def asked(editor: Editor, uri: str, marked: str) -> dict[str, types.CompletionItem]:
    """The items at the mark, by label."""
    text, line, column = cursor(marked)
    editor.change(uri, text)
    found = editor.ask(types.TEXT_DOCUMENT_COMPLETION, uri, line, column)
    return {item.label: item for item in found.items}


def chosen(editor: Editor, uri: str, marked: str, label: str) -> str:
    """The text once the item is chosen; places to jump to are shown as they are."""
    item = asked(editor, uri, marked)[label]
    assert isinstance(item.text_edit, types.TextEdit)
    return applied(cursor(marked)[0], [item.text_edit])


CAPTURE = """{% capture query %}
  query ($n: Int) {
    orders(first: 5) { nodes { id customer { email } } pageInfo { hasNextPage } }
  }
{% endcapture %}
{% assign result = query | shopify %}
"""

PLACES = {
    "a tag": ("{% as¦", {"assign", "if", "action"}, {"upcase", "order"}),
    "a tag with dash": ("{%- cap¦ -%}", {"capture"}, {"order"}),
    "a tag before other text": ("{% ¦\n{{ order.name }}", {"assign"}, set()),
    "the end of the open block": ("{% if x %}{% for a in b %}{% e¦ %}", {"endfor", "else", "echo"}, {"endif"}),
    "between cases": ("{% case x %}{% w¦", {"when", "else", "endcase"}, set()),
    "a line of a liquid tag": ("{% liquid\n  assign a = 1\n  ec¦\n%}", {"echo", "if"}, {"order"}),
    "a filter": ("{{ order.name | up¦ }}", {"upcase", "json", "shopify"}, {"assign", "order"}),
    "a filter in an unfinished output": ("{{ order.name | ¦\n{% if x %}{% endif %}", {"upcase"}, {"assign"}),
    "named arguments of a filter": ('{{ "now" | date: "%F", ¦ }}', {"tz:", "advance:", "order"}, {"upcase"}),
    "a variable": (
        "{% assign mine = 1 %}{{ ¦ }}",
        {"order", "event", "shop", "options", "mine", "nil"},
        {"customer", "if"},
    ),
    "a variable that is set further down": ("{{ ¦ }}{% assign later = 1 %}", {"order"}, {"later"}),
    "what an order holds": ("{{ order.¦ }}", {"name", "line_items", "customer", "metafields", "transactions"}, {"sku"}),
    "what an element holds": ("{{ order.line_items.first.¦ }}", {"sku", "quantity", "variant"}, {"line_items"}),
    "what an element holds, by number": ("{{ order.line_items[0].¦ }}", {"sku"}, {"line_items"}),
    "a loop variable": (
        "{% for item in order.line_items %}{{ item.¦ }}{% endfor %}",
        {"sku", "quantity"},
        {"line_items"},
    ),
    "the loop": ("{% for a in b %}{{ forloop.¦ }}{% endfor %}", {"index0", "last", "parentloop"}, set()),
    "an assigned object": ("{% assign c = order.customer %}{{ c.¦ }}", {"email", "orders"}, {"line_items"}),
    "through filters": ('{% assign a = order.line_items | where: "sku", "x" | first %}{{ a.¦ }}', {"sku"}, set()),
    "a key of elements": ('{{ order.line_items | map: "¦" }}', {"sku", "quantity"}, {"line_items"}),
    "an event": ("{{ event.¦ }}", {"topic", "data", "preview", "parent"}, {"name"}),
    "event data": ("{{ event.data.¦ }}", {"line_items", "name"}, {"topic"}),
    "an option": ("{% log options.¦ %}{{ options.note }}", {"note"}, {"order"}),
    "an option in a comment": ("{% comment %}options.¦{% endcomment %}{{ options.note }}", {"note"}, {"order"}),
    "collections of the shop": ("{{ shop.orders.¦ }}", {"any", "paid", "first"}, {"sku"}),
    "a key in brackets": ('{{ order["¦"] }}', {"name", "line_items"}, {"sku"}),
    "a loop's words": ("{% for a in order.line_items ¦ %}", {"reversed", "limit:", "offset:"}, {"order"}),
    "a topic in a condition": (
        '{% if event.topic == "shopify/¦" %}',
        {"shopify/orders/create", "shopify/orders/paid"},
        set(),
    ),
    "a topic contained": ('{% if event.topic contains "¦', {"shopify/orders/create"}, {"order"}),
    "a topic of a case": ('{% case event.topic %}{% when "¦" %}', {"mechanic/user/trigger"}, set()),
    "an action type": ('{% action "¦" %}', {"shopify", "email", "cache"}, {"order"}),
    "options of an action": ('{% action "email", to: "x", ¦ %}', {"subject", "body", "__meta:", "order"}, {"to"}),
    "options in a body": ('{% action "http" %}{"method": "get", "¦', {"url", "headers"}, {"to"}),
    "options in a body without quote": ('{% action "http" %}\n{\n  u¦\n}\n{% endaction %}', {"url"}, {"to"}),
    "no options in the value of a body": ('{% action "http" %}{"method": "¦', set(), {"url"}),
    "access scopes": ("{% permissions %}read_o¦{% endpermissions %}", {"read_orders"}, {"order"}),
    "plain text": ("hello ¦ world", set(), {"order", "if"}),
    "raw text": ("{% raw %}{{ ¦ }}{% endraw %}", set(), {"order"}),
    "root fields": ("{% capture query %}query { ¦ }{% endcapture %}", {"orders", "shop"}, {"tagsAdd"}),
    "root fields of a mutation": ('{% action "shopify" %}mutation { ¦', {"tagsAdd", "orderUpdate"}, {"orders"}),
    "the beginning of a document": ('{% action "shopify" %}\n  ¦\n{% endaction %}', {"query", "mutation"}, {"orders"}),
    "fields": (
        "{% capture q %}query { orders(first: 5) { nodes { n¦ } } }{% endcapture %}",
        {"name", "tags"},
        {"nodes"},
    ),
    "fields in a text": ('{% assign r = "query { shop { n¦ } }" | shopify %}', {"name"}, {"shop"}),
    "a relation that is looked up in its own way": (
        "{{ order.line_items[0].variant.inventory_item.variant.¦ }}",
        {"sku"},
        set(),
    ),
    "an option that is only stored": ("{{ options.¦ }}", {"days__number_required", "note"}, set()),
    "flags of an option that is being named": (
        "{{ options.hours__number_¦ }}",
        {"hours__number_required", "hours__number_array"},
        {"hours__number_number", "required"},
    ),
    "no flags without two underscores": ("{{ options.hours_¦ }}", {"note"}, {"hours_required", "hours__required"}),
    "fields behind an alias": ("{% capture q %}query { shop { n: ¦ } }{% endcapture %}", {"name"}, set()),
    "fields between tags": (
        "{% capture q %}query { shop { {% if x %} ¦ {% endif %} } }{% endcapture %}",
        {"name"},
        {"shop"},
    ),
    "arguments": (
        "{% capture q %}query { orders(first: {{ n }}, ¦) { nodes { id } } }{% endcapture %}",
        {"after:", "sortKey:"},
        {"first:"},
    ),
    "values of an enum": ("{% capture q %}query { orders(sortKey: ¦) }{% endcapture %}", {"CREATED_AT"}, {"orders"}),
    "variables of a document": ("{% capture q %}query ($n: Int) { orders(first: $¦) }{% endcapture %}", {"$n"}, set()),
    "input objects": ('{% action "shopify" %}mutation { orderUpdate(input: { ¦', {"id:", "tags:", "note:"}, {"input:"}),
    "lists of input objects": (
        '{% action "shopify" %}mutation { metafieldsSet(metafields: [{ ownerId: "x", ¦',
        {"namespace:", "key:"},
        {"ownerId:"},
    ),
    "types of a fragment": (
        '{% capture q %}query { node(id: "x") { ... on ¦ } }{% endcapture %}',
        {"Order", "Product"},
        {"id"},
    ),
    "fields of a fragment": (
        '{% capture q %}query { node(id: "x") { ... on Order { ¦ } } }{% endcapture %}',
        {"name"},
        set(),
    ),
    "the answer to a query": (CAPTURE + "{{ result.data.orders.¦ }}", {"nodes", "pageInfo"}, {"edges"}),
    "elements of an answer": (
        CAPTURE + "{% for o in result.data.orders.nodes %}{{ o.customer.¦ }}{% endfor %}",
        {"email"},
        {"id"},
    ),
    "behind astral signs": ('{% log "🦊🦊" %}{{ order.¦ }}', {"name"}, set()),
    "behind carriage returns": ('{% log "x" %}\r\n{{ order.¦ }}\r\n', {"name"}, set()),
}


@pytest.mark.parametrize("name", PLACES)
def test_what_may_stand_there_is_offered(editor: Editor, script: str, name: str) -> None:
    marked, wanted, unwanted = PLACES[name]
    found = asked(editor, script, marked).keys()
    assert (sorted(wanted - found), sorted(unwanted & found)) == ([], [])


CHOICES = {
    "a whole tag": ("{% if¦ %}", "if", "{% if ${1:condition} %}$0{% endif %}"),
    "a whole tag that is not closed": ("{% capture¦", "capture", "{% capture ${1:name} %}$0{% endcapture %}"),
    "a tag keeps its dashes": ("{%- assi¦ -%}", "assign", "{%- assign ${1:name} = ${2:value} -%}$0"),
    "only the name of a tag that is written already": ("{% unl¦ order.name %}", "unless", "{% unless order.name %}"),
    "the end of a block": ("{% if x %}{% en¦ %}", "endif", "{% if x %}{% endif %}"),
    "the rest of a word": ("{{ order.na¦ }}", "name", "{{ order.name }}"),
    "an argument with its colon": ('{{ "now" | date: t¦ }}', "tz:", '{{ "now" | date: tz:  }}'),
    "a key with its quotes": ('{% action "http" %}{u¦', "url", '{% action "http" %}{"url": '),
    "a key whose quote stands there": ('{% action "http" %}{"u¦', "url", '{% action "http" %}{"url": '),
    "a topic": (
        '{% if event.topic == "shopify/or¦" %}',
        "shopify/orders/paid",
        '{% if event.topic == "shopify/orders/paid" %}',
    ),
    "a field with its selection": (
        "{% capture q %}query { sh¦ }{% endcapture %}",
        "shop",
        "{% capture q %}query { shop {\n  $0\n} }{% endcapture %}",
    ),
    "a field whose selection stands there": (
        "{% capture q %}query { sh¦ { name } }{% endcapture %}",
        "shop",
        "{% capture q %}query { shop { name } }{% endcapture %}",
    ),
    "a variable of a document": (
        "{% capture q %}query ($n: Int) { orders(first: $¦) }{% endcapture %}",
        "$n",
        "{% capture q %}query ($n: Int) { orders(first: $n) }{% endcapture %}",
    ),
}


@pytest.mark.parametrize("name", CHOICES)
def test_what_is_chosen_stands_in_the_text(editor: Editor, script: str, name: str) -> None:
    marked, label, whole = CHOICES[name]
    assert chosen(editor, script, marked, label) == whole


def test_items_say_what_they_are(editor: Editor, script: str) -> None:
    upcase = asked(editor, script, "{{ x | ¦ }}")["upcase"]
    assert isinstance(upcase.documentation, types.MarkupContent)
    assert "Upper case, of any alphabet." in upcase.documentation.value
    assert '`{{ "éa" | upcase }}` → `ÉA`' in upcase.documentation.value
    option = asked(editor, script, "{{ options.¦ }}{{ options.days__number_required }}")["days__number_required"]
    assert option.detail == "number, required"


def test_what_is_deprecated_comes_last_and_is_marked(editor: Editor, script: str) -> None:
    field = asked(editor, script, "{% capture q %}query { productVariant(id: 1) { ¦ } }{% endcapture %}")["image"]
    assert list(field.tags or ()) == [types.CompletionItemTag.Deprecated]
    assert (field.sort_text or "") > "8"
    old = asked(editor, script, "{{ x | ¦ }}")["add_tag"]
    assert list(old.tags or ()) == [types.CompletionItemTag.Deprecated]


def test_a_field_says_more_when_somebody_looks_at_it(editor: Editor, script: str) -> None:
    item = asked(editor, script, "{% capture q %}query { ¦ }{% endcapture %}")["draftOrders"]
    assert item.documentation is None
    more = editor.request(types.COMPLETION_ITEM_RESOLVE, item)
    assert "QueryRoot.draftOrders(" in more.documentation.value
    assert "`read_draft_orders` access scope" in more.documentation.value


def test_topics_and_delays_are_offered_in_the_template(editor: Editor, script: str) -> None:
    uri = editor.open(Path(script.removeprefix("file://")).parent / "subscriptions.liquid")
    found = asked(editor, uri, "shopify/orders/create\nshopify/cust¦")
    assert {"shopify/customers/create", "mechanic/scheduler/daily"} <= found.keys()
    assert chosen(editor, uri, "shopify/orders/create+2¦", "2.hours") == "shopify/orders/create+2.hours"
    editor.change(uri, "shopify/customers/create\n")
    assert "email" in asked(editor, script, "{{ customer.¦ }}")
    editor.change(uri, TOPICS)


def test_completion_works_inside_the_string_of_an_export(editor: Editor, project: Path) -> None:
    path = project / "tasks" / "export.json"
    path.write_text("{}", encoding="utf-8")
    before = '{\n  "name": "T 🦊",\n  "script": "a \\"🦊\\"\\n{% if x %}{{ order.¦ }}'
    after = '{% endif %}",\n  "options": {},\n  "subscriptions": ["shopify/orders/create"]\n}\n'
    uri = editor.open(path, (before + after).replace("¦", ""))
    assert "line_items" in asked(editor, uri, before + after)
    marked = (before + after).replace("{{ order.¦ }}", "{% action ¦ %}").replace("{% action ¦", '{% action \\"¦\\"')
    whole = chosen(editor, uri, marked, "email")
    assert json.loads(whole)["script"] == 'a "🦊"\n{% if x %}{% action "email" %}{% endif %}'


def test_topics_are_offered_in_the_lists_of_an_export(editor: Editor, project: Path) -> None:
    path = project / "tasks" / "listed.json"
    path.write_text("{}", encoding="utf-8")
    preview = [{"description": "", "event_attributes": {"topic": "", "data": {}}}]
    task = {"name": "T", "script": "x", "options": {}, "subscriptions": ["sho"], "preview_event_definitions": preview}
    text = json.dumps(task)
    uri = editor.open(path, text)
    assert "shopify/orders/create" in asked(editor, uri, text.replace("sho", "sho¦"))
    assert "shopify/orders/create" in asked(editor, uri, text.replace('"topic": "', '"topic": "¦'))


def test_completion_works_in_a_file_that_is_no_json_at_the_moment(editor: Editor, project: Path) -> None:
    path = project / "tasks" / "broken.json"
    path.write_text("{}", encoding="utf-8")
    text = '{"name": "T", "subscriptions": ["shopify/orders/create"], "options": {}, "script": "{{ order.name }}"}'
    uri = editor.open(path, text)
    assert "sku" in asked(editor, uri, text.replace("order.name", "order.line_items.first.¦"))
    broken = text.replace("{{ order.name }}", '{% log "x" %}').replace("{% log", "{{ order.¦ }}{% log")
    assert "name" in asked(editor, uri, broken)
