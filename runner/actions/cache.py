"""cache: writes to the key-value store that tasks read (actions.md 3.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar

from runner.actions.base import ActionType, Outcome, Tools
from runner.errors import ActionError
from runner.model.json import JSON

MAX_TTL = 5_184_000
"""Sixty days in seconds: the default and the longest (actions.md 3.1)."""
MAX_VALUE_BYTES = 262_144
_MAX_STEP = 2**63
_KEY = re.compile(r"[A-Za-z0-9_:\-./]+")
_DIGITS = re.compile(r"[+-]?[0-9]{1,18}")

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "set": ("key", "value"),
    "setex": ("key", "ttl", "value"),
    "del": ("key",),
    "incr": ("key",),
    "incrby": ("key", "increment"),
    "decr": ("key",),
    "decrby": ("key", "decrement"),
}
"""Each command with its arguments in the order of the array style; all of them are required."""
_EFFECTS: Mapping[str, str] = {
    "set": "keeps the value, which is the result",
    "setex": "keeps the value for `ttl` seconds, 5184000 (60 days) at most",
    "del": "deletes the key; the result is whether it was there",
    "incr": "adds 1 to a number, a missing one is 0; the result is the new number",
    "incrby": "adds a whole number",
    "decr": "takes 1 away",
    "decrby": "takes a whole number away",
}
"""What the commands do, for people."""


@dataclass(frozen=True, slots=True)
class CacheCommand:
    """A checked command. ``amount`` is what counter commands add, None for the others."""

    name: str
    key: str
    ttl: int = MAX_TTL
    value: Any = None
    amount: int | None = None


class CacheAction(ActionType):
    """``["setex", "k", 60, 1]`` or ``{"setex": {"key": "k", "ttl": 60, "value": 1}}``."""

    name = "cache"
    local = True
    writes_whole = True
    schema: ClassVar[Mapping[str, Any]] = {
        "oneOf": [
            {"type": "array", "description": "Command and arguments: " + ", ".join(COMMANDS)},
            {
                "type": "object",
                "minProperties": 1,
                "properties": {
                    name: {
                        "type": "object",
                        "required": list(arguments),
                        "description": f"{_EFFECTS[name]}; an array is `{json.dumps([name, *arguments])}`",
                    }
                    for name, arguments in COMMANDS.items()
                },
            },
        ]
    }

    def validate(self, options: JSON) -> CacheCommand:
        command, given = _read(options)
        for argument in COMMANDS[command]:
            if argument not in given:
                raise _invalid(f'"{command}" needs "{argument}"', f"Its arguments are: {_usage(command)}.")
        ttl = _ttl(given.get("ttl"), required=command == "setex")
        key = _key(given["key"])
        if "value" in COMMANDS[command]:
            _check_size(given["value"], key)
            return CacheCommand(command, key, ttl, value=given["value"])
        return CacheCommand(command, key, ttl, amount=_amount(command, given))

    def perform(self, options: CacheCommand, tools: Tools) -> Outcome:
        if tools.cache is None:
            raise ActionError("no cache is at hand", hint="Cache actions are performed by an engine with a store.")
        if options.amount is not None:
            return Outcome(ok=True, result=tools.cache.add(options.key, options.amount, options.ttl))
        if options.name == "del":
            return Outcome(ok=True, result=tools.cache.delete(options.key))
        tools.cache.set(options.key, options.value, options.ttl)
        return Outcome(ok=True, result=options.value)

    def summary(self, options: JSON) -> str:
        try:
            command = self.validate(options)
        except ActionError as error:
            return error.message
        if command.name in ("set", "setex"):
            text = json.dumps(command.value, ensure_ascii=False)
            return f"{command.name} {command.key} = {text if len(text) <= 80 else text[:79] + '…'}"
        return f"{command.name} {command.key}"

    def shown(self, options: JSON) -> JSON:
        """The command with its key, and its other arguments by name."""
        try:
            self.validate(options)
            name, given = _read(options)
        except ActionError:
            return options
        return {name: given.pop("key"), **given}


def _invalid(message: str, hint: str) -> ActionError:
    return ActionError(f"cache: {message}", hint=hint, code="action.invalid_options")


def _usage(command: str) -> str:
    return ", ".join(COMMANDS[command])


def _read(options: JSON) -> tuple[str, dict[str, Any]]:
    """Command and named arguments of either style."""
    if isinstance(options, Mapping):
        named = [key for key in options if key in COMMANDS]
        if len(named) != 1:
            what = "several commands: " + ", ".join(named) if named else "no command"
            raise _invalid(f"the options name {what}", _hint_for(list(options)))
        arguments = options[named[0]]
        if not isinstance(arguments, Mapping):
            raise _invalid(f'"{named[0]}" takes an object', f"Its keys are: {_usage(named[0])}, ttl.")
        return named[0], dict(arguments)
    if isinstance(options, Sequence) and not isinstance(options, str) and options:
        command, *arguments_given = options
        if not isinstance(command, str) or command not in COMMANDS:
            raise _invalid(f"there is no command {command!r}", _hint_for([command]))
        if len(arguments_given) != len(COMMANDS[command]):
            raise _invalid(
                f'"{command}" takes {len(COMMANDS[command])} arguments, not {len(arguments_given)}',
                f"Their order is: {_usage(command)}.",
            )
        return command, dict(zip(COMMANDS[command], arguments_given, strict=True))
    raise _invalid("the options are neither an array nor an object", 'For example: ["set", "a-key", 1].')


def _hint_for(names: Sequence[Any]) -> str:
    near = [match for name in names for match in get_close_matches(str(name).lower(), COMMANDS, n=1)]
    return f'Did you mean "{near[0]}"?' if near else f"Commands are {', '.join(COMMANDS)}."


def _key(value: Any) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _KEY.fullmatch(text):
        raise _invalid(f"{value!r} is not a key", "Keys are made of A-Z a-z 0-9 _ : - . and /, and are not empty.")
    return text


def _ttl(value: Any, *, required: bool) -> int:
    if not required and (value is None or value == ""):
        return MAX_TTL
    seconds = _whole(value)
    if seconds is None or not 0 < seconds <= MAX_TTL:
        raise _invalid(f"{value!r} is not a ttl", f"A ttl is a number of seconds from 1 to {MAX_TTL} (60 days).")
    return seconds


def _amount(command: str, given: Mapping[str, Any]) -> int | None:
    if command == "del":
        return None
    sign = 1 if command.startswith("incr") else -1
    name = COMMANDS[command][-1]
    if name == "key":
        return sign
    step = _whole(given[name])
    if step is None or abs(step) >= _MAX_STEP:
        raise _invalid(f"{given[name]!r} is not a whole number", f'"{name}" says by how much the number changes.')
    return sign * step


def _whole(value: Any) -> int | None:
    """An integer, also given as ``60.0`` or as digits (actions.md 1.10); None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        return int(value) if _DIGITS.fullmatch(value.strip()) else None
    return value if isinstance(value, int) else None


def _check_size(value: Any, key: str) -> None:
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
    if size > MAX_VALUE_BYTES:
        raise _invalid(
            f'the value of "{key}" has {size:,} bytes of JSON', f"At most {MAX_VALUE_BYTES:,} bytes can be kept."
        )
