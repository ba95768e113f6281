"""What tests of figures ask, and the visits they count."""

from datetime import timedelta

from duzhan.insight.figures import queries
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at

DAY = timedelta(days=1)


def told(cast, **question):
    return queries.figures(cast.operation, **question).values


def visit(cast, point="station", **row):
    return record_visit(cast.operation, {"point": cast.points[point], **row}, by=cast.inspector)


def story(cast):
    """Two streets, both groups of figures, something moved between units, something seen twice in one street."""
    problem_at(cast, Stage.CLOSED)
    moved = problem_at(cast, Stage.ACCEPTED)
    actions.transfer(moved, by=cast.office, unit=cast.bodies["other_street"], reason="属地有误。")
    actions.find(
        cast.operation,
        by=cast.inspector,
        point=cast.points["market"],
        title="未扫码",
        field="supply",
        cause="careless_measures",
    )
    visit(cast)
    visit(cast, "market")
    visit(cast, "market")
