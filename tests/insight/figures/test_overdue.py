"""Overdue as of any instant and as known at any other, against replaying every problem's story by hand."""

import random
from contextlib import suppress
from datetime import timedelta
from itertools import groupby

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import Refused
from duzhan.base.ledger.models import Event, plain
from duzhan.base.ledger.queries import Slice
from duzhan.base.ledger.rollups import settle
from duzhan.insight.figures import queries
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import IN_PROGRESS, Stage
from duzhan.supervision.problems.models import Problem
from tests.builders.problems import problem_at, verification
from tests.people import HOUR, NOON

MINUTE = timedelta(minutes=1)
OVERDUE = "problems_overdue"


def moves(cast, chance, clock):
    """Whatever a problem may go through, by the people whose work it is; many are refused."""
    street, other = cast.bodies["street"], cast.bodies["other_street"]
    soon = clock + chance.choice([30, 90, 200]) * MINUTE
    return [
        lambda p, at: actions.hand_over(p, by=cast.office, unit=street, due_at=soon, at=at),
        lambda p, at: actions.accept(p, by=cast.unit, at=at),
        lambda p, at: actions.report_rectified(p, by=cast.unit, note="已整改。", at=at),
        lambda p, at: actions.send_back(p, by=cast.office, reason="没有改。", at=at),
        lambda p, at: actions.pause(p, by=cast.office, reason="封控。", at=at),
        lambda p, at: actions.resume(p, by=cast.office, at=at),
        lambda p, at: actions.extend(
            p, by=cast.office, due_at=p.due_at + HOUR if p.due_at else soon, reason="缺料。", at=at
        ),
        lambda p, at: actions.transfer(p, by=cast.office, unit=other, reason="属地有误。", at=at),
        lambda p, at: actions.close(p, by=cast.verifier, visit=verification(cast).pk, at=at),
        lambda p, at: actions.relapse(p, by=cast.inspector, reason="又有了。", due_at=soon, at=at),
        lambda p, at: actions.withdraw(p, by=cast.verifier, reason="不是问题。", at=at),
    ]


def story(cast, seed):
    """A hundred and twenty steps of six problems, some recorded late; how many were done."""
    chance, clock, done = random.Random(seed), NOON, 0
    problems = [problem_at(cast, Stage.FOUND).pk for _ in range(6)]
    for _step in range(120):
        clock += chance.choice([0, 7, 25, 70]) * MINUTE
        at = clock - chance.choice([0, 0, 0, 20, 100]) * MINUTE
        with travel(clock), suppress(Refused):
            chance.choice(moves(cast, chance, clock))(Problem.objects.get(pk=chance.choice(problems)), at)
            done += 1
        settle(limit=chance.choice([1, 3]))
    return done, clock


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
