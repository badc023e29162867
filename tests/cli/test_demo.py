"""``runner demo``: the story ends in sync, and says what it took."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Command


def test_the_story_ends_in_sync_for_people(run: Command) -> None:
    ran = run("demo")
    assert ran.code == 0
    tables = re.findall(r"^Oak frame\s+HD-OAK\s+(\d+)\s+(\d+)$", ran.out, flags=re.MULTILINE)
    assert tables == [("30", "12"), ("30", "11"), ("30", "11")]
    assert re.findall(r"^Unframed\s+HD-PAPER\s+(\d+)\s+(\d+)$", ran.out, flags=re.MULTILINE)[-1] == ("30", "11")
    assert "webhook: HD-OAK at Gallery is now 11" in ran.out
    assert "In sync." in ran.out
    assert re.search(r"It took \d+ calls and \d+ points\.", ran.out)
    assert ran.err == ""


def test_the_document_says_the_same(run: Command) -> None:
    document = run("demo", "--json").document
    assert document["in_sync"] is True
    assert document["before"]["HD-OAK"] == {"Workshop": 30, "Gallery": 12}
    assert document["after"] == {sku: {"Workshop": 30, "Gallery": 11} for sku in ("HD-PAPER", "HD-OAK", "HD-BLACK")}
    totals = document["totals"]
    assert (totals["events"], totals["echoes_ignored"], totals["failed"]) == (3, 2, 0)
    assert totals["calls"] > 0
    assert totals["points"] > 0


def test_it_tells_the_same_story_every_time(run: Command) -> None:
    def told() -> str:
        return re.sub(r"127\.0\.0\.1:\d+|[0-9a-f]{12,}…?", "", run("demo").out)

    assert told() == told()


def test_settings_of_a_real_shop_play_no_part(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runner.yml").write_text("shop: example.myshopify.com\naccess_token: shpat_1\nmode: live\n")
    monkeypatch.setenv("SHOPIFY_SHOP", "other.myshopify.com")
    assert run("demo").code == 0
