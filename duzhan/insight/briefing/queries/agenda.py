"""What an evening meeting goes through: each group with its day, what is late, what comes due, what it asks (M109)."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q

from duzhan.base.clock.instants import day_of, start_of_day
from duzhan.base.errors import NotFound
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.queries import ALL
from duzhan.operations.queries import groups_of, slice_for
from duzhan.people.models import Membership, running
from duzhan.supervision.inspections.models import Help
from duzhan.supervision.problems.flow import IN_PROGRESS, Class
from duzhan.supervision.problems.models import Problem

from ..models import Decision, Hearing, Meeting
from .day import DAY_FIGURES, by_group

REASONS = ("late", "due", "sent_back", "relapsed", "over_enforcement")  # why a problem comes before the meeting
MENDED = ("rectified", "closed", "merged", "withdrawn")  # what was decided about such a problem is settled


@dataclass
class Item:
    """One problem that comes before the meeting, and why."""

    problem: Problem
    reasons: tuple


@dataclass
class Turn:
    """One group's turn: what it has done today, and what it has to answer for."""

    number: int
    group: object  # None: what belongs to no group
    hearing: Hearing | None
    leader: str
    figures: dict  # keys of DAY_FIGURES
    items: list = field(default_factory=list)
    helps: list = field(default_factory=list)

    @property
    def is_empty(self):
        return not self.items and not self.helps


@dataclass
class Agenda:
    """The turns in their order, and what earlier meetings decided."""

    turns: list
    before: list  # decisions of the last meeting and those of older ones that are still open

    def turn_of(self, group_id) -> Turn | None:
        return next((turn for turn in self.turns if turn.group and turn.group.pk == group_id), None)


def meeting_on(operation, day) -> Meeting | None:
    """The meeting of a day, with who leads it."""
    return operation.meetings.filter(day=day).select_related("operation", "chair", "recorder").first()


def agenda(operation, day, *, at, meeting=None, slice=ALL, problems=None) -> Agenda:
    """What is to be gone through on the evening of `day`, as it stands at `at`.

    `slice` and `problems` bound what the reader may see; conduct problems never come before a meeting (M62).
    """
    problems = Problem.objects.all() if problems is None else problems
    hearings = {each.group_id: each for each in _hearings(meeting)}
    groups = [each.group for each in hearings.values()] or list(groups_of(operation, at))
    done = by_group(operation, day, at, slice)
    leaders = _leaders(groups, at)
    turns = [
        Turn(number, group, hearings.get(group.pk), leaders.get(group.pk, ""), done.get(group.pk, NOTHING))
        for number, group in enumerate(groups, 1)
    ]
    rest = Turn(0, None, None, "", NOTHING)
    turn_of = {turn.group.pk: turn for turn in turns}
    for item in _items(operation, day, at, problems):
        turn_of.get(item.problem.group_id, rest).items.append(item)
    for help_ in _helps(operation, slice):
        turn_of.get(help_.group_id, rest).helps.append(help_)
    return Agenda(turns if rest.is_empty else [*turns, rest], decisions_before(operation, day))


NOTHING = dict.fromkeys(DAY_FIGURES, 0)


def _hearings(meeting):
    return meeting.hearings.select_related("group").order_by("group_id") if meeting else ()


def _leaders(groups, at):
    seats = Membership.objects.filter(running(at), group__in=[group.pk for group in groups], is_leader=True)
    return {seat.group_id: str(seat.person) for seat in seats.select_related("person")}


def _items(operation, day, at, problems):
    """Problems in the order of their deadlines, each with every reason for which it is here."""
    start, end = start_of_day(day, operation.tz), start_of_day(day + timedelta(days=1), operation.tz)  # 24:00 is today
    relapsed = set(
        Event.objects.filter(book=operation.pk, at__range=(start, at), kind="problem.relapse").values_list(
            "subject_id", flat=True
        )
    )
    open_ = Q(stage__in=IN_PROGRESS)
    found = (
        problems.filter(
            (open_ & Q(paused_at=None, due_at__lte=end))
            | (open_ & Q(is_sent_back=True))
            | (open_ & Q(pk__in=relapsed))
            | Q(klass=Class.OVER_ENFORCEMENT, found_at__range=(start, at), merged_into=None),
            operation=operation,
        )
        .exclude(klass=Class.CONDUCT)
        .exclude(stage="withdrawn")
    )
    for problem in found.select_related("operation", "unit").order_by("due_at", "pk"):
        yield Item(problem, tuple(_reasons(problem, relapsed, start, end, at)))


def _reasons(problem, relapsed, start, end, at):
    if problem.is_overdue(at):
        yield "late"
    elif problem.is_in_progress and problem.paused_at is None and problem.due_at <= end:
        yield "due"
    if problem.is_sent_back and problem.is_in_progress:
        yield "sent_back"
    if problem.pk in relapsed:
        yield "relapsed"
    if problem.klass == Class.OVER_ENFORCEMENT and start <= problem.found_at <= at:
        yield "over_enforcement"


def _helps(operation, slice):
    """Calls for help nobody has answered, oldest first."""
    open_ = Help.objects.filter(operation=operation, stage=Help.Stage.OPEN).select_related("point")
    within = Q()
    if slice.areas is not None:
        within = Q(pk__in=[])
        for area in slice.areas:
            within |= Q(area_path__startswith=area)
    return open_.filter(within).order_by("asked_at", "pk")


# --- decisions --------------------------------------------------------------------------------------------------


def decisions_before(operation, day) -> list[Decision]:
    """What the meeting before decided, and what older ones decided that is still open; open ones first, by deadline."""
    last = operation.meetings.filter(day__lt=day).exclude(stage=Meeting.Stage.PLANNED).order_by("day").last()
    if last is None:
        return []
    older = Q(meeting__day__lt=last.day, stage=Decision.Stage.OPEN) & ~Q(problem__stage__in=MENDED)
    decided = operation.decisions.filter(Q(meeting=last) | older).exclude(kind=Decision.Kind.DECLINE)
    return sorted(_with_words(decided), key=lambda each: (is_done(each), due_of(each) is None, due_of(each), each.pk))


def decisions_of(meeting) -> list[Decision]:
    """What a meeting decided, in its order."""
    return list(_with_words(meeting.decisions.order_by("decided_at", "pk")))


def _with_words(decisions):
    return decisions.select_related("unit", "problem__operation", "group", "done_by", "meeting")


def is_done(decision) -> bool:
    """A task when it is reported done; what was decided about a problem when the problem is mended."""
    if decision.problem_id:
        return decision.problem.stage in MENDED
    return decision.stage == Decision.Stage.DONE


def due_of(decision):
    """By when: for a problem the deadline it has now."""
    return decision.problem.due_at if decision.problem_id else decision.due_at


def is_late(decision, at) -> bool:
    """Not done, and past its instant."""
    due_at = due_of(decision)
    return not is_done(decision) and due_at is not None and due_at < at


def decisions_visible_to(person, operation, at=None):
    """All of them for whoever reads the whole operation, else those given to one's own bodies."""
    bounds = slice_for(person, operation, at)
    decided = _with_words(operation.decisions.all())
    if bounds == ALL:
        return decided
    bodies = [post.body_id for post in person.hats(at) if post.operation in (None, operation.pk)]
    return decided.filter(unit__in=bodies)


def decision_for(person, pk, at=None) -> Decision:
    """The decision with this number, if this person may see it. Raises NotFound."""
    decision = Decision.objects.select_related("operation").filter(pk=pk).first()
    found = decision and decisions_visible_to(person, decision.operation, at).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


# --- minutes ----------------------------------------------------------------------------------------------------


def minutes_of(meeting, at) -> dict:
    """The agenda as it stands at `at`, as JSON, for the paper that is kept."""
    told = agenda(meeting.operation, meeting.day, at=at, meeting=meeting)
    return {
        "at": at.isoformat(),
        "turns": [_turn_as_json(turn) for turn in told.turns],
        "before": [
            {"text": each.text, "unit": str(each.unit or ""), "done": is_done(each), "late": is_late(each, at)}
            for each in told.before
        ],
    }


def _turn_as_json(turn):
    return {
        "group": str(turn.group or ""),
        "leader": turn.leader,
        "figures": turn.figures,
        "items": [
            {
                "number": item.problem.number, "problem": item.problem.pk, "title": item.problem.title,
                "unit": str(item.problem.unit or ""), "reasons": list(item.reasons),
                "due_at": item.problem.due_at and item.problem.due_at.isoformat(),
            }
            for item in turn.items
        ],
        "helps": [{"point": str(each.point), "text": each.text} for each in turn.helps],
    }  # fmt: skip


def today(operation, at):
    """The day that an instant falls on in the operation's zone."""
    return day_of(at, operation.tz)
