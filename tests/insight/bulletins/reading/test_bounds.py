"""Bounded time whatever comes: text made to be slow takes as long as any other, and nothing makes the reader fall over.

`DUZHAN_FUZZ_SECONDS=60` lets the last test search for a minute instead of a few seconds.
"""

import os
import random
import time

import pytest

from duzhan.insight.bulletins.reading.originals import take_in
from duzhan.insight.bulletins.reading.prepared import prepare
from duzhan.insight.bulletins.reading.refusals import Unreadable

FUZZ_SECONDS = float(os.environ.get("DUZHAN_FUZZ_SECONDS", "3"))
# Seconds of the processor for 10,000 characters. A quiet machine takes a tenth of it; what grows with the square of
# the length, which is what this looks for, takes a hundred times as long on the longer text.
MOST = 0.05
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
    given = ("<p>检查" + piece * (100_000 // len(piece))).encode()
    prepare(take_in("<p>检查(chá)監督?査\ue111".encode()))
    begun = time.process_time()
    prepare(take_in(given))
    assert time.process_time() - begun < 10 * MOST


PIECES = [
    *SLOW, "</p>", "</script>", "-->", "&nbsp;", "&#x4e00;", "<table><tr><td>", "\x00", "\u200b", "\u3000", "\t", "\r\n",
    "。", "，", "12", "３０６", "万", "(jiǎn)", "\U0001f600", "\ud7ff", "乾", "著", "\xff", "原标题：", "責任編輯：", "\x1f", "ICP备",
]  # fmt: skip
CODECS = ("utf-8", "gb18030", "big5hkscs", "utf-16", "utf-8-sig")


def anything(chance):
    """A file as nobody would write it: pieces of trouble in some encoding, then bytes lost, changed and put in."""
    text = "".join(chance.choices(PIECES, k=chance.randrange(1, 60)))
    given = bytearray(text.encode(chance.choice(CODECS), "ignore"))
    for _ in range(chance.choice((0, 0, 1, 3, 30))):
        if given:
            place = chance.randrange(len(given))
            given[place : place + chance.randrange(3)] = bytes(
                chance.randrange(256) for _ in range(chance.randrange(3))
            )
    return bytes(chance.choice((b"", b"", b"", b"PK\x03\x04", b"%PDF-1.4\n", b"\xff\xfe"))) + bytes(given)


def test_nothing_makes_the_reader_fall_over():
    seed = random.SystemRandom().randrange(1 << 48)
    chance, ends = random.Random(seed), time.monotonic() + FUZZ_SECONDS
    read = 0
    while time.monotonic() < ends:
        given = anything(chance)
        try:
            prepared = prepare(take_in(given))
        except Unreadable:
            continue
        except Exception as error:
            raise AssertionError(f"seed {seed}: {given!r}") from error
        assert len(prepared.at) == len(prepared.text) + 1, (seed, given)
        if prepared.text:
            a, b = prepared.span(0, len(prepared.text))
            assert 0 <= a < b <= len(prepared.original.text), (seed, given)
        read += 1
    assert read > 10
