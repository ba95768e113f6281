"""签收, 报整改, 申请延期, 加证据: what the unit does."""

from django.db import transaction
from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput
from duzhan.base.ledger.actions import once

from .. import flow
from ..models import Problem
from .carrying import NOTE, carry_out, carry_out_each, check_later, note_of, text_of


@once
def accept(problem, *, by, note="", **how) -> Problem:
    """签收: the unit has it in hand."""
    return accept_many([problem], by=by, note=note, **how)[0]


@transaction.atomic
def accept_many(problems, *, by, note="", **how):
    """签收 for many at once. All of them or none."""

    def change(problem, instant):
        problem.accepted_at = instant
        return {"note": note_of(note)}

    return carry_out(flow.ACCEPT, problems, change, by=by, **how)


@once
def report_rectified(problem, *, by, note, uploads=(), **how) -> Problem:
    """报整改: the unit says what it has done, with pictures or papers if it has them."""
    return report_rectified_many([(problem, {"note": note, "uploads": uploads})], by=by, **how)[0]


@transaction.atomic
def report_rectified_many(items, *, by, **how):
    """报整改 for many: items of (problem, {note, uploads, at}). All of them or none."""

    def change(problem, instant, note="", uploads=()):
        problem.rectified_by, problem.rectified_at = by, instant
        problem.paused_at, problem.asked_due_at, problem.is_sent_back = None, None, False
        return {"note": text_of(note, "note", NOTE), "uploads": uploads}

    return carry_out_each(flow.REPORT_RECTIFIED, items, change, by=by, **how)


@once
def ask_extension(problem, *, by, due_at, reason, **how) -> Problem:
    """申请延期: the unit asks for a later instant; the deadline stands until the office extends it."""

    def change(problem, instant):
        check_later(problem, due_at)
        problem.asked_due_at = due_at
        return {"reason": text_of(reason, "reason", NOTE), "due_at": due_at}

    return carry_out(flow.ASK_EXTENSION, [problem], change, by=by, **how)[0]


@once
def add_evidence(problem, *, by, uploads, note="", **how) -> Problem:
    """加证据: further pictures or papers while it is open; the stage stays."""

    def change(problem, instant):
        if not uploads:
            raise BadInput(_("请选择照片或文件。"), field="uploads")
        return {"note": note_of(note), "uploads": uploads}

    return carry_out(flow.ADD_EVIDENCE, [problem], change, by=by, **how)[0]
