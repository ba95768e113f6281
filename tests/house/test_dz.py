"""The runner says what it can do and refuses in a sentence, before it changes anything."""

import ast
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from runner.installing import java
from runner.steps import Stop, step

ROOT = Path(__file__).resolve().parents[2]
VERBS = ["setup", "run", "test", "check", "fix", "docs", "bench"]


def dz(*arguments):
    return subprocess.run(
        [sys.executable, ROOT / "dz", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
    )


def test_alone_it_lists_every_verb():
    done = dz()
    assert done.returncode == 0
    assert re.findall(r"python3 dz (\w+)", done.stdout) == VERBS


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["run", "--port"],
        ["run", "--port", "0"],
        ["run", "--port", "70000"],
        ["run", "now"],
        ["test", "--mysql"],
    ],
)
def test_what_it_does_not_know_ends_with_a_sentence_and_2(arguments):
    done = dz(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_taken_port_is_said_at_once():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = dz("run", "--port", str(port))
    assert done.returncode == 2
    assert str(port) in done.stderr
    assert done.stdout == ""


def test_a_failing_step_shows_what_it_said_and_stops(capsys):
    with pytest.raises(Stop) as stopped:
        step("a step", [sys.executable, "-c", "print('the reason'); raise SystemExit(7)"])
    assert stopped.value.code == 1
    assert "the reason" in capsys.readouterr().out


@pytest.mark.parametrize("path", [ROOT / "dz", *sorted((ROOT / "runner").glob("*.py"))], ids=lambda path: path.name)
def test_nothing_but_the_standard_library_is_imported(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name if isinstance(node, ast.Import) else node.module for node in imported for alias in node.names}
    assert names
    assert {name.partition(".")[0] for name in names} <= {"runner", *sys.stdlib_module_names}


def test_ci_runs_the_test_command_of_the_readme():
    for name in ("README.md", "README.zh-CN.md", ".ci/run"):
        assert "python3 dz test" in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("version", "is_new_enough"), [("1.8.0_292", False), ("11.0.2", False), ("17.0.15", True), ("21", True)]
)
def test_spark_is_set_up_where_there_is_a_java_that_runs_it(tmp_path, monkeypatch, version, is_new_enough):
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-04-15' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert bool(java()) is is_new_enough
    program.unlink()
    assert java() is None
