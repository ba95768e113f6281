"""Every page by itself: from this host alone, by its policy, without an error, and no wider than a phone."""

import re

import pytest

from tests.browser.pages import OFFICE_PAGES, UNIT_PAGES, a_day_of_work
from tests.builders.browser import DESK, PHONE, WALL, width_of

pytestmark = pytest.mark.browser

CHINESE = re.compile(r"[\u3400-\u9fff]")
TYPED = "|".join((  # names and titles that people gave, and the name of each language in itself
    "示例采样点01", "示例超市02", "第一督导组", "渝北区疫情防控督导（测试）", "双龙湖街道", "龙溪街道", "渝北区", "简体中文", "督战",
    r"示例\w+", "采样点夜间无照明，通道狭窄，居民排队时互相拥挤，存在跌倒的风险", "采样点排队人员聚集、未保持间距",
))  # fmt: skip
WIDEST = """() => [...document.querySelectorAll('body *')]
  .filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((part) => part.outerHTML.slice(0, 90)).slice(0, 4)"""
OWN_WORDS = """() => [...document.querySelectorAll(
    'nav a, button, .btn, summary, th, label, legend, h1, h2, .dz-tabs a, [aria-label], [placeholder], title')]
  .filter((part) => !part.closest('[lang=zh-hans], .dz-sheet'))
  .flatMap((part) => [part.children.length ? '' : part.textContent, part.getAttribute('aria-label'), part.getAttribute('placeholder')])
  .filter((words) => words && words.trim())"""


@pytest.fixture
def visit(lasting_cast):
    return a_day_of_work(lasting_cast)


def addresses(visit):
    first, second = visit.found
    return [*OFFICE_PAGES, f"/visits/{visit.pk}/", f"/points/{visit.point_id}/", f"/problems/{first.pk}/",
            f"/problems/{second.pk}/hand_over/", f"/visits/new/{visit.point_id}/"]  # fmt: skip


def test_every_page_on_a_phone(building, visit, record_property):
    """No complaint of the browser, no other host (the fixture looks), nothing over the edge; bytes are told."""
    office, unit = building.enter("office", PHONE), building.enter("unit", PHONE)
    wide, sizes = [], {}
    for page, address in [*((office, one) for one in addresses(visit)), *((unit, one) for one in UNIT_PAGES)]:
        answer = page.goto(address)
        assert answer.status == 200, address
        sizes[address] = len(answer.body())
        if width_of(page) > PHONE[0]:
            wide.append((address, width_of(page), page.evaluate(WIDEST)))
    record_property("bytes of the page", sizes)
    print("\n".join(f"{size:>8} {address}" for address, size in sizes.items()))
    assert wide == []


def test_the_wall_stands_still(building, visit):
    page = building.enter("leader", WALL, at="/wall/")
    assert page.evaluate("document.documentElement.scrollHeight") <= WALL[1]
    assert width_of(page) <= WALL[0]


def test_nothing_is_left_untranslated(building, visit):
    """In English every word that the product itself says is English; names of people and places stay as they are."""
    page = building.enter("office", DESK, language="en")
    left = {}
    for address in addresses(visit):
        page.goto(address)
        assert page.get_attribute("html", "lang") == "en", address
        said = {re.sub(TYPED, "", word).strip() for word in page.evaluate(OWN_WORDS)}
        found = sorted(word for word in said if CHINESE.search(word))
        if found:
            left[address] = found
    assert left == {}, "\n".join(f"{address}: {words}" for address, words in left.items())
