"""Which place lies in which outline."""

from math import cos, pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duzhan.base.errors import BadInput
from duzhan.base.geo.outlines import read_outline
from duzhan.base.geo.positions import Datum, Position

laws = settings(deadline=None, max_examples=300)
unit = st.floats(-1.5, 1.5)


def square(west, south, side):
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def contains(geometry, lat, lon):
    return read_outline(geometry).contains(Position(lat, lon))


YARD = {"type": "Polygon", "coordinates": [square(106, 29, 1), square(106.4, 29.4, 0.2)]}


@pytest.mark.parametrize(
    ("lat", "lon", "inside"),
    [
        (29.1, 106.1, True),
        (29.5, 106.5, False),  # in the hole
        (29.4, 106.5, True),  # on the edge of the hole
        (29.0, 106.5, True),  # on the edge
        (30.0, 107.0, True),  # on a corner
        (29.5, 106.2, True),
        (29.5, 107.1, False),
        (28.9, 106.5, False),
        (29.4, 106.2, True),  # level with two corners of the hole
        (30.0, 105.9, False),  # level with an edge
    ],
)
def test_a_yard_with_a_pond(lat, lon, inside):
    assert contains(YARD, lat, lon) is inside


def test_several_patches_are_one_area():
    islands = {"type": "MultiPolygon", "coordinates": [[square(0, 0, 1)], [square(5, 5, 1)]]}
    assert contains(islands, 0.5, 0.5)
    assert contains(islands, 5.5, 5.5)
    assert not contains(islands, 3, 3)


def test_the_box_holds_all_patches():
    box = read_outline({"type": "MultiPolygon", "coordinates": [[square(0, 10, 1)], [square(5, 5, 2)]]}).box
    assert (box.south, box.west, box.north, box.east) == (5, 0, 11, 7)


def test_a_ring_left_open_is_closed_and_heights_are_passed_over():
    assert contains({"type": "Polygon", "coordinates": [[[0, 0, 12], [4, 0, 12], [0, 4, 12]]]}, 1, 1)


def test_a_position_in_another_datum_is_converted_first():
    corner = Position(29.0001, 106.0001).to(Datum.GCJ02)
    narrow = read_outline({"type": "Polygon", "coordinates": [square(106, 29, 0.0002)]})
    assert narrow.contains(corner)
    assert not narrow.contains(Position(corner.lat, corner.lon))
    in_gcj02 = read_outline({"type": "Polygon", "coordinates": [square(106, 29, 0.0002)]}, Datum.GCJ02)
    assert in_gcj02.contains(Position(29.0001, 106.0001, Datum.GCJ02))
    assert not in_gcj02.contains(Position(29.0001, 106.0001))


WRONG = [
    None,
    {},
    [],
    "Polygon",
    {"type": "Point", "coordinates": [1, 2]},
    {"type": "Polygon"},
    {"type": "Polygon", "coordinates": []},
    {"type": "MultiPolygon", "coordinates": []},
    {"type": "MultiPolygon", "coordinates": {"a": 1}},
    {"type": ["Polygon"], "coordinates": [square(0, 0, 1)]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]},
    {"type": "Polygon", "coordinates": [[[0], [1], [2]]]},
    {"type": "Polygon", "coordinates": [[0, 1, 2, 3]]},
    {"type": "Polygon", "coordinates": [[["a", 0], [1, 1], [2, 0]]]},
    {"type": "Polygon", "coordinates": [[[None, 0], [1, 1], [2, 0]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 91], [2, 0]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [float("nan"), 1], [2, 0]]]},
    {"type": "Polygon", "coordinates": [square(29, 106, 1)]},  # latitude first
]


@pytest.mark.parametrize("geometry", WRONG)
def test_what_is_no_outline_is_refused(geometry):
    with pytest.raises(BadInput, match="GeoJSON"):
        read_outline(geometry)


def test_what_is_no_datum_is_refused():
    with pytest.raises(BadInput, match="坐标系"):
        read_outline(YARD, "BD-09")


@laws
@given(unit, unit, st.floats(-180, 180))
def test_a_square_turned_any_way_holds_what_it_should(x, y, turned):
    angle = turned * pi / 180
    corners = [(cos(angle + n * pi / 2), sin(angle + n * pi / 2)) for n in range(4)]
    along, across = x * cos(angle) + y * sin(angle), -x * sin(angle) + y * cos(angle)
    distance = abs(along) + abs(across)
    if abs(distance - 1) > 1e-9:
        turned_square = {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}
        assert contains(turned_square, y, x) is (distance < 1)


@laws
@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=3, max_size=9, unique=True), unit, unit)
def test_direction_and_first_corner_make_no_difference(ring, lat, lon):
    answers = {
        contains({"type": "Polygon", "coordinates": [corners]}, lat, lon)
        for corners in (ring, ring[::-1], ring[1:] + ring[:1])
    }
    assert len(answers) == 1
