"""Questions to the ledger: sums as of any instant, known at any instant, along any dimension; and what is behind them."""

from .cells import is_branch
from .slices import ALL, Slice, known_events, until
from .stories import past_due, standing, states, story
from .sums import due, totals, totals_at, totals_by, totals_by_branch, totals_within
from .things import distinct, distinct_at, distinct_by, distinct_within, encounters, things

__all__ = [
    "ALL", "Slice", "distinct", "distinct_at", "distinct_by", "distinct_within", "due", "encounters", "is_branch", "known_events", "past_due", "standing",
    "states", "story", "things", "totals", "totals_at", "totals_by", "totals_by_branch", "totals_within", "until",
]  # fmt: skip
