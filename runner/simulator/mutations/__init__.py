"""One module a family of resources: its mutations (contract.py)."""

from __future__ import annotations

from typing import Any

from runner.simulator.contract import Mutation, merged

FAMILIES: tuple[Any, ...] = ()
"""Modules with ``MUTATIONS``, alphabetical."""

MUTATIONS: dict[str, Mutation] = merged(*(family.MUTATIONS for family in FAMILIES))
