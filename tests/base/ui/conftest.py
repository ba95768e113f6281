"""A person who may open the gallery, and a real browser that keeps an eye on the page's policy."""

import os
import shutil

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from duzhan.base.ui import catalogue
from duzhan.people.models import Person

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session", autouse=True)
def english():
    """The catalogue as Django reads it, made when set-up has not made it since the last change."""
    source = catalogue.catalogue_file()
    compiled = source.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        catalogue.compile_catalogue()


@pytest.fixture
def reader(db, client):
    """The client of somebody signed in without any post."""
    person = Person.objects.create(username="reader", name="示例读者")
    client.force_login(person)
    return client


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("DUZHAN_TEST_CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.skip("no Chromium; name one in DUZHAN_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
            "1"  # playwright's loop runs in this thread; the database does not use it
        )
        yield browser
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        browser.close()


@pytest.fixture
def open_page(chromium, live_server, transactional_db, client):
    """open_page(address, width, height, script=…, **cookies): a page in a window of its own, signed in.

    Whatever the browser complains of (policy, missing files, errors of scripts) fails the test at its end.
    """
    person = Person.objects.create(username="reader", name="示例读者")
    client.force_login(person)
    contexts, complaints = [], []

    def opened(address, width=1440, height=900, script=True, **cookies):
        cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script, locale="zh-CN"
        )
        contexts.append(context)
        context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(live_server.url + address)
        return page

    opened.complaints = complaints
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
