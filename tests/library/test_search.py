"""Searching the library: words by where they stand, and facts of what tasks do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.errors import InputError
from runner.library.entry import Entry
from runner.library.search import Wanted, near_words, search
from runner.model.event import Event
from runner.model.task import Task

CLOCK = FixedClock(datetime(2026, 11, 28, tzinfo=UTC))
TAG_ORDER = """{% action "shopify" %}
mutation { tagsAdd(id: "gid://shopify/Order/1", tags: ["x"]) { userErrors { message } } }
{% endaction %}"""
MAIL = '{% if options.sending__boolean %}{% action "email", to: "a@example.com", subject: "x" %}{% endif %}'


def _event(topic: str) -> Event:
    return Event(topic, {"id": 1, "admin_graphql_api_id": "gid://shopify/Order/1"})


def entry(handle: str, name: str, script: str = "", topic: str = "mechanic/user/trigger", **keys: Any) -> Entry:
    document = {"name": name, "script": script, "subscriptions_template": topic, "options": {}, "tags": [], **keys}
    return Entry(handle, Task.from_json({"subscriptions": [topic], **document}), _event, CLOCK)


ENTRIES = [
    entry("tag-big-orders", "Tag big orders", TAG_ORDER, "shopify/orders/create", tags=["Orders", "Auto-Tag"]),
    entry(
        "report", "Weekly report", MAIL, "mechanic/scheduler/daily", docs="Lists orders.\n\nBy mail.", tags=["Email"]
    ),
    entry(
        "stock", "Watch inventory", "{{ options.threshold__number }}", docs="For shops.", tags=["Inventory", "Email"]
    ),
    entry("late", "Cancel late", "", "shopify/orders/create+2.days"),
]
CASES = {
    "a word": (Wanted(("report",)), ["report"]),
    "case does not count": (Wanted(("REPORT",)), ["report"]),
    "a beginning": (Wanted(("inven",)), ["stock"]),
    "two letters begin nothing": (Wanted(("in",)), []),
    "a name beats documentation and topics": (Wanted(("orders",)), ["tag-big-orders", "late", "report"]),
    "all words must stand": (Wanted(("orders", "mail")), ["report"]),
    "an option's label": (Wanted(("threshold",)), ["stock"]),
    "a tag": (Wanted(tags=("email",)), ["report", "stock"]),
    "all tags": (Wanted(tags=("Email", "Inventory")), ["stock"]),
    "a part of a topic": (Wanted(topics=("orders/create",)), ["late", "tag-big-orders"]),
    "an action": (Wanted(actions=("shopify",)), ["tag-big-orders"]),
    "an action behind an option that is not set": (Wanted(actions=("email",)), ["report"]),
    "a scope": (Wanted(scopes=("write_orders",)), ["tag-big-orders"]),
    "a scope and a word that do not go together": (Wanted(("report",), scopes=("write_orders",)), []),
    "nothing asked is everything": (Wanted(), ["late", "report", "stock", "tag-big-orders"]),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_and_in_which_order(name: str) -> None:
    wanted, handles = CASES[name]
    assert [each.entry.handle for each in search(ENTRIES, wanted)] == handles


def test_a_tag_that_no_task_has_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        search(ENTRIES, Wanted(tags=("Emial",)))
    assert '"Email"' in (caught.value.hint or "")


def test_near_words_are_those_of_tasks() -> None:
    assert near_words(ENTRIES, ("inventroy", "report")) == ["inventory"]
    assert near_words(ENTRIES, ("xyzzy",)) == []


def test_what_is_known_of_a_task_is_json_ready() -> None:
    assert ENTRIES[1].to_dict() == {
        "handle": "report",
        "name": "Weekly report",
        "summary": "Lists orders.",
        "tags": ["Email"],
        "topics": ["mechanic/scheduler/daily"],
        "options": {},
        "actions": ["email"],
        "scopes": [],
        "preview_acts": True,
    }
