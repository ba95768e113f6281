"""Whether the worker lives and keeps up, what it gave up and why; tried again by whoever keeps the system."""

import os
from datetime import timedelta

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.ledger import deliveries
from duzhan.base.ledger.models import Delivery, Event
from duzhan.base.ledger.rollups import settle
from duzhan.config.cli import main
from duzhan.insight.health import actions, queries
from duzhan.insight.health.models import Beat
from duzhan.people.actions import appoint, register_person
from duzhan.supervision.problems import actions as problems
from duzhan.supervision.problems.flow import Stage
from tests.builders.pages import of
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON


@pytest.fixture
def keeper(cast):
    """An administrator of everything."""
    person = register_person("keeper", "示例管理员")
    appoint(person, cast.bodies["office"], "admin")
    return person


@pytest.fixture
def broken(cast, monkeypatch):
    """Two problems handed over, and a handler that fails on one of them, until it was given up."""
    monkeypatch.setattr(deliveries, "_handlers", deliveries.defaultdict(dict))
    first, second = problem_at(cast, Stage.FOUND), problem_at(cast, Stage.FOUND)

    @deliveries.subscribe("problem.hand_over")
    def follow(event):
        if event.subject_id == first.pk and not mended:
            raise LookupError("没有这个群")

    mended = []
    problems.hand_over_many([first, second], by=cast.office, unit=cast.bodies["street"])
    for attempt in range(7):
        with travel(NOON + timedelta(hours=attempt)):
            deliveries.carry_out()
    return mended


def test_what_waits_and_what_was_given_up_is_counted(cast, broken):
    with travel(NOON + 8 * HOUR):
        told = queries.health()
    assert (told.waiting, told.given_up, told.unsettled) == (0, 1, Event.objects.count())
    assert (told.beat_at, told.is_silent) == (None, True)
    while settle():
        pass
    assert queries.health().unsettled == 0


def test_a_worker_that_lives_is_heard_and_one_that_died_is_not(lasting_cast):
    assert main(["work", "--once"]) == 0
    told = queries.health()
    assert (told.workers, told.beat_at, told.is_silent) == (1, NOON, False)
    with travel(NOON + timedelta(minutes=2)):
        told = queries.health()
        assert (told.workers, told.beat_at, told.is_silent) == (0, NOON, True)


def test_workers_silent_for_a_week_are_forgotten(cast):
    Beat.objects.create(worker="elsewhere:1", started_at=NOON - 9 * 24 * HOUR, at=NOON - 8 * 24 * HOUR)
    actions.beat(NOON)
    assert [beat.worker.rpartition(":")[2] for beat in Beat.objects.all()] == [str(os.getpid())]


def test_the_page_says_what_failed_and_why_and_tries_again(cast, keeper, broken):
    page = of(keeper)
    answer = page.get("/health/")
    [line] = answer.context["lines"]
    assert (line.is_given_up, line.delivery.failures) == (True, deliveries.TRIES)
    text = answer.content.decode()
    assert "LookupError: 没有这个群" in text
    assert "后台没有在办" in text
    assert text.count("从未启动") == 1
    broken.append("mended")
    again = page.post("/health/retry/", {"delivery": line.delivery.pk}, follow=True)
    assert "1 件再试" in again.content.decode()
    deliveries.carry_out()
    assert not Delivery.objects.filter(done_at=None).exists()
    assert "没有办不成的送达" in page.get("/health/").content.decode()


def test_all_are_tried_again_at_once(cast, keeper, broken):
    of(keeper).post("/health/retry/", {"all": "1"})
    assert not deliveries.failed().exists()


@pytest.mark.parametrize(
    ("said", "status"),
    [({}, 400), ({"delivery": "x"}, 400), ({"delivery": "9" * 19}, 400), ({"delivery": "4711"}, 404)],
)
def test_a_retry_that_names_nothing_changes_nothing(cast, keeper, broken, said, status):
    assert of(keeper).post("/health/retry/", said).status_code == status
    assert deliveries.failed().count() == 1


@pytest.mark.parametrize("name", ["office", "leader", "discipline", "unit", "volunteer"])
def test_nobody_else_looks_or_tries(cast, broken, name):
    page = of(cast.people[name])
    assert page.get("/health/").status_code == 403
    assert page.post("/health/retry/", {"all": "1"}).status_code == 403
    assert "/health/" not in page.get("/notices/").content.decode()
    assert deliveries.failed().count() == 1


def test_an_administrator_of_one_area_does_not_see_the_whole(cast, broken):
    person = register_person("narrow", "示例管理员")
    appoint(person, cast.bodies["office"], "admin", area=cast.areas["district"].path)
    assert of(person).get("/health/").status_code == 403


def test_the_page_asks_the_same_for_few_and_for_many(cast, keeper, broken, django_assert_max_num_queries):
    page = of(keeper)
    page.get("/health/")
    event = Event.objects.first()
    Delivery.objects.bulk_create(
        Delivery(event=event, handler=f"somebody.else.{n}", not_before=NOON, failures=5, error="x") for n in range(20)
    )
    with django_assert_max_num_queries(20):
        assert len(page.get("/health/").context["lines"]) == 21


def test_the_command_line_says_the_same_and_tries_again(cast, broken, capsys):
    [given_up] = deliveries.failed()
    assert main(["deliveries"]) == 0
    out = capsys.readouterr().out
    assert "放弃 1 件" in out
    assert f"{given_up.pk}\t放弃\tproblem.hand_over" in out
    assert "LookupError: 没有这个群" in out
    assert main(["deliveries", "--retry", str(given_up.pk), "4711"]) == 2
    assert "没有放弃过这些送达：4711。" in capsys.readouterr().err
    assert deliveries.failed().count() == 1
    assert main(["deliveries", "--retry", "x"]) == 2
    assert main(["deliveries", "--retry", str(given_up.pk)]) == 0
    assert not deliveries.failed().exists()
    assert main(["deliveries", "--retry-all"]) == 0
