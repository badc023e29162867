"""When the topics of the platform's scheduler are due, in the shop's time zone (engine.md 4.3, durability.md 5.7).

Pure functions over instants: what is due between two of them, what comes next, when to look again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from runner.engine.matching import EnabledTask
from runner.model.subscription import Subscription
from runner.model.topic import SCHEDULER_VERBS

SCHEDULER = "mechanic/scheduler/"
TOPICS = tuple(f"{SCHEDULER}{verb}" for verb in SCHEDULER_VERBS)
PERIOD = timedelta(minutes=5)
"""How often to look: every topic falls on a multiple of it, in every zone in use today."""
LATE = timedelta(minutes=5)
"""A tick accepted this much after its time counts as made up for."""

_MINUTES = {"10min": 10, "15min": 15, "20min": 20, "30min": 30, "hourly": 60}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = timedelta(days=1)
_FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Tick:
    """One due time of ``topic``: the instant ``at`` in UTC. ``late``: it was missed, and is made up for."""

    topic: str
    at: datetime
    late: bool = False

    def dedupe(self, shop: str, zone: tzinfo) -> str:
        """The name of the tick's event: the same from every process that finds it due."""
        return f"sched:{shop}:{self.topic}:{slot(self.at, zone)}"


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What ``next_ticks`` tells: the next ``tick_at`` of a task's subscription, and when the task then runs."""

    task: EnabledTask
    subscription: Subscription
    tick_at: datetime
    runs_at: datetime


def slot(at: datetime, zone: tzinfo) -> str:
    """The local time of a tick with its offset, which tells the two hours of an autumn night apart."""
    return at.astimezone(zone).isoformat(timespec="minutes")


def ticks(topic: str, after: datetime, until: datetime, zone: tzinfo) -> Iterator[datetime]:
    """The due times of a scheduler topic later than ``after``, up to and including ``until``, in order, in UTC.

    Minute topics and ``hourly`` fall on multiples of the local clock. ``daily``, weekdays and ``monthly`` are local
    midnight: its first valid instant where the clock skips it, the first of the two where it comes twice. Raises
    ValueError for a topic that is none of ``TOPICS``.
    """
    verb = topic.removeprefix(SCHEDULER)
    if topic not in TOPICS:
        raise ValueError(f"{topic!r} is no topic of the scheduler")
    if verb in _MINUTES:
        return _multiples(_MINUTES[verb], after, until, zone)
    return _midnights(verb, after, until, zone)


def due_ticks(
    topics: Mapping[str, datetime], now: datetime, zone: tzinfo, *, catch_up: bool = True
) -> tuple[Tick, ...]:
    """What is due at ``now`` of ``topics``, each with the instant it was last looked after, in order of time.

    One tick for each missed day, weekday or month; of the others only the last one, late or not, since a task that
    runs every ten minutes has nothing to gain from six runs at once. Without ``catch_up`` late ones are left out.
    """
    found: list[Tick] = []
    for topic, last in topics.items():
        frequent = topic.removeprefix(SCHEDULER) in _MINUTES
        start = max(last, now - timedelta(hours=4)) if frequent else last
        moments = list(ticks(topic, start, now, zone))
        for at in moments[-1:] if frequent else moments:
            late = now - at > LATE
            if catch_up or not late:
                found.append(Tick(topic, at, late))
    return tuple(sorted(found, key=lambda tick: (tick.at, TOPICS.index(tick.topic))))


def missed_ticks(
    tasks: Iterable[EnabledTask], looked: Mapping[str, datetime], now: datetime, zone: tzinfo
) -> tuple[Tick, ...]:
    """What is late at ``now`` of what enabled tasks want; ``looked`` says until when each topic was looked after."""
    since = {topic: looked[topic] for topic in subscribed(tasks) if topic in looked}
    return tuple(tick for tick in due_ticks(since, now, zone) if tick.late)


def next_ticks(tasks: Iterable[EnabledTask], now: datetime, zone: tzinfo) -> tuple[Upcoming, ...]:
    """For each subscription of an enabled task to a scheduler topic, its next tick after ``now``, soonest run first.

    Raises TaskError for an offset that leads beyond all calendars.
    """
    found = [
        Upcoming(task, subscription, at, at if subscription.offset is None else subscription.offset.apply(at, zone))
        for task in tasks
        if task.enabled
        for subscription in dict.fromkeys(task.subscriptions)
        if subscription.topic in TOPICS
        for at in [next(ticks(subscription.topic, now, now + _FARTHEST, zone))]
    ]
    return tuple(sorted(found, key=lambda each: (each.runs_at, each.task.task.name)))


def subscribed(tasks: Iterable[EnabledTask]) -> tuple[str, ...]:
    """The scheduler topics that enabled tasks want, in the order of ``TOPICS``."""
    enabled = [task for task in tasks if task.enabled]
    return tuple(topic for topic in TOPICS if any(task.wants(topic) for task in enabled))


def seconds_to_next_look(now: datetime) -> float:
    """Seconds from ``now`` to the next moment at which a tick can be due; more than 0."""
    return (_period_after(now) - now).total_seconds()


def _period_after(moment: datetime) -> datetime:
    """The first multiple of ``PERIOD`` later than ``moment``, in UTC."""
    start = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return start + ((moment - start) // PERIOD + 1) * PERIOD


def _multiples(minutes: int, after: datetime, until: datetime, zone: tzinfo) -> Iterator[datetime]:
    moment = _period_after(after)
    while moment <= until:
        if moment.astimezone(zone).minute % minutes == 0:
            yield moment
        moment += PERIOD


def _midnights(verb: str, after: datetime, until: datetime, zone: tzinfo) -> Iterator[datetime]:
    day = after.astimezone(zone).date() - _DAY
    last = until.astimezone(zone).date() + _DAY  # a clock set back over midnight shows yesterday again
    while day <= last:
        if _wanted(verb, day):
            at = _start_of(day, zone)
            # A day the calendar of the place leaves out (a change of the date line) has no tick; its month has.
            exists = verb == "monthly" or at.astimezone(zone).date() == day
            if exists and after < at <= until:
                yield at
        day += _DAY


def _wanted(verb: str, day: date) -> bool:
    if verb == "monthly":
        return day.day == 1
    return verb == "daily" or _WEEKDAYS[day.weekday()] == verb


def _start_of(day: date, zone: tzinfo) -> datetime:
    """Local midnight in UTC; where the clock skips it, the instant at which the clock jumps."""
    wall = datetime(day.year, day.month, day.day, tzinfo=zone)
    at = wall.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return at
    before, after = wall.replace(fold=1).astimezone(UTC), at  # the jump lies between: earlier offset, later offset
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == at.astimezone(zone).utcoffset():
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)
