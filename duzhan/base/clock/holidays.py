"""Which days differ from an ordinary week: read from the yearly notices, and from what the office adds."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from django.conf import settings
from django.utils.translation import gettext as _

from duzhan.base.errors import BadInput

BUILT_IN = Path(__file__).with_name("holidays.toml")
NAME = "holidays.toml"
LONGEST_HOLIDAY = 60  # days; a longer one is a slip of the pen
YEAR_KEYS = {"notice", "holidays"}
ENTRY_KEYS = {"zh", "en", "from", "to", "work", "notice"}


@dataclass(frozen=True)
class Mark:
    """Why a day differs: a day of rest (`works` False) or a weekend day worked to make up for one."""

    works: bool
    zh: str
    en: str


@dataclass(frozen=True)
class DayTable:
    """The days that differ, and the notice by which each known year is known."""

    marks: Mapping[date, Mark]
    notices: Mapping[int, str]

    def overlaid(self, later: "DayTable") -> "DayTable":
        """This table with every day of `later` put over it."""
        marks = MappingProxyType({**self.marks, **later.marks})
        return DayTable(marks, MappingProxyType({**self.notices, **later.notices}))


def load() -> DayTable:
    """The days of the built-in notices with the office's own file, if there is one, laid over them.

    The office's file is read again when it changes. Raises BadInput naming file, year and entry.
    """
    extra = Path(settings.DUZHAN_DATA_DIR) / NAME
    try:
        stat = extra.stat()
    except OSError:
        return built_in()
    return _with_extra(extra, stat.st_mtime_ns, stat.st_size)


@cache
def built_in() -> DayTable:
    """The days of the State Council's notices that come with the product."""
    return read(BUILT_IN)


@lru_cache(maxsize=4)
def _with_extra(path, _changed, _size):
    return built_in().overlaid(read(path))


def read(path: Path) -> DayTable:
    """Read one holiday file. Raises BadInput with a sentence that says what is wrong and where."""
    try:
        years = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as wrong:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise BadInput(
            _("节假日文件 %(file)s 读不出来：%(why)s") % {"file": path.name, "why": wrong}, field="holidays"
        ) from None
    marks, notices = {}, {}
    for key, table in years.items():
        year = _year(key, table)
        if notice := table.get("notice"):
            notices[year] = str(notice)
        for number, entry in enumerate(table.get("holidays", ()), 1):
            marks.update(_marks(entry, year, number))
    return DayTable(MappingProxyType(marks), MappingProxyType(notices))


def _year(key, table):
    if not (key.isascii() and key.isdigit() and len(key) == 4):
        raise _wrong(key, 0, _("应以四位数的年份为名，如 [2027]。"))
    known = isinstance(table, dict) and not set(table) - YEAR_KEYS
    if not known or not isinstance(table.get("holidays", []), list):
        raise _wrong(key, 0, _("年份下只能有 notice 和 [[%(year)s.holidays]]。") % {"year": key})
    return int(key)


def _marks(entry, year, number):
    if not isinstance(entry, dict) or set(entry) - ENTRY_KEYS:
        raise _wrong(year, number, _("只能写 zh、en、from、to、work、notice。"))
    if not isinstance(entry.get("zh"), str) or not isinstance(entry.get("en", ""), str):
        raise _wrong(year, number, _("缺少名称 zh。"))
    zh, en = entry["zh"], entry.get("en") or entry["zh"]
    rest = {day: Mark(False, zh, en) for day in _rest_days(entry, year, number)}
    return rest | {day: Mark(True, zh, en) for day in _work_days(entry, year, number)}


def _rest_days(entry, year, number):
    if "from" not in entry and "to" not in entry:
        return []
    first = _day(entry.get("from"), year, number)
    last = _day(entry.get("to", first), year, number)
    length = (last - first).days + 1
    if not 1 <= length <= LONGEST_HOLIDAY:
        raise _wrong(year, number, _("from 到 to 应为 1 至 %(most)s 天。") % {"most": LONGEST_HOLIDAY})
    return [first + timedelta(days=offset) for offset in range(length)]


def _work_days(entry, year, number):
    days = entry.get("work", [])
    if not isinstance(days, list):
        raise _wrong(year, number, _("work 应为日期列表，如 [2027-01-31]。"))
    return [_day(day, year, number) for day in days]


def _day(value, year, number):
    # A notice may reach into the December before its year, or the January after it; anything else is a slip.
    if type(value) is not date or abs(value.year - year) > 1:
        raise _wrong(year, number, _("“%(value)s”不是这一年前后的日期。") % {"value": value})
    return value


def _wrong(year, number, why):
    where = _("第 %(number)s 条：") % {"number": number} if number else ""
    return BadInput(
        _("节假日文件 %(file)s，[%(year)s] %(where)s%(why)s")
        % {"file": NAME, "year": str(year)[:20], "where": where, "why": why},
        field="holidays",
    )
