"""The evening meeting, by clicking: a group reports in and is heard, what is decided starts at once, the minutes stand."""

import re

import pytest

from duzhan.supervision.inspections.actions import record_visit
from tests.builders.browser import DESK, PHONE, ToldTime, pass_time, says
from tests.people import HOUR, NOON

pytestmark = pytest.mark.browser


def test_an_evening_meeting(building, lasting_cast):
    cast = lasting_cast
    number = found_by_day(cast)
    ToldTime.at = NOON + 7 * HOUR
    report_in(building)
    office = open_the_meeting(building)
    hear_the_group(office)
    hand_over_there(office, number)
    set_tomorrow(office)
    close_with_minutes(office)
    the_unit_has_it(building)


def found_by_day(cast):
    """A visit left something that nobody was told to mend yet."""
    visit = record_visit(
        cast.operation,
        {
            "point": cast.points["station"], "at": NOON,
            "problems": [{"title": "采样点夜间无照明", "field": "testing", "cause": "careless_measures"}],
        },
        by=cast.inspector, via="api",
    )  # fmt: skip
    return visit.found[0].number


def report_in(building):
    """The head of the group, on the phone, says what will be said and what is asked of the meeting."""
    page = building.enter("inspector", PHONE, at="/meeting/")
    page.get_by_label("今日情况").fill("走访一处，采样点夜间无照明。")
    page.get_by_label("提请会议决定").fill("协调供电部门加装照明")
    page.get_by_role("button", name="报到", exact=True).click()
    assert "已报到" in says(page)


def open_the_meeting(building):
    page = building.enter("office", DESK, at="/meeting/")
    page.get_by_label("到会").fill("第一督导组\n双龙湖街道")
    page.get_by_role("button", name="开会", exact=True).click()
    page.get_by_role("button", name="散会并生成纪要").wait_for()
    return page


def hear_the_group(page):
    assert "走访一处，采样点夜间无照明。" in page.inner_text("#turn")
    page.get_by_role("button", name="请第一督导组汇报").click()
    page.get_by_role("button", name="汇报完").wait_for()
    pass_time(minutes=3)
    page.get_by_role("button", name="汇报完").click()
    page.get_by_text("1 / 1").first.wait_for()
    assert "3分00秒" in page.inner_text("#turn")


def hand_over_there(page, number):
    """A decision that starts at once: the problem is handed over from the meeting."""
    page.locator("#decide").get_by_role("link", name="交办问题").click()
    form = page.locator("#decide form")
    form.get_by_label("问题编号").fill(number)
    form.get_by_label("要求").fill("今晚装好临时照明")
    form.get_by_role("button", name="记下并办理").click()
    assert "已记下" in says(page)
    page.goto(f"/problems/{int(number.rpartition('-')[2])}/")
    assert page.locator("[aria-current=step]").inner_text().startswith("交办")
    page.goto("/meeting/")


def set_tomorrow(page):
    page.locator("#decide").get_by_role("link", name=re.compile("重点")).click()
    form = page.locator("#decide form")
    form.get_by_label("另加的重点").fill("采样点夜间照明")
    form.get_by_role("button", name="记下并办理").click()
    assert "已记下" in says(page)


def close_with_minutes(page):
    page.get_by_role("button", name="散会并生成纪要").click()
    page.wait_for_url(re.compile(r"/minutes/$"))
    minutes = page.inner_text("main")
    for words in ("走访一处，采样点夜间无照明。", "今晚装好临时照明", "采样点夜间照明", "第一督导组"):
        assert words in minutes, words


def the_unit_has_it(building):
    """Whoever must do it finds it in the inbox."""
    page = building.enter("unit", PHONE)
    page.wait_for_url(re.compile(r"/problems/inbox/"))
    assert "采样点夜间无照明" in page.inner_text("main")
