"""Size caps: a file that outgrows them wants to become two."""

from __future__ import annotations

from tests.architecture.sources import functions, modules

FILE_LINES = 400
FUNCTION_LINES = 60

LARGE_FILES: dict[str, str] = {}
"""Path -> reason why it may be longer."""

LONG_FUNCTIONS: dict[str, str] = {}
"""``path:function`` -> reason why it may be longer."""


def test_no_file_is_longer_than_the_cap() -> None:
    long = {m.shown: len(m.text.splitlines()) for m in modules() if len(m.text.splitlines()) > FILE_LINES}
    assert {path: lines for path, lines in long.items() if path not in LARGE_FILES} == {}
    assert [path for path in LARGE_FILES if path not in long] == [], "these exceptions are no longer needed"


def test_no_function_is_longer_than_the_cap() -> None:
    long = {}
    for module in modules():
        for function in functions(module.tree):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > FUNCTION_LINES:
                long[f"{module.shown}:{function.name}"] = lines
    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}
    assert [name for name in LONG_FUNCTIONS if name not in long] == [], "these exceptions are no longer needed"
