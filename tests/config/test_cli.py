"""The command line: what it prints, what it refuses, and that a refusal changes nothing."""

import csv
import io
import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F

from duzhan.base.clock.instants import travel
from duzhan.base.ledger import actions as ledger
from duzhan.base.ledger import rollups, triggers
from duzhan.base.ledger.models import Event, Rollup, Seal, Tail
from duzhan.config.cli import main
from duzhan.config.verbs import VERBS
from duzhan.insight.figures import queries
from duzhan.insight.figures.catalogue import CATALOGUE
from duzhan.people.models import Person, Post, Role
from duzhan.places.actions import add_area
from duzhan.supervision.inspections.actions import record_visit
from duzhan.supervision.problems import actions
from duzhan.supervision.problems.flow import Stage
from tests.builders.problems import problem_at
from tests.people import HOUR, NOON

PROOF = Path(settings.ROOT) / "duzhan" / "base" / "ledger" / "proof.py"


@pytest.fixture
def busy(cast):
    """One problem at each stage, a conduct problem, two visits; told at noon."""
    for stage in Stage:
        problem_at(cast, stage)
    conduct = problem_at(cast, Stage.FOUND, klass="conduct")
    actions.hand_over(conduct, by=cast.discipline, unit=cast.bodies["street"])
    record_visit(cast.operation, {"point": cast.points["market"], "difficulty": "缺人手。"}, by=cast.inspector)
    return cast


@pytest.fixture
def say(capsys):
    """Run the command line in this process: (exit code, stdout, stderr)."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(each) for each in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def report(say, *more):
    code, out, err = say("report", "yubei-test", *more, "--format", "json")
    assert (code, err) == (0, "")
    return json.loads(out)


# --- report -----------------------------------------------------------------------------------------------------


def test_the_report_as_json_says_what_the_figures_say(busy, say):
    told = report(say)
    figures = queries.figures(busy.operation)
    assert list(told)[:5] == ["operation", "as_of", "known_at", "area", "area_code"]
    assert (told["operation"], told["area"], told["area_code"]) == ("yubei-test", "渝北区", "500112")
    assert told["as_of"] == told["known_at"] == "2022-11-25T12:00:00+08:00"
    assert set(told["figures"]) == set(CATALOGUE)
    assert told["figures"].pop("rectification_rate") == 40.0
    assert told["ratios"] == {"rectification_rate": {"n": 2, "N": 5}}
    assert told["figures"] == {key: value for key, value in figures.values.items() if key != "rectification_rate"}
    assert told["identities"][0] == {"text": "5 = 2 + 3", "holds": True}
    assert told["sentence"] == "截至11月25日12时,共走访点位2个,交办问题5个,已整改2个,其余3个正在整改中."
    assert told["seal"] is None


def test_a_rate_of_nothing_is_null(cast, say):
    assert report(say)["figures"]["rectification_rate"] is None


def test_as_of_and_known_at(busy, say):
    with travel(NOON + 2 * HOUR):
        record_visit(busy.operation, {"point": busy.points["station"], "at": NOON}, by=busy.inspector)

        def inspections(*more):
            return report(say, *more)["figures"]["inspections"]

        assert inspections() == 3
        assert inspections("--as-of", "2022-11-25T11:59:59+08:00") == 0
        assert inspections("--as-of", "2022-11-25T04:00:00+00:00") == inspections("--as-of", "2022-11-25 12:00") == 3
        assert inspections("--as-of", "2022-11-25 12:00", "--known-at", "2022-11-25T13:00") == 2
        assert inspections("--as-of", "2022-11-24") == 0


def test_a_day_is_its_end_and_is_written_as_24(busy, say):
    with travel(NOON + 50 * HOUR):
        told = report(say, "--as-of", "2022-11-25")
    assert told["as_of"] == "2022-11-25T23:59:59.999999+08:00"
    assert told["sentence"].startswith("截至11月25日24时,")


@pytest.mark.parametrize("area", ["500112009", "龙溪街道", "龙溪"])
def test_an_area_by_code_or_name_or_as_people_shorten_it(busy, say, area):
    told = report(say, "--area", area)
    assert (told["area"], told["figures"]["inspections"], told["figures"]["problems_found"]) == ("龙溪街道", 1, 0)


@pytest.mark.parametrize(
    ("name", "short"), [("伊犁哈萨克自治州", "伊犁"), ("西宁市", "西宁"), ("全州县二", "全州县二"), ("海南藏族自治州", "海南"),
                        ("双江拉祜族佤族布朗族傣族自治县", "双江"), ("高新技术产业开发区", "高新技术产业开发区")],
)  # fmt: skip
def test_how_people_shorten_the_names_of_areas(cast, say, name, short):
    add_area(name, "999999", "county", parent=cast.areas["district"])
    assert report(say, "--area", short)["area"] == name


@pytest.mark.parametrize("text", ["伊", "伊犁河", "哈萨克", ""])
def test_what_is_no_short_name_of_an_area(cast, say, text):
    add_area("伊犁哈萨克自治州", "999999", "county", parent=cast.areas["district"])
    assert say("report", "yubei-test", "--area", text)[0] == 2


def test_the_seal_is_the_newest_that_was_known(busy, say):
    first = ledger.seal()
    with travel(NOON + HOUR):
        second = ledger.seal()
        assert report(say, "--known-at", "2022-11-25 12:30")["seal"] == {"number": first.number, "digest": first.digest}
        assert report(say)["seal"] == {"number": second.number, "digest": second.digest}


def test_the_report_as_text_has_the_sentence_and_the_table(busy, say):
    code, out, err = say("report", "yubei-test")
    assert (code, err) == (0, "")
    assert "截至11月25日12时,共走访点位2个" in out
    assert "✓ 5 = 2 + 3" in out
    for key in CATALOGUE:
        assert any(line.startswith(f"{key} ") for line in out.splitlines())
    assert "双龙湖街道" in out


def test_the_report_in_english(busy, say):
    code, out, _err = say("--lang", "en", "report", "yubei-test")
    assert code == 0
    assert "As of 12:00 on 25 November: 2 points visited" in out


def test_the_report_as_a_page_needs_nothing_else(busy, say):
    ledger.seal()
    code, out, _err = say("report", "yubei-test", "--format", "html")
    assert code == 0
    assert out.startswith("<!doctype html>")
    assert "共走访点位2个" in out
    for foreign in ("http://", "https://", "//", "<script", "<link", "<img", "url(", "@import"):
        assert foreign not in out


# --- records ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", CATALOGUE)
@pytest.mark.parametrize("more", [(), ("--area", "双龙湖街道"), ("--as-of", "2022-11-25 11:00")])
def test_there_are_as_many_records_as_the_report_says(busy, say, key, more):
    told = report(say, *more)
    value = told["ratios"].get(key, {"N": 0})["N"] if CATALOGUE[key].counts.word == "ratio" else told["figures"][key]
    code, out, _err = say("records", "yubei-test", key, *more)
    assert code == 0
    head, *rows = csv.reader(io.StringIO(out))
    assert len(rows) == value
    code, out, _err = say("records", "yubei-test", key, *more, "--format", "json")
    assert code == 0
    assert [each["number"] for each in json.loads(out)] == [row[0] for row in rows]


def test_the_command_line_sees_what_is_sealed_from_others(busy, say):
    _code, out, _err = say("records", "yubei-test", "problems_handed_over", "--format", "json")
    records = json.loads(out)
    assert not any(record["is_masked"] for record in records)
    assert all(record["title"] and record["at"] == "2022-11-25T12:00:00+08:00" for record in records)


# --- what is refused --------------------------------------------------------------------------------------------

REFUSED = {
    "no verb": ([], "VERB"),
    "another verb": (["sing"], "sing"),
    "no operation": (["report"], "OPERATION"),
    "unknown operation": (["report", "x"], "没有代号为 x 的行动；有：yubei-test"),
    "no instant": (["report", "yubei-test", "--as-of", "昨天"], "“昨天”不是时刻"),
    "no day": (["report", "yubei-test", "--as-of", "2022-02-30"], "不是时刻"),
    "empty instant": (["report", "yubei-test", "--known-at", ""], "不是时刻"),
    "out of all time": (["report", "yubei-test", "--as-of", "0001-01-01T00:00:00+08:00"], "不是时刻"),
    "unknown area": (["report", "yubei-test", "--area", "火星"], "没有叫“火星”的区域"),
    "area elsewhere": (["report", "yubei-test", "--area", "全州县"], "没有叫“全州县”的区域"),
    "unknown format": (["report", "yubei-test", "--format", "xml"], "xml"),
    "unknown figure": (["records", "yubei-test", "problems"], "problems_found"),
    "records as html": (["records", "yubei-test", "inspections", "--format", "html"], "html"),
    "no packet": (["verify", "--packet", "/does/not/exist"], "/does/not/exist"),
    "a folder for a packet": (["verify", "--packet", "/"], "读不了"),
    "nowhere to write": (["export", "yubei-test", "--out", "/does/not/exist/x"], "写不了"),
    "out is a folder": (["export", "yubei-test", "--out", "/tmp"], "目录"),
    "no problem of that number": (["export", "yubei-test", "--problem", "YT-9999", "--out", "-"], "YT-9999"),
    "no number": (["export", "yubei-test", "--problem", "abc", "--out", "-"], "abc"),
    "events of problems": (["export", "yubei-test", "--events", "--problem", "1", "--out", "-"], "--problem"),
    "an account with a space": (["init", "--admin", "a b"], "账号不能用"),
    "port 0": (["run", "--port", "0"], "65535"),
    "port x": (["run", "--port", "x"], "65535"),
    "no such story": (["demo", "atlantis"], "atlantis"),
    "another language": (["--lang", "fr", "seal"], "fr"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_in_a_sentence_and_changes_nothing(busy, say, name):
    arguments, sentence = REFUSED[name]
    before = state()
    code, out, err = say(*arguments)
    assert code == 2
    assert out == ""
    assert sentence in err
    assert "Traceback" not in err
    assert state() == before


def state():
    return [(model._meta.label, model.objects.count()) for model in (Event, Seal, Tail, Person, Post)]


def test_a_port_that_is_taken_is_refused(db, say):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _out, err = say("run", "--port", taken.getsockname()[1])
    assert code == 2
    assert "--port" in err


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_is_in_both_languages(say, verb):
    code, out, err = say(*filter(None, [verb]), "--help")
    assert (code, err) == (0, "")
    assert out.startswith("usage: duzhan")
    purpose = re.search(rf"^ +{verb or 'report'} +(.+)$", say("--help")[1], re.MULTILINE)[1]
    assert re.search("[\u4e00-\u9fff]", purpose) and " · " in purpose


# --- the ledger -------------------------------------------------------------------------------------------------


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


# --- setting up, the worker -------------------------------------------------------------------------------------


def test_init_opens_the_first_administrator_once(transactional_db, say):
    code, out, _err = say("init", "--admin", "root-of-all", "--name", "示例人员甲", "--office", "示例督导办")
    assert code == 0
    [post] = Post.objects.filter(role=Role.ADMIN)
    assert (post.person.username, post.person.name, str(post.body), post.area) == (
        "root-of-all",
        "示例人员甲",
        "示例督导办",
        "",
    )
    password = out.strip().rsplit("：", 1)[1]
    assert post.person.check_password(password)
    assert Event.objects.filter(kind="post.appoint").count() == 1
    code, out, _err = say("init")
    assert code == 0
    assert "已有系统管理员" in out
    assert say("init", "--admin", "root-of-all")[0] == 2
    assert Person.objects.count() == 1


def test_init_without_a_name_says_what_to_do(transactional_db, say):
    code, out, _err = say("init")
    assert code == 0
    assert "duzhan init --admin" in out
    assert not Person.objects.exists()


@pytest.mark.parametrize(("password", "code"), [("kurz", 2), ("1234567890123", 2), ("a-long-and-odd-one", 0)])
def test_init_reads_a_password(transactional_db, say, monkeypatch, password, code):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    told, out, _err = say("init", "--admin", "admin-one", "--password-stdin")
    assert told == code
    assert password not in out
    assert [person.check_password(password) for person in Person.objects.all()] == ([True] if code == 0 else [])


def test_the_demo_is_not_told_into_a_database_with_people(cast, say):
    before = state()
    code, out, _err = say("demo")
    assert code == 0
    assert "数据库里已有账号" in out
    assert state() == before


def test_the_worker_does_what_is_due(lasting_cast, say):
    problem_at(lasting_cast, Stage.CLOSED)
    assert Tail.objects.exists()
    assert say("work", "--once") == (0, "", "")
    assert not Tail.objects.exists()
    assert rollups.settle() == 0


def test_docs_are_written_and_checked(db, say, tmp_path, settings):
    shutil.copy(Path(settings.ROOT) / "dz", tmp_path / "dz")
    settings.ROOT = tmp_path
    assert say("docs", "--check")[0] == 1
    code, out, _err = say("docs")
    assert code == 0
    assert "docs/reference/figures.md" in out.splitlines()
    assert say("docs", "--check") == (0, "", "")
    assert say("docs") == (0, "", "")
