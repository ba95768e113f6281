"""转办, 督办, 延期, 暂停计时, 恢复计时, 改类别, 合并, 撤销: what the office does."""

from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.clock import deadlines
from duzhan.base.clock.calendar import WorkingCalendar
from duzhan.base.errors import BadInput
from duzhan.base.ledger.actions import once

from .. import flow
from ..flow import Class
from ..models import Problem
from .carrying import NOTE, carry_out, check_later, note_of, set_deadline, text_of


@once
def transfer(problem, *, by, unit, reason, due_at=None, **how) -> Problem:
    """转办: another unit must mend it; the deadline stays unless a new one is given (M51)."""

    def change(problem, instant):
        if unit.pk == problem.unit_id:
            raise BadInput(_("它已经由%(unit)s负责。") % {"unit": unit}, field="unit")
        former, problem.unit, problem.accepted_at = problem.unit_id, unit, None
        set_deadline(problem, due_at or problem.due_at, instant, allow_past=due_at is None)
        return {"reason": text_of(reason, "reason", NOTE), "from_unit": former}

    return carry_out(flow.TRANSFER, [problem], change, by=by, **how)[0]


@once
def press(problem, *, by, note, **how) -> Problem:
    """督办: say that it is looked for; the deadline stays."""
    return press_many([problem], by=by, note=note, **how)[0]


@transaction.atomic
def press_many(problems, *, by, note, **how):
    """督办 for many at once."""
    text = text_of(note, "note", NOTE)
    return carry_out(flow.PRESS, problems, lambda problem, instant: {"note": text}, by=by, **how)


@once
def extend(problem, *, by, due_at, reason, **how) -> Problem:
    """延期: a later deadline, with the reason."""

    def change(problem, instant):
        check_later(problem, due_at)
        former, problem.due_at, problem.due_rule, problem.asked_due_at = problem.due_at, due_at, "", None
        return {"reason": text_of(reason, "reason", NOTE), "from": former}

    return carry_out(flow.EXTEND, [problem], change, by=by, **how)[0]


@once
def pause(problem, *, by, reason, **how) -> Problem:
    """暂停计时: nothing can be done there for now, so the clock stands."""

    def change(problem, instant):
        problem.paused_at = instant
        return {"reason": text_of(reason, "reason", NOTE)}

    return carry_out(flow.PAUSE, [problem], change, by=by, **how)[0]


@once
def resume(problem, *, by, note="", **how) -> Problem:
    """恢复计时: the clock runs on, and the time it stood is added to the deadline."""

    def change(problem, instant):
        rule = deadlines.parse(problem.due_rule) if problem.due_rule else None
        calendar = WorkingCalendar(problem.operation.tz)
        problem.due_at = deadlines.shifted(problem.due_at, problem.paused_at, instant, rule, calendar)
        problem.paused_at = None
        return {"note": note_of(note), "due_at": problem.due_at}

    return carry_out(flow.RESUME, [problem], change, by=by, **how)[0]


@once
def reclassify(problem, *, by, reason, klass=None, field=None, cause=None, **how) -> Problem:
    """改类别: it is of another class, field or cause; from now on it is counted there (M49)."""

    def change(problem, instant):
        former = problem.topic
        problem.klass, problem.field = klass or problem.klass, field or problem.field
        problem.cause = cause or problem.cause
        problem.operation.words.topic(problem.klass, problem.field, problem.cause)
        if problem.klass == Class.CONDUCT and not problem.operation.keeps_conduct:
            raise BadInput(_("本行动没有开启作风纪律问题登记。"), field="klass")
        if problem.topic == former:
            raise BadInput(_("类别没有变化。"), field="klass")
        return {"reason": text_of(reason, "reason", NOTE), "from": former}

    return carry_out(flow.RECLASSIFY, [problem], change, by=by, **how)[0]


@once
def merge(problem, *, by, into, reason, **how) -> Problem:
    """合并: it is the same as another one and leaves the count; its number is kept and never given again."""
    if into.pk == problem.pk or into.operation_id != problem.operation_id or not into.is_counted:
        raise BadInput(_("只能并入同一行动中另一件在计的问题。"), field="into")

    def change(problem, instant):
        problem.merged_into = into
        return {"reason": text_of(reason, "reason", NOTE), "into": into.pk}

    return carry_out(flow.MERGE, [problem], change, by=by, **how)[0]


@once
def withdraw(problem, *, by, reason, **how) -> Problem:
    """撤销: it was none, and leaves the count, with the reason and by a second person."""
    text = text_of(reason, "reason", NOTE)
    return carry_out(flow.WITHDRAW, [problem], lambda problem, instant: {"reason": text}, by=by, **how)[0]
