"""How instants, spans of time, numbers and digests are written, in Chinese and in English (LOOK §6). Pure functions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duzhan.base.clock.instants import ZONE, now

NOTHING = "—"
MINUS = "−"
THIN_SPACE = "\u2009"
SOON = timedelta(hours=4)
IN_DAYS_FROM = timedelta(days=2)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
WEEKDAYS = (
    (gettext_lazy("星期一"), "Monday"), (gettext_lazy("星期二"), "Tuesday"), (gettext_lazy("星期三"), "Wednesday"),
    (gettext_lazy("星期四"), "Thursday"), (gettext_lazy("星期五"), "Friday"), (gettext_lazy("星期六"), "Saturday"),
    (gettext_lazy("星期日"), "Sunday"),
)  # fmt: skip
ZONE_NAMES = {
    "Asia/Shanghai": gettext_lazy("北京时间"),
    "Asia/Urumqi": gettext_lazy("乌鲁木齐时间"),
    "UTC": "UTC",
}


def in_english() -> bool:
    return (translation.get_language() or "").startswith("en")


def zone_of(place) -> ZoneInfo:
    """The time zone of an operation, of a zone's name, or of a zone itself; Beijing time where there is none."""
    zone = getattr(place, "zone", place)
    if not zone:
        return ZONE
    if isinstance(zone, ZoneInfo):
        return zone
    try:
        return ZoneInfo(str(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return ZONE


def zone_name(place) -> str:
    """`北京时间 UTC+8`"""
    zone = zone_of(place)
    minutes = int(now().astimezone(zone).utcoffset().total_seconds() // 60)
    sign, minutes = ("+", minutes) if minutes >= 0 else (MINUS, -minutes)
    offset = f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")
    name = str(ZONE_NAMES.get(zone.key, zone.key))
    return offset if name == "UTC" else f"{name} {offset}"


# ---------- instants ----------


def running_instant(at: datetime, place=None) -> str:
    """In running text: `11月25日18时`, `11月25日18时05分`; `18:00 on 25 Nov`."""
    at = at.astimezone(zone_of(place))
    if in_english():
        return f"{at:%H:%M} on {at.day} {MONTHS[at.month - 1]}"
    return f"{at.month}月{at.day}日{at.hour}时" + (f"{at.minute:02}分" if at.minute else "")


def short_instant(at: datetime, place=None, *, read_at: datetime | None = None) -> str:
    """In tables: `25日 16:20`; with the month, or the year, where it is not that of `read_at`.

    Without `read_at` it is read now, or at the end of the operation where that has ended.
    """
    zone = zone_of(place)
    at, read_at = at.astimezone(zone), _read_at(place, read_at).astimezone(zone)
    if at.year != read_at.year:
        return f"{at:%Y-%m-%d %H:%M}"
    if in_english():
        return f"{at.day} {MONTHS[at.month - 1]} {at:%H:%M}"
    month = "" if at.month == read_at.month else f"{at.month}月"
    return f"{month}{at.day}日 {at:%H:%M}"


def _read_at(place, read_at):
    if read_at:
        return read_at
    ended_at = getattr(place, "ended_at", None)
    return min(now(), ended_at) if ended_at else now()


def seal_instant(at: datetime, place=None) -> str:
    """On seals: `2022-11-25 18:32:07`, the same in both languages."""
    return f"{at.astimezone(zone_of(place)):%Y-%m-%d %H:%M:%S}"


def field_instant(at: datetime, place=None) -> str:
    """In a field: `2022-11-25 18:00`, as it may be typed."""
    return f"{at.astimezone(zone_of(place)):%Y-%m-%d %H:%M}"


def time_of_day(at: datetime, place=None) -> str:
    """`18:02`"""
    return f"{at.astimezone(zone_of(place)):%H:%M}"


def day_text(on, *, with_year=False) -> str:
    """A day in running text: `11月25日`, `2022年11月25日`; `25 Nov`, `25 Nov 2022`."""
    if in_english():
        return f"{on.day} {MONTHS[on.month - 1]}" + (f" {on.year}" if with_year else "")
    return (f"{on.year}年" if with_year else "") + f"{on.month}月{on.day}日"


def weekday_text(on) -> str:
    """`星期五`; `Friday`"""
    chinese, english = WEEKDAYS[on.weekday()]
    return english if in_english() else str(chinese)


# ---------- spans ----------


def span_text(span: timedelta) -> str:
    """`3小时20分`, `40分`, `2天4小时` from two days on, `不到1分`; `3 h 20 min`. A negative span is written as its length."""
    minutes = int(abs(span).total_seconds() // 60)
    if minutes == 0:
        return _("不到1分")
    if minutes >= IN_DAYS_FROM.total_seconds() // 60:
        parts = [(minutes // 1440, "天", "d"), (minutes % 1440 // 60, "小时", "h")]
    else:
        parts = [(minutes // 60, "小时", "h"), (minutes % 60, "分", "min")]
    parts = [part for part in parts if part[0]]
    if in_english():
        return " ".join(f"{number} {unit}" for number, _chinese, unit in parts)
    return "".join(f"{number}{unit}" for number, unit, _english in parts)


@dataclass(frozen=True)
class Left:
    """How a thing stands with its clock: `kind` is left, soon, late, held, waited, used or open."""

    kind: str
    text: str


def time_left(due_at, *, at=None, paused_at=None, waiting_since=None, started_at=None, done_at=None) -> Left:
    """What stands in the column 时限 (LOOK §4): the first of these that is so.

    Done: 用时; waiting for somebody else: 已等; paused: 暂停中; past its instant: 超期; under four hours: 还剩, bold;
    otherwise 还剩. Without an instant it is due by: 未定时限. `at` is the instant it is asked for (None: now).
    """
    at = at or now()
    if done_at and started_at:
        return Left("used", _("用时 %(span)s") % {"span": span_text(done_at - started_at)})
    if waiting_since:
        return Left("waited", _("已等 %(span)s") % {"span": span_text(at - waiting_since)})
    if paused_at:
        return Left("held", _("暂停中"))
    if due_at is None:
        return Left("open", _("未定时限"))
    if at > due_at:
        return Left("late", _("超期 %(span)s") % {"span": span_text(at - due_at)})
    text = _("还剩 %(span)s") % {"span": span_text(due_at - at)}
    return Left("soon" if due_at - at < SOON else "left", text)


# ---------- numbers and digests ----------


class AtLeast(int):
    """A count that stopped: there are this many or more; people read `1000+`."""

    def __str__(self):
        return f"{int(self)}+"

    def __add__(self, other):
        return AtLeast(int(self) + int(other))

    __radd__ = __add__


def number_text(number) -> str:
    """A count as it is; `—` where there is none, never 0 in its place; a real minus sign."""
    if number is None or number == "" or (number == 0 and isinstance(number, AtLeast)):
        return NOTHING
    return str(number).replace("-", MINUS)


def grouped_text(number) -> str:
    """On seals and counts of records: thousands set off with a thin space, `4 218`."""
    if number is None or number == "":
        return NOTHING
    more = "+" if isinstance(number, AtLeast) else ""
    return f"{int(number):,}{more}".replace(",", THIN_SPACE).replace("-", MINUS)


def signed_text(number) -> str:
    """A change: `+94`, `−4`, `±0`."""
    if number is None or number == "":
        return NOTHING
    return f"+{number}" if number > 0 else f"{MINUS}{-number}" if number < 0 else "±0"


def ratio_text(part, whole) -> str:
    """`98.23%`, two decimals, half up; `—` where there is nothing to divide by. Show both parts beside it."""
    if part is None or not whole:
        return NOTHING
    return f"{(Decimal(part) * 100 / Decimal(whole)).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def digest_text(digest, groups=None) -> str:
    """A digest in groups of four; with `groups` only the first of them: `c41e 07b9`."""
    digest = digest.hex() if isinstance(digest, bytes | memoryview) else str(digest or "")
    pieces = [digest[start : start + 4] for start in range(0, len(digest), 4)]
    return " ".join(pieces[:groups]) if pieces else NOTHING
