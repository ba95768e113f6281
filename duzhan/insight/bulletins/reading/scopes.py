"""To which body or area a figure belongs: the nearest name that stands as a subject, else one carried over.

Within its sentence the nearest subject (甘肃省查处108宗；黑龙江省查处258起); without one, the last subject of the
paragraph, then of the paragraphs before, then of the title. 该州 and 市纪委监委 are told whole by the area named before.
"""

import re
from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

from . import areas, lexicon
from .words import KIND

_NATIONAL = (
    "中央纪委国家监委机关|中央纪委国家监委|中央纪委监察部|中央纪委|国家监委|监察部|审计署|应急管理部|国家安全监管总局|安全监管总局|生态环境部|环境保护部|环保部|国家市场监督管理总局"
    "|国家市场监管总局|市场监管总局|国家食品药品监督管理总局|国家食品药品监管总局|食品药品监管总局|国家药监局|公安部|教育部|国家发展改革委|国家发改委|发展改革委"
    "|保监会系统|保监会|银保监会|银监会|证监会|金融监管总局|国务院安委会办公室|国务院安委办|国务院安委会|国务院|国家卫生健康委|国家卫健委|国家疾控局|农业农村部"
    "|农业部|交通运输部|水利部|住房和城乡建设部|住房城乡建设部|住建部|工业和信息化部|工信部|自然资源部|国土资源部|民政部|人力资源社会保障部|人社部|财政部|海关总署"
    "|税务总局|中央网信办举报中心|中央网信办|国家网信办|最高人民检察院|最高检|最高人民法院|最高法|中央组织部|中央政法委|中央教育实践活动办公室|国家信访局|国家林草局"
    "|国家能源局|国家铁路局|中国民航局|民航局|国家文物局|国家邮政局|国家统计局|国家税务总局|人力资源和社会保障部|国家药品监督管理局|国家质检总局|质检总局"
    "|国家林业和草原局|国家林业局|中国铁路总公司|国铁集团|中国消费者协会|国家旅游局|中央军委纪委|国家煤矿安监局|国务院扶贫办|国家乡村振兴局|国家体育总局|中国人民银行|国家防总|国家卫生计生委|文化部|司法部"
    "|国家消防救援局|国家矿山安监局|国家粮食和物资储备局|国家医保局|文化和旅游部|商务部|全国人大常委会|中央巡视组|中央巡视|扫黄打非办公室|全国扫黑办|国资委"
)
_CAMPAIGN = (
    r"中央扫黑除恶(?:第[一二三四五六七八九十\d]{1,3}+)?督导组|国务院(?:第[一二三四五六七八九十]{1,3}+次)?大督查|"
    r"(?:首轮|第[一二三四五六七八九十\d]{1,3}+轮)(?:首批)?中央(?:生态)?(?:环境保护|环保)督察|"
    r"第[一二三四五六七八九十\d]{1,3}+轮(?:第[一二三四五六七八九十\d]{1,3}+批|首批|前[一二三四五六七八九十\d]{1,3}+批)?(?:中央|省级|省)?(?:生态)?(?:环境保护|环保)?督察(?:组|和[“\"]?回头看[”\"]?)?"
    r"|第[一二三四五六七八九十\d]{1,3}+轮(?:第[一二三四五六七八九十\d]{1,3}+批|首批|前[一二三四五六七八九十\d]{1,3}+批)"
    r"|第[一二三四五六七八九十\d]{1,3}+批(?:中央|省级)(?:生态)?(?:环境保护|环保)督察组?"
    r"|中央(?:第[一二三四五六七八九十]{1,3}+)?(?:生态)?(?:环境保护|环保)督察组?|(?<![一二三四五六七八九十])[一二三四五六七八九十]{1,3}+届中央巡视"
)
_OFFICES = (
    "纪委监委机关|纪委监察委|纪委监委|纪委监察局|纪检监察机关|纪检监察组织|纪检监察系统|纪检监察工委|纪检监察干部|纪检监察组|纪工委监察室|纪工委|纪检委|纪委|监委|监察机关"
    "|巡察机构|巡察办|应急管理部门|应急管理局|应急局|应急委|安委会办公室|安委办|安委会|市场监督管理局|市场监管部门|市场监管系统|市场监管局|市场监督管理所|市场监管所"
    "|生态环境部门|生态环境局|生态环境厅|环保局|环境保护局|审计机关|审计局|审计厅|公安机关|公安分局|公安局|公安厅|检察机关|检察院|法院|卫生健康委|卫生健康局|卫健委|卫健局"
    "|住房和城乡建设局|住建局|住建委|教育局|教体局|交通运输局|交通局|消防救援支队|消防救援大队|消防大队|消防支队|城管局|城市管理局|农业农村局|水利局|水务局|民政局|人社局"
    "|工商局|税务局|安监局|质监局|药监局|林业局|国资委党委|国资委|组织部门|组织部|政法委|党委巡视组|党委巡察组|党委|政府|督查室|委督查室|政府督查室|委办公室|指挥部|疫情防控指挥部"
    "|联防联控指挥部|防指|领导小组办公室|领导小组|工作专班|委常委|省委|市委|区委|县委|州委|信访局|举报中心|举报工作部门|街道办事处|街道办|管委会|海关|供电公司|集团公司|集团|公司"
    "|交警支队|交警大队|支队|大队|总队|中队|专班|执法局|综合执法局|管理局|管理处|监督局|监督所|管理司|监督司|河长办"
    "|应急管理厅|应急厅|住建厅|住房和城乡建设厅|住房城乡建设厅|农业农村厅|卫生健康委员会|文旅局|文旅厅|发展改革委|发改委|财政厅|财政局|民政厅|教育厅|交通运输厅|水利厅|自然资源厅|自然资源局|国土资源厅|国土资源局|环保厅"
    "|环境保护厅|人社厅|司法厅|司法局|林草局|粮食局|工信厅|商务厅|商务局|卫生厅|卫生局|食药监局|食品药品监管局|物价局|规划局|扶贫办|信访办|纠风办|文明办|网信办|城管委|医保局|旅游局|旅游委|工商所|攻坚办"
    "|医院|学校|督导办|督查办|督察办|委员会|办事处"
)
_OFFICES = f"{lexicon.pattern(_OFFICES.split('|') + ['部门', '机关', '系统', '机构'])}(?:机关|组织部|宣传部|办公室|督查室|巡察办|政法委|政府)?"
_GROUP = r"(?:(?:中央)?(?:第[一二三四五六七八九十\d]+)?(?:督导|督查|督察|检查|巡查|巡察|巡视|明察|暗访|核查|指导|监督|问责|考核|执法|专项|联合|综合){1,3}(?:工作)?(?:小)?[组队])"
_NAME = "[^\\W\\da-zA-Z_以向对给会移约赴到经由督责把将被为是在从据于等级全立共已]"  # signs a name may be made of
_LEVEL = re.compile(
    rf"(?=[该我本省市区县州镇乡自])(?<![地辖园社街校小片库景城治])(?:(?:自治(?=区)|该?)([省市区县州镇乡])(?!两级|级)(?:{_NAME}{{0,6}}?)(?:{_OFFICES}|{_GROUP})|该([省市区县州镇乡局委街])|[我本]([省市区县州镇])(?!级|地|身|着|次|轮))"
)
_ALL = r"[二两三四五六七八九十]{1,2}[省市县区](?=[的，共各等])|全(?:国|省|市|区|县|州|镇|乡|系统|街道|域|旗)|各省辖市|各(?:省(?:区市|[（(]区、市[）)])?|地区?|级|市州?|县区?|区县|乡镇|街道|单位|部门)(?=[^别类种项])|有关地方|各?被[督巡]察(?:地区|省份|地方|单位)|(?<=[，。；：\n年月日来])(?:我国|中国|地方)(?=[共查处办已立累])"
_LEVELS = frozenset("省市区县州镇乡旗")
# A body whose name says no area, and that speaks for the whole country.
_MINISTRIES = frozenset(name for name in _NATIONAL.split("|") if not name.startswith("国务院"))
_FIRST = "".join(
    sorted(
        {name[0] for name in _NATIONAL.split("|")}
        | set("首第中全各我地被有驻督检巡暗核指监问考0123456789二两三四五六七八九十一")
    )
)
_WHOLE = re.compile(r"(?:全[国省市区县州镇乡]|[各驻省市区县州镇乡].*)$")  # 全市 and 市委市政府 name no city
_SPOKEN_OF = re.compile(
    rf"(?=[{_FIRST}])(?:(?P<national>{lexicon.pattern(_NATIONAL.split('|'))})(?!门)|(?=[首第中国一二三四五六七八九十])(?P<campaign>{_CAMPAIGN})|(?=[二两三四五六七八九十全各我中地被有])(?P<all>{_ALL})"
    rf"|(?P<posted>驻{_NAME}{{2,16}}?纪检监察组)|(?=[0-9中第督检巡明暗核指监问考执专联综])(?P<group>(?:(?<!\d)\d{{1,4}}+个“?{_NAME}{{0,6}}?”?)?{_GROUP}(?!\d)))"
)
# Offices and streets begin a clause; the sign before them is a part of the expression, so that it is looked for fast.
_DESK = "(?:热线|平台|信箱|举报中心)(?=[共累接收受转])"
_CLAUSE = (
    rf"(?:(?P<office>(?!通过|依托|利用|借助){_NAME}{{2,10}}?(?:部门|机关|系统|总局|办公室|管理司|监督司|支队|大队|总队|执法局|管理局|监管局|监管所|执法队|派出所|{_DESK})(?!\d|问题)"
    rf"|1\d{{4}}{_NAME}{{0,10}}?{_DESK})"
    rf"|(?P<place>{_NAME}{{1,5}}?(?:街道|镇|乡|社区|开发区|高新区|新区|村)(?:党工委|纪工委|办事处)?)(?=(?:：|共|已|先后|累计|出动|组织|派出|发动"
    "|抽调|投入|成立|组建|开展|检查|排查|迅速|立即|第一时间|发现|查[出处]|整改|收到|受理|下发|约谈|问责|办结|自查)))"
)
_BEGINS = re.compile(rf"[，。；：\n年月日来”》]{_CLAUSE}")
_BEGINS_TEXT = re.compile(_CLAUSE)
# 应急管理部等部门组织的22个检查组 is one body.
_SENT = "派出的 组织的 组建的 成立的 选派的 下派的".split()
_SENT_AFTER = re.compile(
    rf"(?:等{_NAME}{{0,6}}?)?(?:{'|'.join(_SENT)})(?:\d{{1,4}}+|[两三四五六七八九十]{{1,3}}+)个{_NAME}{{0,6}}?{_GROUP}"
)
_GROUP_AFTER = re.compile(rf"(?:(?!的){_NAME}){{0,8}}?{_GROUP}")
_OFFICE_AFTER = re.compile(rf"(?:(?!累计|检查|排查|抽查|查处){_NAME}){{0,10}}?(?:{_OFFICES})")
_JOINT = re.compile(rf"(?:会同|联合){_NAME}{{0,10}}?(?:{_OFFICES})")
_BELOW = re.compile(r"[\u4e00-\u9fff]{1,4}?(?:街道|镇|乡|社区|开发区|新区|高新区)")
_OBJECT = frozenset(
    "对 向 给 赴 到 往 至 进驻 督促 责令 约谈 检查 抽查 督查 会同 联合 指导 受 交由 推动 组织 发动 督导 督察 巡视 支援 驰援 从".split()
)
# 督察组转来的信访件, 督察组向山东转办的举报: the figure belongs to whom they were handed to.
_HANDING = re.compile(r"(?:向[^，。；：\n]{2,8}?)?(?:转来|转办|交办|移交|移送|转交|转送|派来|派发)的")
# 据环保部网站消息: who tells of others' figures.
_TELLS = re.compile(r"(?:官方)?(?:网站|官网)?(?:\d+日|今天|昨天|近日)?(?:消息|透露|获悉|披露)")
_LEARNT = ("获悉", "了解到", "透露")
_BOUNDARY = "，。；：！？\n）”》—…年月日来前中后时上下据，:;,“今"
_PARAGRAPH = re.compile(r"[^\n]+")
_LONGEST_HEADING = 45  # signs
_LONGEST_NAME = 40  # signs of names side by side
_REMEMBERED = 20  # mentions of one paragraph


class Mention(NamedTuple):
    """A body or an area named in the text; `carried` is what is left of it further on."""

    start: int
    end: int
    name: str
    carried: str
    subject: bool
    before: int  # the last subject before it, as an index; -1: none
    area: str = ""  # the area it names


class Scopes:
    """The bodies and areas of one text, found paragraph by paragraph when first asked for."""

    def __init__(self, text: str):
        self.text = text
        self.paragraphs = [match.span() for match in _PARAGRAPH.finditer(text)]
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
        return f"{name}（全国）" if name in _MINISTRIES else name

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
            if not self._is_object(nearest):
                return nearest.name
            if not subject:
                return self.carried(here) or nearest.name
        return subject.carried if subject else self.carried(here)

    def _is_object(self, mention):
        return _makes_an_object(self.text[max(0, mention.start - 2) : mention.start])

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
        text, spans, found = self.text, areas.found(self.text, start, end), []
        covered, subject = start, -1
        marks = sorted(
            [(span[0], span[1], "area") for span in spans]
            + [(m.start(), m.end(), m.lastgroup) for m in _SPOKEN_OF.finditer(text, start, end)]
            + [(*m.span(m.lastgroup), m.lastgroup) for m in self._begun(start, end)]
            + [(m.start(), m.end(), "level") for m in _LEVEL.finditer(text, start, end)],
            key=lambda mark: (mark[0], mark[2] != "area", -mark[1]),
        )
        for first, last, kind in marks:
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
            found.append(Mention(first, last, name, carried, is_subject, subject, carried if is_area else ""))
            subject = len(found) - 1 if is_subject else subject
            covered = last
        return found

    def _begun(self, start, end):
        """Where a clause begins with an office (工商部门) or with a street that acts."""
        if start:
            return _BEGINS.finditer(self.text, start - 1, end)
        first = _BEGINS_TEXT.match(self.text, 0, end)
        return [*([first] if first else []), *_BEGINS.finditer(self.text, 0, end)]

    def _named(self, first, last, kind, end, k, found):
        """(name, what is carried on, where it ends) of a mention."""
        text = self.text
        if kind == "area":
            below = _BELOW.match(text, last, end)
            last = below.end() if below else last
            area = text[first:last]
            body = _OFFICE_AFTER.match(text, last, end) or _GROUP_AFTER.match(text, last, end)
            if body:
                last = self._sent(self._joint(body.end(), end), end)
            return text[first:last], area, last
        if kind == "level":
            told = _LEVEL.match(text, first, end)
            level = told[1] or told[2] or told[3]
            area = self._area_of_level(level, k, found)
            rest = text[first:last].removeprefix("该").removeprefix("我").removeprefix("本").removeprefix("自治")
            joint = text[last : self._joint(last, end)]
            if not area:
                name = text[first:last].removeprefix("该")
                return name + joint, name, last + len(joint)
            return area + rest[1:] + joint, area, last + len(joint)
        if kind == "all":
            level = text[first + 1] if text[first] == "全" else ""
            area = self._area_of_level(level, k, found) if level in _LEVELS else ""
            area = "" if found and found[-1].end == first else area
            area = areas.shortened(area) if area[-1:] == "省" else area
            office = _OFFICE_AFTER.match(text, last, end)
            if office and office.end() - last <= 12 and text[last] != "各":
                last = office.end()
            return area + text[first:last], area or text[first:last], last
        if kind == "national":
            group = _GROUP_AFTER.match(text, last, end)
            last = group.end() if group else self._sent(last, end)
        name = text[first:last]
        if kind == "office" and any(KIND.get(name[:length], "")[:1] == "v" for length in (2, 3, 4)):
            return "", "", last  # 走访部门
        if kind in ("office", "group"):
            area = self._area_before(k, found)
            area = area or ("全国" if name.endswith("系统") else "")
            name = f"{name}（{area}）" if area else name
        return name, name, last

    def _area_before(self, k, found):
        """The area in which a body without one is at work: that of the last subject named."""
        for mention in self._earlier(k, found):
            if mention.subject and mention.area:
                return mention.area
        return ""

    def _area_of_level(self, level, k, found):
        """The area that 该州 or 市纪委 means: the last one named that ends so."""
        for mention in self._earlier(k, found):
            name = areas.in_full(mention.area or mention.carried)
            at = name.rfind(level)
            if at > 0 and not _WHOLE.match(name) and "（" not in name:
                return name[: at + 1]
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
        joint = _JOINT.match(self.text, last, end)
        return joint.end() if joint else last

    def _sent(self, last, end):
        """Where a body ends with the groups it sent (国务院安委会派出的16个督查组)."""
        sent = _SENT_AFTER.match(self.text, last, end)
        return sent.end() if sent else last

    def _is_subject(self, first, last, kind, mention):
        before = self.text[max(0, first - 2) : first]
        if mention and mention.end == first and not mention.subject and self.text[first] == "各":
            return False  # 对各地各单位
        if before[-1:] == "在" and (first < 2 or before[0] in _BOUNDARY) and self.text.startswith("，", last):
            return True  # 在浙江省，督导组看了33家企业
        if _HANDING.match(self.text, last) and not (mention and _TELLS.match(self.text, mention.end)):
            return before[-1:] == "向"
        if self.text.startswith("全国", first) and before.endswith("对"):
            return True  # 分两批对全国20个省开展督察: what follows is counted there
        if self.text.startswith(_LEARNT, last):
            return True  # 记者从公安部获悉
        if _makes_an_object(before):
            return False
        if kind == "campaign" or kind == "group" and self.text[max(0, first - 3) : first] in _SENT:
            return True
        starts = not before or before[-1] in _BOUNDARY
        if before[-1:] == "、" and kind == "area" and self.text[last : last + 1].isdigit():
            return True  # 黑龙江127处、广东119处
        return starts or kind == "all" and self.text[first] != "各" and not before.endswith("在")


def _makes_an_object(before):
    """Whether the two signs before a name say that something is done to it or with it."""
    return before in _OBJECT or before[-1:] in _OBJECT
