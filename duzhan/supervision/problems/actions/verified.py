"""销号, 退回, 复发重开: somebody has looked whether it is mended."""

from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput
from duzhan.base.ledger.actions import once

from .. import flow
from ..models import Problem
from .carrying import NOTE, carry_out, carry_out_each, check_visit, note_of, set_deadline, text_of


@once
def close(problem, *, by, note="", visit=None, uploads=(), **how) -> Problem:
    """销号: somebody who neither found nor mended it has seen that it is mended (M54).

    The proof is a visit to the point after it was reported as rectified (`visit`, its number), or uploads.
    """
    return close_many([(problem, {"note": note, "visit": visit, "uploads": uploads})], by=by, **how)[0]


@transaction.atomic
def close_many(items, *, by, **how):
    """销号 for many: items of (problem, {note, visit, uploads, at}), each with its own proof. All of them or none."""

    def change(problem, instant, note="", visit=None, uploads=()):
        if not uploads and not visit:
            raise BadInput(_("销号须有证据：一次核验走访，或照片、文件。"), field="evidence")
        check_visit(problem, visit)
        problem.closed_by, problem.closed_at = by, instant
        return {"note": note_of(note), "uploads": uploads, "visit": visit}

    return carry_out_each(flow.CLOSE, items, change, by=by, **how)


@once
def send_back(problem, *, by, reason, due_at=None, uploads=(), **how) -> Problem:
    """退回: it is not mended; back to the unit, by the old deadline or a new one."""

    def change(problem, instant):
        problem.rectified_by, problem.rectified_at, problem.is_sent_back = None, None, True
        set_deadline(problem, due_at or problem.due_at, instant, allow_past=due_at is None)
        return {"reason": text_of(reason, "reason", NOTE), "uploads": uploads}

    return carry_out(flow.SEND_BACK, [problem], change, by=by, **how)[0]


@once
def relapse(problem, *, by, reason, due_at=None, visit=None, uploads=(), **how) -> Problem:
    """复发重开: what was closed has come back; the same number is open again (M57)."""

    def change(problem, instant):
        check_visit(problem, visit)
        problem.relapses += 1
        problem.rectified_by = problem.rectified_at = problem.closed_by = problem.closed_at = None
        set_deadline(problem, due_at, instant)
        return {"reason": text_of(reason, "reason", NOTE), "uploads": uploads, "visit": visit}

    return carry_out(flow.RELAPSE, [problem], change, by=by, **how)[0]
