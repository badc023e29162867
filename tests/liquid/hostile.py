"""Scripts that mean harm, each with the code of the error it must end with; run alone, under a limit of memory.

``python hostile.py`` renders them all in 1 GB of address space and prints one line of JSON a script.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

ADDRESS_SPACE = 1 << 30
MEGABYTES = 60


def grown(piece: str, doublings: int, rest: str) -> str:
    """A script that makes ``b`` of ``piece`` doubled so often, then goes on with ``rest``."""
    doubling = f"{{% for i in (1..{doublings}) %}}{{% assign b = b | append: b %}}{{% endfor %}}"
    return f"{{% assign b = {piece} %}}{doubling}{rest}"


TREE = "{% assign l = array %}{% for i in (1..99) %}{% assign m = array | push: l, l %}{% assign l = m %}{% endfor %}"
"""``l`` is a list of two references to one list, a hundred times over: 2**99 lists when written out."""
TWINS = TREE + TREE.replace("assign l", "assign k").replace("push: l, l", "push: k, k")
CHAIN = "{% assign l = array %}{% for i in (1..50000) %}{% assign l = array | push: l %}{% endfor %}"
"""``l`` is a list in a list in a list…"""
LOOP = "{% for i in (1..100000) %}"

GREEDY: dict[str, tuple[str, str]] = {
    "append doubles": ("liquid.limit.size", grown("'x'", 99, "")),
    "capture doubles": (
        "liquid.limit.output",
        "{% assign s = 'xx' %}" + LOOP + "{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}",
    ),
    "json doubles": ("liquid.limit.size", "{% assign s = '\"' %}" + LOOP + "{% assign s = s | json %}{% endfor %}"),
    "replace grows": ("liquid.limit.size", grown("'x'", 14, "{% assign b = b | replace: 'x', b %}")),
    "join grows": ("liquid.limit.size", grown("'x'", 14, "{% assign b = b | split: '' | join: b %}")),
    "concat doubles": (
        "liquid.limit.size",
        "{% assign l = 'a' | split: '' %}" + LOOP + "{% assign l = l | concat: l %}{% endfor %}",
    ),
    "split makes too many": ("liquid.limit.size", grown("'€'", 24, "{% assign x = b | split: '' %}")),
    "lines of CSV": ("liquid.limit.size", grown("newline", 23, "{% assign x = b | parse_csv %}")),
    "a hash in itself": (
        "liquid.limit.memory",
        "{% assign h = hash %}" + LOOP + "{% assign h[i] = h %}{% assign h['me'] = h %}{% endfor %}",
    ),
    "long texts kept in a list": (
        "liquid.limit.memory",
        grown("'x'", 20, "{% assign l = array %}" + LOOP + "{% assign l[i] = b | append: i %}{% endfor %}"),
    ),
    "long texts pushed on a list": (
        "liquid.limit.memory",
        grown("'x'", 20, "{% assign l = array %}" + LOOP + "{% assign t = b | append: i %}"
              "{% assign l = l | push: t %}{% endfor %}"),
    ),
    "captures kept in a hash": (
        "liquid.limit.memory",
        grown("'x'", 20, "{% assign h = hash %}" + LOOP + "{% capture t %}{{ b }}{{ i }}{% endcapture %}"
              "{% assign h[i] = t %}{% endfor %}"),
    ),
    "a list that is padded": (
        "liquid.limit.memory",
        "{% assign a = array %}" + LOOP + "{% assign n = a.size | plus: 1000000 %}{% assign a[n] = 1 %}{% endfor %}",
    ),
    "a tree as JSON": ("liquid.limit.size", TREE + "{% log l %}"),
    "a tree as output": ("liquid.limit.size", TREE + "{{ l }}"),
    "a tree as text": ("liquid.limit.size", TREE + "{% assign x = '' | append: l %}"),
    "a tree as CSV": ("liquid.limit.size", TREE + "{% assign x = array | push: l | csv %}"),
    "a tree as GraphQL": ("liquid.limit.size", TREE + "{% assign x = l | graphql_arguments %}"),
    "a tree as lines": ("liquid.limit.size", TREE + "{% assign x = l | jsonl %}"),
    "a tree flattened": ("liquid.limit.size", TREE + "{% assign x = l | map: 'a' %}"),
    "a tree copied": ("liquid.limit.memory", TREE + "{% assign h = hash %}{% assign h['x'] = l %}"),
    "twin trees compared": ("liquid.limit.size", TWINS + "{% if l == k %}{% endif %}"),
    "twin trees searched": ("liquid.limit.size", TWINS + "{% if l contains k %}{% endif %}"),
    "a chain as JSON": ("liquid.limit.nesting", CHAIN + "{% log l %}"),
    "a chain as output": ("liquid.limit.nesting", CHAIN + "{{ l }}"),
    "a chain copied": ("liquid.limit.nesting", CHAIN + "{% assign h = hash %}{% assign h['x'] = l %}"),
    "a pattern that backtracks": (
        "liquid.limit.pattern",
        grown("'a'", 7, "{% assign x = b | append: '!' | match: '^(a|a)*$' %}"),
    ),
    "a pattern that multiplies": ("liquid.limit.size", "{% assign x = 'a' | match: '(((a{999}){999}){999}){999}' %}"),
    "a pattern that is long": ("liquid.limit.size", grown("'9'", 12, "{% assign x = b | match: b %}")),
    "a pattern that finds too much": ("liquid.limit.size", grown("'x'", 20, "{% assign x = b | scan: '(?=(x*))' %}")),
    "a pattern that nests": ("liquid.limit.nesting", "{% assign x = 'a' | match: '" + "(" * 4900 + ")" * 4900 + "' %}"),
    "lists in JSON text": ("liquid.limit.nesting", grown("'['", 20, "{% assign x = b | parse_json %}")),
    "elements in XML": ("liquid.limit.nesting", grown("'<a>'", 20, "{% assign x = b | parse_xml %}")),
    "a number of many digits": ("liquid.limit.size", grown("'9'", 20, "{% assign x = b | plus: 1 %}")),
    "a number that grows": (
        "liquid.limit.size",
        "{% assign n = 9 %}" + LOOP + "{% assign n = n | times: n %}{% endfor %}",
    ),
    "a date format": ("liquid.limit.size", grown("'%1024Y'", 12, "{% assign x = 'now' | date: b %}")),
    "an exclusion of everything": (
        "liquid.limit.size",
        "{% assign x = (1..1000000) | except: " + ", ".join(map(str, range(10000))) + " %}",
    ),
}  # fmt: skip


def main() -> None:
    """Render each script and print what came of it."""
    import resource

    from runner import Event, render
    from runner.clock import FixedClock
    from runner.liquid.limits import Limits
    from runner.model.task import Task

    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    clock = FixedClock(datetime(2026, 3, 4, tzinfo=UTC))
    for name, (_, script) in GREEDY.items():
        began = time.monotonic()
        task = Task("Hostile", script)
        rendering = render(task, Event(topic="user/a/b"), clock=clock, limits=Limits(megabytes=MEGABYTES))
        code = rendering.error.code if rendering.error else None
        placed = rendering.error is not None and rendering.error.where is not None
        told = {"name": name, "code": code, "placed": placed, "seconds": time.monotonic() - began}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
