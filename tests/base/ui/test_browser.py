"""The gallery in a real browser: nothing runs over the edge, the policy holds, and what works works without script too."""

import pytest

pytestmark = pytest.mark.browser

OVER_THE_EDGE = """() => [...document.querySelectorAll('body *')]
  .filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .filter((part) => !part.closest('.dz-tabs, .dz-skip, .visually-hidden, details:not([open])'))
  .map((part) => part.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [390, 768, 1100, 1440])
def test_nothing_runs_over_the_edge(open_page, width, language):
    page = open_page("/ui/", width, duzhan_language=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.evaluate(OVER_THE_EDGE)


def test_nor_in_large_type_on_a_phone(open_page):
    page = open_page("/ui/", 390, dz_type="large")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.evaluate(OVER_THE_EDGE)


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160), (1366, 768)])
def test_the_wall_never_scrolls(open_page, width, height):
    page = open_page("/ui/wall/", width, height)
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size[0] <= width and size[1] <= height
    if width >= 1920:
        smallest = page.evaluate(
            """() => Math.min(...[...document.querySelectorAll('main *')]
              .filter((part) => part.children.length === 0 && part.textContent.trim() && part.getClientRects().length)
              .map((part) => parseFloat(getComputedStyle(part).fontSize)))"""
        )
        assert smallest >= 18 * width / 1920 - 0.1, "nothing on the wall is under 18 px"


def test_a_theme_takes_effect_at_once_and_stays(open_page):
    page = open_page("/ui/")
    page.click("summary:has-text('示例读者')")
    page.click("button[name=theme][value=dark]")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.url.endswith("/ui/"), "without a new page"
    page.wait_for_load_state("networkidle")
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.get_attribute("html", "data-bs-theme") == "dark"


def test_a_theme_is_chosen_without_script(open_page):
    page = open_page("/ui/", script=False)
    page.click("summary:has-text('示例读者')")
    page.click("button[name=theme][value=sunlight]")
    page.wait_for_url("**/ui/")
    assert page.get_attribute("html", "data-theme") == "sunlight"


def test_choosing_rows_counts_them_and_shows_what_can_be_done(open_page):
    page = open_page("/ui/")
    bar, count = page.locator(".dz-bulk"), page.locator(".dz-bulk [data-count]")
    assert bar.is_visible() and count.inner_text() == "1"
    page.check("[data-all]")
    assert count.inner_text() == "5"
    assert page.locator("#sample-table tr.is-on").count() == 5
    page.click("[data-none]")
    assert bar.is_hidden() and page.locator("#sample-table input:checked").count() == 0
    page.check("input[value=YB-0266]")
    assert count.inner_text() == "1" and page.evaluate("document.querySelector('[data-all]').indeterminate")


def test_a_row_opens_where_its_title_points_but_not_from_its_box(open_page):
    page = open_page("/ui/#table")
    page.evaluate("document.querySelector('#sample-table tr[data-href]').dataset.href = '/ui/street/'")
    page.click("#sample-table tbody tr:first-child .c-ck input")
    assert page.url.endswith("/ui/#table")
    page.click("#sample-table tbody tr:first-child .c-un")
    page.wait_for_url("**/ui/street/")


def test_without_script_the_bulk_bar_stands_there_and_the_box_for_all_does_not(open_page):
    page = open_page("/ui/", script=False)
    assert page.locator(".dz-bulk").is_visible() and page.locator("[data-all]").is_hidden()


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("2022/11/26 9:05", "2022-11-26 09:05"),
        ("2022年11月26日9时", "2022-11-26 09:00"),
        ("２０２２－１１－２６　１８：００", "2022-11-26 18:00"),
        ("2022-11-26", "2022-11-26"),
        ("11-26 18:00", "2022-11-26 18:00"),
        ("20:30", "2022-11-25 20:30"),
    ],
)
def test_an_instant_is_written_out(open_page, typed, written):
    page = open_page("/ui/")
    page.fill("#sample_at", typed)
    page.press("#sample_at", "Tab")
    assert page.input_value("#sample_at") == written
    assert page.evaluate("document.getElementById('sample_at').validationMessage") == ""


@pytest.mark.parametrize("typed", ["11/25/2022 6 PM", "2022-02-30 18:00", "25:00", "明天"])
def test_what_is_no_instant_stays_as_typed_and_says_how_to_write_it(open_page, typed):
    page = open_page("/ui/")
    page.fill("#sample_at", typed)
    page.press("#sample_at", "Tab")
    assert page.input_value("#sample_at") == typed
    assert "2022-11-25 18:00" in page.evaluate("document.getElementById('sample_at').validationMessage")


def test_now_is_the_servers_clock_in_the_operations_zone(open_page):
    page = open_page("/ui/")
    page.fill("#sample_at", "")
    page.click("#instant [data-now]")
    assert page.input_value("#sample_at") in ("2022-11-25 18:00", "2022-11-25 18:01")


@pytest.mark.parametrize("script", [True, False])
def test_a_wrong_answer_opens_the_fields_below_it(open_page, script):
    page = open_page("/ui/street/", 390, 844, script=script)
    assert page.locator("#saw-2").is_visible() and page.locator("#saw-1").is_hidden()
    page.check("input[name=q1][value=no]", force=True)
    page.check("input[name=q2][value=yes]", force=True)
    assert page.locator("#saw-1").is_visible() and page.locator("#saw-2").is_hidden()


def test_closed_fields_are_not_sent_and_answers_are_counted(open_page):
    page = open_page("/ui/street/", 390, 844)
    assert page.inner_text("#answered") == "2 / 3"
    page.check("input[name=q3][value=na]", force=True)
    assert page.inner_text("#answered") == "3 / 3"
    sent = page.evaluate("[...new FormData(document.getElementById('visit')).keys()]")
    assert "saw-2" in sent and "saw-1" not in sent


def test_what_the_thumb_presses_is_large_enough(open_page):
    page = open_page("/ui/street/", 390, 844)
    tall = page.evaluate(
        "[...document.querySelectorAll('.dz-seg label, .btn')].map((e) => e.getBoundingClientRect().height)"
    )
    assert min(tall) >= 48


def test_a_trend_is_drawn_from_its_table_to_scale(open_page):
    page = open_page("/ui/")
    bars = page.evaluate(
        "[...document.querySelectorAll('dz-trend rect')].map((bar) => [bar.textContent, +bar.getAttribute('height')])"
    )
    numbers = [int(told.split()[-1]) for told, _height in bars]
    assert numbers == [18, 9, 36, 31, 44, 42, 51, 50, 47, 51, 45, 49, 41, 45]
    assert {round(height / number, 4) for (_told, height), number in zip(bars, numbers, strict=True)} == {
        round(bars[0][1] / 18, 4)
    }
    page.click("dz-trend .dz-flip")
    assert page.locator("dz-trend table").is_visible() and page.locator("dz-trend svg").is_hidden()


def test_a_map_puts_areas_in_their_places_and_opens_them(open_page):
    page = open_page("/ui/")
    tiles = page.evaluate(
        """[...document.querySelectorAll('#map dz-map svg a')].map((tile) => {
          const box = tile.querySelector('rect').getBBox();
          return [tile.querySelector('.z').textContent, box.x, box.y, tile.getAttribute('href')];
        })"""
    )
    assert [name for name, *_rest in sorted(tiles, key=lambda tile: (tile[2], tile[1]))] == [
        f"街道{number}" for number in range(1, 10)
    ]
    assert {href for *_rest, href in tiles} == {"?"}
    assert page.locator("#map dz-map .pin").count() == 2


def test_points_lie_as_on_a_map(open_page):
    page = open_page("/ui/")
    places = dict(
        page.evaluate(
            """[...document.querySelectorAll('#points dz-map circle')]
              .map((dot) => [dot.textContent, [+dot.getAttribute('cx'), +dot.getAttribute('cy')]])"""
        )
    )
    west, east = places["示例点位 3"], places["示例点位 4"]
    south = places["示例点位 5"]
    assert west[0] == min(x for x, _y in places.values()) and east[0] == max(x for x, _y in places.values())
    assert east[1] == min(y for _x, y in places.values()) and south[1] == max(y for _x, y in places.values())
    assert page.locator("#points dz-map .dot.late").count() == 1


def test_without_script_pictures_are_their_tables(open_page):
    page = open_page("/ui/", script=False)
    for name in ("trend", "map", "points"):
        assert page.locator(f"#{name} table").is_visible()


def test_on_a_phone_a_table_is_cards_and_the_places_open_from_the_bar(open_page, settings):
    settings.DUZHAN_NAV = [("样板间", "ui-gallery", None)]
    page = open_page("/ui/", 390, 844)
    row = page.locator("#sample-table tbody tr").first
    assert row.evaluate("(row) => getComputedStyle(row).display") == "grid"
    places = page.get_by_role("navigation", name="全部栏目")
    assert places.is_hidden()
    page.click("summary:has-text('栏目')")
    assert places.get_by_role("link", name="样板间").is_visible()
    page.keyboard.press("Escape")
    assert places.is_hidden()


def test_focus_can_be_seen_and_the_first_stop_skips_to_the_content(open_page):
    page = open_page("/ui/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert "rgb" in page.evaluate("getComputedStyle(document.activeElement).boxShadow")


def test_a_refused_part_says_its_sentence_and_leaves_the_page(open_page):
    page = open_page("/ui/")
    with page.expect_response("**/nothing/"):
        page.evaluate("htmx.ajax('GET', '/nothing/', '#figure')")
    page.wait_for_selector("#dz-says p")
    assert "地址有误" in page.inner_text("#dz-says p")
    assert page.locator("#figure .dz-fig").count() > 0
    open_page.complaints.clear()  # the browser, too, says that there was a 404


def test_the_sheet_prints_black_on_white_without_the_frame(open_page):
    page = open_page("/ui/?theme=dark")
    page.emulate_media(media="print")
    assert page.locator(".dz-bar").is_hidden() and page.locator(".dz-bulk").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.dz-fig .v')).color") == "rgb(0, 0, 0)"
