"""Looking into a served store from the command line, meddling with it, and checking seeds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.simulator.server import RunningShop, simulator
from tests.cli.conftest import Command

TIED = ("state", "changes", "do", "clock", "faults")


@pytest.fixture(scope="module")
def served() -> Iterator[RunningShop]:
    with simulator("prints") as running:
        yield running


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """The one store of this file, as its seed has it."""
    served.clear_faults()
    served.reset()
    return served


def test_state_counts_lists_and_shows_one_object(run: Command, shop: RunningShop) -> None:
    counted = run("shop", "state", "--url", shop.url)
    assert (counted.code, ["ProductVariant", "13"] in [line.split() for line in counted.out.splitlines()]) == (0, True)
    assert "Product/80000002  Salt Marsh" in run("shop", "state", "Product", "--url", shop.url).out
    for name in ("Product/80000002", "gid://shopify/Product/80000002"):
        assert "title: Salt Marsh" in run("shop", "state", name, "--url", shop.url).out


def test_state_shows_a_level_without_its_item(run: Command, shop: RunningShop) -> None:
    gid = next(iter(shop.state()["objects"]["InventoryLevel"]))
    number = gid.removeprefix("gid://shopify/").partition("?")[0]
    assert "_quantities" in run("shop", "state", number, "--url", shop.url).out


def test_what_was_done_is_told_and_stands_in_the_changes(run: Command, shop: RunningShop) -> None:
    done = run("shop", "do", "sell", "sku=HD-OAK", "location=Gallery", "quantity=2", "--url", shop.url)
    assert "available 12 -> 10, committed 0 -> 2" in done.out
    assert "do/sell" in run("shop", "changes", "--url", shop.url).out
    all_of_it = run("shop", "changes", "--url", shop.url, "--json").document["changes"]
    last = str(all_of_it[-1]["sequence"])
    assert len(all_of_it) > 1
    assert run("shop", "changes", "--since", last, "--url", shop.url, "--json").document == {"changes": []}


def test_a_list_and_a_text_that_looks_like_none_are_told_apart(run: Command, shop: RunningShop) -> None:
    run("shop", "do", "tag", "product=80000002", 'add=["007", "new"]', "--url", shop.url)
    assert {"007", "new"} <= set(shop.state()["objects"]["Product"]["gid://shopify/Product/80000002"]["tags"])


def test_do_alone_lists_the_verbs_with_what_they_take(run: Command, shop: RunningShop) -> None:
    ran = run("shop", "do", "--url", shop.url)
    assert "sell\n  One order: {sku" in ran.out


def test_the_clock_is_shown_advanced_and_set(run: Command, shop: RunningShop) -> None:
    assert run("shop", "clock", "--url", shop.url).out.startswith("2026-03-02T15:00:00.000Z")
    assert run("shop", "clock", "--advance", "2h", "--url", shop.url).out.startswith("2026-03-02T17:00:00.000Z")
    set_back = run("shop", "clock", "--set", "2026-01-01T00:00:00+01:00", "--url", shop.url)
    assert set_back.out.startswith("2025-12-31T23:00:00.000Z")


def test_faults_are_set_listed_and_cleared(run: Command, shop: RunningShop) -> None:
    assert "nothing goes wrong" in run("shop", "faults", "--url", shop.url).out
    run("shop", "faults", "lost_reply", "operation=tagsAdd", "count=1", "--url", shop.url)
    assert [fault["kind"] for fault in shop.faults()] == ["lost_reply"]
    chaos = run("shop", "faults", "chaos", "probability=0.1", "seed=7", "--url", shop.url, "--json").document
    assert len(chaos["faults"]) > 5
    run("shop", "faults", "--clear", "--url", shop.url)
    assert shop.faults() == []


def test_the_store_of_the_settings_is_meant_without_an_address(
    run: Command, shop: RunningShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPIFY_SHOP", shop.url)
    assert shop.url in run("shop", "state").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("do", "sel"), "did you mean 'sell'"),
        (("do", "sell", "sku"), "NAME=VALUE"),
        (("do", "sell", "sku=A", "sku=B"), "twice"),
        (("do", "sell", "sku=XX", "location=Gallery"), "HD-OAK"),
        (("state", "Prodct"), "did you mean Product?"),
        (("state", "Product/1"), "runner shop state Product"),
        (("clock", "--advance", "soon"), "90s"),
        (("clock", "--set", "soon"), "2026-03-02T10:00:00-05:00"),
        (("clock", "--set", "2026-01-01", "--advance", "2h"), "exclude"),
        (("faults", "nope"), "lost_reply"),
        (("faults", "latency", "--clear"), "--clear"),
    ],
)
def test_a_mistake_is_told_with_a_way_out(run: Command, shop: RunningShop, words: tuple[str, ...], told: str) -> None:
    ran = run("shop", *words, "--url", shop.url)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert shop.changes() == []


@pytest.mark.parametrize("word", TIED)
def test_where_no_store_answers_the_command_says_how_to_start_one(run: Command, word: str) -> None:
    words = ("sell", "sku=A") if word == "do" else ()
    ran = run("shop", word, *words, "--url", "http://127.0.0.1:9")
    assert ran.code == 3
    assert "runner shop serve" in ran.err


def test_a_real_shop_has_no_such_side(run: Command) -> None:
    ran = run("shop", "state", "--url", "https://mine.myshopify.com")
    assert ran.code == 2
    assert "http://127.0.0.1:9292" in ran.err


def test_seed_check_says_what_a_seed_holds_and_what_is_wrong_with_another(run: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yml"
    bad.write_text("shop:\n  name: Mine\nproducts:\n  - title: Cup\n    pric: 3\n")
    ran = run("shop", "seed", "check", "prints", bad, "prnts")
    assert ran.code == 2
    for told in ("prints: good", "13 ProductVariant", "bad.yml", "pric", "line 5", '"prints"'):
        assert told in ran.out
    assert run("shop", "seed", "check", "prints").code == 0


def test_seeds_are_listed(run: Command) -> None:
    assert "prints-large" in [each["name"] for each in run("shop", "seed", "list", "--json").document["seeds"]]
