"""The output contract: what a script printed is a stream of JSON objects (liquid.md 2.1)."""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import Any, NamedTuple

from runner.errors import LiquidError, Where
from runner.liquid.blocks import excerpt, refuse_constant
from runner.liquid.origins import Mark, Notes, OriginFinder
from runner.liquid.places import place
from runner.model.action import CONTROL_PARAMETERS, Action, is_off
from runner.model.rendering import Origin

KINDS = ("action", "log", "error")
_DECODER = json.JSONDecoder(parse_constant=refuse_constant)
_SPACE = " \t\n\r\v\f"


class Emitted(NamedTuple):
    """Everything a script printed, by kind, each in rendered order."""

    actions: tuple[Action, ...]
    logs: tuple[Any, ...]
    errors: tuple[Any, ...]
    origins: tuple[Origin | None, ...] = ()
    """Of each action."""


class OutputMap:
    """From a position in the output to the script line that printed it."""

    def __init__(self, output: str, source: str, marks: list[Mark]) -> None:
        self.output = output
        self._source = source
        self._marks = marks

    def fail(self, message: str, position: int, hint: str | None = None) -> LiquidError:
        """An error about the output at ``position``, placed at the script line behind it."""
        line = self.output.count("\n", 0, position) + 1
        column = position - (self.output.rfind("\n", 0, position) + 1) + 1
        return LiquidError(
            f"{message} at line {line}, column {column} of the output: {excerpt(self.output, position)}",
            hint=hint,
            where=self._where(position),
            code="liquid.output",
        )

    def _where(self, position: int) -> Where | None:
        index = bisect_right(self._marks, position, key=lambda mark: mark.position) - 1
        return place(self._source, self._marks[index].start) if index >= 0 else None


def read_stream(output: str, source: str, marks: list[Mark], notes: Notes | None = None) -> Emitted:
    """The objects of ``output``, and what the ``notes`` and marks tell of the origins of actions.

    Raises ``LiquidError`` for anything that is not one of the three kinds of object.
    """
    where = OutputMap(output, source, marks)
    finder = OriginFinder(source, output, marks, notes or Notes())
    origins: list[Origin | None] = []
    actions: list[Action] = []
    logs: list[Any] = []
    errors: list[Any] = []
    position = _skip(output, 0)
    while position < len(output):
        value, end = _decode(output, position, where)
        kind = _kind(value, position, where)
        if kind == "action":
            actions.append(_action(value["action"], position, where))
            origins.append(finder.origin(position, end))
        else:
            (logs if kind == "log" else errors).append(value[kind])
        position = _skip(output, end)
    return Emitted(tuple(actions), tuple(logs), tuple(errors), tuple(origins))


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


def _decode(output: str, position: int, where: OutputMap) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(output, position)
    except json.JSONDecodeError as error:
        stray = error.pos == position
        raise where.fail(
            "the script printed text that is no JSON" if stray else f"the script printed broken JSON ({error.msg})",
            position if stray else error.pos,
            "A script may only print action, log and error objects. Print values inside them with {{ value | json }}.",
        ) from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise where.fail(f"the script printed a value that cannot be read ({reason})", position) from error


def _kind(value: Any, position: int, where: OutputMap) -> str:
    """Which of the three kinds an object is: it has that key and no other."""
    keys = list(value) if isinstance(value, dict) else []
    if len(keys) == 1 and keys[0] in KINDS:
        return str(keys[0])
    what = f"an object with the keys {', '.join(map(repr, keys)) or 'none'}" if isinstance(value, dict) else "a value"
    raise where.fail(
        f"the script printed {what}; every object must have exactly one of the keys action, log, error",
        position,
        'Use the action, log and error tags, or print {"action": {…}} yourself.',
    )


def _action(fields: Any, position: int, where: OutputMap) -> Action:
    """A printed action as ours: control parameters leave the options (actions.md 1.3)."""
    if not isinstance(fields, dict):
        raise where.fail("an action must be a JSON object with type and options", position)
    kind = fields.get("type")
    if not isinstance(kind, str) or not kind.strip():
        raise where.fail('an action needs a type, such as "shopify"', position)
    options = fields.get("options")
    meta = fields.get("meta")
    perform = fields.get("__perform_event")
    if isinstance(options, dict) and any(name in options for name in CONTROL_PARAMETERS):
        options = dict(options)
        meta = options.pop("__meta", meta)
        perform = options.pop("__perform_event", perform)
    return Action(kind, options, fields.get("__meta", meta), not is_off(perform))
