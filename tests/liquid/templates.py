"""Random templates, values and option keys, as hypothesis strategies. Grammar: liquid.md 1.3 to 1.8, 2, 4."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from runner.liquid.environment import environment

FUNCTIONS = environment().functions

WORDS = st.text(st.sampled_from("abcxyz 0123456789-+.,:/%éß€😀\n\t"), max_size=12)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-20, 20)
    | st.sampled_from([10**30, -(10**15), 2**63, 0.1, -2.5, 1e300, 1e-300, 5e-324, 12345.678])
    | WORDS
    | st.sampled_from(
        ["2026-03-04", "10.50", "now", "null", '{"a": [1]}', "<a>1</a>", "a,b\n1,2", "aGk=", "gid://x/Y/1"]
    )
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "size", "k 1", ""]), inside, max_size=3)
    ),
    max_leaves=8,
)

NAMES = st.sampled_from(
    ["v", "w", "x", "item", "options", "event", "shop", "order", "cache", "forloop", "limit", "nope"]
)
QUOTED = st.text(st.sampled_from("abc 019-.,:/%|#é(){}[]+*?\\^$"), max_size=10).map(
    lambda text: "'" + text.replace("}}", "").replace("%}", "") + "'"
)
LITERALS = st.sampled_from(
    [
        "nil",
        "true",
        "false",
        "blank",
        "empty",
        "array",
        "hash",
        "newline",
        "0",
        "1",
        "-3",
        "2.5",
        "7",
        "99",
        "''",
        "'a'",
    ]
)
RANGES = st.sampled_from(["(1..3)", "(3..1)", "(0..v)", "('1'..w)", "(v..9)", "(-2..x)"])


@st.composite
def paths(draw: st.DrawFn) -> str:
    """A variable with steps into it."""
    steps = st.sampled_from(
        [".a", ".size", ".first", ".last", "[0]", "[-1]", "['b']", "[v]", "[w.a]", ".preview", ".data"]
    )
    return draw(NAMES) + "".join(draw(st.lists(steps, max_size=3)))


PRIMARIES = LITERALS | paths() | QUOTED | RANGES


@st.composite
def filters(draw: st.DrawFn) -> str:
    """``| name: arguments``, mostly as many as the filter takes."""
    function = FUNCTIONS[draw(st.sampled_from(sorted(FUNCTIONS)))]
    most = 3 if function.most is None else function.most
    count = draw(st.integers(function.least, most) | st.integers(0, 3))
    arguments = [draw(PRIMARIES) for _ in range(count)]
    for name in draw(st.lists(st.sampled_from([*sorted(function.names), "other"]), max_size=2)):
        arguments.append(f"{name}: {draw(PRIMARIES)}")
    return f" | {function.name}" + (": " + ", ".join(arguments) if arguments else "")


@st.composite
def chains(draw: st.DrawFn) -> str:
    """A value and its filters."""
    return draw(PRIMARIES) + "".join(draw(st.lists(filters(), max_size=3)))


@st.composite
def conditions(draw: st.DrawFn) -> str:
    """Comparisons joined by ``and`` and ``or``."""
    operators = st.sampled_from([" == ", " != ", " <> ", " < ", " > ", " <= ", " >= ", " contains "])
    compared = st.builds(lambda left, sign, right: left + sign + right, PRIMARIES, operators, PRIMARIES)
    parts = draw(st.lists(PRIMARIES | compared, min_size=1, max_size=3))
    return draw(st.sampled_from([" and ", " or "])).join(parts)


JSON_PIECES = st.lists(
    st.sampled_from(
        ['{"a": 1}', "[", "]", "{", "}", '"', '"a"', ":", ",", " ", "null", "NaN", "1e5", "-", "mutation { x }",
         '"\\ud800"', "{{ v | json }}", "{{ x }}", '{"type": "echo", "options": ', "\x01", "true"]
    ),
    max_size=6,
).map("".join)  # fmt: skip


@st.composite
def emissions(draw: st.DrawFn) -> str:
    """``action``, ``log`` and ``error`` in their forms, with good and bad bodies."""
    tag = draw(st.sampled_from(["action", "log", "error"]))
    kind = draw(st.sampled_from(['"echo"', '"shopify"', '"cache"', "v", ""])) if tag == "action" else ""
    names = st.sampled_from(["a", "options", "meta", "__meta", "__perform_event", "message", "return"])
    named = st.builds(lambda name, value: f"{name}: {value}", names, chains())
    arguments = draw(st.lists(named, max_size=2) | st.lists(chains(), max_size=2))
    head = f"{{% {tag} {', '.join(part for part in [kind, *arguments] if part)} %}}"
    return head if arguments and draw(st.booleans()) else f"{head}{draw(JSON_PIECES)}{{% end{tag} %}}"


def _blocks(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bodies = st.lists(inside, max_size=3).map("".join)
    headers = st.builds(
        lambda name, items, rest: f"{name} in {items}{rest}",
        NAMES,
        PRIMARIES,
        st.sampled_from(["", " limit: 2", " offset: v", " reversed", " limit: w offset: continue"]),
    )
    return st.one_of(
        st.builds(
            lambda c, a, b: f"{{% if {c} %}}{a}{{% elsif v %}}{b}{{% else %}}{a}{{% endif %}}",
            conditions(), bodies, bodies,
        ),
        st.builds(lambda c, a: f"{{%- unless {c} -%}}{a}{{%- endunless -%}}", conditions(), bodies),
        st.builds(lambda h, a, b: f"{{% for {h} %}}{a}{{% else %}}{b}{{% endfor %}}", headers, bodies, bodies),
        st.builds(lambda h, a: f"{{% tablerow {h} %}}{a}{{% endtablerow %}}", headers, bodies),
        st.builds(
            lambda p, q, a, b: f"{{% case {p} %}}{{% when {q}, 1 %}}{a}{{% else %}}{b}{{% endcase %}}",
            PRIMARIES, PRIMARIES, bodies, bodies,
        ),
        st.builds(lambda n, a: f"{{% capture {n} %}}{a}{{% endcapture %}}", NAMES, bodies),
        st.builds(lambda a: f"{{% ifchanged %}}{a}{{% endifchanged %}}", bodies),
        st.builds(lambda a: f"{{% comment %}}{a}{{% endcomment %}}", bodies),
    )  # fmt: skip


LEAVES = st.one_of(
    st.sampled_from([" ", "\n", "text", "{% break %}", "{% continue %}", "{% # x %}", "{% raw %}{{ a }}{% endraw %}"]),
    chains().map(lambda chain: "{{ " + chain + " }}"),
    chains().map(lambda chain: "{% echo " + chain + " %}"),
    st.builds(lambda name, chain: f"{{% assign {name} = {chain} %}}", NAMES, chains()),
    st.builds(lambda path, key, chain: f"{{% assign {path}[{key}] = {chain} %}}", NAMES, PRIMARIES, chains()),
    st.builds(lambda a, b: f"{{% cycle {a}, {b} %}}", PRIMARIES, PRIMARIES),
    st.sampled_from(
        ["{% increment v %}", "{% decrement n %}", "{% liquid\nassign x = 1\nlog x %}", "{% render 'a' %}"]
    ),
    emissions(),
)

TEMPLATES = st.lists(st.recursive(LEAVES, _blocks, max_leaves=8), max_size=4).map("".join)

PIECES = st.lists(
    st.sampled_from(
        ["{{", "}}", "{%", "%}", "{%-", "-%}", "if", "endif", "for", "in", "endfor", "raw", "endraw", "comment",
         "assign", "capture", "case", "when", "liquid", "action", "log", "permissions", " ", "\n", "|", ":", ",", "'",
         '"', "(", ")", "..", "[", "]", "=", "==", "a", "b.c", "1", "-", "#", "date", "json", "\x00", "\ud800", "é"]
    ),
    max_size=25,
).map("".join)  # fmt: skip
"""Shreds of templates, mostly nonsense."""

OPTION_KEYS = st.lists(
    st.sampled_from(
        ["days", "tags", "__", "_", "required", "number", "boolean", "array", "keyval", "multiline", "email", "select",
         "choice", "multiselect", "o1", "o2", "a", "range", "min", "min1", "max9", "step2", "picker", "product", "date",
         "datetime", "time", "color", "secret", "global", "userform", "code", "futureonly", "9", "É"]
    ),
    min_size=1,
    max_size=8,
).map("".join)  # fmt: skip
