"""The page about options: as the code is, with every flag, kind and code."""

from __future__ import annotations

import ast
import re

import pytest

from runner.model.option_key import FLAGS, Kind, parse_key
from tests.architecture.manual_options import OPTIONS_PAGE, SECTIONS, options_page, rows
from tests.architecture.sources import modules

PAGE = OPTIONS_PAGE.read_text(encoding="utf-8")
CODES = re.compile(r"option\.[a-z_]+")


def section(name: str) -> str:
    found = re.search(rf"<!-- from the code: {name} -->\n(.*?)<!-- end -->", PAGE, flags=re.DOTALL)
    assert found is not None
    return found[1]


def keys(name: str) -> list[str]:
    return [cells[0] for cells in rows(section(name), SECTIONS[name][1])]


def test_the_page_is_as_the_code_is() -> None:
    assert options_page() == PAGE, "run: python -m tests.architecture.manual"


@pytest.mark.parametrize("name", SECTIONS)
def test_every_table_is_on_the_page_and_has_rows(name: str) -> None:
    assert keys(name)


def test_every_flag_has_a_row() -> None:
    described = PAGE.partition("## Keys")[2].partition("<!--")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", described, flags=re.MULTILINE)) == set(FLAGS)


def test_the_order_in_which_the_first_type_wins_is_the_codes_own() -> None:
    told = re.search(r"first in this order counts: the choosers, (.*?), then the texts", PAGE, flags=re.DOTALL)
    assert told is not None
    order = re.findall(r"`(\w+)`", told[1])
    pairs = [(first, second) for at, first in enumerate(order) for second in order[at + 1 :]]
    assert order
    assert [pair for pair in pairs if parse_key(f"x__{pair[1]}_{pair[0]}").kind != pair[0]] == []


def test_every_kind_is_declared_by_a_key_on_the_page() -> None:
    shown = {parse_key(key).kind for name in SECTIONS for key in keys(name)}
    assert shown == set(Kind)


def test_every_code_is_on_the_page_and_no_other() -> None:
    constants = (node for module in modules() for node in ast.walk(module.tree) if isinstance(node, ast.Constant))
    used = {node.value for node in constants if isinstance(node.value, str) and CODES.fullmatch(node.value)}
    assert set(re.findall(r"`(option\.[a-z_]+)`", PAGE)) == used
