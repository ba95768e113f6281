"""字形: one form for digits, letters and marks; no spaces inside Chinese; paragraphs as a person sees them."""

import re

from .cuts import SYLLABLE

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# A note with a tone mark gives the page away: then notes without one, 的(de), are notes too.
NOTED = re.compile(rf"[ \u3000(（](?<=[{HAN}A-Za-z].)(?:(?<=[(（])|(?<=[ \u3000])[(（]){SYLLABLE}[)）]")

UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\x00-\x08\x0e-\x1f"
UNSEEN_ONES = re.compile(f"[{UNSEEN}]+")
BLANK = f"[ \\t\\n\\r\\f\\v\xa0\u3000\u2000-\u200a\u202f\u205f\u2028\u2029\x85{UNSEEN}]"
GAP = re.compile(f"{BLANK}{BLANK}*")  # twice as fast as +
_LINE_ENDS = re.compile("\r\n?")
_ENDS_A_SENTENCE = frozenset("。！？；：…!?;:")
NARROWEST_WRAP = 40  # columns: no mail or form wraps Chinese text narrower, but tables and addresses are narrower

_LETTERS = "".join(
    chr(code) for first, last in (("０", "９"), ("Ａ", "Ｚ"), ("ａ", "ｚ")) for code in range(ord(first), ord(last) + 1)
)
_HALF_WIDTH = {c: chr(ord(c) - 0xFEE0) for c in _LETTERS + "％．＋－／＝～＜＞＆＃＠＊＿｜"}
_HALF_WIDTH |= {"﹪": "%", "﹒": ".", "﹣": "-", "〜": "~", "∼": "~", "−": "-"}
_WIDE_THOUSANDS = re.compile("，(?<=[０-９]，)(?=[０-９]{3}(?![０-９]))")
WIDE = "".join(sorted(_HALF_WIDTH))
_FULL_WIDTH = tuple(zip(";?!()", "；？！（）", strict=True))
_COMMA = re.compile(r",(?:(?!\d)|(?<!\d,))")
_COLON = re.compile(r":(?:(?!\d)|(?<!\d:))")
_COLON_IN_TIME = re.compile(r"：(?<=\d：)(?=\d)")


def is_chinese(character):
    """Whether a space beside this character says nothing."""
    return character >= "\u2e80" or character in "“”‘’…—·"


def close_up(draft, *, is_page=False, wrapped_at=0, noted=True):
    """Take out what a reader does not see: readings in brackets, unseen characters, spaces beside Chinese.

    On a page any number of spaces is one; in a plain text two make a column.
    ``wrapped_at``: the columns at which a plain text breaks its lines, 0 where a line is a paragraph. ``noted``: there
    are tone marks, so readings in brackets.
    """
    if noted:
        draft.cut(NOTED)
    text, changes, line = draft.text, [], 0
    for match in GAP.finditer(text):
        start, end = match.span()
        gap = text[start:end]
        if "\n" in gap:
            runs_on = wrapped_at and gap == "\n" and _runs_on(text[line:start], wrapped_at)
            after = "" if runs_on or start == 0 or end == len(text) else "\n"
            line = end
        else:
            after = _gap(text, start, end, gap.replace(" ", "") or " " if is_page else gap)
        if after != gap:
            changes.append((start, end, after))
    draft.replace(changes)


def _gap(text, start, end, gap):
    """What is left of the gap within a line."""
    if start == 0 or end == len(text):
        return ""
    if "\t" in gap:
        return "\t"
    width = len(gap) if gap.isspace() else len(UNSEEN_ONES.sub("", gap))
    if width > 1 and text[start - 1] not in "，。、；：！？,;:":
        return "\t"
    return "" if not width or is_chinese(text[start - 1]) or is_chinese(text[end]) else " "


def columns(line):
    """How wide a line is: a Chinese character takes two columns."""
    return len(line.encode("gb18030", "replace"))


def _runs_on(line, wrapped_at):
    return columns(line) >= 0.9 * wrapped_at - 4 and line[-1] not in _ENDS_A_SENTENCE


def wrap_of(text):
    """The columns at which the lines of this text were broken by a machine, or 0.

    Broken by a machine: at least three lines, and more than half of those that another follows at once, are equally
    wide (one word more or less) and end within a sentence.
    """
    lines = text.split("\n")
    if len(lines) < 4:
        return 0
    wide = [columns(line) for line, following in zip(lines, lines[1:], strict=False) if line and following]
    widest = max(wide, default=0)
    if not NARROWEST_WRAP <= widest <= 4 * NARROWEST_WRAP:
        return 0
    full = sum(each >= 0.9 * widest - 4 for each in wide)
    return widest if full >= 3 and 2 * full > len(wide) else 0


def with_newlines(draft):
    """Line ends of any system become ``\\n``."""
    if "\r" in draft.text:
        draft.replace([(*match.span(), "\n") for match in _LINE_ENDS.finditer(draft.text)])


def narrow(text, *, is_wide=True):
    """Half-width digits, letters and signs; full-width sentence marks. The length stays."""
    if is_wide:
        text = _WIDE_THOUSANDS.sub(",", text)
        for wide, half in _HALF_WIDTH.items():  # sooner than translate, which looks every character up
            text = text.replace(wide, half)
    for half, full in _FULL_WIDTH:
        text = text.replace(half, full)
    if "," in text:
        text = _COMMA.sub("，", text)
    if ":" in text:
        text = _COLON.sub("：", text)
    return _COLON_IN_TIME.sub(":", text)
