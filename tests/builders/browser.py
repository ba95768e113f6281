"""Windows of a real browser, in which tests click as people do, and the clock of the server that answers them."""

import io
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from PIL import Image, ImageDraw

from duzhan.base.clock.instants import travel

PHONE, DESK, WALL = (390, 844), (1440, 900), (1920, 1080)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
LISTEN = """document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""


@contextmanager
def watched(chromium, url):
    """opened(address, cookies, script=…, **window): a page in a window of its own.

    Whatever the browser complains of (policy, missing files, errors of scripts) fails the test at its end.
    """
    contexts, complaints = [], []

    def opened(address, cookies, script=True, **window):
        context = chromium.new_context(java_script_enabled=script, locale="zh-CN", **window)
        contexts.append(context)
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url + address)
        return page

    opened.complaints = complaints
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def session_of(client) -> dict:
    """The cookie by which the browser of a test client is known."""
    name = settings.SESSION_COOKIE_NAME
    return {name: client.cookies[name].value}


class ToldTime:
    """Middleware of the tests' server: its clock stands where the story is. (`travel` alone reaches one thread.)"""

    at = None

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with travel(ToldTime.at) if ToldTime.at else nullcontext():
            return self.get_response(request)


def pass_time(**span):
    """The story goes on: pass_time(hours=2)."""
    ToldTime.at += timedelta(**span)


def photo(words, shade=(120, 150, 130)) -> dict:
    """A photo as a phone hands it to a page."""
    picture, file = Image.new("RGB", (640, 480), shade), io.BytesIO()
    ImageDraw.Draw(picture).rectangle((80, 200, 560, 440), fill=tuple(part // 2 for part in shade))
    ImageDraw.Draw(picture).text((20, 20), words, fill="white")
    picture.save(file, "JPEG", quality=80)
    return {"name": f"{words}.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@dataclass
class Building:
    """The server that tests look at, the browser, and what was complained of in any window."""

    chromium: object
    url: str
    complaints: list = field(default_factory=list)
    hosts: set = field(default_factory=set)
    contexts: list = field(default_factory=list)

    def window(self, size=DESK, script=True, language="zh-hans", **cookies):
        """A page of somebody who has not signed in yet."""
        context = self.chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=script, base_url=self.url,
            has_touch=size == PHONE, reduced_motion="reduce",
        )  # fmt: skip
        self.contexts.append(context)
        context.set_default_timeout(8000)
        cookies["duzhan_language"] = language
        context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies.items()])
        if script:
            context.add_init_script(LISTEN)
        page = context.new_page()
        page.on(
            "console", lambda said: self.complaints.append(f"{page.url}: {said.text}") if said.type == "error" else None
        )
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url.removeprefix("blob:")).netloc))
        return page

    def enter(self, username, size=DESK, *, password="password-of-the-tests", at="/", **more):
        """A page of somebody who has come in by the door, at an address."""
        page = self.window(size, **more)
        page.goto(at)
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", password)
        page.click("main button[type=submit]:not([name])")
        page.wait_for_url(lambda url: "/accounts/login" not in url)
        return page

    def leave(self):
        """Close every window. Gives what was complained of."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()
        return self.complaints


def says(page) -> str:
    """The line in which the page says what was done."""
    return page.locator("#dz-says").inner_text()


def width_of(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")
