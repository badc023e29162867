"""Reads options that arrive as JSON: words for numbers and truth, blanks for nothing (actions.md 1.10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.errors import ActionError


class Wanted:
    """The options of one action of the type ``kind``; every fault is an ActionError that names the option.

    Unknown keys are not looked at (actions.md 1.1).
    """

    def __init__(self, kind: str, options: Any, example: str) -> None:
        self._kind = kind
        if not isinstance(options, Mapping):
            raise self.fault(f"the options are {_named(options)}, not an object", f"Write {example}")
        self._options = options

    def fault(self, message: str, hint: str) -> ActionError:
        """The error for options that cannot be used."""
        return ActionError(f"{self._kind}: {message}", hint=hint, code="action.invalid_options")

    def raw(self, name: str) -> Any:
        """What the option holds, as it is."""
        return self._options.get(name)

    def value(self, name: str) -> Any:
        """What the option holds; None for a blank text too."""
        value = self._options.get(name)
        return None if isinstance(value, str) and not value.strip() else value

    def text(self, name: str) -> str | None:
        """A text, without white space around it."""
        value = self.value(name)
        if value is not None and not isinstance(value, str):
            raise self.fault(f'"{name}" is {_named(value)}, not text', f'Write "{name}": "…".')
        return None if value is None else value.strip()

    def required(self, name: str) -> str:
        """A text that must be there."""
        text = self.text(name)
        if text is None:
            raise self.fault(f'"{name}" is missing or blank', f'Give the option "{name}".')
        return text

    def truth(self, name: str, default: bool) -> bool:
        """true or false, also as text."""
        value = self.value(name)
        if value is None:
            return default
        word = value.strip().lower() if isinstance(value, str) else value
        if word in ("true", "false") or isinstance(word, bool):
            return word in ("true", True)
        raise self.fault(f'"{name}" is {_named(value)}, not true or false', "Write true or false.")

    def whole(self, name: str, smallest: int, largest: int) -> int | None:
        """A whole number, also as digits."""
        value = self.value(name)
        if value is None:
            return None
        digits = value.strip() if isinstance(value, str) else value
        if isinstance(digits, float) and digits.is_integer():
            digits = int(digits)
        if isinstance(digits, str) and digits.isascii() and digits.isdigit() and len(digits) < 20:
            digits = int(digits)
        if isinstance(digits, bool) or not isinstance(digits, int) or not smallest <= digits <= largest:
            raise self.fault(
                f'"{name}" is {_named(value)}, not a whole number', f"Write a number from {smallest} to {largest}."
            )
        return digits

    def mapping(self, name: str) -> Mapping[str, Any] | None:
        """An object; None for an empty one too."""
        value = self.value(name)
        if value is not None and not isinstance(value, Mapping):
            raise self.fault(f'"{name}" is {_named(value)}, not an object', f'Write "{name}": {{"name": …}}.')
        return value or None


def _named(value: Any) -> str:
    """A value in a message: its kind, and itself when it is short."""
    kinds: tuple[tuple[Any, str], ...] = ((type(None), "null"), (bool, str(value).lower()), (Mapping, "an object"))
    for kind, name in kinds:
        if isinstance(value, kind):
            return name
    if isinstance(value, int | float):
        return f"the number {value}"
    # Texts are not shown: one may hold the value of a secret.
    return "text" if isinstance(value, str) else "an array"
