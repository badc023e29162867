"""Subscriptions: one line is a topic with an optional offset (engine.md 3.1 to 3.3)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from difflib import get_close_matches

from runner.errors import TaskError, Where
from runner.model.topic import check_topic

UNITS = ("second", "minute", "hour", "day", "week", "month", "year")

_FIXED_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_CALENDAR_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
_LONGEST_AMOUNT = 15
_OFFSET = re.compile(r"(?P<amount>[0-9]+(?:\.[0-9]+)?)\.(?P<unit>[a-z]+)")


@dataclass(frozen=True, slots=True)
class Offset:
    """A delay. ``amount`` is an int, or a ``Decimal`` for seconds to weeks; ``unit`` is one of ``UNITS``, singular."""

    amount: int | Decimal
    unit: str

    def __str__(self) -> str:
        return f"+{self.amount}.{self.unit}" + ("" if self.amount == 1 else "s")

    def apply(self, moment: datetime, zone: tzinfo) -> datetime:
        """``moment`` later by this offset, aware, in UTC.

        ``moment`` must be aware (``ValueError``). Seconds, minutes and hours are fixed lengths; days, weeks, months and
        years are steps of the calendar in ``zone``, the shop's: the wall clock keeps its time, the end of a month
        clamps (engine.md 3.3). A wall time skipped by a clock change counts on from before the change, one that comes
        twice is its first. ``TaskError`` when the result lies beyond the year 9999.
        """
        if moment.tzinfo is None:
            raise ValueError(f"an offset applies to a datetime with a time zone, not {moment!r}")
        if self.amount == 0:
            return moment.astimezone(UTC)
        try:
            return self._later(moment, zone)
        except (OverflowError, ValueError) as error:
            raise TaskError(
                f'The offset "{self}" leads beyond the year 9999.', hint="Use a smaller offset.", code="task.offset"
            ) from error

    def _later(self, moment: datetime, zone: tzinfo) -> datetime:
        if self.unit in _FIXED_SECONDS:
            return moment.astimezone(UTC) + _seconds(self.amount * _FIXED_SECONDS[self.unit])
        local = moment.astimezone(zone)
        if self.unit in _MONTHS:
            return _months_later(local, int(self.amount) * _MONTHS[self.unit]).astimezone(UTC)
        days = self.amount * _CALENDAR_DAYS[self.unit]
        whole = int(days)
        if whole:
            local = (local.replace(tzinfo=None) + timedelta(days=whole)).replace(tzinfo=zone, fold=0)
        return local.astimezone(UTC) + _seconds((days - whole) * 86400)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A topic, and how long after its event the task runs. Equal when topic and offset are."""

    topic: str
    offset: Offset | None = None

    def __str__(self) -> str:
        return self.topic + (str(self.offset) if self.offset else "")


def parse_subscriptions(text: str) -> tuple[Subscription, ...]:
    """The subscriptions of a rendered template, in order, duplicates kept, blank lines dropped.

    ``TaskError`` for the first line that does not parse or names an unknown ``mechanic/`` topic; ``where`` holds its
    line number and text. ``read_subscriptions`` collects the errors instead.
    """
    subscriptions, errors = read_subscriptions(text)
    if errors:
        raise errors[0]
    return subscriptions


def read_subscriptions(text: str) -> tuple[tuple[Subscription, ...], tuple[TaskError, ...]]:
    """The lines that are good, and one error for each that is not."""
    subscriptions: list[Subscription] = []
    errors: list[TaskError] = []
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        line = raw.strip()
        if not line:
            continue
        try:
            subscriptions.append(parse_subscription(line))
        except TaskError as error:
            where = Where(part="subscriptions", line=number, source=line)
            errors.append(TaskError(error.message, hint=error.hint, where=where, code=error.code))
    return tuple(subscriptions), tuple(errors)


def parse_subscription(line: str) -> Subscription:
    """One line, already stripped: ``topic`` or ``topic+amount.unit``. ``TaskError`` says what is wrong with it."""
    topic, plus, rest = line.partition("+")
    note = check_topic(topic)
    if note is not None and note.fatal:
        raise TaskError(note.message, hint=note.hint, where=Where(part="subscriptions", source=line), code="task.topic")
    return Subscription(topic, _parse_offset(rest, line) if plus else None)


def subscription_warnings(subscriptions: Iterable[Subscription]) -> tuple[str, ...]:
    """A sentence for each topic that Shopify may refuse, each once."""
    notes = (check_topic(topic) for topic in dict.fromkeys(each.topic for each in subscriptions))
    return tuple(" ".join(filter(None, (note.message, note.hint))) for note in notes if note)


def _parse_offset(text: str, line: str) -> Offset:
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise _offset_error(text, line)
    unit = _unit(match["unit"])
    if unit is None:
        raise _offset_error(text, line)
    digits = match["amount"]
    if len(digits) > _LONGEST_AMOUNT:
        message = f'"{line}": the offset\'s amount is too large.'
        raise TaskError(message, where=Where(part="subscriptions", source=line), code="task.offset")
    amount = Decimal(digits) if "." in digits else int(digits)
    if isinstance(amount, Decimal) and unit in _MONTHS:
        message = f'"{line}": {unit}s are counted in whole numbers.'
        hint = "Use days for a part of a month, months for a part of a year."
        raise TaskError(message, hint=hint, where=Where(part="subscriptions", source=line), code="task.offset")
    return Offset(amount, unit)


def _unit(word: str) -> str | None:
    singular = word.removesuffix("s")
    return singular if singular in UNITS else None


def _offset_error(text: str, line: str) -> TaskError:
    hint = "An offset looks like +1.hour or +30.minutes."
    amount, dot, unit = text.rpartition(".")
    if dot and not amount:
        message = f'"{line}": the offset has no amount.'
        hint = "An option used here is probably not set; {{ options.x | default: 1 }} gives it a value. " + hint
    elif "-" in text:
        message = f'"{line}": an offset cannot be negative.'
    elif dot and re.fullmatch(r"[a-zA-Z]+", unit) and _unit(unit) is None:
        near = get_close_matches(unit.lower(), UNITS, n=1, cutoff=0.4)
        message = f'"{line}": there is no unit "{unit}".'
        hint = f'Did you mean "{near[0]}"?' if near else "Units are " + ", ".join(UNITS) + "."
    else:
        message = f'"{line}": "+{text}" is not an offset.'
    return TaskError(message, hint=hint, where=Where(part="subscriptions", source=line), code="task.offset")


def _seconds(amount: int | Decimal) -> timedelta:
    whole = int(amount)
    return timedelta(seconds=whole, microseconds=int((amount - whole) * 1_000_000))


def _months_later(local: datetime, months: int) -> datetime:
    index = local.year * 12 + local.month - 1 + months
    year, month = index // 12, index % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day, fold=0)
