"""``render``: what goes in, what comes out, and that a script's failure is never raised (liquid.md 1.1, 1.2, 2.1)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runner import Event, FixedClock, load_task, render
from runner.errors import LimitError, LiquidError, ShopifyError
from runner.liquid.context import MAX_MARKS
from runner.liquid.limits import Budget, Limits, extent
from runner.liquid.memory import peak, resident
from runner.liquid.objects.base import LiquidObject
from runner.liquid.reads import NoReads
from runner.liquid.render import render_subscriptions
from runner.liquid.template import parse
from runner.model.rendering import Rendering
from runner.model.task import Task
from tests.liquid.conftest import LIMITS, NOW

EVENT = Event(topic="user/some/thing", data={"a": 1})


def run(script: str, event: Event = EVENT, **given: Any) -> Rendering:
    return render(Task("T", script), event, clock=FixedClock(NOW), **given)


def failure(rendering: Rendering) -> LiquidError:
    """The error of a rendering that has failed, and has nothing else."""
    assert rendering.error is not None
    assert (rendering.actions, rendering.logs, rendering.errors) == ((), (), ())
    return rendering.error


# The document


def test_the_document_of_a_rendering():
    task = load_task(
        {"name": "T", "script": '{% action "echo", __meta: 1, __perform_event: false, a: 2 %}{% log "x" %}'}
    )
    assert render(task, EVENT, clock=FixedClock(NOW)).to_dict() == {
        "actions": [{"type": "echo", "options": {"a": 2}, "meta": 1, "perform_event": False}],
        "logs": ["x"],
        "errors": [],
        "queries": [],
        "liquid_error": None,
    }


def test_a_failure_is_told_in_words_with_its_place():
    rendering = run("{% log 1 %}\n{{ 1 | divided_by: 0 }}")
    assert failure(rendering).code == "liquid.error"
    assert rendering.to_dict()["liquid_error"] == "script, line 2, column 8: divided_by: 1 divided by 0"


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("{% if %}", "liquid.syntax"),
        ("{% nope %}", "liquid.syntax"),
        ("{{ 1 | nope }}", "liquid.syntax"),
        ("{{ 'a' | parse_json }}", "liquid.error"),
        ("{{ 'a' | upcase: 1 }}", "liquid.argument"),
        ("{{ 'a' | push }}", "liquid.argument"),
        ("{{ 'a' | round: 1, 2 }}", "liquid.argument"),
        ("{% action 'http' %}oops{% endaction %}", "liquid.json"),
        ("{% action %}[]{% endaction %}", "liquid.action"),
        ("{% assign x['a'] = 1 %}", "liquid.assign"),
        ("{% assign event['a'] = 1 %}", "liquid.frozen"),
        ("{% render 'a' %}", "liquid.render"),
        ("text", "liquid.output"),
        ("{% for i in (1..99999999) %}{% endfor %}", "liquid.limit.iterations"),
    ],
)
def test_every_failure_has_a_code_and_a_place(script, code):
    error = failure(run(script))
    assert error.code == code
    assert error.where is not None
    assert error.where.part == "script"
    assert error.where.line == 1


def test_arguments_that_are_too_few_or_too_many_are_counted():
    assert "given 0, expected 1 or more" in failure(run("{{ 'a' | push }}")).message
    assert "given 2, expected 0 to 1" in failure(run("{{ 1 | round: 1, 2 }}")).message
    assert "given 1, expected 0" in failure(run("{{ 1 | upcase: 1 }}")).message


# What goes in


def test_options_replace_the_tasks_own_one_by_one():
    task = Task("T", "{% log options.a, options.b, options.c__number %}", options={"a": "1", "b": "2"})
    assert render(task, EVENT, clock=FixedClock(NOW)).logs == (["1", "2", None],)
    assert render(task, EVENT, options={"b": "3", "c__number": "4"}, clock=FixedClock(NOW)).logs == (["1", "3", 4],)


def test_liquid_in_options_sees_what_the_script_sees_but_options():
    options = {
        "text": "{{ event.topic }} {{ task.name }} {{ shop.name }} {{ options.text }}",
        "list__array": ["{{ 1 | plus: 1 }}", "plain"],
        "hash__keyval": {"{{ key }}": "{% assign x = 3 %}{{ x }}"},
        "number__number": "{{ 1 | plus: 1 }}",
    }
    script = "{% log options.text, options.list__array, options.hash__keyval, options.number__number, x %}"
    logs = run(script, options=options, shop={"name": "S"}).logs
    assert logs == (["user/some/thing T S ", ["2", "plain"], {"{{ key }}": "3"}, None, None],)


def test_a_failure_in_an_option_names_the_option():
    error = failure(run("{% log options.body__multiline %}", options={"body__multiline": "a\n{{ 1 | nope }}"}))
    assert error.where is not None
    assert (error.where.part, error.where.line) == ('option "Body"', 2)


@pytest.mark.parametrize("tag", ["{% log 1 %}", "{% error 'x' %}", "{% action 'echo', 1 %}"])
def test_mechanic_tags_outside_of_scripts_render_nothing_and_warn(tag):
    rendering = run("{% log options.text %}", options={"text": f"a{tag}b"})
    assert rendering.logs == ("ab",)
    assert len(rendering.warnings) == 1
    assert 'means nothing in option "Text"' in rendering.warnings[0]
    topics = Task("T", "", subscriptions_template=f"shopify/orders/{tag}create")
    assert render_subscriptions(topics, clock=FixedClock(NOW)) == "shopify/orders/create"


def test_subscriptions_see_options_and_shop():
    template = """{% if options.on__boolean -%}
      shopify/orders/{{ shop.verb }}+{{ options.days__number | times: 2 }}.days
    {%- endif %}"""
    task = Task("T", "", subscriptions_template=template, options={"on__boolean": True, "days__number": "2"})
    assert render_subscriptions(task, shop={"verb": "paid"}, clock=FixedClock(NOW)) == "shopify/orders/paid+4.days"
    assert render_subscriptions(task, options={"on__boolean": False}, clock=FixedClock(NOW)) == ""
    with pytest.raises(LiquidError) as caught:
        render_subscriptions(Task("T", "", subscriptions_template="\n{{ a | nope }}"), clock=FixedClock(NOW))
    assert str(caught.value.where) == "subscriptions, line 2, column 8"


def test_the_clock_is_asked_once():
    class Ticking(FixedClock):
        def now(self) -> datetime:
            self.advance(3600)
            return super().now()

    script = '{% for i in (1..3) %}{% assign t = "now" | date: "%H:%M" %}{% log t %}{% endfor %}'
    clock = Ticking(datetime(2026, 3, 4, tzinfo=UTC))
    assert render(Task("T", script), EVENT, clock=clock).logs == ("01:00",) * 3
    assert clock.now() - datetime(2026, 3, 4, tzinfo=UTC) == timedelta(hours=2)


def test_the_record_of_the_task():
    script = "{% log task.id, task.created_at, task.name, task.options.a, task.event_topics %}"
    task = Task(
        "Name", script, subscriptions=("shopify/orders/create+1.day", "shopify/orders/create"), options={"a": 1}
    )
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    logs = render(task, EVENT, clock=FixedClock(NOW), task_id="t", task_created_at=moment).logs
    assert logs == (["t", "2026-01-02T03:04:05.000Z", "Name", 1, ["shopify/orders/create"]],)
    assert render(task, EVENT, clock=FixedClock(NOW), task_created_at="2026").logs[0][1] == "2026"


@pytest.mark.parametrize("zone", ["Nowhere/City", "America", "", 5, None, "../../etc/passwd"])
def test_a_shop_without_a_known_zone_keeps_utc_and_says_so(zone):
    rendering = run('{% assign t = "now" | date: "%H" %}{% log t %}', shop={"iana_timezone": zone})
    assert rendering.logs == ("20",)
    assert len(rendering.warnings) == (1 if zone else 0)


# Reads


class Shop(NoReads):
    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Any]] = []

    def graphql(self, query: str, variables: Any = None) -> Any:
        self.asked.append((query, variables))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_queries_are_kept_in_order_with_what_the_shop_said():
    script = """
      {% assign a = 'query { a }' | shopify %}{% assign b = 'query { b }' | shopify: variables: hash %}
      {% log a.data.x %}"""
    answer = {"data": {"x": 1}, "errors": [{"message": "bad"}], "extensions": {"cost": {"actualQueryCost": 3}}}
    shop = Shop(answer)
    rendering = run(script, reads=shop)
    assert rendering.queries == ("query { a }", "query { b }")
    assert [(read.kind, read.errors, read.cost) for read in rendering.reads] == [("graphql", ("bad",), 3)] * 2
    assert rendering.logs == (1,)
    assert [variables for _, variables in shop.asked] == [{}, {}]


def test_without_reads_the_shop_is_silent():
    rendering = run("{% assign a = 'query { a }' | shopify %}{% log a %}")
    assert (rendering.logs, rendering.queries, rendering.reads) == ((None,), ("query { a }",), ())


@pytest.mark.parametrize("transient", [True, False])
def test_a_shop_that_cannot_be_read_fails_the_run_and_says_whether_to_try_again(transient):
    broken = ShopifyError("no route", hint="Look at the network.", code="shopify.unreachable", transient=transient)
    rendering = run("{% assign a = 'query { a }' | shopify %}", reads=Shop(broken))
    error = failure(rendering)
    assert error.message == "the shop could not be read: no route"
    assert (error.code, error.hint, error.transient) == ("shopify.unreachable", "Look at the network.", transient)
    assert rendering.queries == ("query { a }",)


def test_responses_may_be_changed_by_the_script():
    script = "{% assign r = 'query { a }' | shopify %}{% assign r['data']['x'] = 2 %}{% log r.data %}"
    assert run(script, reads=Shop({"data": {"x": 1}})).logs == ({"x": 2},)


# Determinism


def test_equal_renderings_are_equal_bytes():
    script = """
      {% assign l = "c,a,b" | split: "," %}{% assign h = hash %}
      {% for x in l %}{% assign h[x] = forloop.index %}{% endfor %}
      {% assign s = l | sample %}{% assign t = l | sample: 2 %}{% log h, s, t %}{% cycle "{", "" %}"log":1}"""
    documents = {json.dumps(run(script).to_dict()) for _ in range(5)}
    assert len(documents) == 1


def test_nothing_of_a_rendering_is_left_for_the_next():
    script = "{% increment n %}{% cycle 'a', 'b' %}{% for i in (1..2) limit: 1 offset: continue %}{{ i }}{% endfor %}"
    template = parse(f"{script}{{{{ x }}}}{{% assign x = 1 %}}", "option")
    from runner.liquid.state import RenderState

    outputs = {template.run({}, RenderState(now=NOW), Budget(LIMITS))[0] for _ in range(3)}
    assert outputs == {"0a1"}


# Limits seen from inside


class Burst(LiquidObject):
    """An object that fails in ways that only the machine can."""

    __slots__ = ("error",)

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def lookup(self, key: Any) -> Any:
        raise self.error


@pytest.mark.parametrize(
    ("error", "code"), [(MemoryError, "liquid.limit.memory"), (RecursionError, "liquid.limit.nesting")]
)
def test_a_machine_that_gives_up_is_a_limit_of_the_run(refused, error, code):
    caught = refused("\n{{ x.y }}", x=Burst(error))
    assert isinstance(caught, LimitError)
    assert caught.code == code


def test_memory_is_watched_while_values_are_made():
    budget = Budget(Limits(megabytes=0))
    kept = bytearray(64_000_000)  # larger than what the allocator may have at hand
    kept[::4096] = b"x" * len(kept[::4096])
    with pytest.raises(LimitError, match="0 MB of memory") as caught:
        budget.grew(10_000_000)
    assert caught.value.code == "liquid.limit.memory"
    Budget(Limits()).grew(10_000_000)


def test_the_process_knows_its_memory():
    assert (resident() or 0) > 5_000_000
    assert (peak() or 0) >= (resident() or 0) // 2


@pytest.mark.parametrize(
    ("value", "elements", "as_text"),
    [
        ([], 1, 5),
        ([1, "abc", None], 4, 14),
        ({"key": "value"}, 2, 15),
        ([[1], [1]], 7, 23),
        ([("a",)], 4, 15),
    ],
)
def test_the_extent_of_a_value(value, elements, as_text):
    assert extent(value, 1000) == elements
    assert extent(value, 1000, texts=True) == as_text


def test_shared_parts_count_each_time_and_counting_stops():
    shared = [1] * 10
    assert extent([shared] * 10, 10**6) == 121
    for _ in range(60):
        shared = [shared, shared]
    assert 1000 < extent(shared, 1000) < 1010


def test_places_of_a_long_output_stay_right():
    count = MAX_MARKS + 5_000
    source = "{% for i in (1.." + str(count) + ') %}{"log":1}{% endfor %}\n' + " " * 2_000 + "\n{{ 'oops' }}"
    error = failure(run(source))
    assert error.where is not None
    assert error.where.line == 3


def test_forloops_and_tablerowloops_are_objects():
    script = """
      {% for i in (1..2) %}{% log forloop %}{% break %}{% endfor %}
      {% for x in event.data %}{% log forloop.name %}{% endfor %}"""
    first, name = run(script).logs
    assert first == {
        "name": "i-(1..2)", "length": 2, "index": 1, "index0": 0, "rindex": 2, "rindex0": 1,
        "first": True, "last": False,
    }  # fmt: skip
    assert name == "x-event.data"
