"""Figures day by day: each day is the figure as of its end."""

from datetime import time, timedelta

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput
from duzhan.base.ledger.rollups import settle
from duzhan.insight.figures import queries
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.insight.figures.asked import DAY, story, told, visit
from tests.people import HOUR, NOON


def test_days_end_where_the_last_one_does(cast):
    for hours in (-30, -20, -1):
        visit(cast, at=NOON + hours * HOUR)
    days = queries.series(cast.operation, ["inspections", "points_visited"], days=3)
    assert [day.on.day for day in days] == [23, 24, 25]
    assert [day.as_of for day in days] == [NOON - 2 * DAY, NOON - DAY, NOON]
    assert [(day.values["inspections"], day.changes["inspections"]) for day in days] == [(0, 0), (1, 1), (3, 2)]
    assert [day.values["points_visited"] for day in days] == [0, 1, 1]


def test_days_end_at_midnight_of_the_zone(cast):
    visit(cast, at=NOON - 12 * HOUR)  # midnight in the zone: the 25th begins
    visit(cast, at=NOON - 12 * HOUR - timedelta(microseconds=1))
    days = queries.series(cast.operation, ["inspections"], days=2, cut=time(0))
    assert [(day.on.day, day.changes["inspections"]) for day in days] == [(24, 1), (25, 1)]


def test_what_comes_after_the_cut_belongs_to_the_next_day(cast):
    evening = NOON + 6 * HOUR + timedelta(minutes=30)  # 18:30 in the zone
    with travel(evening):
        visit(cast, at=NOON + 6 * HOUR)
        visit(cast, at=evening)
        days = queries.series(cast.operation, ["inspections"], days=2, cut=cast.operation.cut_off)
    assert [(day.on.day, day.changes["inspections"]) for day in days] == [(25, 1), (26, 1)]
    assert days[-1].as_of == evening


def test_each_day_is_the_figure_as_of_its_end(cast):
    story(cast)
    keys = [key for key in CATALOGUE if key != "problems_overdue"]
    with travel(NOON + 30 * HOUR):
        problem_at(cast, Stage.RECTIFIED)
        settle(limit=9)
        for day in queries.series(cast.operation, keys, days=4):
            assert day.values == told(cast, as_of=day.as_of, keys=keys)


@pytest.mark.parametrize("days", [0, -1, 401])
def test_a_foolish_number_of_days_is_refused(cast, days):
    with pytest.raises(BadInput):
        queries.series(cast.operation, ["inspections"], days=days)
