"""A stretch of subjects, read raw and checked fast: which of them are not beyond doubt? `verify` then says what is wrong.

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
from .models import subjects

LONG = 20_000  # events in a stretch, as long as no single subject has more

INSTANT = {
    "postgresql": """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "sqlite": "replace(substr({0}, 1, 19), ' ', 'T') || '.' || substr(substr({0}, 21) || '000000', 1, 6) || 'Z'",
}
UUID = {
    "postgresql": "CAST({} AS text)",
    "sqlite": " || '-' || ".join(f"substr({{0}}, {at}, {many})" for at, many in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))),
}  # fmt: skip
TEXT = dict.fromkeys(INSTANT, "CAST({} AS text)")
SPELLED = {
    "DateTimeField": INSTANT, "UUIDField": UUID, "DateField": TEXT, "TimeField": TEXT, "DecimalField": TEXT, "JSONField": TEXT,
}  # fmt: skip
FACTS, CHANGES, SEQ, PREV, AT, RECORDED_AT = map(
    proof.EVENT_FIELDS.index, "facts changes seq prev at recorded_at".split()
)
SUBJECT = proof.EVENT_FIELDS.index("subject_id")
DIGEST, LATE = len(proof.EVENT_FIELDS), len(proof.EVENT_FIELDS) + 1
FLOAT = re.compile(r"[:,\[]\s*-?\d+[.eE]")  # only JSON can hold one; in a text it may match for nothing
HOUR = len("2022-11-25T10")


def stretches(kind, after=None):
    """The subjects of a kind cut into stretches, as (from, to): `to` is the first of the next, None is without end."""
    start = after
    while True:
        end = _boundary(kind, start)
        yield start, end
        if end is None:
            return
        start = end


def _boundary(kind, start):
    bound = "" if start is None else "AND subject_id >= %(start)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT subject_id FROM ledger_event WHERE subject_kind = %(kind)s {bound} ORDER BY subject_id, seq "
            f"LIMIT 1 OFFSET {LONG}",
            {"kind": kind, "start": start},
        )
        found = cursor.fetchone()
    if found is None:
        return None
    return found[0] + 1 if found[0] == start else found[0]


def doubtful(kind, start, end) -> tuple[int, list]:
    """How many events were read, and the subjects of the stretch that are not beyond doubt, in order."""
    rows, names = _rows(kind, start, end), subjects()[kind].recorded_fields
    found, many, subject, stand = [], 0, None, None
    with connection.cursor() as cursor:
        cursor.execute(_events(connection.vendor, start is not None, end is not None), _bounds(kind, start, end))
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


@cache
def _events(vendor, has_start, has_end):
    spelled = (
        {"id": UUID}
        | dict.fromkeys(("at", "recorded_at", "due", "was_due"), INSTANT)
        | {"facts": TEXT, "changes": TEXT}
    )
    columns = ", ".join(
        spelled[name][vendor].format(f'"{name}"') if name in spelled else f'"{name}"' for name in proof.EVENT_FIELDS
    )
    where = "AND subject_id >= %(start)s " * has_start + "AND subject_id < %(end)s " * has_end
    return f"SELECT {columns}, digest, late FROM ledger_event WHERE subject_kind = %(kind)s {where}ORDER BY subject_id, seq"


def _bounds(kind, start, end):
    return {"kind": kind, "start": start, "end": end}


def _rows(kind, start, end) -> dict:
    """The current rows: {number: (number, seq, head, changed_at, known_at, [recorded columns])}."""
    model = subjects()[kind]
    columns, parsed = _row_columns(model, connection.vendor)
    sealed = [place for place, name in enumerate(model.recorded_fields) if name in model.sealed_fields]
    salt = model.recorded_fields.index("salt") if sealed else None
    pk = connection.ops.quote_name(model._meta.pk.column)
    where = (
        " AND ".join([f"{pk} >= %(start)s"] * (start is not None) + [f"{pk} < %(end)s"] * (end is not None)) or "1 = 1"
    )
    found = {}
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(f"SELECT {pk}, {columns} FROM {table} WHERE {where}", _bounds(kind, start, end))
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
    told = [_spelled(fields[name], vendor) if name in fields else "NULL" for name in names]
    parsed = [place for place, name in enumerate(model.recorded_fields) if _type(fields.get(name)) == "JSONField"]
    return ", ".join(told), parsed


def _spelled(field, vendor):
    name = connection.ops.quote_name(field.column)
    if _type(field) == "DecimalField" and vendor == "sqlite":  # it keeps them as floats
        return f"CASE WHEN {name} IS NOT NULL THEN printf('%%.{field.decimal_places}f', {name}) END"
    return SPELLED.get(_type(field), {}).get(vendor, "{}").format(name)


def _type(field):
    return field and (field.target_field if field.is_relation else field).get_internal_type()
