"""The public names are what the package says they are."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module

import runner
from tests.architecture.sources import ROOT, modules


def test_every_public_name_can_be_had() -> None:
    assert [name for name in runner.__all__ if not hasattr(runner, name)] == []


def test_public_names_are_sorted_and_each_lazy_one_has_a_home() -> None:
    assert list(runner.__all__) == sorted(runner.__all__)
    assert set(runner._HOMES) == set(runner.__all__) - {"__version__"}
    for name, home in runner._HOMES.items():
        assert getattr(import_module(home), name) is getattr(runner, name)


def test_types_see_the_same_names_as_run_time() -> None:
    tree = next(module.tree for module in modules() if module.name == "runner")
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name for node in guarded.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == set(runner._HOMES)


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(runner, "no_such_name")


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ["liquid", "httpx", "graphql", "jsonschema", "yaml", "sqlalchemy", "starlette", "rich", "click", "dbos"]
    code = f"import runner, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
