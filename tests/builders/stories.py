"""Stories without a plot: problems that go through whatever problems may go through, at random."""

import random
from contextlib import suppress
from datetime import timedelta

from duzhan.base.clock.instants import travel
from duzhan.base.errors import Refused
from duzhan.base.ledger.rollups import settle
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem
from tests.builders.problems import problem_at, verification
from tests.people import HOUR, NOON

MINUTE = timedelta(minutes=1)


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
