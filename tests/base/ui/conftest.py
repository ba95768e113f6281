"""A person who may open the gallery, and a real browser that keeps an eye on the page's policy."""

import pytest

from duzhan.people.models import Person
from tests.builders.browser import session_of, watched


@pytest.fixture
def reader(db, client):
    """The client of somebody signed in without any post."""
    person = Person.objects.create(username="reader", name="示例读者")
    client.force_login(person)
    return client


@pytest.fixture
def open_page(chromium, live_server, transactional_db, client):
    """open_page(address, width, height, script=…, **cookies): a page in a window of its own, signed in."""
    person = Person.objects.create(username="reader", name="示例读者")
    client.force_login(person)
    with watched(chromium, live_server.url) as opened:

        def open_page(address, width=1440, height=900, script=True, **cookies):
            window = {"viewport": {"width": width, "height": height}}
            return opened(address, cookies | session_of(client), script, **window)

        open_page.complaints = opened.complaints
        yield open_page
