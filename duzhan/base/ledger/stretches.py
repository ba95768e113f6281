"""The subjects of a kind, cut into stretches that one process checks at a time: which of them are not beyond doubt?

PostgreSQL sifts a stretch itself, in one statement; what does not pass there, and everything on SQLite, is read again
in Python. `verify` then says what is wrong.
"""

from dataclasses import dataclass

from django.db import connection

from . import rereading, sifting

LONG = 20_000  # events in a stretch, as long as no single subject has more
SIFTED = 3  # times as long is one that is sifted: nothing of it comes here, and each costs a plan


def stretches(kind, after=None):
    """The subjects of a kind cut into stretches, as (from, to): `to` is the first of the next, None is without end."""
    start, long = after, LONG * (SIFTED if sifting.can_sift(kind) else 1)
    while True:
        end = _boundary(kind, start, long)
        yield start, end
        if end is None:
            return
        start = end


def _boundary(kind, start, long):
    bound = "" if start is None else "AND subject_id >= %(start)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT subject_id FROM ledger_event WHERE subject_kind = %(kind)s {bound} ORDER BY subject_id, seq "
            f"LIMIT 1 OFFSET {long}",
            {"kind": kind, "start": start},
        )
        found = cursor.fetchone()
    if found is None:
        return None
    return found[0] + 1 if found[0] == start else found[0]


@dataclass(frozen=True)
class Stretch:
    """The subjects of a kind from number `start` to before `end` (None: without bound), or some of them alone."""

    kind: str
    start: int | None = None
    end: int | None = None
    only: tuple = ()

    def where(self, column) -> str:
        """The condition on the column that holds their number."""
        bounds = [
            f"{column} >= %(start)s" if self.start is not None else "",
            f"{column} < %(end)s" if self.end is not None else "",
            f"{column} IN ({', '.join(map(str, self.only))})" if self.only else "",
        ]
        return " AND ".join(filter(None, bounds)) or "1 = 1"

    @property
    def params(self) -> dict:
        return {"kind": self.kind, "start": self.start, "end": self.end}


def doubtful(kind, start, end) -> tuple[int, list]:
    """How many events were read, and the subjects of the stretch that are not beyond doubt, in order."""
    whole = Stretch(kind, start, end)
    if not sifting.can_sift(kind):
        return rereading.doubtful(whole)
    many, unclear = sifting.doubtful(whole)
    return many, rereading.doubtful(Stretch(kind, start, end, tuple(unclear)))[1] if unclear else []
