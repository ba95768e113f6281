"""The Chinese working calendar in one time zone: which days are worked, and time counted along them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from duzhan.base.clock import holidays
from duzhan.base.clock.instants import ZONE, start_of_day
from duzhan.base.errors import BadInput

ONE_DAY = timedelta(days=1)
NOTHING = timedelta(0)
YEARS = range(1900, 9000)  # further out Python's own days come to an end


class WorkingCalendar:
    """Working days as the State Council's notices and the office's own file have them, in `zone`.

    A year without a notice has weekends only, and `knows` says so. Working time is the time of working days,
    each counted whole from midnight to midnight: it runs through the evening, and rests on a day of rest.
    Raises BadInput for a zone that does not exist or a holiday file that cannot be read.
    """

    def __init__(self, zone=ZONE, table: holidays.DayTable | None = None):
        self.zone = _zone(zone)
        self.table = table or holidays.load()

    def knows(self, year: int) -> bool:
        """Is the year's notice on file? If not, a page says that only weekends are taken into account."""
        return year in self.table.notices

    def occasion(self, day: date) -> holidays.Mark | None:
        """The holiday a day belongs to, or makes up for; None on an ordinary day."""
        return self.table.marks.get(day)

    def is_workday(self, day: date) -> bool:
        """Is this day worked?"""
        mark = self.table.marks.get(day)
        return mark.works if mark else day.weekday() < 5

    def next_workday(self, day: date) -> date:
        """The first working day after `day`."""
        day += ONE_DAY
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def workday_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which is itself not counted (Civil Code, article 201)."""
        for _each in range(count):
            day = self.next_workday(day)
        return day

    def day_of(self, instant: datetime) -> date:
        """The day an instant falls on in this zone. Raises BadInput outside the years 1900 to 8999."""
        try:
            day = instant.astimezone(self.zone).date()
        except OverflowError:
            day = date.max
        if day.year not in YEARS:
            raise BadInput(_("日期超出可以计算的范围。"), field="at")
        return day

    def starts_at(self, day: date) -> datetime:
        """The midnight, in UTC, at which `day` begins; `day + 1` begins when it ends."""
        return start_of_day(day, self.zone)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two instants; negative when `end` is the earlier."""
        if end < start:
            return -self.working_time_between(end, start)
        day, total = self.day_of(start), NOTHING
        last = self.day_of(end)
        while day <= last:
            if self.is_workday(day):
                total += min(end, self.starts_at(day + ONE_DAY)) - max(start, self.starts_at(day))
            day += ONE_DAY
        return total

    def add_working_time(self, instant: datetime, span: timedelta) -> datetime:
        """The earliest instant by which `span` of working time has passed since `instant`."""
        if span <= NOTHING:
            return instant.astimezone(UTC)
        day, reached = self.day_of(instant), instant.astimezone(UTC)
        while True:
            if self.is_workday(day):
                room = self.starts_at(day + ONE_DAY) - reached
                if span <= room:
                    return reached + span
                span -= room
            day += ONE_DAY
            reached = self.starts_at(day)


def _zone(zone):
    try:
        return ZoneInfo(zone) if isinstance(zone, str) else zone
    except (KeyError, ValueError, OSError):
        raise BadInput(_("没有“%(zone)s”这个时区。") % {"zone": zone[:40]}, field="zone") from None
