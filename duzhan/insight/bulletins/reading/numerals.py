"""Numbers in Chinese prose: 二百八十二, 两千, 3.3万余, 百分之九十八点八五, each with its counter and its fuzziness.

What only looks like a number stays out: the second (第二), dates and hours, 一把手, 12345热线, a file number (渝纪〔2022〕15号).
Only a number with a counter (个, 件, 人次, 万元, %) is counted, so a bare run of digits never is.
"""

import re
from decimal import Decimal

from msgspec import Struct

from . import lexicon

DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)),
    "〇": 0,
    "两": 2,
}
TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}
_ONES = ("", *"一二三四五六七八九")
_TENS = ("", "十", *(f"{one}十" for one in _ONES[2:]))
_TO_99 = {tens + ones: 10 * k + n for k, tens in enumerate(_TENS) for n, ones in enumerate(_ONES) if k or n} | {"两": 2}

TIMES = "次|轮次|批次|场次|轮|批|场|趟|遍"
PEOPLE = "人次|个人(?!信息|所得|账户|有关)|人[(（]次[)）]|人份|人|名|位"
MONEY = "元|美元|公斤|千克|吨|公里|千米|平方米|平方公里|公顷|亩|米|立方米|千瓦时|度|斤|升"
THINGS = "件次|家次|户次|车次|起次|个次|处次|件|起|宗|例|个|项|条|处|家|户|份|封|期|所|座|间|栋|支|路(?=[^，。；、]{0,8}[组队])|组|队|辆次|艘次|辆|台|张|本|册|篇|笔|通|道|艘|架|只|头|桩|款|段|样|种|单(?!位)|省|县|村"
RATES = "个百分点|%|‰|倍|成"

_NO_COUNT = "个?多?(?:小时|月(?!饼)|工作日|百分点|星期|年|昼夜|日夜)|项规定|种形态|种类|次方|级|路公交|届|热线|本(?:市|区|县|级|身|着|次|轮|报|台)"
_LONGEST = 30  # signs; nobody writes a longer number, and a hostile text may
# Possessive (`++`, `?+`): what has been read as digits is never given back, so no text takes more than linear time.
_TENFOLD = r"[余多]?[百千万亿]{1,2}+(?:\d{1,4}+(?:\.\d++)?+[万千百])?+"
_ARABIC = rf"\d++(?:(?=[,.余多百千万亿])(?:(?<!\d{{4}})(?:,\d{{3}})++(?![,\d]))?+(?:\.\d++)?+(?:{_TENFOLD})?+)?+"
_CHINESE_DIGIT = "零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟"
_CHINESE = rf"[{_CHINESE_DIGIT}][{_CHINESE_DIGIT}万亿]*+(?:点[零〇一二三四五六七八九]++[万亿]?+)?+"
_PERSONS = "党员|干部|志愿者|医护|医务|官兵|民警|网格员|社区工作者|执法人员"  # 1.2万志愿者: persons without a counter
_UNIT = f"{PEOPLE}|{THINGS}|{TIMES}|{MONEY}|{RATES}"
_GOES_ON = "-—–~至到余多" + "".join(
    sorted({unit[0] for unit in f"{_UNIT}|{_PERSONS}".split("|")})
)  # what may follow digits that count
_COUNTED = (
    rf"(?:百分之(?P<per>{_ARABIC}|{_CHINESE})"
    rf"|(?<![\dA-Za-z第.〔\[{_CHINESE_DIGIT}])(?<!\d,)(?P<n>{_ARABIC}|{_CHINESE})(?=[{_GOES_ON}])"
    rf"(?:(?P<range>[%个]?+[-—–~至到](?:{_ARABIC}|{_CHINESE}))|)"
    rf"(?:(?P<more>[余多](?P<after>[万亿]?+))|)(?!{_NO_COUNT})(?P<unit>{_UNIT}|(?<=[万余多])(?={_PERSONS})))"
)
_BARE = (
    rf"(?=[ 0-9.,{_CHINESE_DIGIT}]{{1,{_LONGEST}}}+(?:[，；。（(）)\n\t|/]|$))"  # nothing else may stand there
    r"(?<=[\u4e00-\u9fff：:\t|（）)]) ?(?:(?!(?:19|20)\d\d(?!\d))(?P<digits>\d{1,3}(?:,\d{3})++|\d{1,7}+(?:\.\d{1,4})?+)"
    rf"|(?<![第点之{_CHINESE_DIGIT}])(?P<words>[{_CHINESE_DIGIT}]{{2,12}}+))(?= ?(?:[，；。（(）)\n\t|/]|$))"
)
_NUMBER = lexicon.sought(rf" 0-9{_CHINESE_DIGIT}", rf"(?<!\d(?=\d))(?:{_COUNTED}|{_BARE})", re.ASCII)
_BREAKS = ("", *"，,。；;、）)\n")
_RHETORIC = re.compile(r"一(.)[^一，。；]{0,3}[、，]?[^一，。；]{1,4}一\1")  # 发现一起、查处一起
_AFTER_COUNTER = re.compile(r"多?(?:以上|左右|上下)")
_BEFORE = re.compile(
    "(?P<each>每(?:[年月天日周人])?|每[年月天日周旬季][^，。；]{0,6}?)$|(?P<change>(?:[增降减升]|增加|减少|提高|扩大|下降|提升|上升|扩展)[至到])$"
    "|(?P<marker>超过|多达|高达|将近|接近|不足|大约|突破|[近约超逾达上])$"
)
_LAST = frozenset("每年月天日周人至到过达近足约破超逾上")


class Number(Struct, gc=False):
    """A number as it stands: [start, end) covers the digits and the counter; `approx` is the marker as written."""

    start: int
    end: int
    value: int | float
    unit: str
    approx: str | None
    chinese: bool  # written in Chinese numerals
    vague: bool  # a range, or what something rose or fell to: no single count is meant


def numbers(text: str) -> list[Number]:
    """Every number of the text that counts something, in order; time linear in the length."""
    found, done = [], 0
    for match in _NUMBER.finditer(text):
        if match.start() < done:
            continue
        kind = match.lastgroup
        done = match.end(kind)
        number = _READ[kind](text, match, done)
        if number is not None:
            found.append(number)
    return found


def _bare(_text, match, end):
    """发现问题：46，整改四十四: digits alone, as forms and tables have them."""
    start = match.start(match.lastgroup)
    chinese = match.lastgroup == "words"
    try:
        return Number(start, end, value_of(match[match.lastgroup]), "", None, chinese, False)
    except ValueError:
        return Number(start, end, 0, "", None, chinese, True)


def value_of(written: str) -> int | float:
    """The number that `written` says (3.3万, 1亿2000万, 两千零五, 二〇二二, 三点五万); ValueError when it says none."""
    if written in _TO_99:
        return _TO_99[written]
    plain = written.replace(",", "")
    if not plain.isascii():
        plain = plain.replace("余", "").replace("多", "")
    if plain.isdecimal():
        return int(plain)
    if plain.isascii():
        return _told(_plain(plain, written))
    if plain[-1] in MYRIADS and plain[:-1].isascii():
        return _told((_plain(plain[:-1], written) if len(plain) > 1 else 1) * MYRIADS[plain[-1]])
    total = part = 0
    digits, last = "", 0
    for sign in plain:
        if sign in TENS and not digits:
            part += (0 if part % (TENS[sign] * 10) else 1) * TENS[sign]
        elif sign in TENS:
            part, digits = part + _plain(digits, written) * TENS[sign], ""
        elif sign in MYRIADS:
            whole, size = part + _plain(digits, written) if digits else part, MYRIADS[sign]
            if total and total < size:  # 三万亿
                total = (total + whole) * size
            else:
                total += (whole if part or digits else 1) * size
            part, digits = 0, ""
        else:
            digits += sign
        last = TENS.get(sign) or MYRIADS.get(sign) or last
    if last >= 100 and len(digits) == 1 and digits in DIGITS and digits not in "零〇":  # 三万五 is 35000
        return _told(total + part + DIGITS[digits] * last // 10)
    return _told(total + part + (_plain(digits, written) if digits else 0))


def _told(value):
    """As JSON has it: whole numbers without a point."""
    return int(value) if value == int(value) else float(value)


def _plain(digits, written):
    signs = digits
    if not digits.isascii():
        signs = "".join("." if sign == "点" else str(DIGITS.get(sign, sign)) for sign in digits)
    if signs.isdecimal():
        return int(signs)
    if not signs.replace(".", "", 1).isdecimal():
        raise ValueError(written)
    return Decimal(signs)


def _number(text, match, end):
    per, written, span, more, after, unit, *_bare = match.groups()  # as they stand in the expression
    written, unit, start = written or per, "%" if per else unit or "人", match.start()
    chinese = not written.isascii() and written[0] not in "0123456789"
    if len(written) > _LONGEST or chinese and not per and not _is_count(text, written, unit, match, end):
        return None
    plain = not after and written.isdecimal()  # as most are
    try:
        value = int(written) if plain else value_of(written + (after or ""))
    except ValueError:
        return None
    approx, vague = more and more[0], span is not None
    before = text[start - 1 : start]
    if before == "前" and unit in ("位", "名"):
        return None  # 排在前三位
    said = before in _LAST and _BEFORE.search(text[max(0, start - 3) : start])
    if said and said.lastgroup == "each":
        return None  # 每年两轮 is a rate
    if said and said.lastgroup == "change":
        vague = True
    elif said and approx is None:
        approx, start = said[0], start - len(said[0])
    if not plain and approx is None and ("余" in written or "多" in written):
        approx = "余" if "余" in written else "多"
    if chinese and before == "“":
        vague = True  # “六个百分之百” is a name rather than a count
    if chinese and unit == "项" and len(written) == 1 and text[end : end + 1] not in _BREAKS:
        vague = True  # so is 六项重点
    tail = text[end : end + 1] in "以左上多" and _AFTER_COUNTER.match(text, end)
    if tail:
        approx, end = approx or tail[0], tail.end()
    return Number(start, end, value, unit, approx, chinese, vague)


def _is_count(text, written, unit, match, end):
    """Chinese numerals are often mere words (一些, 百家, 三级); a count has a value of its own."""
    if unit == "成" or (unit in "元度米道通头只台本组" and len(written) == 1):
        return False
    if len(written) == 1 and written in "百千拾佰仟零〇":
        return match["more"] is not None
    if written == "一":  # 一个 is an article; 处分一人。 is a count
        return (
            unit not in ("遍", "趟")
            and text[end : end + 1] in _BREAKS
            and not _RHETORIC.search(text, max(0, match.start() - 9), end + 9)
        )
    return True


_READ = {"unit": _number, "per": _number, "digits": _bare, "words": _bare}
