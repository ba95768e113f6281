"""Columns as the ledger writes them (`plain.plain`), spelled by the database itself."""

from django.db import connection

# PostgreSQL leaves out that a year lies before Christ: such an instant must not be taken for one that does not
INSTANT = {
    "postgresql": """CASE WHEN {0} >= '0001-01-01 00:00:00+00' THEN to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                     ELSE CAST({0} AS text) END""",
    "sqlite": "replace(substr({0}, 1, 19), ' ', 'T') || '.' || substr(substr({0}, 21) || '000000', 1, 6) || 'Z'",
}  # fmt: skip
UUID = {
    "postgresql": "CAST({} AS text)",
    "sqlite": " || '-' || ".join(f"substr({{0}}, {at}, {many})" for at, many in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))),
}  # fmt: skip
TEXT = dict.fromkeys(INSTANT, "CAST({} AS text)")
SPELLED = {
    "DateTimeField": INSTANT, "UUIDField": UUID, "DateField": TEXT, "TimeField": TEXT, "DecimalField": TEXT, "JSONField": TEXT,
}  # fmt: skip


def spelled(field, vendor) -> str:
    """A column as an expression that gives what the ledger says of it; of JSON the text."""
    name = connection.ops.quote_name(field.column)
    if kind_of(field) == "DecimalField" and vendor == "sqlite":  # it keeps them as floats
        return f"CASE WHEN {name} IS NOT NULL THEN printf('%%.{field.decimal_places}f', {name}) END"
    return SPELLED.get(kind_of(field), {}).get(vendor, "{}").format(name)


def kind_of(field) -> str:
    """What kind of column it is; of a reference, what kind it refers to."""
    return (field.target_field if field.is_relation else field).get_internal_type()
