"""What has happened before figures are asked for."""

import pytest

from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at


@pytest.fixture
def of_every_stage(cast):
    """One problem at each stage, and what came with them."""
    return {stage: problem_at(cast, stage) for stage in Stage}
