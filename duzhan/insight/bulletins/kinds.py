"""数字的种类: what a number in a bulletin may count, one word for the reader, the page and the ledger."""

from django.utils.translation import gettext_lazy

from duzhan.insight.figures.catalogue import CATALOGUE

from .reading.checks import STOCKS
from .reading.labels import LABELS as SAID

OTHER = "other"
# What the ledger counts too is called as the ledger calls it; the rest are words of outside texts alone.
LABELS = {key: CATALOGUE[key].label if key in CATALOGUE else gettext_lazy(said) for key, said in SAID.items()}
# What only grows while the thing lasts: a later text of the same body does not say less (a stock may fall).
CUMULATIVE = frozenset(LABELS) - STOCKS - {OTHER}


def label_of(key) -> str:
    """What a kind is called; a kind that is no longer known, as it was written."""
    return str(LABELS.get(key, key))
