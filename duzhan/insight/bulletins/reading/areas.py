"""Names of places: provinces, cities and counties of the national code (GB/T 2260), full and as people shorten them."""

import re
from functools import cache
from importlib import resources

from . import lexicon

_ENDINGS = "省市县区州旗盟团"
_LONGEST = 60  # signs of names side by side: a line of nothing else is a list and no place
_UNLISTED = re.compile(
    r"(?![全各本我该第致今上下])[\u4e00-\u9fff]{1,4}?(?:(?<![小社园辖景校灾山片库地街城届])[市县区州旗镇乡]|街道|社区)"
    r"(?![\u4e00-\u9fff]*?[市县区州旗镇乡][纪委])"
)
_SIGNS = re.compile(r"[\W_]*(?:关于)?")  # what a title begins with
# Areas of administration that the code does not list.
_ZONES = (
    "两江新区 雄安新区 天府新区 西咸新区 贵安新区 南沙新区 西海岸新区 金普新区 湘江新区 江北新区 福州新区 滇中新区 哈尔滨新区 长春新区 赣江新区 舟山群岛新区 兰州新区"
    " 郑东新区 东湖高新区 苏州工业园区 成都高新区 西安高新区 重庆高新区 新疆生产建设兵团 张江高新区"
)
_LONG = re.compile(r"(?:特别行政区|(?:维吾尔|壮族|回族)?自治区|地区|林区|新区|自治州|自治县|自治旗|[市县区省旗盟])$")
_PEOPLES = re.compile(
    r"(?:各族|土家族|苗族|藏族|羌族|彝族|布依族|侗族|哈尼族|壮族|傣族|白族|景颇族|傈僳族|回族|蒙古族|蒙古|哈萨克|柯尔克孜|朝鲜族|满族|瑶族|畲族|黎族|水族|仡佬族|土族|撒拉族|东乡族|裕固族|保安族|达斡尔族|鄂温克族|鄂伦春|锡伯|塔吉克|拉祜族|佤族|纳西族|普米族|怒族|独龙族|布朗族|德昂族|阿昌族|基诺族|仫佬族|毛南族|京族|维吾尔)+$"
)
# Short names that are also everyday words; only their full names are read.
_WORDS = frozenset(
    "长治 来宾 日照 大同 东方 黄山 保定 永州 河池 安顺 安康 合作 平安 和平 新华 解放 建设 中山 三明 海西 海北 文山".split()
) - {"中山"}


@cache
def _listed():
    """(full names, short names of provinces and cities, short names of counties)."""
    full, short, counties = set(_ZONES.split()), set(), {}
    text = resources.files(__package__).joinpath("gazetteer.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        province, cities, below, former = line.split("\t")
        full.update(former.split())
        for name in (province, *cities.split()):
            full |= {name, _colloquial(name)}
            short.add(shortened(name))
        for name in below.split():
            full |= {name, _colloquial(name)}
            if len(shortened(name)) > 1:
                counties.setdefault(shortened(name), set()).add(name)
    counties = {short: next(iter(whole)) if len(whole) == 1 else "?" for short, whole in counties.items()}
    return full - {"和县"}, {name for name in short if len(name) > 1} - _WORDS, counties


def _colloquial(name):
    """城步苗族自治县 is called 城步县."""
    return f"{shortened(name)}{name[-1]}" if name.endswith(("自治县", "自治州", "自治旗")) else name


@cache
def _whole():
    """The full names of provinces and cities by the short ones."""
    text = resources.files(__package__).joinpath("gazetteer.txt").read_text(encoding="utf-8")
    names = [name for line in text.splitlines() for name in (line.split("\t")[0], *line.split("\t")[1].split())]
    return {shortened(name): name for name in names}


def in_full(name: str) -> str:
    """安徽 is 安徽省; other names stay as they are."""
    return _whole().get(name, name)


def shortened(name: str) -> str:
    """伊犁哈萨克自治州 is called 伊犁, 荔城区 荔城."""
    stem = _LONG.sub("", name)
    return stem if name == "内蒙古自治区" else _PEOPLES.sub("", stem) or stem


def full_names() -> list[str]:
    return [name for name in _listed()[0] if name[-1] in _ENDINGS]


def short_names() -> list[str]:
    """Of provinces and cities."""
    return list(_listed()[1])


@cache
def _finder():
    """Finds full and short names wherever they stand; how many of them are full ones."""
    full = full_names()
    return lexicon.every([*full, *short_names()]), len(full)


def found(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where text[start:end] names an area; names side by side (广东中山, 青海省西宁市城西区) are one."""
    find, size = _finder()
    full, short = [], []
    for which, first, last in find(text[start:end]):
        (full if which < size else short).append((start + first, start + last))
    return beside(text, full, short)


def beside(text: str, full: list[tuple[int, int]], short: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The areas that these names make, full ones and short ones: names side by side are one."""
    chains: list[tuple[int, int]] = []
    named, covered = [(first, last) for first, last in full if text[last : last + 1] != "级"], 0
    for first, last in sorted(short, key=lambda place: (place[0], -place[1])):
        if first >= covered:  # the longest at its place
            named.append((first, last))
            covered = last
    for first, last in sorted(named):
        if chains and first <= chains[-1][1] and last <= chains[-1][0] + _LONGEST:
            chains[-1] = (chains[-1][0], max(last, chains[-1][1]))
        else:
            chains.append((first, last))
    return chains


def county_after(text: str, first: int, last: int) -> str:
    """The short name of a county right behind that of its province or city (浙江象山): text[last:]; "" if there is none."""
    if text[last - 1] in _ENDINGS:
        return ""
    counties = _listed()[2]
    for length in (3, 2):
        name = text[last : last + length]
        if name in counties and name not in _WORDS and text[last + length : last + length + 1] not in _ENDINGS:
            return name
    return ""


def begins_with_county(text: str) -> str:
    """The county whose short name a title begins with (象山：查隐患更查责任); "" if there is none.

    Where two counties share the short name, the short name is all that can be said. A name that the code does not
    list is read when it ends as an area does (林区安全生产).
    """
    counties, text = _listed()[2], text[_SIGNS.match(text).end() :]
    for length in (4, 3, 2):
        whole = counties.get(text[:length])
        if whole and text[length : length + 1] in _ENDINGS and len(text) > length:
            return text[: length + 1]  # as it is written
        if whole:
            return whole if len(whole) > 1 else text[:length]
    unlisted = _UNLISTED.match(text)
    return unlisted[0] if unlisted else ""
