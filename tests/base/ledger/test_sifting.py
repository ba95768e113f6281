"""PostgreSQL spells and hashes events as proof.py does, or leaves them in doubt; never does it pass what was changed."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from duzhan.base.ledger import proof, rereading, sifting, triggers
from duzhan.base.ledger.models import Event, subjects
from duzhan.base.ledger.plain import plain, uuid7
from duzhan.base.ledger.stretches import Stretch, doubtful
from duzhan.base.ledger.verify import verify
from duzhan.supervision.inspections.models import Visit
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem
from tests.builders.problems import problem_at

pytestmark = pytest.mark.skipif(
    "sqlite" in connection.settings_dict["ENGINE"], reason="only PostgreSQL sifts; on SQLite all is read in Python"
)

# what PostgreSQL can keep: no NUL in texts, no half surrogates
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
PLAIN = st.text("abz:._ 0验", max_size=8)
WHOLE = st.integers(-(2**70), 2**70)
SCALARS = st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=4)
NUMBERS = st.none() | st.integers(-(2**63), 2**63 - 1)
INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def told(event, model=Problem, shapes=()):
    """What PostgreSQL makes of an event: its canonical JSON, where its texts are plain."""
    columns = {field.column: field for field in Event._meta.concrete_fields}
    names = ", ".join(f'CAST(%s AS {field.db_type(connection)}) AS "{name}"' for name, field in columns.items())
    values = [field.get_db_prep_save(getattr(event, field.attname), connection) for field in columns.values()]
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")  # compiling takes longer than one row is worth
        read = sifting.read_from(f"(SELECT {names}) AS e")
        cursor.execute(
            f"SELECT CASE WHEN CAST(to_json({sifting.texts()}) AS text) = '\"' || {sifting.texts()} || '\"' "
            f"THEN {sifting.event_text(model, shapes)} END FROM ({read} OFFSET 0) AS e",
            values,
        )
        [text] = cursor.fetchone()
    return text and text.encode()


def event_with(**given):
    at = datetime(2022, 11, 25, 4, tzinfo=UTC)
    known = {"id": uuid7(), "book": 1, "kind": "problem.find", "subject_kind": "problem", "subject_id": 1, "seq": 2}
    return Event(**known | {"at": at, "recorded_at": at, "prev": proof.FIRST} | given)


def canonical(event):
    return proof.canonical({name: plain(getattr(event, name)) for name in proof.EVENT_FIELDS})


def has_float(value):
    if isinstance(value, dict | list):
        return any(map(has_float, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float)


def depth(value):
    if not isinstance(value, dict | list) or not value:
        return 0
    return 1 + max(map(depth, value.values() if isinstance(value, dict) else value))


@RELAXED
@given(facts=OBJECTS, changes=OBJECTS)
@example({"a": ": b"}, {"a": ":b", "text, 3.5": '1:2.5 \x7f\u2028\x1f\b\f\n\r\t"\\/'})
@example({'": ': '": '}, {"b": 1, "aa": 2, "\U00010000": 3, "\ue000": 4, "é": [], "": {}})
@example({"a": [1, 2]}, {"a": {"b": {"c": [1, {"d": 1}]}}})
@example({"": [[": "], {}]}, {"a, b": None})
def test_json_is_spelled_alike_or_not_at_all(db, facts, changes):
    event = event_with(facts=facts, changes=changes)
    spelled = told(event)
    if has_float([facts, changes]):
        return  # PostgreSQL keeps numbers as they were typed and Python as floats: these may differ, and are read again
    assert spelled == canonical(event) or (spelled is None and max(depth(facts), depth(changes)) > sifting.DEPTH)


@RELAXED
@given(at=INSTANTS, later=st.timedeltas(timedelta(0), timedelta(1)), due=st.none() | INSTANTS, numbers=st.tuples(*[NUMBERS] * 4),
       texts=st.tuples(*[PLAIN] * 6), amount=st.integers(-(2**31), 2**31 - 1))  # fmt: skip
def test_columns_are_spelled_alike(db, at, later, due, numbers, texts, amount):
    actor, unit, group, place = numbers
    kind, was, now, area, place_kind, topic = texts
    event = event_with(
        at=at, recorded_at=at + later, due=due, was_due=due and at, actor=actor, unit=unit, group=group, place=place, kind=kind,
        was=was, now=now, area=area, place_kind=place_kind, topic=topic, amount=amount,
    )  # fmt: skip
    assert told(event) == canonical(event)


@RELAXED
@given(text=TEXTS)
@example('"')
@example("\\")
@example("\n")
def test_a_text_that_needs_escaping_is_left_in_doubt(db, text):
    event = event_with(topic=text)
    assert told(event) in (None, canonical(event))
    assert (told(event) is None) == (json.dumps(text, ensure_ascii=False) != f'"{text}"')


@RELAXED
@given(one=OBJECTS, other=OBJECTS)
@example({"a": ": b"}, {"a": ":b"})
@example({'a":1,"b': 2}, {"a": 1, "b": 2})
@example({"a": [": b"]}, {"a": [":b"]})
@example({"a": None}, {})
@example({"a": "null"}, {"a": None})
def test_two_contents_are_never_spelled_alike(db, one, other):
    if one != other and not has_float([one, other]):
        spelled = told(event_with(facts=one)), told(event_with(facts=other, id=event_with().id))
        first, second = (each and each.split(b'"facts":')[1].split(b',"group"')[0] for each in spelled)
        assert first is None or first != second


KNOWN = st.dictionaries(st.sampled_from(["a", "b", "bb", "c.d", "e_1"]), VALUES, max_size=4)


def shapes_of(*objects):
    """What would be known beforehand of a kind whose facts these are."""
    is_nested = {}
    for each in objects:
        for key, value in each.items():
            is_nested[key] = is_nested.get(key, False) or isinstance(value, dict | list) and bool(value)
    return sifting._shapes([("facts", "problem.find", key, nested) for key, nested in is_nested.items()])


@RELAXED
@given(facts=KNOWN, other=KNOWN)
@example({"bb": 1, "a": [{"b": "x, y"}], "c.d": None}, {"b": 2})
@example({"a": {}, "b": []}, {})
def test_keys_that_are_known_are_spelled_alike(db, facts, other):
    """Whether all of them are there or some."""
    spelled = told(event := event_with(facts=facts), shapes=shapes_of(facts, other))
    assert has_float(facts) or spelled == canonical(event) or (spelled is None and depth(facts) > sifting.DEPTH)


@RELAXED
@given(one=KNOWN, other=KNOWN, known=KNOWN)
@example({"a": 1}, {"a": 1, "b": [[[[1]]]]}, {"a": 1, "b": [1]})
@example({"a": 1}, {"a": 1, "b": 2}, {"a": 1})
@example({"a": [1, 2]}, {"a": "[1, 2]"}, {"a": 1})
@example({"a": 1}, {"a": "1"}, {"a": 1})
def test_known_or_not_two_contents_are_never_spelled_alike(db, one, other, known):
    if one != other and not has_float([one, other]):
        shapes, first = shapes_of(known), event_with(facts=one)
        spelled = told(event_with(facts=other, id=first.id), shapes=shapes)
        assert spelled != canonical(first)


@RELAXED
@given(title=TEXTS, detail=TEXTS)
@example('"', "\n")
@example("", "a\\b")
def test_a_row_is_spelled_as_what_it_was_told_to_be(found, title, detail):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE problems_problem SET title = %s, detail = %s WHERE id = %s", [title, detail, found.pk])
        pieces = sifting._pieces(Problem, ())
        rows = f"SELECT {sifting._with_instants(sifting._fields(Problem))} FROM problems_problem WHERE id = %s"
        cursor.execute(
            f"SELECT {pieces['state']}, {pieces['plain_state']}, {pieces['row_is_plain']}, CAST(%s::jsonb AS text) FROM ({rows}) r",
            [json.dumps(Problem.objects.get(pk=found.pk).state()), found.pk],
        )
        state, plain_state, is_plain, wanted = cursor.fetchone()
    assert state == wanted
    assert is_plain == (plain_state == wanted)


@RELAXED
@given(answers=OBJECTS, note=TEXTS, extra=OBJECTS)
def test_the_first_event_of_a_subject_is_spelled_alike(db, answers, note, extra):
    """Its columns are taken out one by one; where others are told too, something else comes out."""
    changes = dict.fromkeys(Visit.recorded_fields) | {"answers": answers, "note": note}
    event = event_with(seq=1, changes=changes)
    assert has_float(answers) or told(event, Visit) in (canonical(event), None)
    event.changes = changes | extra
    assert event.changes == changes or told(event, Visit) != canonical(event)
    del event.changes["minutes"]
    assert has_float([answers, extra]) or told(event, Visit) in (canonical(event), None)


@pytest.fixture
def found(cast):
    triggers.lift_triggers(connection)
    return problem_at(cast, Stage.CLOSED)


def both_doubt(problem):
    """What is not beyond doubt when it is sifted, and when it is read again."""
    assert sifting.can_sift("problem")
    return [problem.pk in look(Stretch("problem"))[1] for look in (sifting.doubtful, rereading.doubtful)]


def test_an_instant_before_christ_is_not_taken_for_one_after(found):
    """PostgreSQL leaves BC out; who edits an instant so is found, and told though Python has no such instant."""
    assert both_doubt(found) == [False, False]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_event SET was_due = (was_due::timestamp::text || ' BC')::timestamptz WHERE was_due IS NOT NULL"
        )
        assert cursor.rowcount
    assert both_doubt(found) == [True, True]
    assert [str(fault) for fault in verify() if str(fault).startswith("问题")] == [f"问题 {found.pk}: 有读不出来的值"]


def test_a_column_that_was_recorded_later_leaves_nothing_in_doubt(found, monkeypatch):
    """Earlier stories do not tell it: it is empty in them and in their rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Problem._meta.db_table} SET source_id = NULL")
    first = Event.objects.get(subject_kind="problem", subject_id=found.pk, seq=1)
    prev = proof.FIRST
    for event in Event.objects.filter(subject_kind="problem", subject_id=found.pk).order_by("seq"):
        event.prev = prev
        if event.pk == first.pk:
            del event.changes["source_id"]
        prev = event.computed_digest()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_event SET prev = %s, changes = %s, digest = %s WHERE id = %s",
                           [event.prev, json.dumps(event.changes), prev, event.pk])  # fmt: skip
    Problem.objects.filter(pk=found.pk).update(head=prev)
    assert both_doubt(found) == [False, False]


@pytest.mark.parametrize("value", ["[]", "3", '"due_at"', '["due_at"]', "null"])
@pytest.mark.parametrize("column", ["changes", "facts"])
@pytest.mark.parametrize("seq", [1, 2])
def test_what_is_no_object_is_left_in_doubt(found, column, value, seq):
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE ledger_event SET {column} = %s WHERE subject_kind = 'problem' AND subject_id = %s AND seq = %s",
            [value, found.pk, seq],
        )
    assert found.pk in sifting.doubtful(Stretch("problem"))[1]


def test_a_column_that_no_row_has_is_found(found):
    """Told by an event beside the columns there are; its digest does not cover it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_event SET changes = changes || '{\"no_such_column\": 1}' WHERE subject_kind = 'problem' AND seq = 1"
        )
    assert both_doubt(found) == [True, True]


@pytest.mark.parametrize("value", [0.1, 1e16, -0.0, 1e-7, 12345.678, 2**80])
def test_numbers_are_beyond_doubt_in_the_end(found, value):
    """Sifted or read again: what was written as it should be is no fault."""
    last = Event.objects.get(subject_kind="problem", subject_id=found.pk, seq=found.seq)
    last.facts = {"value": value}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_event SET facts = %s WHERE id = %s", [json.dumps(last.facts), last.pk])
        last.refresh_from_db()
        cursor.execute("UPDATE ledger_event SET digest = %s WHERE id = %s", [last.computed_digest(), last.pk])
    Problem.objects.filter(pk=found.pk).update(head=last.computed_digest())
    assert found.pk not in doubtful("problem", None, None)[1]


def test_an_operator_of_somebody_elses_is_not_asked(found):
    """Whoever has the password may say that all digests are equal, and that this is to be found first."""
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE FUNCTION public.alike(text, text) RETURNS boolean LANGUAGE sql
            AS 'SELECT length($1) = 64 OR $1 OPERATOR(pg_catalog.=) $2';
            CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.alike);
            UPDATE ledger_event SET facts = '{"note": "x"}' WHERE subject_kind = 'problem';
            SET LOCAL search_path = public, pg_catalog
        """)
        cursor.execute("SELECT repeat('0', 64) = repeat('1', 64)")
        assert cursor.fetchone() == (True,)
    assert found.pk in sifting.doubtful(Stretch("problem"))[1]


def test_a_session_that_may_not_have_an_aggregate_reads_in_python(found):
    before = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    assert not sifting.can_sift("problem")
    assert doubtful("problem", None, None)[1] == []
    transaction.savepoint_rollback(before)


def test_sealed_columns_are_read_in_python(db):
    assert {kind for kind in subjects() if not sifting.can_sift(kind)} == {
        kind for kind, model in subjects().items() if model.sealed_fields
    }
