"""The columns of exported events: an event's fields as its digest covers them, its place in the order, its digest."""

from duzhan.base.ledger import digests, proof
from duzhan.base.ledger.models import Event

SORTS = {  # how DuckDB writes a field: instants as instants, JSON and digests as text
    "UUIDField": "VARCHAR", "CharField": "VARCHAR", "TextField": "VARCHAR", "JSONField": "VARCHAR",
    "BigIntegerField": "BIGINT", "IntegerField": "INTEGER", "PositiveIntegerField": "INTEGER",
    "DateTimeField": "TIMESTAMPTZ", "BooleanField": "BOOLEAN",
}  # fmt: skip


def _sort(name):
    return SORTS[Event._meta.get_field(name).get_internal_type()]


EVENT = {"position": "BIGINT", **{name: _sort(name) for name in (*proof.EVENT_FIELDS, "digest")}}
JSON = tuple(name for name in proof.EVENT_FIELDS if Event._meta.get_field(name).get_internal_type() == "JSONField")
INSTANTS = tuple(name for name, sort in EVENT.items() if sort == "TIMESTAMPTZ")
COUNTED = {  # what stays of an event whose content is withheld: by what it is counted, and its place in the order
    "position", "book", "kind", "subject_kind", "at", "recorded_at", "was", "now",
    "area", "unit", "group", "place_kind", "topic", "amount", "due", "was_due", "digest",
}  # fmt: skip
NOTHING = r"\N"  # how NULL is written, so that no text is taken for it


def row_of(position, event, *, is_masked) -> dict:
    """An event as a row. Of a masked one stays what it is counted by, of its topic only the class."""
    row = {"position": position, **event.content(), "digest": event.digest}
    row |= {name: digests.canonical(row[name]).decode() for name in JSON}
    if is_masked:
        row = {name: value if name in COUNTED else None for name, value in row.items()}
        row["topic"] = f"{event.topic.partition(':')[0]}::"
    return row
