"""What shoppers and staff do: ``POST /_sim/do/<verb>`` (contract.py)."""

from __future__ import annotations

from typing import Any

from runner.simulator.contract import Verb, merged

FAMILIES: tuple[Any, ...] = ()
"""Modules with ``VERBS``, alphabetical."""

VERBS: dict[str, Verb] = merged(*(family.VERBS for family in FAMILIES))
