"""Areas below a path, as a range: the same as those whose path begins so."""

import pytest

from duzhan.base.below import Below
from duzhan.places.models import Area


@pytest.fixture
def tree(db):
    """Three areas side by side at each of two levels, the last letter of the alphabet among them."""
    paths = [f"{first}{second}" for first in ("0009", "000A", "ZZZZ") for second in ("", "0001", "000Z", "ZZZZ")]
    Area.objects.bulk_create(
        Area(path=path, depth=len(path) // 4, name=path, code=path, level="street") for path in paths
    )
    return paths


def test_a_range_holds_what_begins_so_and_nothing_else(tree):
    for path in ["", *tree, "0008", "000B"]:
        found = Area.objects.filter(Below("path", path)).order_by("path").values_list("path", flat=True)
        assert list(found) == [each for each in tree if each.startswith(path)]


def test_it_can_be_turned_round(tree):
    outside = Area.objects.exclude(Below("path", "000A")).order_by("path").values_list("path", flat=True)
    assert list(outside) == [each for each in tree if not each.startswith("000A")]
