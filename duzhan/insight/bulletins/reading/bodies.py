"""Where a paragraph names a body or an area: the words of bodies, and one scan for whatever begins or ends a name.

The words by which a name is noticed are found all at once; the expressions of names, which are slow, are tried only in
a paragraph that has such a word.
"""

import re
from collections import defaultdict
from functools import cache

from . import areas, lexicon

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
    r"|第[一二三四五六七八九十\d]{1,3}+轮(?:第[一二三四五六七八九十\d]{1,3}+批|首批|前[一二三四五六七八九十\d]{1,3}+批|(?=发现|[由共检]|移交|巡[视察]))"
    r"|第[一二三四五六七八九十\d]{1,3}+批(?:中央|省级)(?:生态)?(?:环境保护|环保)督察组?"
    r"|中央(?:第[一二三四五六七八九十]{1,3}+)?(?:生态)?(?:环境保护|环保)督察组?|(?<![一二三四五六七八九十])[一二三四五六七八九十]{1,3}+届(?:中央巡视"
    r"|[省市区县州旗]委(?:第[一二三四五六七八九十]{1,3}+轮)?(?:常规|专项)?(?:巡视|巡察)?)"
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
    "|经信局|经信委|经信厅|经济和信息化局|经济和信息化厅|工业和信息化局|工业和信息化厅|安全监管局|安全生产监督管理局|安全生产委员会|人力资源和社会保障局|人力资源社会保障局|社会保障局"
    "|综合行政执法局|综合行政执法大队|行政审批局|营商环境局|大数据局|数据局|退役军人事务局|机关事务管理局|妇联|团委|红十字会|残联|科技局|科技厅|体育局|统计局|档案局|气象局|海事局|邮政管理局"
    "|通信管理局|银保监局|药品监管局|药品监督管理局|疾控中心|疾控局|供销社|发展和改革委员会|发展改革局|国土局|房管局|住房保障局|园林局|城市管理委员会|农牧局|农牧厅|农业局|农业厅|海洋局"
    "|渔业局|外办|分局|巡察组|巡视组|督查局|督察局|常委会|人大|政协|联席会议办公室|联席会议|工作机制|总工会|政务服务中心|热线办|禁毒办|食安办|食安委|森防指|消安委|道安办|扫黄打非办|扫黑办|治理办"
    "|医院|学校|督导办|督查办|督察办|委员会|办事处"
)
_OFFICES = [*_OFFICES.split("|"), *"部门 机关 系统 机构 党组织 热线 平台 留言板 信箱".split()]
_OFFICE = f"{lexicon.pattern(_OFFICES)}(?:机关|组织部|宣传部|办公室|督查室|巡察办|政法委|政府|派驻第[一二三四五六七八九十]{{1,2}}(?:纪检监察)?组)?"
_CHECKING = "督导|督查|督察|检查|巡查|巡察|巡视|明察|暗访|核查|指导|监督|问责|考核|执法|专项|联合|综合"
_GROUP = rf"(?:(?:中央)?(?:第[一二三四五六七八九十\d]+)?(?:{_CHECKING}){{1,3}}(?:工作)?(?:小)?[组队])"
_NAME = "[^\\W\\da-zA-Z_以向对给会移约赴到经由督责把将被为是在从据于等级全立共已]"  # signs a name may be made of
_SIGN = "[^\\W\\da-zA-Z_以向对给会移约赴到由责把将被为是在从据于等级立共已]"  # 经开区, 督察, 自然资源, 安全监管 within a name
LEVEL = re.compile(
    rf"(?<![地辖园社街校小片库景城治个])(?:(?:自治(?=区)|该?)([省市区县州镇乡]|街道)(?!两级|级|场)(?:{_NAME}{{0,6}}?(?:{_OFFICE}|{_GROUP}|(?<![布格结全大当时破开定僵])[局厅](?![长面部限势]))|委(?![员托任派会常书]))(?!\d{{1,4}}[个家条件][，、。；])|该([省市区县州镇乡局委街])|[我本]([省市区县州镇])(?!级|地|身|着|次|轮)|([省市区县州镇])里(?![面外头程])|((?:[省市区县州盟乡镇村]、?){{2,4}}[两二三四五]级))"
)
_LEVELS = lexicon.sought("该我本省市区县州镇乡街自", f"(?P<level>{LEVEL.pattern})")
_ALL = r"[二两三四五六七八九十]{1,2}[省市县区](?=[的，共各等])|(?<=[，。；：\n年月日来由])\d{1,2}个?(?:省区市|省市|省份|[省市县区州])(?=[已共的，合各立均办责])|[相有]关(?:省份|地方|地区)|各组(?=[共已先累抽检查发走])|全(?:国|军|省|市|区|县|州|镇|乡|系统|街道|域|旗)|各省辖市|各(?:省(?:区市|[（(]区、市[）)])?|地区?|级|市州?|县区?|区县|乡镇|街道|单位|部门|高校|平台|企业)(?=[^别类种项])|各?被[督巡]察(?:地区|省份|地方|单位)|(?<=[，。；：\n年月日来])(?:我国|中国|地方)(?=[共查处办已立累])"
# Digits begin a name (，20个省份已…) only where a clause does.
_SPOKEN_OF = lexicon.sought(
    "首第中全各我地被有相驻一二两三四五六七八九十0-9",
    r"(?<![^，。；：\n年月日来由](?=[0-9]))"
    rf"(?:(?=[首第中国一二三四五六七八九十])(?P<campaign>{_CAMPAIGN})|(?=[\d二两三四五六七八九十全各我中地被有相])(?P<all>{_ALL})"
    rf"|(?P<posted>驻{_NAME}{{2,16}}?纪检监察组))",
)
_GROUPS = lexicon.sought(
    "0-9各中第督检巡暗核指监问考", rf"(?P<group>(?:各|(?<!\d)\d{{1,4}}+个“?{_NAME}{{0,6}}?”?)?{_GROUP}(?!\d))"
)
_LONGEST_GROUP = 30  # signs before the 督导组 with which the name of a group ends
# Offices and streets begin a clause; the sign before them is a part of the expression.
_ENDINGS = (
    "部门|机关|系统|总局|分局|委员会|办公室|管理司|监督司|支队|大队|总队|执法局|管理局|监管局|监管所|执法队|派出所"
)
_DESKS = "热线|平台|信箱|中心|联席会议|工作机制|指挥部|联合体"
_STREETS = "街道|镇|乡|社区|开发区|高新区|新区|村"
_ACTORS = "公司|集团|协会|部队|警方|海关|医院|企业|高校|红十字会"  # named in passing more often than they act
_TEAMS = "纪委监委|总局|专项工作组|专项组|留言板|专线|专班|督察机构|支队|大队|总队|纪工委|工委|主城区|中心城区|城区"
_TEAM = lexicon.pattern(f"{_DESKS}|{_TEAMS}".split("|"))
# What a body does, right after its name; what no name begins with.
_ACTS = lexicon.pattern(
    "： 共 已 对 将 还 也 又 把 均 应 先后 累计 合计 总计 日均 今年 目前 本周 本月 本年 同步 连夜 连日 分别 分批 分派 迅速 立即 第一时间 全面 全力 主动 出动 组织 派出 发动 抽调 投入"
    " 成立 组建 建立 建成 开展 启动 实行 检查 排查 自查 清查 清理 查出 查处 查办 查验 查摆 明察 明查 暗访 走访 入户 发现 登记 整改 责令 督办 督促 收到 受理 接到 接收 接报 接办 接听 接获 接访"
    " 接诉 下发 印发 出台 约谈 问责 追责 给予 处理 处分 立案 破获 查获 会同 联合 牵头 聚焦 紧盯 围绕 采取 随机 今日 昨日 当日 当天 当晚 公布 发布 深入 近日 日前 从 向 以 抽查 移送 移交 转办 转交 转派 交办 交由 办结 通报 曝光 报告 新增 挂牌 联合 设置 布设 采样".split()
)
_NO_NAME = lexicon.pattern(
    "各 还 并 又 也 再 就 都 才 不 更 最 与 和 及 或 但 因 若 如 这 那 每 某 一 用 让 使 请 需 要 应 可 能 该 我 他 她 它 你 两个 三个 同时 其中 其他 其它 其余 其次 目前 期间 另外 此外 随后 职能 省直"
    " 市直 区直 县直 有关 相关 整合 协调 统筹 依托 通过 利用 借助 围绕 针对 根据 按照 联系 走进 背后 聚焦 紧盯 深入 面对 发挥 成立 带领 联合 会同 记者 建议 来自 截至 去年 今年 主动 积极 当地".split()
)
_CLAUSE = (
    rf"(?!{_NO_NAME}|经(?![开济信贸])|自(?![然贸])|督(?![察查])|全)(?=[“\d]|{_SIGN}{{1,10}}[门关统局室司队所厅站委团心纪线台板箱班构城区道司会方关院业校部镇乡村市县州盟旗议制])(?:"
    rf"(?P<office>{_SIGN}{{2,10}}?(?:{_ENDINGS}|(?:[局厅所队站委]|纪委|{_ACTORS})(?={_ACTS}))(?!\d{{1,4}}[个家条件][，、。；]|问题))"
    rf"|(?P<body>(?:1\d{{4}})?“?{_SIGN}{{0,10}}?{_TEAM}”?(?:平台)?(?={_ACTS}|\d{{1,2}}月))"
    rf"|(?P<place>{_NAME}{{1,5}}?(?:{_STREETS}|(?<![小社园辖景校灾山片库地街城])[市县区州盟旗])"
    rf"(?:(?:党工委|纪工委|办事处)?(?={_ACTS})|纪委监委|纪委)))"
)
_BEGINS = re.compile(rf"[，。；：\n年月日周来”》](?:其中)?{_CLAUSE}")
_COUNT_OF_BODIES = "部门 单位 机关 家 区 县 市 省 镇 乡".split()
# 民政、公安、卫健三部门 is one body.
_SEVERAL = re.compile(
    rf"(?:^|[，。；：\n年月日周来”》])(?!{_NO_NAME})(?P<posted>(?:{_NAME}{{2,8}}+、){{1,6}}+{_NAME}{{2,8}}?等?[两三四五六七八九十\d]{{1,2}}个?(?:部门|单位|机关|家|[区县市省镇乡](?![级长直]))(?=[\d联合共同已在抽组派开启出对]))"
)
_BEGINS_TEXT = re.compile(_CLAUSE)
# 应急管理部等部门组织的22个检查组 is one body.
SENT = "派出的 组织的 组建的 成立的 选派的 下派的".split()
# 北京、上海、湖北3省市 is one body.
LIST_AFTER = re.compile(
    r"(?:、[\u4e00-\u9fff]{2,7}){1,9}(?:等)?(?:\d{1,2}|[两二三四五六七八九十])个?(?:省区市|省市|省份|[省市县区州地])(?!的?[督检巡])"
)
SENT_AFTER = re.compile(
    rf"(?:(?:等{_NAME}{{0,6}}?)?(?:{'|'.join(SENT)}))?(?:\d{{1,4}}+|[两三四五六七八九十]{{1,3}}+)个{_NAME}{{0,6}}?{_GROUP}"
)
GROUP_AFTER = re.compile(rf"(?:(?!的){_NAME}){{0,8}}?{_GROUP}")
OFFICE_AFTER = re.compile(rf"(?:\d{{5}})?(?:(?!累计|检查|排查|抽查|查处){_NAME}){{0,10}}?(?:{_OFFICE})")
BODY_AFTER = re.compile(rf"(?:“{_NAME}{{1,8}}”)?{OFFICE_AFTER.pattern}")
JOINT = re.compile(rf"(?:(?:会同|联合|[及和与、]){_NAME}{{0,10}}?(?:{_OFFICE})){{1,4}}")
_RANK = {"area": 0, "level": 1}  # which counts where several begin
# A body whose name says no area, and that speaks for the whole country.
MINISTRIES = frozenset(name for name in _NATIONAL.split("|") if not name.startswith("国务院"))


@cache
def _words():
    """Finds every word by which a name is noticed, also within another; what each is a word of."""
    groups = [
        f"{checking}{work}{small}{group}"
        for checking in _CHECKING.split("|")
        for work in ("", "工作")
        for small in ("", "小")
        for group in "组队"
    ]
    listed = {
        "full": areas.full_names(),
        "short": areas.short_names(),
        "national": _NATIONAL.split("|"),
        "office": _OFFICES,
        "group": groups,
        "several": [f"{count}{body}" for count in "两三四五六七八九十个" for body in _COUNT_OF_BODIES],
        "own": "该 我 本 省里 市里 县里 区里 州里 镇里 两级 三级 四级 五级 局 厅".split(),
    }
    return lexicon.every(word for words in listed.values() for word in words), [
        kind for kind, words in listed.items() for _word in words
    ]


def marks(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """(first, last, kind) of each name in a paragraph, in order: areas first, then levels, then the longest. They may overlap."""
    find, kinds = _words()
    seen = defaultdict(list)
    for which, first, last in find(text[start:end]):
        seen[kinds[which]].append((start + first, start + last))
    found = [(first, last, "area") for first, last in areas.beside(text, seen["full"], seen["short"])]
    found += _spoken_of(text, start, end, seen)
    found += _begun(text, start, end)
    if seen["several"]:
        found += [(*match.span("posted"), "posted") for match in _SEVERAL.finditer(text, max(0, start - 1), end)]
    found += _levels(text, start, end, seen)
    return sorted(found, key=lambda mark: (mark[0], _RANK.get(mark[2], 2), -mark[1]))


def _spoken_of(text, start, end, seen):
    """Bodies named in full, campaigns, wholes (全市, 各县区), groups; the first is the one that counts."""
    longest = {first: last for first, last in sorted(seen["national"]) if text[last : last + 1] != "门"}
    spoken = [(first, last, 0, "national") for first, last in longest.items()]
    for match in _SPOKEN_OF.finditer(text, start, end):
        spoken.append((match.start(), match.end(match.lastgroup), 1, match.lastgroup))
    for first, last in seen["group"]:
        for match in _GROUPS.finditer(text, max(start, first - _LONGEST_GROUP), min(end, last + 1)):
            spoken.append((*match.span("group"), 2, "group"))
    found, covered = [], start
    for first, last, _rank, kind in sorted(spoken, key=lambda mark: (mark[0], mark[2])):
        if first >= covered:
            found.append((first, last, kind))
            covered = last
    return found


def _begun(text, start, end):
    """Where a clause begins with an office (工商部门), a desk or team that acts (支队出动), or a place that acts."""
    first = [] if start else [_BEGINS_TEXT.match(text, 0, end)]
    found = [*first, *_BEGINS.finditer(text, max(0, start - 1), end)]
    return [(*match.span(match.lastgroup), match.lastgroup) for match in found if match]


def _levels(text, start, end, seen):
    """市纪委监委, 该州, 我省."""
    if not (seen["office"] or seen["group"] or seen["own"]):
        return []
    found, covered = [], start
    for match in _LEVELS.finditer(text, start, end):
        first, last = match.span("level")
        if first >= covered:
            found.append((first, last, "level"))
            covered = last
    return found
