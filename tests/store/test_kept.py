"""Small settings in the database: by kind and name."""

from __future__ import annotations

from runner.store import Store
from runner.store.kept import KeptValues


def test_a_value_is_what_was_put_last() -> None:
    with Store() as store:
        kept = KeptValues(store.database, "task")
        kept.put("a", {"enabled": True})
        kept.put("a", {"enabled": False})
        assert kept.get("a") == {"enabled": False}
        assert kept.get("b") is None


def test_kinds_do_not_see_each_other() -> None:
    with Store() as store:
        KeptValues(store.database, "task").put("a", 1)
        KeptValues(store.database, "task_x").put("b", 2)
        KeptValues(store.database, "taskax").put("c", 3)
        assert KeptValues(store.database, "task").all() == {"a": 1}
        assert KeptValues(store.database, "task_x").all() == {"b": 2}


def test_what_is_dropped_is_gone() -> None:
    with Store() as store:
        kept = KeptValues(store.database, "hook")
        kept.put("a", None)
        assert (kept.drop("a"), kept.drop("a"), kept.all()) == (True, False, {})
