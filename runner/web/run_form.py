"""The fields of a task's run form in HTML, and what they send (tasks.md 3.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from runner.model.option_key import Kind, Option

PREFIX = "input."
"""Of the names of fields, so that no option can take the name of another field of the page."""
_TYPES = {Kind.NUMBER: "number", Kind.RANGE: "number", Kind.DATE: "date", Kind.DATETIME: "datetime-local"}


def fields(options: tuple[Option, ...], saved: Mapping[str, Any]) -> Iterator[str]:
    """A labelled field for each option, filled with its saved value."""
    for option in options:
        label = escape(option.label)
        if option.kind is Kind.BOOLEAN:
            checked = " checked" if saved.get(option.key) in (True, "true") else ""
            yield f"<label><input type=checkbox name='{_name(option)}' value=true{checked}> {label}</label>"
        else:
            yield f"<label>{label}{' *' if option.required else ''}{_control(option, saved.get(option.key))}</label>"


def sent(options: tuple[Option, ...], get: Callable[[str], str | None]) -> dict[str, Any]:
    """What was filled in, by option key; ``get`` gives the text of a field by its name. Blank fields send nothing."""
    values: dict[str, Any] = {}
    for option in options:
        text = get(f"{PREFIX}{option.key}")
        if option.kind is Kind.BOOLEAN:
            values[option.key] = text == "true"
        elif text is not None and text.strip():
            values[option.key] = _lines(text) if option.container == "array" else _pairs(option, text)
    return values


def _name(option: Option) -> str:
    return escape(f"{PREFIX}{option.key}")


def _control(option: Option, value: Any) -> str:
    name, required = _name(option), " required" if option.required else ""
    if option.choices and option.container is None and option.kind is not Kind.MULTISELECT:
        choices = "".join(
            f"<option{' selected' if str(value) == choice else ''}>{escape(choice)}</option>"
            for choice in ("", *option.choices)
        )
        return f"<select name='{name}'{required}>{choices}</select>"
    if option.container is not None or option.multiline or option.code or option.kind is Kind.MULTISELECT:
        return f"<textarea name='{name}'{required}>{escape(_text(value))}</textarea>"
    kind = _TYPES.get(option.kind, "text")
    step = " step=any" if option.kind is Kind.NUMBER else ""
    return f"<input type={kind}{step} name='{name}' value='{escape(_text(value))}'{required}>"


def _text(value: Any) -> str:
    """A saved value as a person would type it: a line for each element of a list or hash."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {each}" for key, each in value.items())
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _pairs(option: Option, text: str) -> Any:
    if option.container != "keyval":
        return _lines(text) if option.kind is Kind.MULTISELECT else text
    pairs = (line.partition(":") for line in _lines(text))
    return {key.strip(): value.strip() for key, _, value in pairs}
