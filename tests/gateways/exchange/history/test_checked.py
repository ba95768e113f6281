"""History checked: whatever is not as it was exported and sealed is named, by one process or by several."""

import json
import os
import shutil

import duckdb
import pytest
from django.utils import translation

from duzhan.base.errors import NotFound
from duzhan.base.ledger import actions as ledger
from duzhan.base.ledger import proof
from duzhan.base.ledger.models import Event
from duzhan.gateways.exchange.history import manifest, writing
from duzhan.gateways.exchange.history.checking import faults_in
from duzhan.gateways.exchange.history.reading import History, opened
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.gateways.exchange.history.folders import faults, largest, rows


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


def test_a_changed_file_is_named(busy, folder):
    writing.export(folder)
    path = folder / largest(folder).path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert f"{largest(folder).path}: 写下以后文件被改过" in faults(folder)


def test_a_missing_file_and_a_strange_one_are_named(busy, folder):
    writing.export(folder)
    file = largest(folder)
    stranger = folder / "events" / "operation=x" / "day=2022-11-25" / "1-2.parquet"
    stranger.parent.mkdir(parents=True)
    shutil.move(folder / file.path, stranger)
    found = faults(folder)
    assert f"{file.path}: 文件不在了" in found
    assert "events/operation=x/day=2022-11-25/1-2.parquet: 清单里没有它" in found
    with pytest.raises(NotFound, match="verify --parquet"):
        History(folder, opened(folder), "yubei-test").figures("duckdb")


def test_an_event_that_was_changed_with_its_manifest_is_named(busy, folder):
    writing.export(folder)
    file = largest(folder)
    victim = next(row for row in rows(folder) if row["id"] and row["kind"] == "problem.close")
    forged(folder, file, {"amount": f"CASE WHEN position = {victim['position']} THEN 5 ELSE amount END"})
    assert faults(folder) == [f"事件 {victim['id']}: 写下以后内容被改过"]


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
    assert faults(folder) == [f"封条 1: 第 1 至 {opened(folder).last} 项不是当初封存的"]


@pytest.mark.parametrize(("change", "named"), [
    ({"position": "position + 1"}, "清单说是"),
    ({"at": "\"at\" - INTERVAL 1 DAY"}, "清单说是"),
    ({"kind": "'1'"}, "写下以后内容被改过"),
    ({"kind": "1"}, "读不出事件"),
    ({"seq": "'x'"}, "读不出事件"),
    ({"amount": "'NaN'::DOUBLE"}, "读不出事件"),
    ({"position": "CASE WHEN seq = 1 THEN position END"}, "读不出事件"),
    ({"facts": "NULL::VARCHAR"}, "写下以后内容被改过"),
    ({"facts": "'x'"}, "写下以后内容被改过"),
    ({"facts": "'1e999'"}, "写下以后内容被改过"),
    ({"facts": "'\"\\ud800\"'"}, "写下以后内容被改过"),
    ({"changes": "repeat('[', 100000)"}, "写下以后内容被改过"),
    ({"digest": "'x'"}, "不是指纹"),
    ({"digest": "NULL::VARCHAR"}, "不是指纹"),
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
    assert any(fault.startswith(f"{file.path}: 读不出事件") for fault in faults(folder))


def test_a_seal_that_was_changed_is_named(busy, folder):
    writing.export(folder)
    told = json.loads((folder / "manifest.json").read_text())
    told["seals"][0]["root"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(told))
    assert len(faults(folder)) == 2
    assert faults(folder)[0] == "封条 1: 做成以后被改过"


def test_several_processes_say_the_same_in_either_language(lasting_cast, folder):
    """Windows are looked at in any order and told in theirs."""
    for stage in Stage:
        problem_at(lasting_cast, stage)
    ledger.seal()
    told = writing.export(folder, window=9)
    assert len(told.windows) > 4
    first, second, third = (told.windows[place].files[0] for place in (0, 2, 3))
    forged(folder, second, {"digest": f"CASE WHEN position = {second.first} THEN 'x' ELSE digest END"})
    (folder / third.path).unlink()
    (folder / first.path).write_bytes(b"cut off")
    for language, gone in (("zh-hans", "文件不在了"), ("en", "is gone")):
        with translation.override(language):
            alone, steps = told_by(1, folder)
            assert told_by(2, folder) == (alone, steps)
        assert steps == [(window.last, told.last) for window in told.windows]
        assert f"{third.path}: {gone}" in alone
        assert len(alone) >= 5


def told_by(processes, folder):
    """The faults and the steps of progress."""
    steps = []
    found = faults_in(folder, opened(folder), lambda *step: steps.append(step), processes)
    return [str(each) for each in found], steps
