"""外来通报 in a real browser: pasted, looked at by touch and by keyboard, put right by selecting words, without script too."""

import pytest

from tests.builders.browser import DESK, PHONE, width_of

pytestmark = pytest.mark.browser

TOLD = (
    "双龙湖街道督导简报\n截至11月25日18时，街道共检查点位12个，发现问题5个，交办问题5个，已整改3个，正在整改3个。"
    "另走访群众若干户。"
)


def take_in(page):
    page.goto("/bulletins/")
    page.get_by_role("link", name="收录通报").click()
    page.get_by_label("粘贴正文").fill(TOLD)
    page.get_by_label("发布时刻").fill("2022-11-25 11:00")
    page.get_by_role("button", name="收录并读数").click()
    page.wait_for_url("**/bulletins/*/")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_mark_says_what_it_is_to_pointer_finger_and_keyboard(building, lasting_cast, size):
    page = building.enter("office", size)
    take_in(page)
    assert width_of(page) <= size[0]
    mark = page.locator(".bul-f", has_text="问题5个").first
    tip = mark.locator(".bul-tip")
    assert not tip.is_visible()
    mark.tap() if size == PHONE else mark.hover()
    assert tip.is_visible() and "发现问题 5个" in tip.inner_text()
    page.mouse.move(0, 0)
    page.locator("h1").click()
    mark.focus()
    assert tip.is_visible()
    tip.get_by_role("link", name="更正这个数").click()
    page.get_by_label("数值").fill("6")
    page.get_by_role("button", name="更正这个数").click()
    page.wait_for_url("**/bulletins/*/#f*")
    assert "已更正" in page.locator("tr:target").text_content()
    assert building.leave() == []


def test_words_that_were_missed_are_selected_and_added(building, lasting_cast):
    page = building.enter("office")
    take_in(page)
    page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf("若干户");
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + 3);
            document.getSelection().addRange(range);
          }
        }"""
    )
    form = page.locator("#add")
    form.get_by_label("原文里的字").wait_for(state="visible")
    assert form.get_by_label("原文里的字").input_value() == "若干户"
    form.get_by_label("种类").select_option("other")
    form.get_by_label("数值").fill("4")
    form.get_by_role("button", name="补标这个数").click()
    page.wait_for_url("**/bulletins/*/#f*")
    assert page.locator(".bul-f", has_text="若干户").count() == 1
    assert building.leave() == []


def test_without_script_a_text_is_read_and_put_right(building, lasting_cast):
    page = building.enter("office", script=False)
    take_in(page)
    page.locator("table a", has_text="发现问题").click()
    page.get_by_role("button", name="这不是数字").click()
    page.wait_for_url("**/bulletins/*/")
    assert page.locator("table a", has_text="发现问题").count() == 0
