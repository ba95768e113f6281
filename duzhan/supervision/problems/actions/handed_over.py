"""交办 and 当场整改: it is given to the unit that must mend it, or mended before the group has left."""

from django.db import transaction

from duzhan.base.ledger.actions import once

from .. import flow
from ..models import Problem
from .carrying import NOTE, carry_out_each, give_to, note_of, set_deadline, text_of


@once
def hand_over(problem, *, by, unit, due_at=None, note="", **how) -> Problem:
    """交办: give it to the unit that must mend it, by an instant (M51, M52); None: as the pack's deadlines say."""
    return hand_over_many([problem], by=by, unit=unit, due_at=due_at, note=note, **how)[0]


@transaction.atomic
def hand_over_many(problems, *, by, unit=None, due_at=None, note="", **how):
    """交办 for many at once; `unit` None: to the unit each already names. All of them or none."""
    said = {"unit": unit, "due_at": due_at, "note": note}
    return hand_over_each([(problem, said) for problem in problems], by=by, **how)


@transaction.atomic
def hand_over_each(items, *, by, **how):
    """交办 for many, each to its own unit: items of (problem, {unit, due_at, note, at}). All of them or none."""

    def change(problem, instant, unit=None, due_at=None, note=""):
        give_to(problem, unit, by, instant)
        set_deadline(problem, due_at, instant, rule=problem.due_rule)
        return {"note": note_of(note)}

    return carry_out_each(flow.HAND_OVER, items, change, by=by, **how)


@once
def fix_on_the_spot(problem, *, by, unit, note, uploads=(), **how) -> Problem:
    """当场整改: found and mended before the group left, in one record, and counted like any other (M53)."""
    said = {"unit": unit, "note": note, "uploads": uploads}
    return fix_on_the_spot_many([(problem, said)], by=by, **how)[0]


@transaction.atomic
def fix_on_the_spot_many(items, *, by, **how):
    """当场整改 for many: items of (problem, {unit, note, uploads, at}). All of them or none."""

    def change(problem, instant, unit=None, note="", uploads=()):
        give_to(problem, unit, by, instant)
        problem.due_at, problem.due_rule = instant, "on the spot"
        problem.rectified_by, problem.rectified_at = by, instant
        return {"note": text_of(note, "note", NOTE), "uploads": uploads}

    return carry_out_each(flow.FIX_ON_THE_SPOT, items, change, by=by, **how)
