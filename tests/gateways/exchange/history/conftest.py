"""A folder to export to, and an operation in which something has happened."""

import pytest

from duzhan.base.ledger import actions as ledger
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "history"


@pytest.fixture
def busy(cast):
    """A problem at each stage, one about conduct, two visits; another operation; all of it sealed."""
    for stage in Stage:
        problem_at(cast, stage)
    actions.hand_over(problem_at(cast, Stage.FOUND, klass="conduct"), by=cast.discipline, unit=cast.bodies["street"])
    problem_at(cast, Stage.CLOSED, klass="over_enforcement")
    record_visit(cast.operation, {"point": cast.points["market"], "difficulty": "缺人手。"}, by=cast.inspector)
    ledger.seal()
    return cast
