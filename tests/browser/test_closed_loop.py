"""From a visit on the street to the corrected report: every step by clicking, as the people do it."""

import re

import pytest

from duzhan.base.clock.instants import travel
from duzhan.supervision.inspections.actions import record_visit
from tests.builders.browser import DESK, PHONE, WALL, ToldTime, pass_time, photo, says
from tests.people import HOUR, NOON

pytestmark = pytest.mark.browser

CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def test_from_a_visit_to_the_corrected_report(building, lasting_cast):
    cast = lasting_cast
    first, second = visit_the_station(building)
    hand_both_over(building, first, second)
    pass_time(minutes=30)
    accept_and_mend(building, first)
    pass_time(minutes=30)
    the_finder_may_not_close(building, first)
    verify_and_close(building, cast, first)
    ToldTime.at = NOON + 7 * HOUR
    report = freeze_the_report(building)
    the_leader_looks(building)
    pass_time(minutes=10)
    a_visit_arrives_late(cast)
    correct_the_report(building, report)


def visit_the_station(building):
    """The inspector on the street: two answers “no”, a photo, a difficulty. Gives the addresses of the two problems."""
    page = building.enter("inspector", PHONE, at="/visits/")
    page.get_by_role("link", name="登记走访").first.click()
    page.get_by_role("link", name="示例采样点01").click()
    assert page.locator("#submit").inner_text() == "提交"
    questions = page.locator("fieldset.dz-q")
    for number in range(questions.count() - 1):
        questions.nth(number).get_by_role("radio", name="不符合" if number in (0, 1) else "符合", exact=True).check()
    for sheet in page.locator("fieldset.dz-found:visible").all():
        sheet.get_by_label("责任单位").select_option("")
    seen = page.locator("fieldset.dz-found:visible").first
    seen.get_by_label("看到了什么").fill("排队约六十人，前后不足半米。")
    seen.locator("input[type=file]").first.set_input_files([photo("queue")])
    assert seen.locator("figure img").count() == 1
    page.locator("#difficulties").get_by_role("radio", name="有困难", exact=True).check()
    page.get_by_label("什么困难，需要谁帮").fill("缺两名引导人员。")
    assert page.locator("#submit").inner_text() == "提交，登记 2 个待交办"
    page.click("#submit")
    page.wait_for_url(re.compile(r"/visits/\d+/$"))
    assert "已登记，发现 2 个问题" in says(page)
    assert page.get_by_text("缺两名引导人员。").count()
    found = page.locator("main a[href^='/problems/']").evaluate_all(
        "links => links.map((link) => link.getAttribute('href'))"
    )
    first, second = dict.fromkeys(link.partition("?")[0] for link in found)
    return first, second


def hand_both_over(building, first, second):
    """The office at its desk: chosen in the ledger, handed over in one go."""
    page = building.enter("office", DESK, at="/problems/")
    page.check("[data-all]")
    assert page.locator(".dz-bulk [data-count]").inner_text() == "2"
    page.locator(".dz-bulk").get_by_role("button", name="交办", exact=True).click()
    page.get_by_label("责任单位").fill("双龙湖街道territory")
    page.get_by_role("button", name="交办 2 件").click()
    page.wait_for_url(re.compile(r"/problems/(\?.*)?$"))
    for address in (first, second):
        page.goto(address)
        assert page.locator("[aria-current=step]").inner_text().startswith("交办")


def accept_and_mend(building, address):
    """The unit on its phone: accepted from the inbox, mended, with a photo."""
    page = building.enter("unit", PHONE, at="/problems/inbox/")
    card = page.locator("article.dz-item").filter(has=page.locator(f"a[href^='{address}']"))
    card.get_by_role("button", name="签收").click()
    assert "签收" in says(page)
    page.goto(address)
    page.locator("#moves").get_by_role("link", name="报整改").click()
    form = page.locator("form.dz-move")
    form.get_by_label("怎么改的").fill("已画一米线并安排两人引导。")
    form.locator("input[type=file]").set_input_files([photo("mended", (90, 140, 190))])
    form.get_by_role("button", name="报整改").click()
    page.get_by_text("等待核验").first.wait_for()
    assert page.locator(".dz-photos img").count() == 2


def the_finder_may_not_close(building, address):
    """Whoever found it sees the button dashed, and why."""
    page = building.enter("inspector", PHONE, at=address)
    button = page.locator("#moves button:disabled", has_text="销号")
    assert button.evaluate("one => getComputedStyle(one).borderStyle") == "dashed"
    why = page.locator(f"#{button.get_attribute('aria-describedby')}").inner_text()
    assert "发现" in why, why
    assert page.locator("#moves a", has_text="销号").count() == 0


def verify_and_close(building, cast, address):
    """Somebody else goes and looks, then closes it on what was seen there."""
    page = building.enter("verifier", PHONE, at=f"/visits/new/{cast.points['station'].pk}/")
    for question in page.locator("fieldset.dz-q").all():
        question.get_by_role("radio", name="符合", exact=True).check()
    page.locator("#difficulties").get_by_role("radio", name="没有困难", exact=True).check()
    page.get_by_role("radio", name="核验", exact=True).check()
    page.click("#submit")
    page.wait_for_url(re.compile(r"/visits/\d+/$"))
    assert "未发现问题" in says(page)
    pass_time(minutes=5)
    page.goto(address)
    page.locator("#moves").get_by_role("link", name="销号").click()
    form = page.locator("form.dz-move")
    form.get_by_label("核验走访").select_option(index=1)
    form.get_by_label("核验所见").fill("一米线清楚，两人引导。")
    form.get_by_role("button", name="销号").click()
    page.get_by_text("从交办到销号").first.wait_for()
    assert page.locator("[aria-current=step]").inner_text().startswith("销号")


def freeze_the_report(building):
    """The office at the cut-off: the sum holds, the number opens to its records, the report is frozen and sealed."""
    page = building.enter("office", DESK, at="/reports/today/")
    assert page.locator(".dz-state").inner_text() == "草稿"
    assert page.locator(".dz-idline").inner_text().startswith("2 = 1 + 1")
    page.get_by_role("button", name="定稿").click()
    page.wait_for_url(re.compile(r"/reports/\d+/$"))
    assert "已定稿：第 1 号" in says(page)
    assert page.locator(".dz-late", has_text="不成立").count() == 0
    report = page.url
    number = page.locator("article a[href*='problems_handed_over']").first
    assert number.inner_text() == "2"
    number.click()
    page.get_by_text("采样点排队人员聚集").first.wait_for()
    return report


def the_leader_looks(building):
    """The same numbers on the first page and on the wall."""
    page = building.enter("leader", DESK)
    assert "示例" in page.inner_text("header")
    figures = page.locator(".dz-figures").first.inner_text()
    assert "交办" in figures and "2" in figures
    page.set_viewport_size({"width": WALL[0], "height": WALL[1]})
    page.goto("/wall/")
    assert "双龙湖街道" in page.inner_text("body")
    assert page.evaluate("document.documentElement.scrollHeight") <= WALL[1]


def a_visit_arrives_late(cast):
    """A paper filled in without a signal in the afternoon reaches the server after the report was frozen."""
    paper = {
        "point": cast.points["market"], "at": NOON + 4 * HOUR,
        "problems": [{
            "title": "入口未查验健康码", "field": "testing", "cause": "careless_measures",
            "hand_over": {"unit": cast.bodies["other_street"]},
        }],
    }  # fmt: skip
    with travel(ToldTime.at):
        record_visit(cast.operation, paper, by=cast.inspector, via="api")


def correct_the_report(building, report):
    """The report says that something came in since, shows what it changes, and is corrected in the open."""
    page = building.enter("office", DESK, at=report)
    assert "此后补记" in page.inner_text("main")
    page.get_by_role("link", name="看差异").click()
    assert "交办" in page.locator("table").first.inner_text()
    assert page.locator("table").first.get_by_role("link").count() >= 1
    page.get_by_label("更正原因").fill("下午无信号，走访记录晚到。")
    page.get_by_role("button", name="更正", exact=True).click()
    page.wait_for_url(report)
    assert "已更正 1 次" in page.locator(".dz-state").inner_text()
    assert page.locator("article a[href*='problems_handed_over']").first.inner_text() == "3"
    page.get_by_role("link", name="定稿原稿").click()
    assert page.locator("article a[href*='problems_handed_over']").first.inner_text() == "2"
