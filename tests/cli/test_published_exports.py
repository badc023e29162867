"""The two published exports of the inventory task, run from their path in a simulated store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command
from tests.cli.made import event_file

HANDLE = "keep-inventory-levels-in-sync-within-products"
SEED = """
shop: {name: Two Frames, domain: two-frames.myshopify.com}
locations: [{name: Studio}]
products:
  - title: Print
    options: {Framing: [None, Oak]}
    variants:
      - {Framing: None, sku: PAPER, price: 10.00, levels: {Studio: 12}}
      - {Framing: Oak, sku: OAK, price: 20.00, levels: {Studio: 9}}
"""


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """A store where the framed variant was just sold, and the event of it."""
    seed = tmp_path / "frames.yml"
    seed.write_text(SEED)
    event = event_file(tmp_path, data={"inventory_item_id": 30000002, "location_id": 20000001, "available": 9})
    return ["--shop", str(seed), "--event", str(event), "--json"]


def available(document: dict[str, Any]) -> dict[str, int]:
    """Inventory level -> available, of the levels that changed."""
    return {
        change["id"]: change["after"]["_quantities"]["available"]
        for change in document["changes"]
        if change["type"] == "InventoryLevel" and "_quantities" in (change["after"] or {})
    }


@pytest.mark.library
def test_the_export_of_2021_brings_the_levels_in_sync_over_rest(run: Command, library: Path, words: list[str]) -> None:
    ran = run("run", library / "vintage-2021" / f"{HANDLE}.json", *words)
    assert ran.code == 0
    assert set(available(ran.document).values()) == {9}
    assert ran.document["totals"]["points"] < ran.document["totals"]["calls"] * 10


@pytest.mark.library
def test_the_export_of_2026_ends_without_adjusting(run: Command, library: Path, words: list[str]) -> None:
    ran = run("run", library / "current" / f"{HANDLE}.json", *words)
    assert available(ran.document) == {}
    (error,) = ran.document["events"][0]["runs"][0]["read_errors"]
    assert "id" in error
    assert "null" in error.lower() or "invalid" in error.lower()


@pytest.mark.library
@pytest.mark.parametrize("vintage", ["vintage-2021", "current"])
def test_both_exports_preview(run: Command, library: Path, vintage: str) -> None:
    assert run("preview", library / vintage / f"{HANDLE}.json").code == 0
