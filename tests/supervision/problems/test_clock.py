"""Deadlines to the minute: what the pack says, pauses that are added back, extensions, and what is overdue."""

from datetime import UTC, datetime, timedelta

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput, CannotMove, NotFound
from duzhan.people.actions import end_post
from duzhan.people.models import Person
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem
from duzhan.supervision.problems.queries import overdue
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON

MIDNIGHT = datetime(2022, 11, 25, 16, tzinfo=UTC)  # 24:00 of 25 November, Chinese time


def find(cast, **more):
    said = {
        "title": "示例问题",
        "field": "testing",
        "cause": "careless_measures",
        "point": cast.points["station"],
        **more,
    }
    return actions.find(cast.operation, by=cast.inspector, **said)


def handed_over(cast, **more):
    by, due_at = more.pop("by", cast.office), more.pop("due_at", None)
    return actions.hand_over(find(cast, **more), by=by, unit=cast.bodies["street"], due_at=due_at)


def test_nothing_stays_overnight_unless_the_pack_says_so(cast):
    assert handed_over(cast).due_at == MIDNIGHT


def test_a_hazard_has_the_hours_that_the_pack_gives(cast):
    assert handed_over(cast, klass="hazard").due_at == NOON + 6 * HOUR
    assert handed_over(cast, klass="hazard", field="isolation").due_at == NOON + 2 * HOUR


def test_working_days_pass_over_the_weekend(cast):
    """25 November 2022 is a Friday: three working days end on Wednesday at the close of business."""
    assert handed_over(cast, klass="conduct", cause="inaction", by=cast.discipline).due_at == datetime(
        2022, 11, 30, 10, tzinfo=UTC
    )


def test_a_given_instant_is_kept_to_the_minute(cast):
    due_at = NOON + timedelta(hours=3, minutes=20)
    assert handed_over(cast, due_at=due_at).due_at == due_at


def test_a_deadline_before_the_handing_over_is_refused(cast):
    problem = find(cast)
    with pytest.raises(BadInput, match="时限"):
        actions.hand_over(problem, by=cast.office, unit=cast.bodies["street"], due_at=NOON - HOUR)
    problem.refresh_from_db()
    assert problem.stage == Stage.FOUND


def test_a_pause_is_added_back_exactly(cast):
    problem = handed_over(cast, due_at=NOON + 5 * HOUR)
    with travel(NOON + HOUR):
        actions.pause(problem, by=cast.office, reason="采样点临时关闭。")
    with travel(NOON + 6 * HOUR):
        assert not Problem.objects.get(pk=problem.pk).is_overdue()
        assert not Problem.objects.filter(overdue()).exists()
        with pytest.raises(CannotMove, match="已经暂停"):
            actions.pause(problem, by=cast.office, reason="再停。")
    with travel(NOON + 7 * HOUR):
        resumed = actions.resume(problem, by=cast.office)
        assert (resumed.due_at, resumed.paused_at) == (NOON + 11 * HOUR, None)
        with pytest.raises(CannotMove, match="没有暂停"):
            actions.resume(problem, by=cast.office)


def test_what_is_past_its_deadline_is_overdue_until_it_is_reported(cast):
    problem = handed_over(cast, due_at=NOON + HOUR)
    with travel(NOON + 2 * HOUR):
        assert list(Problem.objects.filter(overdue())) == [problem]
        actions.report_rectified(problem, by=cast.unit, note="已改。")
        assert not Problem.objects.filter(overdue()).exists()


def test_the_office_extends_what_the_unit_asked_for(cast):
    problem = handed_over(cast, due_at=NOON + HOUR)
    later = NOON + 9 * HOUR
    asked = actions.ask_extension(problem, by=cast.unit, due_at=later, reason="材料未到。")
    assert (asked.due_at, asked.asked_due_at) == (NOON + HOUR, later)
    extended = actions.extend(problem, by=cast.office, due_at=later, reason="同意。")
    assert (extended.due_at, extended.asked_due_at) == (later, None)
    with pytest.raises(BadInput, match="晚于"):
        actions.extend(problem, by=cast.office, due_at=later, reason="同意。")


def test_what_was_done_earlier_and_entered_later_keeps_both_instants(cast):
    problem = handed_over(cast)
    with travel(NOON + 3 * HOUR):
        reported = actions.report_rectified(problem, by=cast.unit, note="已改。", at=NOON + HOUR)
    event = reported.last_event
    assert (event.at, event.recorded_at) == (NOON + HOUR, NOON + 3 * HOUR)
    assert event.late


def test_an_instant_before_the_newest_event_takes_effect_with_it(cast):
    with travel(NOON + HOUR):
        problem = handed_over(cast)
    with travel(NOON + 2 * HOUR):
        accepted = actions.accept(problem, by=cast.unit, at=NOON)
    assert accepted.last_event.at == NOON + HOUR
    assert accepted.last_event.facts["claimed_at"] == "2022-11-25T04:00:00.000000Z"
    assert accepted.accepted_at == NOON + HOUR


def test_an_instant_to_come_is_refused(cast):
    problem = handed_over(cast)
    with pytest.raises(BadInput, match="将来"):
        actions.accept(problem, by=cast.unit, at=NOON + HOUR)
    assert Problem.objects.get(pk=problem.pk).stage == Stage.HANDED_OVER


def test_relapse_reopens_the_same_number_with_a_new_clock(cast):
    problem = problem_at(cast, Stage.CLOSED)
    with travel(NOON + 24 * HOUR):
        again = actions.relapse(problem, by=cast.inspector, reason="又出现排队聚集。")
    assert (again.pk, again.stage, again.relapses) == (problem.pk, Stage.HANDED_OVER, 1)
    assert again.due_at == MIDNIGHT + 24 * HOUR
    assert (again.rectified_by, again.closed_at) == (None, None)


def test_a_claimed_instant_brings_back_no_right_that_has_ended(cast):
    problem = handed_over(cast)
    end_post(cast.unit.posts.get(), by=cast.office, ends_at=NOON + HOUR)
    unit = Person.objects.get(username="unit")
    with travel(NOON + 2 * HOUR), pytest.raises(NotFound):
        actions.accept(problem, by=unit, at=NOON)
