"""字形: one form for digits, letters and marks; no spaces inside Chinese; paragraphs as a person sees them."""

import re

from .cuts import SYLLABLE, TONE

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
CHINESE = HAN + "\u3001-\u301f\uff01-\uff0f\uff1a-\uff5e“”‘’…—·"
SPACE = " \xa0\u3000\u2000-\u200a\u202f\u205f\r\f\v"
UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\x00-\x08\x0e-\x1f"

READING = rf"(?<=[{HAN}A-Za-z])[ \u3000]?[(（]{SYLLABLE}[)）]"
NOTED = re.compile(READING)
GAPS = (
    rf"[{UNSEEN}]+"
    rf"|[{SPACE}\t]+(?=\n|\Z)"
    rf"|(?:(?<=\n)|(?<=\A))[{SPACE}\t]+"
    rf"|(?<=[{CHINESE}])[{SPACE}](?![{SPACE}\t])"
    rf"|(?<![{SPACE}\t])[{SPACE}](?=[{CHINESE}])"
)
LOOSE = re.compile(GAPS)
LOOSE_AND_NOTED = re.compile(f"{READING}|{GAPS}")
WIDE = re.compile(rf"[{SPACE}\t]{{2,}}|[\xa0\u3000]")

_FULL = (
    "".join(map(chr, range(0xFF10, 0xFF1A)))
    + "".join(map(chr, range(0xFF21, 0xFF3B)))
    + "".join(map(chr, range(0xFF41, 0xFF5B)))
)
HALF_WIDTH = {ord(c): chr(ord(c) - 0xFEE0) for c in _FULL + "％．＋－／＝～＜＞＆＃＠＊＿｜"}
HALF_WIDTH |= {ord("﹪"): "%", ord("﹒"): ".", ord("﹣"): "-", ord("〜"): "~", ord("∼"): "~", ord("−"): "-"}
HALF_WIDTH |= {ord(a): b for a, b in zip(";?!()", "；？！（）", strict=True)}
NARROW = re.compile("[" + "".join(map(chr, HALF_WIDTH)).replace("-", r"\-") + "]")
COMMA = re.compile(r"(?<!\d),|,(?!\d)")
COLON = re.compile(r"(?<!\d):|:(?!\d)")
COLON_IN_TIME = re.compile(r"(?<=\d)：(?=\d)")


def has_notes(text):
    """Whether readings stand after characters: a note with a tone is one, three without are none."""
    for count, note in enumerate(NOTED.finditer(text)):
        if TONE.search(note.group()):
            return True
        if count > 20:
            break
    return False


def close_up(draft):
    """Take out what a reader does not see: readings in brackets, unseen characters, spaces beside Chinese."""
    draft.replace([(*m.span(), "") for m in (LOOSE_AND_NOTED if has_notes(draft.text) else LOOSE).finditer(draft.text)])
    draft.replace([(*m.span(), "\t" if len(m.group()) > 1 else " ") for m in WIDE.finditer(draft.text)])


def narrow(text):
    """Half-width digits, letters and signs; full-width sentence marks. The length stays."""
    if NARROW.search(text):
        text = text.translate(HALF_WIDTH)
    if "," in text:
        text = COMMA.sub("，", text)
    if ":" in text:
        text = COLON.sub("：", text)
    return COLON_IN_TIME.sub(":", text)
