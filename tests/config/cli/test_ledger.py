"""The command line and the ledger: verified, sealed, exported, added up anew."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F

from duzhan.base.ledger import actions as ledger
from duzhan.base.ledger import triggers
from duzhan.base.ledger.models import Event, Rollup, Seal, Tail

PROOF = Path(settings.ROOT) / "duzhan" / "base" / "ledger" / "proof.py"


def test_a_whole_ledger_verifies(busy, say):
    say("seal")
    code, out, err = say("verify")
    assert code == 0
    events = Event.objects.count()
    assert out == f"事件 {events} 个，封条 1 个，不符 0 处。\n"
    assert f"{events} / {events}" in err


def test_a_ledger_that_was_touched_does_not(busy, say):
    triggers.lift_triggers(connection)
    event = Event.objects.filter(kind="problem.accept").first()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_event SET actor = 99 WHERE subject_kind = 'problem' AND subject_id = %s", [event.subject_id]
        )
    code, out, _err = say("verify")
    assert code == 1
    assert f"问题 {event.subject_id}" in out


def test_a_check_that_goes_on_says_when_the_file_is_another(busy, say, tmp_path):
    notes = tmp_path / "notes"
    assert say("verify", "--resume", str(notes))[0] == 0
    assert not notes.exists()
    notes.write_text("一封信\n")
    code, _out, err = say("verify", "--resume", str(notes))
    assert code == 2
    assert "不是核对的进度文件" in err
    assert notes.read_text() == "一封信\n"


def test_sums_are_added_up_anew(busy, say):
    say("seal")
    Rollup.objects.update(total=F("total") + 1)
    assert say("verify")[0] == 1
    code, out, err = say("rebuild")
    events = Event.objects.count()
    assert (code, out) == (0, f"已从 {events} 个事件重新汇总。\n")
    assert f"{events} / {events}" in err
    assert say("verify")[0] == 0


def test_seal_says_what_it_sealed(busy, say):
    waiting = Tail.objects.count()
    code, out, _err = say("seal")
    made = Seal.objects.get()
    assert code == 0
    assert out == f"第 1 号封条，封存事件 {waiting} 个：{made.digest}\n"
    assert not Tail.objects.exists()


def test_an_exported_packet_verifies_with_the_standard_library_alone(busy, say, tmp_path):
    ledger.seal()
    path = tmp_path / "packet.json"
    assert say("export", "yubei-test", "--out", path)[:2] == (0, "")
    assert path.stat().st_mode & 0o777 == 0o600
    packet = json.loads(path.read_text(encoding="utf-8"))
    assert len(packet["subjects"]) == busy.operation.problems.count()
    alone = subprocess.run([sys.executable, "-I", PROOF, path], capture_output=True, text=True)
    assert (alone.returncode, "0 faults" in alone.stdout) == (0, True)
    assert say("verify", "--packet", path)[0] == 0


def test_a_packet_of_some_problems_by_number_as_people_say_it(busy, say):
    first, second = busy.operation.problems.order_by("pk")[:2]
    code, out, _err = say("export", "yubei-test", "--problem", first.number, second.pk, "--out", "-")
    assert code == 0
    assert {events[0]["subject_id"] for events in json.loads(out)["subjects"]} == {first.pk, second.pk}


def test_a_packet_that_was_touched_does_not_verify(busy, say, tmp_path):
    path = tmp_path / "packet.json"
    say("export", "yubei-test", "--out", path)
    path.write_text(path.read_text(encoding="utf-8").replace("采样点排队", "采样点未排队"), encoding="utf-8")
    code, out, _err = say("verify", "--packet", path)
    assert code == 1
    assert "：写下以后内容被改过 · " in out
    assert ": its digest does not fit its content\n" in out


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"subjects": [[{}]], "seals": [], "proofs": {}}', "[" * 100_000, "\x00",
                                  '{"subjects": [], "seals": [{"number": 1}], "proofs": {}}'])  # fmt: skip
def test_what_is_no_packet_is_refused(say, tmp_path, text, db):
    path = tmp_path / "packet.json"
    path.write_text(text, encoding="utf-8")
    code, out, err = say("verify", "--packet", path)
    assert (code, out) == (2, "")
    assert "不是证据包" in err


def test_events_go_out_one_a_line(busy, say, tmp_path):
    path = tmp_path / "events.jsonl"
    assert say("export", "yubei-test", "--events", "--out", path)[0] == 0
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    events = Event.objects.filter(book=busy.operation.pk)
    assert {line["id"]: line["digest"] for line in lines} == {str(event.pk): event.digest for event in events}


def test_a_file_is_there_whole_or_not_at_all(busy, say, tmp_path):
    path = tmp_path / "packet.json"
    path.write_text("as it was")
    assert say("export", "yubei-test", "--problem", "9999", "--out", path)[0] == 2
    assert [each.name for each in tmp_path.iterdir()] == ["packet.json"]
    assert path.read_text() == "as it was"
