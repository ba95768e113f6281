"""The command line in this process, and a busy noon to ask about."""

import pytest

from duzhan.config.cli import main
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at


@pytest.fixture
def busy(cast):
    """One problem at each stage, a conduct problem, two visits; told at noon."""
    for stage in Stage:
        problem_at(cast, stage)
    conduct = problem_at(cast, Stage.FOUND, klass="conduct")
    actions.hand_over(conduct, by=cast.discipline, unit=cast.bodies["street"])
    record_visit(cast.operation, {"point": cast.points["market"], "difficulty": "缺人手。"}, by=cast.inspector)
    return cast


@pytest.fixture
def say(capsys):
    """Run the command line in this process: (exit code, stdout, stderr)."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(each) for each in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
