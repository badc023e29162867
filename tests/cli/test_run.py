"""``runner run``: dry by default, performed in simulated stores, live only when the settings say so."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.simulator.server import RunningShop, simulator
from tests.cli.conftest import Command
from tests.cli.made import TOPIC, event_file, task_file

TAG = """{% action "shopify" %}
  mutation { tagsAdd(id: "gid://shopify/Product/80000001", tags: ["seen"]) { userErrors { field message } } }
{% endaction %}"""
TAGGED = "gid://shopify/Product/80000001"


@pytest.fixture(scope="module")
def served() -> Iterator[RunningShop]:
    """A store that plays the configured shop."""
    with simulator("prints", hold_webhooks=True) as shop:
        yield shop


@pytest.fixture
def shop(served: RunningShop, monkeypatch: pytest.MonkeyPatch) -> RunningShop:
    """The configured shop, as at its beginning."""
    served.reset()
    monkeypatch.setenv("SHOPIFY_SHOP", served.url)
    monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", served.token)
    return served


def tags(shop: RunningShop) -> list[str]:
    found: list[str] = shop.state()["objects"]["Product"][TAGGED]["tags"]
    return found


def test_actions_are_performed_in_a_simulated_store(run: Command, tmp_path: Path) -> None:
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC, "--shop", "prints")
    assert ran.code == 0
    assert "simulated from the seed prints" in ran.out
    assert "mutation tagsAdd -> 200" in ran.out
    assert "1 action(s) performed" in ran.out


def test_the_document_tells_events_runs_actions_and_what_they_cost(run: Command, tmp_path: Path) -> None:
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC, "--shop", "prints", "--json")
    document = ran.document
    assert (document["mode"], document["ok"]) == ("simulated", True)
    assert document["shop"] == "tidewater-prints.myshopify.com"
    (event,) = document["events"]
    assert event["topic"] == TOPIC
    task_run, action_run = event["runs"]
    assert (task_run["kind"], task_run["state"]) == ("task", "succeeded")
    assert (action_run["kind"], action_run["state"]) == ("action", "succeeded")
    assert action_run["action"]["type"] == "shopify"
    assert action_run["usage"]["shopify_admin_graphql_api_requests_count"] == 1
    totals = document["totals"]
    assert (totals["actions"], totals["calls"], totals["failed"]) == (1, 1, 0)
    assert totals["points"] == 10
    assert document["changes"]


def test_the_data_of_a_topic_are_the_stores_own(run: Command, tmp_path: Path) -> None:
    ran = run("run", task_file(tmp_path, "{% log event.data %}"), "--topic", TOPIC, "--shop", "prints", "--json")
    (log,) = ran.document["events"][0]["runs"][0]["rendering"]["logs"]
    assert log["inventory_item_id"] == 30000001
    assert log["available"] == 30
    assert "the first one of the shop" in ran.err


def test_a_task_reads_the_store_while_it_renders(run: Command, tmp_path: Path) -> None:
    script = '{% assign found = "query { shop { name } }" | shopify %}{% log found.data.shop.name %}{% log shop.name %}'
    ran = run("run", task_file(tmp_path, script), "--topic", TOPIC, "--shop", "prints", "--json")
    assert ran.document["events"][0]["runs"][0]["rendering"]["logs"] == ["Tidewater Prints", "Tidewater Prints"]


def test_a_dry_run_in_a_simulated_store_performs_nothing(run: Command, tmp_path: Path) -> None:
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC, "--shop", "prints", "--dry-run", "--json")
    assert ran.document["mode"] == "dry"
    assert ran.document["totals"]["actions"] == 0
    assert ran.document["totals"]["actions_not_performed"] == 1
    assert ran.document["changes"] == []


def test_a_later_subscription_is_run_at_its_time_in_a_simulated_store(run: Command, tmp_path: Path) -> None:
    path = task_file(tmp_path, '{% log "later" %}', subscriptions_template=f"{TOPIC}+3.days")
    ran = run("run", path, "--topic", TOPIC, "--shop", "prints", "--json")
    assert ran.document["events"][0]["runs"][0]["rendering"]["logs"] == ["later"]


def test_child_events_are_followed(run: Command, tmp_path: Path) -> None:
    script = (
        '{% if event.topic == "user/a/b" %}{% log "child" %}{% else %}'
        '{% action "event", topic: "user/a/b", data: 7 %}{% endif %}'
    )
    path = task_file(tmp_path, script, subscriptions_template=f"{TOPIC}\nuser/a/b")
    ran = run("run", path, "--topic", TOPIC, "--shop", "prints", "--json")
    assert [event["topic"] for event in ran.document["events"]] == [TOPIC, "user/a/b"]


def test_a_failed_action_is_exit_code_1_and_tells_the_shops_words(run: Command, tmp_path: Path) -> None:
    ran = run("run", task_file(tmp_path, TAG.replace("80000001", "1")), "--topic", TOPIC, "--shop", "prints")
    assert ran.code == 1
    assert "run failed" in ran.out


@pytest.mark.parametrize(
    "script",
    ['{% error "no" %}', "{% if %}", '{% action "emali", to: "a" %}', "text"],
    ids=["error", "if", "type", "text"],
)
def test_whatever_fails_is_exit_code_1_without_a_traceback(run: Command, tmp_path: Path, script: str) -> None:
    ran = run("run", task_file(tmp_path, script), "--topic", TOPIC, "--shop", "prints")
    assert ran.code == 1
    assert "Traceback" not in ran.out + ran.err


def test_the_configured_shop_is_dry_by_default(run: Command, tmp_path: Path, shop: RunningShop) -> None:
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC)
    assert ran.code == 0
    assert "dry run, nothing is performed" in ran.out
    assert "not performed: dry run" in ran.out
    assert "seen" not in tags(shop)
    assert not (tmp_path / ".runner").exists()


def test_mode_live_performs_in_the_configured_shop_and_keeps_records(
    run: Command, tmp_path: Path, shop: RunningShop
) -> None:
    (tmp_path / "runner.yml").write_text("mode: live\n")
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC)
    assert ran.code == 0
    assert "LIVE: actions change" in ran.err
    assert "seen" in tags(shop)
    assert (tmp_path / ".runner" / "runner.db").is_file()


def test_dry_run_beats_mode_live(run: Command, tmp_path: Path, shop: RunningShop) -> None:
    (tmp_path / "runner.yml").write_text("mode: live\n")
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC, "--dry-run")
    assert ran.code == 0
    assert "seen" not in tags(shop)


def test_live_against_the_settings_is_stopped_for_safety(run: Command, tmp_path: Path, shop: RunningShop) -> None:
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC, "--live")
    assert ran.code == 4
    assert "mode: dry" in ran.err
    assert "mode: live" in ran.err
    assert shop.requests() == []


def test_the_cache_lasts_from_one_live_run_to_the_next_dry_one(
    run: Command, tmp_path: Path, shop: RunningShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNNER_MODE", "live")
    writer = task_file(tmp_path, '{% action "cache", "set", "k", 7 %}', name="writer")
    reader = task_file(tmp_path, '{% log cache["k"] %}', name="reader")
    assert run("run", writer, "--topic", TOPIC).code == 0
    ran = run("run", reader, "--topic", TOPIC, "--dry-run", "--json")
    assert ran.document["events"][0]["runs"][0]["rendering"]["logs"] == [7]


def test_a_run_due_later_is_told_and_not_waited_for(run: Command, tmp_path: Path, shop: RunningShop) -> None:
    path = task_file(tmp_path, "{% log 1 %}", subscriptions_template=f"{TOPIC}+3.days")
    ran = run("run", path, "--topic", TOPIC)
    assert ran.code == 0
    assert "1 run(s) are due later" in ran.out


def test_client_credentials_do_instead_of_a_token(
    run: Command, tmp_path: Path, shop: RunningShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOPIFY_ACCESS_TOKEN")
    monkeypatch.setenv("SHOPIFY_CLIENT_ID", shop.client_id)
    monkeypatch.setenv("SHOPIFY_CLIENT_SECRET", shop.secret)
    assert run("run", task_file(tmp_path, TAG), "--topic", TOPIC).code == 0


# globals, secrets, run form

SHOWS_ALL = (
    '{% log globals.motto %}{% log "x" | hmac_sha1: secrets.token %}{% action "echo", secrets.token %}'
    "{% log input.count %}{% log event.data %}"
    "{% comment %}options.count__number_userform options.day__date_userform{% endcomment %}"
)
FORM = "mechanic/user/form"


@pytest.fixture
def form_task(tmp_path: Path) -> Path:
    """A task with a run form, in a project with a global and a secret."""
    (tmp_path / "runner.yml").write_text("globals: {motto: Ars longa}\n")
    options = {"count__number_userform": 7, "day__date_userform": "2026-03-04"}
    subscriptions = f"{FORM}\nmechanic/user/orders\n{TOPIC}"
    return task_file(tmp_path, SHOWS_ALL, options=options, subscriptions_template=subscriptions)


def input_file(folder: Path, text: str = '{"count": "0"}') -> Path:
    (folder / "form.json").write_text(text)
    return folder / "form.json"


def test_the_values_of_the_project_and_of_the_form_reach_the_script(
    run: Command, tmp_path: Path, form_task: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNNER_SECRET_TOKEN", "do not show")
    ran = run("run", form_task, "--topic", FORM, "--input", input_file(tmp_path), "--shop", "prints", "--json")
    assert ran.code == 0
    task_run, echo = ran.document["events"][0]["runs"]
    motto, signature, count, data = task_run["rendering"]["logs"]
    assert (motto, count) == ("Ars longa", 0)
    assert signature == hmac.digest(b"do not show", b"x", "sha1").hex()
    assert (data["count"], data["day"], data["day__date_userform"]) == (0, "2026-03-04", "2026-03-04")
    assert echo["result"].startswith("__mechanic_secret__token__")
    assert "do not show" not in ran.out + ran.err


def test_a_form_that_is_sent_unchanged_has_the_saved_values(run: Command, form_task: Path) -> None:
    script_fails_without_a_secret = run("run", form_task, "--topic", FORM, "--shop", "prints")
    assert script_fails_without_a_secret.code == 1
    assert "the key is nil" in script_fails_without_a_secret.out
    plain = task_file(
        form_task.parent,
        "{% log input %}{% comment %}options.count__number_userform{% endcomment %}",
        name="plain",
        options={"count__number_userform": 7},
        subscriptions_template=FORM,
    )
    ran = run("run", plain, "--topic", FORM, "--shop", "prints", "--json")
    assert ran.document["events"][0]["runs"][0]["rendering"]["logs"] == [{"count": 7}]


def test_the_form_comes_with_resources_from_the_admin(
    run: Command, tmp_path: Path, form_task: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNNER_SECRET_TOKEN", "do not show")
    event = event_file(tmp_path, "mechanic/user/orders", [{"id": 1}])
    ran = run("run", form_task, "--event", event, "--input", input_file(tmp_path), "--shop", "prints", "--json")
    assert ran.document["events"][0]["runs"][0]["rendering"]["logs"][2:] == [0, [{"id": 1}]]


@pytest.mark.parametrize(
    ("topic", "text", "words"),
    [
        (FORM, '{"cuont": 1}', "did you mean count?"),
        (FORM, "[1]", "form.json"),
        (TOPIC, '{"count": 1}', "no run form comes with shopify/inventory_levels/update"),
    ],
)
def test_values_that_no_form_asks_for_are_told(
    run: Command, tmp_path: Path, form_task: Path, topic: str, text: str, words: str
) -> None:
    ran = run("run", form_task, "--topic", topic, "--input", input_file(tmp_path, text), "--shop", "prints")
    assert ran.code == 2
    assert words in ran.err
    assert "form.json" in ran.err


def test_a_file_of_secrets_inside_the_project_stops_the_run(run: Command, tmp_path: Path, form_task: Path) -> None:
    (tmp_path / "runner.yml").write_text("secrets_file: secrets.json\n")
    ran = run("run", form_task, "--topic", FORM, "--shop", "prints")
    assert ran.code == 2
    assert "stands in the project's folder" in ran.err


# what newcomers get wrong


def test_no_shop_points_at_the_simulated_one(run: Command, tmp_path: Path) -> None:
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC)
    assert ran.code == 2
    assert "no shop is configured" in ran.err
    assert "--shop prints" in ran.err


def test_a_missing_token_is_named(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPIFY_SHOP", "example.myshopify.com")
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC)
    assert ran.code == 2
    assert "no access token for example.myshopify.com" in ran.err
    assert "SHOPIFY_ACCESS_TOKEN" in ran.err


def test_a_shop_that_cannot_be_reached_is_exit_code_3(run: Command, tmp_path: Path, shop: RunningShop) -> None:
    with shop.offline():
        ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC)
    assert ran.code == 3
    assert "refused the connection" in ran.err
    assert "runner shop serve" in ran.err


def test_a_wrong_token_is_exit_code_3_and_is_not_shown(
    run: Command, tmp_path: Path, shop: RunningShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", "shpat_wrong_token")
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC, "--json")
    assert ran.code == 3
    assert ran.document["error"]["status"] == 401
    assert ran.document["error"]["hint"]
    assert "shpat_wrong_token" not in ran.out + ran.err


def test_an_unknown_seed_lists_those_there_are(run: Command, tmp_path: Path) -> None:
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC, "--shop", "prnts")
    assert ran.code == 2
    assert '"prints"' in ran.err


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("shopify/inventory_level/update", "did you mean shopify/inventory_levels/update?"),
        ("shopify/inventory_levels/updat", "shopify/inventory_levels/update"),
        ("shopify/orders/create", "The task responds to shopify/inventory_levels/update"),
        ("mechanic/scheduler/dayly", "mechanic/scheduler/daily"),
        ("nonsense", "topic"),
        ("", "topic"),
        (f"{TOPIC}+1.hour", "has no offset"),
    ],
)
def test_a_topic_the_task_does_not_respond_to_is_told(run: Command, tmp_path: Path, topic: str, words: str) -> None:
    ran = run("run", task_file(tmp_path, TAG), "--topic", topic, "--shop", "prints")
    assert ran.code == 2
    assert words in ran.err


def test_the_topic_of_an_event_file_is_checked_as_well(run: Command, tmp_path: Path) -> None:
    event = event_file(tmp_path, "shopify/inventory_levels/updated")
    ran = run("run", task_file(tmp_path, TAG), "--event", event, "--shop", "prints")
    assert ran.code == 2
    assert str(event) in ran.err


def test_an_event_file_is_run_as_it_is(run: Command, tmp_path: Path) -> None:
    event = event_file(tmp_path, data={"inventory_item_id": 5}, preview=True, id="e1")
    script = "{% log id: event.id, data: event.data, preview: event.preview, native: event.shopify_topic %}"
    ran = run("run", task_file(tmp_path, script), "--event", event, "--shop", "prints", "--json")
    (log,) = ran.document["events"][0]["runs"][0]["rendering"]["logs"]
    assert log == {"id": "e1", "data": {"inventory_item_id": 5}, "preview": None, "native": TOPIC}


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ((), f"--topic {TOPIC}, or --event FILE"),
        (("--event", "case.yml"), "`runner test` plays the cases"),
        (("--event", "event.json", "--topic", TOPIC), "an event file has its topic in it"),
        (("--topic", TOPIC, "--live"), "no --live"),
        (("--topic", TOPIC, "--live", "--dry-run"), "give one of them"),
        (("--event", "missing.json"), "event.json"),
        (("--topic", TOPIC, "--options", "options.json"), "did you mean"),
    ],
)
def test_wrong_usage_says_how_it_is_meant(run: Command, tmp_path: Path, words: tuple[str, ...], hint: str) -> None:
    event_file(tmp_path)
    (tmp_path / "option.json").write_text("{}")
    (tmp_path / "case.yml").write_text("event: {topic: a/b}")
    ran = run("run", task_file(tmp_path, TAG), "--shop", "prints", *words)
    assert ran.code == 2
    assert hint in ran.err


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"data": {}}', '{"topic": 5}', "\ufeff", "<html>"])
def test_an_event_file_that_holds_no_event_is_told(run: Command, tmp_path: Path, content: str) -> None:
    (tmp_path / "event.json").write_text(content, encoding="utf-8")
    ran = run("run", task_file(tmp_path, TAG), "--event", "event.json", "--shop", "prints")
    assert ran.code == 2
    assert "event.json" in ran.err
    assert "Hint:" in ran.err


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"script": "", "options": {}}', '{"nope": 1}'])
def test_an_options_file_that_does_not_fit_is_told(run: Command, tmp_path: Path, content: str) -> None:
    (tmp_path / "options.json").write_text(content)
    ran = run("run", task_file(tmp_path, TAG), "--topic", TOPIC, "--options", "options.json", "--shop", "prints")
    assert ran.code == 2
    assert "options.json" in ran.err


@pytest.mark.parametrize(
    ("topic", "key"),
    [
        ("shopify/orders/create", "line_items"),
        ("shopify/customers/create", "email"),
        ("shopify/draft_orders/create", "line_items"),
    ],
)
def test_what_the_store_lacks_is_made_for_the_run(run: Command, tmp_path: Path, topic: str, key: str) -> None:
    """So a task's action finds what its event tells of: with a sample it would fail for an order that is not there."""
    script = (
        "{% log event.data."
        + key
        + ' %}{% action "shopify" %}mutation { tagsAdd(id: {{ event.data.admin_graphql_api_id '
        '| json }}, tags: ["a"]) { userErrors { message } } }{% endaction %}'
    )
    task = task_file(tmp_path, script, subscriptions_template=topic)
    ran = run("run", task, "--topic", topic, "--shop", "prints", "--json")
    assert (ran.code, ran.document["totals"]["failed"]) == (0, 0), ran.out
    assert ran.document["events"][0]["runs"][0]["rendering"]["logs"][0]
    assert {change["cause"].split("/")[0] for change in ran.document["changes"]}.isdisjoint({"do"})
    assert "made for this run, since the store had none" in ran.err
