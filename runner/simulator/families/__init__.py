"""One module a family of resources: what is computed when they are read (contract.py)."""

from __future__ import annotations

from typing import Any

from runner.simulator.contract import Resolver, merged, merged_fields

FAMILIES: tuple[Any, ...] = ()
"""Modules with ``FIELDS`` and ``INDEXES``, alphabetical."""

FIELDS: dict[str, dict[str, Resolver]] = merged_fields(*(family.FIELDS for family in FAMILIES))
INDEXES: dict[str, tuple[str, ...]] = merged(*(family.INDEXES for family in FAMILIES))
