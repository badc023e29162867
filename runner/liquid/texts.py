"""Text and JSON forms of template values, by Ruby's rules (liquid.md 1.7), and the values that need them most."""

from __future__ import annotations

import json
import math
from datetime import date
from decimal import Decimal
from typing import Any, Final

from runner.errors import LiquidError
from runner.liquid.limits import extent, nested_too_deeply, refuse_large
from runner.liquid.objects.base import LiquidObject


class Binary(bytes):
    """Bytes that are not text, such as the output of ``gzip``; few filters accept them (liquid.md 3.1)."""

    __slots__ = ()


class Keyword:
    """A word that stands for a property: equal to every value that has it, prints nothing (liquid.md 1.4)."""

    __slots__ = ("word",)

    def __init__(self, word: str) -> None:
        self.word = word

    def __repr__(self) -> str:
        return self.word

    def __copy__(self) -> Keyword:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Keyword:
        return self


BLANK: Final = Keyword("blank")
EMPTY: Final = Keyword("empty")


class Described(LiquidObject):
    """An object whose text form is not its JSON: match objects, browsers, references to secrets."""

    __slots__ = ()

    def describe(self) -> str:
        """What ``{{ x }}``, ``append`` and ``join`` show."""
        raise TypeError(type(self).__name__)  # pragma: no cover - every subclass answers


# --- text (liquid.md 1.7) ---------------------------------------------------------------------------------------------


def text(value: Any) -> str:
    """``value`` as ``{{ value }}`` prints it: nil empty, lists as the concatenation of their elements' texts."""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        refuse_large(value, "output")
        return _concatenated(value)
    return argument_text(value)


def _concatenated(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "".join([_concatenated(item) for item in value])
    return argument_text(value)


def argument_text(value: Any) -> str:
    """``value`` where a filter wants a string: as ``text``, but lists in Ruby's inspected form."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, Keyword):
        return ""
    if isinstance(value, (bool, int, float)):
        return scalar_text(value)
    if isinstance(value, (list, tuple, dict)):
        refuse_large(value, "text")
        return inspect(value)
    if isinstance(value, range):
        return f"{value.start}..{value.stop - 1}"
    if isinstance(value, Described):
        return value.describe()
    if isinstance(value, LiquidObject):
        # differs: Ruby would print the name of the object's class, which helps nobody.
        return json_text(value)
    if isinstance(value, Decimal):
        return float_text(float(value))
    if isinstance(value, date):
        return _iso(value)
    if isinstance(value, Binary):
        raise LiquidError(
            f"a binary string of {len(value)} bytes cannot be used as text",
            hint="Encode it first, for example with base64_encode.",
        )
    raise LiquidError(f"a value of type {type(value).__name__} has no text form")


def float_text(number: float) -> str:
    """A float as Ruby writes it: shortest round-trip digits, always a point, exponents from 1e15 up and below 1e-4."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0 or 1e-4 <= abs(number) < 1e15:
        shortest = repr(number)
        return shortest if "e" not in shortest else f"{Decimal(shortest):f}"
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    significant = "".join(map(str, digits))
    power = int(exponent) + len(significant) - 1
    fraction = significant[1:].rstrip("0") or "0"
    return f"{'-' if sign else ''}{significant[0]}.{fraction}e{'-' if power < 0 else '+'}{abs(power):02d}"


def shown(value: Any) -> str:
    """``value`` for an error message: inspected, at most 80 characters."""
    if isinstance(value, (LiquidObject, bytes)):
        return f"a {type(value).__name__}"
    if isinstance(value, (list, tuple, dict)) and extent(value, 1000, texts=True) > 1000:
        return f"a {'hash' if isinstance(value, dict) else 'list'} of {len(value):,} elements"
    kind = inspect(value[:100] if isinstance(value, str) else value)
    return kind if len(kind) <= 80 else f"{kind[:79]}…"


def inspect(value: Any) -> str:
    """``value`` as Ruby's ``inspect`` shows it: ``[1, "b", nil]``, ``{"k"=>"v"}``."""
    if value is None:
        return "nil"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join([inspect(item) for item in value])}]"
    if isinstance(value, dict):
        return f"{{{', '.join([f'{inspect(key)}=>{inspect(item)}' for key, item in value.items()])}}}"
    return argument_text(value)


_ESCAPES: Final = {
    '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f",
    "\v": "\\v", "\b": "\\b", "\a": "\\a", "\x1b": "\\e",
}  # fmt: skip


def _quoted(string: str) -> str:
    shown = []
    for position, character in enumerate(string):
        if character in _ESCAPES:
            shown.append(_ESCAPES[character])
        elif character == "#" and string[position + 1 : position + 2] in ("{", "$", "@"):
            shown.append("\\#")
        elif character.isprintable():
            shown.append(character)
        else:
            code = ord(character)
            shown.append(
                f"\\x{code:02X}" if code < 0x80 else f"\\u{code:04X}" if code < 0x10000 else f"\\u{{{code:X}}}"
            )
    return f'"{"".join(shown)}"'


def scalar_text(value: float) -> str:
    """The text of a number or boolean."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return float_text(value) if isinstance(value, float) else str(value)


def _iso(moment: date) -> str:
    shown = moment.isoformat()
    return f"{shown[:-6]}Z" if shown.endswith("+00:00") else shown


# --- JSON (liquid.md 3.1, `json`) -------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    if isinstance(value, LiquidObject):
        return value.plain()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Binary):
        raise LiquidError(
            f"a binary string of {len(value)} bytes cannot be written as JSON",
            hint="Encode it first, for example with base64_encode.",
        )
    return argument_text(value)


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)


def json_text(value: Any) -> str:
    """``value`` as compact JSON, keys in their order; objects as their plain data, dates ISO 8601.

    Raises LiquidError for binary strings, NaN and Infinity, and for a container inside itself.
    """
    if isinstance(value, (list, tuple, dict)):
        refuse_large(value, "json")
    try:
        return _ENCODER.encode(value)
    except RecursionError as error:
        raise nested_too_deeply("the value cannot be written as JSON: it is") from error
    except (TypeError, ValueError) as error:
        raise LiquidError(f"the value cannot be written as JSON: {error}") from error
