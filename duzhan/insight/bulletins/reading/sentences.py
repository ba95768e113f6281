"""A sentence as a row of numbers with the words of the gaps before, between and after them."""

from msgspec import Struct

from . import lexicon
from .words import KIND, SINGLE

_KINDS = (*KIND.values(), *("single" for _ in SINGLE))
_find_words = lexicon.finder((*KIND, *SINGLE))
_ADVERBS = "，。；：、！\n（(已共先后再又各均实累计总还"
_BODIES = "局组队委办所厅院站们员部"  # how a body's name ends
_MARKS = frozenset("，；：（）\n的")
_SHORT = 16  # signs of a thing counted
_LOOKING = frozenset("查访巡督检核验诊审")
# What an unlisted name says by its last sign.
_ENDING_OF = {
    **dict.fromkeys("店厂馆校园铺", "n.unit"), **dict.fromkeys("站卡棚亭点", "n.point"), **dict.fromkeys("组队", "n.team"),
}  # fmt: skip
_NO_PLACES = frozenset(
    "网站 车站 学校 特点 重点 要点 热点 观点 地点 优点 缺点 焦点 起点 终点 节点 试点 疑点 盲点 拐点 看点".split()
)
_FAULTY = frozenset(("违规", "违法", "超标", "违章"))
_FAILS = frozenset("力到彻实及严够深细佳足透准清了好完动当落")  # 整改不力, but 整改不文明行为
_NEGATIONS = "不未没难乱拒莫勿"
SEEING = {"v.inspect", "v.survey"}
_MEN_AT = SEEING | {"v.rectify", "v.solve", "v.close"}  # what a group is called after
_THINGS = {kind for kind in KIND.values() if kind[0] == "n"} - {"n.unit", "n.team"}  # whatever stands beside them


class Word(Struct, gc=False):
    kind: str
    start: int
    end: int


class Sentence:
    """One sentence: its numbers, and the words of the gaps before, between and after them."""

    __slots__ = ("end", "gaps", "numbers", "start", "text")

    def __init__(self, text, start, end, counted):
        self.text, self.start, self.end, self.numbers = text, start, end, counted
        self.gaps = []
        for number in counted:
            self.gaps.append(self._words(start, number.start))
            start = number.end
        self.gaps.append(self._words(start, end))

    def _words(self, first, last):
        """The words of a gap; a verb under a negation (未整改, 整改不力) is none."""
        text, found = self.text, []
        for which, start, end in _find_words(text[first:last]):
            kind, start, end = _KINDS[which], start + first, end + first
            if kind in _THINGS:
                pass
            elif kind == "single":
                if not self._is_verb(start, last):
                    continue
                kind = SINGLE[text[start]]
            elif kind[0] == "v":
                if self._fails(end) or start and text[start - 1] in _NEGATIONS:
                    continue
            elif kind[0] == "x":
                continue
            elif kind == "n.unit" and text[start - 2 : start] in _FAULTY:
                kind = "n.problem"  # 违规机构53家
            elif kind == "n.team" and text[start - 1 : start] in _LOOKING:
                kind = "n.group"  # 回访组, 联合执法小队
            elif kind == "n.team" and found and found[-1].end == start and found[-1].kind in _MEN_AT:
                start, kind = found.pop().start, "n.group"  # 检查 + 组
            found.append(Word(kind, start, end))
        ending = _ENDING_OF.get(text[last - 1 : last]) if last > first + 1 and last < self.end else None
        if ending and (not found or found[-1].end < last) and text[last - 2 : last] not in _NO_PLACES:
            found.append(Word(ending, last - 1, last))  # 走到入山检查站93个
        return found

    def _fails(self, at):
        """整改不力; but 纠正不当处罚."""
        text = self.text
        return text[at : at + 1] == "不" and text[at + 1 : at + 2] in _FAILS and text[at - 1] != "正"

    def _is_verb(self, at, last):
        """A verb of one character: at a clause's beginning, and what it counts right after it (共查48家, 查社会单位691家)."""
        if last - at > (1 if self.text[at] == "余" else _SHORT + 1):
            return False  # 余3个, but 余杭区3个
        begins = not at or self.text[at - 1] in _ADVERBS or self.text[at - 1] in _BODIES
        return begins and _MARKS.isdisjoint(self.text[at + 1 : last])


def cut_at_stops(text, counted):
    """(start, end, first, last) of each sentence that has a number; its numbers are counted[first:last]."""
    if not counted:
        return
    start = k = 0
    stopped = text.replace("！", "。").replace("？", "。").replace("\n", "。")  # sooner split than searched
    for sentence in stopped.split("。"):
        end = start + len(sentence)
        if counted[k].start < end:
            first = k
            while k < len(counted) and counted[k].start < end:
                k += 1
            yield start, end, first, k
            if k == len(counted):
                return
        start = end + 1
