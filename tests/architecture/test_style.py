"""Rules of the code that a machine can check: names, purity, state, docstrings."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.sources import PACKAGE, Module, functions, modules

FORBIDDEN_NAMES = {"common", "data", "handler", "handlers", "helper", "helpers", "manager", "utils", "util"}

READS_THE_CLOCK = {"runner.clock"}
USES_RANDOMNESS = {"runner.store.salt"}
READS_THE_ENVIRONMENT = {"runner.config", "runner.cli.output", "runner.project", "runner.testing.plugin"}

_NOW = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.sleep"}
_SECRETS = r"secrets\.(token_\w+|choice|randbelow|randbits|SystemRandom)"  # the module, not our variables of that name
_RANDOM = re.compile(rf"^(random\.(?!Random\b)\w+|{_SECRETS}|uuid\.uuid[14]|os\.urandom)$")


def _calls(module: Module) -> list[tuple[int, str]]:
    """(line, dotted text) of every call."""
    return [(node.lineno, ast.unparse(node.func)) for node in ast.walk(module.tree) if isinstance(node, ast.Call)]


def _tail(call: str) -> str:
    return ".".join(call.split(".")[-2:])


def test_no_module_bears_a_name_that_says_nothing() -> None:
    named = [module.shown for module in modules() if module.path.stem in FORBIDDEN_NAMES]
    folders = [path.name for path in PACKAGE.rglob("*") if path.is_dir() and path.name in FORBIDDEN_NAMES - {"data"}]
    assert named + folders == []


def test_only_the_clock_asks_for_the_time_or_sleeps() -> None:
    found = [
        f"{module.shown}:{line} {call}"
        for module in modules()
        if module.name not in READS_THE_CLOCK
        for line, call in _calls(module)
        if _tail(call) in _NOW
    ]
    assert found == []


def test_randomness_comes_in_as_an_argument() -> None:
    found = [
        f"{module.shown}:{line} {call}"
        for module in modules()
        if module.name not in USES_RANDOMNESS
        for line, call in _calls(module)
        if _RANDOM.match(_tail(call))
    ]
    assert found == []


def test_the_environment_is_read_in_few_places() -> None:
    found = [
        module.shown
        for module in modules()
        if module.name not in READS_THE_ENVIRONMENT and re.search(r"\bos\.(environ|getenv)\b", module.text)
    ]
    assert found == []


def test_only_the_output_module_prints() -> None:
    found = [
        f"{module.shown}:{line}"
        for module in modules()
        if module.name != "runner.cli.output"
        for line, call in _calls(module)
        if call == "print"
    ]
    # The schema script is run by maintainers and speaks to them alone.
    assert [place for place in found if not place.startswith("runner/shopify/schema_build.py")] == []


def test_broad_excepts_stand_only_at_the_borders() -> None:
    # The last one hands whatever a caller's part of a shared commit raised back to that caller, in its own thread.
    borders = ("runner/cli/", "runner/lsp/server.py", "runner/web/", "runner/engine/", "runner/simulator/")
    allowed = (*borders, "runner/store/together.py")
    found = [
        f"{module.shown}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and not _raises_again(node)
    ]
    assert [place for place in found if not place.startswith(allowed)] == []


def _raises_again(handler: ast.ExceptHandler) -> bool:
    """Cleaning up and raising the same again hides nothing."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_no_module_keeps_changing_state() -> None:
    """Module-level names bound to an empty list, dict or set are memory between calls."""
    found = []
    for module in modules():
        for node in module.tree.body:
            value = getattr(node, "value", None)
            if isinstance(node, ast.Assign | ast.AnnAssign) and _is_empty_container(value):
                found.append(f"{module.shown}:{node.lineno}")
    assert found == []


def _is_empty_container(value: ast.expr | None) -> bool:
    if isinstance(value, ast.List | ast.Set):
        return not value.elts
    if isinstance(value, ast.Dict):
        return not value.keys
    return isinstance(value, ast.Call) and ast.unparse(value.func) in {"list", "dict", "set"} and not value.args


def test_every_module_and_public_function_says_what_it_gives() -> None:
    missing = [module.shown for module in modules() if not ast.get_docstring(module.tree)]
    for module in modules():
        public = (node for node in module.tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
        missing += [
            f"{module.shown}:{node.name}"
            for node in public
            if not node.name.startswith("_") and not ast.get_docstring(node)
        ]
    assert missing == []


def test_nothing_is_left_unfinished() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    assert [module.shown for module in modules() if words.search(module.text)] == []


def test_every_function_has_its_types() -> None:
    untyped = []
    for module in modules():
        for function in functions(module.tree):
            spec = function.args
            arguments = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]
            bare = [a.arg for a in arguments if a.annotation is None and a.arg not in {"self", "cls"}]
            if bare or function.returns is None:
                untyped.append(f"{module.shown}:{function.name}")
    assert untyped == []


@pytest.mark.parametrize("name", ["random.random", "uuid.uuid4", "secrets.token_hex", "os.urandom"])
def test_a_source_of_randomness_is_recognised(name: str) -> None:
    assert _RANDOM.match(name)


def test_a_seeded_generator_is_not_randomness() -> None:
    assert not _RANDOM.match("random.Random")
