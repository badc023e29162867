"""The filter of telephone numbers (liquid.md 3.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runner.errors import LiquidError
from runner.liquid.values import argument_text


def e164(value: Any) -> str | None:
    """The digits of an international telephone number, without plus sign; nil for one that cannot exist.

    The number must start with its country's code. Needs the extra ``phone``.
    """
    try:
        import phonenumbers
    except ImportError as error:
        raise LiquidError(
            "e164 needs the package phonenumbers", hint='Install it: pip install "mechanic-runner[phone]"'
        ) from error
    written = argument_text(value).strip()
    try:
        parsed = phonenumbers.parse(written if written.startswith("+") else f"+{written}")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)).removeprefix("+")


FILTERS: dict[str, Callable[..., Any]] = {"e164": e164}
