"""Steps of live cases: read with the place of every mistake, and how long they wait."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from runner.errors import InputError
from runner.testing.fixtures import Case, parse_case
from runner.testing.steps import Wait

ZONE = ZoneInfo("America/New_York")
LIVE = "shop: prints\nlive:\n"


def case(text: str) -> Case:
    return parse_case(text, Path("/p/fixtures/t/one.yml"))


@pytest.mark.parametrize(
    ("step", "label"),
    [
        ("sell: {sku: HD-OAK, quantity: 2}", "sell sku=HD-OAK quantity=2"),
        ("sell:", "sell"),
        ("order: {lines: [{sku: A}]}", 'order lines=[{"sku": "A"}]'),
        ("graphql: 'mutation { tagsAdd(id: 1) { node { id } } }'", "graphql mutation tagsAdd"),
        ("event: mechanic/user/trigger", "event mechanic/user/trigger"),
        ("event: {topic: mechanic/user/order, of: 'Order/#1001'}", "event mechanic/user/order of Order/#1001"),
        ("event: {topic: x/y/z, of: [Order/1, Order/2]}", "event x/y/z of Order/1, Order/2"),
        ("event: {sample: mechanic/user/product}", "event mechanic/user/product"),
        ("wait: 2h", "wait 2h"),
        ("wait_until: Monday 09:00", "wait until monday 09:00"),
        ("wait_until: quiet", "wait until quiet"),
        ("fault: {kind: throttled, count: 2}", "fault kind=throttled count=2"),
        ("fault: none", "fault none"),
    ],
)
def test_each_kind_of_step_has_a_line_that_says_it(step: str, label: str) -> None:
    (found,) = case(f"{LIVE}  - {step}\n").steps
    assert found.label == label
    assert (found.where.line, found.where.file) == (3, "fixtures/t/one.yml")


@pytest.mark.parametrize(
    ("step", "told", "hint"),
    [
        ("wait: 2 hous", "expected a length of time", None),
        ("wait: 0s", "expected a length of time", None),
        ("wait: monday", "expected a length of time", "wait_until"),
        ("wait_until: 2h", "expected a moment", "`wait`"),
        ("wait_until: mondy 09:00", "expected a moment", "did you mean 'monday'?"),
        ("wait_until: '25:00'", "expected a moment", None),
        ("wait_until: 2026-13-01", "expected a moment", None),
        ("sell: HD-OAK", "expected a mapping of arguments", None),
        ("{sell: {sku: A}, wait: 2h}", "expected one step", "such as"),
        ("event: {topic: a/b/c, tpoic: d}", "unknown key tpoic", "did you mean 'topic'?"),
        ("event: {topic: a/b/c, preview: true}", "unknown key preview", None),
        ("event: {topic: a/b/c, of: 7}", "expected a type and a number or name", "Order/50000001"),
        ("event: {topic: a/b/c, of: Order/1, data: {}}", "of and data exclude each other", "record of"),
        ("event: {sample: a/b/c, data: {}}", "sample and data exclude each other", None),
        ("event: {topic: a/b/c, input: {x: 1}}", "no run form comes with a/b/c", "mechanic/user/form"),
        ("fault: throttled", "expected a fault", "kind: throttled"),
        ("graphql:", "graphql is missing", None),
    ],
)
def test_a_mistake_in_a_step_is_told_with_its_line(step: str, told: str, hint: str | None) -> None:
    with pytest.raises(InputError, match=told) as caught:
        case(f"{LIVE}  - {step}\n")
    assert caught.value.where is not None
    assert (caught.value.where.line, caught.value.code) == (3, "fixture.invalid")
    assert hint is None or hint in str(caught.value.hint)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("live: [{wait: 2h}]\n", "live needs a store"),
        ("shop: prints\nlive: []\n", "at least one step"),
        ("shop: prints\nlive: [{wait: 2h}]\nevent: {topic: a/b/c}\n", "live and event exclude each other"),
        ("shop: prints\nlive: [{wait: 2h}]\nperform: true\n", "live and perform exclude each other"),
        ("shop: prints\nlive: [{wait: 2h}]\ninput: {a: 1}\n", "live and input exclude each other"),
        ("shop: prints\nlive: [{wait: 2h}]\nmeanwhile: []\n", "live and meanwhile exclude each other"),
        ("shop: prints\nlive: [{wait: 2h}]\nreads: {graphql: []}\n", "live and reads exclude each other"),
        ("event: {topic: a/b/c}\nexpect: {quiet: true}\n", "expect.quiet is a claim about a live case"),
        ("event: {topic: a/b/c}\nexpect: {changes: 1}\n", "expect.changes is a claim about a live case"),
        ("event: {topic: a/b/c}\nexpect: {levels: {A: {B: 1}}}\n", "expect.levels is a claim about a live case"),
        ("event: {topic: a/b/c}\nexpect: {performed: [{email: }]}\n", "expect.performed is a claim about a live case"),
        ("live: [wait: 1h]\nexpect: {performed: email}\n", "expected a list of actions"),
        ("live: [wait: 1h]\nexpect: {performed: [email]}\n", "expected one type of action"),
        ("live: [wait: 1h]\nexpect: {performed: [{email: 1}]}\n", "expected one type of action"),
        ("shop: prints\nlive: [{wait: 2h}]\nexpect: {store: {Order: {a: 1}}}\n", "expected a type and a number"),
        ("shop: prints\nlive: [{wait: 2h}]\nexpect: {store: {Order/1: [a]}}\n", "expected a mapping of fields"),
        ("shop: prints\nlive: [{wait: 2h}]\nexpect: {levels: {A: {B: x}}}\n", "mapping of locations to whole numbers"),
    ],
)
def test_what_means_nothing_together_is_refused(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        case(text)
    assert caught.value.code == "fixture.invalid"


@pytest.mark.parametrize(
    ("step", "ends"),
    [
        ("wait: 90s", "2026-03-02T10:01:30-05:00"),
        ("wait: 20 minutes", "2026-03-02T10:20:00-05:00"),
        ("wait: 1d 12h", "2026-03-03T22:00:00-05:00"),
        ("wait: 1.5 hours", "2026-03-02T11:30:00-05:00"),
        ("wait: 2 weeks", "2026-03-16T11:00:00-04:00"),  # the clocks were moved meanwhile
        ("wait_until: '10:00'", "2026-03-03T10:00:00-05:00"),
        ("wait_until: '10:01'", "2026-03-02T10:01:00-05:00"),
        ("wait_until: monday", "2026-03-09T00:00:00-04:00"),
        ("wait_until: monday 11:00", "2026-03-02T11:00:00-05:00"),
        ("wait_until: tuesday", "2026-03-03T00:00:00-05:00"),
        ("wait_until: 2026-04-01", "2026-04-01T00:00:00-04:00"),
        ("wait_until: 2026-03-05 09:00", "2026-03-05T09:00:00-05:00"),
        ("wait_until: 2026-03-05T09:00:00Z", "2026-03-05T04:00:00-05:00"),
    ],
)
def test_time_passes_in_the_time_zone_of_the_shop(step: str, ends: str) -> None:
    (wait,) = case(f"{LIVE}  - {step}\n").steps
    assert isinstance(wait, Wait)
    monday = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)
    assert wait.ends_at(monday, ZONE) == datetime.fromisoformat(ends)
