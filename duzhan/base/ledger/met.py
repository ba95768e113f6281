"""Different things met, as sums: for each thing, along each axis, the first encounters as they became known.

Of the encounters with one thing those are kept that were, when they became known, earlier than all known before: a
stair that goes down in `at` while it goes up in `recorded_at`. Each step of it moves the thing in the count from the
instant of the step before to its own. A thing is met again and again but gets few steps, so nearly every encounter is
done with one look: was it met there before, in the same area, by the same group and so on?
"""

from collections import Counter, defaultdict, namedtuple
from datetime import UTC

from django.db import connection

from . import writing
from .cells import LEVELS, cells_of, hour_of
from .models import Met, subjects

COLUMNS = ("book", "kind", "axis", "value", "thing", "at", "recorded_at", "before", "late")
EACH = "each"  # the axis of that one look: all that an encounter is counted by; no sums are kept along it
KEYS = 400  # stairs read together

# With the place in it, so that each index of first encounters leads to the few with this one thing.
SIGNATURE = (
    "e.area || '|' || COALESCE(e.unit, 0) || '|' || COALESCE(e.\"group\", 0) || '|' || e.place_kind || '|' || e.topic"
    " || '|' || COALESCE(e.place, 0)"
)
FRESH = f"""
    SELECT e.book, e.kind, e.at, e.recorded_at, e.place, e.area, e.unit, e."group", e.place_kind, e.topic,
    {SIGNATURE} AS signature
    FROM ledger_entry n JOIN ledger_event e ON e.id = n.event_id
    WHERE n.position > %(after)s AND n.position <= %(upto)s AND e.was = '' AND e.now = '' AND e.kind IN ({{kinds}})
    AND NOT EXISTS (
        SELECT 1 FROM ledger_met m WHERE m.book = e.book AND m.kind = e.kind AND m.axis = '{EACH}'
        AND m.value = {SIGNATURE} AND m.thing = COALESCE(e.place, 0) AND m.at <= e.at AND m.recorded_at <= e.recorded_at
    )
"""
STAIRS = """
    SELECT m.book, m.kind, m.axis, m.value, m.thing, m.id, m.at, m.recorded_at, m.before FROM ledger_met m
    JOIN (VALUES {keys}) k ON m.book = k.{0} AND m.kind = k.{1} AND m.axis = k.{2} AND m.value = k.{3} AND m.thing = k.{4}
"""
ADD = """
    INSERT INTO ledger_rollup (book, axis, level, value, bucket, topic, kind, was, now, total)
    VALUES (%s, %s, %s, %s, %s, '', %s, '', '', %s)
    ON CONFLICT (book, axis, level, value, bucket, topic, kind, was, now)
    DO UPDATE SET total = ledger_rollup.total + excluded.total
"""

Encounter = namedtuple("Encounter", "book kind at recorded_at place area unit group place_kind topic signature")


def meets() -> dict:
    """The kinds of events by which things are met, each with the dimensions along which different ones are counted."""
    return {kind: dimensions for model in subjects().values() for kind, dimensions in model.meets}


def add_up(cursor, after, upto):
    """Add what the events at positions `after` + 1 to `upto` met for the first time, or earlier than was known."""
    known = meets()
    points = defaultdict(list)
    for encounter in _fresh(cursor, known, after, upto):
        for stair in _stairs_of(encounter, known[encounter.kind]):
            points[stair].append((encounter.recorded_at, encounter.at))
    keys, moved = sorted(points), Counter()
    for start in range(0, len(keys), KEYS):
        part = {key: points[key] for key in keys[start : start + KEYS]}
        _raise(part, _standing(cursor, part), moved)
    _add(cursor, moved)


def _fresh(cursor, known, after, upto):
    kinds = {f"kind{number}": kind for number, kind in enumerate(known)}
    names = ", ".join(f"%({name})s" for name in kinds)
    cursor.execute(FRESH.format(kinds=names), {"after": after, "upto": upto, **kinds})
    for book, kind, at, recorded_at, *rest in cursor.fetchall():
        yield Encounter(book, kind, _aware(at), _aware(recorded_at), *rest)


def _aware(instant):
    return instant and instant.replace(tzinfo=UTC) if connection.vendor == "sqlite" else instant


def _stairs_of(encounter, dimensions):
    """The stairs that an encounter may be a step of: (book, kind, axis, value, thing)."""
    yield encounter.book, encounter.kind, EACH, encounter.signature, encounter.place or 0
    for dimension in dimensions:
        thing = getattr(encounter, dimension)
        if thing is not None:
            for axis, value in cells_of(encounter):
                yield encounter.book, f"{encounter.kind}:{dimension}", axis, value, thing


def _standing(cursor, keys):
    """The steps that are kept already: {stair: {step: number of its row}}."""
    if connection.vendor == "postgresql":  # a book is a bigint there and a number typed out is not
        one = "(%s::bigint, %s::text, %s::text, %s::text, %s::bigint)"
    else:
        one = "(%s, %s, %s, %s, %s)"
    names = [f"column{number}" for number in range(1, 6)]
    cursor.execute(STAIRS.format(*names, keys=", ".join([one] * len(keys))), [each for key in keys for each in key])
    found = defaultdict(dict)
    for *key, pk, at, recorded_at, before in cursor.fetchall():
        found[tuple(key)][_aware(recorded_at), _aware(at), _aware(before)] = pk
    return found


def _raise(points, standing, moved):
    """Work new encounters into their stairs, and count by how much each cell of the sums moves."""
    gone, new = [], []
    for key, fresh in points.items():
        before = standing.get(key, {})
        after = set(_stair([*fresh, *((recorded_at, at) for recorded_at, at, _before in before)]))
        gone += [pk for step, pk in before.items() if step not in after]
        new += [(key, step) for step in after if step not in before]
        for sign, steps in ((-1, before.keys() - after), (1, after - before.keys())):
            for step in steps:
                _move(moved, key, step, sign)
    Met.objects.filter(pk__in=gone).delete()
    writing.insert({Met: (COLUMNS, [_row(key, step) for key, step in new])})


def _stair(points):
    """Of encounters as (recorded_at, at), those earlier than all that were known: (recorded_at, at, at of the one before)."""
    lowest = None
    for recorded_at, at in sorted(points):
        if lowest is None or at < lowest:
            yield recorded_at, at, lowest
            lowest = at


def _row(key, step):
    (book, kind, axis, value, thing), (recorded_at, at, before) = key, step
    return book, kind, axis, value, thing, at, recorded_at, before, hour_of(at) != hour_of(recorded_at)


def _move(moved, key, step, sign):
    (book, kind, axis, value, _thing), (_recorded_at, at, before) = key, step
    if axis == EACH:
        return
    for instant, total in ((at, sign), (before, -sign)):
        if instant is not None:
            for level, beginning in LEVELS.items():
                moved[book, axis, level, value, beginning(instant), kind] += total


def _add(cursor, moved):
    adapt = connection.ops.adapt_datetimefield_value
    rows = [(*cell[:4], adapt(cell[4]), cell[5], total) for cell, total in sorted(moved.items()) if total]
    if rows:
        cursor.executemany(ADD, rows)
