"""History: exported as Parquet, proven by the seals, and counted elsewhere with the same numbers as in the ledger."""

import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
from datetime import timedelta

import duckdb
import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput, Conflict, NotFound
from duzhan.base.ledger import actions as ledger
from duzhan.base.ledger import proof
from duzhan.base.ledger.models import Entry, Event, Seal, plain
from duzhan.base.ledger.queries import Slice
from duzhan.gateways.exchange.history import columns, manifest, writing
from duzhan.gateways.exchange.history.checking import faults_in
from duzhan.gateways.exchange.history.reading import History, opened
from duzhan.insight.figures import queries
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.operations.actions import start
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.builders.stories import story
from tests.people import HOUR, NOON

MINUTE = timedelta(minutes=1)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "history"


@pytest.fixture
def busy(cast):
    """A problem at each stage, one about conduct, two visits; another operation; all of it sealed."""
    for stage in Stage:
        problem_at(cast, stage)
    actions.hand_over(problem_at(cast, Stage.FOUND, klass="conduct"), by=cast.discipline, unit=cast.bodies["street"])
    problem_at(cast, Stage.CLOSED, klass="over_enforcement")
    record_visit(cast.operation, {"point": cast.points["market"], "difficulty": "缺人手。"}, by=cast.inspector)
    ledger.seal()
    return cast


def faults(folder):
    return [str(each) for each in faults_in(folder, opened(folder))]


def rows(folder, told=None):
    files = [str(folder / file.path) for file in (told or opened(folder)).files]
    with duckdb.connect() as connection:
        found = connection.read_parquet(files, hive_partitioning=False).order("position")
        return [dict(zip(found.columns, row, strict=True)) for row in found.project(SHOWN).fetchall()]


SHOWN = ", ".join(
    f'epoch_us("{name}") AS "{name}"' if name in columns.INSTANTS else f'"{name}"' for name in columns.EVENT
)


# --- what is written --------------------------------------------------------------------------------------------


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


# --- checked ----------------------------------------------------------------------------------------------------


def forged(folder, file, change):
    """Change a file and make the manifest agree with it, as somebody would who knows how."""
    path, made = folder / file.path, folder / "made"
    with duckdb.connect() as connection:
        table = connection.read_parquet(str(path), hive_partitioning=False)
        columns_ = ", ".join(change.get(name, f'"{name}"') + f' AS "{name}"' for name in table.columns)
        table.project(columns_).write_parquet(str(made), compression="zstd")
    os.replace(made, path)
    told = json.loads((folder / "manifest.json").read_text())
    for window in told["windows"]:
        for each in window["files"]:
            if each["path"] == file.path:
                each |= {"size": path.stat().st_size, "sha256": manifest.digest_of(path)}
    (folder / "manifest.json").write_text(json.dumps(told))


def largest(folder):
    return max((file for file in opened(folder).files if file.book), key=lambda file: file.rows)


def test_a_changed_file_is_named(busy, folder):
    writing.export(folder)
    path = folder / largest(folder).path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert f"{largest(folder).path}: was changed after it was written" in faults(folder)


def test_a_missing_file_and_a_strange_one_are_named(busy, folder):
    writing.export(folder)
    file = largest(folder)
    stranger = folder / "events" / "operation=x" / "day=2022-11-25" / "1-2.parquet"
    stranger.parent.mkdir(parents=True)
    shutil.move(folder / file.path, stranger)
    found = faults(folder)
    assert f"{file.path}: is gone" in found
    assert "events/operation=x/day=2022-11-25/1-2.parquet: is not in the manifest" in found
    with pytest.raises(NotFound, match="verify --parquet"):
        History(folder, opened(folder), "yubei-test").figures("duckdb")


def test_an_event_that_was_changed_with_its_manifest_is_named(busy, folder):
    writing.export(folder)
    file = largest(folder)
    victim = next(row for row in rows(folder) if row["id"] and row["kind"] == "problem.close")
    forged(folder, file, {"amount": f"CASE WHEN position = {victim['position']} THEN 5 ELSE amount END"})
    assert faults(folder) == [f"event {victim['id']}: its content does not fit its digest"]


def test_an_event_that_was_rewritten_with_its_digest_breaks_the_seal(busy, folder):
    writing.export(folder)
    victim = next(row for row in rows(folder) if row["id"] and row["kind"] == "problem.close")
    event = Event.objects.get(pk=victim["id"])
    content = event.content() | {"facts": {}}
    place = f"position = {victim['position']}"
    forged(folder, largest(folder), {
        "facts": f"CASE WHEN {place} THEN '{{}}' ELSE facts END",
        "digest": f"CASE WHEN {place} THEN '{proof.event_digest(content)}' ELSE digest END",
    })  # fmt: skip
    assert faults(folder) == [f"seal 1: entries 1 to {opened(folder).last} are not what was sealed"]


@pytest.mark.parametrize(("change", "named"), [
    ({"position": "position + 1"}, "the manifest says something else"),
    ({"at": "\"at\" - INTERVAL 1 DAY"}, "the manifest says something else"),
    ({"kind": "1"}, "does not fit its digest"),
    ({"digest": "'x'"}, "is no digest"),
])  # fmt: skip
def test_whatever_is_changed_is_found(busy, folder, change, named):
    writing.export(folder)
    forged(folder, largest(folder), change)
    assert any(named in fault for fault in faults(folder))


def test_a_file_that_is_no_table_is_named(busy, folder):
    writing.export(folder)
    file = largest(folder)
    (folder / file.path).write_bytes(b"PAR1 nothing PAR1")
    text = (folder / "manifest.json").read_text()
    text = text.replace(file.sha256, manifest.digest_of(folder / file.path)).replace(
        f'"size": {file.size}', '"size": 17'
    )
    (folder / "manifest.json").write_text(text)
    assert any(fault.startswith(f"{file.path}: holds nothing that can be read") for fault in faults(folder))


def test_a_seal_that_was_changed_is_named(busy, folder):
    writing.export(folder)
    told = json.loads((folder / "manifest.json").read_text())
    told["seals"][0]["root"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(told))
    assert len(faults(folder)) == 2
    assert faults(folder)[0] == "seal 1: was changed after it was made"


# --- counted ----------------------------------------------------------------------------------------------------


def java():
    try:
        return subprocess.run(["java", "-version"], capture_output=True, text=True).returncode == 0
    except OSError:
        return False


def questions(cast, end, seed, many):
    """Random instants of both sorts and areas: the whole, a street, a place without any."""
    chance = random.Random(seed)
    marks = sorted({instant for event in Event.objects.all() for instant in (event.at, event.recorded_at)})
    for _ in range(many):
        as_of, known_at = (min(chance.choice(marks) + chance.choice([-1, 0, 1]) * MINUTE, end) for _ in range(2))
        yield {"as_of": as_of, "known_at": known_at, "slice": Slice(area=chance.choice(["", *areas(cast)]))}


def areas(cast):
    return [area.path for area in cast.areas.values()]


def same(cast, folder, engine, asked):
    history = History(folder, opened(folder), "yubei-test")
    for question in asked:
        there, here = history.figures(engine, **question), queries.figures(cast.operation, **question)
        assert (there.as_of, there.known_at, there.values) == (here.as_of, here.known_at, here.values)
        yield there.values


@pytest.mark.parametrize("seed", range(2))
def test_duckdb_counts_what_the_ledger_counts(busy, folder, seed):
    _done, end = story(busy, seed)
    end += 9 * HOUR
    with travel(end):
        writing.export(folder, window=37)
        found = list(same(busy, folder, "duckdb", questions(busy, end, seed, 40)))
    for key in ("problems_in_progress", "problems_overdue", "points_visited", "over_enforcement", "problems_closed"):
        assert len({values[key] for values in found}) > 1, key
    assert set(found[0]) == set(CATALOGUE)


ASK = """
import json, sys
import django
django.setup()
from datetime import datetime
from pathlib import Path
from duzhan.base.ledger.queries import Slice
from duzhan.gateways.exchange.history.reading import History, opened
folder = Path(sys.argv[1])
history = History(folder, opened(folder), "yubei-test")
for as_of, known_at, area in json.load(sys.stdin):
    when = {"as_of": datetime.fromisoformat(as_of), "known_at": datetime.fromisoformat(known_at)}
    told = history.figures("spark", **when, slice=Slice(area=area))
    print(json.dumps({key: str(value) for key, value in told.values.items()}))
"""


def test_spark_counts_what_the_ledger_counts(busy, folder):
    """In a process of its own, and without a database: history is all it has."""
    if not java():
        pytest.skip("no Java, so nothing is counted on Spark")
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("no PySpark: there was no Java 17 when this was set up, so nothing is counted on Spark")
    _done, end = story(busy, 5)
    end += 9 * HOUR
    with travel(end):
        writing.export(folder, window=60)
        asked = list(questions(busy, end, 5, 4))
        here = [queries.figures(busy.operation, **each).values for each in asked]
    typed = json.dumps(
        [[*(each[name].isoformat() for name in ("as_of", "known_at")), each["slice"].area] for each in asked]
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "duzhan.config.settings", "DUZHAN_DATABASE_URL": "sqlite:////does/not/exist/x",
        "DUZHAN_DATA_DIR": str(folder.parent), "PYSPARK_SUBMIT_ARGS": "--master local[2] pyspark-shell",
    }  # fmt: skip
    command = [sys.executable, "-c", ASK, str(folder)]
    done = subprocess.run(command, input=typed, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    there = [json.loads(line) for line in done.stdout.splitlines()]
    assert there == [{key: str(value) for key, value in values.items()} for values in here]


def test_what_the_folder_does_not_know_is_not_asked(busy, folder):
    writing.export(folder)
    with travel(NOON + 5 * HOUR):
        problem_at(busy, Stage.CLOSED)
        history = History(folder, opened(folder), "yubei-test")
        told = history.figures("duckdb")
        assert (told.as_of, told.known_at) == (NOON, NOON)
        assert told.values == queries.figures(busy.operation, as_of=NOON, known_at=NOON).values
        assert told.values != queries.figures(busy.operation).values
        with pytest.raises(BadInput, match="只到 2022-11-25T12:00:00"):
            history.figures("duckdb", known_at=NOON + HOUR)


def test_before_anything_happened_everything_is_nought(busy, folder):
    writing.export(folder)
    told = History(folder, opened(folder), "yubei-test").figures("duckdb", as_of=NOON - 1000 * HOUR)
    assert set(told.values.values()) == {0, None}


def test_files_that_cannot_be_read_are_said_to_be_so(busy, folder):
    writing.export(folder)
    (folder / largest(folder).path).write_bytes(b"cut off")
    with pytest.raises(BadInput, match="verify --parquet"):
        History(folder, opened(folder), "yubei-test").figures("duckdb")


@pytest.mark.parametrize("slice", [
    Slice(unit=1), Slice(group=1), Slice(place_kind="sampling_point"), Slice(topic="ordinary:"), Slice(units=()),
    Slice(areas=("0001", "00010001")), Slice(areas=()), Slice(area="0001", units=(1, 2, 3, 4, 5)),
])  # fmt: skip
def test_every_bound_of_a_slice_is_kept(busy, folder, slice):
    writing.export(folder)
    told = History(folder, opened(folder), "yubei-test").figures("duckdb", slice=slice)
    assert told.values == queries.figures(busy.operation, slice=slice).values
    assert plain(told.as_of) == plain(NOON)
