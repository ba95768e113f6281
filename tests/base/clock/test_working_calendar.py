"""The working calendar against the notices, against another reading of them, and against its own laws."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duzhan.base.clock.calendar import WorkingCalendar
from duzhan.base.clock.instants import ZONE
from duzhan.base.errors import BadInput

laws = settings(deadline=None, max_examples=150)
instants = st.datetimes(datetime(2019, 12, 1), datetime(2027, 3, 1), timezones=st.just(ZONE))
spans = st.timedeltas(timedelta(0), timedelta(days=40))
zones = st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "UTC", "America/New_York", "Africa/Cairo"])


def at(text, zone=ZONE):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def days(first, last):
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        yield day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", range(2020, 2027))
def test_every_day_is_worked_or_rested_as_the_other_reading_of_the_notices_has_it(year):
    calendar = WorkingCalendar()
    different = [
        day
        for day in days(f"{year}-01-01", f"{year}-12-31")
        if calendar.is_workday(day) != chinese_calendar.is_workday(day)
    ]
    assert calendar.knows(year)
    assert different == []


def test_every_day_that_differs_from_the_week_has_its_holiday_named():
    calendar = WorkingCalendar()
    for day in days("2020-01-01", "2026-12-31"):
        if calendar.is_workday(day) != (day.weekday() < 5):
            assert calendar.occasion(day).zh
            assert calendar.occasion(day).en.isascii()


def test_national_day_2022_is_a_week_of_rest_made_up_for_on_the_weekend_after():
    calendar = WorkingCalendar()
    assert not any(calendar.is_workday(day) for day in days("2022-10-01", "2022-10-07"))
    assert all(calendar.is_workday(day) for day in days("2022-10-08", "2022-10-14"))
    assert calendar.next_workday(date(2022, 9, 30)) == date(2022, 10, 8)
    assert calendar.occasion(date(2022, 10, 8)).zh == "国庆节"


def test_spring_festival_2020_was_prolonged_over_a_day_first_announced_as_worked():
    calendar = WorkingCalendar()
    assert calendar.is_workday(date(2020, 1, 19))
    assert not any(calendar.is_workday(day) for day in days("2020-01-24", "2020-02-02"))
    assert calendar.next_workday(date(2020, 1, 23)) == date(2020, 2, 3)
    assert calendar.occasion(date(2020, 2, 1)).zh == "春节（延长）"


def test_a_notice_reaches_back_into_the_december_before():
    assert not WorkingCalendar().is_workday(date(2022, 12, 31))
    assert WorkingCalendar().occasion(date(2022, 12, 31)).zh == "元旦"


@pytest.mark.parametrize("year", [2019, 2027, 2100])
def test_a_year_without_a_notice_has_weekends_only_and_says_so(year):
    calendar = WorkingCalendar()
    assert not calendar.knows(year)
    assert all(calendar.is_workday(day) == (day.weekday() < 5) for day in days(f"{year}-01-02", f"{year}-12-30"))


def test_working_days_are_counted_from_the_day_after():
    calendar = WorkingCalendar()
    assert calendar.workday_after(date(2022, 9, 29), 3) == date(2022, 10, 9)
    assert calendar.workday_after(date(2022, 10, 1), 1) == date(2022, 10, 8)
    assert calendar.workday_after(date(2022, 10, 1), 0) == date(2022, 10, 1)


def test_working_time_leaves_out_the_days_of_rest_and_nothing_else():
    calendar = WorkingCalendar()
    worked = calendar.working_time_between(at("2022-09-30 18:00"), at("2022-10-08 06:00"))
    assert worked == timedelta(hours=12)
    assert calendar.working_time_between(at("2022-10-01 00:00"), at("2022-10-08 00:00")) == timedelta(0)
    assert calendar.working_time_between(at("2022-10-08 00:00"), at("2022-10-10 00:00")) == timedelta(days=2)


def test_a_day_begins_at_the_midnight_of_the_zone():
    new_year_in_utc = datetime(2022, 12, 31, 16, 0, tzinfo=UTC)
    assert WorkingCalendar("Asia/Shanghai").starts_at(date(2023, 1, 1)) == new_year_in_utc
    assert WorkingCalendar("Asia/Urumqi").starts_at(date(2023, 1, 1)) == new_year_in_utc + timedelta(hours=2)
    assert WorkingCalendar("Asia/Shanghai").day_of(new_year_in_utc) == date(2023, 1, 1)
    assert WorkingCalendar("Asia/Urumqi").day_of(new_year_in_utc) == date(2022, 12, 31)


def test_a_day_on_which_clocks_change_is_as_long_as_it_was():
    cairo = WorkingCalendar("Africa/Cairo")  # there the hour after midnight is the one left out
    spring = cairo.working_time_between(cairo.starts_at(date(2024, 4, 26)), cairo.starts_at(date(2024, 4, 27)))
    assert spring == timedelta(hours=23)


@pytest.mark.parametrize("zone", ["Asia/Chongking1", "", "../etc/passwd", "/etc/passwd"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(BadInput, match="时区"):
        WorkingCalendar(zone)


@pytest.mark.parametrize("instant", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_instants_at_the_ends_of_time_are_refused(instant):
    with pytest.raises(BadInput, match="范围"):
        WorkingCalendar().day_of(instant)


@laws
@given(instants, spans, zones)
def test_adding_working_time_passes_exactly_that_much(start, span, zone):
    calendar = WorkingCalendar(zone)
    end = calendar.add_working_time(start, span)
    assert calendar.working_time_between(start, end) == span
    assert end >= start + span


@laws
@given(instants, spans)
def test_no_earlier_instant_has_as_much_working_time_behind_it(start, span):
    calendar = WorkingCalendar()
    end = calendar.add_working_time(start, span)
    if end > start:
        assert calendar.working_time_between(start, end - timedelta(microseconds=1)) < span


@laws
@given(instants, spans, spans)
def test_working_time_adds_up(start, one, other):
    calendar = WorkingCalendar()
    middle, end = start + one, start + one + other
    assert calendar.working_time_between(start, middle) + calendar.working_time_between(
        middle, end
    ) == calendar.working_time_between(start, end)
    assert calendar.working_time_between(end, start) == -calendar.working_time_between(start, end)
    both = calendar.add_working_time(calendar.add_working_time(start, one), other)
    assert both == calendar.add_working_time(start, one + other)


@laws
@given(instants, spans)
def test_working_time_is_never_more_than_time_and_a_week_of_work_is_all_of_it(start, span):
    calendar = WorkingCalendar()
    worked = calendar.working_time_between(start, start + span)
    assert timedelta(0) <= worked <= span
    rested = sum(not calendar.is_workday(calendar.day_of(start + timedelta(days=n))) for n in range(span.days + 2))
    assert span - worked <= timedelta(days=rested)


@laws
@given(st.dates(date(2020, 1, 1), date(2026, 12, 1)), st.integers(0, 30))
def test_the_nth_workday_after_has_n_workdays_up_to_it(day, count):
    calendar = WorkingCalendar(ZoneInfo("Asia/Shanghai"))
    last = calendar.workday_after(day, count)
    between = (day + timedelta(days=n + 1) for n in range((last - day).days))
    assert sum(map(calendar.is_workday, between)) == count
    assert count == 0 or calendar.is_workday(last)
