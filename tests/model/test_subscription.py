"""Subscription lines and offsets: engine.md 3.1 and 3.3."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import TaskError
from runner.model.subscription import (
    UNITS,
    Offset,
    Subscription,
    parse_subscription,
    parse_subscriptions,
    read_subscriptions,
    subscription_warnings,
)

NEW_YORK = ZoneInfo("America/New_York")
AUCKLAND = ZoneInfo("Pacific/Auckland")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("shopify/orders/create", Subscription("shopify/orders/create")),
        ("shopify/orders/create+1.hour", Subscription("shopify/orders/create", Offset(1, "hour"))),
        ("shopify/orders/create+1.hours", Subscription("shopify/orders/create", Offset(1, "hour"))),
        ("shopify/orders/create+2.hour", Subscription("shopify/orders/create", Offset(2, "hour"))),
        ("user/x/y+0.minutes", Subscription("user/x/y", Offset(0, "minute"))),
        ("user/x/y+10.seconds", Subscription("user/x/y", Offset(10, "second"))),
        ("user/x/y+365.days", Subscription("user/x/y", Offset(365, "day"))),
        ("user/x/y+6.weeks", Subscription("user/x/y", Offset(6, "week"))),
        ("mechanic/scheduler/daily+12.months", Subscription("mechanic/scheduler/daily", Offset(12, "month"))),
        ("user/x/y+100.years", Subscription("user/x/y", Offset(100, "year"))),
        ("user/x/y+1.5.hours", Subscription("user/x/y", Offset(Decimal("1.5"), "hour"))),
        ("user/x/y+0.5.weeks", Subscription("user/x/y", Offset(Decimal("0.5"), "week"))),
        ("user/x/y+007.days", Subscription("user/x/y", Offset(7, "day"))),
    ],
)
def test_a_line_is_a_topic_with_an_optional_offset(line: str, expected: Subscription) -> None:
    assert parse_subscription(line) == expected


def test_lines_are_stripped_blank_ones_dropped_duplicates_and_order_kept() -> None:
    text = "\r\n  user/a/b  \r\n\n\tuser/c/d+1.day\ruser/a/b\n\n"
    assert [str(each) for each in parse_subscriptions(text)] == ["user/a/b", "user/c/d+1.day", "user/a/b"]


@pytest.mark.parametrize("text", ["", "\n \n", "\r\n"])
def test_no_lines_give_no_subscription(text: str) -> None:
    assert parse_subscriptions(text) == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("shopify/orders", "two parts"),
        ("shopify/orders/create+", "not an offset"),
        ("shopify/orders/create+.days", "no amount"),
        ("shopify/orders/create+1", "not an offset"),
        ("shopify/orders/create+1hour", "not an offset"),
        ("shopify/orders/create+1.hrs", 'no unit "hrs"'),
        ("shopify/orders/create+1.fortnights", 'no unit "fortnights"'),
        ("shopify/orders/create+1.Hours", 'no unit "Hours"'),
        ("shopify/orders/create+-1.hours", "negative"),
        ("shopify/orders/create + 1.hour", "lower-case"),
        ("shopify/orders/create+1.hour+1.day", "not an offset"),
        ("shopify/orders/create+1.5.months", "whole numbers"),
        ("shopify/orders/create+0.5.year", "whole numbers"),
        ("shopify/orders/create+1..days", "not an offset"),
        ("shopify/orders/create+١.days", "not an offset"),
        ("shopify/orders/create+" + "9" * 5000 + ".days", "too large"),
        ("mechanic/user/triggered", "no topic"),
        ("mechanic/scheduler/", "empty"),
    ],
)
def test_a_line_that_does_not_parse_is_refused_in_words(line: str, words: str) -> None:
    with pytest.raises(TaskError) as caught:
        parse_subscriptions(line)
    assert words in caught.value.message
    assert caught.value.where is not None
    assert caught.value.where.line == 1
    assert caught.value.where.source == line


def test_an_error_names_the_line_and_the_nearest_unit() -> None:
    with pytest.raises(TaskError) as caught:
        parse_subscriptions("shopify/orders/create\n\nshopify/orders/paid+3.mnths")
    assert str(caught.value.where) == "subscriptions, line 3"
    assert caught.value.hint == 'Did you mean "month"?'


def test_errors_can_be_collected_beside_the_good_lines() -> None:
    good, errors = read_subscriptions("user/a/b\nnonsense\nuser/c/d\nuser/e/f+x")
    assert [each.topic for each in good] == ["user/a/b", "user/c/d"]
    assert [error.where.line for error in errors if error.where] == [2, 4]


def test_a_shopify_topic_that_is_not_listed_is_only_a_warning() -> None:
    subscriptions = parse_subscriptions("shopify/orders/update\nshopify/orders/update+1.day\nuser/a/b")
    warnings = subscription_warnings(subscriptions)
    assert len(warnings) == 1
    assert "shopify/orders/updated" in warnings[0]


def test_equal_offsets_written_differently_are_one_subscription() -> None:
    assert len(set(parse_subscriptions("user/a/b+1.hour\nuser/a/b+1.hours\nuser/a/b+1.0.hours"))) == 1
    assert len(set(parse_subscriptions("user/a/b+1.hour\nuser/a/b+60.minutes"))) == 2


@pytest.mark.parametrize(
    ("start", "offset", "expected"),
    [
        # fixed lengths: also over the change to summer time on 2026-03-08
        ("2026-03-08T00:00", Offset(9, "hour"), "2026-03-08T10:00"),
        ("2026-03-08T01:30", Offset(45, "minute"), "2026-03-08T03:15"),
        ("2026-03-08T01:59", Offset(90, "second"), "2026-03-08T03:00:30"),
        ("2026-03-01T12:00", Offset(Decimal("1.5"), "hour"), "2026-03-01T13:30"),
        ("2026-03-01T12:00", Offset(Decimal("0.25"), "second"), "2026-03-01T12:00:00.250"),
        # steps of the calendar: the wall clock keeps its time
        ("2026-03-07T12:00", Offset(1, "day"), "2026-03-08T12:00"),
        ("2026-10-31T12:00", Offset(1, "week"), "2026-11-07T12:00"),
        ("2026-03-07T12:00", Offset(Decimal("1.5"), "day"), "2026-03-09T00:00"),
        ("2026-03-07T12:00", Offset(Decimal("0.5"), "day"), "2026-03-08T00:00"),
        ("2026-01-31T09:00", Offset(1, "month"), "2026-02-28T09:00"),
        ("2028-01-31T09:00", Offset(1, "month"), "2028-02-29T09:00"),
        ("2026-01-31T09:00", Offset(2, "month"), "2026-03-31T09:00"),
        ("2026-11-30T09:00", Offset(3, "month"), "2027-02-28T09:00"),
        ("2026-05-31T09:00", Offset(12, "month"), "2027-05-31T09:00"),
        ("2028-02-29T09:00", Offset(1, "year"), "2029-02-28T09:00"),
        ("2026-02-28T09:00", Offset(2, "year"), "2028-02-28T09:00"),
        ("2026-12-31T23:30", Offset(0, "month"), "2026-12-31T23:30"),
        # a wall time that is skipped, and one that comes twice
        ("2026-03-07T02:30", Offset(1, "day"), "2026-03-08T03:30"),
        ("2026-10-31T01:30", Offset(1, "day"), "2026-11-01T01:30-04:00"),
    ],
)
def test_offsets_count_in_the_shops_calendar(start: str, offset: Offset, expected: str) -> None:
    moment = datetime.fromisoformat(start).replace(tzinfo=NEW_YORK)
    wanted = datetime.fromisoformat(expected)
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=NEW_YORK)
    assert offset.apply(moment, NEW_YORK) == wanted
    assert offset.apply(moment.astimezone(UTC), NEW_YORK).tzinfo is UTC


def test_the_zone_decides_which_day_it_is() -> None:
    moment = datetime(2026, 1, 31, 13, 0, tzinfo=UTC)  # the 1st of February in Auckland
    assert Offset(1, "month").apply(moment, UTC) == datetime(2026, 2, 28, 13, 0, tzinfo=UTC)
    assert Offset(1, "month").apply(moment, AUCKLAND) == datetime(2026, 2, 28, 13, 0, tzinfo=UTC)
    moment = datetime(2026, 1, 31, 11, 30, tzinfo=UTC)  # 00:30 on the 1st there, still the 31st in UTC
    assert Offset(1, "month").apply(moment, AUCKLAND).astimezone(AUCKLAND).day == 1


def test_a_second_ambiguous_hour_stays_itself_when_nothing_is_added() -> None:
    second = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=NEW_YORK)
    assert Offset(0, "day").apply(second, NEW_YORK) == second.astimezone(UTC)
    assert Offset(1, "day").apply(second, NEW_YORK) == datetime(2026, 11, 2, 1, 30, tzinfo=NEW_YORK)


@pytest.mark.parametrize("unit", UNITS)
def test_an_offset_beyond_the_calendar_is_an_error_of_ours(unit: str) -> None:
    with pytest.raises(TaskError, match="9999"):
        Offset(10**15 - 1, unit).apply(datetime(2026, 1, 1, tzinfo=UTC), UTC)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Offset(1, "day").apply(datetime(2026, 1, 1), UTC)  # noqa: DTZ001


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)),  # noqa: DTZ001
    st.integers(0, 400),
    st.sampled_from(UNITS),
    st.sampled_from([NEW_YORK, AUCKLAND, ZoneInfo("Asia/Kolkata"), UTC]),
)
def test_a_greater_offset_is_never_earlier(naive: datetime, amount: int, unit: str, zone: tzinfo) -> None:
    moment = naive.replace(tzinfo=UTC)
    first, second = Offset(amount, unit).apply(moment, zone), Offset(amount + 1, unit).apply(moment, zone)
    assert moment - timedelta(hours=2) <= first < second


@given(st.text(alphabet="abc/+.0123456789dayshour \n\r*", max_size=40))
def test_any_text_gives_subscriptions_or_our_errors(text: str) -> None:
    good, errors = read_subscriptions(text)
    assert len(good) + len(errors) == len([line for line in text.replace("\r", "\n").split("\n") if line.strip()])
    assert all(parse_subscription(str(each)) == each for each in good)
