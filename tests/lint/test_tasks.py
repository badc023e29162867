"""Rules on subscriptions, options, previews and loops: a table of cases for each."""

from __future__ import annotations

from typing import Any

import pytest

from runner.lint.engine import examine
from runner.lint.finding import Severity
from runner.lint.rules import RULES
from tests.lint.asking import around, ask, task_of

ACTIONS = "mechanic/actions/perform"
BULK = "mechanic/shopify/bulk_operation"


@pytest.mark.parametrize(
    ("rule", "script", "subscriptions", "count"),
    [
        # liquid.filter names every one, liquid.syntax the first fault of another kind.
        ("liquid.filter", "{{ a | upcasee }}{{ b | nonsense }}", "mechanic/user/trigger", 2),
        ("liquid.filter", "{% comment %}{{ a | upcasee }}{% endcomment %}", "mechanic/user/trigger", 0),
        ("liquid.syntax", "{% iff a %}{% endif %}", "mechanic/user/trigger", 1),
        ("liquid.syntax", "{{ a | upcasee }}", "mechanic/user/trigger", 0),
        ("liquid.syntax", "{% permissions %}\nread_nonsense_\n{% endpermissions %}", "mechanic/user/trigger", 1),
        ("liquid.syntax", "{% log 1 %}", "{% if options.x %}mechanic/user/trigger", 1),
        # liquid.variable: what topics bring, and what is assigned anywhere, is known.
        ("liquid.variable", "{{ order.name }}{{ event.topic }}{{ shop.name }}", "shopify/orders/create", 0),
        ("liquid.variable", "{{ order.name }}", "shopify/customers/create", 1),
        ("liquid.variable", "{{ later }}{% assign later = 1 %}", "mechanic/user/trigger", 0),
        ("liquid.variable", "{% for x in (1..2) %}{{ x }}{{ forloop.index }}{% endfor %}", "mechanic/user/trigger", 0),
        ("liquid.variable", "{% increment n %}{{ n }}", "mechanic/user/trigger", 0),
        ("liquid.variable", "{{ a }}{{ a }}{{ b[c] }}", "mechanic/user/trigger", 3),
        ("liquid.variable", "{{ order.name }}", "{{ options.topic }}", 0),
        # sub.template
        ("sub.template", "{% log 1 %}", "shopify/orders/create+1.hour", 0),
        ("sub.template", "{% log 1 %}", "shopify/orders/create+1.hours.x", 1),
        ("sub.template", "{% log 1 %}", "user/anything/goes", 0),
        ("sub.template", "{% log 1 %}", "shopify/orders", 1),
        (
            "sub.template",
            "{% log 1 %}",
            "{% if options.x__boolean %}\nmechanic/user/nonsense\n{% endif %}\nuser/a/b",
            1,
        ),
        # sub.branch
        ("sub.branch", '{% if event.topic contains "shopify/orders" %}{% endif %}', "shopify/orders/create", 0),
        ("sub.branch", '{% if event.topic contains "orders/u" %}{% endif %}', "shopify/orders/create", 1),
        ("sub.branch", '{% if "user/a/b" == event.topic %}{% endif %}', "user/a/c", 1),
        ("sub.branch", '{% case event.topic %}{% when "user/a/b", "user/a/c" %}{% endcase %}', "user/a/c", 1),
        ("sub.branch", '{% if event.topic != "user/a/b" %}{% endif %}', "user/a/c", 0),
        ("sub.branch", '{% if event.topic == "user/a/b" %}{% endif %}', "user/a/{{ options.verb }}", 0),
        ("sub.branch", '{% if event.topic == "user/a/b" %}{% endif %}', "{% if options.x %}user/a/b{% endif %}", 0),
        # sub.callback
        ("sub.callback", "{{ action.run.ok }}", ACTIONS, 0),
        ("sub.callback", "{{ action.run.ok }}{{ action.run.result }}", "mechanic/user/trigger", 1),
        ("sub.callback", "{% assign action = hash %}{{ action.run.ok }}", "mechanic/user/trigger", 0),
        ("sub.callback", RULES["sub.callback"].wrong.script, BULK, 0),
        ("sub.callback", RULES["sub.callback"].wrong.script, "{{ options.topic }}", 0),
        # loops
        ("loop.perform", '{% action "echo", a: 1 %}', "mechanic/user/trigger", 0),
        ("loop.perform", '{% if action.meta == "x" %}{% action "echo", a: 1 %}{% endif %}', ACTIONS, 0),
        ("loop.perform", "{% if event.data.run.ok %}{% endif %}", ACTIONS, 0),
        ("loop.event", '{% action "event", topic: "user/a/b", run_at: "2030-01-01" %}', "user/a/b", 0),
        ("loop.event", '{% action "event", topic: "user/a/b" %}', "user/a/b+1.day", 0),
        ("loop.event", '{% action "event", topic: event.topic %}', "user/a/b", 1),
        # pre.false
        ("pre.false", "{% if false == event.preview %}{% endif %}", "mechanic/user/trigger", 1),
        ("pre.false", "{% if event.preview == true %}{% endif %}", "mechanic/user/trigger", 0),
        ("pre.false", "{% if event.preview == nil %}{% endif %}", "mechanic/user/trigger", 0),
        # pre.none: a log or an error is something, too.
        ("pre.none", "{% error 'x' %}", "mechanic/user/trigger", 0),
        ("pre.none", "nothing", "mechanic/user/trigger", 0),
        (
            "pre.none",
            "{% if options.x__required == blank %}{% else %}{% log 1 %}{% endif %}",
            "mechanic/user/trigger",
            0,
        ),
    ],
)
def test_rules(rule: str, script: str, subscriptions: str, count: int) -> None:
    findings = ask(rule, script, subscriptions)
    assert [finding.message for finding in findings][count:] == []
    assert len(findings) == count


@pytest.mark.parametrize(
    ("rule", "key", "count"),
    [
        ("opt.key", "a__required", 0),
        ("opt.key", "a__requird", 1),
        ("opt.key", "a__range", 1),
        ("opt.key", "a__range_min0_max5", 0),
        ("opt.key", "a__picker_order", 1),
        ("opt.key", "a__picker_product", 0),
        ("opt.key", "a__secret_userform", 1),
        ("opt.key", "a__select_o1_x_o1_y", 1),
        ("opt.key", "a__number_code", 1),
        ("opt.name", "a_multiline", 1),
        ("opt.name", "a__multiline", 0),
        ("opt.name", "a_number", 0),
    ],
)
def test_keys_of_options(rule: str, key: str, count: int) -> None:
    assert len(ask(rule, f"{{% log options.{key} %}}", options={key: None})) == count


@pytest.mark.parametrize(
    ("key", "value", "severity"),
    [
        ("a__email", "me@example.com", None),
        ("a__email", "me", Severity.ERROR),
        ("a__email", "{{ shop.email }}", None),
        ("a__number", "x", Severity.ERROR),
        ("a__required", None, Severity.ADVICE),
        ("a__required", "", Severity.ADVICE),
        ("a__choice_o1_x_o2_y", "z", Severity.ERROR),
        ("a__multiline", "{{ broken", Severity.ERROR),
        ("a__date", "soon", Severity.ERROR),
    ],
)
def test_values_of_options(key: str, value: Any, severity: Severity | None) -> None:
    findings = ask("opt.value", f"{{% log options.{key} %}}", options={key: value})
    assert [finding.severity for finding in findings] == ([severity] if severity else [])


def test_a_value_under_a_key_with_one_underscore_is_moved_to_the_one_with_two() -> None:
    script = "{% log options.email__required %}"
    (finding,) = ask("opt.name", script, options={"email_required": "a@b.c", "email__required": None})
    assert finding.fix is not None
    assert (finding.fix.options, finding.fix.drop) == ({"email__required": "a@b.c"}, ("email_required",))
    (kept,) = ask("opt.name", script, options={"email_required": "a@b.c", "email__required": "d@e.f"})
    assert kept.fix is None


def test_a_stale_option_names_the_nearest_that_is_read() -> None:
    script = "{% log options.days_to_wait__number %}"
    findings = ask("opt.stale", script, options={"days_to_wait__number": 1, "days_to_wait": 2})
    assert [finding.hint for finding in findings] == ["The nearest one that is read is days_to_wait__number."]


@pytest.mark.parametrize(
    ("stored", "count"),
    [
        (["mechanic/user/trigger", "shopify/orders/create"], 0),
        (["shopify/orders/create", "mechanic/user/trigger"], 0),
        (["mechanic/user/trigger"], 1),
        (["mechanic/user/trigger", "shopify/orders/create", "shopify/orders/paid"], 1),
        (["mechanic/user/trigger", "mechanic/user/trigger"], 1),
    ],
)
def test_stored_subscriptions_are_compared_whatever_their_order(stored: list[str], count: int) -> None:
    task = task_of("{% log 1 %}", "mechanic/user/trigger\nshopify/orders/create").edited(subscriptions=stored)
    assert len(examine(task, [RULES["sub.stale"]], around())) == count


GUARDS = [
    ("ACTION", 1),
    ("{% if options.x__boolean %}{% else %}ACTION{% endif %}", 1),
    ("{% if event.topic == 'shopify/products/update' %}ACTION{% endif %}", 1),
    ("{% unless product.tags contains 'seen' %}ACTION{% endunless %}", 0),
    ("{% if product.tags contains 'seen' %}{% break %}{% endif %}ACTION", 0),
    ("{% if event.data.id %}ACTION{% endif %}", 0),
    ("{% for x in (1..1) %}ACTION{% endfor %}", 0),
]


@pytest.mark.parametrize(("guard", "count"), GUARDS)
def test_a_write_that_a_condition_on_data_guards_is_no_loop(guard: str, count: int) -> None:
    action = RULES["loop.update"].wrong.script
    assert len(ask("loop.update", guard.replace("ACTION", action), "shopify/products/update")) == count


def test_a_write_of_something_else_is_no_loop() -> None:
    assert ask("loop.update", RULES["loop.update"].wrong.script, "shopify/orders/updated") == []
    assert ask("loop.update", RULES["loop.update"].wrong.script, "shopify/products/create") == []


def test_an_error_of_a_preview_counts_less_where_options_are_missing() -> None:
    script = "{% assign x = options.a__number_required | times: 1 %}{% assign y = 1 | divided_by: x %}{% log y %}"
    (complete,) = ask("pre.error", script, options={"a__number_required": 0})
    assert complete.severity is Severity.ERROR
    (missing,) = ask("pre.error", script, options={"a__number_required": None})
    assert missing.severity is Severity.ADVICE


def test_scopes_are_asked_about_only_where_they_are_known() -> None:
    task = task_of("{% log 1 %}", "shopify/orders/create")
    assert examine(task, [RULES["gql.scope"]], around()) == []
    assert len(examine(task, [RULES["gql.scope"]], around(granted=()))) == 1
    assert examine(task, [RULES["gql.scope"]], around(granted=("write_orders",))) == []
