"""What the tests of the first page and of the wall have in common."""

from duzhan.supervision.problems import actions
from tests.builders.problems import found

SECRET = "巡查人员吃请"  # the title of a problem that few may read


def handed_over(cast, many=1, **more):
    return actions.hand_over_many(found(cast, many, **more), by=cast.office, unit=cast.bodies["street"])


def conduct(cast):
    problem = actions.find(
        cast.operation, by=cast.inspector, point=cast.points["station"], title=SECRET, field="testing",
        cause="formalism_bureaucracy", klass="conduct",
    )  # fmt: skip
    return actions.hand_over(problem, by=cast.discipline, unit=cast.bodies["street"])
