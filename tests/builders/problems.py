from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem


def problem_at(cast, stage, *, klass="ordinary") -> Problem:
    """A problem of the cast's operation at the wanted stage, brought there by the people whose work it is.

    Found by `inspector`, handed over by `office` to `unit`, verified by `verifier`.
    """
    problem = _found(cast, klass)
    for name in PATHS[stage]:
        problem = STEPS[name](cast, problem)
    assert problem.stage == stage
    return problem


def _found(cast, klass="ordinary"):
    return actions.find(
        cast.operation, by=cast.inspector, point=cast.points["station"], title="采样点排队间距不足",
        field="testing", cause=CAUSES[klass], klass=klass, group=cast.group,
    )  # fmt: skip


def found(cast, many=1, **more) -> list:
    """So many problems that the inspector has found at the station at once; `more` says what is otherwise."""
    row = {
        "point": cast.points["station"],
        "title": "采样点排队间距不足",
        "field": "testing",
        "cause": "careless_measures",
    }
    return actions.find_many(cast.operation, [row | more] * many, by=cast.inspector)


def one_of_each(cast, **visited):
    """A problem at each stage, one of conduct handed over, and a visit to the market that says `visited`."""
    for stage in Stage:
        problem_at(cast, stage)
    conduct = problem_at(cast, Stage.FOUND, klass="conduct")
    actions.hand_over(conduct, by=cast.discipline, unit=cast.bodies["street"])
    record_visit(cast.operation, {"point": cast.points["market"], **visited}, by=cast.inspector)


CAUSES = {"ordinary": "careless_measures", "hazard": "careless_measures", "conduct": "formalism_bureaucracy",
          "over_enforcement": "added_layers"}  # fmt: skip

STEPS = {
    "hand_over": lambda cast, p: actions.hand_over(p, by=cast.office, unit=cast.bodies["street"]),
    "accept": lambda cast, p: actions.accept(p, by=cast.unit),
    "report": lambda cast, p: actions.report_rectified(p, by=cast.unit, note="已划线分区，增设引导员。"),
    "close": lambda cast, p: actions.close(p, by=cast.verifier, visit=verification(cast).pk),
    "merge": lambda cast, p: actions.merge(p, by=cast.office, into=_found(cast), reason="同一件事登记了两次。"),
    "withdraw": lambda cast, p: actions.withdraw(p, by=cast.office, reason="经核实不是问题。"),
}
PATHS = {
    Stage.FOUND: (),
    Stage.HANDED_OVER: ("hand_over",),
    Stage.ACCEPTED: ("hand_over", "accept"),
    Stage.RECTIFIED: ("hand_over", "accept", "report"),
    Stage.CLOSED: ("hand_over", "accept", "report", "close"),
    Stage.MERGED: ("merge",),
    Stage.WITHDRAWN: ("withdraw",),
}


def verification(cast):
    """A visit that looks whether it was mended."""
    return record_visit(cast.operation, {"point": cast.points["station"], "purpose": "verify"}, by=cast.verifier)
