"""Random scripts, values, dates and options: a rendering always ends, with our own errors and no Python in its text."""

from __future__ import annotations

import itertools
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner import Event, render
from runner.clock import FixedClock
from runner.errors import LiquidError
from runner.liquid.limits import Limits
from runner.model.task import Task
from tests.liquid.templates import FUNCTIONS, OPTION_KEYS, PIECES, SCALARS, TEMPLATES, VALUES, WORDS, filters

PROJECT = Path(__file__).parents[2]
CLOCK = FixedClock(datetime(2026, 3, 4, 20, 6, 7, tzinfo=UTC))
SHOP = {"iana_timezone": "America/New_York", "currency": "USD", "name": "Prints", "primary_locale": "en"}
LIMITS = Limits(iterations=2_000, output=200_000, seconds=10)
PYTHON = re.compile(r"\bNone\b|\bTrue\b|\bFalse\b|Undefined|object at 0x|<class|<function|Traceback|\bNaN\b|Decimal\(")


def examples(count: int) -> settings:
    """So many random examples, the same ones every time; ``FUZZ`` in the environment multiplies them."""
    unhealthy = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    times = int(os.environ.get("FUZZ", "1"))
    return settings(
        max_examples=count * times,
        derandomize=times == 1,
        deadline=None,
        database=None,
        suppress_health_check=unhealthy,
    )


def run(script: str, data: Any = None, options: dict[str, Any] | None = None, topic: str = "user/a/b") -> str:
    """The rendering of ``script`` as text; everything that must hold for any rendering is checked on the way."""
    task = Task("Random", script, subscriptions=(topic,))
    event = Event(topic=topic, data=data, preview=True)
    rendering = render(task, event, options=options, shop=SHOP, clock=CLOCK, limits=LIMITS)
    if rendering.error is not None:
        assert isinstance(rendering.error, LiquidError)
        assert rendering.error.code.startswith("liquid.")
        assert rendering.error.message
        assert rendering.error.where is not None
    document = json.dumps(rendering.to_dict(), ensure_ascii=False)
    found = PYTHON.search(document)
    given_texts = f"{script} {json.dumps([data, options], ensure_ascii=False)}"
    # "true" in capitals is Ruby's doing too.
    assert found is None or found.group() in given_texts or "capitalize" in script, document
    assert rendering.to_dict() == render(task, event, options=options, shop=SHOP, clock=CLOCK, limits=LIMITS).to_dict()
    return document


def script_of(body: str) -> str:
    return f"{{% assign v = event.data.v %}}{{% assign w = event.data.w %}}{body}"


@examples(200)
@given(TEMPLATES, VALUES, VALUES)
def test_any_template_renders_or_fails_with_our_error(body, v, w):
    run(script_of(body), {"v": v, "w": w})


@examples(200)
@given(PIECES)
def test_any_nonsense_is_read_or_refused(source):
    run(source)


@examples(250)
@given(st.data(), VALUES, SCALARS, SCALARS)
def test_any_chain_of_filters_takes_any_value(data, v, w, x):
    chain = "".join(data.draw(st.lists(filters(), min_size=1, max_size=4)))
    run(f"{{% assign x = event.data.x %}}{script_of('{% log v' + chain + ' %}')}", {"v": v, "w": w, "x": x})


KINDS = [None, True, 0, -7, 2.5, 10**40, "", 1e308, "abc 12.50", "²", "\u0000é", "2026-02-30T25:61:00Z", [], {}, "[a",
         [None, [1, "b"]], [{"a": 1}, 3], {"a": {"b": None}}, "9" * 4500, "%s%", "\ud800"]  # fmt: skip


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_filter_takes_values_of_every_kind(name):
    """Each filter with each kind of value as input and as argument."""
    function = FUNCTIONS[name]
    for count in {function.least, min(function.least + 1, 3 if function.most is None else function.most)}:
        arguments = ": " + ", ".join(["each.w"] * count) if count else ""
        for v, w in itertools.product(KINDS, KINDS[::2] if count else [None]):
            run(f"{{% assign each = event.data %}}{{% log each.v | {name}{arguments} %}}", {"v": v, "w": w})
    for key, w in itertools.product(function.names, KINDS):
        arguments = "each.w, " * function.least + f"{key}: each.w"
        run(f"{{% assign each = event.data %}}{{% log each.v | {name}: {arguments} %}}", {"v": "now", "w": w})


LAYOUTS = st.text(st.sampled_from("%%%%YmdHMSsLNzZAaBbjUWVGgCyeklIPpDFTRrcxXvnt+^#-_0:13EO éQ"), max_size=12)
MOMENTS = st.text(st.sampled_from("0123456789-/:.,TZ+ JanFebMayutcESTpm'°"), max_size=24) | SCALARS


@examples(200)
@given(MOMENTS, LAYOUTS, st.sampled_from(["", "UTC", "Europe/Paris", "America", "../x"]), WORDS)
def test_any_date_in_any_format(moment, layout, zone, advance):
    data = {"m": moment, "f": layout, "z": zone, "a": advance}
    run("{% assign d = event.data %}{% log d.m | date: d.f, tz: d.z %}{% log d.m | parse_date: d.f %}", data)
    run("{% assign d = event.data %}{% log d.m | date: advance: d.a %}", data)


@examples(150)
@given(WORDS, st.text(st.sampled_from("ab.*+?()[]{}|^$\\dDwWsSbBzZAhHpP<>:=!,0129-&ié"), max_size=12))
def test_any_pattern_on_any_text(text, pattern):
    run("{% assign d = event.data %}{% log d.t | match: d.p %}{% log d.t | scan: d.p %}", {"t": text, "p": pattern})


@examples(120)
@given(OPTION_KEYS, VALUES | TEMPLATES, st.booleans())
def test_any_option_key_with_any_value(key, value, liquid):
    stored = {key: f"{{{{ event.topic }}}}{value}" if liquid and isinstance(value, str) else value}
    run(f"{{% log options.{key} %}}{{% log options %}}{{% log options['{key}'] | json %}}", options=stored)


class Answers:
    """A shop that answers every read with one thing or another."""

    def __init__(self, values: list[Any]) -> None:
        self._values = itertools.cycle(values)

    def graphql(self, query: str, variables: Any = None) -> Any:
        return next(self._values)

    def rest(self, path: str, params: Any = None) -> Any:
        root = path.split("?")[0].split("/")[-1].removesuffix(".json")
        value = next(self._values)
        return value if isinstance(value, str) else {root: value, root.removesuffix("s"): value}

    def cache(self, key: str) -> Any:
        return next(self._values)

    def cache_items(self) -> list[tuple[str, Any]]:
        return [("a", next(self._values))]


ANSWERS: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "data", "errors", "node", "nodes", "metafields", "namespace", "key", "type", "value", "tags",
                 "customer", "line_items", "pageInfo", "hasNextPage", "message", "extensions", "cost"]
            ),
            inside,
            max_size=5,
        )
    ),
    max_leaves=10,
)  # fmt: skip
ROOTS = st.sampled_from(
    ["shop", "order", "cache", "event", "shop.orders.any", "shop.customers['a@x.test']", "shop.products[1]", "task",
     "shop.themes", "order.customer", "order.customer.orders", "order.metafields", "order.reload", "order.line_items"]
)  # fmt: skip
MEMBERS = st.sampled_from(
    [".id", ".a", ".a.b", ".first", ".last", ".size", "[1]", "['a']", "[nil]", ".metafields", ".tags", ".orders",
     ".value", ".product", ".reload", ".location", ".transactions", ".note_attributes['a']", ".note_attributes[0]"]
)  # fmt: skip
USES = st.sampled_from(
    ["{% log PATH %}", "{{ PATH }}", "{% for x in PATH %}{% log x.id %}{% endfor %}", "{% log PATH.size, PATH.first %}",
     "{% assign x = PATH | map: 'id' | uniq %}{% log x %}", "{% assign x = PATH | json | parse_json %}{% log x %}",
     "{% assign x = PATH %}{% assign x['a'] = 1 %}", "{% if PATH contains 'a' or PATH == blank %}{% endif %}"]
)  # fmt: skip


@examples(150)
@given(
    st.lists(st.tuples(USES, ROOTS, st.lists(MEMBERS, max_size=3)), min_size=1, max_size=3),
    st.lists(ANSWERS, min_size=1),
    ANSWERS,
)
def test_objects_of_a_shop_that_answers_anything(uses, answers, payload):
    script = "".join(use.replace("PATH", root + "".join(members)) for use, root, members in uses)
    task = Task("Random", script, subscriptions=("shopify/orders/create",))
    event = Event(
        topic="shopify/orders/create",
        data={"id": 1, "line_items": [{"id": 2}], **(payload if isinstance(payload, dict) else {})},
    )
    rendering = render(task, event, shop=SHOP, reads=Answers(answers), clock=CLOCK, limits=LIMITS)
    assert rendering.error is None or rendering.error.code.startswith("liquid.")
    assert PYTHON.search(json.dumps(rendering.to_dict())) is None


def own_scripts() -> list[str]:
    """The scripts of the project's own tasks."""
    files = [
        *sorted((PROJECT / "tasks").glob("*.json")),
        *sorted((PROJECT / "fixtures" / "_tasks").glob("*/task.json")),
    ]
    folders = sorted((PROJECT / "fixtures" / "_tasks").glob("*/script.liquid"))
    scripts = [json.loads(file.read_text())["script"] for file in files if "script" in json.loads(file.read_text())]
    return scripts + [file.read_text() for file in folders]


def mutated(draw: Any, script: str) -> str:
    """``script`` cut off, or with pieces taken out, doubled, or swapped for signs."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(script)))
        end = min(len(script), start + draw(st.integers(0, 40)))
        piece = draw(
            st.sampled_from(["", "{{", "%}", "'", "|", "]", script[start:end] * 2, "{% endif %}", "nil", ": "])
        )
        script = script[:start] if draw(st.integers(0, 4)) == 0 else script[:start] + piece + script[end:]
    return script


TOPICS = ["shopify/inventory_levels/update", "shopify/orders/create", "mechanic/user/text", "mechanic/scheduler/daily"]


@examples(150)
@given(st.data(), VALUES)
def test_our_own_scripts_cut_and_mixed_up(data, payload):
    script = mutated(data.draw, data.draw(st.sampled_from(own_scripts())))
    run(script, payload, topic=data.draw(st.sampled_from(TOPICS)))


@pytest.mark.library
def test_scripts_of_the_library_cut_and_mixed_up(library):
    scripts = [json.loads(file.read_text())["script"] or "" for file in sorted(library.glob("*/*.json"))]

    @examples(200)
    @given(st.data(), VALUES)
    def holds(data: st.DataObject, payload: Any) -> None:
        script = mutated(data.draw, data.draw(st.sampled_from(scripts)))
        run(script, payload, topic=data.draw(st.sampled_from(TOPICS)))

    holds()
