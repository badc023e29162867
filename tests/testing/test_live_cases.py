"""Live cases: what shoppers do, what the task makes of it, what passes with time, and what it comes to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.errors import InputError
from runner.model.task import Task
from runner.simulator.server import RunningShop, simulator
from runner.testing.fixtures import Case, parse_case
from runner.testing.live_case import LiveReport, play_live
from runner.testing.verdict import CaseFailed, check_claims

UPDATE = "shopify/products/update"
PRODUCT = "gid://shopify/Product/80000004"
SELL = "  - sell: {sku: HD-OAK, location: Gallery}\n"
TAG_STEP = "  - tag: {product: Lighthouse, add: [new]}\n"
ERRORS = "{ userErrors { message } }"


def action(mutation: str) -> str:
    return f'{{% action "shopify" %}}mutation {{ {mutation} {ERRORS} }}{{% endaction %}}'


TAG = action(f'tagsAdd(id: "{PRODUCT}", tags: ["seen"])')
MAIL = '{% action "email" %}{"to": "pat@shop.test", "subject": "Thank you", "body": "Hello"}{% endaction %}'
TAG_ONCE = '{% unless event.data.tags contains "seen" %}' + TAG + "{% endunless %}"


@pytest.fixture(scope="module")
def served() -> Iterator[RunningShop]:
    with simulator("prints", hold_webhooks=True) as shop:
        yield shop


@pytest.fixture
def play(served: RunningShop) -> Any:
    """``play(script, topics, steps)``: what came of it."""

    def call(script: str, topics: str, steps: str, more: str = "", **keys: Any) -> LiveReport:
        task = Task.from_json({"name": "T", "script": script, "options": {}, "subscriptions_template": topics, **keys})
        return play_live(case(steps, more), task, shop=served)

    return call


def case(steps: str, more: str = "") -> Case:
    return parse_case(f"shop: prints\n{more}live:\n{steps}", Path("/p/fixtures/t/one.yml"))


def topics_of(report: LiveReport) -> list[list[str]]:
    """The topics that ran, by step."""
    return [[run["run"] for run in step.get("runs", ())] for step in report.document["steps"]]


def times_of(report: LiveReport) -> list[str]:
    """When runs began."""
    return [run["at"] for step in report.document["steps"] for run in step.get("runs", ())]


def test_a_deed_reaches_the_task_by_its_webhook_and_so_does_the_change_that_the_task_makes(play: Any) -> None:
    report = play(TAG_ONCE, UPDATE, TAG_STEP)
    (step,) = report.document["steps"]
    assert step["events"] == [f"{UPDATE} Product 80000004 (shopify)"] * 2
    assert [len(run.get("actions", ())) for run in step["runs"]] == [1, 0]
    assert step["changes"] == [
        'do/tag: Product Lighthouse: tags ["limited"] -> ["limited", "new"]',
        'graphql tagsAdd: Product Lighthouse: tags ["limited", "new"] -> ["limited", "new", "seen"]',
    ]
    totals = report.document["totals"]
    assert (report.quiet, totals["changes"], totals["webhooks"], report.sums.changes) == (
        True,
        1,
        2,
        {"graphql tagsAdd": 1},
    )


def test_what_the_step_before_made_new_is_told_when_the_task_changes_it(play: Any) -> None:
    script = action('tagsAdd(id: {{ order.admin_graphql_api_id | json }}, tags: ["seen"])')
    (step,) = play(script, "shopify/orders/create", SELL).document["steps"]
    assert step["changes"][-1] == 'graphql tagsAdd: Order #1001: tags [] -> ["seen"]'


def test_another_app_is_not_told_of_as_the_task(play: Any) -> None:
    mutation = f'mutation {{ tagsAdd(id: "{PRODUCT}", tags: ["x"]) {ERRORS} }}'
    report = play("{% log 1 %}", UPDATE, f"  - graphql: '{mutation}'\n")
    assert (report.sums.calls, report.sums.changes, report.document["totals"]["changes"]) == (0, {}, 0)
    assert topics_of(report) == [[UPDATE]]


def test_what_happened_before_the_task_was_there_does_not_reach_it(play: Any) -> None:
    more = "before:\n  - tag: {product: Lighthouse, add: [old]}\n"
    report = play("{% log event.data.tags %}", UPDATE, TAG_STEP, more)
    (step,) = report.document["steps"]
    assert [run["logs"] for run in step["runs"]] == [["limited, new, old"]]
    assert len(step["changes"]) == 1


def test_the_task_is_as_old_as_the_case_so_that_it_can_tell_what_was_there_before(play: Any) -> None:
    steps = "  - wait: 2h\n" + TAG_STEP
    report = play("{% log task.created_at %}", UPDATE, steps)
    assert [run["logs"] for step in report.document["steps"] for run in step.get("runs", ())] == [
        ["2026-03-02T15:00:00.000Z"]
    ]


def test_an_offset_comes_when_time_passes_for_it_and_waits_before(play: Any) -> None:
    topic = "shopify/orders/create+2.hours"
    report = play("{% log 1 %}", topic, f"{SELL}  - wait: 1h\n  - wait: 1h\n")
    assert topics_of(report) == [[], [], [topic]]
    early = play("{% log 1 %}", topic, f"{SELL}  - wait: 1h\n")
    (later,) = early.document["later"]
    assert later == "2026-03-02T12:00:02-05:00: shopify/orders/create+2.hours Order 50000001"
    assert (early.quiet, early.document["totals"]["later"]) == (True, 1)


def test_an_offset_of_days_keeps_the_hour_of_the_shop_when_clocks_are_moved(play: Any) -> None:
    """engine.md 3.3: days are those of the shop's calendar."""
    report = play("{% log 1 %}", "shopify/orders/create+7.days", f"{SELL}  - wait_until: quiet\n")
    assert times_of(report) == ["2026-03-09T10:00:02-04:00"]


def test_the_scheduler_comes_at_midnight_of_the_shop_and_not_before_time_passes(play: Any) -> None:
    """engine.md 4.3: ``daily`` is local midnight, a weekday the start of that day."""
    topics = "mechanic/scheduler/daily\nmechanic/scheduler/wednesday\nmechanic/scheduler/daily+9.hours"
    report = play("{% log event.topic %}", topics, f"{SELL}  - wait_until: thursday\n")
    assert topics_of(report)[0] == []
    assert list(zip(topics_of(report)[1], times_of(report), strict=True)) == [
        ("mechanic/scheduler/daily", "2026-03-03T00:00:00-05:00"),
        ("mechanic/scheduler/daily+9.hours", "2026-03-03T09:00:00-05:00"),
        ("mechanic/scheduler/daily", "2026-03-04T00:00:00-05:00"),
        ("mechanic/scheduler/wednesday", "2026-03-04T00:00:00-05:00"),
        ("mechanic/scheduler/daily+9.hours", "2026-03-04T09:00:00-05:00"),
        ("mechanic/scheduler/daily", "2026-03-05T00:00:00-05:00"),
    ]
    assert len(report.document["later"]) == 1


def test_every_tick_of_ten_minutes_comes(play: Any) -> None:
    report = play("{% log 1 %}", "mechanic/scheduler/10min", "  - wait: 1h\n")
    assert len(times_of(report)) == 6


def test_ticks_are_each_a_cause_of_its_own_so_that_many_of_them_are_no_loop(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.testing.settling.MOST_WEBHOOKS", 2)
    script = action(f'tagsAdd(id: "{PRODUCT}", tags: ["{{{{ "now" | date: "%j" }}}}"])')
    report = play(script, f"mechanic/scheduler/daily\n{UPDATE}+1.hour", "  - wait_until: saturday\n")
    assert (report.quiet, report.document["totals"]["webhooks"]) == (True, 5)


def test_waiting_for_quiet_ends_when_nothing_is_due_later(play: Any) -> None:
    script = '{% if event.topic contains "shopify" %}{% action "event" %}{"topic": "user/ask/later", "run_at": '
    script += '"2026-03-20"}{% endaction %}{% else %}{% log "asked" %}{% endif %}'
    report = play(script, f"{UPDATE}\nuser/ask/later", f"{TAG_STEP}  - wait_until: quiet\n")
    assert topics_of(report) == [[UPDATE], ["user/ask/later"]]
    assert times_of(report)[1].startswith("2026-03-20T00:00:00")
    assert "later" not in report.document


def test_a_moment_that_is_over_is_refused_with_the_time_of_the_store(play: Any) -> None:
    with pytest.raises(InputError, match=r"is over: in the store it is 2026-03-02T10:00:00-05:00") as caught:
        play("", "mechanic/user/trigger", "  - wait_until: 2026-03-01\n")
    assert caught.value.where is not None
    assert caught.value.where.line == 3


def test_a_failed_call_is_repeated_before_the_next_step(play: Any) -> None:
    faults = "  - fault: {kind: error, status: 503, operation: tagsAdd, count: 1}\n"
    report = play(TAG_ONCE, UPDATE, faults + TAG_STEP + "  - fault: none\n")
    (run, *_) = report.document["steps"][1]["runs"]
    (tagged,) = run["actions"]
    assert (tagged["ok"], tagged["attempts"]) == (True, 2)
    assert report.document["totals"]["failed"] == 0


def test_a_run_that_fails_for_good_is_counted_and_says_why(play: Any) -> None:
    report = play('{% error "out of ink" %}', UPDATE, TAG_STEP)
    (run,) = report.document["steps"][0]["runs"]
    assert (run["ok"], run["errors"], report.document["totals"]["failed"]) == (False, ["out of ink"], 1)


def test_a_webhook_that_comes_twice_is_dropped_the_second_time(play: Any) -> None:
    report = play("{% log 1 %}", UPDATE, "  - fault: {kind: webhook_duplicated, count: 1}\n" + TAG_STEP)
    assert [event.partition("(")[2] for event in report.document["steps"][1]["events"]] == [
        "shopify)",
        "shopify), once more: dropped",
    ]


def test_a_delayed_webhook_comes_when_time_passes(play: Any) -> None:
    report = play(
        "{% log 1 %}",
        UPDATE,
        "  - fault: {kind: webhook_delayed, seconds: 600, count: 1}\n" + TAG_STEP + "  - wait: 11m\n",
    )
    assert topics_of(report) == [[], [], [UPDATE]]


def test_a_loop_that_the_engine_stops_is_named(play: Any) -> None:
    same = action(f'productUpdate(product: {{id: "{PRODUCT}", vendor: "Same"}})')
    report = play(same, UPDATE, TAG_STEP)
    assert report.document["totals"]["loops"] == 1
    assert report.document["loops"][0].startswith("loop stopped")


def test_a_task_that_goes_on_for_ever_is_not_quiet_and_ends_the_case(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.testing.settling.MOST_ATTEMPTS", 30)
    script = '{% action "event" %}{"topic": "user/again/now"}{% endaction %}'
    report = play(script, f"{UPDATE}\nuser/again/now", f"{TAG_STEP}  - wait: 1h\n")
    assert (report.quiet, len(report.document["steps"])) == (False, 1)


def test_the_end_of_a_bulk_operation_belongs_to_its_step(play: Any) -> None:
    script = '{% if event.topic contains "bulk_operation" %}{% log bulkOperation.status %}{% else %}'
    script += action('bulkOperationRunQuery(query: "{ products { edges { node { id } } } }")') + "{% endif %}"
    topics = "mechanic/user/trigger\nmechanic/shopify/bulk_operation"
    report = play(script, topics, "  - event: mechanic/user/trigger\n")
    assert topics_of(report) == [["mechanic/user/trigger", "mechanic/shopify/bulk_operation"]]


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        ("{topic: mechanic/user/product, of: Product/lighthouse}", "Lighthouse"),
        ('{topic: mechanic/user/product, of: "Product/Lighthouse"}', "Lighthouse"),
        ("{topic: mechanic/user/product, of: Product/80000004}", "Lighthouse"),
        ("{topic: mechanic/user/product, of: [Product/lighthouse]}", "Lighthouse"),
        ("{topic: mechanic/user/product, data: {title: Mine}}", "Mine"),
        ("{sample: mechanic/user/product}", None),
    ],
)
def test_an_event_has_its_data_from_the_store_or_as_written(play: Any, event: str, shown: str | None) -> None:
    script = "{% log title: event.data.title, id: event.data.id, first: event.data.first.title %}"
    report = play(script, "mechanic/user/product", f"  - event: {event}\n")
    (log,) = report.document["steps"][0]["runs"][0]["logs"]
    assert log["id"] if shown is None else (log["title"] or log["first"]) == shown


def test_the_run_form_is_filled_in(play: Any) -> None:
    report = play(
        "{% log input.percent, options.percent__number_userform %}",
        "mechanic/user/form",
        "  - event: {topic: mechanic/user/form, input: {percent: 5}}\n",
        options={"percent__number_userform": "3"},
    )
    assert report.document["steps"][0]["runs"][0]["logs"] == [[5, 3]]


@pytest.mark.parametrize(
    ("step", "told", "hint"),
    [
        ("sel: {sku: HD-OAK}", "no verb 'sel'", "did you mean 'sell'?"),
        ("sell: {sku: HD-OKA}", "HD-OKA", None),
        ("event: mechanic/user/tigger", "does not respond", "did you mean 'mechanic/user/trigger'?"),
        ("event: shopify/orders/create", "does not respond", "it responds to mechanic/user/trigger"),
        ("event: {topic: mechanic/user/trigger, of: Product/lighthous}", "no Product called", "Product/lighthouse?"),
        ("event: {topic: mechanic/user/trigger, of: Product/1}", "no record of Product/1", "data"),
        ("event: {topic: mechanic/user/trigger, of: Produkt/x}", "no object of type 'Produkt'", "Product"),
        ("fault: {kind: thrott}", "thrott", None),
        (
            'graphql: \'mutation { tagsAdd(id: "gid://shopify/Product/1", tags: ["x"]) { userErrors { message } } }\'',
            "the store refuses it",
            None,
        ),
    ],
)
def test_a_step_that_cannot_be_done_is_told_with_its_line(play: Any, step: str, told: str, hint: str | None) -> None:
    with pytest.raises(InputError, match=told) as caught:
        play("", "mechanic/user/trigger", f"  - {step}\n")
    assert caught.value.where is not None
    assert (caught.value.where.line, caught.value.code) == (3, "fixture.invalid")
    assert hint is None or hint in str(caught.value.hint)


CLAIMS = [
    ("runs: 2", None),
    ("runs: 1", "runs: expected 1, found 2"),
    ("actions: 2", "actions: expected 2, found 1"),
    ("failed: 1", "failed runs: expected 1, found 0"),
    ("changes: 0", "changes: expected 0, found 1"),
    ("webhooks: 3", "webhooks: expected 3, found 2"),
    ("later: 1", "runs due later: expected 1, found 0"),
    ("loops: 1", "loops stopped: expected 1, found 0"),
    ("quiet: false", "it became quiet, which was not expected"),
    ("liquid_error: oops", "liquid_error: expected 'oops' in it, found None"),
    ("store: {Product/lighthouse: {tags: [limited, new, seen], vendor: Jonas Beck}}", None),
    (
        "store: {Product/lighthouse: {tags: [limited]}}",
        'Product/lighthouse tags: expected ["limited"], found ["limited", "new", "seen"]',
    ),
    ("store: {Product/lighthouse: {'variants(first: 1)': {nodes: [{sku: LH-PAPER}]}}}", None),
    (
        "store: {Product/lighthouse: {'variants(first: 1)': {nodes: [{sku: OTHER}]}}}",
        'Product/lighthouse variants(first: 1) nodes[0] sku: expected "OTHER", found "LH-PAPER"',
    ),
    ('store: {Product/lighthouse: {\'metafield(namespace: "x", key: "y")\': null}}', None),
    (
        "store: {Product/lighthouse: {'seen: variants(first: 1)': {nodes: []}}}",
        'Product/lighthouse seen: variants(first: 1) nodes: expected [], found [{"__typename": "ProductVariant"}]',
    ),
    ("store: {Product/lighthouse: null}", "Product/lighthouse: expected null, found"),
    ("store: {Product/1: null}", None),
    ("store: {Product/1: {title: x}}", 'Product/1: expected {"title": "x"}, found null'),
    ("levels: {HD-OAK: {Gallery: 12}}", None),
    ("levels: {HD-OAK: {Gallery: 11}}", "HD-OAK at Gallery: expected 11 available, found 12"),
]


@pytest.fixture(scope="module")
def claimed(served: RunningShop) -> dict[str, Any]:
    """What came of one case, played once, in which all is asked that the claims below are about."""
    task = Task.from_json({"name": "T", "script": TAG_ONCE, "options": {}, "subscriptions_template": UPDATE})
    gone = "'metafield(namespace: \"x\", key: \"y\")': null, 'seen: variants(first: 1)': {nodes: []}"
    asked = f"{{tags: 1, vendor: 1, 'variants(first: 1)': {{nodes: [{{sku: 1}}]}}, {gone}}}"
    store = f"{{Product/lighthouse: {asked}, Product/1: {{title: x}}}}"
    more = f"expect: {{store: {store}, levels: {{HD-OAK: {{Gallery: 1}}}}}}\n"
    return play_live(case(TAG_STEP, more), task, shop=served).document


@pytest.mark.parametrize(("claim", "broken"), CLAIMS)
def test_a_claim_holds_or_says_what_is_there_instead(claimed: dict[str, Any], claim: str, broken: str | None) -> None:
    held = case(TAG_STEP, f"expect: {{{claim}}}\n")
    if broken is None:
        check_claims(held, claimed)
        return
    with pytest.raises(CaseFailed) as caught:
        check_claims(held, claimed)
    assert f"\n  {broken}" in str(caught.value)


@pytest.mark.parametrize(
    ("claim", "broken"),
    [
        ("[{email: {to: pat@shop.test}}]", None),
        ("[{email: {subject: Thank you, to: pat@shop.test}}, {cache: }]", None),
        ("[{email: {to: kim@shop.test}}]", 'performed[0] email to: expected "kim@shop.test", found "pat@shop.test"'),
        ("[{email: {from: kim@shop.test}}]", 'performed[0] email from: expected "kim@shop.test", found null'),
        ("[{cache: }, {email: }]", "performed[0] cache: expected {}, found null"),
        ("[{email: }, {email: }]", 'performed: expected [{"email": {}}, {"email": {}}], found [{"email": {}}]'),
        ("[{http: }]", 'performed: expected [{"http": {}}], found []'),
    ],
)
def test_actions_of_the_types_claimed_are_those_that_were_performed_in_their_order(
    served: RunningShop, claim: str, broken: str | None
) -> None:
    script = MAIL + '{% action "cache", "set", "sent", true %}{% action "email" %}{"to": ""}{% endaction %}'
    task = Task.from_json({"name": "T", "script": script, "options": {}, "subscriptions_template": UPDATE})
    held = case(TAG_STEP, f"expect: {{performed: {claim}}}\n")
    document = play_live(held, task, shop=served).document
    if broken is None:
        check_claims(held, document)
        return
    with pytest.raises(CaseFailed) as caught:
        check_claims(held, document)
    assert f"\n  {broken}" in str(caught.value)


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("store: {Product/lighthouse: {titel: x}}", "Field 'titel' doesn't exist"),
        ("store: {Product/lighthous: {title: x}}", "no Product called"),
        ("levels: {HD-OKA: {Gallery: 1}}", "no ProductVariant called"),
        ("levels: {HD-OAK: {Galery: 1}}", "no Location called"),
    ],
)
def test_a_claim_about_what_does_not_exist_is_refused(play: Any, claim: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        play("", UPDATE, TAG_STEP, f"expect: {{{claim}}}\n")
    assert caught.value.where is not None
    assert caught.value.where.line == 2


def test_no_value_of_a_secret_is_in_what_came_of_it(play: Any) -> None:
    script = '{% action "http" %}{"method": "post", "url": "https://x.example", "headers": {"Key": '
    script += '{{ options.key__secret | json }}}, "body": "b"}{% endaction %}{% log secrets.door %}'
    more = "secrets: {door: 0pen-sesame}\noptions: {key__secret: door}\n"
    report = play(script, UPDATE, TAG_STEP, more, options={"key__secret": None})
    assert report.totals["actions"] == 1
    assert "0pen-sesame" not in json.dumps(report.document)


def test_the_same_case_comes_to_the_same_bytes_in_a_store_of_its_own_and_in_one_that_was_used(
    served: RunningShop, tmp_path: Path
) -> None:
    script = TAG_ONCE + '{% action "cache", "set", "k", event.id %}{% log "now" | date: "%s" %}'
    task = Task.from_json(
        {"name": "T", "script": script, "options": {}, "subscriptions_template": f"{UPDATE}+1.day\n{UPDATE}"}
    )
    steps = f"{TAG_STEP}{SELL}  - fault: {{kind: lost_reply, operation: tagsAdd, count: 1}}\n{TAG_STEP}  - wait: 2d\n"
    shared = [json.dumps(play_live(case(steps), task, shop=served).document) for _ in range(2)]
    alone = json.dumps(play_live(case(steps), task).document)
    assert shared == [alone, alone]
    assert "127.0.0.1" not in alone
