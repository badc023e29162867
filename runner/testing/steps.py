"""What happens in a case, step by step: deeds of shoppers and staff, events, faults, and time that passes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any, TypeAlias

from runner.errors import Where
from runner.model.event import Event
from runner.model.run_form import FORM_TOPIC, has_run_form
from runner.shopify.usage import graphql_label
from runner.simulator.seed_reader import Table, nearest
from runner.testing.case_events import EVENT_KEYS, event_at, refuse_unknown, sampled_topic
from runner.testing.fixture_values import place_of, value_of

GRAPHQL = "graphql"
QUIET = "quiet"
_EVENT, _WAIT, _WAIT_UNTIL, _FAULT = "event", "wait", "wait_until", "fault"
_STEP_KEYS = (*(key for key in EVENT_KEYS if key not in ("preview", "parent")), "of", "input")
_HINT = "such as `- sell: {sku: HD-OAK, location: Gallery}`, `- event: mechanic/user/trigger` or `- wait: 2h`"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(s|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)\b")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_CLOCK = re.compile(r"(?:(?P<day>[a-z]+)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d\d)|(?P<only>[a-z]+)")
_REFERENCE = re.compile(r"[A-Z]\w*/\S.*")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happens in the simulated store: a verb of ``POST /_sim/do/<verb>`` with its arguments.

    The verb ``graphql`` stands for a call of the Admin API, as another app would make it: ``{"query": text}``.
    """

    verb: str
    arguments: Mapping[str, Any]
    where: Where

    @property
    def label(self) -> str:
        """In a line: ``sell sku=HD-OAK location=Gallery``."""
        if self.verb == GRAPHQL:
            return f"{GRAPHQL} {graphql_label(str(self.arguments['query']))}"
        return " ".join([self.verb, *(f"{name}={_worded(value)}" for name, value in self.arguments.items())])


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that comes from outside of the store: somebody presses a button, another system calls.

    With ``sample``, its data is that of the topic's sample; ``of`` names what it is about, such as ``Order/#1001``,
    whose REST record is its data (a list of names: a list of records). ``inputs`` are values of the run form.
    """

    event: Event
    where: Where
    sample: bool = False
    of: str | tuple[str, ...] | None = None
    inputs: Mapping[str, Any] | None = None

    @property
    def label(self) -> str:
        """In a line: ``event mechanic/user/order of Order/#1001``."""
        about = (self.of,) if isinstance(self.of, str) else self.of or ()
        return " ".join(["event", self.event.topic, *(["of", ", ".join(about)] if about else [])])


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes: so long, or until a moment in words; until nothing waits any more for ``quiet``."""

    text: str
    where: Where
    seconds: float | None = None

    @property
    def label(self) -> str:
        """In a line: ``wait 2h``, ``wait until monday 09:00``."""
        return f"wait {self.text}" if self.seconds is not None else f"wait until {self.text}"

    @property
    def is_for_quiet(self) -> bool:
        """Whether it ends when nothing waits."""
        return self.seconds is None and self.text == QUIET

    def ends_at(self, now: datetime, zone: tzinfo) -> datetime:
        """When it is over, in UTC; in the past for a moment that is over."""
        if self.seconds is not None:
            return now.astimezone(UTC) + timedelta(seconds=self.seconds)
        moment = _moment(self.text)
        if moment is not None:
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        return _next_time(self.text, now.astimezone(zone))


@dataclass(frozen=True, slots=True)
class Trouble:
    """From now on something goes wrong; with ``fault`` None, nothing any more."""

    fault: Mapping[str, Any] | None
    where: Where

    @property
    def label(self) -> str:
        """In a line: ``fault kind=throttled count=2``."""
        shown = [f"{name}={_worded(value)}" for name, value in self.fault.items()] if self.fault else ["none"]
        return " ".join(["fault", *shown])


Step: TypeAlias = Deed | Happening | Wait | Trouble


def read_deeds(table: Table, key: str) -> Iterator[Deed]:
    """``- sell: {sku: HD-OAK}``: one verb an item."""
    for item in table.tables(key):
        yield _deed(item, "such as `- sell: {sku: HD-OAK, location: Gallery}`")


def read_faults(table: Table, key: str = "faults") -> Iterator[tuple[Mapping[str, Any], Where]]:
    """Each fault with its place."""
    for item in table.tables(key):
        found = {name: value_of(item, name) for name in item.names()}
        yield found, Where(item.source.name, part=item.path, line=item.node.start_mark.line + 1)


def read_steps(table: Table, key: str) -> Iterator[Step]:
    """The steps of a live case, one an item."""
    for item in table.tables(key):
        names = item.names()
        if len(names) != 1:
            item.refuse("expected one step: a verb, event, wait, wait_until or fault", None, _HINT)
        match names[0]:
            case "event":
                yield _happening(item)
            case "wait":
                yield _wait(item)
            case "wait_until":
                yield _wait_until(item)
            case "fault":
                yield _trouble(item)
            case _:
                yield _deed(item, _HINT)


def _deed(item: Table, hint: str) -> Deed:
    names = item.names()
    if len(names) != 1:
        item.refuse("expected one verb with its arguments", None, hint)
    verb = names[0]
    if verb == GRAPHQL:
        return Deed(verb, {"query": item.required(GRAPHQL)}, place_of(item, verb))
    arguments = value_of(item, verb)
    if arguments is not None and not isinstance(arguments, dict):
        item.refuse("expected a mapping of arguments to values", verb)
    return Deed(verb, arguments or {}, place_of(item, verb))


def _happening(item: Table) -> Happening:
    where = place_of(item, _EVENT)
    if not item.is_table(_EVENT):
        return Happening(_from_outside(Event(item.required(_EVENT))), where)
    given = item.table(_EVENT)
    assert given is not None
    refuse_unknown(given, _STEP_KEYS)
    sample = sampled_topic(given, ("topic", "data", "of"))
    event = _from_outside(event_at(given, sample, default_id=None))
    of = _of(given)
    if of is not None and "data" in given.names():
        given.refuse("of and data exclude each other", "data", "`of` names what the data is the record of")
    inputs = value_of(given, "input")
    if inputs is not None and not isinstance(inputs, dict):
        given.refuse("expected a mapping of names of options to values", "input")
    if inputs is not None and not has_run_form(event.topic):
        hint = f"it goes with {FORM_TOPIC} and with resources sent from the admin, mechanic/user/order"
        given.refuse(f"input: no run form comes with {event.topic}", "input", hint)
    return Happening(event, where, sample is not None, of, inputs)


def _from_outside(event: Event) -> Event:
    """With a source: the store's, or a person's (engine.md 1.1)."""
    native = event.topic.startswith("shopify/")
    source = event.source or ("shopify" if native else "user")
    return Event(
        topic=event.topic,
        data=event.data,
        id=event.id,
        created_at=event.created_at,
        source=source,
        shopify_topic=event.shopify_topic or (event.topic if native else None),
    )


def _of(given: Table) -> str | tuple[str, ...] | None:
    found = value_of(given, "of")
    if found is None:
        return None
    names = found if isinstance(found, list) else [found]
    for name in names:
        if not isinstance(name, str) or _REFERENCE.fullmatch(name) is None:
            hint = 'write Order/50000001, "Order/#1001", Product/some-handle or ProductVariant/SKU'
            given.refuse(f"expected a type and a number or name, found {_worded(name)!r}", "of", hint)
    return tuple(names) if isinstance(found, list) else str(found)


def _wait(item: Table) -> Wait:
    text = item.required(_WAIT).strip()
    seconds = _duration(text.lower())
    if seconds is None:
        hint = "a moment goes with `wait_until`" if _is_moment(text) else None
        item.refuse(f"expected a length of time such as 90s, 20m, 2h, 3d or 1d 12h, found {text!r}", _WAIT, hint)
    return Wait(text, place_of(item, _WAIT), seconds)


def _wait_until(item: Table) -> Wait:
    text = item.required(_WAIT_UNTIL).strip()
    if not _is_moment(text):
        word = text.lower().partition(" ")[0]
        hint = "a length of time goes with `wait`" if _duration(text.lower()) else nearest(word, (*_WEEKDAYS, QUIET))
        expected = 'a moment such as "09:00", monday, "monday 09:00", "2026-03-05 09:00", or quiet'
        item.refuse(f"expected {expected}, found {text!r}", _WAIT_UNTIL, hint)
    return Wait(text if _moment(text) else text.lower(), place_of(item, _WAIT_UNTIL))


def _trouble(item: Table) -> Trouble:
    where = place_of(item, _FAULT)
    if item.is_table(_FAULT):
        return Trouble(value_of(item, _FAULT), where)
    if item.text(_FAULT) != "none":
        item.refuse("expected a fault, or none", _FAULT, "such as `- fault: {kind: throttled, count: 2}`")
    return Trouble(None, where)


def _duration(text: str) -> float | None:
    """Seconds of ``1d 12h``; None for anything else, and for no time at all."""
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).replace("and", "").strip(" ,"):
        return None
    return sum(float(number) * _SECONDS[unit[0]] for number, unit in parts) or None


def _moment(text: str) -> datetime | None:
    if text[:1].isdigit() and "-" in text:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    return None


def _is_moment(text: str) -> bool:
    if text.lower() == QUIET or _moment(text) is not None:
        return True
    found = _CLOCK.fullmatch(text.lower())
    if found is None:
        return False
    day = found["day"] or found["only"]
    in_range = found["hour"] is None or (int(found["hour"]) < 24 and int(found["minute"]) < 60)
    return in_range and (day is None or day in _WEEKDAYS)


def _next_time(text: str, local: datetime) -> datetime:
    """The next moment after ``local`` at which the shop's clock shows ``monday 09:00``."""
    found = _CLOCK.fullmatch(text)
    assert found is not None
    day = found["day"] or found["only"]
    at = time(int(found["hour"] or 0), int(found["minute"] or 0))
    for ahead in range(9):
        moment = datetime.combine(local.date() + timedelta(days=ahead), at, tzinfo=local.tzinfo)
        if (day is None or _WEEKDAYS[moment.weekday()] == day) and moment > local:
            return moment.astimezone(UTC)
    raise AssertionError("a week has every day")


def _worded(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
