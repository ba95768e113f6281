"""By when a thing is due, and what pauses do: the users' cases first, then the laws."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duzhan.base.clock.calendar import WorkingCalendar
from duzhan.base.clock.deadlines import due_at, parse, shifted, time_left
from duzhan.base.clock.instants import ZONE
from duzhan.base.errors import BadInput

laws = settings(deadline=None, max_examples=150)
instants = st.datetimes(datetime(2019, 12, 1), datetime(2027, 3, 1), timezones=st.just(ZONE))
spans = st.timedeltas(timedelta(0), timedelta(days=15))
RULES = [
    "on the spot",
    "30m",
    "2h",
    "24h",
    "today 24:00",
    "today 18:00",
    "2d",
    "2d 12:00",
    "1wd",
    "3wd",
    "3wd 12:00",
]
rules = st.sampled_from(RULES).map(parse)
zones = st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "America/New_York"]).map(WorkingCalendar)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


CASES = [
    ("on the spot", "2022-11-25 14:03", "2022-11-25 14:03"),
    ("30m", "2022-11-25 23:45", "2022-11-26 00:15"),
    ("2h", "2022-11-25 14:03:21", "2022-11-25 16:03:21"),
    ("24h", "2022-09-30 17:00", "2022-10-01 17:00"),
    ("today 24:00", "2022-11-25 00:00", "2022-11-26 00:00"),
    ("today 24:00", "2022-11-25 14:03", "2022-11-26 00:00"),
    ("today 24:00", "2022-11-25 23:59", "2022-11-26 00:00"),
    ("today 18:00", "2022-11-25 17:59", "2022-11-25 18:00"),
    ("today 18:00", "2022-11-25 18:00", "2022-11-26 00:00"),
    ("2d", "2022-09-30 09:00", "2022-10-03 00:00"),
    ("2d 12:00", "2022-09-30 09:00", "2022-10-02 12:00"),
    ("3wd", "2022-11-21 09:00", "2022-11-24 18:00"),  # Monday to Thursday
    ("3wd", "2022-11-25 09:00", "2022-11-30 18:00"),  # over a weekend
    ("3wd", "2022-11-26 09:00", "2022-11-30 18:00"),  # handed over on the weekend
    ("3wd", "2022-09-30 09:00", "2022-10-10 18:00"),  # over National Day, with the make-up workdays 8 and 9
    ("1wd", "2022-09-30 23:00", "2022-10-08 18:00"),
    ("3wd", "2020-01-22 09:00", "2020-02-04 18:00"),  # over the prolonged Spring Festival
    ("3wd 12:00", "2022-11-25 09:00", "2022-11-30 12:00"),
    ("1wd 24:00", "2022-11-25 09:00", "2022-11-29 00:00"),
]


@pytest.mark.parametrize(("rule", "handed_over_at", "due"), CASES)
def test_a_thing_handed_over_is_due(rule, handed_over_at, due):
    assert due_at(parse(rule), at(handed_over_at), WorkingCalendar()) == at(due)


def test_the_day_ends_at_the_midnight_of_the_zone():
    handed_over_at = at("2022-11-26 01:00")  # still 23:00 of the 25th in Urumqi
    rule = parse("today 24:00")
    assert due_at(rule, handed_over_at, WorkingCalendar("Asia/Urumqi")) == at("2022-11-26 02:00")
    assert due_at(rule, handed_over_at, WorkingCalendar("Asia/Shanghai")) == at("2022-11-27 00:00")


@pytest.mark.parametrize("text", RULES)
def test_a_rule_is_written_as_it_was_read(text):
    assert str(parse(text)) == text
    assert parse(str(parse(text))) == parse(text)


def test_spelling_is_taken_lightly_where_the_meaning_is_plain():
    assert parse(" 3 wd ") == parse("3wd")
    assert parse("3wd 18:00") == parse("3wd")
    assert str(parse("today 9:05")) == "today 09:05"


LABELS = {
    "on the spot": "当场整改",
    "30m": "30 分钟内",
    "2h": "2 小时内",
    "today 24:00": "当日 24:00 前",
    "2d": "2 日内，末日 24:00 前",
    "3wd": "3 个工作日内，末日 18:00 前",
}


@pytest.mark.parametrize(("text", "label"), LABELS.items())
def test_a_rule_reads_well(text, label):
    assert parse(text).label == label


WRONG = ["", "2", "h", "-2h", "2.5h", "0h", "0wd", "367wd", "9999h", "9" * 30 + "h", "today", "today 24:01"]
WRONG += [
    "today 12:60",
    "today 00:00",
    "today 25:00",
    "tomorrow",
    "2h 12:00",
    "３wd",
    "2h\n3h",
    None,
    "on the  spot",
]


@pytest.mark.parametrize("text", WRONG)
def test_anything_else_is_no_rule(text):
    with pytest.raises(BadInput, match="不是时限") as refusal:
        parse(text)
    assert refusal.value.details["field"] == "deadline"


def test_a_pause_is_added_back_to_the_minute():
    assert shifted(at("2022-11-25 18:00"), at("2022-11-25 10:00"), at("2022-11-25 11:07")) == at("2022-11-25 19:07")


def test_a_pause_of_a_deadline_in_working_days_counts_its_working_time():
    rule, calendar = parse("3wd"), WorkingCalendar()
    due = at("2022-10-10 18:00")
    over_the_holiday = shifted(due, at("2022-10-01 00:00"), at("2022-10-08 00:00"), rule, calendar)
    assert over_the_holiday == due
    a_working_day = shifted(due, at("2022-09-30 10:00"), at("2022-10-08 10:00"), rule, calendar)
    assert a_working_day == at("2022-10-11 18:00")
    over_the_weekend = shifted(at("2022-11-25 18:00"), at("2022-11-24 10:00"), at("2022-11-24 18:00"), rule, calendar)
    assert over_the_weekend == at("2022-11-28 02:00")


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(BadInput, match="早于"):
        shifted(at("2022-11-25 18:00"), at("2022-11-25 11:00"), at("2022-11-25 10:00"))


def test_the_time_left_stands_while_paused_and_is_negative_when_overdue():
    due, paused_at = at("2022-11-25 18:00"), at("2022-11-25 10:00")
    assert time_left(due, at("2022-11-25 16:30")) == timedelta(hours=1, minutes=30)
    assert time_left(due, at("2022-11-25 16:30"), paused_at) == timedelta(hours=8)
    assert time_left(due, at("2022-11-25 09:00"), paused_at) == timedelta(hours=9)
    assert time_left(due, at("2022-11-26 18:01")) == -timedelta(days=1, minutes=1)


@laws
@given(rules, instants, zones)
def test_nothing_is_due_before_it_was_handed_over(rule, instant, calendar):
    due = due_at(rule, instant, calendar)
    assert due > instant or (rule.unit == "spot" and due == instant)


@laws
@given(rules, instants, spans, zones)
def test_what_is_handed_over_later_is_never_due_earlier(rule, instant, later, calendar):
    assert due_at(rule, instant, calendar) <= due_at(rule, instant + later, calendar)


@laws
@given(st.integers(1, 400), instants, zones)
def test_hours_are_hours_wherever_and_whenever(hours, instant, calendar):
    assert due_at(parse(f"{hours}h"), instant, calendar) - instant == timedelta(hours=hours)


@laws
@given(instants, zones)
def test_nothing_overnight_means_the_next_midnight_of_the_zone(instant, calendar):
    due = due_at(parse("today 24:00"), instant, calendar).astimezone(calendar.zone)
    assert (due.hour, due.minute, due.second, due.microsecond) == (0, 0, 0, 0)
    assert due.date() - instant.astimezone(calendar.zone).date() == timedelta(days=1)


@laws
@given(st.integers(1, 20), instants, zones)
def test_working_days_end_at_six_on_a_working_day_with_as_many_of_them_passed(count, instant, calendar):
    due = due_at(parse(f"{count}wd"), instant, calendar).astimezone(calendar.zone)
    first = instant.astimezone(calendar.zone).date() + timedelta(days=1)
    passed = [first + timedelta(days=n) for n in range((due.date() - first).days + 1)]
    assert sum(map(calendar.is_workday, passed)) == count
    assert calendar.is_workday(due.date())
    assert (due.hour, due.minute) == (18, 0)


@laws
@given(instants, instants, spans)
def test_a_pause_adds_exactly_itself(due, paused_at, length):
    resumed_at = paused_at + length
    later = shifted(due, paused_at, resumed_at)
    assert later - due == length
    assert time_left(later, resumed_at) == time_left(due, resumed_at, paused_at)


@laws
@given(instants, instants, spans, zones)
def test_a_pause_in_working_days_adds_exactly_its_working_time(due, paused_at, length, calendar):
    rule, resumed_at = parse("3wd"), paused_at + length
    later = shifted(due, paused_at, resumed_at, rule, calendar)
    assert calendar.working_time_between(due, later) == calendar.working_time_between(paused_at, resumed_at)


@laws
@given(rules, instants, instants, spans, spans)
def test_two_pauses_add_what_one_of_both_would(rule, due, paused_at, one, other):
    calendar = WorkingCalendar()
    middle, end = paused_at + one, paused_at + one + other
    apart = shifted(shifted(due, paused_at, middle, rule, calendar), middle, end, rule, calendar)
    assert apart == shifted(due, paused_at, end, rule, calendar)


def test_a_year_without_a_notice_counts_weekends_only():
    assert not WorkingCalendar().knows(2030)
    due = due_at(parse("3wd"), datetime(2030, 10, 1, 9, tzinfo=ZONE), WorkingCalendar())
    assert due.astimezone(ZONE).date() == date(2030, 10, 4)
