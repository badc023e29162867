"""A database that goes away in the middle of a transaction: an error of ours, which says that later may help."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from runner.errors import StoreError
from runner.store import Store
from runner.store.cache import CacheWriter

COMMANDS: dict[str, Callable[[CacheWriter], object]] = {
    "set": lambda writer: writer.set("key", 1, 60),
    "delete": lambda writer: writer.delete("key"),
    "add": lambda writer: writer.add("key", 1, 60),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_cache_command_on_a_lost_connection_is_an_error_that_may_pass(postgres_url: str, command: str) -> None:
    with Store(postgres_url) as store:
        with pytest.raises(StoreError) as caught, store.write() as transaction:  # noqa: PT012  the end of it raises too
            backend = transaction.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with psycopg.connect(postgres_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (backend,))
            with pytest.raises(StoreError) as within:
                COMMANDS[command](store.cache.writer(transaction, "shop"))
            raise within.value
        assert caught.value.transient
        store.cache.put("shop", "key", 2, 60)
        assert store.cache.get("shop", "key") == 2
