"""Overdue as of any instant and as known at any other, against replaying every problem's story by hand."""

from datetime import timedelta
from itertools import groupby

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.plain import plain
from duzhan.base.ledger.queries import Slice
from duzhan.insight.figures import queries
from duzhan.supervision.problems.flow import IN_PROGRESS
from duzhan.supervision.problems.models import Problem
from tests.builders.stories import story
from tests.people import HOUR

MINUTE = timedelta(minutes=1)
OVERDUE = "problems_overdue"


def replayed(events, as_of, known_at, unit):
    """How many were late, by reading every story up to there."""
    late = 0
    for _subject, told in groupby(events, key=lambda event: event.subject_id):
        state, newest = {}, None
        for event in told:
            if event.at <= as_of and event.recorded_at <= known_at:
                state, newest = state | event.changes, event
        if newest and newest.now in IN_PROGRESS and unit in (None, newest.unit):
            late += state["paused_at"] is None and state["due_at"] < plain(as_of)
    return late


@pytest.mark.parametrize("seed", range(3))
def test_overdue_is_what_replaying_says(cast, seed):
    done, end = story(cast, seed)
    assert done > 12
    events = list(Event.objects.filter(subject_kind="problem").order_by("subject_id", "seq"))
    dues = {problem.due_at for problem in Problem.objects.exclude(due_at=None)}
    instants = sorted({each + shift for each in {event.at for event in events} | dues for shift in (-MINUTE, MINUTE)})
    seen = set()
    with travel(end + 9 * HOUR):
        for as_of in instants[:: max(1, len(instants) // 15)]:
            for known_at in (as_of, as_of + HOUR, end + 9 * HOUR):
                for unit in (None, cast.bodies["street"].pk):
                    question = {"as_of": as_of, "known_at": known_at, "slice": Slice(unit=unit)}
                    value = queries.figures(cast.operation, keys=[OVERDUE], **question)[OVERDUE]
                    assert value == replayed(events, as_of, known_at, unit)
                    assert value == len(list(queries.records(cast.operation, OVERDUE, **question)))
                    seen.add(value)
    assert len(seen) > 1
