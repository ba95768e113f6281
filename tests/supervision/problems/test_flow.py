"""Stage × move × person, in full. What is expected is written from the users' rules, not read from the table."""

from datetime import timedelta
from itertools import product

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import CannotMove, NotAllowed, NotFound
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.people.actions import appoint, end_post
from duzhan.people.models import Person
from duzhan.places.actions import post_at_point
from duzhan.supervision.problems import actions, rules
from duzhan.supervision.problems.flow import MOVES, Stage, moves_for
from duzhan.supervision.problems.queries import visible_to
from tests.builders.problems import problem_at, verification
from tests.builders.uploads import photo_of
from tests.people import NOON

TOMORROW = NOON + timedelta(days=2)
SUPERVISORS = {"office", "inspector", "verifier", "discipline"}
READERS = SUPERVISORS | {"leader"}
EVERYBODY = READERS | {"unit", "other_unit", "far_office", "volunteer"}
WORKING = {"handed_over", "accepted"}

# The users' rules in their own words: at which stages, by whom.
RULES = {
    "hand_over": ({"found"}, SUPERVISORS),
    "fix_on_the_spot": ({"found"}, SUPERVISORS),
    "accept": ({"handed_over"}, {"unit"}),
    "report_rectified": (WORKING, {"unit"}),
    "close": ({"rectified"}, {"office", "verifier", "discipline"}),  # not inspector, who found it
    "send_back": ({"rectified"}, SUPERVISORS),
    "transfer": (WORKING, {"office"}),
    "press": (WORKING, READERS),
    "ask_extension": (WORKING, {"unit"}),
    "extend": (WORKING, {"office"}),
    "pause": (WORKING, {"office"}),
    "resume": (set(), set()),  # nothing is paused here; see test_clock
    "reclassify": ({"found", "rectified"} | WORKING, {"office"}),
    "merge": ({"found"} | WORKING, {"office"}),
    "withdraw": ({"found"} | WORKING, {"office"}),
    "relapse": ({"closed"}, SUPERVISORS),
    "add_evidence": ({"found", "rectified"} | WORKING, SUPERVISORS | {"unit"}),
}
EXCEPT = {("found", "add_evidence", "unit")}  # before it is handed over it is no unit's
ENDS = {
    "hand_over": "handed_over", "fix_on_the_spot": "rectified", "accept": "accepted", "report_rectified": "rectified",
    "close": "closed", "send_back": "handed_over", "transfer": "handed_over", "merge": "merged",
    "withdraw": "withdrawn", "relapse": "handed_over",
}  # fmt: skip


def said_with(move, cast, person):
    """What must be said with a move."""
    return {
        "hand_over": lambda: {"unit": cast.bodies["street"]},
        "fix_on_the_spot": lambda: {"unit": cast.bodies["street"], "note": "当场划线。"},
        "report_rectified": lambda: {"note": "已划线。"},
        "close": lambda: {"visit": verification(cast).pk},
        "send_back": lambda: {"reason": "仍有缺口。"},
        "transfer": lambda: {"unit": cast.bodies["other_street"], "reason": "属地有误。"},
        "press": lambda: {"note": "请抓紧。"},
        "ask_extension": lambda: {"due_at": TOMORROW, "reason": "材料未到。"},
        "extend": lambda: {"due_at": TOMORROW, "reason": "材料未到。"},
        "pause": lambda: {"reason": "点位临时关闭。"},
        "reclassify": lambda: {"field": "isolation", "reason": "领域有误。"},
        "merge": lambda: {"into": problem_at(cast, Stage.FOUND), "reason": "同一件。"},
        "withdraw": lambda: {"reason": "不是问题。"},
        "relapse": lambda: {"reason": "又出现了。"},
        "add_evidence": lambda: {"uploads": [photo_of(person)]},
    }.get(move, dict)()


def state(problem):
    problem.refresh_from_db()
    return problem.state(), Event.objects.filter(subject_kind="problem", subject_id=problem.pk).count()


@pytest.mark.parametrize(("stage", "move"), list(product(Stage.values, MOVES)))
def test_every_stage_move_and_person(stage, move, cast):
    stages, allowed = RULES[move]
    for who in sorted(EVERYBODY):
        person = Person.objects.get(username=who)
        problem, said = problem_at(cast, stage), said_with(move, cast, person)
        before = state(problem)
        expected = stage in stages and who in allowed and (stage, move, who) not in EXCEPT
        assert (move in [offered.name for offered in moves_for(person, problem)]) == expected, who
        if expected:
            moved = getattr(actions, move)(problem, by=person, **said)
            assert moved.stage == ENDS.get(move, stage), who
            assert moved.last_event.kind == f"problem.{move}"
            assert moved.last_event.actor == person.pk
            assert state(problem)[0]["stage"] == moved.stage
        else:
            with pytest.raises((CannotMove, NotAllowed, NotFound)):
                getattr(actions, move)(problem, by=person, **said)
            assert state(problem) == before, who
    assert list(verify()) == []


@pytest.mark.parametrize("stage", Stage.values)
def test_who_sees_an_ordinary_problem(stage, cast):
    problem = problem_at(cast, stage)
    unit = {"unit"} if problem.unit_id and stage != "found" else set()
    assert seen_by(problem) == READERS | unit


@pytest.mark.parametrize(("stage", "unit"), [("found", set()), ("handed_over", {"unit"})])
def test_a_conduct_problem_is_seen_by_discipline_its_finder_and_its_unit(stage, unit, cast):
    problem = problem_at(cast, "found", klass="conduct")
    if stage == "handed_over":
        actions.hand_over(problem, by=cast.discipline, unit=cast.bodies["street"])
    assert seen_by(problem) == {"discipline", "inspector"} | unit


def seen_by(problem):
    """Who sees it by the query; and the rule says the same of each."""
    problem.refresh_from_db()
    people = list(Person.objects.filter(username__in=EVERYBODY))
    sees = {person.username for person in people if visible_to(person).filter(pk=problem.pk).exists()}
    assert sees == {person.username for person in people if rules.may_see(person, problem, NOON)}
    return sees


def test_somebody_with_a_post_at_the_place_does_not_verify_there(cast):
    problem, visit = problem_at(cast, Stage.RECTIFIED), verification(cast)
    post_at_point(cast.points["station"], cast.verifier, "志愿者")
    with pytest.raises(NotAllowed, match="任职"):
        actions.close(problem, by=cast.verifier, visit=visit.pk)


def test_somebody_of_the_unit_does_not_verify_for_it(cast):
    problem, visit = problem_at(cast, Stage.RECTIFIED), verification(cast)
    appoint(cast.verifier, cast.bodies["street"], "unit")
    with pytest.raises(NotAllowed, match="责任单位任职"):
        actions.close(problem, by=Person.objects.get(username="verifier"), visit=visit.pk)


def test_a_right_lapses_with_the_post_on_the_minute(cast):
    problem = problem_at(cast, Stage.HANDED_OVER)
    end_post(cast.unit.posts.get(), by=cast.office, ends_at=NOON + timedelta(minutes=5))
    unit = Person.objects.get(username="unit")
    with travel(NOON + timedelta(minutes=5)), pytest.raises(NotFound):
        actions.accept(problem, by=unit)
    with travel(NOON + timedelta(minutes=4)):
        assert actions.accept(problem, by=unit).stage == Stage.ACCEPTED
