"""Two people at once: exactly one wins, and the other is told so."""

import threading
from uuid import uuid4

import pytest
from django.db import connection

from duzhan.base.clock.instants import travel
from duzhan.base.errors import CannotMove, Conflict
from duzhan.base.ledger.actions import seal
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.supervision.inspections.actions import record_visits
from duzhan.supervision.inspections.models import Visit
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at, verification
from tests.people import HOUR, NOON


def at_once(*tasks):
    """Run tasks in threads that start together; returns what each returned or raised, in order."""
    gate, results = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(number, task):
        gate.wait()
        try:
            with travel(NOON + HOUR):
                results[number] = task()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_eight_officers_close_one_problem_and_one_wins(lasting_cast):
    problem, visit = problem_at(lasting_cast, Stage.RECTIFIED), verification(lasting_cast)
    tasks = [lambda: actions.close(problem, by=lasting_cast.verifier, visit=visit.pk)] * 8
    results = at_once(*tasks)
    assert sorted(type(result).__name__ for result in results) == ["CannotMove"] * 7 + ["Problem"]
    assert Event.objects.filter(kind="problem.close").count() == 1
    assert list(verify()) == []


def test_different_moves_at_once_leave_one_true_story(lasting_cast):
    problem = problem_at(lasting_cast, Stage.RECTIFIED)
    visit = verification(lasting_cast)
    results = at_once(
        lambda: actions.close(problem, by=lasting_cast.verifier, visit=visit.pk),
        lambda: actions.send_back(problem, by=lasting_cast.office, reason="仍有两处未划线。"),
    )
    losers = [result for result in results if isinstance(result, CannotMove | Conflict)]
    assert len(losers) == 1
    problem.refresh_from_db()
    assert problem.stage in (Stage.CLOSED, Stage.HANDED_OVER)
    assert list(verify()) == []


def test_one_request_sent_eight_times_at_once_is_done_once_and_answered_alike(lasting_cast):
    key = uuid4()
    problem = problem_at(lasting_cast, Stage.FOUND)
    unit = lasting_cast.bodies["street"]
    task = lambda: actions.hand_over(problem, by=lasting_cast.office, unit=unit, request_key=key)  # noqa: E731
    results = at_once(*[task] * 8)
    assert {result.last_event.pk for result in results} == {key}
    assert Event.objects.filter(kind="problem.hand_over").count() == 1


def test_one_visit_sent_eight_times_at_once_is_recorded_once(lasting_cast):
    row = {"id": uuid4(), "point": lasting_cast.points["station"], "problems": [
        {"title": "未设一米线", "field": "testing", "cause": "careless_measures"}]}  # fmt: skip
    results = at_once(*[lambda: record_visits(lasting_cast.operation, [row], by=lasting_cast.inspector)[0]] * 8)
    assert {result.pk for result in results} == {Visit.objects.get().pk}
    assert Event.objects.filter(kind="problem.find").count() == 1
    assert list(verify()) == []


def test_writers_of_different_problems_do_not_disturb_each_other(lasting_cast):
    found = [problem_at(lasting_cast, Stage.HANDED_OVER) for _ in range(8)]
    results = at_once(*[lambda p=p: actions.accept(p, by=lasting_cast.unit) for p in found])
    assert [result.stage for result in results] == [Stage.ACCEPTED] * 8
    assert list(verify()) == []


@pytest.mark.parametrize("other", ["actor", "subject"])
def test_a_request_id_used_for_something_else_is_refused(cast, other):
    key, unit = uuid4(), cast.bodies["street"]
    problem = problem_at(cast, Stage.FOUND)
    actions.hand_over(problem, by=cast.office, unit=unit, request_key=key)
    by = cast.inspector if other == "actor" else cast.office
    again = problem_at(cast, Stage.FOUND) if other == "subject" else problem
    with pytest.raises(Conflict):
        actions.hand_over(again, by=by, unit=unit, request_key=key)


def test_the_first_answer_is_given_again_after_the_story_went_on(cast):
    key = uuid4()
    problem = problem_at(cast, Stage.FOUND)
    first = actions.hand_over(problem, by=cast.office, unit=cast.bodies["street"], request_key=key)
    seq = first.last_event.seq
    actions.accept(first, by=cast.unit)
    again = actions.hand_over(problem, by=cast.office, unit=cast.bodies["street"], request_key=key)
    assert (again.last_event.pk, again.last_event.now, again.last_event.seq) == (key, Stage.HANDED_OVER, seq)


def test_two_seals_at_once_follow_each_other(lasting_cast):
    problem_at(lasting_cast, Stage.HANDED_OVER)
    results = at_once(seal, seal, seal)
    assert sorted(result.number for result in results) == [1, 2, 3]
    assert list(verify()) == []
