"""What came of handing in a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.errors import ActionError


@dataclass(frozen=True, slots=True)
class Delivery:
    """``accepted`` addresses, ``rejected`` ones with what the server said of each, and its ``said`` in the end."""

    accepted: tuple[str, ...]
    rejected: Mapping[str, str] = field(default_factory=dict)
    said: str = ""


def refused(message: str, hint: str, *, transient: bool = False, code: str = "email.refused") -> ActionError:
    """The error for a message that a server did not take."""
    return ActionError(message, hint=hint, code=code, transient=transient)
