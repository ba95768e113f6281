"""What is left behind is swept up: files without an upload, uploads of papers given up."""

import os
import time
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from duzhan.base.clock.instants import travel
from duzhan.base.uploads import actions, queries, store
from duzhan.base.uploads.models import Upload
from tests.base.uploads import made_files as made
from tests.base.uploads.made_files import on_disk

pytestmark = pytest.mark.django_db
NOON = datetime(2022, 11, 25, 4, tzinfo=UTC)


def grow_old(folder, days):
    then = time.time() - timedelta(days=days).total_seconds()
    for path in on_disk(folder):
        os.utime(path, (then, then))


def test_what_a_broken_transaction_leaves_is_swept_up_a_day_later(finder, own_uploads):
    folder = own_uploads / "uploads"
    kept = actions.receive(made.sent(made.encoded()), by=finder)
    with transaction.atomic():
        actions.receive(made.sent(made.encoded(made.picture((99, 99)))), by=finder)
        transaction.set_rollback(True)
    (folder / "incoming" / "broken-off").write_bytes(b"half a photo")
    assert len(on_disk(folder)) == 7
    assert actions.forget_orphans() == 0
    grow_old(folder, 2)
    assert actions.forget_orphans(timedelta(days=3)) == 0
    assert actions.forget_orphans() == 4
    assert {path.name.split(".")[0] for path in on_disk(folder)} == {kept.sha256}
    assert queries.is_intact(kept)
    assert actions.forget_orphans() == 0


def test_an_orphan_that_is_sent_again_is_young_again(finder, own_uploads):
    folder, content = own_uploads / "uploads", made.encoded()
    actions.receive(made.sent(content), by=finder)
    Upload.objects.all().delete()
    grow_old(folder, 2)
    with transaction.atomic():
        actions.receive(made.sent(content), by=finder)
        transaction.set_rollback(True)
    assert actions.forget_orphans() == 0
    assert len(on_disk(folder)) == 3


def test_a_story_told_of_another_year_sweeps_nothing(finder, own_uploads):
    actions.receive(made.sent(made.encoded()), by=finder)
    Upload.objects.all().delete()
    with travel(datetime(2040, 1, 1, tzinfo=UTC)):
        assert actions.forget_orphans() == 0


def test_sweeping_where_nothing_was_ever_uploaded_is_no_error(db):
    assert actions.forget_orphans() == 0


def test_a_changed_byte_is_noticed(finder):
    upload = actions.receive(made.sent(made.encoded()), by=finder)
    path = store.path_of(upload.sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert not queries.is_intact(upload)
    path.unlink()
    assert not queries.is_intact(upload)


# --- papers given up ----------------------------------------------------------------------------------------------


@pytest.fixture
def old_one(finder, own_uploads):
    """An upload attached to nothing, sent two days ago."""
    upload = actions.receive(made.sent(made.encoded()), by=finder)
    grow_old(own_uploads / "uploads", 2)
    return upload


def test_what_was_attached_to_nothing_is_gone_after_a_day_with_its_files(old_one, own_uploads):
    assert actions.forget_given_up(timedelta(days=3)) == 0
    assert actions.forget_given_up() == 1
    assert not Upload.objects.exists()
    assert actions.forget_orphans() == 3
    assert on_disk(own_uploads / "uploads") == []


def test_what_is_about_something_stays_for_ever(old_one, finder, own_uploads):
    actions.attach(old_one, about=("gate", 17), by=finder)
    assert actions.forget_given_up() == 0
    assert queries.about("gate", 17) == [old_one]


def test_a_young_one_stays_though_the_story_is_told_of_another_year(finder):
    with travel(NOON):
        actions.receive(made.sent(made.encoded()), by=finder)
    assert actions.forget_given_up() == 0


def test_a_paper_being_written_keeps_its_own_for_another_day(old_one, finder, stranger):
    assert actions.still_wanted([old_one.pk], by=finder) == ([old_one], "")
    assert actions.forget_given_up() == 0
    assert actions.attach(old_one, about=("gate", 17), by=finder).about == ("gate", 17)
    assert actions.still_wanted([old_one.pk], by=finder) == ([], "")  # the same paper, sent twice


def test_a_paper_taken_up_too_late_is_told_so_and_keeps_the_rest(old_one, finder):
    actions.forget_given_up()
    young = actions.receive(made.sent(made.encoded(made.picture((50, 50)))), by=finder)
    waiting, said = actions.still_wanted([old_one.pk, young.pk], by=finder)
    assert (waiting, said) == ([young], "有 1 份照片或文件放得太久，已不在服务器上，请重新选择。")


def test_nobody_keeps_what_somebody_else_has_sent(old_one, stranger):
    waiting, said = actions.still_wanted([old_one.pk], by=stranger)
    assert waiting == []
    assert said
    assert actions.forget_given_up() == 1


def test_what_is_sent_again_is_young_again(old_one, finder):
    assert actions.receive(made.sent(made.encoded()), by=finder) == old_one
    assert actions.forget_given_up() == 0


@pytest.mark.django_db(transaction=True)
def test_a_sweep_and_a_paper_at_the_same_moment_lose_nothing(finder, own_uploads):
    """However the two meet: either the paper keeps its photo, or it is told that it is gone; never half."""
    for number in range(8):
        upload = actions.receive(made.sent(made.encoded(made.picture((40 + number, 40)))), by=finder)
        grow_old(own_uploads / "uploads", 2)
        both, told = Barrier(2), {}

        def write(upload=upload, both=both, told=told, number=number):
            both.wait()
            waiting, told["said"] = actions.still_wanted([upload.pk], by=finder)
            told["attached"] = [actions.attach(each, about=("gate", 100 + number), by=finder) for each in waiting]
            connection.close()

        def sweep(both=both, told=told):
            both.wait()
            told["gone"] = actions.forget_given_up()
            connection.close()

        threads = [Thread(target=write), Thread(target=sweep)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)
        kept = queries.about("gate", 100 + number)
        assert (told["gone"], bool(told["said"]), len(kept)) in {(0, False, 1), (1, True, 0)}
        assert kept == told["attached"]
        assert all(queries.is_intact(each) for each in kept)
