"""A stretch of subjects, read raw and checked in Python: which of them are not beyond doubt?

A subject is beyond doubt when its events hash to their digests, follow one another, and replay to its current row.
Columns come as the ledger writes them, so that nothing is made into an object and back. Doubt is no fault: what is
spelled otherwise by the database than by the ledger is only looked at again.
"""

import re
from functools import cache
from hashlib import sha256

import orjson
from django.db import connection

from . import proof
from .digests import OPTIONS, canonical
from .models import Event, subjects
from .spelling import kind_of, spelled

FACTS, CHANGES, SEQ, PREV, AT, RECORDED_AT = map(
    proof.EVENT_FIELDS.index, "facts changes seq prev at recorded_at".split()
)
SUBJECT = proof.EVENT_FIELDS.index("subject_id")
DIGEST, LATE = len(proof.EVENT_FIELDS), len(proof.EVENT_FIELDS) + 1
FLOAT = re.compile(r"[:,\[]\s*-?\d+[.eE]")  # only JSON can hold one; in a text it may match for nothing
HOUR = len("2022-11-25T10")


def doubtful(stretch) -> tuple[int, list]:
    """How many events were read, and the subjects of the stretch that are not beyond doubt, in order."""
    rows, names = _rows(stretch), subjects()[stretch.kind].recorded_fields
    found, many, subject, stand = [], 0, None, None
    with connection.cursor() as cursor:
        cursor.execute(_events(stretch), stretch.params)
        for event in cursor.fetchall():
            many += 1
            if event[SUBJECT] != subject:
                if stand is not None and not _fits(stand, rows.pop(subject, None), names):
                    found.append(subject)
                subject, stand = event[SUBJECT], ({}, 1, proof.FIRST, "", "")
            if stand is not None:
                stand = _next(stand, event)
                if stand is None:
                    found.append(subject)
                    rows.pop(subject, None)
    if stand is not None and not _fits(stand, rows.pop(subject, None), names):
        found.append(subject)
    return many, sorted({*found, *rows})  # rows that are left over have no event


def _next(stand, event):
    """Where a subject stands after one more event: (state, number expected next, head, at, recorded_at); None in doubt."""
    state, number, head, at, recorded_at = stand
    content = dict(zip(proof.EVENT_FIELDS, event, strict=False))
    facts, changed, digest = event[FACTS], event[CHANGES], event[DIGEST]
    content["facts"] = {} if facts == "{}" else orjson.loads(facts)
    content["changes"] = changes = {} if changed == "{}" else orjson.loads(changed)
    floats = (facts != "{}" and FLOAT.search(facts)) or (changed != "{}" and FLOAT.search(changed))
    if (
        event[SEQ] != number
        or event[PREV] != head
        or event[AT] < at
        or event[RECORDED_AT] < recorded_at
        or bool(event[LATE]) != (event[AT][:HOUR] != event[RECORDED_AT][:HOUR])
        or sha256(canonical(content) if floats else orjson.dumps(content, option=OPTIONS)).hexdigest() != digest
    ):
        return None
    state.update(changes)
    return state, number + 1, digest, event[AT], event[RECORDED_AT]


def _fits(stand, row, names) -> bool:
    state, number, *head = stand
    return row is not None and row[1:5] == (number - 1, *head) and row[5] == [state.get(name) for name in names]


def _events(stretch):
    return (
        f"SELECT {_event_columns(connection.vendor)}, digest, late FROM ledger_event "
        f"WHERE subject_kind = %(kind)s AND {stretch.where('subject_id')} ORDER BY subject_id, seq"
    )


@cache
def _event_columns(vendor):
    return ", ".join(spelled(Event._meta.get_field(name), vendor) for name in proof.EVENT_FIELDS)


def _rows(stretch) -> dict:
    """The current rows: {number: (number, seq, head, changed_at, known_at, [recorded columns])}."""
    model = subjects()[stretch.kind]
    columns, parsed = _row_columns(model, connection.vendor)
    sealed = [place for place, name in enumerate(model.recorded_fields) if name in model.sealed_fields]
    salt = model.recorded_fields.index("salt") if sealed else None
    pk = connection.ops.quote_name(model._meta.pk.column)
    found = {}
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(f"SELECT {pk}, {columns} FROM {table} WHERE {stretch.where(pk)}", stretch.params)
        for row in cursor.fetchall():
            state = list(row[5:])
            for place in parsed:
                state[place] = state[place] and orjson.loads(state[place])
            key = sealed and state[salt]
            for place in sealed:
                state[place] = proof.fingerprint(key, model.recorded_fields[place], state[place])
            found[row[0]] = (*row[:5], state)
    return found


@cache
def _row_columns(model, vendor):
    """The columns of a row as the ledger writes them, and which of the recorded ones are JSON."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    names = ("seq", "head", "changed_at", "known_at", *model.recorded_fields)
    told = [spelled(fields[name], vendor) if name in fields else "NULL" for name in names]
    is_json = {name for name, field in fields.items() if kind_of(field) == "JSONField"}
    parsed = [place for place, name in enumerate(model.recorded_fields) if name in is_json]
    return ", ".join(told), parsed
