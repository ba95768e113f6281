"""Encodings as they come, whole and damaged; what is no text is refused."""

import random

import pytest

from duzhan.insight.bulletins.reading.encodings import decoded
from duzhan.insight.bulletins.reading.originals import take_in
from duzhan.insight.bulletins.reading.prepared import prepare

SIMPLIFIED = "督查组进驻以来，共检查点位３206个，发现问题846个，责令整改843个，约谈12人。各街道逐项销号，每日报告进展。"
TRADITIONAL = "督查組進駐以來，共檢查點位3206個，發現問題846個，責令整改843個，約談12人。各街道逐項銷號，每日報告進展。"


@pytest.mark.parametrize(
    ("text", "codec", "named"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8"),
        (SIMPLIFIED, "gb2312", "gb18030"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (TRADITIONAL, "gbk", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (TRADITIONAL, "utf-16", "utf-16-le"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        ("7 visits, 3 problems\n", "ascii", "utf-8"),
    ],
)
def test_each_encoding_is_told_and_read(text, codec, named):
    assert decoded(text.encode(codec)) == (text, named)


@pytest.mark.parametrize("codec", ["gb18030", "big5hkscs", "utf-8"])
def test_lost_bytes_do_not_hide_the_encoding(codec):
    whole = (TRADITIONAL if codec.startswith("big5") else SIMPLIFIED) * 3
    for seed in range(40):
        given = bytearray(whole.encode(codec))
        for _ in range(3):
            del given[random.Random(seed).randrange(len(given))]
        assert decoded(bytes(given))[1] == codec


def test_what_the_page_says_of_itself_decides_only_between_equals():
    page = '<html><meta charset="big5"><p>' + SIMPLIFIED
    assert take_in(page.encode("gbk")).text == page
    short = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>5处'
    assert take_in(short.encode("gbk")).encoding == "gb18030"


def test_a_figure_behind_a_lost_byte_is_read():
    given = SIMPLIFIED.replace("发", "").encode("gbk")
    place = given.index("现".encode("gbk"))
    prepared = prepare(take_in(given[:place] + given[place + 1 :]))
    assert "846个" in prepared.text
    assert prepared.unreadable


def test_a_stretch_of_shifted_pairs_is_put_right_but_for_its_ends():
    before, slipped, behind = "约谈12人。", "各街道逐项销号每日报告进展情况", "，共"
    shifted = (b"?" + slipped.encode("gbk")[1:-1] + b"?").decode("gb18030")
    given = before + shifted + behind
    prepared = prepare(take_in(given.encode()))
    assert prepared.text == f"{before}\ufffd{slipped[1:-1]}\ufffd{behind}"
    (repair,) = prepared.repairs
    assert given[repair.start : repair.end] == repair.before == shifted
    assert repair.after == f"\ufffd{slipped[1:-1]}\ufffd"
    assert [given[a:b] for a, b in prepared.unreadable] == ["?", "?"]


def test_a_character_whose_second_byte_became_a_letter_comes_back_with_its_reading():
    # 出現(xiàn): the byte before was lost, so 現 (AC 46) fell apart into half a character and the letter F.
    shifted = ("地出".encode("gbk")[1:] + b"\xac").decode("gb18030")
    prepared = prepare(take_in(f"當(dāng)?shù){shifted}F(xiàn)病例3例，隨即報告".encode()))
    assert prepared.text == "当\ufffd出现病例3例，随即报告"
    assert [r.after for r in prepared.repairs] == ["\ufffd出現"]


def test_a_question_is_no_damage():
    told = "检查了吗?发现问题75个，整改了吗?都整改了?好。饕餮耄耋?"
    prepared = prepare(take_in(told.encode()))
    assert not prepared.repairs
    assert not prepared.unreadable
    assert prepared.text == told.replace("?", "？")
