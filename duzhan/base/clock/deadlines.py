"""By when a thing is due (M31 nothing overnight, M52 mended by a deadline), and what a pause does to it.

A rule is a short text from a domain pack:

    on the spot     due at once
    30m   2h        so many minutes or hours, nights and holidays included
    today 24:00     the same day: nothing overnight
    2d   2d 12:00   so many days later, at the end of that day or at a time on it
    3wd  3wd 12:00  so many working days later, at the close of business or at a time on it

The day on which a thing is handed over is not counted, and a deadline of working days ends when the last of
them closes for business, at 18:00 (Civil Code, articles 201 and 203).
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from duzhan.base.clock.calendar import WorkingCalendar
from duzhan.base.errors import BadInput

MIDNIGHT = 24 * 60
CLOSE_OF_BUSINESS = 18 * 60
CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})"
FORMS = {
    "spot": r"on the spot",
    "m": r"(?P<amount>\d+) ?m",
    "h": r"(?P<amount>\d+) ?h",
    "today": rf"today {CLOCK}",
    "d": rf"(?P<amount>\d+) ?d(?: {CLOCK})?",
    "wd": rf"(?P<amount>\d+) ?wd(?: {CLOCK})?",
}
USUAL_CLOCK = {"today": MIDNIGHT, "d": MIDNIGHT, "wd": CLOSE_OF_BUSINESS}
MOST = {"m": 366 * 24 * 60, "h": 366 * 24, "d": 366, "wd": 366}  # a year
LABELS = {
    "spot": gettext_noop("当场整改"),
    "m": gettext_noop("%(amount)s 分钟内"),
    "h": gettext_noop("%(amount)s 小时内"),
    "today": gettext_noop("当日 %(clock)s 前"),
    "d": gettext_noop("%(amount)s 日内，末日 %(clock)s 前"),
    "wd": gettext_noop("%(amount)s 个工作日内，末日 %(clock)s 前"),
}


@dataclass(frozen=True)
class Deadline:
    """A deadline rule: `amount` of `unit` (a key of FORMS), ending at minute `clock` of the last day."""

    unit: str
    amount: int = 0
    clock: int | None = None

    @property
    def in_working_days(self) -> bool:
        """Does the clock rest on days of rest?"""
        return self.unit == "wd"

    @property
    def clock_text(self) -> str:
        """The minute of the last day as it is written: `18:00`, and `24:00` for the day's end."""
        return f"{self.clock // 60:02}:{self.clock % 60:02}" if self.clock is not None else ""

    @property
    def label(self) -> str:
        """The rule as a person reads it."""
        return _(LABELS[self.unit]) % {"amount": self.amount, "clock": self.clock_text}

    def __str__(self):
        if self.unit == "spot":
            return "on the spot"
        if self.unit == "today":
            return f"today {self.clock_text}"
        clock = f" {self.clock_text}" if self.clock != USUAL_CLOCK.get(self.unit) else ""
        return f"{self.amount}{self.unit}{clock}"


def parse(text: str) -> Deadline:
    """Read a rule as a pack writes it, e.g. `2h`, `today 24:00`, `3wd`. Raises BadInput for anything else."""
    for unit, form in FORMS.items():
        if found := re.fullmatch(form, str(text).strip(), re.ASCII):
            return _deadline(unit, found.groupdict(), text)
    raise _unread(text)


def _deadline(unit, parts, text):
    clock = USUAL_CLOCK.get(unit)
    if parts.get("hour"):
        hour, minute = int(parts["hour"]), int(parts["minute"])
        clock = hour * 60 + minute
        if minute > 59 or not 0 < clock <= MIDNIGHT:
            raise _unread(text)
    # Nine digits are far beyond a year; more of them would only be work for int().
    digits = parts.get("amount") or "0"
    amount = int(digits) if len(digits) < 10 else MOST[unit] + 1
    if unit in MOST and not 1 <= amount <= MOST[unit]:
        raise _unread(text)
    return Deadline(unit, amount, clock)


def _unread(text):
    return BadInput(
        _("“%(text)s”不是时限；请写成 on the spot、30m、2h、today 24:00、2d 或 3wd，日数后可加钟点，最长一年。")
        % {"text": str(text)[:40]},
        field="deadline",
    )


def due_at(rule: Deadline, handed_over_at: datetime, calendar: WorkingCalendar) -> datetime:
    """By when a thing handed over at this instant is due, in UTC, by the calendar's zone and working days.

    To the microsecond: `2h` is two hours. When the time of `today 18:00` is already past, the day's end is
    meant: a deadline is never over before it began. Sources: M31, M52.
    """
    day = calendar.day_of(handed_over_at)
    return DUE[rule.unit](rule, handed_over_at.astimezone(UTC), day, calendar)


def shifted(
    due_at: datetime,
    paused_at: datetime,
    resumed_at: datetime,
    rule: Deadline | None = None,
    calendar: WorkingCalendar | None = None,
) -> datetime:
    """The deadline after a pause: the time for which the clock stood is added back, exactly.

    Of a deadline in working days (`rule` with its `calendar`) only the working time of the pause is added,
    along working time: a pause over a holiday alone adds nothing. Raises BadInput if resumed too early.
    """
    if resumed_at < paused_at:
        raise BadInput(_("恢复计时的时刻不能早于暂停的时刻。"), field="resumed_at")
    if rule is None or not rule.in_working_days:
        return due_at.astimezone(UTC) + (resumed_at - paused_at)
    return calendar.add_working_time(due_at, calendar.working_time_between(paused_at, resumed_at))


def time_left(due_at: datetime, now: datetime, paused_at: datetime | None = None) -> timedelta:
    """How long until it is due; negative when overdue. While paused, the time that was left at the pause."""
    return due_at - (now if paused_at is None else min(now, paused_at))


def _at_once(rule, instant, day, calendar):
    return instant


def _after_time(rule, instant, day, calendar):
    return instant + timedelta(**{{"m": "minutes", "h": "hours"}[rule.unit]: rule.amount})


def _same_day(rule, instant, day, calendar):
    at = _on(day, rule.clock, calendar)
    return at if at > instant else _on(day, MIDNIGHT, calendar)


def _after_days(rule, instant, day, calendar):
    return _on(day + timedelta(days=rule.amount), rule.clock, calendar)


def _after_working_days(rule, instant, day, calendar):
    return _on(calendar.workday_after(day, rule.amount), rule.clock, calendar)


def _on(day: date, clock: int, calendar: WorkingCalendar) -> datetime:
    if clock == MIDNIGHT:
        return calendar.starts_at(day + timedelta(days=1))
    return datetime.combine(day, time(clock // 60, clock % 60), calendar.zone).astimezone(UTC)


DUE = {
    "spot": _at_once,
    "m": _after_time,
    "h": _after_time,
    "today": _same_day,
    "d": _after_days,
    "wd": _after_working_days,
}
