"""What a cold phone fetches for a page, and when it sees the first of it.

A Chromium without a cache, 360 points wide, over Lighthouse's slow 4G (150 ms a round trip, 1.6 Mbit/s down, 750 kbit/s up)
with a processor four times slower. Ours: the page. The limit: a page of the same frame and style that says nothing.
"""

from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import sync_playwright

from bench import problems
from bench.lists import session_of
from bench.machine import Row
from bench.serving import serving
from runner.debian import chromium

PAGES = {"home": "/", "ledger": "/problems/", "report": "/reports/live/"}
EMPTY = "/nowhere/"  # the frame and one sentence
PHONE = {"width": 360, "height": 740}
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
SLOWER = 4
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PAINTED = "performance.getEntriesByType('paint').find((entry) => entry.name === 'first-contentful-paint')?.startTime"


def measure(options, say) -> list[Row]:
    crowd = problems.build("bench-pages", min(options.rows, 20_000), say)
    rows, session = [], session_of(crowd.readers["office"])
    with serving() as (port, _server), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        _warm(port, session)
        _status, empty = _visited(browser, port, session, EMPTY)
        for name, address in PAGES.items():
            say(f"a phone opens the {name} page")
            status, seen = _visited(browser, port, session, address)
            if status != 200:
                raise AssertionError(f"{address}: {status}")
            what = f"{name} page on a cold phone"
            rows += [
                Row(f"{what}: bytes", sum(seen.bytes) / 1000, sum(empty.bytes) / 1000, "kB", asked=150),
                Row(f"{what}: requests", len(seen.bytes), len(empty.bytes), "requests", asked=12),
                Row(f"{what}: first paint", seen.painted, empty.painted, "ms", asked=1000),
            ]
        browser.close()
    return rows


class Seen:
    """One opening of a page: the bytes of each answer as they came over the wire, and the first paint in ms."""

    def __init__(self):
        self.bytes, self.painted = [], 0.0


def _visited(browser, port, session, address):
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": f"http://127.0.0.1:{port}"}])
    page, seen = context.new_page(), Seen()
    talk = context.new_cdp_session(page)
    talk.send("Network.enable")
    talk.send("Network.emulateNetworkConditions", SLOW_4G)
    talk.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    talk.on("Network.loadingFinished", lambda told: seen.bytes.append(told["encodedDataLength"]))
    answer = page.goto(f"http://127.0.0.1:{port}{address}", wait_until="networkidle")
    page.wait_for_function(PAINTED)
    seen.painted = page.evaluate(PAINTED)
    context.close()
    return answer.status, seen


def _warm(port, session):
    """Each process of the server has read its templates before anybody looks at the clock."""
    for address in [*PAGES.values(), EMPTY] * 4:
        with closing(HTTPConnection("127.0.0.1", port)) as conversation:
            conversation.request(
                "GET", urlsplit(address).path, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
            )
            conversation.getresponse().read()
