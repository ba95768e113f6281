"""What the tests of the first page and of the wall have in common."""

from django.test import Client

from duzhan.supervision.problems import actions

SECRET = "巡查人员吃请"  # the title of a problem that few may read


def of(person):
    client = Client()
    client.force_login(person)
    return client


def found(cast, many=1, **more):
    row = {
        "point": cast.points["station"],
        "title": "采样点排队间距不足",
        "field": "testing",
        "cause": "careless_measures",
    }
    return actions.find_many(cast.operation, [row | more] * many, by=cast.inspector)


def handed_over(cast, many=1, **more):
    return actions.hand_over_many(found(cast, many, **more), by=cast.office, unit=cast.bodies["street"])


def conduct(cast):
    problem = actions.find(
        cast.operation, by=cast.inspector, point=cast.points["station"], title=SECRET, field="testing",
        cause="formalism_bureaucracy", klass="conduct",
    )  # fmt: skip
    return actions.hand_over(problem, by=cast.discipline, unit=cast.bodies["street"])
