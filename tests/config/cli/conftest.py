"""The command line in this process, and a busy noon to ask about."""

import pytest

from duzhan.config.cli import main
from tests.builders.problems import one_of_each


@pytest.fixture
def busy(cast):
    """One problem at each stage, a conduct problem, two visits; told at noon."""
    one_of_each(cast, difficulty="缺人手。")
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
