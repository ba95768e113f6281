"""Who is told of which step: each of them once, nobody of what they did themselves, and only what they may still see."""

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.ledger import deliveries
from duzhan.base.ledger.models import Delivery, Event
from duzhan.base.ui.spelling import short_instant
from duzhan.insight.notices import actions, kinds, queries, shown
from duzhan.insight.notices.models import Notice
from duzhan.people.actions import appoint, end_post, register_person
from duzhan.people.models import Post
from duzhan.supervision.inspections.actions import answer_help, record_visit
from duzhan.supervision.inspections.models import Help
from duzhan.supervision.problems import actions as problems
from duzhan.supervision.problems.flow import MOVES, Stage
from tests.builders.problems import problem_at, verification
from tests.people import HOUR, NOON


def carry_out():
    with travel(NOON + HOUR):
        while deliveries.carry_out():
            pass
    assert not Delivery.objects.filter(done_at=None).exists()


def told(cast):
    """What waits for each of the cast: {name: [key of a kind, ...]}, the oldest first."""
    carry_out()
    found = {}
    for name, person in cast.people.items():
        person and person.forget_hats()
        if person and (
            kinds_ := list(queries.unread(person).order_by("event__seq", "pk").values_list("kind", flat=True))
        ):
            found[name] = kinds_
    return found


STEPS = {  # a step, and for whom something waits after it; written from what the users say, not from the table
    "hand_over": (lambda cast: problem_at(cast, Stage.HANDED_OVER), {"unit": ["problem.hand_over"]}),
    "accept": (lambda cast: problem_at(cast, Stage.ACCEPTED), {}),
    "report_rectified": (
        lambda cast: problem_at(cast, Stage.RECTIFIED),
        {"office": ["problem.report_rectified"], "verifier": ["problem.report_rectified"]},
    ),
    "close": (lambda cast: problem_at(cast, Stage.CLOSED), {"unit": ["problem.close"]}),
    "send_back": (
        lambda cast: problems.send_back(problem_at(cast, Stage.RECTIFIED), by=cast.verifier, reason="仍有缺口。"),
        {"unit": ["problem.send_back"]},
    ),
    "transfer": (
        lambda cast: problems.transfer(
            problem_at(cast, Stage.ACCEPTED), by=cast.office, unit=cast.bodies["other_street"], reason="属地有误。"
        ),
        {"unit": ["problem.transfer:former"], "other_unit": ["problem.transfer"]},
    ),
    "press": (
        lambda cast: problems.press(problem_at(cast, Stage.ACCEPTED), by=cast.leader, note="请抓紧。"),
        {"unit": ["problem.press"]},
    ),
    "ask_extension": (
        lambda cast: problems.ask_extension(
            problem_at(cast, Stage.ACCEPTED), by=cast.unit, due_at=NOON + 99 * HOUR, reason="材料未到。"
        ),
        {"office": ["problem.ask_extension"]},
    ),
    "extend": (
        lambda cast: problems.extend(
            STEPS["ask_extension"][0](cast), by=cast.office, due_at=NOON + 99 * HOUR, reason="材料未到。"
        ),
        {"unit": ["problem.extend"]},
    ),
    "pause": (
        lambda cast: problems.pause(problem_at(cast, Stage.ACCEPTED), by=cast.office, reason="临时关闭。"),
        {"unit": ["problem.pause"]},
    ),
    "resume": (
        lambda cast: problems.resume(STEPS["pause"][0](cast), by=cast.office),
        {"unit": ["problem.resume"]},
    ),
    "relapse": (
        lambda cast: problems.relapse(problem_at(cast, Stage.CLOSED), by=cast.inspector, reason="又出现了。"),
        {"unit": ["problem.relapse"]},
    ),
    "fix_on_the_spot": (
        lambda cast: problems.fix_on_the_spot(
            problem_at(cast, Stage.FOUND), by=cast.verifier, unit=cast.bodies["street"], note="当场划线。"
        ),
        {"office": ["problem.fix_on_the_spot"]},
    ),
    "withdraw": (
        lambda cast: problems.withdraw(problem_at(cast, Stage.ACCEPTED), by=cast.office, reason="不是问题。"),
        {"unit": ["problem.withdraw"]},
    ),
    "merge": (
        lambda cast: problems.merge(
            problem_at(cast, Stage.ACCEPTED), by=cast.office, into=problem_at(cast, Stage.FOUND), reason="同一件。"
        ),
        {"unit": ["problem.merge"]},
    ),
    "reclassify": (
        lambda cast: problems.reclassify(
            problem_at(cast, Stage.ACCEPTED), by=cast.office, klass="hazard", reason="尚未造成后果。"
        ),
        {},
    ),
    "add_evidence": (None, {}),
}  # fmt: skip


def test_each_move_is_thought_of():
    assert set(STEPS) == set(MOVES)


@pytest.mark.parametrize("step", [step for step, (bring, _who) in STEPS.items() if bring])
def test_those_who_should_know_are_told_and_nobody_else(step, cast):
    bring, expected = STEPS[step]
    bring(cast)
    assert told(cast) == expected


def test_a_problem_withdrawn_before_it_was_theirs_is_no_news_to_the_unit(cast):
    problem = problems.find(
        cast.operation, by=cast.inspector, point=cast.points["station"], title="未交办", field="testing",
        cause="careless_measures", unit=cast.bodies["street"],
    )  # fmt: skip
    problems.withdraw(problem, by=cast.office, reason="不是问题。")
    assert told(cast) == {}
    assert not Notice.objects.exists()


def test_conduct_problems_are_told_to_discipline_and_the_unit_alone(cast):
    conduct = problem_at(cast, Stage.FOUND, klass="conduct")
    problems.hand_over(conduct, by=cast.discipline, unit=cast.bodies["street"])
    assert told(cast) == {"unit": ["problem.hand_over"]}
    problems.report_rectified(conduct, by=cast.unit, note="已批评教育。")
    assert told(cast) == {"discipline": ["problem.report_rectified"]}


def test_a_call_for_help_goes_to_the_office_and_the_answer_to_who_brought_it(cast):
    record_visit(cast.operation, {"point": cast.points["station"], "difficulty": "缺防护服。"}, by=cast.inspector)
    assert told(cast) == {"office": ["help.ask"]}
    answer_help(Help.objects.get(), by=cast.office, answer="已调拨。")
    assert told(cast) == {"inspector": ["help.answer"]}


def test_two_at_one_unit_are_both_told_and_what_one_does_is_done_for_both(cast):
    colleague = cast.people["colleague"] = register_person("colleague", "示例同事")
    appoint(colleague, cast.bodies["street"], "unit", area=cast.areas["street"].path)
    problem = problem_at(cast, Stage.HANDED_OVER)
    assert told(cast) == {"unit": ["problem.hand_over"], "colleague": ["problem.hand_over"]}
    problems.accept(problem, by=colleague)
    assert told(cast) == {}


def test_in_whatever_order_the_steps_are_carried_out_the_same_waits(cast):
    problem_at(cast, Stage.RECTIFIED)
    problems.relapse(problem_at(cast, Stage.CLOSED), by=cast.inspector, reason="又出现了。")
    events = [delivery.event for delivery in Delivery.objects.select_related("event").order_by("pk")]
    left = []
    for order in (events, events[::-1], events[::2] + events[1::2]):
        Notice.objects.all().delete()
        for event in order:
            actions.tell(event)
        waits = Notice.objects.filter(read_at=None, overtaken_at=None)
        left.append(sorted(waits.values_list("kind", "person", "subject_id")))
    assert left[0] == left[1] == left[2]
    assert len(left[0]) == 3


def test_told_again_it_is_told_once(cast):
    problem_at(cast, Stage.HANDED_OVER)
    event = Event.objects.get(kind="problem.hand_over")
    for _again in range(3):
        actions.tell(event)
    assert Notice.objects.count() == 1


def test_who_lost_the_post_sees_and_counts_nothing_more(cast):
    problem_at(cast, Stage.HANDED_OVER)
    assert told(cast) == {"unit": ["problem.hand_over"]}
    end_post(Post.objects.get(person=cast.unit), by=None, ends_at=NOON + HOUR)
    cast.unit.forget_hats()
    with travel(NOON + 2 * HOUR):
        assert queries.unread_count(cast.unit) == 0
        assert not queries.shown_to(cast.unit).exists()
    assert Notice.objects.filter(person=cast.unit).exists()


def test_a_unit_is_told_no_word_of_what_is_no_longer_its_own(cast):
    STEPS["transfer"][0](cast)
    carry_out()
    [line] = shown.lines(list(queries.unread(cast.unit).select_related("event")))
    assert (line.title, line.stands) == ("", "")
    assert line.says == "已转由别的单位办理，双龙湖街道territory不再负责。"


def test_a_deadline_is_said_as_the_step_set_it(cast):
    problem = problem_at(cast, Stage.HANDED_OVER)
    first = problem.due_at
    problems.extend(problem, by=cast.office, due_at=NOON + 99 * HOUR, reason="材料未到。")
    carry_out()
    lines = shown.lines(list(queries.unread(cast.unit).select_related("event").order_by("pk")))
    assert [line.says for line in lines] == [
        f"交办给双龙湖街道territory，限{short_instant(first, cast.operation)}。",
        "时限改为29日 15:00。",
    ]


def test_every_sentence_is_made_of_what_it_is_given(cast):
    for kind in kinds.KINDS.values():
        said = str(kind.says) % {"unit": "示例街道", "due": "25日 18:00"}
        assert "%" not in said


def test_the_bell_asks_for_rights_only_where_something_waits(cast, django_assert_num_queries):
    cast.unit.hats()
    with django_assert_num_queries(1):
        assert queries.unread_count(cast.unit) == 0
    for _each in range(3):
        problem_at(cast, Stage.HANDED_OVER)
    carry_out()
    with django_assert_num_queries(2):
        assert queries.unread_count(cast.unit) == 3


def test_nothing_of_a_person_stands_in_a_notice(cast):
    problems.press(problem_at(cast, Stage.ACCEPTED), by=cast.leader, note="请示例人员甲抓紧。")
    carry_out()
    names = {field.name for field in Notice._meta.get_fields()}
    assert names == {
        "id", "event", "person", "kind", "subject_kind", "subject_id", "seq", "body", "made_at", "read_at", "overtaken_at",
    }  # fmt: skip
    [line] = shown.lines(list(queries.unread(cast.unit).filter(kind="problem.press").select_related("event")))
    assert not any(word in line.says for word in ("示例人员甲", str(cast.leader)))


def test_a_verification_that_is_done_waits_for_nobody(cast):
    problem = problem_at(cast, Stage.RECTIFIED)
    carry_out()
    problems.close(problem, by=cast.verifier, visit=verification(cast).pk)
    assert told(cast) == {"unit": ["problem.close"]}
