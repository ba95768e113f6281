"""A person who may open the gallery, and a real browser that keeps an eye on the page's policy."""

import pytest
from django.conf import settings

from duzhan.people.models import Person


@pytest.fixture
def reader(db, client):
    """The client of somebody signed in without any post."""
    person = Person.objects.create(username="reader", name="示例读者")
    client.force_login(person)
    return client


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
