"""The columns of exported events: an event's fields as its digest covers them, its place in the order, its digest."""

from duzhan.base.ledger import digests, proof
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.plain import plain

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


FROM_ENTRY = ("position", *(f"event__{name}" for name in proof.EVENT_FIELDS), "digest")  # in the order of EVENT
WRITTEN = {
    "id": str,
    **dict.fromkeys(INSTANTS, plain),
    **dict.fromkeys(JSON, lambda told: digests.canonical(told).decode()),
}


def masked(row) -> dict:
    """What stays of an event whose content is withheld; of its topic only the class."""
    kept = {name: value for name, value in row.items() if name in COUNTED}
    return kept | {"topic": f"{row['topic'].partition(':')[0]}::"}


def written(row) -> list:
    """The cells of a row as text for DuckDB, in the order of EVENT."""
    cells = ((name, row.get(name)) for name in EVENT)
    return [NOTHING if cell is None else WRITTEN[name](cell) if name in WRITTEN else cell for name, cell in cells]
