"""A screen on a wall: lists and texts fill it as they fill a desk, in letters that are read from afar."""

import pytest

from tests.browser.pages import a_day_of_work
from tests.builders.browser import DESK, width_of

pytestmark = pytest.mark.browser

SMALLEST = """() => Math.min(...[...document.querySelectorAll('main *')]
  .filter((part) => part.children.length === 0 && part.textContent.trim() && part.getClientRects().length)
  .filter((part) => !part.closest('.visually-hidden, svg'))
  .map((part) => parseFloat(getComputedStyle(part).fontSize)))"""
CUT_HEADS = """() => [...document.querySelectorAll('thead th')]
  .filter((head) => head.getClientRects().length && head.scrollWidth > head.clientWidth).map((head) => head.textContent.trim())"""
FILLED = "document.querySelector('main').getBoundingClientRect().width / innerWidth"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)], ids=["wall", "large wall"])
def test_lists_fill_the_wall_in_letters_one_reads_from_afar(building, lasting_cast, size, language):
    a_day_of_work(lasting_cast)
    page = building.enter("office", size, language=language)
    for address in ("/problems/", "/bulletins/", "/points/", "/visits/"):
        page.goto(address)
        assert width_of(page) <= size[0], address
        assert page.evaluate(FILLED) > 0.89, address
        assert page.evaluate(SMALLEST) >= 18 * size[0] / 1920 - 0.1, address
        assert page.evaluate(CUT_HEADS) == [], address


def test_a_window_at_a_desk_stays_as_it_is(building, lasting_cast):
    page = building.enter("office", DESK, at="/problems/")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 16
    page.set_viewport_size({"width": 2560, "height": 880})  # wide and low: no wall
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 16


def test_large_letters_are_larger_there_too(building, lasting_cast):
    page = building.enter("office", (1920, 1080), at="/problems/")
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = page.evaluate(size)
    page.evaluate("document.documentElement.dataset.type = 'large'")
    assert page.evaluate(size) == pytest.approx(1.25 * before, abs=0.1)
    assert width_of(page) <= 1920
