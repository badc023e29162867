"""Offsets and positions: lines as the protocol has them, in the units that were agreed on."""

from __future__ import annotations

import pytest
from lsprotocol.types import Position

from runner.lsp.positions import Lines

TEXT = "aé🦊b\r\n\u2028x\rlast"
#        0123 4 5 6     78 9

PLACES = [
    ("utf-16", 3, (0, 4)),
    ("utf-8", 3, (0, 7)),
    ("utf-32", 3, (0, 3)),
    ("utf-16", 4, (0, 5)),
    ("utf-16", 6, (1, 0)),
    ("utf-16", 7, (1, 1)),
    ("utf-8", 7, (1, 3)),
    ("utf-16", 9, (2, 0)),
    ("utf-16", 13, (2, 4)),
]


@pytest.mark.parametrize(("encoding", "offset", "place"), PLACES)
def test_an_offset_is_a_position_and_back(encoding: str, offset: int, place: tuple[int, int]) -> None:
    lines = Lines(TEXT, encoding)
    assert lines.position(offset) == Position(*place)
    assert lines.offset(Position(*place)) == offset


@pytest.mark.parametrize(
    ("place", "offset"),
    [((0, 99), 4), ((1, 99), 8), ((2, 99), 13), ((99, 0), 13), ((0, 3), 2)],
    ids=["behind a line", "behind a line that ends in \\r", "behind the last", "behind the text", "inside a pair"],
)
def test_positions_that_do_not_exist_are_the_nearest_before(place: tuple[int, int], offset: int) -> None:
    assert Lines(TEXT).offset(Position(*place)) == offset


def test_offsets_beyond_the_text_are_its_ends() -> None:
    assert (Lines("ab").position(-5), Lines("ab").position(9)) == (Position(0, 0), Position(0, 2))


def test_lines_of_findings_end_at_newlines_only() -> None:
    assert Lines("a\rb\nc").counted(2, 1) == 4
    assert Lines("a\nb").counted(9, 9) == 3
