"""The state of a simulated shop: ids, indexes, transactions, the change log (simulator.md 2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.clock import FixedClock
from runner.simulator.graph import Graph, gid, level_gid, number_of, type_of

INDEXES = {"ProductVariant": ("sku", "product")}


def new_graph() -> Graph:
    return Graph(FixedClock(datetime(2026, 3, 2, 15, tzinfo=UTC)), INDEXES)


@contextmanager
def failing(graph: Graph) -> Iterator[None]:
    """A transaction that fails at its end."""
    with suppress(RuntimeError), graph.transaction():
        yield
        raise RuntimeError


def test_ids_are_the_same_in_every_run_and_differ_between_types() -> None:
    one, two = new_graph(), new_graph()
    ids = [[graph.create(name, {}).id for name in ("Product", "Product", "Order")] for graph in (one, two)]
    assert ids[0] == ids[1]
    assert len({number_of(node_id) for node_id in ids[0]}) == 3


def test_a_given_id_is_kept_and_never_allocated_again() -> None:
    graph = new_graph()
    first = graph.create("Product", {}).id
    following = gid("Product", number_of(first) + 1)
    graph.create("Product", {}, id=following)
    assert graph.create("Product", {}).id not in (first, following)


def test_an_id_in_use_is_refused() -> None:
    graph = new_graph()
    node = graph.create("Product", {})
    with pytest.raises(ValueError, match=node.id):
        graph.create("Product", {}, id=node.id)


@pytest.mark.parametrize(
    ("text", "type_name", "number"),
    [
        ("gid://shopify/Product/8", "Product", 8),
        ("gid://shopify/InventoryLevel/12?inventory_item_id=3", "InventoryLevel", 12),
        ("gid://shopify/Shop/x", "Shop", 0),
        ("gid://shopify/Product", None, 0),
        ("8", None, 0),
    ],
)
def test_type_and_number_of_a_gid(text: str, type_name: str | None, number: int) -> None:
    assert (type_of(text), number_of(text)) == (type_name, number)


def test_the_gid_of_an_inventory_level_names_its_item() -> None:
    level = level_gid(gid("Location", 20_000_001), gid("InventoryItem", 30_000_007))
    assert level.endswith("?inventory_item_id=30000007")
    assert level != level_gid(gid("Location", 20_000_002), gid("InventoryItem", 30_000_007))


def test_an_index_follows_changes_and_deletions() -> None:
    graph = new_graph()
    node = graph.create("ProductVariant", {"sku": "A", "product": "p"})
    graph.update(node.id, sku="B")
    assert graph.find("ProductVariant", "sku", "A") == []
    assert graph.first("ProductVariant", "sku", "B") is node
    graph.delete(node.id)
    assert graph.find("ProductVariant", "sku", "B") == []


def test_a_field_without_index_is_found_by_looking_at_all() -> None:
    graph = new_graph()
    node = graph.create("ProductVariant", {"barcode": "1"})
    assert graph.find("ProductVariant", "barcode", "1") == [node]


def test_what_is_found_stands_in_order_of_creation_also_after_a_change() -> None:
    graph = new_graph()
    nodes = [graph.create("ProductVariant", {"product": "p"}) for _ in range(3)]
    graph.update(nodes[0].id, product="q")
    graph.update(nodes[0].id, product="p")
    assert graph.find("ProductVariant", "product", "p") == nodes


def test_a_change_tells_before_after_cause_and_time() -> None:
    graph = new_graph()
    node = graph.create("Product", {"title": "Old", "vendor": "V"})
    with graph.caused_by("do/edit"):
        graph.update(node.id, title="New", vendor="V")
    change = graph.changes[-1].to_dict()
    assert change == {
        "sequence": 2,
        "time": "2026-03-02T15:00:00Z",
        "operation": "update",
        "type": "Product",
        "id": node.id,
        "before": {"title": "Old"},
        "after": {"title": "New"},
        "cause": "do/edit",
    }


def test_setting_what_is_already_so_is_no_change() -> None:
    graph = new_graph()
    node = graph.create("Product", {"title": "Same"})
    graph.update(node.id, title="Same")
    assert len(graph.changes) == 1


def test_a_new_field_set_to_null_is_a_change_and_is_stored() -> None:
    graph = new_graph()
    node = graph.create("Product", {})
    graph.update(node.id, publishedAt=None)
    assert "publishedAt" in node
    assert len(graph.changes) == 2


def test_touch_sets_the_time_of_the_shop() -> None:
    graph = new_graph()
    node = graph.create("Product", {"updatedAt": "2020-01-01T00:00:00Z"})
    assert graph.touch(node.id)["updatedAt"] == "2026-03-02T15:00:00Z"


def test_a_failed_transaction_leaves_nothing_behind() -> None:
    graph = new_graph()
    kept = graph.create("ProductVariant", {"sku": "A"})
    gone = graph.create("ProductVariant", {"sku": "B"})
    before = graph.dump()
    with failing(graph):
        graph.update(kept.id, sku="C", title="new field")
        graph.delete(gone.id)
        graph.create("ProductVariant", {"sku": "D"})
    assert graph.dump() == before
    assert [change.operation for change in graph.changes] == ["create", "create"]
    assert graph.first("ProductVariant", "sku", "A") is kept
    assert graph.of_type("ProductVariant") == [kept, gone]
    assert graph.find("ProductVariant", "sku", "D") == []


def test_an_inner_transaction_undoes_its_own_part_only() -> None:
    graph = new_graph()
    with graph.transaction():
        node = graph.create("Product", {"title": "outer"})
        with failing(graph):
            graph.update(node.id, title="inner")
    assert node["title"] == "outer"


def test_what_waits_for_the_commit_runs_after_the_outermost_one_and_not_after_a_failure() -> None:
    graph = new_graph()
    calls: list[str] = []
    with graph.transaction():
        with graph.transaction():
            graph.after_commit(lambda: calls.append("kept"))
        with failing(graph):
            graph.after_commit(lambda: calls.append("dropped"))
        assert calls == []
    assert calls == ["kept"]
    graph.after_commit(lambda: calls.append("at once"))
    assert calls == ["kept", "at once"]


def test_a_dump_can_be_loaded_into_another_graph() -> None:
    graph = new_graph()
    graph.create("ProductVariant", {"sku": "A"})
    graph.notes["keys"] = {"k": 1}
    other = new_graph()
    other.create("Order", {})
    other.load(graph.dump())
    assert other.dump() == graph.dump()
    assert other.first("ProductVariant", "sku", "A") is not None
    assert other.create("ProductVariant", {}).id == graph.create("ProductVariant", {}).id


def test_a_snapshot_stays_as_it_is_whatever_becomes_of_the_graphs_it_was_taken_of_and_begun_from() -> None:
    graph = new_graph()
    kept, gone = (graph.create("ProductVariant", {"sku": sku}) for sku in "AB")
    then, before = graph.snapshot(), graph.dump()
    graph.update(kept.id, sku="C")
    graph.delete(gone.id)
    other, third = new_graph(), new_graph()
    other.begin(then)
    other.update(kept.id, title="new")
    third.begin(then)
    assert third.dump() == before
    assert third.first("ProductVariant", "sku", "A") is not None
    assert other.create("ProductVariant", {}).id == third.create("ProductVariant", {}).id


def test_what_was_created_since_is_told_in_order() -> None:
    graph = new_graph()
    graph.create("Product", {})
    mark = graph.sequence
    assert graph.since(mark) == []
    made = [graph.create(name, {}) for name in ("Product", "Order")]
    assert graph.since(mark) == made


def test_changes_keep_what_was_whatever_comes_later() -> None:
    graph = new_graph()
    node = graph.create("Product", {"title": "A"})
    graph.update(node.id, title="B")
    graph.delete(node.id)
    assert [(change.before, change.after) for change in graph.changes] == [
        (None, {"title": "A"}),
        ({"title": "A"}, {"title": "B"}),
        ({"title": "B"}, None),
    ]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "update", "delete", "fail", "find"]), st.sampled_from("ABCa"), st.integers(0, 5)
    ),
    max_size=30,
)


@given(STEPS)
def test_indexes_always_agree_with_the_objects(steps: list[tuple[str, str, int]]) -> None:
    graph = new_graph()
    for kind, sku, number in steps:
        nodes = graph.of_type("ProductVariant")
        chosen = nodes[number % len(nodes)] if nodes else None
        try:
            with graph.transaction():
                if kind == "create":
                    graph.create("ProductVariant", {"sku": sku})
                elif kind == "find":
                    graph.find("ProductVariant", "sku", sku)
                    graph.find_text("ProductVariant", "sku", sku)
                elif chosen is not None and kind in ("update", "fail"):
                    graph.update(chosen.id, sku=sku)
                elif chosen is not None:
                    graph.delete(chosen.id)
                if kind == "fail":
                    raise RuntimeError
        except RuntimeError:
            pass
    for sku in "ABCa":
        nodes = graph.of_type("ProductVariant")
        assert graph.find("ProductVariant", "sku", sku) == [node for node in nodes if node["sku"] == sku]
        folded = [node for node in nodes if node["sku"].lower() == sku.lower()]
        assert graph.find_text("ProductVariant", "sku", sku) == folded
