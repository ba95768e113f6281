"""How every move of a problem is made, and what moves have in common: texts, deadlines, evidence."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from duzhan.base.clock import deadlines
from duzhan.base.clock.calendar import WorkingCalendar
from duzhan.base.clock.instants import now as clock_now
from duzhan.base.errors import BadInput, NotFound, Refused
from duzhan.base.ledger.actions import Fact, locked_many, record_many
from duzhan.base.ledger.models import Event
from duzhan.base.typed import text_of
from duzhan.base.uploads.actions import attach

from .. import flow
from ..models import Problem

TITLE, DETAIL, NOTE = 120, 4000, 1000  # longest texts, in characters


def carry_out(move, problems, change, *, by, at=None, request_key=None, via="web", instants=None, just_found=False):
    """Lock and re-read, ask the table, change, record: the one way in which a problem moves.

    `at` is when it took effect; where many move, `instants` may give each its own, by number. `change(problem, instant)`
    sets the columns and gives what is said with the move; `uploads` among it are attached and stand in the event by
    their fingerprints. `just_found`: this transaction has written them, so that nobody else can have them yet.
    """
    wanted = [problem.pk for problem in problems]
    moved = problems if just_found else _locked(wanted)
    claimed = {pk: (instants or {}).get(pk) or at or clock_now() for pk in wanted}
    facts = [_moved(move, problem, change, by, claimed[problem.pk], len(moved)) for problem in moved]
    if request_key and facts:
        facts[0].request_key = request_key  # of many, the first one stands for the request
    record_many(facts, by=by, at=at, via=via)
    return moved


def carry_out_each(move, items, change, **how):
    """`carry_out` where each problem comes with what is said of it: items of (problem, {…, at})."""
    told = {problem.pk: {name: value for name, value in said.items() if name != "at"} for problem, said in items}
    instants = {problem.pk: said.get("at") for problem, said in items}
    problems = [problem for problem, _said in items]
    return carry_out(
        move, problems, lambda problem, instant: change(problem, instant, **told[problem.pk]), instants=instants, **how
    )


def _locked(wanted):
    rows = locked_many(Problem, wanted)
    if rows.keys() != set(wanted):
        raise NotFound()
    return [rows[pk] for pk in wanted]


def _moved(move, problem, change, by, claimed, of):
    try:
        # Rights are asked for now as well: a claimed instant brings back no post that has ended.
        for instant in {claimed, clock_now()}:
            flow.check(move, by, problem, instant)
        was, said = problem.stage, change(problem, max(claimed, problem.changed_at))
        said["evidence"] = named(attached(said.pop("uploads", ()), problem, by))
    except Refused as refused:
        if of > 1 and not isinstance(refused, NotFound):
            if problem.number not in str(refused.message):
                refused.message = _("%(what)s：%(why)s") % {"what": problem.number, "why": refused.message}
            refused.details["problem"] = problem.pk
        raise
    problem.stage = move.end or was
    said = {name: value for name, value in said.items() if value not in ("", None, [])}
    return Fact(problem, move.kind, was=was, now=problem.stage, facts=said, at=claimed)


def give_to(problem, unit, by, instant):
    """To this unit; None: to the one that it already names."""
    if unit is not None:
        problem.unit = unit
    elif problem.unit_id is None and problem.point and problem.point.body_id:
        problem.unit_id = problem.point.body_id  # found on a covert visit: of whom it is was not told until now
    elif problem.unit_id is None:
        raise BadInput(_("没有写明责任单位。"), field="unit")
    problem.handed_over_by, problem.handed_over_at = by, instant


def set_deadline(problem, due_at, instant, *, rule="", allow_past=False):
    """The given instant, or what the check question (`rule`) or else the pack says for this class and field."""
    if due_at is None:
        rule = deadlines.parse(rule or problem.operation.words.deadlines.rule(problem.klass, problem.field))
        problem.due_at = deadlines.due_at(rule, instant, WorkingCalendar(problem.operation.tz))
        problem.due_rule = str(rule)
        return
    if not allow_past and due_at <= instant:
        raise BadInput(_("时限须在交办之后。"), field="due_at")
    if due_at != problem.due_at:
        problem.due_at, problem.due_rule = due_at, ""


def check_later(problem, due_at: datetime):
    if due_at is None or due_at <= problem.due_at:
        raise BadInput(_("延期须晚于现在的时限。"), field="due_at")


def check_visit(problem, visit):
    """A visit proves something when it went to this point after the last report of rectification."""
    if visit is None:
        return
    since = problem.rectified_at
    went = Event.objects.filter(
        book=problem.operation_id,
        kind="visit.record",
        subject_kind="visit",
        subject_id=visit,
        place=problem.point_id,
    )
    if problem.point_id is None or not went.filter(at__gte=since).exists():
        raise BadInput(_("这次走访不是报整改之后到该点位的走访，不能作为证据。"), field="visit")


def attached(uploads, problem, by):
    """The uploads, now about this problem; content that it has already comes back as what it has."""
    return [attach(upload, about=("problem", problem.pk), by=by) for upload in uploads]


def named(uploads):
    """Evidence as an event names it: by its fingerprint, so that another picture cannot take its place."""
    return [{"upload": str(each.pk), "sha256": each.sha256} for each in uploads]


note_of = partial(text_of, field="note", longest=NOTE, needed=False)
