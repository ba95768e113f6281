"""Figures along an axis: each line of a table is the figure of its slice."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duzhan.base.clock.instants import travel
from duzhan.base.ledger.actions import record
from duzhan.base.ledger.queries import Slice
from duzhan.base.ledger.rollups import settle
from duzhan.insight.figures import queries
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.places.models import Area
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.insight.figures.asked import story, told, visit
from tests.people import HOUR, NOON

AXES = {
    "unit": (queries.by_unit, lambda cast, value: Slice(unit=value)),
    "group": (queries.by_group, lambda cast, value: Slice(group=value)),
    "place_kind": (queries.by_place_kind, lambda cast, value: Slice(place_kind=value)),
}


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("settled", [0, 5, 5000])
def test_each_line_of_a_table_is_the_figure_of_its_slice(cast, axis, settled):
    story(cast)
    if settled:
        settle(limit=settled)
    ask, slice_of = AXES[axis]
    lines = ask(cast.operation, keys=list(CATALOGUE))
    assert lines
    assert lines == {value: told(cast, slice=slice_of(cast, value)) for value in lines}


def test_lines_by_area_hold_all_below_and_what_lies_elsewhere(cast):
    story(cast)
    areas = list(Area.objects.filter(pk__in=[cast.areas["street"].pk, cast.areas["far"].pk]))
    lines = queries.by_area(cast.operation, [cast.areas["district"], *areas], keys=list(CATALOGUE))
    for area in (cast.areas["district"], *areas):
        assert lines[area.path] == told(cast, slice=Slice(area=area.path))
    assert lines[""]["problems_found"] == 0
    split = queries.by_area(cast.operation, [cast.areas["street"]])
    other = told(cast, slice=Slice(area=cast.areas["other_street"].path))
    assert split[""] == {key: other[key] for key in split[""]}


def test_a_point_met_in_two_parts_of_an_area_is_one_point_of_it(cast):
    visit(cast)
    station = cast.points["station"]
    station.area, station.area_path = cast.areas["other_street"], cast.areas["other_street"].path
    record(station, "point.move", by=cast.office)
    with travel(NOON + HOUR):
        visit(cast)
        lines = queries.by_area(
            cast.operation, [cast.areas["district"], cast.areas["street"], cast.areas["other_street"]]
        )
    counted = [lines[cast.areas[name].path]["points_visited"] for name in ("district", "street", "other_street")]
    assert counted == [1, 1, 1]


def test_lines_by_field_are_of_problems_alone(cast):
    story(cast)
    lines = queries.by_topic(cast.operation, "field")
    assert {field: values["problems_found"] for field, values in lines.items()} == {"testing": 2, "supply": 1}
    assert queries.by_topic(cast.operation, "klass")["ordinary"]["problems_closed"] == 1


def test_overdue_along_an_axis(cast):
    actions.hand_over(problem_at(cast, Stage.FOUND), by=cast.office, unit=cast.bodies["street"], due_at=NOON + HOUR)
    with travel(NOON + 2 * HOUR):
        keys = ["problems_overdue"]
        assert queries.by_unit(cast.operation, keys=keys) == {cast.bodies["street"].pk: {"problems_overdue": 1}}
        street = cast.areas["street"]
        assert queries.by_area(cast.operation, [street], keys=keys) == {
            street.path: {"problems_overdue": 1},
            "": {"problems_overdue": 0},
        }
        assert [day.values["problems_overdue"] for day in queries.series(cast.operation, keys, days=2)] == [0, 1]


def test_a_table_costs_no_statement_per_line(cast):
    story(cast)
    for ask, arguments, most in ((queries.by_unit, (), 3), (queries.by_area, (list(Area.objects.filter(depth__gt=1)),), 5),
                                 (queries.series, (["problems_found", "points_visited"],), 3)):  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            ask(cast.operation, *arguments)
        assert len(asked) <= most
