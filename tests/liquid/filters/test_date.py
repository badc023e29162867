"""The filters date and parse_date (liquid.md 3.3). The present is Wednesday 4 March 2026, 15:06:07 in New York."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import LimitError, LiquidError
from runner.liquid.values import Described
from tests.liquid.filters.cases import Case, Fails, apply, check

FRACTION = "%FT%T.%N"

INPUT_CASES = [
    Case("now", "date", "now", ("%F",), "2026-03-04"),
    Case("today, in any case", "date", "Today", ("%H:%M:%S",), "15:06:07"),
    Case("ISO 8601 by default", "date", "now", (), "2026-03-04T15:06:07-05:00"),
    Case("a nil format", "date", "now", (None,), "2026-03-04T15:06:07-05:00"),
    Case("one term", "date", "now + 5 days", ("%F",), "2026-03-09"),
    Case("one term backwards", "date", "now - 1 year", ("%F",), "2025-03-04"),
    Case("two terms are nonsense", "date", "now + 5 days - 1 day", ("%F",), "now + 5 days - 1 day"),
    Case("a term without sign is nonsense", "date", "now 5 days", ("%F",), "now 5 days"),
    Case("a term beyond the calendar", "date", "now + 99999 years", (), "now + 99999 years"),
    Case("epoch seconds", "date", 0, ("%F %H:%M",), "1969-12-31 19:00"),
    Case("negative epoch seconds", "date", -86400, ("%F",), "1969-12-30"),
    Case("epoch seconds with a fraction", "date", 0.5, ("%S.%L",), "00.500"),
    Case("epoch seconds as text", "date", "1583362800", ("%F",), "2020-03-04"),
    Case("epoch seconds beyond the calendar", "date", 10**15, ("%F",), 10**15),
    Case("an offset is converted", "date", "2020-01-02T03:04:05Z", (), "2020-01-01T22:04:05-05:00"),
    Case(
        "an offset without colon", "date", "2020-01-02T03:04:05.678+0100", (FRACTION,), "2020-01-01T21:04:05.678000000"
    ),
    Case("no offset is local", "date", "2020-07-02T03:04:05", (), "2020-07-02T03:04:05-04:00"),
    Case("a day", "date", "2020-01-02", (), "2020-01-02T00:00:00-05:00"),
    Case("an afternoon", "date", "2020-01-02 5pm", (), "2020-01-02T17:00:00-05:00"),
    Case("midnight by the English clock", "date", "2020-01-02 12:30 am", ("%R",), "00:30"),
    Case("noon by the English clock", "date", "2020-01-02 12 p.m.", ("%R",), "12:00"),
    Case("month first in words", "date", "Jan 5 2020", ("%F",), "2020-01-05"),
    Case("with a comma", "date", "January 5th, 2020", ("%F",), "2020-01-05"),
    Case("day first in words", "date", "5 Jan 2020", ("%F",), "2020-01-05"),
    Case("year first in words", "date", "2020 Jan 5", ("%F",), "2020-01-05"),
    Case("hyphens and a name", "date", "5-Jan-2020", ("%F",), "2020-01-05"),
    Case("a month and a year", "date", "March 2021", ("%F",), "2021-03-01"),
    Case("a year of two digits", "date", "5 Jan 20", ("%F",), "2020-01-05"),
    Case("a year of two digits before 1970", "date", "5 Jan 70", ("%F",), "1970-01-05"),
    Case("no year is this year", "date", "Sept 9", ("%F",), "2026-09-09"),
    Case("slashes, day first", "date", "31/12/2020", ("%F",), "2020-12-31"),
    Case("slashes, month first", "date", "12/31/2020", ("%F",), "12/31/2020"),
    Case("slashes, ambiguous", "date", "1/2/2020", ("%F",), "2020-02-01"),
    Case("slashes, year first", "date", "2020/1/2", ("%F",), "2020-01-02"),
    Case("dots", "date", "2.1.2020", ("%F",), "2020-01-02"),
    Case("no separators", "date", "20200102T030405Z", ("%FT%T",), "2020-01-01T22:04:05"),
    Case("an ISO week", "date", "2020-W05-3", ("%F",), "2020-01-29"),
    Case("a day of the year", "date", "2020-060", ("%F",), "2020-02-29"),
    Case("year and month", "date", "2020-02", ("%F",), "2020-02-01"),
    Case("a time is today", "date", "15:30", (), "2026-03-04T15:30:00-05:00"),
    Case("RFC 2822", "date", "Thu, 05 Mar 2020 10:00:00 +0100", (), "2020-03-05T04:00:00-05:00"),
    Case("JavaScript", "date", "Mon May 28 2012 00:00:00 GMT-0700 (PDT)", (), "2012-05-28T03:00:00-04:00"),
    Case("an offset in hours", "date", "2020-01-02 10:00 GMT+5", ("%F %T",), "2020-01-02 00:00:00"),
    Case("a zone by name", "date", "2020-01-02 10:00 PST", (), "2020-01-02T13:00:00-05:00"),
    Case("a time in front of the date", "date", "12:00 may 5", (), "2026-05-05T12:00:00-04:00"),
    Case("day 31 of February rolls over", "date", "2020-02-31", ("%F",), "2020-03-02"),
    Case("24 o'clock is the next day", "date", "2020-01-02 24:00", ("%F %R",), "2020-01-03 00:00"),
    Case("hour 25", "date", "2020-01-02 25:00", ("%F",), "2020-01-02 25:00"),
    Case("month 13", "date", "2020-13-01", ("%F",), "2020-13-01"),
    Case("a time that spring skips", "date", "2026-03-08 02:30", (), "2026-03-08T03:30:00-04:00"),
    Case("a time that autumn has twice", "date", "2026-11-01 01:30", (), "2026-11-01T01:30:00-04:00"),
    Case("year first in words, with an ending", "date", "2020 Jan 5th", ("%F",), "2020-01-05"),
    Case("the year in the middle", "date", "1-2020-5", ("%F",), "2020-05-01"),
    Case("a month alone", "date", "March", ("%F",), "2026-03-01"),
    Case("a day alone", "date", "the 5th", ("%F",), "2026-03-05"),
    Case("a quoted year", "date", "5 Jan '99", ("%F",), "1999-01-05"),
    Case("slashes without year, month first", "date", "1/2", ("%F",), "2026-01-02"),
    Case("fourteen digits", "date", "20200102030405Z", ("%s",), "1577934245"),
    Case("twelve digits", "date", "200102030405Z", ("%s",), "1577934245"),
    Case("six digits", "date", "on 200102", ("%F",), "2020-01-02"),
    Case("six digits and a time", "date", "200102T0304", ("%F %T",), "2020-01-02 03:04:00"),
    Case("four digits", "date", "on 0105", ("%F",), "2026-01-05"),
    Case("seven digits", "date", "on 2020060", ("%F",), "2020-02-29"),
    Case("three digits", "date", "on 060", ("%F",), "2026-03-01"),
    Case("two digits", "date", "on 12", ("%F",), "2026-03-12"),
    Case("eleven digits", "date", "on 12345678901", ("%F",), "on 12345678901"),
    Case("an offset that is none", "date", "2020-01-02 10:00 +9999", ("%F %T",), "2020-01-02 10:00:00"),
    Case("an offset with too many digits", "date", "2020-01-02 10:00 +12345678", ("%F %T",), "2020-01-02 10:00:00"),
    Case("before the calendar in another zone", "date", "0001-01-01T00:00:00+14:00", (), "0001-01-01T00:00:00+14:00"),
    Case("an offset with seconds", "date", "1880-01-01", (), "1880-01-01T00:00:00-04:56"),
    Case("nil", "date", None, ("%F",), None),
    Case("empty", "date", "", ("%F",), ""),
    Case("blank", "date", " ", ("%F",), " "),
    Case("nonsense is unchanged", "date", "asdf", ("%s",), "asdf"),
    Case("a word like a month", "date", "marketing", ("%F",), "2026-03-01"),
    Case("a day and a month name", "date", "23rd, Sep.", ("%F",), "2026-09-23"),
    Case("a month name and commas", "date", "Nov, 3, 2012", ("%F",), "2012-11-03"),
    Case("a month name with slashes", "date", "4th/March", ("%F",), "2026-03-04"),
    Case("day, month name and short year", "date", "04-Mar-26", ("%F",), "2026-03-04"),
    Case("year, month name and day", "date", "2026-Mar-04", ("%F",), "2026-03-04"),
    Case("month name and day with a dash", "date", "Friday Oct-12", ("%F",), "2026-10-12"),
    Case("a word between day and month", "date", "3rd of March 2020", ("%F",), "2020-03-01"),
    Case("a quoted year", "date", "in '99", ("%F",), "1999-01-01"),
    Case("a compact day with a time", "date", "20200102T10:20", (), "2020-01-02T10:20:00-05:00"),
    Case("a weekday alone", "date", "monday", ("%F",), "monday"),
    Case("a very long text", "date", "x 2020-01-02 " * 100, ("%F",), "x 2020-01-02 " * 100),
    Case("a boolean", "date", True, ("%F",), True),
    Case("a list", "date", [1], ("%F",), [1]),
    Case("a shop without zone is in UTC", "date", "now", (), "2026-03-04T20:06:07Z", shop={}),
]

OPTION_CASES = [
    Case("another zone", "date", "now", (), "2026-03-04T20:06:07Z", {"tz": "UTC"}),
    Case("half hours", "date", "now", (), "2026-03-05T01:36:07+05:30", {"tz": "Asia/Kolkata"}),
    Case("local to the other zone", "date", "2020-01-02 00:00", ("%s",), "1577890800", {"tz": "Asia/Tokyo"}),
    Case("an unknown zone", "date", "now", (), Fails("Mars/Base"), {"tz": "Mars/Base"}),
    Case("a zone that is a folder", "date", "now", (), Fails("America"), {"tz": "America"}),
    Case("a zone outside", "date", "now", (), Fails("passwd"), {"tz": "../../etc/passwd"}),
    Case("a nil zone", "date", "now", ("%z",), "-0500", {"tz": None}),
    Case("the year", "date", "now", (FRACTION,), "2026-01-01T00:00:00.000000000", {"beginning_of_year": True}),
    Case("its end", "date", "now", (FRACTION,), "2026-12-31T23:59:59.999999999", {"end_of_year": True}),
    Case("the quarter", "date", "2026-05-20", ("%F",), "2026-04-01", {"beginning_of_quarter": True}),
    Case("its end", "date", "2026-05-20", ("%F",), "2026-06-30", {"end_of_quarter": True}),
    Case("the month", "date", "now", ("%F",), "2026-03-01", {"beginning_of_month": True}),
    Case("its end", "date", "2024-02-10", ("%F %T",), "2024-02-29 23:59:59", {"end_of_month": True}),
    Case("the week from Sunday", "date", "now", ("%F",), "2026-03-01", {"beginning_of_week": "sunday"}),
    Case("the week from Monday", "date", "now", ("%F %T",), "2026-03-02 00:00:00", {"beginning_of_week": "Monday"}),
    Case(
        "its end, Sunday first", "date", "now", (FRACTION,), "2026-03-07T23:59:59.999999999", {"end_of_week": "sunday"}
    ),
    Case("the week from today's day", "date", "now", ("%F",), "2026-03-04", {"beginning_of_week": "wednesday"}),
    Case("an unknown weekday", "date", "now", (), Fails("someday"), {"beginning_of_week": "someday"}),
    Case("a week flag that is no text", "date", "now", ("%F",), "2026-03-04", {"beginning_of_week": True}),
    Case("the day", "date", "now", ("%F %T",), "2026-03-04 00:00:00", {"beginning_of_day": True}),
    Case("noon", "date", "now", ("%F %T",), "2026-03-04 12:00:00", {"middle_of_day": True}),
    Case("the day's end", "date", "now", (FRACTION,), "2026-03-04T23:59:59.999999999", {"end_of_day": True}),
    Case("a flag that is not true", "date", "now", ("%T",), "15:06:07", {"beginning_of_day": "true"}),
    Case(
        "the order is fixed",
        "date",
        "now",
        ("%F %T",),
        "2026-02-28 00:00:00",
        {"advance": "-1 day", "beginning_of_day": True, "beginning_of_month": True},
    ),
    Case("a day keeps the clock", "date", "2026-03-07 12:00", (), "2026-03-08T12:00:00-04:00", {"advance": "1 day"}),
    Case("24 hours are exact", "date", "2026-03-07 12:00", (), "2026-03-08T13:00:00-04:00", {"advance": "24 hours"}),
    Case("month ends clamp", "date", "2023-01-31", ("%F",), "2023-02-28", {"advance": "1 month"}),
    Case("leap days clamp", "date", "2024-02-29", ("%F",), "2025-02-28", {"advance": "1 year"}),
    Case(
        "a sign is for its own term",
        "date",
        "2026-03-10 00:00",
        ("%F %R",),
        "2027-03-08 03:00",
        {"advance": "1 year, -2 days 3 hours"},
    ),
    Case("from left to right", "date", "2023-01-31", ("%F",), "2023-03-01", {"advance": "1 month 1 day"}),
    Case(
        "weeks, minutes, seconds",
        "date",
        "2026-01-01",
        ("%F %T",),
        "2026-01-15 00:02:03",
        {"advance": "2 weeks 2 minutes +3 seconds"},
    ),
    Case("an empty advance", "date", "now", ("%F",), "2026-03-04", {"advance": ""}),
    Case("a malformed advance", "date", "now", (), Fails("soon"), {"advance": "soon"}),
    Case("a malformed tail", "date", "now", (), Fails("advance"), {"advance": "1 day later"}),
    Case("a number without unit", "date", "now", (), Fails("advance"), {"advance": 5}),
    Case("beyond the calendar", "date", "now", (), Fails("9999"), {"advance": "99999 years"}),
    Case("before the calendar", "date", "now", (), Fails("year 1"), {"advance": "-999999 days -999999 days"}),
    Case("far in seconds", "date", "now", (), Fails("9999"), {"advance": "999999999 hours 999999999 hours"}),
    Case("a date that is none stays", "date", "asdf", (), "asdf", {"advance": "1 day"}),
]

FORMATS = [
    ("%Y %C %y", "2026 20 26"), ("%m %-m %_m", "03 3  3"), ("%B %b %h", "March Mar Mar"), ("%^B %^b", "MARCH MAR"),
    ("%d %-d %e|%j", "04 4  4|063"), ("%H %k|%I %l|%-l", "15 15|03  3|3"), ("%M %S", "06 07"),
    ("%L %N %3N %6N %12N", "000 000000000 000 000000 000000000000"), ("%z %:z %::z", "-0500 -05:00 -05:00:00"),
    ("%-z %_z|%10z", "-500  -500|-000000500"), ("%Z %#Z", "EST est"), ("%A %a %^a %#a", "Wednesday Wed WED WED"),
    ("%u %w", "3 3"), ("%G %V %g", "2026 10 26"), ("%U %W", "09 09"), ("%s", "1772654767"), ("%n%t%%", "\n\t%"),
    ("%c", "Wed Mar  4 15:06:07 2026"), ("%D %x %F", "03/04/26 03/04/26 2026-03-04"),
    ("%X %T %R", "15:06:07 15:06:07 15:06"),
    ("%r", "03:06:07 PM"), ("%v", " 4-MAR-2026"), ("%+", "Wed Mar  4 15:06:07 EST 2026"), ("%P %p %#p", "pm PM pm"),
    ("%10Y|%03d|%5b|%05b|%-5b", "0000002026|004|  Mar|00Mar|Mar"), ("%_5S %05e", "    7 00004"), ("%Ey %Od", "26 04"),
    ("%Q %J %", "%Q %J %"), ("%:d", "%:d"), ("%::::z", "%::::z"), ("é", "é"), ("%FT%T%:z", "2026-03-04T15:06:07-05:00"),
]  # fmt: skip


@pytest.mark.parametrize("case", INPUT_CASES + OPTION_CASES, ids=str)
def test_a_date_is_read_and_moved_as_the_specification_says(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(("layout", "expected"), FORMATS, ids=[layout for layout, _ in FORMATS])
def test_a_layout_prints_as_in_ruby(layout: str, expected: str) -> None:
    assert apply("date", "now", layout) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2021-01-01", "2020 53 00 00 001 5"),
        ("2021-01-03", "2020 53 01 00 003 0"),
        ("2024-12-30", "2025 01 52 53 365 1"),
    ],
)
def test_weeks_at_the_turn_of_the_year(day: str, expected: str) -> None:
    assert apply("date", day, "%G %V %U %W %j %w") == expected


@pytest.mark.parametrize(
    ("value", "zone", "shown"),
    [
        ("now", "America/New_York", "-05"),
        ("now", "Asia/Kolkata", "+05:30"),
        ("1880-01-01", "America/New_York", "-04:56:02"),
    ],
)
def test_the_shortest_offset_has_only_the_parts_it_needs(value: str, zone: str, shown: str) -> None:
    assert apply("date", value, "%:::z", tz=zone) == shown


def test_seconds_are_text() -> None:
    assert apply("date", "now", "%s") == "1772654767"


def test_local_midnight_by_two_steps() -> None:
    assert apply("date", apply("date", "now", "%Y-%m-%d"), "%s") == "1772600400"


def test_a_width_without_end_is_refused() -> None:
    with pytest.raises(LimitError):
        apply("date", "now", "%99999999999d")


def test_python_dates_are_moments_too() -> None:
    assert apply("date", datetime(2026, 1, 1, tzinfo=UTC), "%F %R") == "2025-12-31 19:00"
    assert apply("date", datetime(2026, 1, 1, 5), "%F %R") == "2026-01-01 05:00"  # noqa: DTZ001
    assert apply("date", date(2026, 1, 1), "%F %R") == "2026-01-01 00:00"


def test_an_object_with_a_text_is_read_by_it() -> None:
    class Day(Described):
        def describe(self) -> str:
            return "2026-01-01"

    assert apply("date", Day(), "%F") == "2026-01-01"


PARSE_CASES = [
    Case("day of this month", "parse_date", "05", ("%d",), "2026-03-05T00:00:00-05:00"),
    Case("a time today", "parse_date", "10:30", ("%H:%M",), "2026-03-04T10:30:00-05:00"),
    Case("a month of this year", "parse_date", "07", ("%m",), "2026-07-01T00:00:00-04:00"),
    Case("a year", "parse_date", "2020", ("%Y",), "2020-01-01T00:00:00-05:00"),
    Case("trailing text", "parse_date", "2020-01-02x", ("%Y-%m-%d",), "2020-01-02T00:00:00-05:00"),
    Case("leading text", "parse_date", "x2020-01-02", ("%Y-%m-%d",), None),
    Case("American", "parse_date", "12/31/2020", ("%m/%d/%Y",), "2020-12-31T00:00:00-05:00"),
    Case("names in any case", "parse_date", "JAN 5, 2020", ("%b %d, %Y",), "2020-01-05T00:00:00-05:00"),
    Case("a weekday is skipped", "parse_date", "Sunday 5 January 2020", ("%A %d %B %Y",), "2020-01-05T00:00:00-05:00"),
    Case("the English clock", "parse_date", "3:04 pm", ("%I:%M %p",), "2026-03-04T15:04:00-05:00"),
    Case("midnight by it", "parse_date", "12:00 AM", ("%I:%M %P",), "2026-03-04T00:00:00-05:00"),
    Case("an offset", "parse_date", "2020-01-02T03:04:05+02:00", ("%FT%T%z",), "2020-01-01T20:04:05-05:00"),
    Case("a zone by name", "parse_date", "2020-01-02 00:00 UTC", ("%F %R %Z",), "2020-01-01T19:00:00-05:00"),
    Case("an unknown zone", "parse_date", "2020-01-02 XXQ", ("%F %Z",), None),
    Case("digits without separators", "parse_date", "20200102", ("%Y%m%d",), "2020-01-02T00:00:00-05:00"),
    Case("epoch seconds", "parse_date", "0", ("%s",), "1969-12-31T19:00:00-05:00"),
    Case("two digits of a year", "parse_date", "69-01-02", ("%y-%m-%d",), "1969-01-02T00:00:00-05:00"),
    Case("two digits of a later year", "parse_date", "68-01-02", ("%y-%m-%d",), "2068-01-02T00:00:00-05:00"),
    Case("century and year", "parse_date", "1968", ("%C%y",), "1968-01-01T00:00:00-05:00"),
    Case("day of the year", "parse_date", "2020 060", ("%Y %j",), "2020-02-29T00:00:00-05:00"),
    Case("an ISO week", "parse_date", "2020-W05-3", ("%G-W%V-%u",), "2020-01-29T00:00:00-05:00"),
    Case("white space matches any", "parse_date", "2020  01", ("%Y %m",), "2020-01-01T00:00:00-05:00"),
    Case("a padded day", "parse_date", "Jan  5 2020", ("%b %e %Y",), "2020-01-05T00:00:00-05:00"),
    Case("milliseconds", "parse_date", "10:30:01.250", ("%T.%L",), "2026-03-04T10:30:01-05:00"),
    Case("a percent sign", "parse_date", "5%", ("%d%%",), "2026-03-05T00:00:00-05:00"),
    Case("a newline", "parse_date", "5\n1", ("%d%n%m",), "2026-01-05T00:00:00-05:00"),
    Case("signs of patterns are literal", "parse_date", "(5.1)", ("(%d.%m)",), "2026-01-05T00:00:00-05:00"),
    Case("day 30 of February", "parse_date", "2020-02-30", ("%F",), None),
    Case("hour 25", "parse_date", "25:00", ("%H:%M",), None),
    Case("month 13", "parse_date", "13", ("%m",), None),
    Case("day 0", "parse_date", "0", ("%d",), None),
    Case("an unknown directive", "parse_date", "5", ("%Q",), None),
    Case("nonsense", "parse_date", "asdf", ("%F",), None),
    Case("nil", "parse_date", None, ("%F",), None),
    Case("nil with an empty format", "parse_date", None, ("",), None),
    Case("an integer", "parse_date", 20200102, ("%Y%m%d",), "2020-01-02T00:00:00-05:00"),
]


@pytest.mark.parametrize("case", PARSE_CASES, ids=str)
def test_a_date_is_parsed_as_the_specification_says(case: Case) -> None:
    check(case)


MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS)
def test_seconds_read_back_as_the_same_moment(moment: datetime) -> None:
    written = apply("date", int(moment.timestamp()))
    assert apply("date", written, "%s") == str(int(moment.timestamp()))


@given(MOMENTS, st.integers(-1000, 1000))
def test_advancing_hours_moves_exactly(moment: datetime, hours: int) -> None:
    moved = int(apply("date", int(moment.timestamp()), "%s", advance=f"{hours} hours"))
    assert moved - int(moment.timestamp()) == hours * 3600


@given(MOMENTS, st.integers(0, 500))
def test_advancing_days_keeps_the_clock_and_moves_the_calendar(moment: datetime, days: int) -> None:
    seconds = int(moment.timestamp())
    moved = apply("date", seconds, "%F", advance=f"{days} days")
    assert moved == (date.fromisoformat(apply("date", seconds, "%F")) + timedelta(days=days)).isoformat()


@given(MOMENTS, st.integers(0, 48))
def test_advancing_months_lands_in_that_month(moment: datetime, months: int) -> None:
    seconds = int(moment.timestamp())
    start, moved = (
        apply("date", seconds, "%Y %m %d").split(),
        apply("date", seconds, "%Y %m %d", advance=f"{months} months"),
    )
    year, month, day = moved.split()
    assert int(year) * 12 + int(month) == int(start[0]) * 12 + int(start[1]) + months
    assert int(day) <= int(start[2])


@given(st.text(alphabet="0123456789-/:. TZJanFebpm+,'wh", max_size=24))
def test_no_text_makes_the_filter_fail(text: str) -> None:
    assert isinstance(apply("date", text, "%F"), str)


@given(st.text(max_size=12), st.text(alphabet="%YmdHMSbBapzsjCyGVuL :-/", max_size=12))
def test_no_layout_makes_parsing_fail(text: str, layout: str) -> None:
    result: Any = apply("parse_date", text, layout)
    assert result is None or isinstance(result, str)


def test_errors_name_the_filter() -> None:
    with pytest.raises(LiquidError, match=r"^date: "):
        apply("date", "now", tz="Nowhere")
