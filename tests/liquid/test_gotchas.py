"""What a naive engine gets wrong, one test a row of the list (liquid.md 8), through the public ``render``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from runner import Event, render
from runner.clock import FixedClock
from runner.model.rendering import Rendering
from runner.model.task import Task
from tests.liquid.conftest import NOW

SHOP = {"iana_timezone": "America/New_York", "currency": "USD", "money_format": "${{amount}} USD"}
ORDER = {
    "id": 5001,
    "name": "#1",
    "tags": "alpha, beta",
    "note_attributes": [],
    "customer": {"id": 7001},
    "line_items": [{"id": 1, "sku": None, "price": "2.50"}],
}


@dataclass
class Answers:
    """Reads that answer what they are given, by the end of the path."""

    rest_bodies: dict[str, Any] = field(default_factory=dict)
    response: Any = None

    def graphql(self, query: str, variables: Any = None) -> Any:
        return self.response

    def rest(self, path: str, params: Any = None) -> Any:
        return next((body for end, body in self.rest_bodies.items() if path.endswith(end)), None)

    def cache(self, key: str) -> Any:
        return None

    def cache_items(self) -> list[Any]:
        return []


def run(
    script: str,
    *,
    topic: str = "shopify/orders/create",
    data: Any = None,
    options: dict[str, Any] | None = None,
    preview: bool = True,
    reads: Any = None,
) -> Rendering:
    """The rendering of ``script`` for an order, or for ``data``."""
    task = Task("Gotcha", script, subscriptions=(topic,), options=options or {})
    event = Event(topic=topic, data=ORDER if data is None else data, preview=preview)
    return render(task, event, shop=SHOP, clock=FixedClock(NOW), reads=reads, task_id="t-1")


def logs(script: str, **given: Any) -> list[Any]:
    """What ``script`` logs; it must not fail."""
    rendering = run(script, **given)
    assert rendering.error is None, rendering.error
    return list(rendering.logs)


def actions(script: str, **given: Any) -> list[dict[str, Any]]:
    rendering = run(script, **given)
    assert rendering.error is None, rendering.error
    return [action.to_dict() for action in rendering.actions]


def test_1_break_outside_a_loop_ends_the_run_early():
    assert logs("{% log 1 %}{% if true %}{% break %}{% endif %}{% log 2 %}") == [1]


def test_2_nil_and_false_are_blank():
    assert logs("{% if nobody == blank and options.a__boolean == blank %}{% log 'blank' %}{% endif %}") == ["blank"]


def test_3_a_tag_alone_in_a_branch_is_rendered():
    assert logs("{% if event.preview %}{% log 'shown' %}{% endif %}") == ["shown"]


def test_4_actions_inside_capture_come_where_the_text_is_printed():
    assert logs("{% capture c %}{% log 'in' %}{% endcapture %}{% log 'first' %}{{ c }}") == ["first", "in"]
    assert logs("{% capture c %}{% log 'never' %}{% endcapture %}") == []


def test_5_raw_objects_are_actions_without_separators():
    script = '{% capture a %}{"action": {"type": "echo", "options": 1}}{% endcapture %}{{ a }}{{ a }}{"log": "x"}'
    assert actions(script) == [{"type": "echo", "options": 1}] * 2
    assert logs(script) == ["x"]


def test_6_no_comma_is_needed_behind_the_type():
    assert actions('{% action "echo" options %}{% action "cache" "del", "k" %}', options={"a": 1}) == [
        {"type": "echo", "options": {"a": 1}},
        {"type": "cache", "options": ["del", "k"]},
    ]


def test_7_a_control_parameter_leaves_the_tag_a_block():
    script = '{% action "echo", __perform_event: false %}{"a": 1}{% endaction %}'
    assert actions(script) == [{"type": "echo", "options": {"a": 1}, "perform_event": False}]


def test_8_bodies_of_shopify_actions_are_graphql_or_json():
    graphql = '{% action "shopify" %}\n  mutation { a }\n{% endaction %}'
    rest = '{% action "shopify" %}["put", "/admin/x.json", {}]{% endaction %}'
    assert actions(graphql + rest) == [
        {"type": "shopify", "options": "\n  mutation { a }\n"},
        {"type": "shopify", "options": ["put", "/admin/x.json", {}]},
    ]
    assert run('{% action "http" %}mutation { a }{% endaction %}').error is not None


def test_9_number_options_are_numbers_also_inside_hashes():
    options = {"days__number_required": "5", "prices__keyval_number": {"a": "2.5", "b": "3"}}
    script = "{% log options.days__number_required, options.prices__keyval_number %}"
    assert logs(script, options=options) == [[5, {"a": 2.5, "b": 3}]]


def test_10_boxes_that_are_not_ticked_are_false():
    assert logs("{% if options.a__boolean == false %}{% log 'false' %}{% endif %}") == ["false"]


def test_11_limit_and_offset_are_ordinary_names():
    script = "{% assign limit = 250 %}{% assign offset = 0 %}{% log limit, offset, event.data.limit %}"
    assert logs(script, data={"limit": 9}) == [[250, 0, 9]]


def test_12_and_has_no_precedence_over_or():
    script = "{% if false and false or true %}{% log 'left first' %}{% else %}{% log 'right first' %}{% endif %}"
    assert logs(script) == ["right first"]


def test_13_assigning_a_path_shares_the_container():
    script = """
      {% assign by_id = hash %}{% assign by_id["a"] = hash %}{% assign by_id["a"]["list"] = array %}
      {% assign item = by_id["a"] %}{% assign item["list"][0] = 1 %}
      {% assign list = item["list"] %}{% assign list[1] = 2 %}
      {% log by_id %}"""
    assert logs(script) == [{"a": {"list": [1, 2]}}]


def test_14_bracketed_assignment_shows_through_the_loop_variable():
    script = """
      {% assign jobs = array %}{% assign jobs[0] = hash %}{% assign jobs[1] = hash %}
      {% for job in jobs %}{% assign jobs[forloop.index0]["n"] = forloop.index %}{% log job.n %}{% endfor %}"""
    assert logs(script) == [1, 2]


def test_14_what_brackets_store_is_a_copy():
    script = "{% assign a = array %}{% assign h = hash %}{% assign h['a'] = a %}{% assign a[0] = 1 %}{% log h, a %}"
    assert logs(script) == [[{"a": []}, [1]]]


def test_15_each_array_is_a_new_one():
    script = "{% for i in (1..3) %}{% assign list = array %}{% assign list[list.size] = i %}{% log list %}{% endfor %}"
    assert logs(script) == [[1], [2], [3]]


def test_16_list_filters_flatten():
    script = """
      {% assign items = '[{"t": ["a", "b"]}, {"t": ["b"]}]' | parse_json %}
      {% assign tags = items | map: "t" %}
      {% log tags, tags.size %}
      {% assign nested = array | push: tags, "c" %}
      {% log nested | concat: array | size, nested | join: "-" %}
      {% assign unique = tags | uniq %}{% log unique %}
      {% assign mapped = '[{"p": [{"t": 1}, {"t": 2}]}]' | parse_json | map: "p" | map: "t" %}{% log mapped %}"""
    assert logs(script) == [[[["a", "b"], ["b"]], 2], [4, "a-b-b-c"], ["a", "b"], [1, 2]]


def test_17_an_unreadable_date_stays():
    script = '{% assign s = "asdf" | date: "%s" | times: 1 %}{% assign t = "asdf" | date: "%s" %}{% log s, t %}'
    assert logs(script) == [[0, "asdf"]]


def test_18_seconds_and_offsets_know_the_zone():
    script = """
      {% assign midnight = "now" | date: "%Y-%m-%dT00:00:00%:z" %}
      {% assign seconds = midnight | date: "%s" %}
      {% assign local = "2026-03-04 00:00" | date: "%s" %}
      {% log midnight, seconds, local %}"""
    assert logs(script) == [["2026-03-04T00:00:00-05:00", "1772600400", "1772600400"]]


def test_19_dates_without_a_zone_are_the_shops():
    assert logs('{% assign d = "2026-07-01 09:30" | date %}{% log d %}') == ["2026-07-01T09:30:00-04:00"]


def test_20_dates_are_text_seconds_and_weekdays_too():
    script = (
        '{% assign w = "2026-03-01" | date: "%w" %}{% if w == "0" %}{% log w %}{% endif %}{% if w == 0 %}x{% endif %}'
    )
    assert logs(script) == ["0"]


def test_21_captures_of_white_space_alone_are_kept():
    script = (
        "{% capture nl %}\n{% endcapture %}{% assign lines = options.numbers__multiline | split: nl %}{% log lines %}"
    )
    assert logs(script, options={"numbers__multiline": "#1\n#2"}) == [["#1", "#2"]]


def test_22_filters_in_arguments_end_at_the_next_name():
    script = "{% log percentage: 3 | times: 100.0 | divided_by: 4, orders: 3, max: 4 %}"
    assert logs(script) == [{"percentage": 75.0, "orders": 3, "max": 4}]


def test_23_split_drops_empty_tails_and_knows_line_ends():
    script = "{% assign lines = options.emails__multiline | split: newline %}{% log lines, lines.size %}"
    assert logs(script, options={"emails__multiline": "a@x.test\r\nb@x.test\n\n"}) == [[["a@x.test", "b@x.test"], 2]]


def test_24_integers_are_texts_to_string_filters():
    assert logs(
        '{% assign digits = order.id | split: "" %}{% assign code = 12 | append: "-a" %}{% log digits, code %}'
    ) == [[["5", "0", "0", "1"], "12-a"]]


def test_25_numbers_print_as_in_ruby():
    script = """
      {% assign a = "10.00" | plus: 0 %}{% assign b = 0.1 | plus: 0.2 %}
      {% capture t %}{{ a }} {{ b }} {{ event.data.big }}{% endcapture %}{% log t %}"""
    assert logs(script, data={"big": 1e15}) == ["10.0 0.3 1.0e+15"]


def test_26_a_bare_text_or_number_may_be_a_log_body():
    assert logs('{% log %}"text"{% endlog %}{% log %}5{% endlog %}') == ["text", 5]
    assert list(run('{% error %}"text"{% enderror %}').errors) == ["text"]


def test_27_any_word_may_name_an_argument():
    assert logs("{% log return: 1, for: 2, in: 3, message: 4, class: 5, self: 6 %}") == [
        {"return": 1, "for": 2, "in": 3, "message": 4, "class": 5, "self": 6}
    ]


def test_28_rest_lookups_scopes_and_reload_are_empty_in_previews():
    script = """
      {% assign all = shop.orders.paid.unshipped | concat: shop.orders.open | concat: order.customer.orders %}
      {% assign fresh = order.reload %}
      {% log all.size, fresh.cancelled_at, shop.customers[5].email, order.customer.orders.first %}
      {% for o in shop.orders.any %}{% log "never" %}{% endfor %}"""
    assert logs(script) == [[0, None, None, None]]


def test_29_scopes_may_be_named_by_a_variable():
    drafts = {"draft_orders.json": {"draft_orders": [{"id": 1, "status": "open"}]}}
    script = '{% assign selector = "open" %}{% for d in shop.draft_orders[selector] %}{% log d.id %}{% endfor %}'
    assert logs(script, preview=False, reads=Answers(drafts)) == [1]


def test_30_customers_are_found_by_email():
    found = {"customers/search.json": {"customers": [{"id": 7, "email": "a@x.test"}]}}
    script = '{% assign c = shop.customers["a@x.test"] %}{% log c.id %}'
    assert logs(script, preview=False, reads=Answers(found)) == [7]


def test_31_filters_take_rest_collections():
    themes = {"themes.json": {"themes": [{"id": 1, "role": "main"}, {"id": 2, "role": "demo"}]}}
    script = """
      {% assign ids = shop.themes | map: "id" %}{% assign main = shop.themes | where: "role", "main" %}
      {% log ids, main.size %}"""
    assert logs(script, preview=False, reads=Answers(themes)) == [[[1, 2], 1]]


def test_32_metafields_of_old_types_are_their_value_and_of_new_ones_an_object():
    fields = [
        {"id": 1, "namespace": "a", "key": "old", "type": "integer", "value": 5},
        {"id": 2, "namespace": "a", "key": "new", "type": "number_integer", "value": 6},
    ]
    script = """
      {% log order.metafields.a.old, order.metafields.a.new.value, order.metafields.a.none %}
      {% assign found = order.metafields.a | where: "key", "new" | first %}{% log found.id %}"""
    answers = Answers({"metafields.json": {"metafields": fields}})
    assert logs(script, preview=False, reads=answers) == [[5, 6, None], 2]


def test_33_the_first_of_a_hash_is_a_pair():
    assert logs('{% assign r = \'{"data": {"x": {"id": 1}}}\' | parse_json %}{% log r.data.first.last %}') == [
        {"id": 1}
    ]


def test_34_tag_filters_keep_lists_as_lists():
    script = """
      {% assign l = array | push: "a", "b" %}{% assign m = l | remove_tag: l.last %}
      {% assign s = "a, b" | remove_tag: "a" %}{% log m, s %}"""
    assert logs(script) == [[["a"], "b"]]


def test_35_numbers_are_minor_and_texts_major_units_of_money():
    assert logs('{% assign a = 1990 | money %}{% assign b = "19.90" | money %}{% log a, b %}') == [["$19.90 USD"] * 2]


def test_36_undocumented_fields_of_task_and_event_are_there():
    script = (
        "{% log task.name, task.id, task.options.x, event.id %}{% assign i = event.id | default: task.id %}{% log i %}"
    )
    assert logs(script, options={"x": 1}) == [["Gotcha", "t-1", 1, None], "t-1"]


def test_37_the_cache_is_empty_in_previews():
    script = '{% assign h = cache["k"] | default: hash %}{% assign h["n"] = 1 %}{% log h, cache.nope %}'
    assert logs(script) == [[{"n": 1}, None]]


def test_38_webhook_objects_are_json():
    script = """
      {% assign copy = order | json | parse_json %}{% log copy.line_items[0].price %}
      {% action "cache", "set", "k", order %}"""
    rendering = run(script)
    assert rendering.error is None
    assert rendering.logs == ("2.50",)
    assert rendering.actions[0].options == ["set", "k", ORDER]


def test_39_webhook_objects_cannot_be_changed():
    rendering = run('{% assign order["name"] = "x" %}')
    assert rendering.error is not None
    assert rendering.error.code == "liquid.frozen"
    assert "json | parse_json" in (rendering.error.hint or "")
    assert run("{% assign event.data['x'] = 1 %}").error is not None
    script = (
        '{% assign copy = order | json | parse_json %}{% assign copy["name"] = "x" %}{% log copy.name, order.name %}'
    )
    assert logs(script) == [["x", "#1"]]


def test_40_parents_are_no_part_of_the_json():
    lines = [{"id": "gid://shopify/Order/1"}, {"id": "gid://shopify/LineItem/2", "__parentId": "gid://shopify/Order/1"}]
    script = "{% assign item = bulkOperation.objects.last %}{% log item.__parent.id, item %}"
    data = {"bulkOperation": {"status": "COMPLETED", "objects": lines}}
    assert logs(script, topic="mechanic/shopify/bulk_operation", data=data) == [["gid://shopify/Order/1", lines[1]]]


def test_41_tags_are_text_in_orders_and_a_list_in_tag_events():
    assert logs('{% assign t = order.tags | split: ", " %}{% log t %}') == [["alpha", "beta"]]
    data = {"customerId": "gid://shopify/Customer/1", "tags": ["vip"]}
    script = '{% if customer.tags contains "vip" %}{% log customer.tags %}{% endif %}'
    assert logs(script, topic="shopify/customer/tags_added", data=data) == [["vip"]]


def test_42_invalid_json_of_the_scripts_own_fails_the_run_with_its_place():
    rendering = run('\n{"log": "tag: {{ "a" | json }} added"}')
    assert rendering.error is not None
    assert rendering.error.code == "liquid.output"
    assert rendering.error.where is not None
    assert rendering.error.where.line == 2
    assert "line 2, column 16 of the output" in rendering.error.message


def test_43_variables_may_have_the_name_of_a_filter():
    script = (
        "{% assign add_tag = true %}{% assign sort_naturally = 1 %}{% if add_tag %}{% log sort_naturally %}{% endif %}"
    )
    assert logs(script) == [1]


def test_44_push_keeps_nil():
    assert logs("{% assign row = array | push: nobody, 1, nil %}{% log row %}") == [[None, 1, None]]


def test_45_uniq_of_nil_is_empty():
    assert logs("{% assign u = nobody | uniq %}{% log u %}") == [[]]


def test_every_row_of_the_list_has_a_test():
    rows = {int(name.split("_")[1]) for name in globals() if name.startswith("test_") and name.split("_")[1].isdigit()}
    assert rows == set(range(1, 46))


# A script error after an error object replaces it; an error object drops every action, logs stay (liquid.md 2.1).


@pytest.mark.parametrize(
    ("script", "kept"),
    [
        ('{% action "echo", 1 %}{% log "a" %}{% error "no" %}{% log "b" %}', (("no",), ("a", "b"), 0)),
        ('{% error "one" %}{% error "two" %}', (("one", "two"), (), 0)),
        ('{% error "one" %}{% break %}{% log "never" %}', (("one",), (), 0)),
        ('{% error "one" %}{{ 1 | divided_by: 0 }}', ((), (), 0)),
        ("\n \n", ((), (), 0)),
    ],
)
def test_error_objects(script: str, kept: tuple[Any, ...]) -> None:
    rendering = run(script)
    assert (rendering.errors, rendering.logs, len(rendering.actions)) == kept
    assert (rendering.error is not None) == ("divided_by" in script)


def test_the_same_script_renders_the_same_twice_and_leaks_nothing() -> None:
    script = "{% assign h['x'] = 1 %}"
    once = run("{% assign h = hash %}" + script + "{% log h %}").to_dict()
    assert run("{% assign h = hash %}" + script + "{% log h %}").to_dict() == once
    assert run(script).error is not None
