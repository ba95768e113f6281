"""What had happened by eight in the evening."""

import pytest

from duzhan.base.clock.instants import travel
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.insight.bulletins.evenings import EVENING


@pytest.fixture
def evening(cast):
    """Eight in the evening: in 双龙湖街道 one problem is closed and one accepted, both before six o'clock."""
    cast.accepted, cast.closed = problem_at(cast, Stage.ACCEPTED), problem_at(cast, Stage.CLOSED)
    with travel(EVENING):
        yield cast
