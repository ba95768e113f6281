"""History counted elsewhere: the same numbers as in the ledger."""

import importlib.util
import json
import os
import random
import subprocess
import sys
from datetime import timedelta

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.errors import BadInput
from duzhan.base.ledger.models import Event
from duzhan.base.ledger.plain import plain
from duzhan.base.ledger.queries import Slice
from duzhan.gateways.exchange.history import writing
from duzhan.gateways.exchange.history.reading import History, opened
from duzhan.insight.figures import queries
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.builders.stories import story
from tests.gateways.exchange.history.folders import largest
from tests.people import HOUR, NOON

MINUTE = timedelta(minutes=1)


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
