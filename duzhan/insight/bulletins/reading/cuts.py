"""裁剪: taking pieces out of a text while every character left keeps its place in the original."""

import re
from array import array

SYLLABLE = "[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ]{1,7}"
# 環(huán)節(jié): the sites that convert whole pages to Traditional write the reading after a character.
PINYIN = re.compile(rf"[ \u3000]?[(（]{SYLLABLE}[)）]")
TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
TONE = re.compile(f"[{TONES}]")

_PLACES = array("I", range(1 << 16))


def places(start, end):
    """The numbers from ``start`` up to ``end``, as an array."""
    return _PLACES[start:end] if end <= len(_PLACES) else array("I", range(start, end))


class Draft:
    """底稿: a text and, for each of its characters and for its end, the place in the original."""

    __slots__ = ("text", "at")

    def __init__(self, text, at=None):
        self.text = text
        self.at = places(0, len(text) + 1) if at is None else at

    def replace(self, changes):
        """Put ``after`` where ``start:end`` stood, for each (start, end, after) in order; ``after`` may be empty.

        The first characters of ``after`` stand where those of the old piece stood, the rest at its last one.
        """
        if not changes:
            return
        text, at = self.text, self.at
        pieces, kept, left = [], array("I"), 0
        for start, end, after in changes:
            pieces.append(text[left:start])
            kept += at[left:start]
            if after:
                pieces.append(after)
                kept += at[start : min(start + len(after), end)]
                if len(after) > end - start:
                    kept.extend([at[max(start, end - 1)]] * (len(after) - (end - start)))
            left = end
        pieces.append(text[left:])
        kept += at[left:]
        self.text, self.at = "".join(pieces), kept

    def cut(self, pattern):
        """Take out whatever ``pattern`` matches."""
        self.replace([(*match.span(), "") for match in pattern.finditer(self.text)])

    def cut_beginning(self, pattern):
        """Take out what ``pattern`` matches at the beginning."""
        found = pattern.match(self.text)
        if found:
            self.replace([(*found.span(), "")])
