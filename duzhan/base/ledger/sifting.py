"""A stretch of subjects, sifted by PostgreSQL in one statement: which of them are not beyond doubt?

What rereading.py asks, asked of whole sets: each event's canonical JSON is spelled and hashed where it lies, each event
is held against the one before, each story is replayed and held against the current row. Only the numbers of doubtful
subjects leave the database. Doubt is no fault: what is spelled otherwise here than by proof.py is read again.

No two contents are spelled alike, so that nothing passes as what it was before it was changed. Only the digits of a
number are taken as they stand: 1.00 is not told as 1.0.
"""

from functools import cache

from django.db import connection, transaction

from . import proof
from .models import Event, subjects
from .spelling import kind_of, spelled

DEPTH = 3  # containers within containers that are spelled here
PAIRS = 40  # columns to a call of jsonb_build_object, which takes a hundred arguments
PIECES = 12  # of an event's text are joined at a time: each joining copies what is there already

REPLAY = (
    "CREATE OR REPLACE AGGREGATE pg_temp.ledger_replay(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}')"
)
# What `=` and `sha256` are is said by the server, not by whoever may put functions into a schema before its own.
TRUE_NAMES = "SELECT set_config('search_path', 'pg_catalog, ' || current_setting('search_path'), true)"
CAN_REPLAY = "SELECT to_regprocedure('pg_temp.ledger_replay(jsonb)') IS NOT NULL"
MAY_REPLAY = "SELECT NOT current_setting('transaction_read_only')::boolean AND has_database_privilege(current_database(), 'TEMP')"
SIFT = """
    WITH told AS (
        SELECT subject_id, seq, prev, digest, at, recorded_at, changes,
        digest = encode(sha256(convert_to({event}, 'UTF8')), 'hex') AND {is_plain}
        AND late = (date_trunc('hour', at AT TIME ZONE 'UTC') <> date_trunc('hour', recorded_at AT TIME ZONE 'UTC')) AS fits
        FROM ledger_event WHERE subject_kind = %(kind)s AND {events}
    ), chained AS (
        SELECT *, lead(seq) OVER story IS NULL AS is_last, CASE WHEN lag(seq) OVER story IS NULL THEN seq = 1 AND prev = %(first)s
        ELSE seq = lag(seq) OVER story + 1 AND prev = lag(digest) OVER story
        AND at >= lag(at) OVER story AND recorded_at >= lag(recorded_at) OVER story END AS follows
        FROM told WINDOW story AS (PARTITION BY subject_id ORDER BY seq)
    ), stories AS (
        SELECT subject_id, count(*) AS many, bool_and((fits AND follows) IS TRUE) AS fits, max(seq) AS seq,
        max(digest) FILTER (WHERE is_last) AS head, max(at) AS at, max(recorded_at) AS recorded_at,
        (array_agg(changes) FILTER (WHERE seq = 1))[1]
        || pg_temp.ledger_replay(changes ORDER BY seq) FILTER (WHERE seq > 1) AS state
        FROM chained GROUP BY subject_id
    ), rows AS (
        SELECT {pk} AS subject_id, seq, head, changed_at, known_at, {state} AS state FROM {table} WHERE {rows}
    )
    SELECT coalesce(sum(s.many), 0), array_agg(coalesce(s.subject_id, r.subject_id)) FILTER (WHERE (
        s.fits AND r.seq = s.seq AND r.head = s.head AND r.changed_at = s.at AND r.known_at = s.recorded_at
        AND (r.state = s.state OR r.state = {nothing} || s.state)
    ) IS NOT TRUE)
    FROM stories s FULL JOIN rows r ON r.subject_id = s.subject_id
"""


def can_sift(kind) -> bool:
    """Only PostgreSQL can, where a session may have an aggregate of its own; and no sealed columns, whose keyed
    fingerprints it cannot make."""
    if connection.vendor != "postgresql" or subjects()[kind].sealed_fields:
        return False
    with connection.cursor() as cursor:
        cursor.execute(MAY_REPLAY)
        [may_replay] = cursor.fetchone()
    return may_replay


def doubtful(stretch) -> tuple[int, list]:
    """How many events there are, and the subjects of the stretch that are not beyond doubt, in order."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(TRUE_NAMES)
        cursor.execute(CAN_REPLAY)
        if cursor.fetchone() == (False,):
            cursor.execute(REPLAY)
        cursor.execute(_statement(stretch), {"first": proof.FIRST, **stretch.params})
        many, doubt = cursor.fetchone()
    return int(many), sorted(doubt or [])


def _statement(stretch):
    model = subjects()[stretch.kind]
    pk, table = map(connection.ops.quote_name, (model._meta.pk.column, model._meta.db_table))
    return SIFT.format(**_pieces(model), pk=pk, table=table, events=stretch.where("subject_id"), rows=stretch.where(pk))


@cache
def _pieces(model) -> dict:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    pairs = [f"'{name}', {_value(fields[name])}" for name in model.recorded_fields]
    parts = (", ".join(pairs[start : start + PAIRS]) for start in range(0, len(pairs), PAIRS))
    nothing = ", ".join(f'"{name}": null' for name in model.recorded_fields)
    return {
        "event": event_text(model), "is_plain": is_plain(), "nothing": f"'{{{nothing}}}'::jsonb",
        "state": " || ".join(f"jsonb_build_object({part})" for part in parts),
    }  # fmt: skip


def _value(field):
    name = connection.ops.quote_name(field.column)
    return name if kind_of(field) == "JSONField" else spelled(field, "postgresql")


# --- canonical JSON ---------------------------------------------------------------------------------------------


def event_text(model) -> str:
    """An expression: the canonical JSON of an event of this model's subjects, while its texts are plain; else NULL or other."""
    names = sorted(proof.EVENT_FIELDS)
    shape = "{" + ",".join(f'"{name}":"@"' if _is_quoted(name) else f'"{name}":@' for name in names) + "}"
    constants = [f"'{each}'" for each in shape.split("@")]
    pieces = [piece for pair in zip(constants, (_told(name, model) for name in names), strict=False) for piece in pair]
    pieces.append(constants[-1])
    parts = (" || ".join(pieces[start : start + PIECES]) for start in range(0, len(pieces), PIECES))
    return " || ".join(f"({part})" for part in parts)


def is_plain() -> str:
    """A condition: nothing in an event's texts needs escaping. `prev` is left out: it is the digest before, or in doubt."""
    texts = " || ".join(f'"{name}"' for name in proof.EVENT_FIELDS if _kind(name) == "CharField" and name != "prev")
    return f"CAST(to_json({texts}) AS text) = '\"' || {texts} || '\"'"


def _kind(name):
    return kind_of(Event._meta.get_field(name))


def _is_quoted(name):
    return _kind(name) in ("CharField", "DateTimeField", "UUIDField") and not Event._meta.get_field(name).null


def _told(name, model):
    """A column of an event as text."""
    field = Event._meta.get_field(name)
    if name == "changes":
        return f"coalesce(CASE WHEN seq = 1 THEN {_first_changes(model)} END, {_json(name)})"
    if _kind(name) == "JSONField":
        return _json(name)
    value = spelled(field, "postgresql")
    if _kind(name) == "DateTimeField":
        return f"coalesce('\"' || {value} || '\"', 'null')" if field.null else value
    return f"coalesce(CAST({value} AS text), 'null')" if field.null else f"CAST({value} AS text)"


def _first_changes(model):
    """The first event of a subject mostly tells each of its columns: these are taken out one by one, which costs half of
    taking all there are. Where one is missing it is NULL; where there are more, they are missing in the row."""
    shape = []
    for name in sorted(model.recorded_fields):
        value = f"changes -> '{name}'"
        is_json = kind_of(model._meta.get_field(name)) == "JSONField"
        shape.append(
            f"""'"{name}":' || {_spelled_out(f"({value})", DEPTH - 1) if is_json else f"CAST({value} AS text)"}"""
        )
    return "'{' || " + " || ',' || ".join(shape) + " || '}'"


def _json(column):
    """A column of JSON. Of one key with one value in it, PostgreSQL differs from the ledger by one blank."""
    text = f"CAST({column} AS text)"
    close = f"""replace({text}, '": ', '":')"""
    is_one = f"strpos({text}, ', ') = 0 AND length({close}) = length({text}) - 1 AND jsonb_typeof({column}) = 'object'"
    return f"CASE WHEN {column} = '{{}}' THEN '{{}}' WHEN {is_one} THEN {close} ELSE {_spelled_out(column, DEPTH)} END"


def _spelled_out(value, depth):
    """A value of JSON with its keys in the ledger's order; NULL where there are more containers within than `depth`."""
    text, is_empty = f"CAST({value} AS text)", f"{value} IN ('{{}}', '[]')"
    if not depth:
        return f"CASE WHEN {is_empty} OR jsonb_typeof({value}) NOT IN ('object', 'array') THEN {text} END"
    key, inner = f"key{depth}", _spelled_out(f"value{depth}", depth - 1)
    pairs = f"SELECT {key}, CAST(to_json({key}) AS text) || ':' || {inner} AS told FROM jsonb_each({value}) AS each{depth}({key}, value{depth})"
    parts = f"SELECT {key}, {inner} AS told FROM jsonb_array_elements({value}) WITH ORDINALITY AS each{depth}(value{depth}, {key})"
    return f"""CASE WHEN {is_empty} THEN {text}
        WHEN jsonb_typeof({value}) = 'object' THEN '{{' || ({_joined(pairs, f'{key} COLLATE "C"')}) || '}}'
        WHEN jsonb_typeof({value}) = 'array' THEN '[' || ({_joined(parts, key)}) || ']' ELSE {text} END"""


def _joined(told, order):
    """All of them or, where one is NULL, NULL."""
    return (
        f"SELECT CASE WHEN count(told) = count(*) THEN string_agg(told, ',' ORDER BY {order}) END FROM ({told}) AS told"
    )
