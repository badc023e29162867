"""Objects that templates see, one resource a file; ``resources.py`` is their index."""

from __future__ import annotations

from runner.liquid.objects.environment import environment

__all__ = ["environment"]
