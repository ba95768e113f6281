"""Which database the tests run on, and a data folder of their own.

`DUZHAN_DATABASE_URL` chooses: unset, it is an SQLite file (so that threads share it), else the server it names.
"""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation
from playwright.sync_api import sync_playwright

from duzhan.base.clock.instants import travel
from duzhan.base.ledger import triggers
from duzhan.base.ui import catalogue
from tests.builders.browser import FLAGS
from tests.people import NOON, assemble

# No test needs the hashed names of `collectstatic`, slow password hashes, or connections that outlive a request.
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(scope="session")
def own_folder(tmp_path_factory) -> Path:
    """A folder of this test run (and of this worker), thrown away by pytest."""
    return tmp_path_factory.mktemp("duzhan")


@pytest.fixture(scope="session", autouse=True)
def own_places(own_folder):
    """Uploads, static files and whatever else Duzhan keeps: never those of the person who runs the tests."""
    for name, folder in {"DUZHAN_DATA_DIR": ".", "MEDIA_ROOT": "uploads", "STATIC_ROOT": "static"}.items():
        path = own_folder / folder
        path.mkdir(exist_ok=True)
        setattr(settings, name, path)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(own_folder, own_places, django_db_modify_db_settings_parallel_suffix):
    """SQLite as a file without waiting for the disk; PostgreSQL without connections kept for later."""
    database = connections["default"].settings_dict
    database["CONN_MAX_AGE"] = 0
    if connections["default"].vendor == "sqlite":
        database["TEST"]["NAME"] = str(own_folder / "test.sqlite3")
        database["OPTIONS"] = database["OPTIONS"] | {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
        }


@pytest.fixture
def cast(db):
    """The cast of `tests/people.py`, with the clock standing at noon of 25 November 2022."""
    with travel(NOON):
        yield assemble()


@pytest.fixture(autouse=True, scope="session")
def flush_may_empty_the_ledger():
    """Between tests with real transactions the database is emptied: the one place where events go away."""
    empty = TransactionTestCase._fixture_teardown

    def lifted(case):
        triggers.lift_triggers(connections["default"])
        empty(case)
        triggers.set_triggers(connections["default"])

    TransactionTestCase._fixture_teardown = lifted
    yield
    TransactionTestCase._fixture_teardown = empty


@pytest.fixture
def lasting_cast(transactional_db):
    """The cast for tests with threads and processes: what it does is committed."""
    with travel(NOON):
        yield assemble()


@pytest.fixture(scope="session", autouse=True)
def english():
    """The catalogue as Django reads it, made when set-up has not made it since the last change."""
    source = catalogue.catalogue_file()
    compiled = source.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        catalogue.compile_catalogue()


@pytest.fixture(scope="session")
def chromium():
    """A real browser, one for the whole run."""
    path = os.environ.get("DUZHAN_TEST_CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.skip("no Chromium; name one in DUZHAN_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        # playwright's loop runs in this thread; the database does not use it
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        yield browser
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        browser.close()


@pytest.fixture(autouse=True)
def in_chinese():
    """Each test begins in Chinese, whatever language the one before it asked for."""
    with translation.override("zh-hans"):
        yield
