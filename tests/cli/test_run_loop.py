"""``runner run --loop``: what a task's own changes lead to, told to the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.cli.made import TOPIC, task_file

PRODUCT = "{{ event.data.admin_graphql_api_id | json }}"
ENDING = (
    '{% unless event.data.tags contains "seen" %}{% action "shopify" %}mutation { tagsAdd(id: '
    + PRODUCT
    + ', tags: ["seen"]) { userErrors { message } } }{% endaction %}{% endunless %}'
)
LOOPING = (
    '{% action "shopify" %}mutation { productUpdate(product: {id: '
    + PRODUCT
    + ', vendor: "Same"}) { userErrors { message } } }{% endaction %}'
)
UPDATE = "shopify/products/update"


def test_a_task_that_ends_by_itself_is_shown_with_what_changed(run: Command, tmp_path: Path) -> None:
    words = (
        "run",
        task_file(tmp_path, ENDING, subscriptions_template=UPDATE),
        "--topic",
        UPDATE,
        "--shop",
        "prints",
        "--loop",
    )
    ran = run(*words)
    assert ran.code == 0
    assert 'tags ["limited", "sea"] -> ["limited", "sea", "seen"]' in ran.out
    assert "The store became quiet: 1 webhook(s) came back; 1 task run(s) asked for no change." in ran.out
    document = run(*words, "--json").document
    assert document["loop"] == {"webhooks": 1, "quiet": True, "repeats": {}, "stopped": [], "ends_by_itself": True}
    assert (document["ok"], [change["cause"] for change in document["changes"]]) == (True, ["graphql tagsAdd"])


def test_a_loop_is_called_one_although_the_engine_stopped_it(run: Command, tmp_path: Path) -> None:
    ran = run(
        "run",
        task_file(tmp_path, LOOPING, subscriptions_template=UPDATE),
        "--topic",
        UPDATE,
        "--shop",
        "prints",
        "--loop",
    )
    assert ran.code == 1
    assert "A LOOP, which the engine stopped after 3 webhook(s)" in ran.out
    assert f"3 times: {UPDATE} Product 80000001" in ran.out
    assert "became quiet" not in ran.out


def test_without_it_nothing_comes_back(run: Command, tmp_path: Path) -> None:
    ran = run(
        "run",
        task_file(tmp_path, LOOPING, subscriptions_template=UPDATE),
        "--topic",
        UPDATE,
        "--shop",
        "prints",
        "--json",
    )
    assert (ran.code, ran.document["totals"]["task_runs"], "loop" in ran.document) == (0, 1, False)


@pytest.mark.parametrize("more", [(), ("--shop", "prints", "--dry-run"), ("--live",)])
def test_it_goes_with_a_simulated_store_in_which_things_happen(
    run: Command, tmp_path: Path, more: tuple[str, ...]
) -> None:
    ran = run("run", task_file(tmp_path, "{% log 1 %}"), "--topic", TOPIC, "--loop", *more)
    assert ran.code == 2
    assert "--loop" in ran.err
