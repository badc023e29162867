"""event: makes a new event, now or later (actions.md 3.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, ClassVar

from runner.actions.base import ActionType, EventDraft, Outcome, Tools
from runner.actions.reading import in_order
from runner.clock import iso_utc
from runner.errors import ActionError
from runner.model.json import JSON

SOURCE = "event_action"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAIL_ZONES: Mapping[str, int] = {
    name: hours * 3600
    for name, hours in (
        *(("EST", -5), ("EDT", -4), ("CST", -6), ("CDT", -5)),
        *(("MST", -7), ("MDT", -6), ("PST", -8), ("PDT", -7)),
    )
}
_NUMBER = re.compile(r"\s*-?[0-9]{1,17}(\.[0-9]+)?\s*")


@dataclass(frozen=True, slots=True)
class EventOptions:
    """Checked options. ``run_at`` is an aware moment, text that still needs the shop's zone, or None for now."""

    topic: str
    data: JSON
    run_at: datetime | str | None
    targets: tuple[str, ...] | None


class EventAction(ActionType):
    """``{"topic": "user/reports/due", "data": …, "run_at": …, "task_id": …}``."""

    name = "event"
    local = True
    writes_whole = True
    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["topic"],
        "properties": {
            "topic": {"type": "string", "description": "`user/SUBJECT/VERB`, three parts"},
            "data": {"description": "any JSON; null if left out"},
            "run_at": {
                "type": ["number", "string"],
                "description": "Unix seconds, also as digits, or a time, in the shop's zone if it names none; the past "
                "means now",
            },
            "task_id": {"type": "string", "description": "the only task that may respond"},
            "task_ids": {
                "type": "array",
                "items": {"type": "string"},
                "description": "the only tasks that may; not with `task_id`",
            },
        },
    }

    def validate(self, options: JSON) -> EventOptions:
        if not isinstance(options, Mapping):
            raise _invalid("the options are not an object", 'For example: {"topic": "user/reports/due"}.')
        run_at = _run_at(options.get("run_at"))
        if isinstance(run_at, str):
            # Text is read again in the shop's zone when it is performed; here only whether it is a time at all.
            _parsed(run_at, _EPOCH, UTC)
        return EventOptions(_topic(options.get("topic")), options.get("data"), run_at, _targets(options))

    def perform(self, options: EventOptions, tools: Tools) -> Outcome:
        now = tools.clock.now()
        asked = options.run_at
        if isinstance(asked, str):
            asked = _parsed(asked, now, tools.zone)
        due = max(asked or now, now)
        draft = EventDraft(
            id=tools.child_id("event"),
            topic=options.topic,
            data=options.data,
            run_at=due,
            targets=None if options.targets is None else frozenset(options.targets),
            source=SOURCE,
        )
        result: dict[str, JSON] = {
            "event_id": draft.id,
            "topic": draft.topic,
            "run_at": iso_utc(due),
            "task_ids": None if options.targets is None else list(options.targets),
        }
        return Outcome(ok=True, result=result, events=(draft,))

    def summary(self, options: JSON) -> str:
        if not isinstance(options, Mapping):
            return "event without options"
        when = f" at {options['run_at']}" if options.get("run_at") not in (None, "") else ""
        return f"{options.get('topic')}{when}"

    def shown(self, options: JSON) -> JSON:
        """When it is due beside what, seconds as a time."""
        if not isinstance(options, Mapping) or options.get("run_at") in (None, ""):
            return options
        try:
            moment = _run_at(options["run_at"])
        except ActionError:
            return options
        due = moment if moment is None or isinstance(moment, str) else f"{iso_utc(moment)} ({options['run_at']})"
        return in_order({**options, "run_at": due}, ("topic", "run_at", "task_id", "task_ids"), ("data",))


def _invalid(message: str, hint: str) -> ActionError:
    return ActionError(f"event: {message}", hint=hint, code="action.invalid_options")


def _topic(value: Any) -> str:
    parts = value.split("/") if isinstance(value, str) else []
    if len(parts) != 3 or parts[0] != "user" or not all(part.strip() for part in parts):
        raise _invalid(f"{value!r} is not a topic for this action", "Write user/<subject>/<verb>.")
    return str(value)


def _targets(options: Mapping[str, Any]) -> tuple[str, ...] | None:
    one, several = (None if options.get(key) in (None, "") else options[key] for key in ("task_id", "task_ids"))
    if one is not None and several is not None:
        raise _invalid('both "task_id" and "task_ids" are given', "Keep one of the two.")
    wanted = [one] if one is not None else several
    if wanted is None:
        return None
    if isinstance(wanted, str) or not isinstance(wanted, Sequence) or not all(isinstance(i, str) and i for i in wanted):
        raise _invalid("the task ids are not texts", 'Write "task_id": "…" or "task_ids": ["…", "…"].')
    return tuple(wanted)


def _run_at(value: Any) -> datetime | str | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _unreadable(value)
    try:
        return _EPOCH + timedelta(seconds=round(float(value)))
    except (OverflowError, ValueError) as error:
        raise _unreadable(value) from error


def _parsed(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The aware moment of ``text``; in ``zone`` when it names none. What it leaves out is taken from today there."""
    from dateutil import parser  # type: ignore[import-untyped]  # comes with python-liquid, without types

    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    try:
        moment: datetime = parser.parse(text, default=today, tzinfos=_named_zone)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _unreadable(text) from error


def _named_zone(name: str | None, offset: int | None) -> int | None:
    """Seconds east of UTC of a zone written in a time, None when none is. Names are those of mail dates, no others."""
    if name is None and offset is None:
        return None
    seconds = offset if offset is not None else _MAIL_ZONES.get(name or "")
    if seconds is None:
        raise ValueError(f"unknown time zone {name}")
    return seconds


def _unreadable(value: Any) -> ActionError:
    return _invalid(f"run_at {value!r} is not a time", "Write Unix seconds or a time such as 2026-03-04T09:00:00Z.")
