"""An instant is the same instant in whatever zone it is written: the sums, cut in UTC, do not mind."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.ledger import queries
from duzhan.base.ledger.cells import day_of, hour_of
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.rollups import settle
from duzhan.supervision.problems import actions as problems
from tests.people import NOON

ZONES = (UTC, ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Kolkata"), timezone(-timedelta(hours=9, minutes=30)))


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_hours_and_days_are_cut_in_utc(zone):
    instant = datetime(2022, 11, 24, 23, 40, 5, tzinfo=UTC).astimezone(zone)
    assert hour_of(instant) == datetime(2022, 11, 24, 23, tzinfo=UTC)
    assert day_of(instant) == datetime(2022, 11, 24, tzinfo=UTC)
    assert hour_of(instant).utcoffset() == day_of(instant).utcoffset() == timedelta(0)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_sum_is_the_same_wherever_the_clock_hangs(cast, zone):
    """At 07:30 in China it is still yesterday in UTC: what happened then is counted once."""
    before_breakfast, evening = NOON - timedelta(hours=4, minutes=30), NOON + timedelta(hours=6)
    with travel(before_breakfast):
        problems.find(
            cast.operation, by=cast.inspector, title="卡口夜间值守缺一人", field="watch", cause="responsibility",
            point=next(iter(cast.points.values())),
        )  # fmt: skip
    while settle():
        pass
    with travel(evening):
        totals = queries.totals(cast.operation.pk, evening.astimezone(zone))
    assert totals["problem.find", "", "found"] == Event.objects.filter(kind="problem.find").count() == 1
