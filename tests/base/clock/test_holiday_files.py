"""The office's own holiday file, beside the one that comes with the product."""

import os
from datetime import date

import pytest

from duzhan.base.clock import holidays
from duzhan.base.clock.calendar import WorkingCalendar
from duzhan.base.errors import BadInput


@pytest.fixture
def office_file(settings, tmp_path):
    settings.DUZHAN_DATA_DIR = tmp_path

    def write(text, encoding="utf-8"):
        path = tmp_path / "holidays.toml"
        path.write_text(text, encoding)
        return path

    return write


FESTIVAL_2027 = """
[2027]
notice = "试验通知1号"
[[2027.holidays]]
zh = "春节"
en = "Spring Festival"
from = 2027-02-05
to = 2027-02-11
work = [2027-01-31]
"""


def test_a_new_year_is_known_once_the_office_has_written_it_down(office_file):
    assert not WorkingCalendar().knows(2027)
    office_file(FESTIVAL_2027)
    calendar = WorkingCalendar()
    assert calendar.knows(2027)
    assert calendar.knows(2022)
    assert calendar.next_workday(date(2027, 2, 4)) == date(2027, 2, 12)
    assert calendar.is_workday(date(2027, 1, 31))
    assert calendar.occasion(date(2027, 2, 5)).en == "Spring Festival"


def test_a_single_day_off_does_not_make_a_year_known(office_file):
    office_file('[2027]\n[[2027.holidays]]\nzh = "区运动会"\nfrom = 2027-04-12\n')
    calendar = WorkingCalendar()
    assert not calendar.is_workday(date(2027, 4, 12))
    assert not calendar.knows(2027)


def test_the_office_has_the_last_word_on_a_day(office_file):
    text = '[2022]\n[[2022.holidays]]\nzh = "战时值守"\nwork = [2022-10-03]\n'
    office_file(text + '[[2022.holidays]]\nzh = "轮休"\nfrom = 2022-10-08\n')
    calendar = WorkingCalendar()
    assert calendar.is_workday(date(2022, 10, 3))
    assert not calendar.is_workday(date(2022, 10, 4))
    assert calendar.next_workday(date(2022, 10, 3)) == date(2022, 10, 9)
    assert calendar.knows(2022)


def test_an_edit_counts_at_once(office_file):
    path = office_file('[2027]\n[[2027.holidays]]\nzh = "甲"\nfrom = 2027-04-12\n')
    assert not WorkingCalendar().is_workday(date(2027, 4, 12))
    path.write_text('[2027]\n[[2027.holidays]]\nzh = "甲"\nfrom = 2027-04-13\n')
    os.utime(path, ns=(1, 1))  # the same size: only the instant of the change tells
    assert WorkingCalendar().is_workday(date(2027, 4, 12))
    path.unlink()
    assert WorkingCalendar().is_workday(date(2027, 4, 13))


def test_a_file_saved_by_a_windows_editor_is_read(office_file):
    office_file(FESTIVAL_2027, "utf-8-sig")
    assert WorkingCalendar().knows(2027)


WRONG = {
    "not TOML": ("[2027", "读不出来"),
    "half a date": ("[2027]\n[[2027.holidays]]\nzh = '甲'\nfrom = 2027-02", "读不出来"),
    "a name for a year": ("[next]\nnotice = '甲'", r"\[next\]"),
    "a year as text": ("2027 = 'x'", r"\[2027\]"),
    "holidays as text": ("[2027]\nholidays = 'x'", r"\[2027\]"),
    "a key unknown": ("[2027]\n[[2027.holidays]]\nzh = '甲'\nform = 2027-02-05", "第 1 条"),
    "no name": ("[2027]\n[[2027.holidays]]\nfrom = 2027-02-05", "第 1 条.*zh"),
    "an end without a beginning": ("[2027]\n[[2027.holidays]]\nzh = '甲'\nto = 2027-02-05", "第 1 条"),
    "an end before the beginning": (
        "[2027]\n[[2027.holidays]]\nzh = '甲'\nfrom = 2027-02-05\nto = 2027-02-04",
        "第 1 条.*1 至 60",
    ),
    "a year of holiday": (
        "[2027]\n[[2027.holidays]]\nzh = '甲'\nfrom = 2027-02-05\nto = 2028-02-04",
        "第 1 条.*1 至 60",
    ),
    "a day of another time": ("[2027]\n[[2027.holidays]]\nzh = '甲'\nfrom = 2072-02-05", "2072-02-05"),
    "an instant for a day": ("[2027]\n[[2027.holidays]]\nzh = '甲'\nfrom = 2027-02-05T00:00:00Z", "第 1 条"),
    "one day of work without brackets": (
        "[2027]\n[[2027.holidays]]\nzh = '甲'\nwork = 2027-02-05",
        "第 1 条.*列表",
    ),
    "text for a day of work": ("[2027]\n[[2027.holidays]]\nzh = '甲'\nwork = ['2027-02-05']", "第 1 条"),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG)
def test_a_slip_is_answered_with_a_sentence_that_says_where(office_file, text, sentence):
    office_file(text)
    with pytest.raises(BadInput, match=sentence) as refusal:
        WorkingCalendar()
    assert "holidays.toml" in str(refusal.value)


def test_a_file_that_is_no_text_is_answered_likewise(office_file):
    office_file("").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(BadInput, match="读不出来"):
        WorkingCalendar()


def test_the_built_in_years_all_have_their_notice():
    table = holidays.built_in()
    assert sorted(table.notices) == list(range(2020, 2027))
    assert all(notice.startswith("国办发明电〔") for notice in table.notices.values())
