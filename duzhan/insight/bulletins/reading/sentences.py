"""A sentence as a row of numbers with the words of the gaps before, between and after them."""

from typing import NamedTuple

from . import lexicon
from .words import KIND, SINGLE

_KINDS = tuple(KIND.values())
_find_words = lexicon.finder(KIND)
_ADVERBS = "，。；：、！\n（(已共先后再又各均实累计总还"
_NEGATIONS = "不未没难乱拒莫勿"
SEEING = {"v.inspect", "v.survey"}


class Word(NamedTuple):
    kind: str
    start: int
    end: int


class Sentence:
    """One sentence: its numbers, and the words of the gaps before, between and after them."""

    __slots__ = ("end", "gaps", "numbers", "start", "text")

    def __init__(self, text, start, end, counted):
        self.text, self.start, self.end, self.numbers = text, start, end, counted
        starts, ends = [number.start for number in counted], [number.end for number in counted]
        self.gaps = [self._words(*gap) for gap in zip([start, *ends], [*starts, end], strict=True)]
        for number, gap in zip(counted, self.gaps, strict=False):
            self._add_single(number.start, gap)

    def _words(self, first, last):
        """The words of a gap; a verb under a negation (未整改, 整改不力) is none."""
        text, found = self.text, []
        for which, start, end in _find_words(text[first:last]):
            kind, start, end = _KINDS[which], start + first, end + first
            if kind[0] == "v":
                if text[end : end + 1] == "不" or start and text[start - 1] in _NEGATIONS:
                    continue
            elif kind[0] == "x":
                continue
            elif kind == "n.team" and found and found[-1].end == start and found[-1].kind in SEEING:
                start, kind = found.pop().start, "n.group"  # 检查 + 组
            found.append(Word(kind, start, end))
        return found

    def _add_single(self, at, gap):
        verb, before = self.text[max(0, at - 1) : at], self.text[max(0, at - 2) : max(0, at - 1)]
        if verb in SINGLE and before in _ADVERBS and not (gap and gap[-1].end == at):
            gap.append(Word(SINGLE[verb], at - 1, at))
