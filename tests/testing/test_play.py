"""Cases played: against nothing, recordings, and a simulated store over HTTP."""

from __future__ import annotations

import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from runner.actions.base import derived_id
from runner.errors import InputError, TaskError
from runner.model.secret import Secrets
from runner.testing.fixtures import parse_case
from runner.testing.play import play

TOPIC = "user/thing/happened"
EVENT = f"event: {{topic: {TOPIC}, data: {{n: 1}}}}\n"
ADJUST = """
  mutation {
    inventoryAdjustQuantities(
      input: {
        reason: "correction"
        name: "available"
        changes: [{inventoryItemId: "gid://shopify/InventoryItem/30000002",
                   locationId: "gid://shopify/Location/20000002", delta: -1, changeFromQuantity: CHANGE}]
      }
    ) @idempotent(key: "k") { userErrors { code message } }
  }
"""


@pytest.fixture
def played(tmp_path: Path) -> Any:
    """``played(script, case_text)``: what came of it."""

    def call(script: str, text: str = "", *, event: str = EVENT, **keys: Any) -> dict[str, Any]:
        (tmp_path / "tasks").mkdir(exist_ok=True)
        task = {"name": "T", "script": script, "options": {}, "subscriptions_template": TOPIC, **keys}
        (tmp_path / "tasks" / "t.json").write_text(json.dumps(task), encoding="utf-8")
        return play(parse_case(event + text, tmp_path / "fixtures" / "t" / "one.yml"))

    return call


def adjusting(change: str = "null") -> str:
    return '{% action "shopify" %}' + ADJUST.replace("CHANGE", change) + "{% endaction %}"


def test_the_present_of_a_case_is_its_clock_or_always_the_same(played: Any) -> None:
    script = '{% log now: "now" | date: "%s", created: event.created_at %}'
    assert played(script)["logs"] == played(script)["logs"]
    assert played(script, "clock: 2026-01-01T00:00:00Z\n")["logs"] == [
        {"now": "1767225600", "created": "2026-01-01T00:00:00.000Z"}
    ]


def test_options_win_over_those_of_the_task_and_leave_the_others(played: Any) -> None:
    script = "{% log a: options.a, b: options.b %}"
    assert played(script, "options: {b: 2}\n", options={"a": "1", "b": "1"})["logs"] == [{"a": "1", "b": 2}]


def test_an_option_the_task_does_not_have_is_refused_with_the_nearest(played: Any) -> None:
    with pytest.raises(InputError, match='no option "colour"') as caught:
        played("{% log options.color %}", "options:\n  colour: red\n", options={"color": "blue"})
    assert caught.value.where is not None
    assert (caught.value.where.line, caught.value.where.part) == (3, "options.colour")


def test_the_id_of_the_task_is_given_or_follows_from_its_folder(played: Any) -> None:
    assert played("{% log task.id %}", "task_id: my-task\n")["logs"] == ["my-task"]
    assert played("{% log task.id %}")["logs"] == [derived_id("task", "t")]


def test_an_event_the_task_does_not_subscribe_to_is_refused(played: Any) -> None:
    with pytest.raises(InputError, match="does not respond") as caught:
        played("", event="event: {topic: user/thing/hapened}\n")
    assert caught.value.hint == f"did you mean '{TOPIC}'?"


def test_a_sample_gives_the_data(played: Any) -> None:
    topic = "shopify/inventory_levels/update"
    found = played(
        "{% log inventory_level.available %}", event=f"event: {{sample: {topic}}}\n", subscriptions_template=topic
    )
    assert isinstance(found["logs"][0], int)


def test_a_topic_without_a_sample_names_those_that_have_one(played: Any) -> None:
    with pytest.raises(InputError, match="there is no sample of user/thing/happened") as caught:
        played("", event=f"event: {{sample: {TOPIC}}}\n")
    assert caught.value.where is not None
    assert caught.value.where.part == "event.sample"


def test_a_preview_reads_nothing_even_with_a_store(played: Any) -> None:
    script = (
        '{% assign r = "query { shop { name } }" | shopify %}{% log result: r, cache: cache["a"], shop: shop.name %}'
    )
    event = f"event: {{topic: {TOPIC}, preview: true}}\n"
    assert played(script, "shop: prints\n", event=event)["logs"] == [
        {"result": None, "cache": None, "shop": "Tidewater Prints"}
    ]


def test_a_store_answers_over_http_after_what_happened_before(played: Any) -> None:
    script = """
      {% capture q %}query { inventoryItem(id: "gid://shopify/InventoryItem/30000002") {
        inventoryLevel(locationId: "gid://shopify/Location/20000002") {
          quantities(names: ["available"]) { quantity } } } }{% endcapture %}
      {% assign r = q | shopify %}
      {% log r.data.inventoryItem.inventoryLevel.quantities.first.quantity %}{% log cache["seen"] %}
    """
    found = played(script, "shop: prints\nbefore: [{sell: {sku: HD-OAK, location: Gallery}}]\ncache: {seen: 3}\n")
    assert found["logs"] == [11, 3]
    assert [call.partition(", ")[0] for call in found["calls"]] == ["query inventoryItem: 200"]
    assert "runs" not in found


def test_performed_actions_change_the_store_and_are_told(played: Any) -> None:
    found = played(adjusting(), "shop: prints\nperform: true\n")
    assert found["runs"] == [
        {"task": TOPIC, "ok": True, "attempts": 1},
        {
            "action": "shopify",
            "summary": "mutation inventoryAdjustQuantities",
            "ok": True,
            "attempts": 1,
            "calls": 1,
            "points": 10,
        },
    ]
    assert found["shop"]["changes"][0] == "graphql inventoryAdjustQuantities: HD-OAK at Gallery: available 12 -> 11"
    assert found["shop"]["levels"]["HD-OAK"] == {"Workshop": 30, "Gallery": 11}
    assert found["shop"]["levels"]["HD-PAPER"] == {"Workshop": 30, "Gallery": 12}
    assert set(found["shop"]["levels"]) == {"HD-PAPER", "HD-OAK", "HD-BLACK"}


def test_what_happened_before_the_event_is_no_consequence_of_it(played: Any) -> None:
    found = played('{% log "x" %}', "shop: prints\nperform: true\nbefore: [{sell: {sku: HD-OAK}}]\n")
    assert found["shop"] == {"changes": []}


def test_meanwhile_comes_between_the_rendering_and_the_first_action(played: Any) -> None:
    text = "shop: prints\nperform: true\nmeanwhile: [{sell: {sku: HD-OAK, location: Gallery}}]\n"
    found = played(adjusting("12"), text)
    assert "CHANGE_FROM_QUANTITY_STALE" in found["runs"][1]["error"]
    assert found["shop"]["changes"] == [
        "do/sell: Order #1001: created",
        "do/sell: HD-OAK at Gallery: available 12 -> 11, committed 0 -> 1",
    ]


def test_a_lost_reply_is_tried_again_without_waiting_and_without_a_port_in_its_text(played: Any) -> None:
    text = "shop: prints\nperform: true\nfaults: [{kind: lost_reply, operation: inventoryAdjust, count: 1}]\n"
    found = played(adjusting(), text)
    run = found["runs"][1]
    assert (run["ok"], run["attempts"], len(run["errors_of_attempts"])) == (True, 2, 2)
    assert "127.0.0.1" not in json.dumps(found)
    assert found["shop"]["levels"]["HD-OAK"]["Gallery"] == 11


def test_events_that_actions_make_are_followed_up(played: Any) -> None:
    script = """
      {% if event.topic == "user/thing/happened" %}
        {% action "event" %}{"topic": "user/thing/later", "data": 5}{% endaction %}
      {% else %}{% log event.data %}{% endif %}
    """
    template = f"{TOPIC}\nuser/thing/later"
    found = played(script, "shop: prints\nperform: true\n", subscriptions_template=template)
    assert [(each["topic"], each["logs"]) for each in found["followups"]] == [("user/thing/later", [5])]
    assert [run.get("task") or run["action"] for run in found["runs"]] == [TOPIC, "event", "user/thing/later"]


def test_nobody_outside_the_store_is_reached_and_what_comes_of_it_is_the_same_each_time(played: Any) -> None:
    sent = {"method": "get", "url": "http://127.0.0.1:9/"}
    script = (
        "{% if event.topic contains 'perform' %}{% log action.run.result %}{% else %}"
        f'{{% action "http" %}}{json.dumps(sent)}{{% endaction %}}'
        '{% action "files" %}{"a.txt": "four"}{% endaction %}'
        '{% action "email" %}{"to": "a@example.com", "subject": "S", "body": "B"}{% endaction %}{% endif %}'
    )
    template = f"{TOPIC}\nmechanic/actions/perform"
    first, second = (played(script, "shop: prints\nperform: true\n", subscriptions_template=template) for _ in "12")
    assert first == second
    results = [each["logs"][0] for each in first["followups"]]
    assert {"outbox": "outbox/1-http"} in results
    assert [each["a.txt"]["size"] for each in results if "a.txt" in each] == [4]
    assert [each["accepted"] for each in results if "accepted" in each] == [["a@example.com"]]
    assert all(run["ok"] for run in first["runs"])


def test_runs_due_later_are_part_of_the_case(played: Any) -> None:
    found = played('{% log "x" %}', "shop: prints\nperform: true\n", subscriptions_template=f"{TOPIC}+2.days")
    assert (found["logs"], found["runs"][0]["ok"]) == (["x"], True)


def test_a_task_that_starts_itself_for_ever_is_refused(played: Any) -> None:
    script = (
        '{% action "event" %}{"topic": "user/thing/happened", "data": {{ event.data | plus: 1 | json }}}{% endaction %}'
    )
    with pytest.raises(InputError, match="no end after") as caught:
        played(script, "shop: prints\nperform: true\n", event=f"event: {{topic: {TOPIC}, data: 0}}\n")
    assert "start itself" in str(caught.value.hint)


def test_a_failing_script_is_what_came_of_the_case(played: Any) -> None:
    assert "nonsense" in played("{% nonsense %}")["liquid_error"]
    found = played("{% nonsense %}", "shop: prints\nperform: true\n")
    assert "nonsense" in found["liquid_error"]
    assert found["runs"][0]["ok"] is False


@pytest.mark.parametrize(
    ("text", "part", "message"),
    [
        ("shop: print\n", "shop", "no shop seed"),
        ("task: other\n", "task", 'no task "other"'),
        ("shop: prints\nbefore: [{sel: {sku: HD-OAK}}]\n", "before[0].sel", "there is no verb 'sel'"),
        ("shop: prints\nbefore: [{sell: {sku: HD-OK}}]\n", "before[0].sell", "there is no SKU 'HD-OK'"),
        ("shop: prints\nbefore: [{graphql: 'mutation { nope }'}]\n", "before[0].graphql", "nope"),
        ("shop: prints\nfaults: [{kind: lost}]\n", "faults[0]", "there is no fault of kind 'lost'"),
        ("shop: prints\nperform: true\nmeanwhile: [{sel: {}}]\n", "meanwhile[0].sel", "there is no verb 'sel'"),
    ],
)
def test_what_a_case_refers_to_and_is_not_there_is_reported_at_its_place(
    played: Any, text: str, part: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        played('{% log "x" %}', text)
    assert message in caught.value.message
    assert caught.value.code == "fixture.invalid"
    assert caught.value.where is not None
    assert caught.value.where.part == part


def test_a_broken_task_is_reported_as_such(played: Any, tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(TaskError) as caught:
        played('{% log "x" %}', "task: tasks/broken.json\n")
    assert caught.value.code == "task.json"


def test_a_case_played_twice_gives_the_same(played: Any) -> None:
    text = "shop: prints\nperform: true\nfaults: [{kind: lost_reply, operation: inventoryAdjust, count: 1}]\n"
    assert played(adjusting(), text) == played(adjusting(), text)


# globals, secrets, run form

FORM = "event: {topic: mechanic/user/form}\n"
FORM_TASK = {
    "subscriptions_template": "mechanic/user/form",
    "options": {"count__number_userform": 7, "day__date_userform": "2026-03-04"},
}
ASKS = "{% log input %}{% comment %}options.count__number_userform options.day__date_userform{% endcomment %}"
IN_A_STORE = "shop: prints\nperform: true\n"


@pytest.mark.parametrize("text", ["", "shop: prints\n", IN_A_STORE], ids=["alone", "read", "performed"])
def test_globals_secrets_and_the_run_form_reach_the_script(played: Any, text: str) -> None:
    script = '{% log globals.motto %}{% log secrets.token %}{% log "x" | hmac_sha1: secrets.token %}' + ASKS
    given = "globals: {motto: {en: Ars longa}}\nsecrets: {token: made up}\ninput: {count: '0'}\n"
    motto, token, signature, form = played(script, text + given, event=FORM, **FORM_TASK)["logs"]
    assert motto == {"en": "Ars longa"}
    assert token == Secrets({"token": "made up"}).placeholder("token")
    assert signature == hmac.digest(b"made up", b"x", "sha1").hex()
    assert form == {"count": 0, "day": "2026-03-04"}


def test_options_name_globals_in_subscriptions_too(played: Any) -> None:
    keys = {"options": {"topic__global": None}, "subscriptions_template": "{{ options.topic__global }}"}
    text = f"globals: {{happened: {TOPIC}}}\noptions: {{topic__global: happened}}\n"
    assert played("{% log options.topic__global %}", text, **keys)["logs"] == [TOPIC]


def test_a_preview_signs_without_the_value(played: Any) -> None:
    event = f"event: {{topic: {TOPIC}, preview: true}}\n"
    script = '{% log "x" | hmac_sha1: secrets.token %}'
    known, named = (played(script, f"secrets: {{token: {value}}}\n", event=event) for value in ("made up", "null"))
    assert known == named


def test_performed_children_find_the_whole_form_in_their_parent(played: Any) -> None:
    script = (
        '{% if event.topic == "user/c/d" %}{% log event.parent.data %}'
        '{% else %}{% action "event", topic: "user/c/d" %}{% endif %}' + ASKS.partition("%}")[2]
    )
    keys = {**FORM_TASK, "subscriptions_template": "mechanic/user/form\nuser/c/d"}
    (child,) = played(script, IN_A_STORE + "input: {count: '0'}\n", event=FORM, **keys)["followups"]
    (data,) = child["logs"]
    assert (data["count"], data["count__number_userform"], data["day"]) == (0, 0, "2026-03-04")


@pytest.mark.parametrize(("key", "hint"), [("cuont", "did you mean count?"), ("other", "it asks for count, day")])
def test_input_that_nobody_asks_for_is_refused(played: Any, key: str, hint: str) -> None:
    with pytest.raises(InputError, match="does not ask for") as caught:
        played(ASKS, f"input:\n  {key}: 1\n", event=FORM, **FORM_TASK)
    assert (caught.value.code, caught.value.hint) == ("fixture.invalid", hint)
    assert caught.value.where is not None
    assert (caught.value.where.line, caught.value.where.part) == (3, f"input.{key}")
