"""The worker from the command line: it does what is due, and once a day sweeps away what nobody needs any more."""

import os
import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duzhan.base.clock.instants import machine_time, now, travel
from duzhan.base.ledger import deliveries, rollups
from duzhan.base.ledger.models import Delivery, Event, Tail
from duzhan.base.ledger.verify import verify
from duzhan.base.uploads import store
from duzhan.base.uploads.models import Upload
from duzhan.config.cli import main
from duzhan.insight.health.queries import health
from duzhan.insight.notices.actions import forget_settled, read_all
from duzhan.insight.notices.models import Notice
from duzhan.supervision.problems.flow import Stage
from tests.builders.pages import of
from tests.builders.problems import problem_at
from tests.builders.uploads import photo_of
from tests.people import NOON

DAY = timedelta(days=1)
KEPT = timedelta(days=30)


def test_the_worker_does_what_is_due(lasting_cast, say):
    problem_at(lasting_cast, Stage.CLOSED)
    assert Tail.objects.exists()
    assert say("work", "--once") == (0, "", "")
    assert not Tail.objects.exists()
    assert rollups.settle() == 0


def work(capsys):
    assert main(["work", "--once"]) == 0
    assert capsys.readouterr() == ("", "")


def events():
    return list(Event.objects.order_by("pk").values_list("pk", "digest"))


def test_uploads_of_papers_given_up(lasting_cast, capsys, settings, tmp_path):
    settings.DUZHAN_DATA_DIR = tmp_path
    given_up, waiting = photo_of(lasting_cast.inspector), photo_of(lasting_cast.verifier)
    two_days_ago = time.time() - 2 * 24 * 3600
    for path in store.path_of(given_up.sha256).parent.iterdir():
        os.utime(path, (two_days_ago, two_days_ago))
    work(capsys)
    assert list(Upload.objects.all()) == [waiting]
    assert not store.path_of(given_up.sha256).exists()
    assert store.path_of(waiting.sha256).exists()


def test_what_was_carried_out_goes_after_its_days_and_nothing_else(lasting_cast, capsys, settings):
    problem_at(lasting_cast, Stage.CLOSED)
    work(capsys)
    kept, told = Delivery.objects.exclude(done_at=None).count(), events()
    waiting, given_up = Delivery.objects.order_by("pk")[:2]
    Delivery.objects.filter(pk=waiting.pk).update(done_at=None, not_before=NOON + 99 * KEPT)
    Delivery.objects.filter(pk=given_up.pk).update(done_at=None, failures=deliveries.TRIES, error="没有这个群")
    with travel(NOON + settings.DUZHAN_KEEP_DELIVERIES - DAY):
        work(capsys)
        assert Delivery.objects.count() == kept > 2
    with travel(NOON + settings.DUZHAN_KEEP_DELIVERIES + DAY):
        work(capsys)
        assert set(Delivery.objects.all()) == {waiting, given_up}
        assert (health().waiting, health().given_up) == (1, 1)
        work(capsys)  # nothing of what went is promised again
        assert set(Delivery.objects.all()) == {waiting, given_up}
    assert events() == told
    assert list(verify()) == []


def test_notices_go_after_they_were_read_and_what_waits_stays(lasting_cast, capsys, settings):
    cast, days = lasting_cast, settings.DUZHAN_KEEP_NOTICES
    read = problem_at(cast, Stage.HANDED_OVER)
    work(capsys)
    assert read_all(Notice.objects.latest("pk").pk, by=cast.unit) == 1
    overtaken, waits = problem_at(cast, Stage.ACCEPTED), problem_at(cast, Stage.HANDED_OVER)
    work(capsys)
    assert subjects() == {read.pk, overtaken.pk, waits.pk}
    with travel(NOON + days - DAY):
        work(capsys)
        assert subjects() == {read.pk, overtaken.pk, waits.pk}
    with travel(NOON + days + DAY):
        work(capsys)
        assert subjects() == {waits.pk}
        read_all(Notice.objects.get().pk, by=cast.unit)
    with travel(NOON + days + 2 * DAY):
        work(capsys)
        assert subjects() == {waits.pk}  # told long ago, but read yesterday
    assert list(verify()) == []


def subjects():
    return set(Notice.objects.values_list("subject_id", flat=True))


def test_sessions_go_when_they_have_run_out(lasting_cast, capsys):
    """By the machine's clock: a session belongs to no story."""
    for person in (lasting_cast.unit, lasting_cast.office):
        of(person)
    with machine_time():
        ended = Session.objects.order_by("pk").first()
        Session.objects.filter(pk=ended.pk).update(expire_date=now() - timedelta(minutes=1))
    work(capsys)
    assert Session.objects.filter(pk=ended.pk).count() == 0
    assert Session.objects.count() == 1


def test_sign_ins_go_after_their_days(lasting_cast, capsys, settings):
    """By the machine's clock too: the library writes them down."""
    with machine_time():
        at = now()
    for kept in (AccessLog, AccessFailureLog, AccessAttempt):
        told = {"ip_address": "127.0.0.1", "user_agent": "", "http_accept": "", "path_info": "/"}
        told |= {"failures_since_start": 1} if kept is AccessAttempt else {}
        for name, age in (
            ("long-ago", settings.DUZHAN_KEEP_SIGN_INS + DAY),
            ("lately", settings.DUZHAN_KEEP_SIGN_INS - DAY),
        ):
            kept.objects.filter(pk=kept.objects.create(username=name, **told).pk).update(attempt_time=at - age)
    work(capsys)
    for kept in (AccessLog, AccessFailureLog, AccessAttempt):
        assert [each.username for each in kept.objects.all()] == ["lately"]


def test_what_was_told_in_the_story_of_a_demo_stays(cast, settings):
    problem_at(cast, Stage.ACCEPTED)
    deliveries.carry_out()
    type(cast.unit).objects.filter(pk=cast.unit.pk).update(is_demo=True)
    with travel(NOON + 2 * settings.DUZHAN_KEEP_NOTICES):
        assert forget_settled(settings.DUZHAN_KEEP_NOTICES) == 0
    assert Notice.objects.get().person == cast.unit


def test_no_statement_takes_more_than_its_portion_and_the_oldest_go_first(cast):
    for hours in range(5):
        with travel(NOON + hours * timedelta(hours=1)):
            problem_at(cast, Stage.HANDED_OVER)
            deliveries.carry_out()
    left = list(Delivery.objects.order_by("-done_at").values_list("pk", flat=True))
    with travel(NOON + 2 * KEPT):
        for gone in (2, 2, 1, 0):
            assert deliveries.forget_done(KEPT, limit=2) == gone
            left = left[: len(left) - gone]
            assert list(Delivery.objects.order_by("-done_at").values_list("pk", flat=True)) == left


@pytest.mark.parametrize(
    ("forget", "index"), [(deliveries.forget_done, "delivery_done"), (forget_settled, "notice_settled")]
)
def test_the_oldest_are_found_by_an_index(cast, forget, index):
    with CaptureQueriesContext(connection) as asked:
        forget(KEPT)
    [statement] = [each["sql"] for each in asked if each["sql"].startswith("DELETE")]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + statement)
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert index in plan
    assert "B-TREE" not in plan, plan
