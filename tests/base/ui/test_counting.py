"""Numbers beside lists: exact while they are small, a bound beyond, one statement for all of them."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from duzhan.base.ui.counting import counted, counted_cuts
from duzhan.base.ui.spelling import NOTHING, THIN_SPACE, AtLeast, grouped_text, number_text
from duzhan.people.models import Body

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bodies():
    Body.objects.bulk_create([Body(name=f"机构{n}", kind="facility" if n % 2 else "office") for n in range(9)])


def test_parts_are_counted_in_one_statement():
    parts = {
        "all": Body.objects.all(),
        "facilities": (Body.objects.all(), Q(kind="facility")),
        "none": Body.objects.filter(pk__in=[]),
        "others": (Body.objects.filter(name__startswith="别"), Q(kind="office")),
    }
    with CaptureQueriesContext(connection) as asked:
        assert counted(parts) == {"all": 9, "facilities": 4, "none": 0, "others": 0}
    assert len(asked) == 1
    assert not any(isinstance(number, AtLeast) for number in counted(parts).values())


def test_no_more_is_looked_at_than_was_said():
    told = counted({"all": Body.objects.all(), "few": Body.objects.filter(kind="facility")}, most=5)
    assert [str(number) for number in told.values()] == ["5+", "4"]
    told = counted({"looked at": (Body.objects.order_by("pk"), Q(kind="none"))}, most=5)
    assert str(told["looked at"]) == "0+"


def test_a_bound_is_written_as_one_and_adds_up_to_one():
    assert str(sum([3, AtLeast(1000), 4])) == "1007+"
    assert number_text(AtLeast(1000)) == "1000+"
    assert grouped_text(AtLeast(1000)) == f"1{THIN_SPACE}000+"
    assert AtLeast(1000) > 999
    assert number_text(AtLeast(0)) == NOTHING  # none among those that were looked at says nothing


def test_cuts_of_one_list_are_counted_as_each_by_itself():
    cuts = {
        "facilities": Q(kind="facility"),
        "all": Q(),
        "none": Q(pk__in=[]),
        "two": Q(name="机构1") | Q(name="机构2"),
    }
    for rows in (Body.objects.all(), Body.objects.exclude(name="机构1"), Body.objects.none()):
        with CaptureQueriesContext(connection) as asked:
            told = counted_cuts(rows, cuts)
        assert told == {name: rows.filter(cut).count() for name, cut in cuts.items()}
        assert len(asked) <= 1
    told = counted_cuts(Body.objects.all(), cuts, Q(kind__in=["office", "facility"]), most=5)
    assert [str(each) for each in told.values()] == ["4", "5+", "0", "2"]


def test_a_cut_across_tables_is_none():
    with pytest.raises(ValueError, match="other tables"):
        counted_cuts(Body.objects.all(), {"above": Q(parent__name="机构1")})
