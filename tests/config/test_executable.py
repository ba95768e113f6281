"""The real executable, in a process of its own: exit codes, pipes, signals, the server."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from runner.steps import free_port

DUZHAN = shutil.which("duzhan", path=str(Path(sys.executable).parent))


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A data folder with its own database and a first administrator; the environment that leads there."""
    folder = tmp_path_factory.mktemp("office")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUZHAN_")}
    environment = kept | {"DUZHAN_DATA_DIR": str(folder)}
    done = duzhan(environment, "init", "--admin", "first")
    assert done.returncode == 0, done.stderr
    return environment


def duzhan(environment, *arguments, **options):
    return subprocess.run(
        [DUZHAN, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        **options,
    )


def started(environment, *arguments):
    return subprocess.Popen(
        [DUZHAN, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process):
    """(exit code, stderr) of a process that was told to stop."""
    _out, err = process.communicate(timeout=20)
    return process.returncode, err


def test_exit_codes(office):
    assert duzhan(office, "verify").returncode == 0
    refused = duzhan(office, "report", "nowhere", "--format", "json")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "duzhan: 没有代号为 nowhere 的行动；有：—。\n"


def test_a_database_that_is_not_there_is_said(office, tmp_path):
    done = duzhan(office | {"DUZHAN_DATA_DIR": str(tmp_path)}, "report", "nowhere")
    assert done.returncode == 1
    assert "duzhan init" in done.stderr
    assert "Traceback" not in done.stderr
    done = duzhan(office | {"DUZHAN_DATA_DIR": str(tmp_path)}, "run", "--port", str(free_port()))
    assert done.returncode == 2
    assert "duzhan init" in done.stderr


def test_a_wrong_setting_stops_it(office):
    done = duzhan(office | {"DUZHAN_SESSION_HOURS": "many"}, "verify")
    assert done.returncode == 2
    assert "DUZHAN_SESSION_HOURS" in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["verify"]])
def test_a_reader_that_leaves_early_is_no_mistake(office, arguments):
    process = started(office, *arguments)
    process.stdout.close()
    process.wait(60)
    assert process.returncode == 0
    assert "BrokenPipe" not in process.stderr.read()
    process.stderr.close()


def test_a_closed_output_is_no_mistake(office):
    done = subprocess.run(["sh", "-c", '"$0" verify >&- 2>&-', DUZHAN], env=office, timeout=60)
    assert done.returncode == 0


def test_a_full_disk_is_said(office):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [DUZHAN, "verify"], env=office, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("duzhan: 读写没有成功")


def test_output_is_utf_8_whatever_the_machine_thinks(office):
    environment = office | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = subprocess.run([DUZHAN, "verify"], env=environment, capture_output=True, timeout=60)
    assert "封条" in done.stdout.decode("utf-8")


def test_the_worker_settles_and_stops_when_told(office):
    database = sqlite3.connect(Path(office["DUZHAN_DATA_DIR"]) / "duzhan.sqlite3")
    process = started(office, "work")
    try:
        wait_for(lambda: database.execute("SELECT count(*) FROM ledger_tail").fetchone() == (0,))
    finally:
        process.send_signal(signal.SIGTERM)
        code, err = ended(process)
        database.close()
    assert (code, err) == (0, "")


def test_the_server_serves_and_stops_when_told(office):
    port = free_port()
    process = started(office, "run", "--port", str(port))
    try:
        wait_for(lambda: page(port, "/accounts/login/"))
        text = page(port, "/accounts/login/")
        stylesheet = next(part for part in text.split('"') if part.startswith("/static/") and part.endswith(".css"))
        assert page(port, stylesheet)
    finally:
        process.send_signal(signal.SIGTERM)
        code, _err = ended(process)
    assert code == 0


def page(port, address):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def wait_for(happened):
    until = time.monotonic() + 40
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)
