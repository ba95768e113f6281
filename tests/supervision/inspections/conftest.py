"""Who fills in the paper, and where it is."""

import pytest

from tests.builders.pages import of


@pytest.fixture
def address(cast):
    return f"/visits/new/{cast.points['station'].pk}/"


@pytest.fixture
def inspector(cast):
    return of(cast.inspector)
