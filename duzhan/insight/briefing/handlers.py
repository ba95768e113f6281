"""What follows an event elsewhere: a fact that arrives after a report was frozen is noted on that report."""

from duzhan.base.ledger.deliveries import subscribe
from duzhan.supervision.problems.flow import MOVES

from .actions.reports import note_late_fact

COUNTED = (
    *(move.kind for move in MOVES.values()), "problem.find", "problem.leave", "visit.record", "help.ask", "help.answer",
    "group.form", "group.stand_down", "membership.post", "membership.release",
)  # fmt: skip


@subscribe(*COUNTED)
def note(event):
    """补记: does a frozen report not know what happened before its cut-off?"""
    note_late_fact(event)
