"""As of when: 截至21日18时, 截至4月底, 截至今年9月30日, told in Beijing time (+08:00); 截至目前 states no instant.

What the text leaves out is taken from `published` (the latest such instant not after it), from `year`, or from the
nearest date in the text that has it; a year nobody states stays open: --11-25T18:00.
"""

import calendar
import re
from bisect import bisect_right
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from .numerals import value_of

_N = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_CUT_OFF = re.compile(
    rf"(?:截(?:至|止)到?|到(?<=[，。\n\u3000讯]到)(?=(?:昨[日天]|今[日天]|(?:\d{{1,2}}月)?\d{{1,2}}日)\d{{1,2}}时))(?:北京时间)?(?:(?P<now>目前|当前|现在|发稿|此时|同日|记者发稿)|"
    rf"(?:(?P<year>(?:19|20)\d\d|[一二三四五六七八九〇零]{{4}})年|(?P<which>今年|去年|本年))?(?:(?P<season>第?[一二三四1-4]季度|上半年)|(?:(?P<month>{_N})月份?|(?P<thismonth>本月|当月)|(?P<lastmonth>上月|上个月))?)"
    rf"(?:(?P<day>{_N})[日号]|(?P<rel>[昨今当前][日天]|[昨当今](?=[晚夜晨早])))?(?:（[^（）]{{1,8}}）)?(?P<part>年?[底末]|中旬|上旬|下旬|月底|月末)?"
    rf"(?P<half>上午|下午|晚上|晚|早上|早|凌晨|中午|夜间|夜|晨)?(?:(?P<hour>{_N}|零)(?:时|点|[:：])(?:(?P<minute>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})分?|(?P<halfhour>半))?)?)"
)
_BEGINNINGS = ("截至", "截止", "，到", "。到", "\n到", "\u3000到", "讯到")
_DATE = re.compile(rf"(?:(?P<year>(?:19|20)\d\d)年)?(?P<month>{_N})月(?:(?P<day>{_N})日)?")
_JUST_BEFORE = 60  # signs
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DATELINE = re.compile(
    r"(?:发布时间|发布日期|时间|日期|发稿)[：:\s]{0,2}((?:19|20)\d\d)[-年/.](\d{1,2})[-月/.](\d{1,2})"
)


class Told(NamedTuple):
    """A cut-off where it stands; `instant` is None for 截至目前."""

    start: int
    instant: str | None


class Published(NamedTuple):
    year: int
    month: int | None
    day: int | None


def published_on(written: str | None) -> Published | None:
    """2024, 2024-01, 2024-01-25 or an instant of that day; ValueError for anything else."""
    if not written:
        return None
    match = _ISO.match(written.strip())
    if not match:
        raise ValueError(written)
    year, month, day = (int(part) if part else None for part in match.groups())
    date(year, month or 1, day or 1)
    return Published(year, month, day)


def cut_offs(text: str, *, year: int | None = None, published: str | None = None) -> list[Told]:
    """Every cut-off the text states, in order."""
    if not any(beginning in text for beginning in _BEGINNINGS):
        return []
    found = [match for match in _CUT_OFF.finditer(text) if match.end() - match.start() > 3]
    day = found and (published_on(published) or _dateline(text))
    return [Told(match.start(), None if match["now"] else _instant(match, year, day)) for match in found]


def at(told: list[Told], paragraph: int, place: int, headline: int = 0) -> str | None:
    """The instant of a figure at `place`: the last cut-off before it in its paragraph, else that of the headline."""
    k = bisect_right(told, place, key=lambda one: one.start) - 1
    if k >= 0 and told[k].start >= paragraph:
        return told[k].instant
    return told[0].instant if told and told[0].start < headline else None


def _dateline(text):
    match = _DATELINE.search(text, 0, 400)
    return Published(*map(int, match.groups())) if match else None


def _number(written):
    return value_of(written) if written else None


def _instant(match, year, published):
    month, day = _number(match["month"]), _number(match["day"])
    stated = match["year"] and int("".join(str(value_of(sign)) for sign in match["year"]))
    nearest = published
    if match["which"]:
        base = year or (published.year if published else None)
        stated = base and base - (match["which"] == "去年")
    if match["season"]:
        month = 6 if match["season"] == "上半年" else 3 * value_of(match["season"].removeprefix("第")[0])
    if match["hour"] and not (stated or month or day or match["rel"]):
        month, day, nearest = _same_day(match, published)
    if match["rel"] or match["thismonth"] or match["lastmonth"] or day and not month:
        month, day, nearest = _filled(match, month, day, published)
    if month is None and day is None and not (stated and (match["part"] or match["which"])):
        return f"{stated}-12-31" if stated else None
    whole = _year(stated, year, nearest, month)
    return _written(whole, month, day, match)


def _filled(match, month, day, published):
    """Month and day of 截至21日, 截至昨日, 截至本月20日 from what was published or the nearest date in the text."""
    if published and published.month:
        if match["lastmonth"]:
            return _month_before(published, day)
        if match["rel"]:
            beside = match["rel"][0] == "当" and _date_before(match)
            if beside:
                return _number(beside["month"]), _number(beside["day"]), published
            if published.day is None:
                return None, None, published
            back = {"昨": 1, "前": 2}.get(match["rel"][0], 0)
            told = date.fromordinal(date(published.year, published.month, published.day).toordinal() - back)
            return told.month, told.day, Published(told.year, told.month, told.day)
        late = day and published.day and day > published.day and not match["thismonth"]
        if late:
            return _month_before(published, day)
        return published.month, day, published
    beside = _date_beside(match)
    if beside is None or match["rel"] and not beside["day"]:
        return None, None, published
    if match["rel"]:
        return _number(beside["month"]), _number(beside["day"]), published
    return _number(beside["month"]), day, published


def _same_day(match, published):
    """Month and day of 截至18时: of the date told just before, else of the day it was published."""
    beside = _date_before(match)
    if beside:
        return _number(beside["month"]), _number(beside["day"]), published
    if published and published.day:
        return published.month, published.day, published
    return None, None, published


def _date_beside(match):
    """The last date before a cut-off, else the first of the text."""
    dates = _dates(match.string)
    k = bisect_right(dates, match.start(), key=lambda one: one.end()) - 1
    return dates[max(k, 0)] if dates else None


def _date_before(match):
    """The day that 当天 means: the last date told just before; None if there is none."""
    beside = _date_beside(match)
    near = beside is not None and 0 <= match.start() - beside.end() <= _JUST_BEFORE
    return beside if near and beside["day"] else None


@lru_cache(maxsize=1)  # the cut-offs of one text ask one after another
def _dates(text):
    return list(_DATE.finditer(text))


def _month_before(published, day):
    month, year = (published.month - 1, published.year) if published.month > 1 else (12, published.year - 1)
    return month, day, Published(year, month, None)


def _year(stated, year, published, month):
    if stated or year:
        return stated or year
    if published is None:
        return None
    later = published.month and month and month > published.month
    return published.year - 1 if later else published.year


def _written(year, month, day, match):
    if month is None:
        if day is None and year and match["part"]:
            return f"{year}-12-31"
        return None
    if not 1 <= month <= 12 or day is not None and not 1 <= day <= 31:
        return None
    part = match["part"]
    if day is None and part in ("中旬", "上旬"):
        day = 20 if part == "中旬" else 10
    head = f"{year:04d}" if year else "-"
    if day is None:
        if not year:
            return f"--{month:02d}"
        day = calendar.monthrange(year, month)[1]
    return f"{head}-{month:02d}-{day:02d}{_time(match)}"


def _time(match):
    if match["hour"] is None:
        return ""
    hour, minute = _number(match["hour"]), 30 if match["halfhour"] else _number(match["minute"]) or 0
    if match["half"] in ("下午", "晚上", "晚", "夜间", "夜") and hour < 12:
        hour += 12
    return f"T{hour:02d}:{minute:02d}" if hour <= 24 and minute < 60 else ""
