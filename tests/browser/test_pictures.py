"""The pictures of the manual, taken from the demo when DUZHAN_PICTURES=1: what they show is there."""

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

import demo
from duzhan.base.ledger.models import Event
from duzhan.supervision.problems.models import Problem
from tests.builders.browser import DESK, PHONE, WALL, ToldTime

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.environ.get("DUZHAN_PICTURES") != "1", reason="pictures are taken with DUZHAN_PICTURES=1"),
]

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST = 200_000  # bytes of one picture
PASSWORD = "duzhan-demo"


@pytest.fixture
def told(building):
    """渝北 2022 as the demo tells it; the clock stands where that story ends."""
    [operation] = demo.tell(["yubei-2022"], progress=lambda line: None)
    ToldTime.at = Event.objects.filter(book=operation.pk).latest("at").at
    return operation


def enter(building, who, size, at):
    page = building.enter(f"yubei-{who}", size, password=PASSWORD, at=at)
    page.wait_for_load_state("networkidle")
    return page


def take(page, name):
    """One picture of what the window shows, in a palette: small, and sharp."""
    page.mouse.move(0, 0)
    taken = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    path = FOLDER / f"{name}.png"
    taken.quantize(160, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size <= MOST, name


def test_pictures(building, told):
    page = enter(building, "leader", DESK, "/")
    take(page, "home")
    page.set_viewport_size({"width": WALL[0], "height": WALL[1]})
    page.goto("/wall/", wait_until="networkidle")
    take(page, "wall")
    page = enter(building, "office", DESK, "/problems/?sort=deadline")
    for box in page.locator("#ledger tbody input[type=checkbox]").all()[:3]:
        box.check()
    take(page, "ledger")
    page.goto(f"/problems/{the_problem(told).pk}/", wait_until="networkidle")
    take(page, "problem")
    report = told.reports.exclude(stage="draft").order_by("day").last()
    page.goto(f"/reports/{report.pk}/", wait_until="networkidle")
    page.locator("article a[href*='problems_in_progress']").first.click()
    page.wait_for_load_state("networkidle")
    take(page, "report")
    take_the_street(building, told)
    take_the_meeting(building, told)


def the_problem(operation):
    """The one with the longest story."""
    seqs = Problem.objects.filter(operation=operation, klass="ordinary").order_by("-seq", "pk")
    return seqs.first()


def take_the_street(building, operation):
    page = enter(building, "inspector", PHONE, "/")
    take(page, "home-phone")
    page.goto("/visits/new/", wait_until="networkidle")
    page.locator("a.dz-stop").first.click()
    for number, question in enumerate(page.locator("fieldset.dz-q").all()[:3]):
        question.get_by_role("radio", name="不符合" if number == 1 else "符合", exact=True).check()
    page.locator("fieldset.dz-q").first.scroll_into_view_if_needed()
    page.mouse.wheel(0, 60)
    page.wait_for_timeout(300)
    take(page, "visit-phone")
    page = enter(building, "unit", PHONE, "/problems/inbox/")
    take(page, "inbox-phone")


def take_the_meeting(building, operation):
    """The next evening: the first group has reported in and speaks."""
    ToldTime.at += timedelta(hours=20)
    page = enter(building, "office", DESK, "/meeting/")
    page.get_by_role("button", name="开会", exact=True).click()
    page.get_by_role("button", name="汇报").first.click()
    page.wait_for_load_state("networkidle")
    take(page, "meeting")
