"""With the keyboard alone, and for those who listen: focus that is seen, labels, order of headings, a language."""

import pytest

from tests.browser.pages import a_day_of_work
from tests.builders.browser import DESK, says

pytestmark = pytest.mark.browser

FOCUS = """() => { const part = document.activeElement, style = getComputedStyle(part);
  const shown = [part, part.nextElementSibling, part.parentElement].filter(Boolean).map((one) => getComputedStyle(one));
  return { name: part.tagName, words: part.textContent.trim() || part.name || '',
    seen: shown.some((one) => (one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) > 0) || one.boxShadow !== 'none') }; }"""
UNHEARD = """() => {
  const wrong = [];
  const named = (part) => part.getAttribute('aria-label') || part.getAttribute('aria-labelledby') || part.labels?.length || part.title;
  for (const part of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (!named(part)) wrong.push(`no label: ${part.outerHTML.slice(0, 90)}`);
  for (const part of document.querySelectorAll('img')) if (!part.hasAttribute('alt')) wrong.push(`no alt: ${part.src}`);
  for (const part of document.querySelectorAll('label[for]'))
    if (!document.getElementById(part.htmlFor)) wrong.push(`label for nothing: ${part.htmlFor}`);
  for (const part of document.querySelectorAll('button, a[href]'))
    if (!part.textContent.trim() && !named(part) && !part.querySelector('[alt]:not([alt=""]), [aria-label]'))
      wrong.push(`no words: ${part.outerHTML.slice(0, 90)}`);
  for (const part of document.querySelectorAll('[aria-describedby]'))
    for (const id of part.getAttribute('aria-describedby').split(' '))
      if (!document.getElementById(id)) wrong.push(`described by nothing: ${id}`);
  const ids = [...document.querySelectorAll('[id]')].map((part) => part.id);
  for (const id of new Set(ids.filter((one, place) => ids.indexOf(one) !== place))) wrong.push(`twice: #${id}`);
  const heads = document.querySelectorAll('h1:not(article h1)').length; // a sheet that is printed has a title of its own
  if (heads !== 1) wrong.push(`h1: ${heads}`);
  let level = document.querySelector('main h1') ? 0 : heads; // on the street it stands in the bar
  for (const part of document.querySelectorAll('main :is(h1, h2, h3, h4)')) {
    if (Number(part.tagName[1]) > level + 1) wrong.push(`h${level} then ${part.tagName}: ${part.textContent.trim()}`);
    level = Number(part.tagName[1]);
  }
  if (!document.documentElement.lang) wrong.push('no language');
  if (document.querySelectorAll('main').length !== 1) wrong.push('no main');
  return wrong;
}"""


def tab_to(page, words, most=80):
    """Press Tab until the focus is on something with these words; on the way everything that has it shows it."""
    for _step in range(most):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["seen"] or focus["name"] == "BODY", focus
        if focus["words"].startswith(words):
            return
    raise AssertionError(f"{words} is not reached with the keyboard")


def test_from_the_door_to_a_move(building, lasting_cast):
    problem = a_day_of_work(lasting_cast).found[0]
    page = building.window(DESK)
    page.goto("/problems/")
    page.locator("input[name=login]").focus()
    page.keyboard.type("unit")
    tab_to(page, "password")
    page.keyboard.type("password-of-the-tests")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="问题台账").wait_for()
    page.wait_for_load_state()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["words"] == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, problem.title[:8])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/problems/{problem.pk}/*")
    tab_to(page, "签收")
    page.keyboard.press("Enter")
    page.locator("form.dz-move").wait_for()
    tab_to(page, "签收")
    page.keyboard.press("Enter")
    page.get_by_text("待签收").wait_for(state="detached")
    assert "签收" in says(page)
    problem.refresh_from_db()
    assert problem.stage == "accepted"


def test_every_page_can_be_heard(building, lasting_cast):
    visit = a_day_of_work(lasting_cast)
    first, second = visit.found
    page = building.enter("office", DESK)
    wrong = {}
    for address in (
        "/", "/problems/", "/problems/new/", f"/problems/{first.pk}/", f"/problems/{second.pk}/hand_over/", "/visits/",
        f"/visits/{visit.pk}/", f"/visits/new/{visit.point_id}/", "/visits/new/", "/points/", f"/points/{visit.point_id}/", "/points/new/",
        "/meeting/", "/reports/", "/reports/today/", "/operations/yubei-test/", "/people/me/",
    ):  # fmt: skip
        page.goto(address)
        found = page.evaluate(UNHEARD)
        if found:
            wrong[address] = found
    assert wrong == {}
