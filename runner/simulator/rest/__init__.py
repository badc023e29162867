"""One module a REST resource: its routes and its rendering, which is also the webhook payload (contract.py)."""

from __future__ import annotations

from typing import Any

from runner.simulator.contract import Route

RESOURCES: tuple[Any, ...] = ()
"""Modules with ``ROUTES``, alphabetical."""

ROUTES: tuple[Route, ...] = tuple(route for resource in RESOURCES for route in resource.ROUTES)
