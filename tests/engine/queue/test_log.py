"""Records of the library below the queue: one line each, where ours go."""

from __future__ import annotations

import logging
import traceback

import pytest

from runner.engine.queue.durable import DurableQueue
from runner.engine.queue.log import NAME
from runner.store import Store


def test_a_record_with_a_traceback_says_in_one_line_what_happened(
    tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    with Store(f"{tmp_path}/runner.db") as store:
        DurableQueue(store).close()
    logger = logging.getLogger(NAME)
    with caplog.at_level(logging.WARNING, logger=NAME):
        try:
            raise ConnectionError("server closed the connection\n\tbefore or while processing")
        except ConnectionError as error:
            logger.warning(f"Exception polling schedules: {traceback.format_exc()}")
            logger.error("it failed to launch:", exc_info=error)
    assert [record.getMessage() for record in caplog.records] == [
        "Exception polling schedules: ConnectionError: server closed the connection before or while processing",
        "it failed to launch: ConnectionError: server closed the connection before or while processing",
    ]
    assert not any(record.exc_info for record in caplog.records)


def test_the_library_writes_nothing_by_itself(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    with Store(f"{tmp_path}/runner.db") as store:
        queue = DurableQueue(store)
        queue.start(lambda run_id, number: None)
        logging.getLogger(NAME).error("something")
        queue.stop()
        queue.close()
    assert "something" not in capsys.readouterr().err
