"""What is pressed is large enough for a thumb, what is read is not cut, and headings come in order."""

import pytest

from duzhan.base.ui.preferences import COOKIES
from duzhan.people.actions import appoint, register_person
from tests.browser.pages import a_day_of_work
from tests.builders.browser import DESK, PHONE, WALL, width_of
from tests.people import STARTED

pytestmark = pytest.mark.browser

NARROW_DESK = (1280, 900)
RECORDS = ["/visits/", "/figures/problems_handed_over/", "/figures/inspections/"]
THUMB = 44  # px; WCAG 2.5.5
PRESSED = f"""() => [...document.querySelectorAll(
    'main button, main .btn, main summary, main select, main input:not([type=hidden]), main textarea')]
  .filter((part) => part.checkVisibility() && !part.closest('.visually-hidden') && !part.matches('.visually-hidden'))
  .map((part) => [part, (part.type === 'checkbox' && part.closest('label') || part).getBoundingClientRect()])
  .filter(([part, box]) => Math.min(box.width, box.height) < {THUMB} - .5)
  .map(([part, box]) => `${{part.outerHTML.slice(0, 80)}} ${{Math.round(box.width)}}x${{Math.round(box.height)}}`)"""
CUT = """() => [...document.querySelectorAll('main *')]
  .filter((part) => part.checkVisibility() && part.textContent.trim() && !part.closest('.visually-hidden, svg, select'))
  .filter((part) => ['hidden', 'clip'].includes(getComputedStyle(part).overflowX) && part.scrollWidth > part.clientWidth + 1)
  .filter((part) => !part.closest('[title]') && !part.querySelector('[title]'))
  .map((part) => part.textContent.trim().slice(0, 60))"""
CUT_CHOICES = """() => [...document.querySelectorAll('main select')].filter((one) => one.checkVisibility()).filter((one) => {
    const style = getComputedStyle(one), pen = document.createElement('canvas').getContext('2d');
    pen.font = style.font;
    const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return pen.measureText(one.selectedOptions[0]?.textContent.trim() ?? '').width > room + 1; })
  .map((one) => one.selectedOptions[0].textContent)"""
LEVELS = """() => [...document.querySelectorAll('h1, h2, h3, h4')].filter((one) => one.checkVisibility())
  .map((one) => Number(one.tagName[1]))"""
NAMES = "() => Math.min(...[...document.querySelectorAll('td.c-t')].map((cell) => cell.clientWidth))"

OVERLAPS = """() => [...document.querySelectorAll('.dz-bar-in > *')].filter((part) => part.checkVisibility())
  .map((part) => part.getBoundingClientRect()).filter((box, n, all) => n && box.left < all[n - 1].right - .5).length"""

OUTSIDE = """() => [...document.querySelectorAll('main .dz-fig *')].filter((part) => part.checkVisibility())
  .filter((part) => part.getBoundingClientRect().right > part.closest('.dz-fig').getBoundingClientRect().right + .5)
  .map((part) => part.textContent.trim().slice(0, 40))"""


@pytest.fixture
def visit(lasting_cast):
    return a_day_of_work(lasting_cast)


@pytest.fixture
def admin(lasting_cast):
    person = register_person("admin", "示例系统管理员", password="password-of-the-tests")
    appoint(person, lasting_cast.bodies["office"], "admin", area=lasting_cast.areas["district"].path, starts_at=STARTED)
    return person


def addresses(visit, who, person):
    first, second = visit.found
    return {
        "office": [
            "/", "/wall/", "/problems/", f"/problems/{first.pk}/", f"/problems/{second.pk}/hand_over/", "/points/",
            f"/points/{visit.point_id}/", f"/points/{visit.point_id}/change/", "/points/new/", "/figures/",
            "/figures/points_visited/", "/bulletins/new/", "/reports/self/new/", "/operations/yubei-test/", "/ui/", "/ui/wall/",
        ],
        "unit": ["/problems/inbox/", "/problems/", f"/problems/{first.pk}/"],
        "admin": ["/people/", f"/people/{person}/", f"/people/{person}/erase/"],
    }[who]  # fmt: skip


@pytest.mark.parametrize("who", ["office", "unit", "admin"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [PHONE, NARROW_DESK, WALL], ids=["phone", "desk", "wall"])
def test_nothing_is_too_small_or_cut(building, lasting_cast, visit, admin, size, language, who):
    page = building.enter(who, size, language=language)
    wrong = {}
    for address in addresses(visit, who, lasting_cast.inspector.pk):
        assert page.goto(address).status == 200, address
        told = {
            "wider than the screen": width_of(page) > size[0],
            "cut": page.evaluate(CUT) + page.evaluate(CUT_CHOICES),
            "small for a thumb": page.evaluate(PRESSED) if size == PHONE else [],
            "headings out of order": out_of_order(page.evaluate(LEVELS)),
        }
        if found := {name: what for name, what in told.items() if what}:
            wrong[address] = found
    assert wrong == {}, "\n".join(f"{address}: {found}" for address, found in wrong.items())


def out_of_order(levels) -> list:
    """The levels of the headings, where they do not begin with the only first one or leave one out."""
    steps = zip(levels, levels[1:], strict=False)
    return [] if levels.count(1) == 1 == levels[0] and all(b <= a + 1 for a, b in steps) else levels


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [NARROW_DESK, DESK], ids=["narrow", "desk"])
def test_the_title_of_a_row_keeps_its_room(building, lasting_cast, visit, size, language):
    """Ten characters at least: a name of which five are seen is the name of all rows."""
    page = building.enter("office", size, language=language)
    for address in ("/", "/problems/", "/points/"):
        page.goto(address)
        assert page.evaluate(NAMES) >= 10 * 15 + 24, address


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [(360, 700), PHONE, (768, 1024), (1024, 768), NARROW_DESK, DESK], ids=str)
def test_large_letters_find_room(building, lasting_cast, visit, size, language):
    page = building.enter("office", size, language=language, **{COOKIES["type"]: "large"})
    wrong = {}
    for address in RECORDS + addresses(visit, "office", 0)[:-2]:  # without the gallery
        assert page.goto(address).status == 200, address
        is_table = size[0] >= 768 and page.locator("td.c-t").count()
        told = {
            "wider than the screen": width_of(page) > size[0],
            "cut": page.evaluate(CUT) + page.evaluate(CUT_CHOICES),
            "over each other in the bar": page.evaluate(OVERLAPS),
            "outside its figure": page.evaluate(OUTSIDE) if address != "/wall/" else [],
            "titles too short": is_table and page.evaluate(NAMES) < 5 * 19 + 24,
        }
        if found := {name: what for name, what in told.items() if what}:
            wrong[address] = found
    assert wrong == {}, "\n".join(f"{address}: {found}" for address, found in wrong.items())


@pytest.mark.parametrize("address", ["/wall/", "/ui/wall/"])
@pytest.mark.parametrize("size", [WALL, (2560, 1440)], ids=["wall", "large wall"])
def test_the_wall_holds_all_that_stands_on_it(building, lasting_cast, visit, size, address):
    page = building.enter("office", size, at=address)
    page.locator("dz-map svg").wait_for()
    assert (
        page.evaluate("(() => { const m = document.querySelector('main'); return m.scrollHeight - m.clientHeight })()")
        <= 0
    )


def test_a_refusal_does_not_stand_below_what_was_done_before(building, lasting_cast, visit):
    page = building.enter("unit", PHONE, at=f"/problems/{visit.found[0].pk}/")
    page.locator("#moves").get_by_role("link", name="签收").click()
    page.locator("form.dz-move").get_by_role("button", name="签收").click()
    page.locator("#dz-says p").wait_for()
    page.locator("#moves").get_by_role("link", name="报整改").click()
    page.locator("form.dz-move").get_by_role("button", name="报整改").click()
    page.locator(".dz-errors").wait_for()
    assert page.locator("#dz-says p").count() == 0
    building.complaints[:] = [
        said for said in building.complaints if "status of 400" not in said
    ]  # the browser names it
