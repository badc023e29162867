"""Ticks of the scheduler (engine.md 4.3, durability.md 5.7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.engine.schedule import TOPICS, Tick, due_ticks, next_ticks, seconds_to_next_look, slot, ticks
from runner.engine.ticking import Schedule
from runner.errors import StoreError
from runner.model.run import RunKind
from tests.engine.world import DOMAIN, NOW, World

NEW_YORK = ZoneInfo("America/New_York")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(topic: str, zone: str, after: str, until: str) -> list[str]:
    """The ticks between two local times, as local times with offset."""
    place = ZoneInfo(zone)
    start, end = (datetime.fromisoformat(text).replace(tzinfo=place) for text in (after, until))
    return [slot(at, place) for at in ticks(f"mechanic/scheduler/{topic}", start, end, place)]


@pytest.mark.parametrize(
    ("topic", "zone", "after", "until", "expected"),
    [
        # an ordinary hour; the start does not count, the end does
        ("10min", "UTC", "2026-03-04T10:00", "2026-03-04T10:30", ["10:10+00:00", "10:20+00:00", "10:30+00:00"]),
        ("15min", "UTC", "2026-03-04T10:01", "2026-03-04T10:31", ["10:15+00:00", "10:30+00:00"]),
        ("20min", "UTC", "2026-03-04T10:01", "2026-03-04T11:00", ["10:20+00:00", "10:40+00:00", "11:00+00:00"]),
        ("30min", "UTC", "2026-03-04T10:01", "2026-03-04T11:00", ["10:30+00:00", "11:00+00:00"]),
        # full hours of the local clock, where the offset is no full hour
        ("hourly", "Asia/Kathmandu", "2026-03-04T10:01", "2026-03-04T12:00", ["11:00+05:45", "12:00+05:45"]),
        ("hourly", "Australia/Adelaide", "2026-03-04T10:01", "2026-03-04T11:30", ["11:00+10:30"]),
        # spring: 02:00 does not exist; autumn: 01:00 comes twice, and is two hours
        ("hourly", "America/New_York", "2026-03-08T00:30", "2026-03-08T03:30", ["01:00-05:00", "03:00-04:00"]),
        (
            "hourly",
            "America/New_York",
            "2026-11-01T00:30",
            "2026-11-01T02:30",
            ["01:00-04:00", "01:00-05:00", "02:00-05:00"],
        ),
        ("hourly", "Australia/Lord_Howe", "2026-10-04T00:30", "2026-10-04T03:30", ["01:00+10:30", "03:00+11:00"]),
    ],
)
def test_minute_topics_fall_on_multiples_of_the_local_clock(
    topic: str, zone: str, after: str, until: str, expected: list[str]
) -> None:
    assert [text[11:] for text in local(topic, zone, after, until)] == expected


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("America/New_York", "2026-03-08", "2026-03-08T00:00-05:00"),  # changes at 02:00
        ("America/New_York", "2026-03-09", "2026-03-09T00:00-04:00"),
        ("America/New_York", "2026-11-01", "2026-11-01T00:00-04:00"),
        ("America/New_York", "2026-11-02", "2026-11-02T00:00-05:00"),
        ("Africa/Cairo", "2026-04-24", "2026-04-24T01:00+03:00"),  # midnight is skipped
        ("Asia/Beirut", "2026-03-29", "2026-03-29T01:00+03:00"),
        ("America/Sao_Paulo", "2017-10-15", "2017-10-15T01:00-02:00"),
        ("America/Toronto", "1919-03-31", "1919-03-31T00:30-04:00"),  # the gap begins before midnight
        ("America/Havana", "2026-11-01", "2026-11-01T00:00-04:00"),  # midnight comes twice: the first
        ("America/St_Johns", "2010-11-07", "2010-11-07T00:00-02:30"),  # set back at 00:01 to the day before
        ("America/Sao_Paulo", "2018-02-18", "2018-02-18T00:00-03:00"),  # set back at 00:00 to the day before
        ("Africa/Cairo", "2026-10-30", "2026-10-30T00:00+02:00"),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-05T00:00+11:00"),
    ],
)
def test_a_day_begins_at_its_first_midnight_or_where_the_clock_jumps_over_it(
    zone: str, day: str, expected: str
) -> None:
    noon_before = (date.fromisoformat(day) - timedelta(days=1)).isoformat() + "T12:00"
    assert local("daily", zone, noon_before, f"{day}T12:00") == [expected]


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("sunday", ["2026-03-01T00:00-05:00", "2026-03-08T00:00-05:00", "2026-03-15T00:00-04:00"]),
        ("monday", ["2026-03-02T00:00-05:00", "2026-03-09T00:00-04:00"]),
        ("monthly", ["2026-03-01T00:00-05:00"]),
    ],
)
def test_weekdays_and_months_begin_at_local_midnight(topic: str, expected: list[str]) -> None:
    assert local(topic, "America/New_York", "2026-02-27T00:00", "2026-03-15T12:00") == expected


def test_a_day_left_out_at_the_date_line_has_no_tick() -> None:
    """Samoa had no 30 December 2011, which would have been a Friday."""
    days = local("daily", "Pacific/Apia", "2011-12-28T12:00", "2012-01-01T12:00")
    assert [text[:10] for text in days] == ["2011-12-29", "2011-12-31", "2012-01-01"]
    assert local("friday", "Pacific/Apia", "2011-12-28T12:00", "2012-01-01T12:00") == []


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        "America/Havana",
        "Africa/Cairo",
        "Australia/Lord_Howe",
        "America/Nuuk",
        "Asia/Kathmandu",
        "America/Sao_Paulo",
    ],
)
def test_every_local_day_of_ten_years_has_exactly_one_tick_of_its_own(zone: str) -> None:
    place = ZoneInfo(zone)
    start, end = date(2016, 1, 1), date(2026, 12, 31)
    begins, ends = (datetime(d.year, d.month, d.day, 12, tzinfo=place) for d in (start, end))
    found = list(ticks("mechanic/scheduler/daily", begins, ends, place))
    days = [at.astimezone(place).date() for at in found]
    assert days == [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    for at in found:
        before = (at - timedelta(seconds=1)).astimezone(place)
        assert before.date() < at.astimezone(place).date(), "nothing of the day comes before its tick"


@given(
    topic=st.sampled_from(TOPICS),
    zone=st.sampled_from(["America/New_York", "America/Havana", "Africa/Cairo", "America/St_Johns", "Asia/Kolkata"]),
    start=st.integers(min_value=0, max_value=18 * 366 * 1440),
    cuts=st.lists(st.integers(min_value=1, max_value=3000), min_size=1, max_size=6),
)
def test_looking_often_finds_what_looking_once_finds(topic: str, zone: str, start: int, cuts: list[int]) -> None:
    place, moments = ZoneInfo(zone), [utc("2009-01-01") + timedelta(minutes=start)]
    for minutes in cuts:
        moments.append(moments[-1] + timedelta(minutes=minutes))
    at_once = list(ticks(topic, moments[0], moments[-1], place))
    step_by_step = [at for a, b in pairwise(moments) for at in ticks(topic, a, b, place)]
    assert step_by_step == at_once
    assert len({slot(at, place) for at in at_once}) == len(at_once), "a slot names one tick"


def test_a_topic_of_another_kind_has_no_ticks() -> None:
    with pytest.raises(ValueError, match="no topic of the scheduler"):
        ticks("mechanic/user/trigger", NOW, NOW, UTC)


# --- missed ticks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "last", "expected"),
    [
        ("daily", "2026-03-01T12:00", [("2026-03-02", True), ("2026-03-03", True), ("2026-03-04", False)]),
        ("monday", "2026-02-20T12:00", [("2026-02-23", True), ("2026-03-02", True)]),
        ("monthly", "2025-12-20T12:00", [("2026-01-01", True), ("2026-02-01", True), ("2026-03-01", True)]),
        ("hourly", "2026-03-01T12:00", [("2026-03-04", False)]),
        ("10min", "2026-03-04T00:00", []),
    ],
)
def test_days_are_made_up_for_one_by_one_and_shorter_topics_once(
    topic: str, last: str, expected: list[tuple[str, bool]]
) -> None:
    found = due_ticks({f"mechanic/scheduler/{topic}": utc(last)}, utc("2026-03-04T00:02"), UTC)
    assert [(tick.at.date().isoformat(), tick.late) for tick in found] == expected


def test_a_missed_hour_is_made_up_for_once_and_called_late() -> None:
    topic = "mechanic/scheduler/hourly"
    (tick,) = due_ticks({topic: utc("2026-03-01T12:00")}, utc("2026-03-04T10:20"), UTC)
    assert (tick.at, tick.late) == (utc("2026-03-04T10:00"), True)


def test_without_catching_up_only_what_is_on_time_remains() -> None:
    topics = {topic: utc("2026-02-01T12:00") for topic in TOPICS}
    found = due_ticks(topics, utc("2026-03-02T00:00:01"), UTC, catch_up=False)
    verbs = [tick.topic.rpartition("/")[2] for tick in found]
    assert verbs == ["10min", "15min", "20min", "30min", "hourly", "daily", "monday"]
    assert not any(tick.late for tick in found)


def test_ticks_come_in_order_of_time() -> None:
    found = due_ticks({topic: utc("2026-02-01T12:00") for topic in TOPICS}, utc("2026-03-04T10:20"), UTC)
    assert [tick.at for tick in found] == sorted(tick.at for tick in found)


@pytest.mark.parametrize(
    ("now", "seconds"), [("2026-03-04T10:00:00", 300), ("2026-03-04T10:04:59", 1), ("2026-03-04T23:59:30", 30)]
)
def test_the_next_look_is_at_the_next_five_minutes(now: str, seconds: int) -> None:
    assert seconds_to_next_look(utc(now)) == seconds


# --- the engine's side ----------------------------------------------------------------------------------------------

LOG = "{% log event.topic %}"


def tick_at(world: World, text: str, **changes: bool) -> list[str]:
    """Sets the clock, looks, works; the topics accepted."""
    world.clock.set(utc(text))
    found = world.engine.tick(**changes)
    world.engine.drain()
    return [tick.topic.rpartition("/")[2] for tick in found]


def test_a_tick_is_one_event_that_all_its_subscribers_share(world: World) -> None:
    world.task(LOG, "mechanic/scheduler/daily", name="one")
    world.task(LOG, "mechanic/scheduler/daily", name="two")
    assert tick_at(world, "2026-03-05T04:58") == []
    assert tick_at(world, "2026-03-05T05:00:01") == ["daily"]
    assert len(world.runs(RunKind.TASK)) == 2
    (event,) = world.store.events.all()
    assert (event.data, event.source) == (None, "scheduler")
    assert tick_at(world, "2026-03-05T05:05") == []


def test_the_first_look_at_a_shop_finds_nothing(world: World) -> None:
    world.task(LOG, "mechanic/scheduler/hourly")
    assert tick_at(world, "2026-03-04T21:00") == []
    assert tick_at(world, "2026-03-04T22:00") == ["hourly"]


def test_nobody_subscribing_means_no_event(world: World) -> None:
    world.task(LOG, "mechanic/scheduler/daily", enabled=False)
    tick_at(world, "2026-03-04T20:10")
    assert tick_at(world, "2026-03-06T20:10") == []


def test_a_task_enabled_in_time_gets_the_next_tick_and_none_of_those_before(world: World) -> None:
    tick_at(world, "2026-03-01T05:00")
    tick_at(world, "2026-03-04T04:55")
    world.task(LOG, "mechanic/scheduler/daily")
    assert tick_at(world, "2026-03-04T05:00:02") == ["daily"]


def test_a_task_enabled_during_a_standstill_gets_no_old_ticks(world: World) -> None:
    tick_at(world, "2026-03-01T05:00")
    world.task(LOG, "mechanic/scheduler/daily")
    assert tick_at(world, "2026-03-04T12:00") == []
    assert tick_at(world, "2026-03-05T05:00") == ["daily"]


def test_missed_days_are_made_up_for_and_marked(world: World) -> None:
    world.task(LOG, "mechanic/scheduler/daily\nmechanic/scheduler/10min")
    tick_at(world, "2026-03-02T12:00")
    assert tick_at(world, "2026-03-04T05:01") == ["daily", "10min", "daily"]
    origins = [row.origin for event in world.store.events.all() if (row := world.store.events.get(event.id or ""))]
    assert origins == [{"late": True}, None, None]


def test_catching_up_can_be_switched_off(world: World) -> None:
    world.task(LOG, "mechanic/scheduler/daily")
    tick_at(world, "2026-03-02T12:00")
    assert tick_at(world, "2026-03-04T12:00", catch_up=False) == []
    assert tick_at(world, "2026-03-04T12:05") == [], "what was dropped does not come back"


def test_an_offset_counts_from_the_tick_however_late_it_is_accepted(world: World) -> None:
    world.task(LOG, "mechanic/scheduler/daily+10.hours")
    tick_at(world, "2026-03-04T12:00")
    tick_at(world, "2026-03-05T07:30")  # midnight was at 05:00
    (run,) = world.runs(RunKind.TASK)
    assert run.run_at == utc("2026-03-05T15:00")


def test_two_processes_make_one_event_of_a_tick(make_world: Callable[..., World]) -> None:
    one = make_world("shared.db")
    one.task(LOG, "mechanic/scheduler/daily")
    two = World(one.store, one.clock, one.probe, tasks=one.tasks)
    one.clock.set(utc("2026-03-04T12:00"))
    looked = one.engine.tick()
    one.clock.set(utc("2026-03-05T05:00"))
    first = one.engine.tick()
    one.store.schedule.note(DOMAIN, ["mechanic/scheduler/daily"], utc("2026-03-04T12:00"))  # two read before one wrote
    assert (looked, len(first), two.engine.tick()) == ((), 1, ())
    assert one.store.events.count() == 1


def test_a_clock_set_back_repeats_no_tick(world: World) -> None:
    world.task(LOG, "mechanic/scheduler/hourly")
    tick_at(world, "2026-03-04T20:30")
    assert tick_at(world, "2026-03-04T21:00:00") == ["hourly"]
    assert tick_at(world, "2026-03-04T20:50:00") == []
    assert tick_at(world, "2026-03-04T21:00:00") == []
    assert tick_at(world, "2026-03-04T22:00:00") == ["hourly"]


def test_a_worker_looks_at_the_start_and_when_a_tick_can_be_due(world: World) -> None:
    world.task(LOG, "mechanic/scheduler/10min")
    schedule = Schedule(world.engine)
    looked = []
    for moment in ("20:06:07", "20:06:08", "20:09:59", "20:10:00", "20:10:01", "20:15:00", "20:09:00", "20:31:00"):
        world.clock.set(utc(f"2026-03-04T{moment}"))
        found = [slot(tick.at, UTC)[11:16] for tick in schedule.look()]
        looked.append((found, world.store.schedule.looked(DOMAIN)["*"].strftime("%H:%M:%S")))
    assert looked == [
        ([], "20:06:07"),
        ([], "20:06:07"),
        ([], "20:06:07"),
        (["20:10"], "20:10:00"),
        ([], "20:10:00"),
        ([], "20:15:00"),
        ([], "20:09:00"),  # the clock was set back: 20:10 comes again, and is no second tick
        (["20:30"], "20:31:00"),
    ]


def test_a_look_that_failed_is_tried_again(world: World) -> None:
    world.task(LOG, "mechanic/scheduler/10min")
    schedule = Schedule(world.engine)
    schedule.look()
    world.clock.set(utc("2026-03-04T20:10:00"))
    with world.store.write() as transaction:
        transaction.exec_driver_sql("ALTER TABLE mech_schedule RENAME TO away")
    with pytest.raises(StoreError):
        schedule.look()
    with world.store.write() as transaction:
        transaction.exec_driver_sql("ALTER TABLE away RENAME TO mech_schedule")
    world.clock.set(utc("2026-03-04T20:10:01"))
    assert [tick.topic for tick in schedule.look()] == ["mechanic/scheduler/10min"]


YEAR = {
    # zone: the local days of both changes of 2026, with how many hours, and how many 30 minutes, each of them has
    "America/New_York": (("2026-03-08", 23, 46), ("2026-11-01", 25, 50)),
    "Europe/Berlin": (("2026-03-29", 23, 46), ("2026-10-25", 25, 50)),
    # Half an hour is left out (02:00 to 02:30) or comes twice (01:30 to 02:00): a full hour is skipped, none doubled.
    "Australia/Lord_Howe": (("2026-10-04", 23, 47), ("2026-04-05", 24, 49)),
}


@pytest.mark.parametrize(
    ("zone", "day", "hours", "halves"), [(zone, *change) for zone, changes in YEAR.items() for change in changes]
)
def test_a_worker_keeps_the_schedule_over_a_change_of_the_clock(
    make_world: Callable[..., World], zone: str, day: str, hours: int, halves: int
) -> None:
    """Looked at all day long: each tick once, and what counts from midnight is fixed hours later."""
    place = ZoneInfo(zone)
    world = make_world(shop={"myshopify_domain": DOMAIN, "iana_timezone": zone})
    world.task(LOG, "mechanic/scheduler/hourly\nmechanic/scheduler/30min")
    world.task(LOG, "mechanic/scheduler/daily+9.hours", name="nine")
    schedule = Schedule(world.engine)
    start = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=place).astimezone(UTC)
    end = datetime.fromisoformat(f"{day}T23:59").replace(tzinfo=place).astimezone(UTC)
    moment = start - timedelta(minutes=1)
    found: list[Tick] = []
    while moment <= end:
        world.clock.set(moment)
        found += schedule.look()
        moment += timedelta(minutes=4)
    counts = Counter(tick.topic.rpartition("/")[2] for tick in found)
    assert counts == {"hourly": hours, "30min": halves, "daily": 1}
    assert world.store.events.count() == hours + halves + 1
    world.engine.drain()
    nine = start + timedelta(hours=9)
    assert [run.run_at for run in world.runs(RunKind.TASK) if run.task_id == "nine"] == [nine]


def test_next_ticks_say_what_runs_when(world: World) -> None:
    world.task(LOG, "mechanic/scheduler/daily+10.hours\nmechanic/scheduler/hourly\nuser/a/b", name="both")
    world.task(LOG, "mechanic/scheduler/daily", name="off", enabled=False)
    found = next_ticks(world.tasks, utc("2026-03-08T04:00"), NEW_YORK)
    assert [(each.task.id, str(each.subscription), each.tick_at, each.runs_at) for each in found] == [
        ("both", "mechanic/scheduler/hourly", utc("2026-03-08T05:00"), utc("2026-03-08T05:00")),
        ("both", "mechanic/scheduler/daily+10.hours", utc("2026-03-08T05:00"), utc("2026-03-08T15:00")),
    ]
