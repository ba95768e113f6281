"""The command line and history: exported, checked, counted; what it refuses, and that a refusal changes nothing."""

import json
import os
import subprocess
import sys

import pytest

from duzhan.base.clock.instants import travel
from duzhan.base.ledger import actions as ledger
from duzhan.base.ledger.models import Event, Seal, Tail
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON


@pytest.fixture
def folder(cast, say, tmp_path):
    """The history of a busy noon, exported by the command line."""
    for stage in Stage:
        problem_at(cast, stage)
    record_visit(cast.operation, {"point": cast.points["market"]}, by=cast.inspector)
    ledger.seal()
    code, out, _err = say("export", "--parquet", tmp_path / "history")
    assert (code, "历史数据写好了" in out) == (0, True)
    return tmp_path / "history"


def told(say, *arguments):
    code, out, err = say(*arguments, "--format", "json")
    assert (code, err) == (0, "")
    return json.loads(out)


@pytest.mark.parametrize("more", [(), ("--area", "龙溪"), ("--as-of", "2022-11-25 11:00"), ("--known-at", "2022-11-25 12:00"),
                                  ("--area", "500112", "--as-of", "2022-11-25T04:00:00+00:00")])  # fmt: skip
def test_history_says_what_the_report_says(folder, say, more):
    from_history = told(say, "figures", "yubei-test", "--engine", "duckdb", "--source", folder, *more)
    assert from_history == told(say, "report", "yubei-test", *more) == told(say, "figures", "yubei-test", *more)
    assert set(from_history["figures"]) == set(CATALOGUE)


def test_it_says_it_as_text_too_and_in_english(folder, say):
    asked = ("figures", "yubei-test", "--engine", "duckdb", "--source", folder)
    code, out, _err = say(*asked)
    assert code == 0
    assert out == say("figures", "yubei-test")[1]
    assert "✓ 4 = 2 + 2" in out
    code, out, _err = say("--lang", "en", *asked)
    assert (code, "As of 12:00 on 25 November" in out) == (0, True)


def test_what_was_exported_is_checked_and_the_newest_seal_named(folder, say):
    code, out, _err = say("verify", "--parquet", folder)
    assert code == 0
    assert "不符 0 处" in out and Seal.objects.get().digest in out
    file = next(folder.rglob("*.parquet"))
    file.write_bytes(file.read_bytes() + b"\0")
    code, out, _err = say("verify", "--parquet", folder)
    assert code == 1
    assert f"{file.relative_to(folder)}: 写下以后文件被改过" in out
    code, english, _err = say("--lang", "en", "verify", "--parquet", folder, "--processes", "2")
    assert (code, f"{file.relative_to(folder)}: was changed after it was written" in english) == (1, True)


def test_a_second_export_adds_what_is_new(folder, cast, say):
    with travel(NOON + HOUR):
        record_visit(cast.operation, {"point": cast.points["station"]}, by=cast.inspector)
        assert say("export", "--parquet", folder)[0] == 0
        asked = ("figures", "yubei-test", "--engine", "duckdb", "--source", folder)
        assert told(say, *asked)["figures"]["inspections"] == 3
        assert told(say, *asked, "--known-at", "2022-11-25 12:00")["figures"]["inspections"] == 2


REFUSED = {
    "nowhere": (["export", "yubei-test"], "--parquet"),
    "two places": (["export", "yubei-test", "--out", "-", "--parquet", "x"], "--parquet"),
    "no operation for a packet": (["export", "--out", "-"], "请写明导出哪个行动"),
    "events twice": (["export", "--parquet", "x", "--events"], "--events"),
    "one problem as history": (["export", "yubei-test", "--parquet", "x", "--problem", "1"], "--problem"),
    "conduct in a packet": (["export", "yubei-test", "--out", "-", "--with-conduct"], "--with-conduct"),
    "no such operation": (["export", "nowhere", "--parquet", "x"], "没有代号为 nowhere"),
    "a folder that cannot be": (["export", "--parquet", "/dev/null/x"], "写不了"),
    "otherwise than begun": (["export", "--parquet", "{folder}", "--with-conduct"], "别的范围"),
    "another engine": (["figures", "yubei-test", "--engine", "abacus"], "abacus"),
    "no source": (["figures", "yubei-test", "--engine", "duckdb"], "--source"),
    "a source for the ledger": (["figures", "yubei-test", "--source", "{folder}"], "--source"),
    "no history": (["figures", "yubei-test", "--engine", "duckdb", "--source", "/tmp"], "没有历史数据"),
    "unknown in history": (["figures", "nowhere", "--engine", "duckdb", "--source", "{folder}"], "有：yubei-test"),
    "no such area": (["figures", "yubei-test", "--engine", "duckdb", "--source", "{folder}", "--area", "火星"], "火星"),
    "no instant": (["figures", "yubei-test", "--engine", "duckdb", "--source", "{folder}", "--as-of", "昨天"], "昨天"),
    "later than it knows": (
        ["figures", "yubei-test", "--engine", "duckdb", "--source", "{folder}", "--known-at", "2022-11-25 12:01"], "只到 2022",
    ),
    "nothing to verify": (["verify", "--parquet", "/tmp"], "没有历史数据"),
    "two things to verify": (["verify", "--parquet", "x", "--packet", "y"], "--packet"),
    "history in one go": (["verify", "--parquet", "{folder}", "--resume", "x"], "--resume"),
    "a packet in one go": (["verify", "--packet", "y", "--resume", "x"], "--resume"),
    "a packet by one process": (["verify", "--packet", "y", "--processes", "2"], "--processes"),
    "no processes": (["verify", "--parquet", "{folder}", "--processes", "0"], "1 到 64"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_in_a_sentence_and_changes_nothing(folder, say, name):
    arguments, sentence = REFUSED[name]
    before = state(folder)
    code, out, err = say(*(each.format(folder=folder) for each in arguments))
    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err
    assert state(folder) == before


def state(folder):
    rows = [model.objects.count() for model in (Event, Seal, Tail)]
    return rows, {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "duzhan history 1"}', '{"format": "other", "windows": []}',
                                  '{"format": "duzhan history 1", "windows": [{"first": 1, "last": 2, "files": [{}]}]}'])  # fmt: skip
def test_a_manifest_that_is_none_is_refused(folder, say, text):
    (folder / "manifest.json").write_text(text)
    for arguments in (["verify", "--parquet", folder], ["export", "--parquet", folder],
                      ["figures", "yubei-test", "--engine", "duckdb", "--source", folder]):  # fmt: skip
        code, _out, err = say(*arguments)
        assert (code, "读不了" in err) == (2, True)


@pytest.mark.parametrize("part", ["seals", "windows", "operations"])
@pytest.mark.parametrize("wrong", [None, "x", [], {}])
def test_a_manifest_in_which_a_line_is_another_is_refused(folder, say, part, wrong):
    told = json.loads((folder / "manifest.json").read_text())
    for lines in ([wrong], [dict.fromkeys(told[part][0], wrong)]):
        (folder / "manifest.json").write_text(json.dumps(told | {part: lines}))
        code, out, err = say("verify", "--parquet", folder)
        assert (code, out, "读不了" in err) == (2, "", True)


@pytest.mark.parametrize(("engine", "package"), [("duckdb", "duckdb"), ("spark", "pyspark")])
def test_without_the_extra_it_says_what_to_install(folder, say, monkeypatch, engine, package):
    monkeypatch.setitem(sys.modules, package, None)  # what Python does for a package that is not there
    code, _out, err = say("figures", "yubei-test", "--engine", engine, "--source", folder)
    assert code == 2
    assert f"没有装 {package}" in err and "pip install" in err


def test_without_java_spark_is_refused(folder, say, monkeypatch):
    pytest.importorskip("pyspark", reason="no PySpark: there was no Java 17 when this was set up")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    code, out, err = say("figures", "yubei-test", "--engine", "spark", "--source", folder)
    assert (code, out) == (2, "")
    assert "这里没有 Java" in err


def test_with_a_java_that_does_not_run_spark_is_refused(folder, tmp_path):
    """In a process of its own: what PySpark leaves behind ends with it."""
    pytest.importorskip("pyspark", reason="no PySpark: there was no Java 17 when this was set up")
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    asked = ["figures", "yubei-test", "--engine", "spark", "--source", str(folder)]
    environment = os.environ | {"JAVA_HOME": str(tmp_path), "DUZHAN_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "duzhan.config.cli", *asked]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Spark 没有数成" in done.stderr
    assert "Traceback" not in done.stderr
