"""History: exported as Parquet, proven by the seals."""

import json

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput, Conflict, NotFound
from duzhan.base.ledger.models import Entry, Event, Seal
from duzhan.gateways.exchange.history import columns, writing
from duzhan.gateways.exchange.history.reading import History, opened
from duzhan.operations.actions import start
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.gateways.exchange.history.folders import faults, rows
from tests.people import HOUR, NOON


def test_every_event_is_there_once_in_the_order_of_the_ledger(busy, folder):
    told = writing.export(folder, with_conduct=True)
    found = rows(folder)
    assert [(row["position"], row["digest"]) for row in found] == list(
        Entry.objects.order_by("position").values_list("position", "digest")
    )
    events = {str(event.pk): event for event in Event.objects.filter(book=busy.operation.pk)}
    whole = [row for row in found if row["id"]]
    assert {row["id"] for row in whole} == set(events) != set()
    for row in whole:
        event = events[row["id"]]
        assert json.loads(row["changes"]) == event.changes
        assert (row["kind"], row["area"], row["unit"], row["seq"]) == (event.kind, event.area, event.unit, event.seq)
        assert row["at"] == round(event.at.timestamp() * 1_000_000)
    assert told.last == len(found)
    assert faults(folder) == []


def test_what_is_in_no_operation_leaves_only_place_and_digest(busy, folder):
    told = writing.export(folder)
    withheld = [row for row in rows(folder) if row["book"] is None]
    assert len(withheld) == Event.objects.exclude(book=busy.operation.pk).count() > 0
    assert {name for row in withheld for name, value in row.items() if value is not None} == {"position", "digest"}
    text = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert busy.inspector.username.encode() not in text
    assert told.operations[0]["code"] == "yubei-test"


def test_of_conduct_problems_only_what_they_are_counted_by_is_there(busy, folder):
    writing.export(folder)
    masked = [row for row in rows(folder) if row["book"] is not None and row["id"] is None]
    kept = Event.objects.filter(subject_kind="problem", topic__startswith="conduct:")
    assert len(masked) == kept.count() > 1
    for row in masked:
        assert row["topic"] == "conduct::"
        assert {name for name, value in row.items() if value is not None} <= columns.COUNTED
    assert not any('"klass":"conduct"' in (row["changes"] or "") for row in rows(folder))


def test_a_problem_that_became_one_of_conduct_is_masked_from_its_beginning(busy, folder):
    problem = problem_at(busy, Stage.FOUND)
    actions.reclassify(problem, by=busy.office, klass="conduct", cause="formalism_bureaucracy", reason="查实。")
    writing.export(folder)
    kept = Event.objects.filter(subject_kind="problem", subject_id=problem.pk).values_list("digest", flat=True)
    assert len(kept) == 3
    assert [row["id"] for row in rows(folder) if row["digest"] in kept] == [None] * 3


def test_what_is_recorded_later_goes_into_further_files_and_none_is_written_again(busy, folder):
    first = writing.export(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*.parquet")}
    again = writing.export(folder)
    assert again.windows == first.windows
    with travel(NOON + 30 * HOUR):
        record_visit(busy.operation, {"point": busy.points["station"], "at": NOON + HOUR}, by=busy.inspector)
        told = writing.export(folder)
    assert [file.path.split("/")[-2] for file in told.files if file not in first.files] == ["day=2022-11-26"]
    assert {path: path.read_bytes() for path in before} == before
    assert faults(folder) == []


def test_one_operation_alone(busy, folder):
    other = start(
        "other-test",
        "另一次行动",
        prefix="OT",
        area=busy.areas["district"],
        office=busy.bodies["office"],
        by=busy.office,
    )
    told = writing.export(folder, [other])
    assert {file.book for file in told.files} == {other.pk, None}
    assert faults(folder) == []
    with pytest.raises(NotFound, match="other-test"):
        History(folder, told, "yubei-test").figures("duckdb")
    with pytest.raises(BadInput, match="other-test"):
        writing.export(folder)


class Interrupted(Exception):
    pass


def test_an_interrupted_export_is_resumed(busy, folder):
    def stop(done, of):
        if done >= 20:
            raise Interrupted

    with pytest.raises(Interrupted):
        writing.export(folder, window=10, progress=stop)
    half = opened(folder)
    assert half.last == 20
    with pytest.raises(BadInput, match="没有导出完"):
        History(folder, half, "yubei-test").figures("duckdb")
    left = folder / half.files[0].path.replace(
        half.files[0].path[-29:], f"{half.last + 1:010}-{half.last + 3:010}.parquet"
    )
    left.write_bytes(b"cut off")  # as a process that was killed between two files leaves it
    (folder / ".making-1").mkdir()
    told = writing.export(folder, window=10)
    assert told.windows[:2] == half.windows
    assert not left.exists() and not (folder / ".making-1").exists()
    assert len(told.windows) == -(-told.last // 10)
    assert [(window.first, window.last) for window in told.windows][:3] == [(1, 10), (11, 20), (21, 30)]
    assert faults(folder) == []


def test_two_exports_into_one_folder_do_not_mix(busy, folder):
    def meanwhile(done, of):
        with pytest.raises(Conflict):
            writing.export(folder)

    writing.export(folder, progress=meanwhile)
    assert faults(folder) == []


def test_a_folder_with_something_else_in_it_is_left_alone(busy, folder):
    folder.mkdir()
    (folder / "letter.txt").write_text("我的信")
    with pytest.raises(BadInput, match="别的东西"):
        writing.export(folder)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_the_history_of_another_ledger_is_left_alone(busy, folder):
    writing.export(folder)
    told = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(told.replace(Seal.objects.get().digest, "0" * 64))
    with pytest.raises(BadInput, match="另一本账"):
        writing.export(folder)
