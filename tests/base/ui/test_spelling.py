"""Instants, spans and numbers are written as LOOK §6 says, in both languages and in the operation's own zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from duzhan.base.clock.instants import travel
from duzhan.base.ui import spelling

SIX = datetime(2022, 11, 25, 10, 0, tzinfo=UTC)  # 18:00 in Beijing
HOUR = timedelta(hours=1)


@dataclass
class Response:
    zone: str = "Asia/Shanghai"
    ended_at: datetime | None = None


def both(write, *args, **kwargs):
    with translation.override("zh-hans"):
        chinese = write(*args, **kwargs)
    with translation.override("en"):
        return chinese, write(*args, **kwargs)


def test_running_text_says_the_hour_and_the_minute_only_where_there_is_one():
    assert both(spelling.running_instant, SIX) == ("11月25日18时", "18:00 on 25 Nov")
    later = SIX + timedelta(minutes=5)
    assert both(spelling.running_instant, later) == ("11月25日18时05分", "18:05 on 25 Nov")


def test_a_table_leaves_out_what_the_reader_knows():
    read_at = SIX + timedelta(days=3)
    assert both(spelling.short_instant, SIX, read_at=read_at) == ("25日 18:00", "25 Nov 18:00")
    assert spelling.short_instant(SIX, read_at=read_at + timedelta(days=7)) == "11月25日 18:00"
    assert spelling.short_instant(SIX, read_at=read_at + timedelta(days=60)) == "2022-11-25 18:00"


def test_without_a_reader_a_table_is_read_now_or_when_the_operation_ended():
    with travel(SIX + timedelta(days=400)):
        assert spelling.short_instant(SIX) == "2022-11-25 18:00"
        assert spelling.short_instant(SIX, Response(ended_at=SIX + timedelta(days=2))) == "25日 18:00"


def test_the_zone_is_that_of_the_operation():
    assert spelling.running_instant(SIX, Response("Asia/Urumqi")) == "11月25日16时"
    assert spelling.seal_instant(SIX + timedelta(seconds=7), "UTC") == "2022-11-25 10:00:07"
    assert spelling.seal_instant(SIX, ZoneInfo("Asia/Shanghai")) == "2022-11-25 18:00:00"
    assert spelling.time_of_day(SIX, "Mars/Olympus") == "18:00", "an unknown zone is read as Beijing time"


def test_a_zone_is_named():
    assert both(spelling.zone_name, None) == ("北京时间 UTC+8", "Beijing time UTC+8")
    assert spelling.zone_name("Asia/Kolkata") == "Asia/Kolkata UTC+5:30"
    assert spelling.zone_name("UTC") == "UTC+0"


def test_days():
    friday = date(2022, 11, 25)
    assert both(spelling.day_text, friday) == ("11月25日", "25 Nov")
    assert both(spelling.day_text, friday, with_year=True) == ("2022年11月25日", "25 Nov 2022")
    assert both(spelling.weekday_text, friday) == ("星期五", "Friday")


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (200, "3小时20分", "3 h 20 min"),
        (300, "5小时", "5 h"),
        (40, "40分", "40 min"),
        (0.5, "不到1分", "under 1 min"),
        (47 * 60 + 59, "47小时59分", "47 h 59 min"),
        (48 * 60, "2天", "2 d"),
        (52 * 60 + 59, "2天4小时", "2 d 4 h"),
    ],
)
def test_spans(minutes, chinese, english):
    assert both(spelling.span_text, timedelta(minutes=minutes)) == (chinese, english)


@given(st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=400)))
def test_a_span_is_never_written_longer_than_it_is_nor_shorter_by_a_whole_unit(span):
    with translation.override("en"):
        words = spelling.span_text(span).split()
    units = {"d": timedelta(days=1), "h": HOUR, "min": timedelta(minutes=1)}
    written = sum((int(n) * units[u] for n, u in zip(words[::2], words[1::2], strict=True)), timedelta())
    coarsest = HOUR if span >= timedelta(days=2) else timedelta(minutes=1)
    assert written <= span < written + coarsest
    assert spelling.span_text(-span) == spelling.span_text(span)


@pytest.mark.parametrize(
    ("told", "kind", "chinese", "english"),
    [
        ({"due_at": SIX + 5 * HOUR}, "left", "还剩 5小时", "5 h left"),
        ({"due_at": SIX + 4 * HOUR}, "left", "还剩 4小时", "4 h left"),
        ({"due_at": SIX + timedelta(minutes=200)}, "soon", "还剩 3小时20分", "3 h 20 min left"),
        ({"due_at": SIX}, "soon", "还剩 不到1分", "under 1 min left"),
        ({"due_at": SIX - 5 * HOUR}, "late", "超期 5小时", "5 h late"),
        ({"due_at": SIX - 5 * HOUR, "paused_at": SIX - 6 * HOUR}, "held", "暂停中", "paused"),
        ({"due_at": SIX - HOUR, "waiting_since": SIX - 2 * HOUR}, "waited", "已等 2小时", "waiting 2 h"),
        (
            {"due_at": SIX - HOUR, "started_at": SIX - timedelta(minutes=250), "done_at": SIX},
            "used",
            "用时 4小时10分",
            "took 4 h 10 min",
        ),
        ({"due_at": None}, "open", "未定时限", "no deadline"),
    ],
)
def test_time_left(told, kind, chinese, english):
    due_at = told.pop("due_at")
    zh, en = both(spelling.time_left, due_at, at=SIX, **told)
    assert (zh.kind, zh.text, en.text) == (kind, chinese, english)


def test_time_left_is_asked_for_now():
    with travel(SIX):
        assert spelling.time_left(SIX + HOUR).text == "还剩 1小时"


def test_numbers_are_never_a_zero_that_nobody_counted():
    assert [spelling.number_text(n) for n in (0, 5, -4, None, "")] == ["0", "5", "−4", "—", "—"]
    assert [spelling.signed_text(n) for n in (94, -4, 0, None)] == ["+94", "−4", "±0", "—"]
    assert spelling.grouped_text(4218) == "4\u2009218"
    assert spelling.grouped_text(None) == "—"


def test_ratios_are_exact_to_two_decimals_half_up():
    assert spelling.ratio_text(277, 282) == "98.23%"
    assert spelling.ratio_text(516, 522) == "98.85%"
    assert spelling.ratio_text(1, 800) == "0.13%"
    assert spelling.ratio_text(0, 0) == "—"
    assert spelling.ratio_text(None, 5) == "—"


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_ratio_is_within_half_a_hundredth_of_the_truth(part, whole):
    written = Fraction(spelling.ratio_text(part, whole).rstrip("%"))
    assert abs(written - Fraction(100 * part, whole)) <= Fraction(5, 1000)


def test_digests_come_in_groups_of_four():
    assert spelling.digest_text("c41e07b95a2d") == "c41e 07b9 5a2d"
    assert spelling.digest_text("c41e07b95a2d", 2) == "c41e 07b9"
    assert spelling.digest_text(bytes.fromhex("c41e07b9")) == "c41e 07b9"
    assert spelling.digest_text("") == "—"
