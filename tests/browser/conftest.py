"""The server of the browser tests, at the instant that is being told, and the windows that look at it."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from tests.builders.browser import Building, ToldTime
from tests.people import NOON


@pytest.fixture(scope="session")
def told_server(own_places, english):
    """The whole application behind a real socket, with a clock that the tests tell."""
    clocked = ["tests.builders.browser.ToldTime", *settings.MIDDLEWARE]
    with override_settings(MIDDLEWARE=clocked):
        server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def building(told_server, chromium, transactional_db):
    """Whatever a browser complains of (policy, missing files, errors of scripts, other hosts) fails the test at its end."""
    ToldTime.at = NOON
    opened = Building(chromium, told_server.url)
    yield opened
    complaints = opened.leave()
    ToldTime.at = None
    assert complaints == []
    assert opened.hosts <= {urlsplit(told_server.url).netloc}
