"""The task library: a checkout of it, or its public repository fetched over HTTPS and kept for later (tooling.md 3).

``open_shelf`` gives the tasks at hand; ``repository.fetch`` brings the newest; ``search`` finds among them.
"""

from __future__ import annotations

from runner.library.shelf import Shelf, open_shelf

__all__ = ["Shelf", "open_shelf"]
