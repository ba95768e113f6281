"""Questions about problems that more than one page asks. Who may see what is decided here, in the query."""

from .asked import LEFT, Asked, asked_for, number_in
from .ledger import counts, handed_over, ledger
from .orders import ORDERS
from .paging import neighbours, number_of_rows, page_of, stretches
from .seen import (
    due_today,
    in_progress,
    listed_for,
    overdue,
    problem_for,
    problems_from,
    similar,
    units_for,
    visible_to,
)

__all__ = [
    "LEFT", "ORDERS", "Asked", "asked_for", "counts", "due_today", "handed_over", "in_progress", "ledger", "listed_for", "neighbours",
    "number_in", "number_of_rows", "overdue", "page_of", "problem_for", "problems_from", "similar", "stretches", "units_for",
    "visible_to",
]  # fmt: skip
