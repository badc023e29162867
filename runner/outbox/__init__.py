"""What actions would send, kept as files that can be opened: for runs that reach nobody outside the shop.

``kept_types`` are the types of actions for such a run; everything else of the engine stays the same.
"""

from __future__ import annotations

from runner.outbox.folder import Entry, FolderOutbox, NoOutbox, Outbox
from runner.outbox.kept import KeptAction, kept_types

__all__ = ["Entry", "FolderOutbox", "KeptAction", "NoOutbox", "Outbox", "kept_types"]
