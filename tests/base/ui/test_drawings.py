"""Pictures drawn on the server say in words what they show, and their parts add up."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duzhan.base.ui import drawings

START = datetime(2022, 11, 25, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


def shapes(svg):
    return [(part.get("class"), part.attrib) for part in ET.fromstring(svg)]


def test_a_spark_has_a_bar_for_each_day_as_tall_as_its_number():
    bars = [attributes for _kind, attributes in shapes(drawings.spark([10, 0, 40, None, 20], "走访"))]
    tall = [float(bar["height"]) for bar in bars]
    assert tall == [12, 0, 48, 0, 24]
    assert all(float(bar["y"]) + height == drawings.SPARK_TALL for bar, height in zip(bars, tall, strict=True))


def test_a_spark_says_its_numbers_and_escapes_its_label():
    svg = drawings.spark([1, None], '<b>"')
    assert ET.fromstring(svg).get("aria-label") == '<b>"：1、—'


@pytest.mark.parametrize("values", [[], [0, 0], [None]])
def test_nothing_to_show_is_no_picture(values):
    assert drawings.spark(values, "走访") == ""


def test_the_clock_bar_with_a_pause():
    pause = (START + HOUR, START + 2 * HOUR)
    pieces = drawings.gauge_pieces(START, START + 8 * HOUR, START + 4 * HOUR, [pause])
    assert pieces == [("used", 0, 0.125), ("held", 0.125, 0.25), ("used", 0.25, 0.5)]


def test_the_clock_bar_past_its_instant_ends_in_red():
    assert drawings.gauge_pieces(START, START + 3 * HOUR, START + 4 * HOUR) == [
        ("used", 0, 0.75),
        ("over", 0.75, 1),
    ]


def test_a_pause_that_still_runs_reaches_to_now():
    pieces = drawings.gauge_pieces(START, START + 4 * HOUR, START + 2 * HOUR, [(START + HOUR, None)])
    assert pieces == [("used", 0, 0.25), ("held", 0.25, 0.5)]


def test_the_clock_bar_speaks():
    svg = drawings.gauge(START, START + 8 * HOUR, START + 4 * HOUR, [(START + HOUR, START + 2 * HOUR)])
    assert ET.fromstring(svg).get("aria-label") == "已用 3小时，暂停 1小时，还剩 4小时"


@given(
    due=st.integers(0, 100),
    at=st.integers(0, 150),
    pauses=st.lists(st.tuples(st.integers(-20, 160), st.none() | st.integers(-20, 160)), max_size=4),
)
def test_the_pieces_of_a_clock_bar_follow_each_other_and_end_now(due, at, pauses):
    def instant(hours):
        return START + hours * HOUR

    told = [(instant(start), None if end is None else instant(end)) for start, end in pauses]
    pieces = drawings.gauge_pieces(START, instant(due), instant(at), told)
    ends = [0.0]
    for _kind, start, end in pieces:
        assert start == pytest.approx(ends[-1]) and start < end <= 1
        ends.append(end)
    if at and max(due, at):
        assert ends[-1] == pytest.approx(min(1, at / max(due, at)))


def test_a_qr_code_is_read_back_module_by_module():
    svg = drawings.qr("https://duzhan.example.org/seals/7", "封条")
    root = ET.fromstring(svg)
    size = int(root.get("viewBox").split()[2])
    dark = re.findall(r"M(\d+) (\d+)h1v1h-1z", root[1].get("d"))
    finder = {(x, y) for x, y in dark if 4 <= int(x) < 11 and 4 <= int(y) < 11}
    assert len(finder) == 33, "the finder pattern in the corner: 24 around, 9 within"
    assert all(4 <= int(x) < size - 4 and 4 <= int(y) < size - 4 for x, y in dark), "a quiet zone of four"
    assert "style=" not in svg
