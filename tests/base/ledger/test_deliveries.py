"""What follows an event is promised with it, and carried out once, whoever dies meanwhile."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Max

from duzhan.base.clock.instants import machine_time, now, tell, travel
from duzhan.base.ledger import actions as ledger
from duzhan.base.ledger import deliveries, rollups
from duzhan.base.ledger.models import Delivery, Entry, Event, Tail
from duzhan.base.ledger.verify import verify
from duzhan.people.actions import found_body
from duzhan.people.models import Body
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON

LATER = NOON + HOUR


@pytest.fixture
def seen(monkeypatch):
    """The handlers of one test alone, which note what they were given."""
    noted = []
    monkeypatch.setattr(deliveries, "_handlers", deliveries.defaultdict(dict))

    @deliveries.subscribe("problem.close", "problem.hand_over")
    def note(event):
        noted.append(event.pk)

    return noted


def test_each_promise_is_kept_once_by_four_workers(lasting_cast, seen):
    for _ in range(10):
        problem_at(lasting_cast, Stage.HANDED_OVER)

    def work():
        try:
            with travel(LATER):
                while deliveries.carry_out(1):
                    pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(seen) == sorted(Event.objects.filter(kind="problem.hand_over").values_list("pk", flat=True))
    assert not Delivery.objects.filter(done_at=None).exists()


def test_a_change_that_was_rolled_back_promised_nothing(cast, seen):
    problem = problem_at(cast, Stage.FOUND)
    before = Event.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.hand_over(problem, by=cast.office, unit=cast.bodies["street"])
        raise RuntimeError
    problem.refresh_from_db()
    assert (problem.stage, Event.objects.count(), Delivery.objects.count()) == (Stage.FOUND, before, 0)
    assert list(verify()) == []


def test_a_handler_that_fails_is_tried_five_times_and_then_shown(cast, seen, monkeypatch):
    @deliveries.subscribe("problem.hand_over")
    def broken(event):
        Event.objects.create()  # whatever it wrote before it failed is undone with it
        raise AssertionError

    problem_at(cast, Stage.HANDED_OVER)
    for attempt in range(7):
        with travel(LATER + timedelta(hours=attempt)):
            deliveries.carry_out()
    [given_up] = deliveries.failed()
    assert given_up.failures == deliveries.TRIES
    assert "broken" in given_up.handler
    assert len(seen) == 1
    deliveries.try_again([given_up.pk])
    assert not deliveries.failed().exists()


def test_promises_are_leased_many_at_a_time_and_kept_in_their_order(cast, seen):
    problems = [problem_at(cast, Stage.HANDED_OVER) for _ in range(30)]
    with travel(LATER):
        assert deliveries.carry_out(12) == 12
        assert deliveries.carry_out(100) == 18
        assert deliveries.carry_out(100) == 0
    handed_over = Event.objects.filter(kind="problem.hand_over", subject_id__in=[each.pk for each in problems])
    assert seen == list(handed_over.order_by("recorded_at", "deliveries__pk").values_list("pk", flat=True))


@pytest.mark.parametrize("together", [1, 20])
def test_one_that_fails_among_many_takes_none_with_it(cast, seen, monkeypatch, together):
    monkeypatch.setattr(deliveries, "TOGETHER", {connection.vendor: together})
    problems = [problem_at(cast, Stage.HANDED_OVER) for _ in range(5)]

    @deliveries.subscribe("problem.hand_over")
    def writes(event):
        found_body(f"did {event.subject_id}", "facility")
        if event.subject_id == problems[2].pk:
            raise AssertionError

    Delivery.objects.update(handler=f"{__name__}.writes")
    with travel(LATER):
        assert deliveries.carry_out() == 5
    done = {f"did {problem.pk}" for problem in problems} - {f"did {problems[2].pk}"}
    assert set(Body.objects.filter(name__startswith="did ").values_list("name", flat=True)) == done
    [open_] = Delivery.objects.filter(done_at=None)
    assert (open_.event.subject_id, open_.failures, open_.error) == (problems[2].pk, 1, "AssertionError: ")


def test_what_another_worker_took_when_the_lease_ran_out_is_left_to_it(cast, seen, monkeypatch):
    monkeypatch.setattr(deliveries, "TOGETHER", {connection.vendor: 1})
    first, second = (problem_at(cast, Stage.HANDED_OVER) for _ in range(2))

    @deliveries.subscribe("problem.hand_over")
    def slow(event):
        found_body(f"did {event.subject_id}", "facility")
        others = Delivery.objects.exclude(event=event)
        others.update(not_before=LATER + timedelta(days=1))  # as the other one leases it

    Delivery.objects.update(handler=f"{__name__}.slow")
    with travel(LATER):
        assert deliveries.carry_out() == 2
    [open_] = Delivery.objects.filter(done_at=None)
    assert (open_.event.subject_id, open_.failures) == (second.pk, 0)
    assert [body.name for body in Body.objects.filter(name__startswith="did ")] == [f"did {first.pk}"]


def test_a_lease_is_renewed_while_its_worker_is_at_it(cast, seen, monkeypatch):
    monkeypatch.setattr(deliveries, "TOGETHER", {connection.vendor: 1})
    for _ in range(6):
        problem_at(cast, Stage.HANDED_OVER)
    left = []

    @deliveries.subscribe("problem.hand_over")
    def slow(event):
        left.append(Delivery.objects.get(event=event).not_before - now())
        tell(now() + deliveries.LEASE * 0.4)

    Delivery.objects.update(handler=f"{__name__}.slow")
    with travel(LATER):
        assert deliveries.carry_out() == 6
    assert len(left) == 6
    assert min(left) > deliveries.LEASE / 2
    assert not Delivery.objects.filter(done_at=None).exists()


def test_one_that_takes_longer_than_its_lease_is_not_begun_by_another(lasting_cast, seen):
    problem_at(lasting_cast, Stage.HANDED_OVER)
    began, found = threading.Event(), threading.Event()

    @deliveries.subscribe("problem.hand_over")
    def slow(event):
        seen.append(event.pk)
        began.set()
        found.wait(1)

    Delivery.objects.update(handler=f"{__name__}.slow")

    def work():
        try:
            with travel(LATER):
                deliveries.carry_out()
        finally:
            connection.close()

    one = threading.Thread(target=work)
    one.start()
    assert began.wait(20)
    with travel(LATER + 2 * deliveries.LEASE):
        assert deliveries.carry_out() == 0  # on SQLite this waits until the other one has written
    found.set()
    one.join()
    assert len(seen) == 1
    assert not Delivery.objects.filter(done_at=None).exists()


def test_what_the_database_refuses_in_the_end_fails_alone(lasting_cast, seen, monkeypatch):
    """A reference to nothing is noticed when the transaction ends."""
    monkeypatch.setattr(deliveries, "TOGETHER", {connection.vendor: 20})
    problems = [problem_at(lasting_cast, Stage.HANDED_OVER) for _ in range(3)]

    @deliveries.subscribe("problem.hand_over")
    def refers_to_nothing(event):
        if event.subject_id == problems[1].pk:
            Delivery.objects.create(event_id=uuid4(), handler="nobody", not_before=LATER + timedelta(days=1))

    Delivery.objects.update(handler=f"{__name__}.refers_to_nothing")
    with travel(LATER):
        assert deliveries.carry_out() == 3
    [open_] = Delivery.objects.filter(done_at=None)
    assert (open_.event.subject_id, open_.failures) == (problems[1].pk, 1)


def test_what_another_worker_has_done_by_then_is_not_promised_again(lasting_cast, seen):
    """It took longer than its lease, the database refused it in the end, and the other one was quicker to take it."""
    problem_at(lasting_cast, Stage.HANDED_OVER)

    @deliveries.subscribe("problem.hand_over")
    def refers_to_nothing(event):
        Delivery.objects.create(event_id=uuid4(), handler="nobody", not_before=LATER + timedelta(days=1))

    class Other(logging.Handler):
        def emit(self, record):
            Delivery.objects.update(not_before=LATER + timedelta(minutes=1), done_at=LATER)

    Delivery.objects.update(handler=f"{__name__}.refers_to_nothing")
    other = Other()
    deliveries.log.addHandler(other)
    try:
        with travel(LATER):
            deliveries.carry_out()
    finally:
        deliveries.log.removeHandler(other)
    assert Delivery.objects.get().done_at == LATER
    assert Delivery.objects.get().failures == 0


def test_settling_gives_each_event_one_place_while_others_write(lasting_cast):
    def write():
        try:
            with travel(NOON):
                for _ in range(5):
                    problem_at(lasting_cast, Stage.HANDED_OVER)
        finally:
            connection.close()

    def settle():
        try:
            for _ in range(30):
                rollups.settle(limit=3)
        finally:
            connection.close()

    threads = [threading.Thread(target=each) for each in (write, settle, write, settle)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with travel(LATER):
        ledger.seal()
    assert (Tail.objects.count(), Entry.objects.count()) == (0, Event.objects.count())
    assert list(verify()) == []


WORKER = """
import os, sys, time
import django
django.setup()
from django.conf import settings
from duzhan.base.ledger import deliveries, rollups
from duzhan.base.ledger.models import Delivery
from duzhan.people.actions import found_body

@deliveries.subscribe("problem.hand_over")
def found(event):
    found_body(f"did {event.pk}", "facility")
    print("doing", flush=True)
    if "--slow" in sys.argv:
        time.sleep(60)  # killed here, between the doing and the mark that it is done

while deliveries.carry_out(1) or rollups.settle(limit=7):
    pass
"""


def test_a_worker_killed_in_the_middle_loses_nothing_and_does_nothing_twice(lasting_cast, tmp_path):
    deliveries.subscribe("problem.hand_over")(found_here)
    try:
        for _ in range(5):
            problem_at(lasting_cast, Stage.HANDED_OVER)
    finally:
        deliveries._handlers["problem.hand_over"].pop(f"{__name__}.found_here")
    Delivery.objects.filter(handler=f"{__name__}.found_here").update(handler="__main__.found")
    victim = worker("--slow")
    assert victim.stdout.readline() == "doing\n", victim.communicate()[1]
    os.kill(victim.pid, signal.SIGKILL)
    victim.communicate()
    wait_for_the_lease()
    survivor = worker()
    assert survivor.wait(60) == 0, survivor.stderr.read()
    survivor.communicate()
    done = Body.objects.filter(name__startswith="did ").values_list("name", flat=True)
    events = Event.objects.filter(kind="problem.hand_over")
    assert sorted(done) == sorted(f"did {event.pk}" for event in events)
    assert not Delivery.objects.filter(handler="__main__.found", done_at=None).exists()
    assert list(verify()) == []


def wait_for_the_lease():
    """What a worker that was killed had leased is free again, by the clock alone, after the length of one lease."""
    held = Delivery.objects.filter(done_at=None).aggregate(until=Max("not_before"))["until"]
    with machine_time():
        left = held - now()
    assert left <= deliveries.LEASE <= timedelta(seconds=10)
    time.sleep(max(0, left.total_seconds()))


def found_here(event):
    raise AssertionError("only the process of the worker carries it out")


def worker(*arguments):
    """A worker of its own on the database of this test."""
    environment = {
        **os.environ,
        "DUZHAN_DATABASE_URL": database_url(connection),
        "DJANGO_SETTINGS_MODULE": "duzhan.config.settings",
    }
    root = Path(__file__).resolve().parents[3]
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *arguments], cwd=root, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def database_url(connection):
    """The database of this test, as DUZHAN_DATABASE_URL names it."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    login = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}@" if database["USER"] else ""
    host = f"host={quote(database['HOST'], safe='')}&port={database['PORT']}"
    return f"postgresql://{login}/{database['NAME']}?{host}"
