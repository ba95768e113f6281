"""The evening meeting: groups report in, are heard, and what is decided is done at once (M24, M51, M109)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput, CannotMove, NotAllowed
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.verify import verify
from duzhan.insight.briefing.actions import meetings
from duzhan.insight.briefing.models import Decision, Meeting
from duzhan.insight.briefing.queries import agenda
from duzhan.operations.queries import focuses_of
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems.actions import report_rectified
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON

EVENING = NOON + 8.5 * HOUR  # 20:30


@pytest.fixture
def evening(cast):
    """An afternoon with something late, something due and a difficulty; then half past eight."""
    cast.late = problem_at(cast, Stage.ACCEPTED)
    cast.found = problem_at(cast, Stage.FOUND)
    record_visit(cast.operation, {"point": cast.points["station"], "difficulty": "缺两名引导员。"}, by=cast.inspector)
    with travel(EVENING):
        yield cast


def opened(cast):
    meeting = meetings.plan(cast.operation, by=cast.office)
    return meetings.begin(meeting, by=cast.office, chair=cast.leader)


def test_a_whole_evening(evening):
    meeting = meetings.plan(evening.operation, by=evening.inspector)
    meetings.report_in(meeting, evening.group, "今日走访一次。", by=evening.inspector, asks=["增派引导员"])
    meeting = meetings.begin(meeting, by=evening.office, chair=evening.leader, attendance=["示例leader"])
    meetings.hear(meeting, evening.group, by=evening.office)
    with travel(EVENING + timedelta(seconds=160)):
        hearing = meetings.heard(meeting, evening.group, by=evening.office)
        assert (hearing.stage, hearing.seconds, hearing.asks) == ("heard", 160, ["增派引导员"])
        meeting = meetings.adjourn(meeting, by=evening.office)
    assert (meeting.stage, meeting.chair, meeting.recorder) == ("held", evening.leader, evening.office)
    [turn] = meeting.minutes["turns"]
    assert (turn["group"], turn["figures"]["inspections"], turn["figures"]["problems_in_progress"]) == (
        "第一督导组",
        1,
        1,
    )
    assert [item["number"] for item in turn["items"]] == [evening.late.number]
    assert [help_["text"] for help_ in turn["helps"]] == ["缺两名引导员。"]
    assert list(verify()) == []


def test_a_day_has_one_meeting_whoever_asks_first(evening):
    first = meetings.plan(evening.operation, by=evening.inspector)
    assert meetings.plan(evening.operation, by=evening.leader) == first
    assert Meeting.objects.count() == 1 and first.hearings.count() == 1


def test_the_agenda_says_why_each_problem_comes_up(evening):
    [turn] = agenda.agenda(evening.operation, EVENING.date(), at=EVENING).turns
    [item] = turn.items
    assert item.problem == evening.late
    assert item.reasons == (("late",) if evening.late.due_at < EVENING else ("due",))


def test_conduct_problems_do_not_come_before_a_meeting(evening):
    sealed = problem_at(evening, Stage.FOUND, klass="conduct")
    turns = agenda.agenda(evening.operation, EVENING.date(), at=EVENING + 48 * HOUR).turns
    assert sealed not in [item.problem for turn in turns for item in turn.items]
    with pytest.raises(BadInput, match="不上会"):
        meetings.decide(opened(evening), "press", by=evening.office, problem=sealed, text="抓紧")
    assert not Decision.objects.exists()


def test_calling_the_next_group_ends_the_turn_of_the_one_before(evening):
    meeting = opened(evening)
    meetings.hear(meeting, evening.group, by=evening.office)
    with travel(EVENING + HOUR):
        meetings.adjourn(meeting, by=evening.office)
    assert meeting.hearings.get().seconds == 3600


@pytest.mark.parametrize("name", ["unit", "volunteer", "far_office", "other_unit"])
def test_others_take_no_part(evening, name):
    with pytest.raises(NotAllowed):
        meetings.plan(evening.operation, by=evening.people[name])
    meeting = meetings.plan(evening.operation, by=evening.office)
    with pytest.raises(NotAllowed):
        meetings.report_in(meeting, evening.group, "x", by=evening.people[name])
    for act in (meetings.begin, meetings.adjourn):
        with pytest.raises(NotAllowed):
            act(meeting, by=evening.people[name])
    meeting.refresh_from_db()
    assert meeting.stage == "planned" and meeting.hearings.get().words == ""


def test_an_inspector_speaks_but_does_not_decide(evening):
    with pytest.raises(NotAllowed):
        meetings.decide(
            opened(evening), "task", by=evening.inspector, text="x", unit=evening.bodies["street"],
            due_at=EVENING + HOUR,
        )  # fmt: skip
    assert not Decision.objects.exists()


# --- decisions are moves ----------------------------------------------------------------------------------------


def test_handing_over_in_the_meeting_hands_over(evening):
    decision = meetings.decide(opened(evening), "hand_over", by=evening.office, problem=evening.found,
                               unit=evening.bodies["street"], due_at=EVENING + 3 * HOUR)  # fmt: skip
    evening.found.refresh_from_db()
    assert (evening.found.stage, evening.found.due_at) == ("handed_over", EVENING + 3 * HOUR)
    assert (decision.unit, decision.text) == (evening.bodies["street"], evening.found.title)
    assert not agenda.is_done(agenda.decisions_of(decision.meeting)[0])


def test_transferring_and_extending_in_the_meeting(evening):
    meeting = opened(evening)
    meetings.decide(meeting, "extend", by=evening.office, problem=evening.late, due_at=EVENING + 9 * HOUR, text="缺件")
    meetings.decide(
        meeting,
        "transfer",
        by=evening.office,
        problem=evening.late,
        unit=evening.bodies["other_street"],
        text="属地变更",
    )
    evening.late.refresh_from_db()
    assert (evening.late.unit, evening.late.due_at) == (evening.bodies["other_street"], EVENING + 9 * HOUR)
    assert [
        event.kind for event in Event.objects.filter(subject_kind="problem", subject_id=evening.late.pk).order_by("seq")
    ][-3:] == ["problem.extend", "problem.leave", "problem.transfer"]


def test_a_focus_decided_tonight_holds_from_midnight(evening):
    meetings.decide(opened(evening), "focus", by=evening.office, focuses=["夜间卡口值守"], text="夜间问题集中")
    assert list(focuses_of(evening.operation, EVENING)) == []
    [focus] = focuses_of(evening.operation, NOON + 12.5 * HOUR)
    assert (focus.name, focus.reason, focus.starts_at) == ("夜间卡口值守", "夜间问题集中", NOON + 12 * HOUR)


def test_a_task_is_open_until_its_unit_says_it_is_done(evening):
    decision = meetings.decide(opened(evening), "task", by=evening.office, text="调拨测温设备",
                               unit=evening.bodies["street"], due_at=EVENING + HOUR)  # fmt: skip
    assert agenda.is_late(decision, EVENING + 2 * HOUR)
    with pytest.raises(NotAllowed):
        meetings.report_done(decision, by=evening.other_unit, note="x")
    decision = meetings.report_done(decision, by=evening.unit, note="已调拨 19 台。")
    assert (decision.stage, decision.done_by) == ("done", evening.unit)
    assert not agenda.is_late(decision, EVENING + 2 * HOUR)
    with pytest.raises(CannotMove):
        meetings.report_done(decision, by=evening.unit, note="再报一次")


def test_what_was_decided_about_a_problem_is_done_when_it_is_mended(evening):
    meeting = opened(evening)
    meetings.decide(meeting, "press", by=evening.office, problem=evening.late, text="今晚整改")
    meetings.decide(meeting, "decline", by=evening.office, text="不另设采样点")
    [decision] = agenda.decisions_before(evening.operation, EVENING.date() + timedelta(days=1))
    assert not agenda.is_done(decision)
    report_rectified(evening.late, by=evening.unit, note="已整改。")
    [decision] = agenda.decisions_before(evening.operation, EVENING.date() + timedelta(days=1))
    assert agenda.is_done(decision)


@pytest.mark.parametrize(
    ("kind", "said"),
    [("task", {"text": "x"}), ("task", {"text": "", "unit": "street", "due_at": EVENING + HOUR}),
     ("task", {"text": "x", "unit": "street", "due_at": EVENING - HOUR}), ("press", {"text": "x"}),
     ("transfer", {"text": "x", "problem": "late"}), ("focus", {"focuses": []}), ("focus", {"focuses": [" "]}),
     ("decline", {"text": " "}), ("extend", {"text": "x", "problem": "late"}), ("nonsense", {})],
)  # fmt: skip
def test_a_decision_that_says_too_little_is_refused_and_nothing_moves(evening, kind, said):
    meeting = opened(evening)
    before = Event.objects.count()
    names = {"unit": evening.bodies, "problem": {"late": evening.late}}
    with pytest.raises(BadInput):
        meetings.decide(
            meeting, kind, by=evening.office,
            **{name: names[name][value] if name in names else value for name, value in said.items()},
        )  # fmt: skip
    assert Event.objects.count() == before and not Decision.objects.exists()


def test_what_the_move_refuses_the_meeting_refuses(evening):
    with pytest.raises(CannotMove):
        meetings.decide(opened(evening), "hand_over", by=evening.office, problem=evening.late)
    with pytest.raises(NotAllowed):  # a leader presses, the office transfers
        meetings.decide(
            Meeting.objects.get(), "transfer", by=evening.leader, problem=evening.late,
            unit=evening.bodies["other_street"], text="x",
        )  # fmt: skip
    assert not Decision.objects.exists()


def test_a_decision_sent_twice_is_made_once(evening):
    meeting, key = opened(evening), uuid4()
    said = {"by": evening.office, "text": "调拨", "unit": evening.bodies["street"], "due_at": EVENING + HOUR}
    first = meetings.decide(meeting, "task", request_key=key, **said)
    assert meetings.decide(meeting, "task", request_key=key, **said) == first
    assert Decision.objects.count() == 1


def test_nothing_is_decided_before_or_after_the_meeting(evening):
    meeting = meetings.plan(evening.operation, by=evening.office)
    said = {"by": evening.office, "text": "不采纳"}
    with pytest.raises(CannotMove):
        meetings.decide(meeting, "decline", **said)
    meetings.begin(meeting, by=evening.office)
    meetings.adjourn(meeting, by=evening.office)
    with pytest.raises(CannotMove):
        meetings.decide(meeting, "decline", **said)
    assert not Decision.objects.exists()
