"""The pictures of the manual, taken from the demo when DUZHAN_PICTURES=1: what they show is there."""

import io
import os
from heapq import heapify
from pathlib import Path

import pytest
from PIL import Image

import demo
from demo import yubei_2022
from demo.story import local
from duzhan.base.ledger.models import Event
from duzhan.supervision.problems.flow import IN_PROGRESS
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
    page.goto(at, wait_until="networkidle")
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
    for row in page.locator("#ledger tbody tr", has_text="待交办").all()[:3]:
        row.locator("input[type=checkbox]").check()
    take(page, "ledger")
    page.goto(f"/problems/{the_problem(told).pk}/", wait_until="networkidle")
    take(page, "problem")
    report = told.reports.exclude(stage="draft").order_by("day").last()
    page.goto(f"/reports/{report.pk}/", wait_until="networkidle")
    page.locator("article a[href*='problems_in_progress']").first.click()
    page.locator("#records a").first.wait_for()
    take(page, "report")
    take_the_street(building, told)


def the_problem(operation):
    """One that was sent back and is being mended again: its story has all that a story can have."""
    back = Problem.objects.filter(operation=operation, klass="ordinary", is_sent_back=True, stage__in=IN_PROGRESS)
    return back.order_by("-seq", "pk").first()


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


def test_picture_of_a_meeting(building, transactional_db):
    """The same story, stopped in the middle of its last evening."""
    story, until = yubei_2022.compose(), local("2022-11-25 20:45")
    put = story.on
    story.agenda = [entry for entry in story.agenda if entry[0] <= until]
    heapify(story.agenda)
    story.on = lambda instant, *what: put(instant, *what) if instant <= until else None
    story.tell()
    story.evening()
    ToldTime.at = until
    take(enter(building, "office", DESK, "/meeting/"), "meeting")
