"""Hover, signatures, definitions and the outline, asked for as an editor does; ``¦`` is the place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor, cursor, uri_of

QUERY = "{% capture query %}query { orders(first: 5) { nodes { id } } }{% endcapture %}{% assign r = query | shopify %}"


@pytest.fixture(scope="module")
def folder(project: Path) -> Path:
    folder = project / "tasks" / "looked_at"
    folder.mkdir()
    options = {"days__number_required": 3, "note": None}
    head = {"name": "T", "options": options, "subscriptions": [], "docs": ""}
    (folder / "task.json").write_text(json.dumps(head, indent=2), encoding="utf-8")
    (folder / "script.liquid").write_text("", encoding="utf-8")
    (folder / "subscriptions.liquid").write_text("shopify/orders/create", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def script(editor: Editor, folder: Path) -> str:
    return editor.open(folder / "script.liquid")


def placed(editor: Editor, method: str, uri: str, marked: str) -> Any:
    text, line, column = cursor(marked)
    editor.change(uri, text)
    return editor.ask(method, uri, line, column)


HOVERS = {
    "a tag": ("{% ass¦ign a = 1 %}", ("**`assign`**", "a variable; no value means nil", "→ `39.8`")),
    "the end of a tag": ("{% if a %}{% end¦if %}", ("**`if`**", "the first body whose condition holds")),
    "a part of a tag": ("{% if a %}{% el¦se %}{% endif %}", ("**`if`**",)),
    "a filter": ('{{ "x" | up¦case }}', ("**`upcase`**", "Upper case, of any alphabet.")),
    "an object of every script": ("{{ ev¦ent.topic }}", ("**`event`**", "topic data source")),
    "the subject": (
        "{{ or¦der.name }}",
        ("**`order`** order (Every REST field of an order", "the subject of the event"),
    ),
    "a field of the subject": ("{{ order.na¦me }}", ("**`name`** text, such as",)),
    "a variable of the script": (
        "\n{% assign mine = order.customer %}\n{{ mi¦ne }}",
        ("set by `assign` in line 2: customer",),
    ),
    "an option": (
        "{{ options.days__number_re¦quired }}",
        ("**Days**", "number, required", "`required`: not to be left empty", "Stored: `3`"),
    ),
    "an option in a comment": ("{% comment %} options.no¦te {% endcomment %}", ("**Note**", "No value is stored.")),
    "a topic": ('{% if event.topic == "shopify/ord¦ers/create" %}', ("Its event is the variable `order`.",)),
    "a field of GraphQL": (
        "{% capture q %}query { orders(first: 5) { nodes { ema¦il } } }{% endcapture %}",
        ("Order.email: String", "Scopes: `read_orders`", "Admin API 2026-04"),
    ),
    "a field of GraphQL in a text": ('{% assign r = "{ shop { na¦me } }" | shopify %}', ("Shop.name: String!",)),
    "a field at the root": (
        "{% capture q %}query { draftOr¦ders(first: 5) { nodes { id } } }{% endcapture %}",
        ("QueryRoot.draftOrders(", "DraftOrderConnection!", "`read_draft_orders`"),
    ),
    "a field that is deprecated": (
        '{% capture q %}query { productVariant(id: "x") { ima¦ge { url } } }{% endcapture %}',
        ("ProductVariant.image", "**Deprecated:**"),
    ),
    "a mutation": ('{% action "shopify" %}mutation { tags¦Add(id: "x") { node { id } } }', ("Mutation.tagsAdd(",)),
    "an argument": (
        "{% capture q %}query { orders(sort¦Key: NAME) { nodes { id } } }{% endcapture %}",
        ("sortKey: OrderSortKeys = PROCESSED_AT", "`CREATED_AT`"),
    ),
    "a field of an answer": (QUERY + "{{ r.data.ord¦ers }}", ("**`orders`** OrderConnection!",)),
    "an action type": ('{% action "ema¦il" %}{% endaction %}', ("**`email`** action", "`subject`")),
    "an option of an action": (
        '{% action "http" %}{"ur¦l": "x"}{% endaction %}',
        ("**`url`** of `http`", "with `http://`"),
    ),
}


@pytest.mark.parametrize("name", HOVERS)
def test_hover_says_what_it_is(editor: Editor, script: str, name: str) -> None:
    marked, wanted = HOVERS[name]
    found = placed(editor, types.TEXT_DOCUMENT_HOVER, script, marked)
    assert found is not None
    assert [words for words in wanted if words not in found.contents.value] == [], found.contents.value


@pytest.mark.parametrize(
    "marked", ["plain te¦xt", "{{ nothing_kn¦own }}", "{% raw %}or¦der{% endraw %}", "¦", "{{ 12¦ }}"]
)
def test_hover_is_silent_where_nothing_is_known(editor: Editor, script: str, marked: str) -> None:
    assert placed(editor, types.TEXT_DOCUMENT_HOVER, script, marked) is None


def test_hover_marks_the_word_in_utf_16_units(editor: Editor, script: str) -> None:
    found = placed(editor, types.TEXT_DOCUMENT_HOVER, script, '{% log "🦊" %}{{ or¦der }}')
    assert (found.range.start.character, found.range.end.character) == (17, 22)


def test_the_key_of_an_option_says_what_it_declares(editor: Editor, make_task: Any) -> None:
    folder = make_task("{{ options.days__number_required }}", options={"days__number_required": 3})
    text = (folder / "task.json").read_text(encoding="utf-8").replace("days__nu", "days__nu¦")
    uri = editor.open(folder / "task.json")
    found = placed(editor, types.TEXT_DOCUMENT_HOVER, uri, text)
    assert "**Days**" in found.contents.value
    assert found.range.end.character - found.range.start.character == len('"days__number_required"')


SIGNATURES = {
    "the first argument": ('{{ "now" | date: ¦ }}', "[format]"),
    "the second argument": ('{{ "a" | replace: "x", ¦ }}', '[replacement = ""]'),
    "a named argument": ('{{ "now" | date: "%F", advance: ¦ }}', "[advance:]"),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_signature_shows_the_argument_that_is_written(editor: Editor, script: str, name: str) -> None:
    marked, wanted = SIGNATURES[name]
    found = placed(editor, types.TEXT_DOCUMENT_SIGNATURE_HELP, script, marked)
    assert found.signatures[0].parameters[found.active_parameter].label == wanted


def test_there_is_no_signature_outside_of_filters(editor: Editor, script: str) -> None:
    assert placed(editor, types.TEXT_DOCUMENT_SIGNATURE_HELP, script, "{{ order.name, ¦ }}") is None


def marked_text(marked: str, location: types.Location) -> str:
    line = cursor(marked)[0].split("\n")[location.range.start.line]
    return f"{location.range.start.line}:{line[location.range.start.character : location.range.end.character]}"


DEFINITIONS = {
    "assign": ("{% assign a = 1 %}\n{% assign a = 2 %}\n{{ ¦a }}\n{% assign a = 3 %}", "1:a"),
    "capture": ("{% capture a %}{% endcapture %}\n{{ a¦ | upcase }}", "0:a"),
    "a loop": ("{% for item in order.line_items %}\n{{ it¦em.sku }}{% endfor %}", "0:item"),
    "what changes the inside is not meant": ('{% assign a = hash %}\n{% assign a["k"] = 1 %}\n{{ a¦ }}', "0:a"),
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_variable_leads_to_where_it_is_set(editor: Editor, script: str, name: str) -> None:
    marked, wanted = DEFINITIONS[name]
    assert marked_text(marked, placed(editor, types.TEXT_DOCUMENT_DEFINITION, script, marked)) == wanted


def test_an_option_leads_to_its_stored_value(editor: Editor, folder: Path, script: str) -> None:
    found = placed(editor, types.TEXT_DOCUMENT_DEFINITION, script, "{{ options.days__nu¦mber_required }}")
    text = (folder / "task.json").read_text(encoding="utf-8").split("\n")[found.range.start.line]
    assert found.uri == uri_of(folder / "task.json")
    assert text[found.range.start.character : found.range.end.character] == '"days__number_required": 3'


def test_what_the_event_gives_leads_nowhere(editor: Editor, script: str) -> None:
    assert placed(editor, types.TEXT_DOCUMENT_DEFINITION, script, "{{ or¦der.name }}") is None


def symbols(editor: Editor, uri: str) -> list[tuple[str, str, int, int]]:
    found = editor.request(
        types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
    )
    return [(each.name, each.detail, each.range.start.line, each.range.end.line) for each in found]


def test_the_outline_holds_captures_and_actions(editor: Editor, script: str) -> None:
    text = '{% capture q %}\nx\n{% endcapture %}\n{% action "email" %}\n{}\n{% endaction %}\n'
    text += '{% action "echo", a: 1 %}\n{% if'
    editor.change(script, text)
    assert symbols(editor, script) == [("q", "capture", 0, 2), ("email", "action", 3, 5), ("echo", "action", 6, 6)]


def test_the_outline_of_an_export_stands_in_its_string(editor: Editor, project: Path) -> None:
    path = project / "tasks" / "outlined.json"
    path.write_text("{}", encoding="utf-8")
    task = {"name": "T", "script": "{% capture q %}\n{% endcapture %}", "subscriptions": [], "options": {}}
    uri = editor.open(path, json.dumps(task, indent=2))
    assert symbols(editor, uri) == [("q", "capture", 2, 2)]
