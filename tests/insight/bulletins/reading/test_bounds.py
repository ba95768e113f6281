"""Bounded time whatever comes: text made to be slow takes as long as any other."""

import time

import pytest

from duzhan.insight.bulletins.reading.marking import paragraphs
from duzhan.insight.bulletins.reading.originals import take_in
from duzhan.insight.bulletins.reading.prepared import prepare
from duzhan.insight.bulletins.reading.reader import read

SHORT, TIMES = 2_500, 8
LEAST = 0.002  # seconds: what takes less says nothing


def assert_grows_with_the_length_only(work, make):
    """`work` on a text of TIMES the length takes about TIMES as long, with the square of the length 64 times as long: half
    of that in logarithms is allowed. Both are the least of three, so that others on the machine change little."""
    short, long = (min(_seconds(work, given) for given in [make(length)] * 3) for length in (SHORT, SHORT * TIMES))
    assert long < TIMES**1.5 * max(short, LEAST)


def _seconds(work, given):
    begun = time.process_time()
    work(given)
    return time.process_time() - begun


SLOW = [
    "检查点位3206个，发现问题846个。",
    "检查点位3206个\n",
    "<div>",
    '<div class="nav">',
    "<p><b>6</b>41",
    "</div>",
    "<",
    "<a ",
    '<a href="',
    "<!--",
    "<script>",
    "&",
    "&#",
    "<meta charset",
    "查(",
    "查(chá",
    "查(chá)",
    "查 ",
    " ",
    "\n",
    "查\ue111",
    "?查\ue111",
    "?２榇β涫祷菝裾\ue479哂徘缀?",
    "\ufffd",
    "O(jiān)",
    "1,",
    "1：",
    "（编辑",
    "---\n",
    "位置：",
    "監督",
    "<td>",
    "<p class=foot>",
    "１",
]


@pytest.mark.parametrize("piece", SLOW)
def test_the_time_grows_with_the_length_only(piece):
    def make(length):
        return ("<p>检查" + piece * (length // len(piece))).encode()

    prepare(take_in("<p>检查(chá)監督?査\ue111".encode()))
    assert_grows_with_the_length_only(lambda given: prepare(take_in(given)), make)


# Pieces that rules of reading begin at, turn back at or go on from.
RULED = [
    "检查点位3206个，发现问题846个。", "检查点位3206个\n", "1", "一", "1个", "1个、", "1%", "（1", "1（", "(", "，", "12个，", "\t", "|",
    "——", "“", "1,", "1，", "1至", "1个至", "12-13", "：1，", "问题：1，", "百分之", "百分之9", "万", "1亿", "9点", "一点", "余", "近1个",
    "每", "第", "第1", "第一轮", "第十五批", "二届中央巡视", "2022年", "二〇二二年", "12345热线", "截至", "截至目前", "截至21日18时",
    "四川省成都市", "吉林省市", "市纪委", "该州", "本市", "全市", "各部门", "驻省", "驻省纪检监察组", "3个督导", "督导组", "会同市纪委", "新区",
    "张村已", "，甲镇", "甲街道", "的", "对", "其中1个", "查", "，查", "完成", "完成1", "查处", "整改不", "市民1人，", "办理诉求1件，",
    "占50%，", "整改率50%，", "全市问题5个，", "该市纪委问题5个，", "问题10个，5个，5个。", "发现问题10个，整改5个，剩余5个。\n",
    "查处问题1个、", "1,111,", "亿", "发现问题", "查处", "3个", "省市县区", "各级", "截至21日，", "该市纪委监委", "渝北区发现问题近30个\n",
    "已整改3个，整改率98%，", "问题：3，",
    "街道 发现问题 已整改\n", "甲街道 12 3\n", "甲 1 2 3 4\n", "标题\n正文1个问题。\n", "发现问题约1个\n", "<b>1</b>", "<tr><td>甲</td><td>1</td></tr>",
]  # fmt: skip


@pytest.mark.parametrize("piece", RULED)
def test_reading_and_marking_take_no_longer_for_a_repeated_piece(piece):
    told = []

    def make(length):
        return prepare(take_in(f"四川省成都市发现问题1个。{piece * (length // len(piece))}全市整改5个。".encode()))

    def work(prepared):
        reading = read(prepared)
        marked = paragraphs(prepared, [(k, figure.start, figure.end) for k, figure in enumerate(reading.figures)])
        told.append((reading, marked))

    assert_grows_with_the_length_only(work, make)
    assert all(marked and all(len(figure.scope) < 200 for figure in reading.figures) for reading, marked in told)
