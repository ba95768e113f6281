"""To which body or area a figure belongs: the nearest name that stands as a subject, else one carried over.

Within its sentence the nearest subject (甘肃省查处108宗；黑龙江省查处258起); without one, the last subject of the
paragraph, then of the paragraphs before, then of the title. 该州 and 市纪委监委 are told whole by the area named before.
"""

import re
from bisect import bisect_right
from functools import cached_property

from msgspec import Struct

from . import areas, bodies
from .words import KIND

_BELOW = re.compile(r"[\u4e00-\u9fff]{0,4}?(?:街道|镇|乡|社区|开发区|新区|高新区)")
_OBJECT = frozenset(
    "对 向 给 赴 到 往 至 进驻 督促 责令 约谈 检查 抽查 督查 会同 联合 指导 受 交由 推动 组织 发动 督导 督察 巡视 支援 驰援 从 进 入 于 统筹 抽调 整合 动员 调集 选派 选调 发给 交给 推给 派往".split()
)
# 督察组转来的信访件, 督察组向山东转办的举报: the figure belongs to whom they were handed to.
_HANDING = re.compile(
    r"(?:进驻(?:期间|时|以来|后)|向[^，。；：\n]{2,8}?)?(?:转来|转办|交办|移交|移送|转交|转送|派来|派发)的"
)
# 据环保部网站消息: who tells of others' figures.
_TELLS = re.compile(r"(?:官方)?(?:网站|官网)?(?:\d+日|今天|昨天|近日)?(?:消息|透露|获悉|披露)")
_SEEN_THERE = re.compile("看到|了解到|采访|调研|发现|查[处出获]|排查|走访|检查|暗访|督导")
_ALL_OVER = re.compile(r"全国\d+个?(?:省|自治区|城市|地[级市区])")
_LEARNT = ("获悉", "了解到", "透露")
_BOUNDARY = "，。；：！？\n）”》—…年月日周来前中后时上下据，:;,“今"
_ORDINAL = frozenset("、.．）)")
_ITEM = re.compile(r"[\s（(]*[\d一二三四五六七八九十]{1,3}[）)]?[、.．]?")
_LEVELS = frozenset("省市区县州镇乡旗")
_WHOLE = re.compile(r"(?:全[国省市区县州镇乡]|[各驻省市区县州镇乡].*)$")  # 全市 and 市委市政府 name no city
_NO_AREA = frozenset("全我各该本当")  # 全省专班 is in no area called 全省
_NO_LEVEL = frozenset("（届")
_LONGEST_HEADING = 45  # signs
_LONGEST_NAME = 40  # signs of names side by side
_LONGEST_OFFICE = 12  # signs of an office behind 全市
_TOLD_WHOLE = ("area", "level")  # further on, too, a body is meant and not its area
_SHORT = 4  # signs of a body's name that only takes up an earlier one
_TAKES_UP = frozenset("委台组班队线会局")
_LOOKED_BACK = 2000  # signs
_JUST_NAMED = 6  # mentions
_REMEMBERED = 20  # mentions of one paragraph
_EVERYWHERE = ("各级", "各地", "各部门", "各单位")


class Mention(Struct, gc=False):
    """A body or an area named in the text; `carried` is what is left of it further on."""

    start: int
    end: int
    name: str
    carried: str
    subject: bool
    before: int  # the last subject before it, as an index; -1: none
    area: str = ""  # the area it names


def _paragraphs(text):
    start = 0
    for paragraph in text.split("\n"):
        end = start + len(paragraph)
        if paragraph:
            yield start, end
        start = end + 1


class Scopes:
    """The bodies and areas of one text, found paragraph by paragraph when first asked for."""

    def __init__(self, text: str):
        self.text = text
        self.paragraphs = list(_paragraphs(text))
        self.starts = [start for start, _ in self.paragraphs]
        self.known: dict[int, list[Mention]] = {}

    @cached_property
    def headings(self):
        return {k for k, (start, end) in enumerate(self.paragraphs) if self._is_heading(start, end)}

    @cached_property
    def is_digest(self):
        """Whether the text is a round-up of news: many headings with a text below."""
        told = sum(k + 1 not in self.headings for k in self.headings)
        return told >= 4 and told * 3 >= len(self.paragraphs)

    def _is_heading(self, start, end):
        return end - start <= _LONGEST_HEADING and self.text[end - 1] not in "。；！？：，"

    def paragraph(self, at: int) -> int:
        """Where the paragraph of a place begins."""
        return self.starts[bisect_right(self.starts, at) - 1]

    def of(self, at: int, sentence: int) -> str:
        """The scope of a figure at `at` whose sentence begins at `sentence`; "" when the text names none."""
        name = self._subject_of(at, sentence)
        return f"{name}（全国）" if name in bodies.MINISTRIES else name

    def _subject_of(self, at, sentence):
        here = bisect_right(self.starts, at) - 1
        named = self.mentions(here)
        k = bisect_right(named, at, key=lambda mention: mention.end) - 1
        if k + 1 < len(named) and named[k + 1].start < at:
            return named[k + 1].name  # within a name: 国务院安委会派出的16个督查组
        nearest = named[k] if k >= 0 else None
        while k >= 0 and not named[k].subject:
            k = named[k].before
        subject = named[k] if k >= 0 else None
        if subject and subject.start >= sentence:
            return subject.name
        if nearest and nearest.start >= sentence:
            if not subject and not self._is_object(nearest):
                return nearest.name
            if not subject:
                return self.carried(here) or nearest.name
        return subject.name if subject else self.carried(here)

    def _is_object(self, mention):
        handing = self.text[mention.end : mention.end + 1] in "转交移派" and _HANDING.match(self.text, mention.end)
        return bool(handing) or _makes_an_object(self.text[max(0, mention.start - 2) : mention.start])

    def carried(self, here):
        """From the paragraphs before: the last subject; from the title: the area it begins with."""
        for k in range(here - 1, max(-1, here - 6), -1):
            if self.is_digest and (here in self.headings or k + 1 in self.headings):
                return ""  # another item of a round-up of news
            subject = next((m for m in reversed(self.mentions(k)) if m.subject), None)
            if subject:
                return subject.carried
        for k in range(min(2, here)):
            named = next(iter(self.mentions(k)), None)
            if named:
                return named.carried
            start, end = self.paragraphs[k]
            county = areas.begins_with_county(self.text[start:end])
            if county:
                return county
        return ""

    def mentions(self, k) -> list[Mention]:
        if k not in self.known:
            self.known[k] = []  # a paragraph that leads back to itself names nothing
            self.known[k] = self._found(k)
        return self.known[k]

    def _found(self, k):
        start, end = self.paragraphs[k]
        text, found = self.text, []
        covered, subject = start, -1
        for first, last, kind in bodies.marks(text, start, end):
            if first < covered:
                continue
            name, carried, last = self._named(first, last, kind, end, k, found)
            if not name:
                continue
            is_subject = self._is_subject(first, last, kind, found[-1] if found else None)
            if found and first == found[-1].end and text[first] in "各全" and len(found[-1].name) < _LONGEST_NAME:
                beside = found[-1]  # 廊坊各级各部门
                name = (beside.carried if text[beside.start] == "全" else beside.name) + name
                carried, is_subject = beside.carried, beside.subject
            is_area = kind == "area" or kind == "level" and areas.found(carried, 0, len(carried))
            area = carried if is_area else ""
            if kind in _TOLD_WHOLE and "（" not in name:
                carried = name
            found.append(Mention(first, last, name, carried, is_subject, subject, area))
            subject = len(found) - 1 if is_subject else subject
            covered = last
        return found

    def _named(self, first, last, kind, end, k, found):
        """(name, what is carried on, where it ends) of a mention; without a name, it is none."""
        return _NAMED[kind](self, first, last, end, k, found)

    def _named_area(self, first, last, end, _k, _found):
        text = self.text
        listed = bodies.LIST_AFTER.match(text, last, end)
        if listed:
            return text[first : listed.end()], text[first : listed.end()], listed.end()
        last += len(areas.county_after(text, first, last))
        below = _BELOW.match(text, last, end)
        last = below.end() if below else last
        area = text[first:last]
        body = bodies.BODY_AFTER.match(text, last, end) or bodies.GROUP_AFTER.match(text, last, end)
        if body:
            last = self._sent(self._joint(body.end(), end), end)
        return text[first:last], area, last

    def _named_level(self, first, last, end, k, found):
        """该州, 我省, 省市县三级, 市纪委监委: told by the area named before."""
        text = self.text
        _whole, plain, this, ours, inside, several = bodies.LEVEL.match(text, first, end).group(0, 1, 2, 3, 4, 5)
        level = plain or this or ours or inside or several[0]
        area = self._area_of_level(level, k, found)
        if several:
            name = area + several[bool(area) :]
            return name, name, last
        if (ours or inside) and area:
            return f"{text[first:last]}（{area}）", area, last  # 我省（四川省）
        joint = text[last : self._joint(last, end)]
        if not area:
            name = text[first:last].removeprefix("该")
            return name + joint, name, last + len(joint)
        rest = text[first:last].removeprefix("该").removeprefix("我").removeprefix("本").removeprefix("自治")
        return area + rest[len(level) :] + joint, area, last + len(joint)

    def _named_whole(self, first, last, end, k, found):
        """全市, 各县区, 两省: a whole, with the area named before where it does not stand right beside it."""
        text = self.text
        level = text[first + 1] if text[first] == "全" else ""
        beside = found and found[-1].end == first
        area = self._area_of_level(level, k, found) if level in _LEVELS and not beside else ""
        area = areas.shortened(area) if area[-1:] == "省" else area
        office = bodies.OFFICE_AFTER.match(text, last, end)
        if office and office.end() - last <= _LONGEST_OFFICE and text[last] != "各":
            last = office.end()
        name = area + text[first:last]
        if text.startswith(_EVERYWHERE, first) and not beside:
            where = self._area_before(k, found)
            name = f"{name}（{where}）" if where else name  # 各级党组织 in a text on 江西省
        return name, area or name, last

    def _named_national(self, first, last, end, _k, _found):
        group = bodies.GROUP_AFTER.match(self.text, last, end)
        last = group.end() if group else self._sent(self._joint(last, end), end)
        return self.text[first:last], self.text[first:last], last

    def _named_as_written(self, first, last, _end, _k, _found):
        return self.text[first:last], self.text[first:last], last

    def _named_place(self, first, last, _end, _k, _found):
        name = self.text[first:last]
        return ("", "", last) if _begins_with_verb(name) else (name, name, last)

    def _named_group(self, first, last, _end, k, found):
        """A body that names no area is told with the one in which it is at work."""
        name = self.text[first:last]
        if last - first <= _SHORT and name[-1] in _TAKES_UP:
            whole = self._named_before(name, k, found)
            if whole:
                return whole, whole, last
        area = self._body_before(k, found) or ("全国" if name.endswith("系统") else "")
        name = f"{name}（{area}）" if area else name
        return name, name, last

    def _named_before(self, name, k, found):
        """The body named in full before that 平台 or 纪委监委 means; "" if there is none."""
        here = self.starts[k]
        before = max(self.starts[max(0, k - 1)], here - _LOOKED_BACK)
        said = k and self.text.find(name, before, here) >= 0  # sooner looked for than every name found
        earlier = self.mentions(k - 1)[-_JUST_NAMED:] if said else []
        for one in reversed([*earlier, *found[-_JUST_NAMED:]]):
            if one.name.endswith(name) and one.name != name:
                return one.name
        return ""

    def _named_office(self, first, last, end, k, found):
        if self.text[last - 1] not in "班制" and _begins_with_verb(self.text[first:last]):
            return "", "", last  # 走访部门, but 整治工作专班
        return self._named_group(first, last, end, k, found)

    def _area_before(self, k, found):
        """The area in which a body without one is at work: that of the last subject named."""
        for mention in self._earlier(k, found):
            if mention.subject and mention.area:
                return mention.area
        return ""

    def _body_before(self, k, found):
        """The same as it was named, with the body that sent it: 督查组（某县安委会）."""
        for mention in self._earlier(k, found):
            if mention.subject and mention.area:
                return mention.area if "（" in mention.name else mention.name
        return ""

    def _area_of_level(self, level, k, found):
        """The area that 该州 or 市纪委 means: the last one named that ends so."""
        for mention in self._earlier(k, found):
            name = areas.in_full(mention.area or mention.carried)
            at = name.rfind(level)
            if at > 0 and name[0] not in _NO_AREA and not _WHOLE.match(name) and _NO_LEVEL.isdisjoint(name):
                return name[: at + len(level)]
        start, end = self.paragraphs[0]
        county = areas.begins_with_county(self.text[start:end])
        return county if county.endswith(level) else ""

    def _earlier(self, k, found):
        """The mentions before, the nearest first; no further than a reader would remember."""
        yield from reversed(found[-_REMEMBERED:])
        for j in range(k - 1, max(-1, k - 8), -1):
            if self.is_digest and (k in self.headings or j + 1 in self.headings):
                return  # another item of a round-up of news
            yield from reversed(self.mentions(j)[-_REMEMBERED:])

    def _joint(self, last, end):
        """区纪委监委会同区委组织部 is one body for the figure: where it ends."""
        joint = bodies.JOINT.match(self.text, last, end)
        return joint.end() if joint else last

    def _sent(self, last, end):
        """Where a body ends with the groups it sent (国务院安委会派出的16个督查组)."""
        sent = bodies.SENT_AFTER.match(self.text, last, end)
        return sent.end() if sent else last

    def _is_item(self, first):
        """Whether a name is the first of an item: 一、某县, （三）某市, 2.某镇."""
        return self.text[first - 1] in _ORDINAL and bool(_ITEM.fullmatch(self.text, self.paragraph(first), first))

    def _is_subject(self, first, last, kind, mention):
        before = self.text[max(0, first - 2) : first]
        if mention and mention.end == first and not mention.subject and self.text[first] == "各":
            return False  # 对各地各单位
        sign = before[-1:]
        if sign == "由" and before[:1] not in "交转":
            return True  # 由省政府督查室开出交办单
        if sign == "在" and _SEEN_THERE.match(self.text, last):
            return True  # 记者在该市看到, 在廊坊发现
        if sign == "在" and (first < 2 or before[0] in _BOUNDARY) and self.text.startswith("，", last):
            return True  # 在浙江省，督导组看了33家企业
        if (
            self.text[last : last + 1] in "向转交移派进"
            and _HANDING.match(self.text, last)
            and not (mention and _TELLS.match(self.text, mention.end))
        ):
            return before[-1:] == "向"
        if before.endswith("对") and _ALL_OVER.match(self.text, first):
            return True  # 分两批对全国20个省开展督察: what follows is counted there
        if self.text.startswith(_LEARNT, last):
            return True  # 记者从公安部获悉
        if _makes_an_object(before):
            return False
        if kind == "campaign" or kind == "group" and self.text[max(0, first - 3) : first] in bodies.SENT:
            return True
        starts = not before or before[-1] in _BOUNDARY or not mention and self._is_item(first)
        if kind == "all" and self.text[first] in "二两三四五六七八九十" and self.text[last : last + 1] == "，":
            return starts  # 管两区四县，94个乡镇
        if before[-1:] == "、" and kind == "area" and self.text[last : last + 1].isdigit():
            return True  # 黑龙江127处、广东119处
        return starts or kind == "all" and self.text[first] not in "各相有" and not before.endswith("在")


def _makes_an_object(before):
    """Whether the two signs before a name say that something is done to it or with it."""
    return before in _OBJECT or before[-1:] in _OBJECT


def _begins_with_verb(name):
    return any(KIND.get(name[:length], "")[:1] == "v" for length in (2, 3, 4))


# How a mention of each kind (`bodies.marks`) gets its name.
_NAMED = {
    "area": Scopes._named_area,
    "level": Scopes._named_level,
    "all": Scopes._named_whole,
    "national": Scopes._named_national,
    "office": Scopes._named_office,
    "body": Scopes._named_office,
    "group": Scopes._named_group,
    "place": Scopes._named_place,
    "campaign": Scopes._named_as_written,
    "posted": Scopes._named_as_written,
}
