"""What an action depends on: the slice backward from its place."""

from __future__ import annotations

import pytest

from runner.lint.dependence import dependence, shown_field
from runner.liquid.template import parse

ACT = '{% action "echo", x: y %}'
CASES: dict[str, tuple[str, set[str]]] = {
    "its own values": ('{% action "echo", a: order.id, b: options.x %}', {"order.id", "options.x"}),
    "its body": (
        '{% action "echo" %}[{{ order.id }}{% if shop.name %}1{% endif %}]{% endaction %}',
        {"order.id", "shop.name"},
    ),
    "a variable": (f"{{% assign y = order.tags | split: options.s %}}{ACT}", {"order.tags", "options.s"}),
    "a variable of a variable": (f"{{% assign a = order.id %}}{{% assign y = a %}}{ACT}", {"order.id"}),
    "a capture": (f"{{% capture y %}}{{{{ order.id }}}}{{% endcapture %}}{ACT}", {"order.id"}),
    "a part that was set": (f"{{% assign y = hash %}}{{% assign y['k'] = order.id %}}{ACT}", {"order.id"}),
    "the condition of an assignment": (f"{{% if order.paid %}}{{% assign y = 1 %}}{{% endif %}}{ACT}", {"order.paid"}),
    "conditions around": (
        f"{{% if order.paid %}}{{% unless order.test %}}{ACT}{{% endunless %}}{{% endif %}}",
        {"y", "order.paid", "order.test"},
    ),
    "a case around": (
        f"{{% case event.topic %}}{{% when options.t %}}{ACT}{{% endcase %}}",
        {"y", "event.topic", "options.t"},
    ),
    "a loop": (
        f"{{% for y in order.line_items limit: options.n %}}{ACT}{{% endfor %}}",
        {"order.line_items", "order.line_items[]", "options.n"},
    ),
    "a field of an item": (
        '{% for i in order.items %}{% for j in i.parts %}{% action "echo", x: j.id %}{% endfor %}{% endfor %}',
        {"order.items", "order.items[].parts", "order.items[].parts[].id"},
    ),
    "not what others read": (
        f"{{% assign z = order.note %}}{{{{ shop.id }}}}{{% assign y = order.id %}}{ACT}",
        {"order.id"},
    ),
    "first and last": (
        '{% action "echo", a: order.items.first.id, b: order.items.last %}',
        {"order.items[0].id", "order.items[-1]"},
    ),
    "a variable that grows by itself": (
        f"{{% for i in order.x %}}{{% assign y = y | append: i %}}{{% endfor %}}{ACT}",
        {"order.x", "order.x[]"},
    ),
    "a loop over itself": (f"{{% for y in y.children %}}{ACT}{{% endfor %}}", set()),
}


@pytest.mark.parametrize("name", CASES)
def test_the_fields_are_those_that_can_matter_and_no_other(name: str) -> None:
    script, fields = CASES[name]
    found = dependence(parse(script, "script"), script.index("action"))
    assert {shown_field(each) for each in found.fields} == fields


def test_conditions_and_queries_are_told_by_line() -> None:
    script = (
        "{% capture query %}{ order(id: {{ order.id | json }}) { tags } }{% endcapture %}\n"
        "{% assign result = query | shopify %}\n"
        "{% assign other = 'x' | shopify %}\n"
        "{% if result.data.order %}\n"
        "{% if options.on %}\n"
        '{% action "echo", x: 1 %}\n'
        "{% endif %}{% endif %}"
    )
    found = dependence(parse(script, "script"), script.index("action"))
    assert (found.conditions, found.queries) == ((4, 5), (2,))
    assert {shown_field(each) for each in found.fields} == {"order.id", "options.on"}


def test_an_object_written_out_ends_at_its_brace() -> None:
    script = '{"log": {{ shop.a }}}\n{"action": {"type": "echo", "options": {{ shop.b }}}}\n{"log": {{ shop.c }}}'
    found = dependence(parse(script, "script"), script.index('{"action"'))
    assert [shown_field(each) for each in found.fields] == ["shop.b"]


def test_nothing_depends_on_anything_in_an_empty_script() -> None:
    assert dependence(parse("", "script"), 0).fields == ()
