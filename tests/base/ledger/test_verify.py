"""Any tampering by SQL is found and named: an event, its order, a current row, a seal, a sum."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from duzhan.base.clock.instants import travel
from duzhan.base.ledger import actions, proof, rollups, sifting, stretches, triggers
from duzhan.base.ledger.models import Dense, Entry, Event, Late, Rollup, Seal, subjects
from duzhan.base.ledger.packet import packet
from duzhan.base.ledger.verify import verify
from duzhan.people.models import Post
from duzhan.supervision.problems.flow import Stage
from duzhan.supervision.problems.models import Problem
from tests.builders.problems import problem_at
from tests.people import NOON

PROOF = Path(proof.__file__)


@pytest.fixture
def sealed(cast):
    """A ledger with every stage in it, sealed; the triggers are lifted, as somebody with the password could."""
    problems = {stage: problem_at(cast, stage) for stage in Stage}
    actions.seal()
    triggers.lift_triggers(connection)
    return problems


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def key(event):
    """An event's id as SQL of this database has it."""
    return event.id if connection.vendor == "postgresql" else event.id.hex


def faults():
    return [str(fault) for fault in verify()]


def event_of(problem, kind):
    return Event.objects.get(subject_kind="problem", subject_id=problem.pk, kind=kind)


def test_a_whole_ledger_has_no_faults(sealed):
    assert faults() == []


def test_of_a_whole_ledger_nothing_is_in_doubt(sealed, cast):
    """Else each subject would be looked at twice: columns are spelled by the database as the ledger spells them."""
    with travel(NOON.replace(microsecond=120)):
        problem_at(cast, Stage.FOUND)
    for look in (stretches.rereading.doubtful, sifting.doubtful):
        kinds = [kind for kind in subjects() if look is not sifting.doubtful or sifting.can_sift(kind)]
        told = {kind: look(stretches.Stretch(kind)) for kind in kinds}
        assert [kind for kind, (_many, doubt) in told.items() if doubt] == []
        if len(kinds) == len(subjects()):
            assert sum(many for many, _doubt in told.values()) == Event.objects.count()


def test_short_stretches_find_the_same(sealed, cast, monkeypatch):
    monkeypatch.setattr(stretches, "LONG", 3)
    monkeypatch.setattr(stretches, "SIFTED", 1)
    cut = list(stretches.stretches("problem"))
    assert len(cut) > 5
    assert [end for _start, end in cut] == [*(start for start, _end in cut[1:]), None]
    assert faults() == []
    Problem.objects.filter(pk=sealed[Stage.CLOSED].pk).update(title="x")
    run("UPDATE ledger_event SET amount = 2 WHERE id = %s", key(event_of(sealed[Stage.MERGED], "problem.find")))
    with translation.override("en"):
        found = {fault.split(":")[0].split(",")[0] for fault in faults()}
    changed = {f"problem {sealed[stage].pk}" for stage in (Stage.CLOSED, Stage.MERGED)}
    assert found == changed | {f"the sum of problem.find in book {cast.operation.pk}"}


class Broken(Exception):
    """The power fails."""


def test_a_check_that_broke_off_goes_on_from_there(sealed, monkeypatch, tmp_path):
    """What was checked is not read again, and what was found there is told again."""
    monkeypatch.setattr(stretches, "LONG", 3)
    monkeypatch.setattr(stretches, "SIFTED", 1)
    problem, notes = sealed[Stage.FOUND], tmp_path / "notes"
    Problem.objects.filter(pk=problem.pk).update(title="x")
    whole = faults()

    def breaks_off(done, of):
        if done > of * 2 / 3:
            raise Broken

    with pytest.raises(Broken):
        list(verify(breaks_off, kept=notes))
    kept, told, read = notes.read_text(), [], []
    monkeypatch.setattr(
        "duzhan.base.ledger.verify.doubtful", lambda *asked: read.append(asked) or stretches.doubtful(*asked)
    )
    assert sorted(map(str, verify(lambda *said: told.append(said), kept=notes))) == sorted(whole)
    assert told[-1] == (Event.objects.count(), Event.objects.count())
    assert 0 < len(read) < len(kept.splitlines())
    assert not notes.exists()


def test_two_processes_find_what_one_finds(lasting_cast):
    problem = problem_at(lasting_cast, Stage.CLOSED)
    Problem.objects.filter(pk=problem.pk).update(title="x")
    actions.seal()
    Seal.objects.update(root="1")
    told = []
    found = [str(fault) for fault in verify(lambda *said: told.append(said), processes=2)]
    assert found == faults()
    assert len(found) == 3
    assert told[-1] == (Event.objects.count(), Event.objects.count())


def test_the_database_refuses_to_change_or_delete_an_event(cast):
    event = event_of(problem_at(cast, Stage.FOUND), "problem.find")
    for sql in ("UPDATE ledger_event SET amount = 2 WHERE id = %s", "DELETE FROM ledger_event WHERE id = %s"):
        with pytest.raises(DatabaseError, match="never"), transaction.atomic():
            run(sql, key(event))
    assert Event.objects.get(pk=event.pk).amount == 1


NOBODY = 987_654_321  # numbers that have been given out are no edit
EDITS = [
    ("at", "2022-11-25 03:00:00+00:00"), ("recorded_at", "2022-11-25 09:00:00+00:00"), ("actor", NOBODY),
    ("was", "found"), ("now", "closed"), ("facts", '{"note": "x"}'), ("changes", "{}"), ("area", "0002"), ("unit", NOBODY),
    ('group', NOBODY), ("place", NOBODY), ("place_kind", "school"), ("topic", "a:b:c"), ("amount", 7), ("via", "import"),
    ("kind", "problem.withdraw"), ("book", NOBODY), ("late", True), ("seq", 77), ("prev", "0" * 64), ("digest", "0" * 64),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), EDITS, ids=[column for column, _value in EDITS])
def test_an_edited_event_is_named(sealed, column, value):
    event = event_of(sealed[Stage.CLOSED], "problem.accept")
    run(f'UPDATE ledger_event SET "{column}" = %s WHERE id = %s', value, key(event))
    assert any(str(event.id) in fault for fault in faults())


def test_an_event_whose_digests_were_made_to_fit_is_still_found_by_its_seal(sealed):
    """Somebody rewrites a whole chain, digest after digest, and the row with it: the order and the seal know."""
    problem = sealed[Stage.WITHDRAWN]
    prev = proof.FIRST
    for event in Event.objects.filter(subject_kind="problem", subject_id=problem.pk).order_by("seq"):
        event.prev, event.facts = prev, {**event.facts, "reason": "另一个说法"}
        prev = event.computed_digest()
        run("UPDATE ledger_event SET prev = %s, facts = %s, digest = %s WHERE id = %s",
            event.prev, json.dumps(event.facts), prev, key(event))  # fmt: skip
    run("UPDATE problems_problem SET head = %s WHERE id = %s", prev, problem.pk)
    assert any("不是次序里的那个事件" in fault for fault in faults())
    for event in Event.objects.filter(subject_kind="problem", subject_id=problem.pk):
        run("UPDATE ledger_entry SET digest = %s WHERE event_id = %s", event.digest, key(event))
    assert any(fault.startswith("封条 1: 第") for fault in faults())


def test_two_events_that_changed_places_are_named(sealed):
    problem = sealed[Stage.CLOSED]
    first, second = event_of(problem, "problem.accept"), event_of(problem, "problem.report_rectified")
    run("UPDATE ledger_event SET seq = 999 WHERE id = %s", key(first))
    run("UPDATE ledger_event SET seq = %s WHERE id = %s", first.seq, key(second))
    run("UPDATE ledger_event SET seq = %s WHERE id = %s", second.seq, key(first))
    found = faults()
    assert any(str(first.id) in fault for fault in found)
    assert any(str(second.id) in fault for fault in found)


def test_two_entries_that_changed_places_are_found(sealed):
    run("UPDATE ledger_entry SET position = -1 WHERE position = 3")
    run("UPDATE ledger_entry SET position = 3 WHERE position = 4")
    run("UPDATE ledger_entry SET position = 4 WHERE position = -1")
    assert any(fault.startswith("封条 1") for fault in faults())


def test_the_newest_events_of_a_subject_cannot_go_after_a_seal(sealed):
    """With their places in the order, and the row set back to what it was before: the seal still knows them."""
    problem = sealed[Stage.CLOSED]
    event = event_of(problem, "problem.close")
    before = Event.objects.get(subject_kind="problem", subject_id=problem.pk, seq=event.seq - 1)
    connection.disable_constraint_checking()
    run("DELETE FROM ledger_entry WHERE event_id = %s", key(event))
    run("DELETE FROM ledger_delivery WHERE event_id = %s", key(event))
    run("DELETE FROM ledger_event WHERE id = %s", key(event))
    run(
        "UPDATE problems_problem SET stage = 'rectified', closed_at = NULL, closed_by_id = NULL, seq = %s, head = %s, "
        "changed_at = %s, known_at = %s WHERE id = %s",
        before.seq, before.digest, before.at, before.recorded_at, problem.pk,
    )  # fmt: skip
    found = faults()
    assert any("次序里缺了这一项" in fault for fault in found)
    assert any(fault.startswith("封条 1: 第") for fault in found)


def test_a_removed_event_is_named_by_the_entry_that_is_left(sealed):
    event = event_of(sealed[Stage.CLOSED], "problem.close")
    position = event.entry.position
    connection.disable_constraint_checking()
    run("DELETE FROM ledger_delivery WHERE event_id = %s", key(event))
    run("DELETE FROM ledger_event WHERE id = %s", key(event))
    assert any(fault.startswith(f"次序第 {position} 项: 它的事件 {event.id}") for fault in faults())
    Entry.objects.filter(position=position).delete()  # so that the test's own end finds no open reference


def test_an_event_put_in_by_hand_is_named(sealed):
    event = event_of(sealed[Stage.FOUND], "problem.find")
    forged = Event(**{name: getattr(event, name) for name in (*proof.EVENT_FIELDS, "late")} | {"id": None})
    forged.id, forged.seq, forged.prev = Event._meta.pk.get_default(), 2, event.digest
    forged.digest = forged.computed_digest()
    Event.objects.bulk_create([forged])
    assert any(str(forged.id) in fault and "在次序里没有位置" in fault for fault in faults())


ROWS = [
    ("stage", "'withdrawn'"), ("title", "'x'"), ("due_at", "'2022-12-31 00:00:00+00:00'"), ("area_path", "'0002'"),
    ("is_sent_back", "true"), ("relapses", "3"), ("detail", "'x'"), ("seq", "99"), ("head", f"'{'1' * 64}'"),
    ("found_at", "'2022-11-20 00:00:00+00:00'"), ("changed_at", "'2022-11-20 00:00:00+00:00'"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), ROWS, ids=[column for column, _value in ROWS])
def test_an_edited_row_is_named(sealed, column, value):
    problem = sealed[Stage.ACCEPTED]
    run(f"UPDATE problems_problem SET {column} = {value} WHERE id = %s", problem.pk)
    assert any(fault.startswith(f"问题 {problem.pk}: ") for fault in faults())


def test_a_right_that_was_given_by_sql_is_named(sealed, cast):
    post = cast.unit.posts.get()
    Post.objects.filter(pk=post.pk).update(role="office")
    assert any(fault.startswith(f"岗位 {post.pk}: role ") for fault in faults())


def test_a_row_without_events_and_events_without_a_row_are_named(sealed):
    first, last = sealed[Stage.FOUND], sealed[Stage.WITHDRAWN]
    values = {field.attname: getattr(first, field.attname) for field in Problem._meta.concrete_fields}
    Problem.objects.bulk_create([Problem(**{**values, "id": last.pk + 1000})])
    Problem.objects.filter(pk=first.pk).delete()
    found = faults()
    assert f"问题 {last.pk + 1000}: 有这一行，却没有任何事件" in found
    assert f"问题 {first.pk}: 事件还在，这一行却没有了" in found


@pytest.mark.parametrize("change", ["root = '1'", "digest = '1'", "last = 3", "at = '2022-01-01 00:00:00+00:00'"])
def test_an_edited_seal_is_named(sealed, change):
    run(f"UPDATE ledger_seal SET {change}")
    assert any(fault.startswith("封条 1") for fault in faults())


def test_a_seal_that_was_taken_away_is_found_by_the_next(sealed, cast):
    problem_at(cast, Stage.CLOSED)
    actions.seal()
    Seal.objects.filter(number=1).delete()
    assert any("与前一个封条衔接不上" in fault for fault in faults())


def test_an_edited_sum_is_named_and_can_be_added_up_again(sealed):
    cell = Rollup.objects.filter(axis="area", value="", kind="problem.close").first()
    Rollup.objects.filter(pk=cell.pk).update(total=cell.total + 1)
    assert any("problem.close" in fault for fault in faults())
    rollups.rebuild()
    assert faults() == []


def test_an_edited_sum_of_a_dense_book_is_named(sealed, monkeypatch):
    """Of five minutes, of late events, and from when on there are such sums."""
    monkeypatch.setattr(rollups, "DENSE", 3)
    rollups.rebuild()
    assert faults() == []
    cell = Rollup.objects.filter(axis="area", value="", level="m", kind__startswith="problem.").first()
    same = Rollup.objects.filter(pk=cell.pk)
    same.update(total=cell.total + 1)
    assert any(cell.kind in fault for fault in faults())
    same.update(total=cell.total)
    late = Late(book=cell.book, axis="area", lag=1, step=1, at=NOON, recorded=NOON, kind="problem.find", total=1)
    late.save()
    assert any("problem.find" in fault for fault in faults())
    late.delete()
    dense = Dense.objects.get(book=cell.book)
    Dense.objects.filter(pk=dense.pk).update(since=dense.since + timedelta(days=400))
    assert any(cell.kind in fault for fault in faults())


def test_a_packet_verifies_outside_and_fails_after_any_change(sealed, tmp_path):
    told = json.loads(json.dumps(packet([sealed[Stage.CLOSED], sealed[Stage.MERGED]])))
    file = tmp_path / "packet.json"

    def outside(content):
        file.write_text(json.dumps(content))
        # -I: neither Duzhan nor anything installed is importable
        return subprocess.run([sys.executable, "-I", str(PROOF), str(file)], capture_output=True, text=True)

    assert outside(told).returncode == 0
    assert set(told["proofs"]) == {event["id"] for events in told["subjects"] for event in events}
    told["subjects"][0][2]["facts"]["note"] = "改过的"
    broken = outside(told)
    assert broken.returncode == 1
    assert told["subjects"][0][2]["id"] in broken.stdout
    assert outside({"subjects": 3}).returncode == 2
