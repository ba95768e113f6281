"""A stretch of subjects, sifted by PostgreSQL in one statement: which of them are not beyond doubt?

What rereading.py asks, asked of whole sets: each event's canonical JSON is spelled and hashed where it lies, each event
is held against the one before, each story is replayed and held against the current row. Only the numbers of doubtful
subjects leave the database. Doubt is no fault: what is spelled otherwise here than by proof.py is read again.

No two contents are spelled alike, so that nothing passes as what it was before it was changed. Only the digits of a
number are taken as they stand: 1.00 is not told as 1.0.
"""

import re
from functools import lru_cache

from django.db import connection, transaction

from . import proof
from .models import Event, subjects
from .spelling import kind_of, spelled

DEPTH = 3  # containers within containers that are spelled here
PIECES = 12  # of an event's text are joined at a time: each joining copies what is there already
SAMPLE = 400  # events whose keys are looked at before a stretch is sifted
SIMPLE = re.compile(r"[a-z][a-z0-9_.]*")  # kinds and keys that go into a statement as they are
AS_TEXT = (
    "AutoField BigAutoField BigIntegerField BooleanField IntegerField JSONField PositiveIntegerField "
    "PositiveSmallIntegerField SmallIntegerField"
).split()
TEXTS = "CharField TextField".split()
QUOTED = "DateField DateTimeField DecimalField TimeField UUIDField".split()
ISO = 26  # characters of an instant to the microsecond, without its zone

REPLAY = "CREATE OR REPLACE AGGREGATE pg_temp.ledger_replay(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb)"
# What `=` and `sha256` are is said by the server, not by whoever may put functions into a schema before its own.
TRUE_NAMES = "SELECT set_config('search_path', 'pg_catalog, ' || current_setting('search_path'), true)"
CAN_REPLAY = "SELECT to_regprocedure('pg_temp.ledger_replay(jsonb)') IS NOT NULL"
MAY_REPLAY = "SELECT NOT current_setting('transaction_read_only')::boolean AND has_database_privilege(current_database(), 'TEMP')"
# Stories are read along their index and in no other order, and instants spelled with hours before minutes.
PLAN = """
    SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL DateStyle = 'ISO';
    SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off
"""
KEYS = """
    SELECT part, kind, key, bool_or(jsonb_typeof(value) IN ('object', 'array') AND value NOT IN ('{{}}', '[]'))
    FROM (
        SELECT kind, facts, CASE WHEN seq > 1 THEN changes END AS changes FROM ledger_event
        WHERE subject_kind = %(kind)s AND {events} ORDER BY subject_id, seq LIMIT %(sample)s
    ) e CROSS JOIN LATERAL (VALUES ('facts', facts), ('changes', changes)) AS parts(part, content)
    CROSS JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(content) = 'object' THEN content END) AS pairs
    GROUP BY part, kind, key
"""
# What is gathered of a story is in its order, as it is read; in another, no digest would follow the one before.
# `later` says some keys twice: of these jsonb keeps the last.
SIFT = """
    WITH read AS ({read} ORDER BY subject_id, seq OFFSET 0
    ), stories AS (
        SELECT subject_id, count(*) AS many, bool_and(({fits}) IS TRUE) AS fits,
        string_agg({texts}, '') AS texts, string_agg(prev, ',') AS prevs, string_agg(digest, ',') AS digests,
        array_agg(seq) AS seqs, array_agg(at) AS ats, array_agg(recorded_at) AS knowns,
        pg_temp.ledger_replay(changes) FILTER (WHERE seq = 1) AS first,
        string_agg(substr(changes_told, 2, length(changes_told) - 2), ',')
        FILTER (WHERE starts_with(changes_told, '{{"')) AS later
        FROM read GROUP BY subject_id
    ), ends AS (
        SELECT subject_id, many, fits, prevs, digests,
        CASE WHEN later IS NULL THEN first ELSE first || CAST('{{' || later || '}}' AS jsonb) END AS state,
        seqs[many] AS seq, ats[many] AS at, knowns[many] AS recorded_at,
        octet_length(CAST(to_json(texts) AS text)) = octet_length(texts) + 2 AS is_plain,
        seqs[1] = 1 AND NOT EXISTS (
            SELECT FROM generate_subscripts(seqs, 1) AS n
            WHERE n > 1 AND (seqs[n] = n AND ats[n] >= ats[n - 1] AND knowns[n] >= knowns[n - 1]) IS NOT TRUE
        ) AS follows
        FROM stories
    ), rows AS (
        SELECT {pk} AS subject_id, seq, head, changed_at, known_at,
        CASE WHEN {row_is_plain} THEN {plain_state} ELSE {state} END AS state FROM ({rows} OFFSET 0) r
    )
    SELECT coalesce(sum(s.many), 0), array_agg(coalesce(s.subject_id, r.subject_id)) FILTER (WHERE (
        s.fits AND s.is_plain AND s.follows AND %(first)s || ',' || s.digests = s.prevs || ',' || r.head
        AND r.seq = s.seq AND r.changed_at = s.at AND r.known_at = s.recorded_at
        AND (r.state = CAST(s.state AS text) OR r.state = CAST({nothing} || s.state AS text))
    ) IS NOT TRUE)
    FROM ends s FULL JOIN rows r ON r.subject_id = s.subject_id
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
        cursor.execute(PLAN)
        cursor.execute(TRUE_NAMES)
        cursor.execute(CAN_REPLAY)
        if cursor.fetchone() == (False,):
            cursor.execute(REPLAY)
        events = stretch.where("subject_id")
        cursor.execute(KEYS.format(events=events), {"sample": SAMPLE, **stretch.params})
        shapes = _shapes(cursor.fetchall())
        cursor.execute(_statement(stretch, shapes), {"first": proof.FIRST, **stretch.params})
        many, doubt = cursor.fetchone()
    return int(many), sorted(doubt or [])


def _shapes(told) -> tuple:
    """What an event of a kind tells, as far as is known beforehand: ((column, kind, ((key, is nested), ...)), ...)."""
    shapes = {}
    for column, kind, key, is_nested in told:
        if SIMPLE.fullmatch(kind) and SIMPLE.fullmatch(key):
            shapes.setdefault((column, kind), []).append((key, is_nested))
    return tuple((*which, tuple(sorted(keys))) for which, keys in sorted(shapes.items()))


def _statement(stretch, shapes):
    model = subjects()[stretch.kind]
    pk, table = map(connection.ops.quote_name, (model._meta.pk.column, model._meta.db_table))
    rows = f"SELECT {_with_instants(_fields(model))} FROM {table} WHERE {stretch.where(pk)}"
    read = read_from(f"ledger_event WHERE subject_kind = %(kind)s AND {stretch.where('subject_id')}")
    return SIFT.format(**_pieces(model, shapes), read=read, pk=pk, rows=rows)


@lru_cache(64)
def _pieces(model, shapes) -> dict:
    nothing = ", ".join(f'"{name}": null' for name in model.recorded_fields)
    is_late = "date_trunc('hour', at AT TIME ZONE 'UTC') <> date_trunc('hour', recorded_at AT TIME ZONE 'UTC')"
    is_hashed = f"digest = encode(sha256(convert_to({event_text(model, shapes)}, 'UTF8')), 'hex')"
    return {
        "texts": texts(), "fits": f"{is_hashed} AND late = ({is_late}) AND jsonb_typeof(changes) = 'object'",
        "nothing": f"'{{{nothing}}}'::jsonb",
        "row_is_plain": _is_plain(model), "plain_state": _state(model, is_plain=True), "state": _state(model),
    }  # fmt: skip


def _fields(model):
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return [fields[name] for name in model.recorded_fields]


def _state(model, is_plain=False):
    """An expression: the recorded columns of a row as PostgreSQL spells the same as jsonb, short keys first."""
    fields = sorted(_fields(model), key=lambda field: (len(field.attname.encode()), field.attname.encode()))
    pairs = (f"'\"{field.attname}\": ' || coalesce({_value(field, is_plain)}, 'null')" for field in fields)
    return _json_of(list(pairs), ", ")


def _value(field, is_plain):
    """A column of a row as the JSON that the ledger writes for it; NULL for null."""
    name, kind = connection.ops.quote_name(field.column), kind_of(field)
    if kind in AS_TEXT:
        return f"CAST({name} AS text)"
    if kind in QUOTED or kind in TEXTS and is_plain:
        return f"'\"' || {_instant(field) if kind == 'DateTimeField' else spelled(field, 'postgresql')} || '\"'"
    return f"CAST(to_jsonb({name}) AS text)"


def _is_plain(model):
    """A condition: nothing in a row's texts needs escaping, which makes each longer."""
    names = [connection.ops.quote_name(field.column) for field in _fields(model) if kind_of(field) in TEXTS]
    if not names:
        return "true"
    joined = f"concat({', '.join(names)})"
    return f"octet_length(CAST(to_json({joined}) AS text)) = octet_length({joined}) + 2"


def _json_of(pairs, comma):
    """These pairs, each an expression, as one object."""
    parts = (f" || '{comma}' || ".join(pairs[start : start + PIECES]) for start in range(0, len(pairs), PIECES))
    return "'{' || " + f" || '{comma}' || ".join(f"({part})" for part in parts) + " || '}'"


# --- canonical JSON ---------------------------------------------------------------------------------------------


def read_from(source) -> str:
    """A query: the events with what is looked at more than once, worked out once."""
    return (
        f"SELECT {_with_instants([Event._meta.get_field(name) for name in proof.EVENT_FIELDS])}, CAST(facts AS text) AS facts_told, "
        f"CASE WHEN seq > 1 THEN CAST(changes AS text) END AS changes_told FROM {source}"
    )


def _with_instants(fields):
    names = sorted({field.column for field in fields if kind_of(field) == "DateTimeField"})
    told = (f"replace(CAST({name} AT TIME ZONE 'UTC' AS text), ' ', 'T') AS {name}_told" for name in names)
    return ", ".join(["*", *told])


def _instant(field):
    """PostgreSQL leaves noughts out at the end; where it did not, what it says is what the ledger says."""
    told = f"{field.column}_told"
    return f"CASE WHEN octet_length({told}) = {ISO} THEN {told} || 'Z' ELSE {spelled(field, 'postgresql')} END"


def event_text(model, shapes=()) -> str:
    """An expression over `read_from`: the canonical JSON of an event of this model's subjects, while its texts are
    plain; else NULL or other."""
    names = sorted(proof.EVENT_FIELDS)
    shape = "{" + ",".join(f'"{name}":"@"' if _is_quoted(name) else f'"{name}":@' for name in names) + "}"
    constants = [f"'{each}'" for each in shape.split("@")]
    told = (_told(name, model, shapes) for name in names)
    pieces = [piece for pair in zip(constants, told, strict=False) for piece in pair]
    pieces.append(constants[-1])
    parts = (" || ".join(pieces[start : start + PIECES]) for start in range(0, len(pieces), PIECES))
    return " || ".join(f"({part})" for part in parts)


def texts() -> str:
    """An expression: an event's texts, joined. Where nothing in them needs escaping, `event_text` is right. `prev` is
    left out: it is the digest before, or in doubt."""
    return " || ".join(f'"{name}"' for name in _names("CharField") if name != "prev")


def _names(kind):
    return [name for name in proof.EVENT_FIELDS if _kind(name) == kind]


def _kind(name):
    return kind_of(Event._meta.get_field(name))


def _is_quoted(name):
    return _kind(name) in ("CharField", "DateTimeField", "UUIDField") and not Event._meta.get_field(name).null


def _told(name, model, shapes):
    """A column of an event as text."""
    field = Event._meta.get_field(name)
    if name == "changes":
        return f"coalesce(CASE WHEN seq = 1 THEN {_first_changes(model)} END, {_json(name, shapes)})"
    if _kind(name) == "JSONField":
        return _json(name, shapes)
    if _kind(name) == "DateTimeField":
        value = _instant(field)
        return f"coalesce('\"' || {value} || '\"', 'null')" if field.null else value
    value = spelled(field, "postgresql")
    return f"coalesce(CAST({value} AS text), 'null')" if field.null else f"CAST({value} AS text)"


def _first_changes(model):
    """The first event of a subject mostly tells each of its columns: these are taken out one by one, which costs half of
    taking all there are. Where one is missing it is NULL; where there are more, they are missing in the row."""
    is_json = {name: kind_of(model._meta.get_field(name)) == "JSONField" for name in model.recorded_fields}
    return _json_of([_pair("changes", name, is_json[name]) for name in sorted(is_json)], ",")


def _pair(column, key, is_nested):
    """A key and its value, taken out of a column; NULL where it is not there."""
    value = f"{column} -> '{key}'"
    return f"""'"{key}":' || {_spelled_out(f"({value})", DEPTH - 1) if is_nested else f"CAST({value} AS text)"}"""


def _json(column, shapes):
    """A column of JSON. An object without other keys than are known of its kind has those taken out one by one; one
    of a single key and value differs from the ledger by one blank; all else is spelled out."""
    text = f"coalesce({column}_told, CAST({column} AS text))"
    close = f"""replace({text}, '": ', '":')"""
    known = " ".join(_of_kind(column, kind, keys) for which, kind, keys in shapes if which == column)
    return f"""coalesce(CASE WHEN {text} = '{{}}' THEN '{{}}' WHEN starts_with({text}, '{{"') THEN CASE {known}
        WHEN strpos({text}, ', ') = 0 AND octet_length({close}) = octet_length({text}) - 1 THEN {close} END END,
        {_spelled_out(column, DEPTH)})"""


def _of_kind(column, kind, keys):
    names = ", ".join(f"'{key}'" for key, _is_nested in keys)
    pairs = " || ".join(_pair_or_nothing(column, *key) for key in keys)
    return f"WHEN kind = '{kind}' AND {column} - ARRAY[{names}] = '{{}}' THEN '{{' || substr({pairs}, 2) || '}}'"


def _pair_or_nothing(column, key, is_nested):
    """What is there and cannot be spelled is NULL all the same."""
    pair = f"',' || {_pair(column, key, is_nested)}"
    return f"CASE WHEN {column} ? '{key}' THEN {pair} ELSE '' END" if is_nested else f"coalesce({pair}, '')"


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
