"""The same work where no script runs: every step is a form or a link."""

import re

import pytest

from tests.browser.pages import a_day_of_work
from tests.builders.browser import DESK, PHONE, photo, says

pytestmark = pytest.mark.browser


def test_a_visit_without_script(building, lasting_cast):
    page = building.enter("inspector", PHONE, script=False, at="/visits/new/")
    page.get_by_role("link", name="示例采样点01").click()
    question = page.locator("fieldset.dz-q").first
    question.get_by_role("radio", name="不符合", exact=True).check()
    sheet = page.locator("fieldset.dz-found:visible").first
    sheet.locator("input[type=file]").set_input_files([photo("queue")])
    page.click("#submit")  # the difficulty was not asked about: nothing that was entered is lost
    assert "没有登记，请先改正" in page.inner_text("main")
    assert page.locator("li[data-kept] img").count() == 1
    page.locator("#difficulties").get_by_role("radio", name="没有困难", exact=True).check()
    page.click("#submit")
    page.wait_for_url(re.compile(r"/visits/\d+/$"))
    assert "发现 1 个问题" in says(page)
    building.complaints[:] = [said for said in building.complaints if "400 (Bad Request)" not in said]


def test_a_move_without_script(building, lasting_cast):
    problem = a_day_of_work(lasting_cast).found[0]
    page = building.enter("unit", PHONE, script=False, at=f"/problems/{problem.pk}/")
    page.locator("#moves").get_by_role("link", name="报整改").click()
    page.get_by_label("怎么改的").fill("已装照明。")
    page.get_by_role("button", name="报整改").click()
    page.wait_for_url(re.compile(rf"/problems/{problem.pk}/$"))
    problem.refresh_from_db()
    assert problem.stage == "rectified"


def test_many_at_once_without_script(building, lasting_cast):
    _handed_over, waiting = a_day_of_work(lasting_cast).found
    page = building.enter("office", DESK, script=False, at="/problems/")
    page.check(f"input[name=chosen][value='{waiting.pk}']")
    page.locator(".dz-bulk").get_by_role("button", name="交办", exact=True).click()
    page.get_by_label("责任单位").fill("双龙湖街道territory")
    page.get_by_role("button", name="交办 1 件").click()
    assert "已记入台账" in says(page), page.inner_text("main")
    waiting.refresh_from_db()
    assert waiting.stage == "handed_over"
