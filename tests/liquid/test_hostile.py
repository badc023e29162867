"""Scripts that mean harm end within seconds, in bounded memory, with a named error (liquid.md 1.11)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runner import Event, render
from runner.clock import FixedClock
from runner.errors import LimitError
from runner.liquid.limits import MAX_SOURCE, Limits
from runner.liquid.template import parse
from runner.model.task import Task
from tests.liquid.conftest import NOW
from tests.liquid.hostile import GREEDY

CHAIN = "{% assign l = array %}{% for i in (1..2000) %}{% assign l = array | push: l %}{% endfor %}"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of each greedy script, rendered in a process with a gigabyte of address space."""
    pytest.importorskip("resource", reason="limits of memory are tested where the system has some")
    done = subprocess.run(
        [sys.executable, "-m", "tests.liquid.hostile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {told["name"]: told for told in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", GREEDY)
def test_greedy_scripts_end_with_our_error_in_a_gigabyte(outcomes, name):
    told = outcomes[name]
    assert told["code"] == GREEDY[name][0]
    assert told["placed"]
    assert told["seconds"] < 20


@pytest.mark.parametrize(
    "shred",
    ["{{", "{%", "{% ", "{{ '", '{{ "', "{{-", "{%-", "{% if", "{% if a ", "{% raw", "{% liquid\n", "{% # ", "{{ a | ",
     " {{", "\n{%", "{{ a }}{{", "{% raw %}", "{% comment %}", "{% comment %}{{", "{% permissions %}", "{% doc %}",
     "{% if 1 %}", "{% raw %}{%"],
)  # fmt: skip
def test_a_hundred_thousand_unclosed_delimiters_are_told_at_once(refused, shred):
    error = refused(shred * 100_000)
    assert error.code in ("liquid.syntax", "liquid.limit.nesting", "liquid.limit.source")


@pytest.mark.parametrize(
    "source",
    [
        "{{ a" + " " * 400_000 + "b }}",
        "{% if a" + " -" * 200_000 + "b %}{% endif %}",
        "{{ " + "9" * 500_000 + " }}",
        "{{ 'a' | " + "a" * 500_000 + " }}",
        "{% " + "a" * 500_000 + " %}",
        "{{ " + "a[" * 100_000 + "0" + "]" * 100_000 + " }}",
        "{% for i in " + "(" * 100_000 + "0" + "..1)" * 100_000 + " %}{% endfor %}",
    ],
)
def test_long_nonsense_is_refused_in_time_that_grows_with_its_length(refused, source):
    assert refused(source).code in ("liquid.syntax", "liquid.limit.nesting", "liquid.limit.source")


@pytest.mark.parametrize(
    "source",
    [
        "{% # " + "\n" * 400_000 + "# %}",
        "{% liquid\n" + " " * 400_000 + "assign a = 1 %}",
        "{% comment %}" + "{% comment %}{% endcomment %}" * 10_000 + "{% endcomment %}",
        "{% permissions %}" + "a," * 100_000 + "{% endpermissions %}",
        "{% if nil %}" + "{% elsif nil %}" * 10_000 + "{% endif %}",
        "{% case 1 %}" + "{% when 2 %}" * 10_000 + "{% endcase %}",
        "{{ a" + ".b" * 100_000 + " }}",
        "{% assign x = 1" + " | plus: 1" * 20_000 + " %}",
        "{{ a }}" * 20_000,
    ],
)
def test_long_sense_is_rendered(text, source):
    assert text(source) == ""


@pytest.mark.parametrize("count", [2_000, 50_000])
def test_conditions_without_end_are_refused(refused, count):
    assert refused("{% if 1 " + "and 1 " * count + "%}{% endif %}").code == "liquid.limit.nesting"


def test_a_script_is_no_place_for_megabytes(refused, text):
    assert len(text("x" * (MAX_SOURCE // 10))) == MAX_SOURCE // 10
    error = refused("x" * (MAX_SOURCE + 1))
    assert error.code == "liquid.limit.source"
    assert "1,000,001 characters" in error.message


def test_huge_templates_are_not_kept_in_memory():
    large = "x" * 200_000
    assert parse(large, "script") is not parse(large, "script")
    assert parse("small", "script") is parse("small", "script")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{% for i in (1..1000000000) %}{% endfor %}", "liquid.limit.iterations"),
        ("{% for i in (1..1000000000) reversed limit: 999999999 %}{% endfor %}", "liquid.limit.iterations"),
        ("{% for i in (1..99999999999999999999999999) %}{% endfor %}", "liquid.limit.size"),
        ("{% assign r = (-99999999999999999999999999..1) %}", "liquid.limit.size"),
        ("{% assign n = '9' | append: '99999999999999999999' %}{% assign r = (1..n) %}", "liquid.limit.size"),
        ("{% assign r = (1..1000000000) | join %}", "liquid.limit.size"),
        ("{% assign r = (1..1000000000) | slice: 5, 9 %}", "liquid.limit.size"),
        ("{% assign x = (1..1000001) | reverse %}", "liquid.limit.size"),
        ("{% assign x = array | push: 1 | in_groups: 1000000000 %}", "liquid.limit.size"),
        ("{% assign x = array | push: 1 | in_groups_of: 1000000000 %}", "liquid.limit.size"),
        ("{% assign x = 'now' | date: '%99999999Y' %}", "liquid.limit.size"),
        ("{% assign x = 'now' | date: '" + "x" * 10_001 + "' %}", "liquid.limit.size"),
        ("{% assign x = 'now' | parse_date: '" + "x" * 10_001 + "' %}", "liquid.limit.size"),
        ("{% assign x = 'a' | match: '(((a{999}){999}){999}){999}' %}", "liquid.limit.size"),
        ("{% assign x = 'a' | match: '" + "9" * 1_001 + "' %}", "liquid.limit.size"),
        ("{% assign x = 'a' | scan: '" + "a|" * 5_001 + "' %}", "liquid.limit.size"),
        ("{% assign x = (1..1000000) | except: 1, 2, 3, 4, 5, 6 %}", "liquid.limit.size"),
        (CHAIN + "{% assign h = hash %}{% assign h['x'] = l %}", "liquid.limit.nesting"),
        (CHAIN + "{% assign x = 'a' | append: l %}", "liquid.limit.nesting"),
        (CHAIN + "{% log l %}", "liquid.limit.nesting"),
        (CHAIN + "{{ l }}", "liquid.limit.nesting"),
    ],
)
def test_what_would_be_too_large_or_deep_is_refused(refused, source, code):
    error = refused(source)
    assert isinstance(error, LimitError)
    assert error.code == code


@pytest.mark.parametrize(
    "source",
    [
        "{% assign x = '1111111111111111111111111111111111111111' | parse_date: '" + "%d" * 50 + "X' %}{{ x }}",
        "{% assign x = '                                        Y' | parse_date: '" + "%n" * 50 + "X' %}{{ x }}",
        "{% assign x = '                                        Y' | parse_date: '" + " %t" * 50 + "X' %}{{ x }}",
        "{% assign x = 'now' | date: '%" + "0" * 9_000 + "' | size %}",
        "{% assign x = 1.5 | round: 999999999 %}",
        "{% assign x = 'now' | date: '" + "%1024Y" * 1_600 + "' | size %}",
    ],
)
def test_formats_cannot_backtrack(text, source):
    assert text(source) == ""


def test_a_pattern_may_be_long_and_repeat_when_it_stays_small(text):
    source = "{{ 'zab' | match: p }}{{ 'aaaa' | match: 'a{2,3}' }}{{ '{a}' | match: '\\{a\\}' }}"
    assert text(source, p="|".join(f"a{letter}" for letter in "bcdefgh" * 200)) == "abaaa{a}"


# Time


def test_the_clock_stops_a_loop_within_its_seconds():
    task = Task("Slow", "{% for i in (1..9999999) %}{% assign x = i | plus: 1 %}{% endfor %}")
    rendering = render(task, Event(topic="user/a/b"), clock=FixedClock(NOW), limits=Limits(seconds=0.3))
    assert rendering.error is not None
    assert rendering.error.code == "liquid.limit.time"
    assert rendering.error.where is not None


def test_the_clock_runs_for_options_and_script_together():
    slow = "{% for i in (1..9999999) %}{% endfor %}"
    task = Task("Slow", "{% log options.list__array %}", options={"list__array": [slow + str(n) for n in range(50)]})
    rendering = render(
        task, Event(topic="user/a/b"), clock=FixedClock(NOW), limits=Limits(seconds=0.2, iterations=10**9)
    )
    assert rendering.error is not None
    assert rendering.error.code == "liquid.limit.time"


def test_the_iterations_of_options_and_script_are_counted_together():
    loop = "{% for i in (1..600) %}{% endfor %}x"
    task = Task("Twice", loop + "{% log options.a %}", options={"a": loop})
    rendering = render(task, Event(topic="user/a/b"), clock=FixedClock(NOW), limits=Limits(iterations=1000))
    assert rendering.error is not None
    assert rendering.error.code == "liquid.limit.iterations"


# Data from outside


def nested(depth: int, leaf: Any = 1) -> Any:
    value = leaf
    for _ in range(depth):
        value = {"a": [value]}
    return value


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_event_data_and_options_nested_too_deeply_fail_the_run(depth):
    task = Task("Deep", "{% log event.data %}")
    for rendering in (
        render(task, Event(topic="user/a/b", data=nested(depth)), clock=FixedClock(NOW)),
        render(task, Event(topic="user/a/b"), options={"x": nested(depth, "{{ 1 }}")}, clock=FixedClock(NOW)),
        render(task, Event(topic="user/a/b"), shop={"x": nested(depth)}, clock=FixedClock(NOW)),
    ):
        assert rendering.error is not None
        assert rendering.error.code == "liquid.limit.nesting"


def test_enormous_options_are_taken_or_refused():
    def outcome(value: Any) -> Any:
        task = Task("Options", "{% log options.x__array.size, options.x__array.first.size %}")
        return render(task, Event(topic="user/a/b"), options={"x__array": value}, clock=FixedClock(NOW))

    assert outcome(["x" * 5_000_000]).logs == ([1, 5_000_000],)
    assert outcome(["{{ 1 }}" + "x" * MAX_SOURCE]).error.code == "liquid.limit.source"
    assert outcome(["{{ 1 }}"] * 20_000).logs == ([20_000, 1],)
    assert outcome(["{% for i in (1..1000000000) %}{% endfor %}"]).error.code == "liquid.limit.iterations"


def test_half_characters_are_replaced_where_texts_come_in():
    task = Task("Half", "{% log event.data.s, options.o, '\ud800', shop.s %}{% log event.data.s | md5 %}")
    rendering = render(
        task,
        Event(topic="user/a/b", data={"s": "a\ud83d"}),
        options={"o": "\udc00"},
        shop={"s": "\ud800"},
        clock=FixedClock(NOW),
    )
    assert rendering.error is None
    assert rendering.logs[0] == ["a\ufffd", "\ufffd", "\ufffd", "\ufffd"]
