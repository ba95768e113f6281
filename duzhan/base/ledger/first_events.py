"""For migrations: rows that stood there before their columns were recorded are taken into the ledger, once.

Never from a command that may be repeated: a row put in by SQL would be given a clean story with it.
"""

from duzhan.base.clock.instants import now

from . import proof
from .models import new_salt
from .plain import plain, uuid7

BATCH = 500


def take_in(apps, model, subject_kind, columns, *, sealed=(), book=lambda row: 0, dimensions=lambda row: {}) -> int:
    """Append an event `<kind>.take_in` that tells these columns of every row, and tie the rows to it; returns how many.

    `apps` is a migration's registry and `model` its label, so that only columns of that time are asked for. Rows with
    `sealed` columns are given their salt here.
    """
    rows_model, event_model, tail_model = (apps.get_model(each) for each in (model, "ledger.Event", "ledger.Tail"))
    kept = ["seq", "head", "changed_at", "known_at", *(["salt"] if sealed else [])]
    batch, taken = [], 0
    for row in rows_model.objects.order_by("pk").iterator(chunk_size=BATCH):
        if sealed:
            row.salt = new_salt()
        changes = {name: _told(row, name, sealed) for name in columns}
        batch.append((row, _event(event_model, row, subject_kind, changes, book(row), dimensions(row))))
        if len(batch) == BATCH:
            taken += _write(batch, rows_model, event_model, tail_model, kept)
            batch = []
    return taken + _write(batch, rows_model, event_model, tail_model, kept)


def _told(row, name, sealed):
    value = plain(getattr(row, name))
    return proof.fingerprint(row.salt, name, value) if name in sealed else value


def _event(model, row, subject_kind, changes, book, dimensions):
    at = max(each for each in (now(), row.changed_at, row.known_at) if each)
    row.seq, row.changed_at, row.known_at = row.seq + 1, at, at
    event = model(
        id=uuid7(), book=book, kind=f"{subject_kind}.take_in", subject_kind=subject_kind, subject_id=row.pk, seq=row.seq,
        at=at, recorded_at=at, via="system", changes=changes, prev=row.head, **dimensions,
    )  # fmt: skip
    # a column that events are given later is empty in those that were there before
    event.digest = row.head = proof.event_digest({n: plain(getattr(event, n, None)) for n in proof.EVENT_FIELDS})
    return event


def _write(batch, rows_model, event_model, tail_model, kept):
    if batch:
        rows, events = zip(*batch, strict=True)
        event_model.objects.bulk_create(events)
        tail_model.objects.bulk_create([tail_model(event=event) for event in events])
        rows_model.objects.bulk_update(rows, kept)
    return len(batch)
