"""What a report would say differently by what has become known since, and the events that make each difference."""

from duzhan.base.ledger.queries import ALL, known_events
from duzhan.insight.figures import queries as figures
from duzhan.insight.figures.catalogue import CATALOGUE, Distinct

from .sheets import COLUMNS


def between(operation, as_of, last, sheet) -> list[dict]:
    """The differences from the version in force (`last`) to a sheet, as `Amendment.differences` keeps them.

    First the whole, then each area, then each group: {"figure", "was", "is", "table", "key", "name", "records"}.
    """
    ask = {"as_of": as_of, "known_from": last.figures_known_at, "known_to": sheet.known_at}
    found = _changed(operation, ask, CATALOGUE, last.figures, sheet.figures, ALL, "", "", "")
    for table, dimension in (("areas", "area"), ("groups", "group")):
        before = {row["key"]: row for row in last.tables.get(table, ())}
        for row in sheet.tables[table]:
            was = before.get(row["key"], {"figures": {}})["figures"]
            slice = ALL.narrowed(**{dimension: row["key"]}) if row["key"] else None
            found += _changed(operation, ask, COLUMNS, was, row["figures"], slice, table, row["key"], row["name"])
    return found


def _changed(operation, ask, keys, was, now, slice, table, row, name):
    return [
        {
            "figure": key, "was": was.get(key), "is": now[key], "table": table, "key": row, "name": name,
            "records": _records(operation, key, ask, slice) if slice is not None else [],
        }
        for key in keys
        if key in now and was.get(key) != now[key]
    ]  # fmt: skip


def _records(operation, key, ask, slice):
    """What makes the difference: records by number, with their sign and the events that were recorded in between.

    No titles: what a record says is read where it may be read.
    """
    return [
        {
            "kind": each.record.kind, "pk": each.record.pk, "number": each.record.number, "delta": each.delta,
            "events": _events(operation, key, ask, each.record),
        }
        for each in figures.arrivals(operation, key, slice=slice, **ask)
    ]  # fmt: skip


def _events(operation, key, ask, record):
    """Ids of the events about a record that took effect by then and were recorded in between."""
    since = known_events(operation.pk, ask["as_of"], ask["known_to"]).filter(recorded_at__gt=ask["known_from"])
    counts = CATALOGUE[key].counts
    if isinstance(counts, Distinct):
        since = since.filter(kind=counts.kind, **{counts.of: record.pk})
    else:
        since = since.filter(subject_kind=record.kind, subject_id=record.pk)
    return [str(pk) for pk in since.order_by("at", "seq").values_list("pk", flat=True)]
