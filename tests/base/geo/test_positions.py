"""Datums and distances."""

from math import cos, radians

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from duzhan.base.errors import BadInput
from duzhan.base.geo.positions import Datum, Position, metres_between

laws = settings(deadline=None, max_examples=300)
in_china = st.builds(Position, st.floats(18, 53.5), st.floats(73.6, 135))
anywhere = st.builds(Position, st.floats(-89, 89), st.floats(-179, 179))

PUBLISHED = [  # WGS-84 and GCJ-02 of the same place, from the tests of the public eviltransform library
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]


@pytest.mark.parametrize(("wgs84", "gcj02"), PUBLISHED)
def test_published_places_are_bent_as_published(wgs84, gcj02):
    bent = Position(*wgs84).to(Datum.GCJ02)
    assert (bent.lat, bent.lon) == pytest.approx(gcj02, abs=1e-9)
    assert bent.datum is Datum.GCJ02
    straight = Position(*gcj02, Datum.GCJ02).to("WGS-84")
    assert (straight.lat, straight.lon) == pytest.approx(wgs84, abs=1e-8)


@pytest.mark.parametrize(("lat", "lon"), [(51.5, -0.1), (35.68, 139.69), (-33.9, 151.2), (40.7, -74.0), (90, 180)])
def test_far_from_china_nothing_is_bent(lat, lon):
    for here in (Position(lat, lon), Position(lat, lon, Datum.GCJ02)):
        there = here.to(Datum.GCJ02 if here.datum is Datum.WGS84 else Datum.WGS84)
        assert (there.lat, there.lon) == (lat, lon)


def test_a_distance_known_from_maps():
    beijing, shanghai = Position(39.9042, 116.4074), Position(31.2304, 121.4737)
    assert metres_between(beijing, shanghai) == pytest.approx(1_067_000, rel=0.005)
    assert metres_between(Position(0, 0), Position(0, 180)) == pytest.approx(20_015_115, abs=1)


def test_a_position_keeps_its_datum_and_is_compared_in_one():
    on_the_phone = Position(31.17530398364597, 121.531541859215, "GCJ-02")
    on_the_receiver = Position(31.1774276, 121.5272106)
    assert on_the_phone.datum is Datum.GCJ02
    assert metres_between(on_the_phone, on_the_receiver) < 0.01
    read_wrongly = Position(on_the_phone.lat, on_the_phone.lon)
    assert metres_between(read_wrongly, on_the_receiver) > 400


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(91, 0), (0, 180.1), ("x", 0), (None, 0), (float("nan"), 0), (0, float("inf")), (10**400, 0)],
)
def test_what_is_no_position_is_refused(lat, lon):
    with pytest.raises(BadInput, match="不是位置"):
        Position(lat, lon)


def test_what_is_no_datum_is_refused():
    with pytest.raises(BadInput, match="坐标系"):
        Position(30, 106, "BD-09")
    with pytest.raises(BadInput, match="坐标系"):
        Position(30, 106).to("火星")


def test_numbers_in_text_are_read():
    assert Position("29.72", " 106.63 ") == Position(29.72, 106.63)


@laws
@given(in_china)
def test_there_and_back_is_the_same_place(here):
    bent = here.to(Datum.GCJ02)
    assert metres_between(here, bent.to(Datum.WGS84)) < 0.001
    back = Position(here.lat, here.lon, Datum.GCJ02)
    again = back.to(Datum.WGS84).to(Datum.GCJ02)
    assert metres_between(Position(again.lat, again.lon), here) < 0.001


@laws
@given(in_china)
def test_inside_china_the_bend_is_some_hundred_metres(here):
    bent = here.to(Datum.GCJ02)
    assert 20 < metres_between(here, Position(bent.lat, bent.lon)) < 1_000


@laws
@given(anywhere)
def test_outside_the_rectangle_nothing_changes(here):
    assume(not (0.5 < here.lat < 56.2 and 71.7 < here.lon < 138.2))
    assert here.to(Datum.GCJ02) == Position(here.lat, here.lon, Datum.GCJ02)
    there = Position(here.lat, here.lon, Datum.GCJ02)
    assert there.to(Datum.WGS84) == here


@laws
@given(anywhere, anywhere, anywhere)
def test_distances_are_distances(one, two, three):
    assert metres_between(one, one) == 0
    assert metres_between(one, two) == pytest.approx(metres_between(two, one))
    assert metres_between(one, three) <= metres_between(one, two) + metres_between(two, three) + 1e-3


@laws
@given(st.floats(-60, 60), st.floats(-170, 170), st.floats(-0.01, 0.01), st.floats(-0.01, 0.01))
def test_close_by_the_earth_is_flat(lat, lon, north, east):
    metres = metres_between(Position(lat, lon), Position(lat + north, lon + east))
    across = 111_195.08 * cos(radians(lat + north / 2)) * east
    assert metres == pytest.approx((across**2 + (111_195.08 * north) ** 2) ** 0.5, rel=1e-4, abs=0.01)
