"""Frozen containers and copies of them."""

from __future__ import annotations

import json

import pytest

from runner.liquid.objects.base import FrozenHash, FrozenList, LiquidObject, freeze, thaw


class _Pairs(LiquidObject):
    def plain(self) -> object:
        return {"a": 1}


def test_freezing_reaches_every_container_and_keeps_the_rest() -> None:
    kept = _Pairs()
    frozen = freeze({"a": [{"b": ()}], "c": kept, "d": 1.5})
    assert type(frozen) is FrozenHash
    assert type(frozen["a"]) is FrozenList
    assert type(frozen["a"][0]) is FrozenHash
    assert type(frozen["a"][0]["b"]) is FrozenList
    assert frozen["c"] is kept
    assert frozen == {"a": [{"b": []}], "c": kept, "d": 1.5}


@pytest.mark.parametrize("value", [freeze({"a": [1]}), freeze([{}]), "text", None, 3])
def test_what_is_frozen_already_is_not_copied(value: object) -> None:
    assert freeze(value) is value


def test_thawing_gives_a_deep_assignable_copy() -> None:
    kept = _Pairs()
    frozen = freeze({"a": [{"b": 1}], "c": kept})
    copied: list[int] = []
    copy = thaw(frozen, copied.append)
    assert [type(copy), type(copy["a"]), type(copy["a"][0])] == [dict, list, dict]
    copy["a"][0]["b"] = 2
    assert frozen["a"][0]["b"] == 1
    assert copy["c"] is kept


def test_frozen_containers_are_json() -> None:
    assert json.dumps(freeze({"a": [1, {"b": None}]})) == '{"a": [1, {"b": null}]}'


def test_an_object_iterates_pairs_of_its_plain_data_by_itself() -> None:
    assert list(_Pairs()) == [["a", 1]]
