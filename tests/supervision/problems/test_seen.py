"""What a list of an operation shows in an area is what its reader may open there, however the question is put."""

import pytest
from django.db.models import Q

from duzhan.people.actions import appoint, register_person
from duzhan.places.actions import add_area
from duzhan.places.models import Area
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.queries import listed_for, visible_to
from tests.builders.problems import problem_at
from tests.people import STARTED


@pytest.fixture
def places(cast):
    """Problems in two streets and a community of one of them, handed over and not, sealed and not."""
    community = add_area("龙湖社区", "500112016001", "community", parent=cast.areas["street"])
    found = {"title": "登记簿缺项", "field": "testing", "cause": "careless_measures"}
    actions.find_many(
        cast.operation, [{**found, "area": area} for area in (cast.areas["street"], community)], by=cast.inspector
    )
    sealed = {**found, "klass": "conduct", "cause": "inaction"}
    for where in ({"point": cast.points["station"]}, {"area": community}):
        actions.find(cast.operation, **sealed, **where, by=cast.inspector)
    for unit in ("street", "other_street"):
        market = actions.find(cast.operation, **found, point=cast.points["market"], by=cast.inspector)
        actions.hand_over(market, by=cast.office, unit=cast.bodies[unit])
    problem_at(cast, Stage.CLOSED)
    cast.people["two_posts"] = register_person("two-posts", "示例两岗")
    appoint(cast.two_posts, cast.bodies["office"], "inspector", area=community.path, starts_at=STARTED)
    appoint(cast.two_posts, cast.bodies["street"], "unit", area=cast.areas["street"].path, starts_at=STARTED)


@pytest.mark.parametrize(
    "who", ["office", "inspector", "leader", "discipline", "unit", "other_unit", "far_office", "two_posts"]
)
def test_an_area_takes_away_what_lies_elsewhere_and_nothing_else(cast, places, who):
    person, seen = cast.people[who], 0
    for area in [None, *Area.objects.all()]:
        there = Q(area_path__startswith=area.path) if area else Q()
        expected = set(visible_to(person).filter(there, operation=cast.operation).values_list("pk", flat=True))
        assert set(listed_for(person, cast.operation, area=area).values_list("pk", flat=True)) == expected
        seen += len(expected)
    assert seen or who == "far_office"
