"""The log of long-running commands: its form, and what it never holds."""

from __future__ import annotations

import io
import logging
import re
from urllib.parse import quote

import pytest

from runner.cli.logs import logging_to_stderr

SECRET = "p@ss/word+1"
LOG = logging.getLogger("runner.tests.logs")


def written(*secrets: str) -> list[str]:
    stream = io.StringIO()
    with logging_to_stderr(lambda: secrets, stream):
        LOG.warning("the value %s and %s", SECRET, quote(SECRET, safe=""))
        try:
            raise ValueError(SECRET)
        except ValueError:
            LOG.exception("a fault\x1b[31m")
        LOG.info("not shown")
    LOG.warning("after the block")
    return stream.getvalue().splitlines()


def test_a_line_has_time_level_and_place_and_steers_no_terminal() -> None:
    lines = written()
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT[\d:.]+Z WARNING runner\.tests\.logs: the value .*", lines[0])
    assert "ERROR runner.tests.logs: a fault\\x1b[31m" in lines[1]
    assert all(line.startswith("    ") for line in lines[2:])
    assert len(lines) > 3


def test_no_form_of_a_secret_is_in_a_line_or_a_traceback() -> None:
    text = "\n".join(written(SECRET))
    assert ("the value" in text, "ValueError" in text) == (True, True)
    assert (SECRET in text, quote(SECRET, safe="") in text) == (False, False)


def test_the_same_line_again_and_again_is_written_once() -> None:
    stream = io.StringIO()
    with logging_to_stderr(lambda: (), stream):
        for number in range(50):
            LOG.error("the database is away")
            LOG.error("another %s", number % 2)
    assert [line.partition(": ")[2] for line in stream.getvalue().splitlines()] == [
        "the database is away",
        "another 0",
        "another 1",
    ]


@pytest.mark.parametrize("name", ["uvicorn.error", "anything"])
def test_other_parts_of_the_process_write_in_the_same_form(name: str) -> None:
    stream = io.StringIO()
    with logging_to_stderr(lambda: (), stream):
        logging.getLogger(name).warning("words")
    assert f"WARNING {name}: words" in stream.getvalue()


def test_the_sql_of_the_queues_library_and_what_was_in_it_is_left_out() -> None:
    stream = io.StringIO()
    with logging_to_stderr(lambda: (), stream):
        for separator in ("\n", " "):
            parts = ("lost: no answer", "[SQL: SELECT", "1]", "[parameters: {'a': 1}]", "(Background on this error)")
            logging.getLogger("dbos").warning(separator.join(parts))
    assert {line.partition("dbos: ")[2] for line in stream.getvalue().splitlines()} == {"lost: no answer"}


def test_the_servers_own_handlers_are_back_after_the_block() -> None:
    server = logging.getLogger("uvicorn")
    before = list(server.handlers), server.propagate
    with logging_to_stderr(lambda: (), io.StringIO()):
        assert server.propagate
    assert (list(server.handlers), server.propagate) == before
