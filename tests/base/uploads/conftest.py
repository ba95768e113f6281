import pytest

from duzhan.people.actions import register_person


@pytest.fixture(autouse=True)
def own_uploads(settings, tmp_path):
    """An empty data folder for each test."""
    settings.DUZHAN_DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def finder(db):
    return register_person("finder", "示例人员甲")


@pytest.fixture
def stranger(db):
    return register_person("stranger", "示例人员乙")
