"""The evening meeting: the groups report in, are heard one by one, and what is decided starts at once (M109).

A whole evening, told from outside::

    meeting = plan(operation, day, by=office)                       # or the first report_in does it
    report_in(meeting, group, "今日走访 11 个点位……", by=inspector, asks=["统一调拨测温设备"])
    begin(meeting, by=office, chair=leader, attendance=["示例人员甲", "示例人员丁"])
    hear(meeting, group, by=office)
    decide(meeting, "task", by=office, text="调拨测温设备 19 台", unit=commerce, due_at=tomorrow_ten)
    decide(meeting, "transfer", by=office, problem=problem, unit=other_street, text="属龙溪街道管辖")
    decide(meeting, "focus", by=office, focuses=["testing"], text="今日采样点问题集中")
    adjourn(meeting, by=office)                                     # whoever still speaks has been heard

Each takes `at` (None: now), `request_key` and `via`, and raises a Refused with its sentence; then nothing is changed.
"""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.clock.instants import day_of, start_of_day
from duzhan.base.clock.instants import now as clock_now
from duzhan.base.errors import BadInput, CannotMove
from duzhan.base.ledger.actions import Fact, locked, once, record, record_many
from duzhan.base.typed import text_of
from duzhan.operations.actions import set_focuses
from duzhan.operations.queries import groups_of
from duzhan.supervision.problems import actions as problems
from duzhan.supervision.problems.flow import Class

from .. import rules
from ..models import Decision, Hearing, Meeting
from ..queries import agenda

USUAL_START = time(20, 30)
WORDS, ASK, TEXT, NOTE, ASKS = 4000, 400, 400, 1000, 10


# --- before it --------------------------------------------------------------------------------------------------


@transaction.atomic
def plan(operation, day=None, *, by, starts_at=None, chair=None, at=None, via="web") -> Meeting:
    """定会: the meeting of a day (None: today), with one hearing for each group on duty; the one there is, if there is."""
    instant = at or clock_now()
    day = day or day_of(instant, operation.tz)
    locked(operation)  # two people who open the same evening get the same meeting
    meeting = operation.meetings.filter(day=day).first()
    if meeting is None:
        needed = rules.HOLDS_MEETING if starts_at or chair else rules.JOINS_MEETING
        needed.check(by, operation, instant)
        meeting = _enter(operation, day, starts_at, chair, by, at, via)
    return meeting


def _enter(operation, day, starts_at, chair, by, at, via):
    meeting = Meeting(operation=operation, day=day, starts_at=starts_at or _usual_start(operation, day), chair=chair)
    record(meeting, "meeting.plan", by=by, at=at, via=via, now=Meeting.Stage.PLANNED)
    _call_groups(meeting, by, at, via)
    return meeting


def _usual_start(operation, day):
    last = operation.meetings.filter(day__lt=day).order_by("day").last()
    usual = last.starts_at.astimezone(operation.tz).time() if last else USUAL_START
    return datetime.combine(day, usual, operation.tz)


def _call_groups(meeting, by, at, via):
    """A hearing for each group that is on duty and has none yet."""
    called = set(meeting.hearings.values_list("group_id", flat=True))
    on_duty = [group for group in groups_of(meeting.operation, at) if group.pk not in called]
    hearings = [Hearing(operation_id=meeting.operation_id, meeting=meeting, group=group) for group in on_duty]
    record_many([Fact(each, "hearing.call", now=Hearing.Stage.AWAITED) for each in hearings], by=by, at=at, via=via)


def report_in(meeting, group, words, *, by, asks=(), at=None, request_key=None, via="web") -> Hearing:
    """报到: a group sends in what it will say, and what it asks the meeting to decide; sent again, it replaces it."""
    rules.check_may_report_for(by, group, meeting.operation, at)
    hearing = _hearing(meeting, group)
    return _report_in(hearing, by=by, words=words, asks=asks, at=at, request_key=request_key, via=via)


@once
def _report_in(hearing, *, by, words, asks, at, request_key, via):
    hearing = locked(hearing)
    _check_not_held(hearing.meeting)
    hearing.words = text_of(words, "words", WORDS)
    hearing.asks = _asks(asks)
    hearing.reported_at, hearing.reported_by = at or clock_now(), by
    stage = hearing.stage
    record(hearing, "hearing.report_in", by=by, at=at, request_key=request_key, via=via, was=stage, now=stage)
    return hearing


def _asks(asks):
    asks = [text_of(ask, "asks", ASK) for ask in asks]
    if len(asks) > ASKS:
        raise BadInput(_("一个组一次最多提请 %(most)s 件。") % {"most": ASKS}, field="asks")
    return asks


def _hearing(meeting, group):
    hearing = meeting.hearings.filter(group=group).first()
    if hearing is None:
        raise CannotMove(_("%(group)s不在今晚的汇报之列。") % {"group": group})
    return hearing


def _check_not_held(meeting):
    if meeting.stage == Meeting.Stage.HELD:
        raise CannotMove(_("会已经散了，请带到下一次会上。"))


# --- in session -------------------------------------------------------------------------------------------------


@once
def begin(meeting, *, by, chair=None, attendance=(), at=None, request_key=None, via="web") -> Meeting:
    """开会: who is in the chair, who takes it down, who has come."""
    meeting = _led(meeting, by, at)
    if meeting.stage != Meeting.Stage.PLANNED:
        raise CannotMove(_("这次会已经开了。"))
    _call_groups(meeting, by, at, via)
    meeting.stage, meeting.opened_at = Meeting.Stage.OPEN, at or clock_now()
    meeting.chair, meeting.recorder = chair or meeting.chair or by, by
    meeting.attendance = [text_of(name, "attendance", 60) for name in attendance]
    record(meeting, "meeting.begin", by=by, at=at, request_key=request_key, via=via, was="planned", now="open")
    return meeting


@transaction.atomic
def hear(meeting, group, *, by, at=None, via="web") -> Hearing:
    """请汇报: it is this group's turn; whoever is speaking has been heard. Calling a group again adds to its time."""
    meeting = _in_session(meeting, by, at)
    hearing = locked(_hearing(meeting, group))
    if hearing.stage == Hearing.Stage.SPEAKING:
        return hearing
    _stop_speaking(meeting, by, at, via)
    was, hearing.stage, hearing.started_at = hearing.stage, Hearing.Stage.SPEAKING, at or clock_now()
    record(hearing, "hearing.start", by=by, at=at, via=via, was=was, now="speaking")
    return hearing


@transaction.atomic
def heard(meeting, group, *, by, at=None, via="web") -> Hearing:
    """汇报完: the group has said what it had to say."""
    meeting = _in_session(meeting, by, at)
    hearing = _hearing(meeting, group)
    if hearing.stage != Hearing.Stage.SPEAKING:
        raise CannotMove(_("%(group)s此刻没有在汇报。") % {"group": group})
    return _stop(locked(hearing), by, at, via)


def _stop_speaking(meeting, by, at, via):
    for hearing in meeting.hearings.select_for_update().filter(stage=Hearing.Stage.SPEAKING):
        _stop(hearing, by, at, via)


def _stop(hearing, by, at, via):
    hearing.heard_at = at or clock_now()
    spoken = max(hearing.heard_at - hearing.started_at, timedelta())
    hearing.seconds += int(spoken.total_seconds())
    hearing.stage = Hearing.Stage.HEARD
    record(hearing, "hearing.stop", by=by, at=at, via=via, was="speaking", now="heard")
    return hearing


@once
def adjourn(meeting, *, by, at=None, request_key=None, via="web") -> Meeting:
    """散会: the agenda as it stands is kept for the minutes."""
    meeting = _in_session(meeting, by, at)
    _stop_speaking(meeting, by, at, via)
    meeting.stage, meeting.ended_at = Meeting.Stage.HELD, at or clock_now()
    meeting.minutes = agenda.minutes_of(meeting, at=meeting.ended_at)
    record(meeting, "meeting.adjourn", by=by, at=at, request_key=request_key, via=via, was="open", now="held")
    return meeting


def _led(meeting, by, at):
    rules.HOLDS_MEETING.check(by, meeting.operation, at)
    return locked(meeting)


def _in_session(meeting, by, at):
    meeting = _led(meeting, by, at)
    if meeting.stage != Meeting.Stage.OPEN:
        raise CannotMove(_("会还没有开，或已经散了。"))
    return meeting


# --- decisions --------------------------------------------------------------------------------------------------


@once
def decide(
    meeting, kind, *, by, text="", problem=None, unit=None, due_at=None, focuses=(), group=None,
    at=None, request_key=None, via="web",
) -> Decision:  # fmt: skip
    """记下决定: write down what was decided, and carry it out in the same transaction (M24, M51, M109).

    `kind`: task (text, unit, due_at) · hand_over (problem, unit, due_at) · transfer (problem, unit, text, due_at) ·
    press (problem, text) · extend (problem, due_at, text) · focus (focuses: codes or words, from tomorrow 00:00) ·
    decline (text: what was asked and why not). What the move itself refuses is refused here.
    """
    rules.DECIDES.check(by, meeting.operation, at)
    meeting = locked(meeting)
    if meeting.stage != Meeting.Stage.OPEN:
        raise CannotMove(_("决定在会上作出；会还没有开，或已经散了。"))
    if kind not in CARRY_OUT:
        raise BadInput(_("没有这种决定：%(kind)s。") % {"kind": str(kind)[:40]}, field="kind")
    decision = Decision(
        operation_id=meeting.operation_id, meeting=meeting, group=group, kind=kind, problem=problem, unit=unit,
        due_at=due_at, text=text_of(text, "text", TEXT, needed=kind in ("task", "decline", *REASONED)),
        decided_by=by, decided_at=at or clock_now(),
    )  # fmt: skip
    CARRY_OUT[kind](decision, by=by, at=at, via=via, focuses=focuses)
    record(
        decision, "decision.make", by=by, at=at, request_key=request_key, via=via, now=decision.stage,
        facts={"focuses": list(focuses)} if focuses else {},
    )  # fmt: skip
    return decision


def _task(decision, **_more):
    if decision.unit is None:
        raise BadInput(_("请写明由谁来做。"), field="unit")
    if decision.due_at is None or decision.due_at <= decision.decided_at:
        raise BadInput(_("请写明什么时候之前，且须在此刻之后。"), field="due_at")


def _hand_over(decision, *, by, at, via, **_more):
    problem = _about(decision)
    unit = decision.unit or problem.unit or (problem.point and problem.point.body)
    moved = problems.hand_over(problem, by=by, unit=unit, due_at=decision.due_at, note=decision.text, at=at, via=via)
    _follow(decision, moved)


def _transfer(decision, *, by, at, via, **_more):
    if decision.unit is None:
        raise BadInput(_("请写明转给谁。"), field="unit")
    moved = problems.transfer(
        _about(decision), by=by, unit=decision.unit, reason=decision.text, due_at=decision.due_at, at=at, via=via
    )
    _follow(decision, moved)


def _press(decision, *, by, at, via, **_more):
    _follow(decision, problems.press(_about(decision), by=by, note=decision.text, at=at, via=via))


def _extend(decision, *, by, at, via, **_more):
    if decision.due_at is None:
        raise BadInput(_("请写明延到什么时候。"), field="due_at")
    moved = problems.extend(_about(decision), by=by, due_at=decision.due_at, reason=decision.text, at=at, via=via)
    _follow(decision, moved)


def _set_focuses(decision, *, by, at, focuses, **_more):
    if not focuses:
        raise BadInput(_("请写明明天看什么。"), field="focuses")
    operation = decision.meeting.operation
    tomorrow = start_of_day(decision.meeting.day + timedelta(days=1), operation.tz)
    set_ = set_focuses(operation, focuses, by=by, starts_at=tomorrow, reason=decision.text or _("晚间调度会定"))
    decision.text = text_of(_("、").join(focus.name for focus in set_), "focuses", TEXT)
    _done(decision, by)


def _decline(decision, *, by, **_more):
    _done(decision, by)


CARRY_OUT = {
    "task": _task,
    "hand_over": _hand_over,
    "transfer": _transfer,
    "press": _press,
    "extend": _extend,
    "focus": _set_focuses,
    "decline": _decline,
}
REASONED = {"transfer", "press", "extend"}


def _about(decision):
    if decision.problem is None:
        raise BadInput(_("请写明是哪一件问题。"), field="problem")
    if decision.problem.operation_id != decision.operation_id:
        raise BadInput(_("这件问题不属于本行动。"), field="problem")
    if decision.problem.klass == Class.CONDUCT:
        raise BadInput(_("作风纪律问题不上会，由纪检专责办理。"), field="problem")
    return decision.problem


def _follow(decision, problem):
    """The decision takes unit, deadline and, where nothing was said, words from the problem that it moved."""
    decision.problem, decision.unit, decision.due_at = problem, problem.unit, problem.due_at
    decision.text = decision.text or problem.title


def _done(decision, by):
    decision.stage, decision.done_by, decision.done_at = Decision.Stage.DONE, by, decision.decided_at


@once
def report_done(decision, *, by, note, at=None, request_key=None, via="web") -> Decision:
    """报落实: a task of the meeting is done. What was decided about a problem is done when the problem is mended."""
    rules.check_may_do(by, decision, at)
    decision = locked(decision)
    if decision.kind != Decision.Kind.TASK:
        raise CannotMove(_("这项决定随问题销号，不单独报落实。"))
    if decision.stage != Decision.Stage.OPEN:
        raise CannotMove(_("这项决定已经落实。"))
    decision.note = text_of(note, "note", NOTE)
    decision.stage, decision.done_by, decision.done_at = Decision.Stage.DONE, by, at or clock_now()
    record(decision, "decision.done", by=by, at=at, request_key=request_key, via=via, was="open", now="done")
    return decision
