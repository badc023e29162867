"""One direction of import: upper layers know lower ones, never the other way round."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import Module, modules, run_time_imports

LAYERS: tuple[tuple[str, ...], ...] = (
    ("assistant", "cli", "web"),
    ("coverage", "library", "lint", "lsp"),
    (
        *(
            "config",
            "config_accounts",
            "config_checks",
            "config_file",
            "config_table",
            "incoming",
            "preview",
            "preview_events",
            "preview_scopes",
            "project",
        ),
        *("outbox", "services", "shop_values", "task_folder", "task_pages", "testing", "value_files", "whole_files"),
    ),
    ("engine",),
    ("actions",),
    ("accounts", "mail"),
    ("files", "liquid", "shopify", "store"),
    ("model",),
    ("network",),
    ("clock", "errors", "own_folder", "redact"),
)
"""From the top. Parts of one layer may know each other, except where ``STRANGERS`` says otherwise."""

STRANGERS = {"files", "liquid", "shopify", "store"}
SIMULATOR_MAY_USE = {"clock", "errors", "model", "redact", "shopify", "simulator"}
SIMULATOR_IS_USED_BY = {"cli", "simulator", "testing"}


def _part(name: str) -> str | None:
    """The part of the package a dotted name belongs to; None for the package itself and for other packages."""
    pieces = name.split(".")
    if pieces[0] != "runner" or len(pieces) < 2:
        return None
    return pieces[1]


def _level(part: str) -> int | None:
    return next((index for index, names in enumerate(LAYERS) if part in names), None)


def _fault(importer: str, imported: str) -> str | None:
    """Why ``importer`` may not import ``imported``; None when it may."""
    if importer == imported:
        return None
    if imported == "simulator":
        return None if importer in SIMULATOR_IS_USED_BY else "only cli and testing start the simulator"
    if importer == "simulator":
        return None if imported in SIMULATOR_MAY_USE else "the simulator is a program of its own"
    above, below = _level(importer), _level(imported)
    if above is None or below is None:
        return f"{importer if above is None else imported} stands in no layer"
    if above > below:
        return "it stands in a higher layer"
    if importer in STRANGERS and imported in STRANGERS:
        return "these four do not know each other"
    return None


def faults(module: Module) -> list[str]:
    importer = _part(module.name) or _part(module.name + ".__init__")
    if importer in {None, "__init__", "__main__"}:
        return []
    found = []
    for line, name in run_time_imports(module):
        imported = _part(name)
        reason = _fault(str(importer), imported) if imported and not imported.startswith("__") else None
        if reason:
            found.append(f"{module.shown}:{line} imports {name}: {reason}")
    return found


def test_every_module_imports_only_what_its_layer_may_know() -> None:
    assert [fault for module in modules() for fault in faults(module)] == []


def test_no_two_modules_import_each_other_at_the_top() -> None:
    names = {module.name for module in modules()}
    graph: dict[str, set[str]] = {}
    for module in modules():
        graph[module.name] = {target for _, name in _top_imports(module) if (target := _known(name, names))}
        graph[module.name].discard(module.name)
    assert _cycle(graph) == []


def _top_imports(module: Module) -> list[tuple[int, str]]:
    top = ast.Module(
        body=[node for node in module.tree.body if isinstance(node, ast.Import | ast.ImportFrom)], type_ignores=[]
    )
    return list(run_time_imports(Module(module.name, module.path, module.text, top)))


def _known(name: str, names: set[str]) -> str | None:
    if name in names:
        return name
    parent = name.rpartition(".")[0]
    return parent if parent in names else None


def _cycle(graph: dict[str, set[str]]) -> list[str]:
    """One cycle as a list of names, empty when there is none."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for target in sorted(graph.get(name, ())):
            found = walk(target, [*path, name])
            if found:
                return found
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := walk(name, []))), [])


def _module(name: str, text: str) -> Module:
    from tests.architecture.sources import ROOT

    return Module(name, ROOT / Path(*name.split(".")).with_suffix(".py"), text, ast.parse(text))


@pytest.mark.parametrize(
    ("name", "text", "is_fault"),
    [
        ("runner.model.x", "from runner.engine import Engine", True),
        ("runner.model.x", "def f():\n    from runner.engine import Engine", True),
        ("runner.model.x", "if TYPE_CHECKING:\n    from runner.engine import Engine", False),
        ("runner.model.x", "if TYPE_CHECKING:\n    pass\nelse:\n    import runner.engine", True),
        ("runner.liquid.x", "from runner.store import Store", True),
        ("runner.liquid.x", "from ..store import Store", True),
        ("runner.engine.x", "from runner.store import Store", False),
        ("runner.engine.x", "import runner.simulator.server", True),
        ("runner.simulator.x", "from runner.liquid import render", True),
        ("runner.simulator.x", "from runner.shopify.schema import load", False),
        ("runner.cli.x", "from runner.simulator.server import serve", False),
        ("runner.unheard_of.x", "from runner.model.event import Event", True),
        ("runner.model.x", "import json, runner.errors", False),
    ],
)
def test_a_wrong_import_is_seen(name: str, text: str, is_fault: bool) -> None:
    assert bool(faults(_module(name, text))) is is_fault


def test_a_cycle_is_seen() -> None:
    assert _cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]
    assert _cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
