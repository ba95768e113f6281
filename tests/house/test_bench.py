"""The bench says what is asked of each row and whether it was reached, refuses in a sentence, and runs in CI."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.machine import NoRoom, Row, room_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("row", "is_reached"),
    [
        (Row("nothing asked", 1, 2, "/s"), None),
        (Row("many enough", 640, 3000, "/s", asked=640, share=0.2), True),
        (Row("too few", 639, 3000, "/s", asked=640, share=0.2), False),
        (Row("many, but too small a share", 900, 9000, "/s", asked=640, share=0.2), False),
        (Row("fast enough", 8, 0.1, "ms", asked=8), True),
        (Row("too slow", 8.1, 0.1, "ms", asked=8), False),
        (Row("as the limit", 13, 10, "ms", share=1 / 1.3), True),
        (Row("slower than the limit allows", 13.1, 10, "ms", share=1 / 1.3), False),
        (Row("small enough", 150, 40, "kB", asked=150), True),
    ],
)
def test_a_row_knows_whether_it_reached_what_is_asked(row, is_reached):
    assert row.is_reached is is_reached


def test_a_row_as_people_read_it():
    told = Row("visits", 1234.5, 5000, "/s", "p99 9 ms", asked=640, share=0.2).cells()
    assert told == ("visits", "1,234 /s", "5,000 /s", "25%", "≥ 640 /s, ≥ 20%", "reached", "p99 9 ms")
    assert Row("page", 12.34, 0, "ms", asked=8).cells() == ("page", "12.3 ms", "", "", "≤ 8 ms", "MISSED", "")


def test_what_does_not_fit_on_the_disk_is_not_begun(tmp_path):
    room_for(1, tmp_path)
    with pytest.raises(NoRoom, match="GB of disk"):
        room_for(10**18, tmp_path)


@pytest.mark.parametrize(
    ("names", "address", "says"),
    [
        (["nothing"], "postgresql://duzhan@127.0.0.1:1/none", "no bench is called nothing"),
        (["visits"], "", "wants a PostgreSQL"),
        (["visits"], "sqlite:///somewhere", "wants a PostgreSQL"),
        (["visits", "--rows", "0"], "", "'0' is no whole number above 0"),
    ],
)
def test_what_it_cannot_measure_ends_with_a_sentence_and_2(names, address, says):
    command = [sys.executable, "-m", "bench", *names]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"DUZHAN_DATABASE_URL": address}, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_it_runs_in_ci():
    assert "python3 dz bench --quick" in (ROOT / ".ci" / "run").read_text().splitlines()
