"""Filters of CSV (liquid.md 3.1)."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.liquid.filters.cases import Case, Fails, apply, check

CASES = [
    Case("the example", "csv", [["a", None, "x,y"]], (), 'a,,"x,y"\n'),
    Case("an empty text is quoted", "csv", [["", None]], (), '"",\n'),
    Case("quotes are doubled", "csv", [['a"b']], (), '"a""b"\n'),
    Case("line ends are quoted", "csv", [["a\nb", "c\rd"]], (), '"a\nb","c\rd"\n'),
    Case("numbers and booleans as text", "csv", [[1, 2.0, True]], (), "1,2.0,true\n"),
    Case("another delimiter", "csv", [["a;b", "c,d"]], (), '"a;b";c,d\n', {"delimiter": ";"}),
    Case("a delimiter given first", "csv", [["a", "b"]], ("\t",), "a\tb\n"),
    Case("a byte order mark", "csv", [["a"]], (), "\ufeffa\n", {"include_bom": True}),
    Case("no rows", "csv", [], (), ""),
    Case("an empty row", "csv", [[]], (), "\n"),
    Case("a row that is no list", "csv", [["a"], "b"], (), Fails('"b"')),
    Case("a list of hashes", "csv", [{"a": 1}], (), Fails("row")),
    Case("a text", "csv", "a,b", (), Fails("list of rows")),
    Case("nil", "csv", None, (), Fails("nil")),
    Case("a quote as delimiter", "csv", [["a"]], ('"',), Fails("delimiter")),
    Case("an empty delimiter", "csv", [["a"]], ("",), Fails("delimiter")),
    Case("with headers", "parse_csv", "k\n1", (), [{"k": "1"}], {"headers": True}),
    Case("without headers", "parse_csv", "k\n1\n", (), [["k"], ["1"]]),
    Case("Windows line ends", "parse_csv", "a,b\r\n1,2\r\n", (), [["a", "b"], ["1", "2"]]),
    Case("empty is nil, quoted empty is text", "parse_csv", 'a,,""\n', (), [["a", None, ""]]),
    Case("nothing behind the last delimiter", "parse_csv", "a,", (), [["a", None]]),
    Case("quotes, delimiters, line ends inside", "parse_csv", '"a,""b""\nc",d', (), [['a,"b"\nc', "d"]]),
    Case("a byte order mark is dropped", "parse_csv", "\ufeffk\n1", (), [{"k": "1"}], {"headers": True}),
    Case("a short row", "parse_csv", "a,b\n1", (), [{"a": "1", "b": None}], {"headers": True}),
    Case("a long row", "parse_csv", "a\n1,2", (), [{"a": "1"}], {"headers": True}),
    Case("the first of two equal headers", "parse_csv", "a,a\n1,2", (), [{"a": "1"}], {"headers": True}),
    Case("headers only", "parse_csv", "a,b", (), [], {"headers": True}),
    Case("another delimiter", "parse_csv", "a;b,c", (), [["a", "b,c"]], {"delimiter": ";"}),
    Case("a delimiter of two characters", "parse_csv", "a||b|c", (), [["a", "b|c"]], {"delimiter": "||"}),
    Case("white space stays", "parse_csv", " a , b", (), [[" a ", " b"]]),
    Case("a blank line", "parse_csv", "a\n\nb", (), [["a"], [], ["b"]]),
    Case("nil", "parse_csv", None, (), []),
    Case("empty", "parse_csv", "", (), []),
    Case("empty with headers", "parse_csv", "", (), [], {"headers": True}),
    Case("an open quote", "parse_csv", 'a\n"b', (), Fails("line 2")),
    Case("a quote inside a bare cell", "parse_csv", 'a"b', (), Fails("line 1")),
    Case("text behind a closing quote", "parse_csv", '"a"b', (), Fails("line 1")),
    Case("a list", "parse_csv", [["a"]], (), Fails("must be text")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_table_filter_gives_what_the_specification_says(case: Case) -> None:
    check(case)


CELLS = st.none() | st.text(alphabet='ab,;"\n\r é', max_size=4)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=5)


@given(TABLES, st.sampled_from([",", ";", "\t"]))
def test_a_table_reads_back_as_the_same_table(table: list[list[str | None]], delimiter: str) -> None:
    written = apply("csv", table, delimiter=delimiter)
    assert apply("parse_csv", written, delimiter=delimiter) == table


@given(TABLES)
def test_a_table_is_what_any_reader_of_csv_understands(table: list[list[str | None]]) -> None:
    rows = list(csv.reader(io.StringIO(apply("csv", table), newline="")))
    assert rows == [[cell or "" for cell in row] for row in table]


@pytest.mark.timeout(10)
def test_a_large_table_is_read_in_linear_time() -> None:
    assert len(apply("parse_csv", 'a,"b",c\n' * 50_000)) == 50_000
