"""Where actions were written: the line, and the rounds of the loops around it."""

from __future__ import annotations

from typing import Any

import pytest

from runner.liquid.origins import told
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.rendering import Origin
from runner.model.task import Task

DATA: Any = {"list": [{"id": 7}, {"id": 8}], "pairs": {"a": 1, "b": 2}, "nodes": [{"node": {"name": "n"}}]}


def origins(script: str) -> tuple[Origin | None, ...]:
    topic = "user/a/b"
    task = Task.from_json({"name": "x", "script": script, "subscriptions_template": topic, "options": {}})
    rendered = render(task, Event(topic, DATA))
    assert rendered.error is None
    assert len(rendered.origins) == len(rendered.actions)
    return rendered.origins


def short(script: str) -> list[tuple[int, list[tuple[str, int, Any]]]]:
    return [
        (each.line, [(turn.variable, turn.index, turn.item) for turn in each.rounds])
        for each in origins(script)
        if each is not None
    ]


ECHO = '{% action "echo", x: 1 %}'
CASES = {
    "a tag": (f"\n{ECHO}", [(2, [])]),
    "two equal ones": (f"{ECHO}\n{ECHO}", [(1, []), (2, [])]),
    "a block": ('\n\n{% action "echo" %}\n{"x": 1}\n{% endaction %}', [(3, [])]),
    "a loop": (
        f"{{% for i in event.data.list %}}\n{ECHO}\n{{% endfor %}}",
        [(2, [("i", 1, {"id": 7})]), (2, [("i", 2, {"id": 8})])],
    ),
    "loops in loops": (
        f"{{% for i in (1..1) %}}{{% for j in (5..6) %}}{ECHO}{{% endfor %}}{{% endfor %}}",
        [(1, [("i", 1, 1), ("j", 1, 5)]), (1, [("i", 1, 1), ("j", 2, 6)])],
    ),
    "pairs of a hash": (
        f"{{% for p in event.data.pairs %}}{ECHO}{{% endfor %}}",
        [(1, [("p", 1, "a")]), (1, [("p", 2, "b")])],
    ),
    "edges": (f"{{% for e in event.data.nodes %}}{ECHO}{{% endfor %}}", [(1, [("e", 1, {"name": "n"})])]),
    "captured, printed later": (
        f"{{% for i in (1..2) %}}{{% capture c %}}{{{{ c }}}}{ECHO}{{% endcapture %}}{{% endfor %}}\n\n{{{{ c }}}}",
        [(1, [("i", 1, 1)]), (1, [("i", 2, 2)])],
    ),
    "written out as JSON": (
        '\n{% for i in (1..2) %}\n  {"log": 1}\n  {"action": {"type": "echo", "options": {{ i }}}}\n{% endfor %}',
        [(4, [("i", 1, 1)]), (4, [("i", 2, 2)])],
    ),
    "printed from a variable": (
        '{% assign x = hash %}{% assign x["action"] = hash %}{% assign x["action"]["type"] = "echo" %}\n{{ x | json }}',
        [(2, [])],
    ),
    "after a log": (f'{{% log "x" %}}\n{ECHO}', [(2, [])]),
}


@pytest.mark.parametrize("name", CASES)
def test_the_place_of_every_action_is_known(name: str) -> None:
    script, expected = CASES[name]
    assert short(script) == expected


def test_the_offset_is_that_of_the_tag_or_the_object() -> None:
    script = "x: {% comment %}{% endcomment %}".replace("x: ", "") + f'\n{ECHO}\n  {{"action": {{"type": "echo"}}}}'
    first, second = origins(script)
    assert first is not None
    assert second is not None
    assert script[first.offset :].startswith("action")
    assert script[second.offset :].startswith('{"action"')


def test_actions_that_an_error_drops_leave_no_origins() -> None:
    assert origins(f'{ECHO}{{% error "no" %}}') == ()


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("short", "short"),
        ("x" * 200, "x" * 99 + "…"),
        (3, 3),
        (None, None),
        ({"id": 5, "name": "n"}, {"id": 5}),
        ({"id": 5, "admin_graphql_api_id": "gid://shopify/Order/5"}, {"admin_graphql_api_id": "gid://shopify/Order/5"}),
        ({"title": "t", "id": ""}, {"title": "t"}),
        ({"other": 1}, None),
        ([1, 2, 3], None),
        ({"node": {"id": "gid"}, "cursor": "c"}, {"id": "gid"}),
    ],
)
def test_what_tells_an_item_is_short(item: Any, words: Any) -> None:
    assert told(item) == words
