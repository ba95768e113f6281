"""What an upload is about: said once, by its sender."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from duzhan.base.errors import Conflict, NotAllowed, NotFound
from duzhan.base.uploads import actions, queries
from duzhan.base.uploads.models import Upload
from tests.base.uploads import made_files as made

pytestmark = pytest.mark.django_db
NOON = datetime(2022, 11, 25, 4, tzinfo=UTC)


ABOUT = ("gate", 17)


def test_the_same_about_the_same_thing_is_taken_in_once(finder, stranger):
    content = made.encoded()
    first = actions.receive(made.sent(content), by=finder, about=ABOUT)
    assert actions.receive(made.sent(content, "again.jpg"), by=stranger, about=ABOUT) == first
    elsewhere = actions.receive(made.sent(content), by=finder, about=("gate", 18))
    assert elsewhere != first
    assert queries.twins(first) == [elsewhere]
    assert queries.about(*ABOUT) == [first]


def test_before_it_is_about_anything_everybody_has_their_own(finder, stranger):
    content = made.encoded()
    mine = actions.receive(made.sent(content), by=finder)
    assert actions.receive(made.sent(content), by=finder) == mine
    assert actions.receive(made.sent(content), by=stranger) != mine
    nobodys = actions.receive(made.sent(content), by=None)
    assert actions.receive(made.sent(content), by=None) != nobodys
    assert nobodys.uploaded_by is None


def test_an_upload_is_attached_once_and_by_its_sender(finder, stranger):
    upload = actions.receive(made.sent(made.encoded()), by=finder)
    with pytest.raises(NotAllowed, match="上传的人"):
        actions.attach(upload, about=ABOUT, by=stranger)
    assert queries.about(*ABOUT) == []
    attached = actions.attach(upload, about=ABOUT, by=finder)
    assert attached == upload
    assert attached.about == ABOUT
    assert actions.attach(upload, about=ABOUT, by=finder) == upload
    with pytest.raises(Conflict, match="别的事项"):
        actions.attach(upload, about=("gate", 18), by=finder)
    assert queries.about(*ABOUT) == [upload]


def test_nobodys_upload_is_attached_by_nobody(finder):
    upload = actions.receive(made.sent(made.encoded()), by=None)
    with pytest.raises(NotAllowed):
        actions.attach(upload, about=ABOUT, by=finder)


def test_attaching_what_is_there_already_gives_what_is_there(finder):
    content = made.encoded()
    there = actions.receive(made.sent(content), by=finder, about=ABOUT)
    again = actions.receive(made.sent(content), by=finder)
    assert again != there
    assert actions.attach(again, about=ABOUT, by=finder) == there
    assert queries.about(*ABOUT) == [there]


def test_attaching_what_is_gone_is_refused(finder):
    upload = actions.receive(made.sent(made.encoded()), by=finder)
    Upload.objects.all().delete()
    with pytest.raises(NotFound):
        actions.attach(upload, about=ABOUT, by=finder)


@pytest.mark.django_db(transaction=True)
def test_the_same_sent_twice_in_the_same_moment_is_one(finder):
    content, barrier, seen = made.encoded(made.picture((800, 600))), Barrier(4), []

    def send():
        barrier.wait()
        try:
            seen.append(actions.receive(made.sent(content), by=finder, about=ABOUT).pk)
        finally:
            connection.close()

    threads = [Thread(target=send) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 4
    assert len(set(seen)) == Upload.objects.count() == 1
