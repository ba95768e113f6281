"""The paper of a visit in a real browser: one thumb, a phone, no network for a while, no script at all."""

import re

import pytest
from django.conf import settings
from PIL import Image

from duzhan.base.uploads.queries import about
from duzhan.supervision.inspections.models import Help, Visit
from duzhan.supervision.problems.models import Problem
from tests.builders.browser import session_of, watched
from tests.builders.pages import of

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def open_as(chromium, live_server, lasting_cast):
    """open_as(person, address, script=…, **window): a page on a phone, signed in."""
    with watched(chromium, live_server.url) as opened:

        def open_as(person, address, script=True, viewport=PHONE, **window):
            return opened(address, session_of(of(person)), script, viewport=viewport, **window)

        open_as.complaints = opened.complaints
        yield open_as


@pytest.fixture
def picture(tmp_path):
    def made(name, colour):
        path = tmp_path / name
        Image.new("RGB", (640, 480), colour).save(path)
        return str(path)

    return made


def address_of(cast):
    return f"/visits/new/{cast.points['station'].pk}/"


def choose(page, name, value):
    page.locator(f"label:has(input[name={name}][value={value}])").click()


def sheet(page, code):
    return page.locator(f"fieldset.dz-found:has(#id_p_{code}-title)")


def submit(page):
    page.locator("#submit").click()
    page.wait_for_url(re.compile(r"/visits/\d+/$"))


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_with_one_thumb_from_the_route_to_the_handed_over_problem(open_as, lasting_cast, picture):
    page = open_as(lasting_cast.inspector, "/visits/new/")
    page.get_by_text("示例采样点01").click()
    assert not sheet(page, "distance").is_visible()
    choose(page, "q_distance", "no")
    choose(page, "q_waste", "no")
    choose(page, "q_staffing", "yes")
    assert sheet(page, "distance").is_visible()
    assert page.locator("#answered").inner_text() == "3 / 7"
    assert page.locator("#submit").inner_text() == "提交，交办 2 个问题"
    page.check("#id_p_waste-fixed")
    assert page.locator("#submit").inner_text() == "提交，交办 1 个问题，当场整改 1 个"
    page.fill("#id_p_waste-fixed_note", "当场封装，已收运。")
    assert not page.locator("#id_p_waste-due").is_visible()
    album = sheet(page, "distance").locator("label.add input").nth(1)
    album.set_input_files([picture("a.png", "navy"), picture("b.png", "olive")])
    album.set_input_files([picture("c.png", "teal")])  # one more, beside those already there
    sheet(page, "distance").get_by_role("button", name="去掉这张").first.click()
    choose(page, "difficulty", "some")
    page.fill("#id_difficulty_text", "缺引导员两名")
    assert fits(page)
    for control in page.locator(".dz-seg span, .dz-tabbar .btn").all():
        assert control.bounding_box()["height"] >= 44
    submit(page)
    assert {problem.stage for problem in Problem.objects.all()} == {"handed_over", "rectified"}
    assert len(about("problem", Problem.objects.get(stage="handed_over").pk)) == 2
    assert Help.objects.get().text == "缺引导员两名"
    assert "已登记，发现 2 个问题" in page.locator("#dz-says").inner_text()
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('dz-visit:'))") == []


def test_what_was_typed_is_still_there_after_the_page_was_lost(open_as, lasting_cast):
    page = open_as(lasting_cast.inspector, address_of(lasting_cast))
    number = page.input_value("[name=id]")
    choose(page, "q_distance", "no")
    page.fill("#id_p_distance-detail", "三十人聚集")
    page.locator("details.dz-further summary").first.click()
    page.fill("#id_x_1-title", "值班电话无人接听")
    page.locator("#kept", has_text="已存在本机").wait_for()
    page.reload()
    assert page.input_value("#id_p_distance-detail") == "三十人聚集"
    assert page.locator("#id_x_1-title").is_visible()
    assert page.input_value("[name=id]") == number  # the same paper, so that it cannot be recorded twice
    assert "接着填" in page.locator("#draft").inner_text()
    assert page.locator("#submit").inner_text() == "提交，交办 2 个问题"
    page.goto(page.url.replace(address_of(lasting_cast), "/visits/new/"))
    page.locator("#drafts").get_by_text("示例采样点01").click()
    page.get_by_role("button", name="丢弃草稿").click()
    page.locator("#draft").wait_for(state="hidden")
    assert page.locator("input[name=q_distance]:checked").count() == 0
    assert page.input_value("[name=id]") != number
    assert not Visit.objects.exists()


def test_a_draft_is_not_shown_to_the_next_person_on_the_same_phone(open_as, lasting_cast, live_server):
    page = open_as(lasting_cast.inspector, address_of(lasting_cast))
    page.fill("#id_note", "只给我看的情况")
    page.locator("#kept", has_text="已存在本机").wait_for()
    session = of(lasting_cast.verifier).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.reload()
    assert page.input_value("#id_note") == ""
    page.goto(live_server.url + "/visits/new/")
    assert not page.locator("#drafts").is_visible()


def test_without_script_it_is_a_form_like_any_other(open_as, lasting_cast, picture):
    page = open_as(lasting_cast.inspector, address_of(lasting_cast), script=False)
    choose(page, "q_distance", "no")
    assert sheet(page, "distance").is_visible()
    assert not sheet(page, "waste").is_visible()
    page.set_input_files("#id_p_distance-photos", picture("a.png", "navy"))
    page.locator("#submit").click()
    assert "每次走访都要问一句" in page.locator(".dz-errors").inner_text()
    assert page.locator("#submit").inner_text() == "提交，交办 1 个问题"
    assert page.locator("[name=p_distance-photos-kept]").is_checked()
    open_as.complaints.clear()  # the browser, too, says that there was a 400
    choose(page, "difficulty", "none")
    submit(page)
    assert len(about("problem", Problem.objects.get().pk)) == 1


def test_one_is_found_where_one_stands(open_as, lasting_cast):
    here = {"latitude": 29.72, "longitude": 106.63, "accuracy": 9}
    page = open_as(lasting_cast.inspector, "/visits/new/", geolocation=here, permissions=["geolocation"])
    page.get_by_role("button", name="找附近的点位").click()
    page.wait_for_url("**lat=29.72**")
    assert "定位误差 9 米" in page.inner_text("main")
    assert page.locator(".dz-stop").first.inner_text().startswith("示例采样点01")


def test_without_leave_to_locate_a_sentence_says_how_to_go_on(open_as, lasting_cast):
    page = open_as(lasting_cast.inspector, "/visits/new/")
    page.get_by_role("button", name="找附近的点位").click()
    page.locator("#near [data-says]", has_text="请按名称查找").wait_for()
    assert page.locator("[name=q]").is_visible()


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1440, "height": 900}])
def test_no_page_runs_over_the_edge(open_as, lasting_cast, live_server, viewport):
    page = open_as(lasting_cast.office, "/visits/", viewport=viewport)
    point = lasting_cast.points["station"].pk
    for address in (
        "/visits/", "/visits/new/", address_of(lasting_cast), "/visits/helps/", "/points/", f"/points/{point}/",
        "/points/new/", "/points/import/", "/points/areas/", "/operations/", "/operations/yubei-test/",
        "/operations/yubei-test/focuses/", "/operations/yubei-test/groups/", "/operations/new/", "/people/me/",
    ):  # fmt: skip
        for language in ("zh-hans", "en"):
            page.context.add_cookies([{"name": "duzhan_language", "value": language, "url": live_server.url}])
            page.goto(live_server.url + address)
            assert fits(page), (address, language)
