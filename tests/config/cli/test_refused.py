"""What the command line refuses: in a sentence, and nothing changes."""

import re
import socket

import pytest

from duzhan.config.verbs import VERBS
from tests.config.cli.rows import state

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
